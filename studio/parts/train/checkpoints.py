"""The checkpoints of a training: held-out loss, what each scores, and the choice of the best one (FL-32)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from engine import planning
from engine.core.project import Project
from engine.core.settings.training import Choosing, Evaluating
from engine.learning.rounds import checkpoint_choice
from engine.learning.rounds.checkpoint_choice import CheckpointChoice
from engine.learning.training import checkpoints
from engine.learning.training.folder import Folder
from engine.runs import launcher
from engine.runs.plan import ChoosePlan, load_plan
from engine.store import Store
from studio.text.markdown import escape
from studio.ui.blocks import block_title, faults_drawn
from studio.ui.run_controls import controls
from studio.ui.run_monitor import LIVE, run_head

OPEN = "train.choose.open"


def train_checkpoints(
    project: Project, store: Store, directory: Path, frame: pd.DataFrame, *, live: bool = False
) -> None:
    """Draw the table of checkpoints and what is known of the best one.

    It polls while they are evaluated, and while the training is `live`.
    """
    run = _choice_of(project, directory.name)
    status = launcher.state(run) if run else None
    before = status.state if status else None

    @st.fragment(run_every="2s" if live or before in LIVE else None)
    def poll() -> None:
        now = launcher.state(run) if run else None
        if now and now.state != before:
            st.rerun()
        block_title("Checkpoints", "kept beside the run; the last one is the outcome")
        saved = checkpoints.whole(Folder(directory).checkpoints)
        if not saved:
            st.caption("None is saved yet.")
            return
        _table(saved, frame, checkpoint_choice.read(run) if run else None)
        if run and now and now.state != "finished":
            run_head(f"{run.name}: every checkpoint is evaluated", now)

    poll()
    if run and status and status.state != "finished":
        with st.container(horizontal=True):
            controls(run, status)
    elif not live and checkpoints.whole(Folder(directory).checkpoints):
        st.button("Choose the best checkpoint", icon=":material/trophy:", key=OPEN)
        if st.session_state.get(OPEN):
            choose_dialog(project, store, directory)


def _choice_of(project: Project, training: str) -> Path | None:
    """Return the newest choice among the checkpoints of a training."""
    found = []
    for path in project.runs.glob("*choose-*/plan.json"):
        plan = load_plan(path.parent)
        if isinstance(plan, ChoosePlan) and plan.choosing.training == training:
            found.append((plan.created, path.parent))
    return max(found)[1] if found else None


def _table(saved: Sequence[Path], frame: pd.DataFrame, chosen: CheckpointChoice | None) -> None:
    held = frame[frame.name == "eval_loss"].set_index("step")["value"] if len(frame) else pd.Series(dtype=float)
    rated = {one.step: one for one in chosen.rated} if chosen else {}
    lowest = held.idxmin() if len(held) else None
    rows: list[dict[str, Any]] = []
    for path in saved:
        step = checkpoints.step_of(path)
        one = rated.get(step)
        row: dict[str, Any] = {"Step": step}
        if chosen:
            row["Mean"] = 100 * one.mean if one else None
        marks = ["best mean"] * (chosen is not None and step == chosen.best) + ["lowest held-out"] * (step == lowest)
        row["Remark"] = " · ".join(marks) or None
        if len(held):
            row["Held-out"] = float(held[step]) if step in held.index else None
        if chosen:
            row |= {name: 100 * one.accuracy[name] if one else None for name in _names(chosen)}
        rows.append(row)
    names = [*(_names(chosen) if chosen else ()), "Mean"]
    columns = {name: st.column_config.NumberColumn(format="%.1f") for name in names}
    columns |= {"Held-out": st.column_config.NumberColumn(format="%.3f")}
    st.dataframe(
        rows, hide_index=True, placeholder="–", height=min(283, 35 * (len(rows) + 1) + 3), column_config=columns
    )
    if chosen and chosen.model and chosen.winner:
        by = " and ".join(chosen.by)
        st.markdown(
            f":material/trophy: **checkpoint-{escape(str(chosen.best))}** is the best :gray[with a mean of "
            f"{100 * chosen.winner.mean:.1f} over {escape(by)}. It can be chosen as a base model and evaluated.]"
        )
        st.caption(escape(f"{chosen.note} Folder: {chosen.model}"))


def _names(chosen: CheckpointChoice) -> tuple[str, ...]:
    """Return the benchmarks that were asked, the two that decide first."""
    others = [name for one in chosen.rated for name in one.accuracy if name not in chosen.by]
    return (*chosen.by, *dict.fromkeys(others))


@st.dialog("Choose the best checkpoint", icon=":material/trophy:")
def choose_dialog(project: Project, store: Store, directory: Path) -> None:
    """Draw what decides, and launch the evaluation of every checkpoint."""
    found = checkpoints.find(directory)
    st.caption(
        "Every checkpoint answers the same questions; the one with the highest mean of two benchmarks is best, the "
        "earliest of equals. The method used GSM8K and MATH (FLAMES, setup)."
    )
    with st.form("train.choose", border=False):
        benchmarks = st.text_area("Benchmarks", placeholder="gsm8k=FILE\nmath=FILE", height=90, help="One a line.")
        left, right = st.columns(2)
        by = left.text_input("Decided by", placeholder="gsm8k math", help="Two names; may be left empty for two.")
        limit = right.number_input("Only the first", 0, 1_000_000, 0, help="0 asks every question.")
        tokens = left.number_input("Longest answer", 16, 131_072, 2048)
        text = f"Evaluate {len(found)} checkpoint{'s' if len(found) > 1 else ''}"
        go = st.form_submit_button(text, type="primary", icon=":material/rocket_launch:")
    if not go:
        return
    with faults_drawn("evaluation"):
        asked = Evaluating(
            model=str(directory),
            benchmarks=tuple(line.strip() for line in benchmarks.splitlines() if line.strip()),
            limit=int(limit),
            max_tokens=int(tokens),
        )
        wanted = Choosing(
            checkpoints=tuple(map(str, found)), training=directory.name, by=tuple(by.replace(",", " ").split())
        )
        launcher.launch(planning.choice(store, project, asked, wanted).directory)
        st.rerun()
