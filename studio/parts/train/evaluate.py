"""What models are worth: benchmarks as columns with intervals, two models compared, every answer to be read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from engine import planning
from engine.core.project import Project, engines
from engine.core.records import GradedAnswer
from engine.core.settings.training import Evaluating
from engine.learning.evaluation import figures, guidance, program, readings
from engine.learning.evaluation.guidance import Guidance
from engine.learning.rounds import checkpoint_choice
from engine.runs import launcher
from engine.store import RunNow, Store
from studio.text.markdown import escape, plain, rich
from studio.ui.blocks import block_title, faults_drawn
from studio.ui.guidance_panel import guidance_panel
from studio.ui.model_choice import model_choice
from studio.ui.run_controls import controls
from studio.ui.run_monitor import LIVE, follow, run_head

SHOWN = 200
"""Answers in the list."""
_GAPS = {"Gap to GSM-Plus": "gsm_plus", "Distraction gap": "gsm_plus_distraction"}
"""Points that a model loses from GSM8K to a perturbed twin."""


def evaluate_view(project: Project, store: Store) -> None:
    """Draw the evaluations of a project, and the form for another."""
    chosen = checkpoint_choice.all_of(project.runs)
    # Checkpoints that were not chosen have their table beside the curve of their training.
    left_out = {one.run for each in chosen for one in each.rated if one.step != each.best}
    runs = [run for run in store.runs.list() if run.kind == "evaluate" and run.id not in left_out]
    left, right = st.columns([1, 2.4], gap="large")
    with left:
        _form(project, store)
        _live(project, runs)
    with right:
        revision = store.revision_of("evaluations")
        # One that goes on would stand there with everything that it has not asked yet as wrong.
        ended = [run for run in runs if launcher.state(project.runs / run.id).state not in LIVE]
        found = {run.id: _scores(project.runs / run.id, revision) for run in ended}
        known = {run_id: scores for run_id, scores in found.items() if scores}
        if not known:
            st.markdown("**Benchmarks**")
            st.caption("No model was evaluated yet. Name a model and a file of questions with answers.")
            return
        named = {best.run: f"{each.training} · checkpoint-{best.step}" for each in chosen if (best := each.winner)}
        _table(known, named, store)
        if read := _read(project.runs / next(iter(known)), revision):
            st.caption(f"{escape(next(iter(known)))}: {escape(read)}")
        pair = _compare(store, list(known))
        first, last = pair or (None, next(iter(known)))
        earlier = project.runs / first if first else None
        guidance_panel(_guidance(project.runs / last, earlier, revision), last)
        _answers(store, list(known))


def _form(project: Project, store: Store) -> None:
    block_title("Evaluate a model")
    with st.form("evaluate.form", border=False):
        model = model_choice(project, "Model", "ENGINE:MODEL, or a folder")
        st.caption(f"Engines: {escape(', '.join(engines(project)))}")
        benchmarks = st.text_area("Benchmarks", placeholder="gsm8k=path/to/test.jsonl", height=80, help="One a line.")
        cells = st.columns(2)
        samples = cells[0].number_input("Answers per question", 1, 64, 1)
        temperature = cells[1].number_input("Temperature", 0.0, 2.0, 0.0, 0.1)
        limit = cells[0].number_input("Only the first", 0, 1_000_000, 0, help="0 asks every question.")
        tokens = cells[1].number_input("Longest answer", 16, 131_072, 2048)
        go = st.form_submit_button("Evaluate", type="primary", icon=":material/rocket_launch:")
    if not go:
        return
    said = {
        "model": model,
        "benchmarks": tuple(line.strip() for line in benchmarks.splitlines() if line.strip()),
        "samples": int(samples),
        "temperature": float(temperature),
        "limit": int(limit),
        "max_tokens": int(tokens),
    }
    with faults_drawn("evaluation"):
        planned = planning.evaluation(store, project, Evaluating.model_validate(said))
        launcher.launch(planned.directory)
        st.rerun()


def _live(project: Project, runs: Sequence[RunNow]) -> None:
    """Draw the newest evaluation while it goes on, or where it could not end."""
    if not runs:
        return
    directory = project.runs / runs[0].id
    status = launcher.state(directory)
    if status.state == "finished":
        return
    follow(directory, status.state, lambda now: run_head(runs[0].id, now))
    with st.container(horizontal=True):
        controls(directory, status)


@st.cache_data(show_spinner=False, max_entries=64)
def _scores(directory: Path, revision: int) -> tuple[figures.Score, ...]:
    """Return the scores of a run, lost answers counted; none for a run whose directory is gone."""
    return program.scores(directory) if (directory / "plan.json").exists() else ()


@st.cache_data(show_spinner=False, max_entries=64)
def _read(directory: Path, revision: int) -> str:
    """Return in a sentence how the answers of a run were read; '' for a run whose directory is gone."""
    return readings.of(program.answers(directory)).sentence if (directory / "plan.json").exists() else ""


@st.cache_data(show_spinner=False, max_entries=64)
def _guidance(directory: Path, earlier: Path | None, revision: int) -> Guidance:
    return guidance.of_evaluation(directory, earlier)


def _table(known: dict[str, tuple[figures.Score, ...]], named: dict[str, str], store: Store) -> None:
    """Draw a row per evaluation; `named` says by run what model it was where its engine's name would not."""
    models = {row.run_id: row.model for row in store.evaluations.accuracy().itertuples()} | named
    names = list(dict.fromkeys(one.benchmark for scores in known.values() for one in scores))
    samples = max(one.samples for scores in known.values() for one in scores)
    block_title("Benchmarks", "pass@1 with 95 % intervals")
    rows = []
    for run_id, scores in known.items():
        by_name = {one.benchmark: one for one in scores}
        row: dict[str, object] = {"Model": models.get(run_id, ""), "Run": run_id}
        for title, perturbed in _GAPS.items():
            gap = figures.robustness_gap(scores, perturbed=perturbed)
            if gap is not None:
                row[title] = 100 * gap
        for name in names:
            one = by_name.get(name)
            row[name] = 100 * one.pass_1 if one else None
            row[f"{name} interval"] = (
                f"{100 * one.low:.1f} to {100 * one.high:.1f} · {one.questions:,}" if one else None
            )
            if samples > 1:
                row[f"{name} maj@k"] = 100 * one.maj_k if one else None
        rows.append(row)
    bars = {name: st.column_config.ProgressColumn(name, format="%.1f", min_value=0, max_value=100) for name in names}
    gaps = {title: st.column_config.NumberColumn(format="%.1f") for title in _GAPS}
    numbers = {f"{name} maj@k": st.column_config.NumberColumn(format="%.1f") for name in names}
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config={**bars, **numbers, **gaps}, placeholder="–")


