"""How a run is going, drawn from its status file and the tail of its log.

It holds no widget, so that a fragment can poll it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from engine.core import wording
from engine.core.files import tail
from engine.generation.methods.registry import reached
from engine.planning.forecast import items_ended
from engine.runs import launcher
from engine.runs.status import State, Status
from engine.runs.troubles import counted
from engine.store.failures import FailureCount
from studio import charts
from studio.text.markdown import escape, plain
from studio.ui.blocks import block_title, faults_drawn

duration = wording.duration
LIVE: frozenset[State] = frozenset(("waiting", "running", "pausing", "stopping"))

_LOOK: dict[State, tuple[str, str, str]] = {
    "waiting": ("gray", ":material/hourglass_empty:", "Waiting"),
    "running": ("blue", ":material/play_arrow:", "Running"),
    "pausing": ("yellow", ":material/pause:", "Pausing"),
    "paused": ("yellow", ":material/pause:", "Paused"),
    "stopping": ("yellow", ":material/stop:", "Stopping"),
    "finished": ("green", ":material/check_circle:", "Finished"),
    "cancelled": ("gray", ":material/stop:", "Cancelled"),
    "failed": ("red", ":material/error:", "Failed"),
    "lost": ("red", ":material/warning:", "Lost"),
}


_BOUNDARIES = {"provider": "No usable answer", "reply": "Reply not understood", "plugin": "Error of our own"}
"""What stopped an item, in words."""
_STAMP = re.compile(r"^\d{4}-\d\d-\d\d (\d\d:\d\d:\d\d),\d+ (?:INFO )?(?:[\w.]+: )?", re.MULTILINE)
"""What stands before each line of a log: day, time, level and module; the time is worth its place."""


@dataclass(frozen=True, slots=True)
class ItemPace:
    """Items a minute since the start of a run."""

    minutes: Sequence[float]
    series: Mapping[str, Sequence[float]]


def follow(
    directory: Path,
    drawn: State,
    draw: Callable[[Status], object],
    *,
    live: bool = False,
    moved: Callable[[Status], bool] | None = None,
) -> None:
    """Draw a run again every two seconds while it is live, and the whole page when its state is no longer `drawn`.

    `drawn` is the state that the rest of the page was made from: a state read here would hide a change that came
    while the page was drawn, and nothing would look again. It polls a run that is not live where `live` says that it
    may begin, and `moved` names another reason to draw the page anew.
    """

    @st.fragment(run_every="2s" if live or drawn in LIVE else None)
    def poll() -> None:
        now = launcher.state(directory)
        if now.state != drawn or (moved and moved(now)):
            st.rerun()
        # What the disk refuses is said in its place: the next look may find it over.
        with faults_drawn("run"):
            draw(now)

    poll()


def run_head(title: str, status: Status) -> None:
    """Draw state, name, progress and the expected end in one row."""
    left, right = st.columns([1, 1.6], vertical_alignment="center")
    ended = status.done + status.failed
    with left, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        run_state(status)
        st.markdown(f"**{escape(title)}** · {ended:,} of {status.total:,}", width="content")
    share = min(1.0, ended / status.total) if status.total else 0.0
    right.progress(share, text=escape(pace_text(status)))
    for said in filter(None, (status.reason, status.damage)):
        st.caption(escape(said))


def run_state(status: Status) -> None:
    """Draw the state as icon and word."""
    colour, icon, word = _LOOK[status.state]
    st.badge(word, icon=icon, color=colour)  # type: ignore[arg-type]


def state_word(state: State) -> str:
    """Return a state as a word."""
    return _LOOK[state][2]


def state_icon(state: State) -> str:
    """Return the icon of a state."""
    return _LOOK[state][1]


def run_figures(status: Status, way: str) -> None:
    """Draw the six figures of a run; `way` is its method."""
    seconds = max(1.0, (status.ended or time.time()) - status.started) if status.started else 1.0
    stages = reached(status.funnel, way)
    ended, kept = items_ended(status), stages["kept"]
    middle = "solved" if "solved" in stages else list(stages)[len(stages) // 2]
    tokens, replies = status.tokens_in + status.tokens_out, status.calls + status.cached
    price = (f"${status.cost / kept:,.4f}" if status.cost else short(tokens / kept)) if kept else "–"
    unit, spent = ("Cost", f"${status.cost:,.2f}") if status.cost else ("Tokens", short(tokens))
    facts = (
        ("Written", f"{stages['written']:,}", f"{ended / seconds:.2f} a second"),
        (escape(label(middle)), f"{stages[middle]:,}", f"{status.in_flight:,} in flight"),
        ("Kept so far", f"{kept:,}", f"{kept / ended:.0%}" if ended else "none yet"),
        (f"{unit} per kept", price, f"{spent} in all"),
        ("Unreadable", f"{status.unreadable / max(1, replies):.1%}", f"{status.unreadable:,} replies"),
        ("Calls", short(status.calls), f"{status.cached:,} reused, {status.schemas:,} by schema"),
    )
    for cell, (name, value, remark) in zip(st.columns(6), facts, strict=True):
        cell.metric(name, value, remark, delta_color="off", delta_arrow="off", border=True)


def run_charts(
    status: Status, way: str, pace: ItemPace | None = None, *, key: str, forecast: float | None = None
) -> None:
    """Draw the funnel and the pace side by side."""
    left, right = st.columns(2, gap="medium")
    with left:
        block_title("Funnel", "items that reached each stage")
        stages = reached(status.funnel, way)
        if stages["written"]:
            charts.draw(
                charts.funnel({label(name): count for name, count in stages.items()}),
                key=f"{key}.funnel",
                alt=f"{stages['kept']:,} of {stages['written']:,} written problems are kept.",
            )
        else:
            st.caption("No item has come through a stage yet.")
    with right:
        block_title("Items a minute")
        if pace and len(pace.minutes) > 1:
            charts.draw(
                charts.items_a_minute(pace.minutes, pace.series, forecast=forecast),
                key=f"{key}.pace",
                alt=f"Pace over {pace.minutes[-1]:.1f} minutes.",
            )
        else:
            st.caption("The pace is drawn when the first problems are folded in.")


def run_errors(counts: Sequence[FailureCount], lost: int, errors: Mapping[str, int]) -> None:
    """Draw what failed by stage and reason. `lost` is how many items failed for good, `errors` what calls met."""
    if met := counted(errors):
        block_title("Calls that did not come through", f"{sum(errors.values()):,}, most of them tried again")
        table = {"Times": [times for _, times in met], "What": [plain(sentence(words)) for words, _ in met]}
        st.dataframe(table, hide_index=True, height=min(230, 37 * (len(met) + 1)))
    times = sum(each.failures for each in counts)
    block_title("What failed", f"{times:,} times, {lost:,} items lost" if times else "nothing yet")
    if counts:
        table = {
            "Stage": [label(each.stage.rpartition("/")[2]) for each in counts],
            "Why": [_BOUNDARIES.get(each.boundary) or label(each.boundary) for each in counts],
            "Times": [each.failures for each in counts],
            "For example": [plain(each.example)[:200] for each in counts],
        }
        st.dataframe(table, hide_index=True, height=min(230, 37 * (len(counts) + 1)))
    else:
        st.caption("No item was lost. Replies that cannot be read are asked for again.")


def run_log(path: Path, lines: int = 12) -> None:
    """Draw the last lines of a log."""
    block_title("Log")
    said = _STAMP.sub(r"\1 ", "\n".join(line[:300] for line in tail(path, lines)))
    st.code(said or "Nothing is logged yet.", language=None, height=190, wrap_lines=True)


def pace_text(status: Status) -> str:
    """Return elapsed and expected time: 3 h 02 min of about 6 h 20 min · ends 18:52."""
    if not status.started:
        return "not started yet"
    elapsed = max(0.0, (status.ended or time.time()) - status.started)
    done = status.done + status.failed
    if status.state not in LIVE or not done or not status.total:
        return duration(elapsed)
    whole = elapsed + status.left_s if status.left_s else elapsed * status.total / done
    end = time.strftime("%H:%M", time.localtime(status.started + whole))
    return f"{duration(elapsed)} of about {duration(whole)} · ends {end}"


def short(number: float) -> str:
    """Return a large number in short: 950, 12.3 k, 1.2 M."""
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if number >= size:
            return f"{number / (1000 if sign == 'k' else size):.1f} {sign}"
    return f"{number:,.0f}"


def label(name: str) -> str:
    """Return a stage or error name as words: not_a_copy becomes Not a copy."""
    return sentence(name.replace("_", " ").replace("-", " "))


def sentence(words: str) -> str:
    """Return words with a capital letter in front."""
    return words[:1].upper() + words[1:]
