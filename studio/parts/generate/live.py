"""A run while it goes on and after: which run, what to do with it, how it goes, what it writes."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from engine.core.project import Project
from engine.generation import inputs
from engine.generation.methods.registry import filter_alarms, shortfalls
from engine.planning import forecast
from engine.reporting import answers_read
from engine.runs import launcher
from engine.runs.plan import GeneratePlan, load_plan, load_plan_as
from engine.runs.status import Status
from engine.store import ProblemFilter, RunNow, Store
from studio import navigation
from studio.parts.generate.forecast import on_course
from studio.text.markdown import escape, plain, rich
from studio.ui.blocks import block_title
from studio.ui.engine_lines import engine_line
from studio.ui.plan_draft import PlanDraft, command
from studio.ui.run_monitor import (
    LIVE,
    ItemPace,
    follow,
    run_charts,
    run_errors,
    run_figures,
    run_head,
    run_log,
    state_word,
)

NEWEST = 5
"""Statements that are shown while they are written."""
MOST_RUNS = 60
_FOLDED_S = 60.0
"""Seconds after its end in which a run is folded in, or never will be."""
_SLICE_S = 3.0
"""Shortest slice of the pace, in seconds."""


def runs_of(store: Store, project: Project, *, dry: bool) -> list[RunNow]:
    """Return the runs that write problems and whose directory is here, newest first."""
    found = [run for run in store.runs.list(dry=dry) if run.kind in ("generate", "study")]
    return [run for run in found if (project.runs / run.id / "plan.json").exists()][:MOST_RUNS]


def monitor(store: Store, directory: Path, title: str, status: Status) -> None:
    """Draw how a run goes, and draw the page again when it is no longer in the state that the page was drawn from."""
    waits = _lags(store, directory, status)
    follow(
        directory,
        status.state,
        lambda now: _progress(store, directory, title, now),
        live=waits,
        moved=lambda now: waits and not _lags(store, directory, now),
    )


def after(project: Project, directory: Path, status: Status) -> None:
    """Draw where to go on from here: links, the plan of a resume, and the run as a command."""
    with st.container(horizontal=True, gap="medium"):
        navigation.link("review", "Open in the review desk", icon=":material/fact_check:", run=directory.name)
        navigation.link("tune", "Tune what this run made", icon=":material/tune:", run=directory.name)
    if status.state not in LIVE and (status.state != "finished" or status.failed):
        _resume_box(directory, status)
    plan = load_plan_as(directory, GeneratePlan)
    with st.expander("The same as a command", icon=":material/terminal:"):
        st.code(command(PlanDraft(plan.recipe, plan.point), project.root), language="bash")


def pace_of(rate: pd.DataFrame, bins: int) -> ItemPace | None:
    """Return items a minute from `Runs.rate` over `bins` slices, slices without an item as zero; None without items."""
    if rate.empty:
        return None
    width = float(rate["seconds"].iloc[0])
    slots = np.rint((rate["start"] - rate["start"].iloc[0]) / width).astype(int).clip(upper=bins - 1)
    count = int(slots.max()) + 1
    series = {}
    for name, column in (("written", "items"), ("kept", "kept")):
        values = np.zeros(count)
        np.add.at(values, slots.to_numpy(), rate[column].to_numpy(dtype=float))
        series[name] = (values * 60 / width).tolist()
    return ItemPace((np.arange(1, count + 1) * width / 60).tolist(), series)


def bins_for(seconds: float) -> int:
    """Return into how many slices the pace of a run of so many seconds is cut."""
    return int(min(60, max(3, seconds / _SLICE_S)))


def _lags(store: Store, directory: Path, status: Status) -> bool:
    """Whether a run that has just ended is not folded into the store yet."""
    if status.state in LIVE or time.time() - status.ended > _FOLDED_S:
        return False
    known = store.runs.outcomes(directory.name)["items"].sum()
    return bool(known < status.done + status.failed)


def _progress(store: Store, directory: Path, title: str, status: Status) -> None:
    run_id = directory.name
    run_head(title, status)
    recipe = load_plan(directory).recipe
    way = recipe.way
    run_figures(status, way)
    for line in shortfalls(recipe, status):
        st.caption(escape(line))
    for line in filter_alarms(recipe, status):
        st.caption(f":orange[:material/warning: {escape(line)}]")
    expected = forecast.saved(directory)
    if expected and (said := on_course(expected, status)):
        st.caption(escape(said))
    if doubt := inputs.untested(directory):
        st.caption(f":orange[:material/warning:] {escape(doubt)}")
    engine_line(directory, status)
    for line in _answers_read(store, store.path, run_id, store.revision_of("verdicts")):
        st.caption(escape(line))
    if way == "agenticmath":
        for note in _uncurated(store, store.path, run_id, store.revision_of("verdicts")):
            st.caption(f":orange[:material/warning: {escape(note)}]")
    bins = bins_for((status.ended or status.heartbeat) - status.started)
    rate = _rate(store, store.path, run_id, store.revision_of("items"), bins)
    hoped = 60 * expected.items / expected.seconds if expected and expected.seconds else None
    run_charts(status, way, pace_of(rate, bins), key=f"generate.live.{run_id}", forecast=hoped)
    left, right = st.columns(2, gap="medium")
    with left:
        run_errors(store.failures.counts(run_id), status.failed, status.errors)
    with right:
        run_log(directory / "run.log")
    _newest(store, run_id)


@st.cache_data(show_spinner=False, max_entries=8)
def _rate(_store: Store, where: str, run_id: str, revision: int, bins: int) -> pd.DataFrame:
    return _store.runs.rate(run_id, bins)


@st.cache_data(show_spinner=False, max_entries=8)
def _uncurated(_store: Store, where: str, run_id: str, revision: int) -> list[str]:
    return _store.verdicts.uncurated(run_id)


@st.cache_data(show_spinner=False, max_entries=8)
def _answers_read(_store: Store, where: str, run_id: str, revision: int) -> tuple[str, ...]:
    return answers_read.told(_store, run_id)


@st.cache_data(show_spinner=False, max_entries=8)
def _rows(_store: Store, where: str, run_id: str, revision: int) -> pd.DataFrame:
    return _store.problems.page(ProblemFilter(run_id=run_id), "newest", 0, NEWEST).rows


def _newest(store: Store, run_id: str) -> None:
    block_title("Written last", "the newest problems of this run, before anybody has decided")
    rows = _rows(store, store.path, run_id, store.revision_of("problems"))
    if rows.empty:
        st.caption("The first problems appear here within seconds of being written.")
    for row in rows.to_dict("records"):
        with st.container(border=True):
            points = escape(" + ".join(plain(point) for point in row["points"]))
            st.caption(f"{escape(str(row['id']))}{f' · {points}' if points else ''}")
            st.markdown(rich(str(row["statement"])))


def _resume_box(directory: Path, status: Status) -> None:
    planned = _resume(str(directory), status.state, status.ended, status.heartbeat)
    with st.container(border=True):
        st.markdown(f"**If you resume {escape(directory.name)}** :gray[· {state_word(status.state).lower()}]")
        parts = [
            f":green[:material/check:] **{planned.done:,}** done and kept as they are",
            f":blue[:material/play_arrow:] **{planned.to_run:,}** to run",
        ]
        if planned.failed:
            parts.append(f":red[:material/error:] **{planned.failed:,}** failed, tried again with Retry")
        if planned.again:
            parts.append(f":orange[:material/refresh:] **{planned.again:,}** again, because {escape(planned.why)}")
        st.markdown(" · ".join(parts))


@st.cache_data(show_spinner=False, max_entries=16)
def _resume(directory: str, state: str, ended: float, heartbeat: float) -> launcher.ResumePlan:
    return launcher.resume_plan(Path(directory))