def _compare(store: Store, known: Sequence[str]) -> tuple[str, str] | None:
    """Draw two evaluations side by side and return them; None where there are no two."""
    if len(known) < 2:
        return None
    block_title("Two models side by side", "paired by question")
    cells = st.columns(2)
    first = cells[0].selectbox("First", known, 1, key="evaluate.first")
    second = cells[1].selectbox("Second", known, 0, key="evaluate.second")
    old, new = (store.evaluations.answers(run_id) for run_id in (first, second))
    compared = figures.compare(old, new)
    if not compared:
        st.caption("They share no question.")
    for one in compared:
        tone = "green" if one.low > 0 else "red" if one.high < 0 else "gray"
        st.markdown(
            f"**{escape(one.benchmark)}** :{tone}[{100 * one.gain:+.1f} points] "
            f":gray[{100 * one.low:+.1f} to {100 * one.high:+.1f} · p = {one.p:.3f} · {one.questions:,} questions]"
        )
    levels = [
        {
            "By": kind,
            "Name": name,
            "Questions": count,
            first: 100 * old_share.get(name, (0, 0.0))[1],
            second: 100 * share,
        }
        for kind, key in (("level", _level), ("subject", _subject))
        for old_share in [figures.by(old, key)]
        for name, (count, share) in figures.by(new, key).items()
    ]
    if levels:
        number = st.column_config.NumberColumn(format="%.1f")
        st.dataframe(levels, hide_index=True, height=220, column_config={first: number, second: number})
    return first, second


def _level(answer: GradedAnswer) -> str:
    return answer.level


def _subject(answer: GradedAnswer) -> str:
    return answer.subject


def _answers(store: Store, known: Sequence[str]) -> None:
    """Draw the answers of one evaluation; one that is picked is shown whole."""
    block_title("Answers")
    cells = st.columns([1.4, 1])
    run_id = cells[0].selectbox("Evaluation", known, key="evaluate.run", label_visibility="collapsed")
    which = cells[1].segmented_control(
        "Which", ["all", "wrong", "right"], default="wrong", required=True, key="evaluate.which",
        label_visibility="collapsed",
    )  # fmt: skip
    said = [one for one in store.evaluations.answers(run_id) if which == "all" or one.right is (which == "right")]
    if not said:
        st.caption("There is none.")
        return
    shown = said[:SHOWN]
    table = [
        {
            "Right": "✓" if one.right else "✗",
            "Question": plain(one.question)[:200],
            "Expected": one.expected,
            "Answer": one.answer,
        }
        for one in shown
    ]
    picked = st.dataframe(
        table, hide_index=True, height=260, placeholder="–", key=f"evaluate.rows.{which}", on_select="rerun",
        selection_mode="single-row",
    )  # fmt: skip
    st.caption(f"{len(said):,} answers" + (f", the first {SHOWN} are listed" if len(said) > SHOWN else ""))
    rows = [row for row in picked["selection"]["rows"] if row < len(shown)]
    for row in rows:
        with st.container(border=True):
            one = shown[row]
            st.markdown(rich(one.question))
            st.caption(f"expected {escape(one.expected)} · read {escape(one.answer or 'nothing')}")
            st.markdown(rich(one.text))
