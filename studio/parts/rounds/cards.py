"""A card for each model of the loop: state, data, shares, gain, and what can be done with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from engine.core.records import RoundEvent
from engine.learning.rounds.promotion_state import Outcome, current
from studio import charts
from studio.parts.rounds.start import STUDIES
from studio.text.markdown import escape
from studio.theme import on, tokens
from studio.ui.as_command import as_commands, line
from studio.ui.round_state import round_state
from studio.ui.run_monitor import duration

SHOWN = 3
"""Cards in a row; the base and the latest rounds."""
_CLASSES = {"fine-tuning": "SFT", "preference": "pairs", "discarded": "discarded"}

Act = Callable[[Outcome, str], None]


def round_cards(rounds: Sequence[Outcome], events: Sequence[RoundEvent], act: Act, project: Path) -> None:
    """Draw the start and the latest rounds; `act` promotes, skips or rolls back."""
    here = current(events)
    shown = rounds[-(SHOWN - 1) :]
    for cell, number in zip(st.columns(SHOWN, gap="small"), range(len(shown) + 1), strict=False):
        with cell.container(border=True, height="stretch"):
            if number == 0:
                _base(rounds[0])
            else:
                _card(shown[number - 1], rounds, events, here, act)
                _commands(shown[number - 1], events, here, project)


def _base(first: Outcome) -> None:
    _head("M0", "Base", "gray", _mean(first.before), None)
    st.markdown(":gray[The start. Every later round is measured against it.]")
    st.caption(escape(first.start))


def _card(
    one: Outcome, rounds: Sequence[Outcome], events: Sequence[RoundEvent], here: Outcome | None, act: Act
) -> None:
    place = rounds.index(one) + 1
    word, colour = round_state(one, events, here)
    _head(f"M{place}", word, colour, _mean(one.accuracy), one.gain)
    report = one.report
    replay = _part(report, "replay")
    again = f" · {int(replay.get('examples', 0)):,} replayed" if replay.get("examples") else ""
    study = f" · {STUDIES[one.study].lower()}" if one.study != "both" else ""
    st.caption(f"{int(_number(report, 'fine_tuning')):,} SFT · {int(_number(report, 'pairs')):,} pairs{again}{study}")
    shares = _shares(_part(report, "classes"))
    if shares:
        now = tokens()
        figure = charts.shares(shares, height=34, marks=tuple(shares))
        figure.for_each_trace(lambda trace: _paint(trace, _colour(now, trace.name)))
        # A part that is too narrow for its words shows them on hover alone.
        figure.update_layout(uniformtext={"minsize": 10, "mode": "hide"})
        key = f"rounds.shares.{one.run_id}.{one.number}"
        charts.draw(figure, key=key, alt=", ".join(f"{name} {share:g} %" for name, share in shares.items()))
    st.markdown(f":gray[{escape(_spent(report))}]")
    _buttons(one, place, here, act, done=word == "Skipped")


def _head(name: str, word: str, colour: str, average: float | None, gain: float | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### {name}", anchors=False, width="content")
        st.badge(word, color=colour)  # type: ignore[arg-type]
        if average is not None:
            change = f" {100 * gain:+.1f}" if gain is not None else ""
            tone = "green" if gain and gain > 0 else "red" if gain and gain < 0 else "gray"
            moved = f" :{tone}[{change.strip()}]" if change else ""
            st.markdown(f":gray[average] **{100 * average:.1f}**{moved}", width="stretch", text_alignment="right")


def _buttons(one: Outcome, place: int, here: Outcome | None, act: Act, *, done: bool) -> None:
    key = f"{one.run_id}.{one.number}"
    with st.container(horizontal=True):
        if here == one:
            to = f"M{place - 1}"
            st.button(
                f"Roll back to {to}", icon=":material/undo:", key=f"rounds.back.{key}", on_click=act,
                args=(one, "rollback"), help="No data is changed; the next round starts from the earlier model.",
            )  # fmt: skip
            return
        fell = one.advice == "do not promote"
        st.button(
            "Promote", icon=":material/check:", type="primary", key=f"rounds.promote.{key}", on_click=act,
            args=(one, "promote"), disabled=fell,
            help="The mean accuracy did not rise, so this model is not offered." if fell else None,
        )  # fmt: skip
        if not done:
            st.button(
                "Skip", icon=":material/skip_next:", key=f"rounds.skip.{key}", on_click=act, args=(one, "skip"),
                help="Pass this round over: the next one starts from the model that stands.",
            )  # fmt: skip


def _commands(one: Outcome, events: Sequence[RoundEvent], here: Outcome | None, project: Path) -> None:
    """Draw the same acts for a shell."""
    named = [one.run_id, "--number", str(one.number)]
    acts = [["promote", *named]] if one.advice != "do not promote" else []
    acts += [["skip", *named]] if round_state(one, events, here)[0] != "Skipped" else []
    lines = [line(["round", *words], project) for words in ([["rollback"]] if here == one else acts)]
    as_commands(lines, key=f"rounds.commands.{one.run_id}.{one.number}")


def _shares(classes: Mapping[str, Any]) -> dict[str, float]:
    total = sum(classes.values())
    return {_CLASSES.get(name, name): round(100 * count / total, 1) for name, count in classes.items()} if total else {}


def _paint(trace: Any, colour: str) -> None:
    trace.update(marker_color=colour, insidetextfont={"color": on(colour)})


def _colour(now: Any, name: str) -> str:
    return str({"SFT": now.kept, "pairs": now.edit}.get(name, now.dropped))


def _spent(report: Mapping[str, object]) -> str:
    costs = _part(report, "costs")
    seconds = sum(each["seconds"] for each in costs.values())
    synthesis = costs.get("synthesis", {}).get("seconds", 0.0)
    usd = sum(each["usd"] for each in costs.values())
    day = time.strftime("%d %b", time.localtime(at)) if isinstance(at := report.get("at"), float) else ""
    share = f", {synthesis / seconds:.0%} synthesis" if seconds else ""
    money = f" · ${usd:,.2f}" if usd else ""
    return f"{day} · {duration(seconds)}{share}{money}".strip(" ·")


def _mean(scores: Mapping[str, float]) -> float | None:
    return sum(scores.values()) / len(scores) if scores else None


def _part(report: Mapping[str, object], name: str) -> Mapping[str, Any]:
    found = report.get(name)
    return found if isinstance(found, Mapping) else {}


def _number(report: Mapping[str, object], name: str) -> float:
    found = report.get(name)
    return float(found) if isinstance(found, int | float) else 0.0
