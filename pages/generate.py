"""Generate: what would this run cost and give, and how is it going?"""

import streamlit as st

from engine.runs import launcher
from engine.runs.plan import GeneratePlan, load_plan_as
from studio import navigation, workspace
from studio.parts.generate.forecast import DRY
from studio.parts.generate.live import after, monitor, runs_of
from studio.parts.generate.plan import GO, at_point, plan_editor
from studio.parts.generate.studies import study_live
from studio.parts.generate.trace import item_picker, totals, trace_steps, traced, wait_for_end
from studio.tasks.launch_job import LaunchJob
from studio.text.markdown import escape
from studio.ui import plan_draft
from studio.ui.blocks import empty, failure, title_row
from studio.ui.plan_draft import PlanDraft
from studio.ui.run_controls import controls, run_picker

JOB, VIEW = "generate.job", "generate.view"
VIEWS = {"plan": "Plan", "dry": "Dry run", "live": "Live"}

project, store = workspace.workspace().project, workspace.store()


def begin(now: PlanDraft, dry: int, reuse: tuple[str, ...]) -> None:
    """Start a run in the background."""
    job = LaunchJob(project, store, now.recipe, now.point, dry, dict(now.study), () if dry else reuse)
    st.session_state[JOB] = job.start()


def show(view: str) -> None:
    """Change to a view."""
    st.session_state[VIEW] = VIEWS[view]


def another(now: PlanDraft) -> None:
    """Dry-run the same plan on another draw."""
    fresh = plan_draft.reseeded(now)
    plan_draft.keep(fresh)
    begin(fresh, DRY, ())


if place := st.session_state.pop(GO, ""):
    st.session_state[navigation.BUILD] = place == "graph"
    navigation.go(place)

job: LaunchJob | None = st.session_state.get(JOB)
if job:
    job.wait(2.0)
# Read before what came of it: a launch that ends between the two would be neither waited for nor shown.
beginning = bool(job and job.running)
if job and job.run_id:
    del st.session_state[JOB]
    show("dry" if job.dry else "live")
    st.query_params["run"] = job.run_id
    for note in job.notes:
        st.toast(escape(note), icon=":material/info:")

asked = st.query_params.get("view", "live" if "run" in st.query_params else "plan")
if (point := st.query_params.get("point")) and VIEW not in st.session_state:
    plan_draft.keep(at_point(plan_draft.draft(), point))
st.session_state.setdefault(VIEW, VIEWS.get(asked, "Plan"))
with title_row("Generate"):
    chosen = st.segmented_control(
        "View", list(VIEWS.values()), default=st.session_state[VIEW], required=True, label_visibility="collapsed",
        key=VIEW,
    )  # fmt: skip
view = next(name for name, word in VIEWS.items() if word == chosen)
st.query_params["view"] = view

if job and beginning:

    @st.fragment(run_every="1s")
    def wait() -> None:
        """Look whether the run has begun."""
        st.caption(f":material/hourglass_empty: Drawing {job.dry or job.recipe.items:,} items.")
        if not job.running:
            st.rerun()

    wait()
    st.stop()
if job and job.error:
    failure(job.error, key="generate.failed")
    del st.session_state[JOB]

if view == "plan":
    plan_editor(project, store, begin)
    st.stop()

runs = runs_of(store, project, dry=view == "dry")
if not runs:
    what = "A dry run item by item" if view == "dry" else "A run while it goes on"
    why = "No dry run was made yet." if view == "dry" else "Nothing was launched yet."
    empty(what, why, "Plan a run", lambda: show("plan"), key=f"generate.{view}", icon=":material/auto_awesome:")
    st.stop()

left, right = st.columns([1, 2.6] if view == "dry" else [1, 1.4], gap="medium")
with left:
    run = run_picker(runs, project, st.query_params.get("run"), key=f"generate.{view}run")
st.query_params["run"] = run.id
directory = project.runs / run.id
status = launcher.state(directory)

if run.kind == "study":
    study_live(project, run)
    st.stop()
if view == "live":
    with right.container(horizontal=True, horizontal_alignment="right"):
        controls(directory, status)
    monitor(store, directory, run.title, status)
    after(project, directory, status)
    st.stop()

items = traced(directory, status.done + status.failed, status.state, status.calls)
plan = load_plan_as(directory, GeneratePlan)
with left:
    wait_for_end(directory, status)
    item = item_picker(items, key=f"generate.item.{run.id}")
    st.caption(totals(items))
    planned = plan_draft.meant_by(plan)
    st.button(f"Another {DRY}", icon=":material/refresh:", key="generate.another", on_click=another, args=(planned,))
    if status.state == "finished":
        many = f"Launch {planned.recipe.items:,}"
        go = (planned, 0, (run.id,))
        st.button(many, icon=":material/rocket_launch:", type="primary", key="generate.go", on_click=begin, args=go)
with right:
    trace_steps(item)
