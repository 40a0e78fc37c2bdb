"""A run while it goes on and after: which run, what to do with it, how it goes, what it writes."""

from __future__ import annotations

import time
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from engine.core.errors import UserError
from engine.core.project import Project
from engine.planning import forecast
from engine.runs import launcher
from engine.runs.plan import GeneratePlan, Status, load_plan, load_plan_as
from engine.store import ProblemFilter, RunNow, Store
from studio import navigation
from studio.parts.generate.forecast import on_course
from studio.text.markdown import escape, plain, rich
from studio.ui import plan_draft
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
    state_icon,
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
    found = [run for run in store.runs.list(dry=dry) if run.kind == "generate"]
    return [run for run in found if (project.runs / run.id / "plan.json").exists()][:MOST_RUNS]


def run_picker(runs: Sequence[RunNow], project: Project, asked: str | None, *, key: str) -> RunNow:
    """Draw the list of runs with their states and return the chosen one; `asked` is the id that the address names."""
    states = {run.id: launcher.state(project.runs / run.id).state for run in runs}
    labels = {run.id: f"{run.id} · {state_word(states[run.id]).lower()}{_size(run)}" for run in runs}
    ids = list(labels)
    start = ids.index(asked) if asked in ids else 0
    # A mounted list keeps the words it was drawn with: with other words it is another list.
    mounted = f"{key}.{zlib.crc32(repr(labels).encode()):08x}"
    now = st.session_state.get(mounted, ids[start])
    chosen = st.selectbox(
        "Run",
        ids,
        start,
        format_func=labels.__getitem__,
        key=mounted,
        icon=state_icon(states[now]),
        label_visibility="collapsed",
    )
    return runs[ids.index(chosen)]


def _size(run: RunNow) -> str:
    """Return how many items a run has; trainings have none."""
    return f" · {run.total:,} items" if run.total else ""


def controls(directory: Path, status: Status) -> None:
    """Draw what can be done with a run in its present state."""
    if status.state in LIVE:
        ending = status.state in ("pausing", "stopping")
        _button("Pause", ":material/pause:", launcher.pause, directory, disabled=ending, shortcut="P")
        _button("Cancel", ":material/stop:", launcher.cancel, directory, disabled=status.state == "stopping")
        return
    if status.state != "finished":
        _button("Resume", ":material/play_arrow:", launcher.resume, directory, shortcut="P", primary=True)
    if status.failed:
        _button(f"Retry {status.failed:,} failed", ":material/refresh:", _retry, directory)
    st.button("Load as plan", icon=":material/history:", key="generate.load", on_click=_load, args=(directory,))


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
    way = load_plan(directory).recipe.way
    run_figures(status, way)
    expected = forecast.saved(directory)
    if expected and (said := on_course(expected, status)):
        st.caption(escape(said))
    engine_line(directory, status)
    bins = bins_for((status.ended or status.heartbeat) - status.started)
    rate = _rate(store, store.path, run_id, store.revision_of("items"), bins)
    hoped = 60 * expected.items / expected.seconds if expected and expected.seconds else None
    run_charts(status, way, pace_of(rate, bins), key=f"generate.live.{run_id}", forecast=hoped)
    left, right = st.columns(2, gap="medium")
    with left:
        run_errors(store.failures.counts(run_id), status.failed)
    with right:
        run_log(directory / "run.log")
    _newest(store, run_id)


@st.cache_data(show_spinner=False, max_entries=8)
def _rate(_store: Store, where: str, run_id: str, revision: int, bins: int) -> pd.DataFrame:
    return _store.runs.rate(run_id, bins)


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


def _button(
    text: str,
    icon: str,
    act: object,
    directory: Path,
    *,
    disabled: bool = False,
    shortcut: str | None = None,
    primary: bool = False,
) -> None:
    st.button(
        text,
        icon=icon,
        key=f"generate.{text.split()[0].lower()}",
        type="primary" if primary else "secondary",
        disabled=disabled,
        shortcut=shortcut,
        on_click=_steer,
        args=(act, directory),
    )


def _steer(act: object, directory: Path) -> None:
    """Do it; a run that ended a moment before says so."""
    try:
        act(directory)  # type: ignore[operator]
    except UserError as error:
        st.toast(escape(f"{directory.name} {error.what} {error.do}"), icon=":material/info:")


def _retry(directory: Path) -> None:
    launcher.resume(directory, retry_failed=True)


def _load(directory: Path) -> None:
    plan_draft.keep(plan_draft.of_plan(load_plan_as(directory, GeneratePlan)))
    st.session_state["generate.view"] = "Plan"
