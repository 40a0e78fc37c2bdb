"""Judges: how far can each judge be trusted, and each combination?"""

import streamlit as st

from engine.generation import recipes
from studio import navigation, workspace
from studio.parts.judges.combinations import combinations, labels_line, rule_detail
from studio.parts.judges.curation import curation_view, ratings_there
from studio.parts.judges.detail import judge_detail
from studio.parts.judges.disagree import disagreements_view
from studio.parts.judges.drift import drift_view
from studio.parts.judges.hand_over import use
from studio.parts.judges.order import order_results, order_view
from studio.parts.judges.others import desk_view, together_view
from studio.parts.judges.reads import differing, drift, misjudged, reliability, report
from studio.parts.judges.reliable import reliability_block, reliability_view
from studio.parts.judges.start import check_form, check_going, no_figures
from studio.parts.judges.table import coin_chart, judges_table, warnings
from studio.text.markdown import plain
from studio.ui.blocks import alarm, empty, title_row

VIEWS = {
    "rule": "This combination",
    "curation": "Score curation",
    "disagree": "Disagreements",
    "drift": "Drift",
    "one": "One judge",
    "coin": "Against chance",
    "together": "Among themselves",
    "order": "Places changed",
    "desk": "Review desk",
}

shared = workspace.workspace()
project, store = shared.project, shared.store
runs = [run for run in store.runs.list() if run.kind == "judge" and (project.runs / run.id / "plan.json").exists()]
found, asked_pairs = report(store), order_results(project.root)
panels = (*found.panels, *(one.sets for one in found.together))
rated = bool(ratings_there(store))
there = bool(found.checked or found.reviewed or panels or asked_pairs or rated)
table = None
with title_row("Judges", room=5):
    if panels:
        names = {each.panel.key: f"{each.panel.title} · {labels_line(each.panel)}" for each in panels}
        key = st.selectbox(
            "Rows", names, format_func=lambda one: plain(names[one]), key="judges.panel", label_visibility="collapsed",
            width=250,
        )  # fmt: skip
        table = next((each for each in panels if each.panel.key == key), panels[0])
    if there:
        if st.button("Label 50 more", icon=":material/fact_check:", key="judges.label"):
            navigation.go("review", queue="draw")
        with st.popover("Check judges", icon=":material/balance:"):
            check_form(project, store)
    use_it = table is not None and st.button(
        "Use as policy", icon=":material/check:", type="primary", key="judges.use",
        disabled=table.panel.origin != "project",
        help="Opens Tune with this combination in the place of its judges.",
    )  # fmt: skip
check_going(project, runs)

if not there:
    if st.session_state.pop("judges.go", False):
        navigation.go("review" if store.problems.count() else "generate")
    left, right = st.columns([1, 1.2], gap="large")
    with left:
        empty(
            "How far each judge can be trusted",
            no_figures(store)
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
row = picked = None
if table is not None:
    left, right = st.columns([2.1, 1], gap="medium")
    with left:
        row = combinations(table)
    with right:
        judge = reliability_block(table.panel)
        reliability_view(table.panel, judge, reliability(store, table.panel, judge))
if row is not None and table is not None and use_it:
    use(store, table.panel, row)
if found.checked:
    picked = judges_table(found.checked)
    st.caption("Whoever always says the same scores .50 in balanced accuracy and 0 in κ, whatever the base rate is.")

ours = bool(found.panels)
if rated and not ours:
    st.caption(no_figures(store))
shown = {
    "rule": row is not None, "curation": ours or rated, "disagree": ours or rated, "drift": ours,
    "one": picked is not None, "coin": picked is not None, "together": picked is not None, "order": bool(asked_pairs),
    "desk": bool(found.reviewed) or not (ours or rated),
}  # fmt: skip
views = [name for name in VIEWS if shown[name]]
if st.session_state.get("judges.view") not in views:
    st.session_state.pop("judges.view", None)
view = st.segmented_control(
    "View", views, default=views[0], required=True, format_func=VIEWS.__getitem__, label_visibility="collapsed",
    key="judges.view",
)  # fmt: skip
if view == "rule" and table is not None and row is not None:
    rule_detail(table, row, store)
elif view == "curation":
    curation_view(store, recipes.load("agenticmath").settings, project.runs)
elif view == "disagree":
    disagreements_view(differing(store), store)
elif view == "drift" and table is not None:
    panel = table.panel if table.panel.origin == "project" else found.panels[0].panel
    drift_view(panel, drift(store, panel))
elif view == "coin":
    coin_chart(found.checked)
elif view == "together":
    together_view(found.together)
elif view == "order":
    order_view(asked_pairs)
elif view == "desk":
    desk_view(found.reviewed)
elif picked:
    judge_detail(picked, misjudged(store, picked))
