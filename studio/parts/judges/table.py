"""Every judge beside people's labels: base rates, agreement beyond chance, and in words what it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from engine.curation.trust.standing import HALF, WORDS, JudgeStanding
from engine.reporting.judge_standings import CheckedJudge
from studio.charts import draw, figure
from studio.text.markdown import plain
from studio.theme import tokens
from studio.ui.blocks import block_title

_FIGURE = st.column_config.NumberColumn
_COLUMNS: dict[str, Any] = {
    "Worth": st.column_config.TextColumn(
        "Worth", width=262, help="Against chance, by the interval of balanced accuracy."
    ),
    "Balanced": _FIGURE(
        "Balanced",
        format="%.2f",
        help="Mean of the shares of good rows passed and of bad rows turned away; .50 is a coin.",
    ),
    "95 %": st.column_config.TextColumn("95 %", help="Square-and-add of two Wilson intervals."),
    "κ": _FIGURE(
        "κ", format="%.2f", help="Cohen's kappa; low wherever one sort of row is rare, so read it with the rates."
    ),
    "κ 95 %": st.column_config.TextColumn("κ 95 %", help="2,000 draws of the rows."),
    "Agree": _FIGURE("Agree", format="%.2f", help="Share of rows on which judge and people say the same."),
    "Good": _FIGURE("Good", format="%.2f", help="Base rate: share of rows that people call good."),
    "Passed": _FIGURE("Passed", format="%.2f", help="Share of rows that the judge lets pass."),
    "Good passed": _FIGURE("Good passed", format="%.2f", help="Share of the good rows that it lets pass."),
    "Bad passed": _FIGURE("Bad passed", format="%.2f", help="Share of the bad rows that it lets pass."),
    "PABAK": _FIGURE("PABAK", format="%.2f", help="Kappa as if both sorts were equally common."),
    "AC1": _FIGURE("AC1", format="%.2f", help="Gwet's AC1: steady where one sort is rare."),
    "Positive": _FIGURE("Positive", format="%.2f", help="Agreement on good rows: 2a / (2a + b + c)."),
    "Negative": _FIGURE("Negative", format="%.2f", help="Agreement on bad rows: 2d / (2d + b + c)."),
}
_NONE = "no variation"
_LONGEST = 60
MOST_NAMED = 3
"""Judges that one warning names."""


def judges_table(checked: Sequence[CheckedJudge]) -> CheckedJudge:
    """Draw a row per judge and material, and return the one that is picked; the first warned one at the start."""
    block_title("Beside people's labels", "rows drawn with equal chances, 95 % intervals")
    picked = st.dataframe(
        [_row(one) for one in checked], hide_index=True, column_config=_COLUMNS, placeholder="–", key="judges.rows",
        on_select="rerun", selection_mode="single-row", height=min(320, 37 * (len(checked) + 1)),
    )  # fmt: skip
    rows = [row for row in picked["selection"]["rows"] if row < len(checked)]
    first = next((place for place, one in enumerate(checked) if one.standing.needs_attention), 0)
    return checked[rows[0] if rows else first]


def _row(one: CheckedJudge) -> dict[str, Any]:
    stands, agreed = one.standing, one.standing.agreed
    return {
        "Worth": worth(stands),
        "Judge": plain(one.judge),
        "Model": plain(one.model) + (" (earlier prompt)" if one.earlier else ""),
        "Rows of": plain(one.source),
        "Read": stands.rows - stands.unreadable,
        "Balanced": stands.balanced,
        "95 %": _interval(stands.balanced_interval),
        "κ": agreed.values["kappa"],
        "κ 95 %": _interval(agreed.intervals["kappa"]) if agreed.values["kappa"] is not None else _NONE,
        "Unreadable": stands.unreadable,
        "Agree": agreed.values["po"],
        "Good": agreed.second_rate,
        "Passed": agreed.first_rate,
        "Good passed": stands.good_passed and stands.good_passed.value,
        "Bad passed": stands.bad_passed and stands.bad_passed.value,
        "PABAK": agreed.values["pabak"],
        "AC1": agreed.values["ac1"],
        "Positive": agreed.values["positive"],
        "Negative": agreed.values["negative"],
    }


def worth(stands: JudgeStanding) -> str:
    """Return in a few words what a judge is worth, and which way it leans."""
    said = WORDS[stands.word] + (f", biased to {stands.leans}" if stands.leans else "")
    return said[:1].upper() + said[1:]


def _interval(bounds: tuple[float, float] | None) -> str | None:
    return None if bounds is None else f"{bounds[0]:.2f} – {bounds[1]:.2f}"


def warnings(warned: Sequence[CheckedJudge]) -> tuple[str, ...]:
    """Return a line for each way in which judges are not to be trusted: what is wrong, and of whom."""
    found: dict[str, list[str]] = {}
    for one in warned:
        found.setdefault(worth(one.standing), []).append(f"{one.name} on {one.source}")
    return tuple(
        f"{what}: {'; '.join(names[:MOST_NAMED])}"
        + (f" and {len(names) - MOST_NAMED:,} more." if len(names) > MOST_NAMED else ".")
        for what, names in found.items()
    )


def coin_chart(checked: Sequence[CheckedJudge]) -> None:
    """Draw balanced accuracy with its interval beside one half."""
    block_title("Better than a coin?", "balanced accuracy")
    shown = [one for one in checked if one.standing.balanced_interval is not None]
    if not shown:
        st.caption("There are no labels of both sorts yet.")
        return
    now = tokens()
    made = figure(26 * len(shown) + 70, now)
    colours = {"better": now.good, "worse": now.bad, "unreadable": now.bad}
    symbols = {"better": "circle", "worse": "x", "unreadable": "x"}
    for place, one in enumerate(shown):
        low, high = one.standing.balanced_interval or (0.0, 1.0)
        value = one.standing.balanced or 0.0
        made.add_scatter(
            x=[value], y=[place], mode="markers", showlegend=False, cliponaxis=False,
            error_x={"type": "data", "symmetric": False, "array": [high - value], "arrayminus": [value - low]},
            marker={"size": 10, "color": colours.get(one.standing.word, now.warn),
                    "symbol": symbols.get(one.standing.word, "triangle-up")},
            hovertemplate=f"{value:.2f} ({low:.2f} – {high:.2f})<extra></extra>",
        )  # fmt: skip
    made.add_vline(HALF, line={"color": now.mute, "dash": "dash"})
    made.update_xaxes(range=[0, 1], showgrid=True, gridcolor=now.line)
    names = [_short(plain(f"{one.model.partition(':')[2] or one.model} · {one.judge} · {one.source}")) for one in shown]
    made.update_yaxes(
        tickvals=list(range(len(shown))), ticktext=names, range=[len(shown) - 0.5, -0.5], tickfont={"color": now.ink}
    )
    better = sum(one.standing.word == "better" for one in shown)
    draw(made, key="judges.coin", alt=f"{better} of {len(shown)} judges are better than chance.")


def _short(name: str) -> str:
    # Plotly reads a few tags of HTML in its labels.
    safe = name.replace("<", "‹").replace(">", "›")
    return safe if len(safe) <= _LONGEST else f"{safe[: _LONGEST - 1]}…"
