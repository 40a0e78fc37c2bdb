"""The ledger of the loop: data, training and outcome of every round in one row; and a round while it goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from engine.core.project import Project
from engine.core.records import RoundEvent
from engine.learning.rounds.promotion_state import Outcome, current
from engine.runs.status import Status, load_status
from studio.parts.rounds.start import STUDIES, folder_of
from studio.text.markdown import escape
from studio.ui.blocks import block_title
from studio.ui.run_monitor import follow, run_head, run_log, state_icon

_STEPS = (
    "no-replay", "sft", "choose-sft", "synthesis", "dpo", "choose-dpo", "evaluate-start", "evaluate-sft",
    "evaluate-model", "requests-start", "requests-model",
)  # fmt: skip
_WORDS = {
    "no-replay": "Fine-tuning without replay",
    "sft": "Fine-tuning",
    "choose-sft": "Best checkpoint of fine-tuning",
    "choose-dpo": "Best checkpoint of preferences",
    "synthesis": "Synthesis",
    "dpo": "Preferences",
    "evaluate-start": "Evaluation before",
    "evaluate-sft": "Evaluation after SFT",
    "evaluate-model": "Evaluation after DPO",
    "requests-start": "Held-out requests before",
    "requests-model": "Held-out requests after",
}


def progress(directory: Path, status: Status) -> None:
    """Draw a loop that goes on: its step, the runs that it has started, its log."""

    def draw(now: Status) -> None:
        run_head(directory.name, _step(now))
        left, right = st.columns([1.3, 1], gap="medium")
        with left:
            block_title("Steps")
            _steps(directory)
        with right:
            run_log(directory / "run.log", 8)

    follow(directory, status.state, draw)


def _step(status: Status) -> Status:
    """Return the status as that of its present step: a loop's steps are counted one by one."""
    if not status.phases:
        return status
    last = status.phases[-1]
    return status.model_copy(update={"done": last.done, "failed": last.failed, "total": last.total})


def _steps(directory: Path) -> None:
    found = []
    for path in sorted(directory.parent.glob(f"{directory.name}-*/plan.json")):
        number, _, act = path.parent.name.removeprefix(f"{directory.name}-").partition("-")
        if "-checkpoint-" in act:
            continue  # The choice that they belong to has a line of its own.
        found.append((int(number), _STEPS.index(act) if act in _STEPS else 0, act, path.parent))
    for place, _, step, child in sorted(found):
        now = load_status(child)
        count = f"{now.done + now.failed:,} of {now.total:,}" if now.total else ""
        st.markdown(f"{state_icon(now.state)} round {place:,} · **{escape(_WORDS.get(step, step))}** :gray[{count}]")
    if not found:
        st.caption("The first step begins within seconds.")


def ledger(project: Project, rounds: Sequence[Outcome], events: Sequence[RoundEvent]) -> None:
    """Draw data version, training and outcome of every round, and what comes next."""
    here = current(events)
    block_title("Ledger", "what every round learnt, and what came of it")
    rows = [_row(project, place, one, one == here) for place, one in enumerate(rounds, start=1)]
    st.dataframe(rows, hide_index=True, placeholder="–")


def _row(project: Project, place: int, one: Outcome, stands: bool) -> dict[str, Any]:
    report = one.report
    replay: Any = report.get("replay", {})
    again = replay if isinstance(replay, Mapping) else {}
    rows = _lines(folder_of(project, one) / "train.jsonl")
    return {
        "Round": f"M{place}",
        "Run": f"{one.run_id} · {one.number}",
        "Examined by": STUDIES[one.study],
        "Learnt": rows,
        "Replayed": f"{again.get('share', 0):.0%}",
        "Written": sum(_counts(report).values()),
        "SFT next": report.get("fine_tuning"),
        "Pairs": report.get("pairs"),
        "Before": _points(one.before),
        "After SFT": _points(_scores(report.get("after_sft"))),
        "After DPO": _points(one.accuracy),
        "What next": "stands" if stands else one.advice or "evaluate it",
    }


def _counts(report: Mapping[str, object]) -> Mapping[str, int]:
    found = report.get("classes")
    return found if isinstance(found, Mapping) else {}


def _scores(found: object) -> Mapping[str, float]:
    return found if isinstance(found, Mapping) else {}


def _points(scores: Mapping[str, float]) -> str | None:
    # The cell of a table is plain text.
    return " · ".join(f"{name} {100 * value:.1f}" for name, value in scores.items()) or None


@st.cache_data(show_spinner=False, max_entries=64)
def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0
