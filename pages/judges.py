"""Judges: how far can each judge be trusted?"""

import streamlit as st

from studio import navigation, workspace
from studio.parts.judges.detail import judge_detail
from studio.parts.judges.others import desk_view, together_view
from studio.parts.judges.reads import misjudged, report
from studio.parts.judges.start import check_form, check_going
from studio.parts.judges.table import coin_chart, judges_table, warnings
from studio.ui.blocks import alarm, empty, title_row

VIEWS = {"one": "One judge", "coin": "Against chance", "together": "Among themselves", "desk": "Review desk"}

shared = workspace.workspace()
project, store = shared.project, shared.store
runs = [run for run in store.runs.list() if run.kind == "judge" and (project.runs / run.id / "plan.json").exists()]
found = report(store)
there = bool(found.checked or found.reviewed)
with title_row("Judges"):
    if there:
        if st.button("Label more", icon=":material/fact_check:", key="judges.label"):
            navigation.go("review", queue="random")
        with st.popover("Check judges", icon=":material/balance:", type="primary"):
            check_form(project, store)
check_going(project, runs)

if not there:
    if st.session_state.pop("judges.go", False):
        navigation.go("review" if store.problems.count() else "generate")
    left, right = st.columns([1, 1.2], gap="large")
    with left:
        empty(
            "How far each judge can be trusted",
            "No human labels yet. Decide some judged problems on the review desk: 50 are enough to start. "
            if store.problems.count()
            else "Nothing has been written yet. A run has problems judged, and you decide some of them.",
            "Label 50" if store.problems.count() else "Plan a run",
            lambda: st.session_state.update({"judges.go": True}),
            key="judges.empty",
            icon=":material/fact_check:",
        )
        st.caption("Or hold judges against rows that people judged already, as on the right, or from a shell:")
        st.code("lemma judges check --against FILE", language="bash", wrap_lines=True)
    with right, st.container(border=True):
        check_form(project, store)
    st.stop()

for line in warnings(found.warned):
    alarm(line)
picked = None
if found.checked:
    picked = judges_table(found.checked)
    st.caption("Whoever always says the same scores .50 in balanced accuracy and 0 in κ, whatever the base rate is.")

views = list(VIEWS) if picked else ["desk"]
view = st.segmented_control(
    "View", views, default="one" if picked else "desk", required=True, format_func=VIEWS.__getitem__,
    label_visibility="collapsed", key="judges.view",
)  # fmt: skip
if view == "coin":
    coin_chart(found.checked)
elif view == "together":
    together_view(found.together)
elif view == "desk":
    desk_view(found.reviewed)
elif picked:
    judge_detail(picked, misjudged(store, picked))
