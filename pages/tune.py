"""Tune: which problems do we keep, and what does each limit cost us?"""

import streamlit as st

from engine import planning
from engine.curation.methods import of_method
from engine.curation.table_page import inside, of_concept
from engine.curation.trust.from_ledger import labels_of
from engine.generation import recipes
from studio import navigation, workspace
from studio.lens import lens
from studio.parts.tune import address
from studio.parts.tune.alarms import header_line, trust_line
from studio.parts.tune.compare import compare_view
from studio.parts.tune.curves import curves_view
from studio.parts.tune.figures import header_figures
from studio.parts.tune.freeze import freeze_panel
from studio.parts.tune.looks import count_look
from studio.parts.tune.map import map_button
from studio.parts.tune.method import about_method, method_lines, pick_method
from studio.parts.tune.panel import panel_table
from studio.parts.tune.policy import (
    START,
    WHOLE,
    apply_and_review,
    begin_whole,
    beside,
    comparable,
    in_hand,
    lens_rules,
    policy_table,
    save_dialog,
    started,
    take_whole,
)
from studio.parts.tune.reads import board, everything, known_policies, methods_there
from studio.parts.tune.rows import ORDER, pick_order, rows_view
from studio.parts.tune.tab import RIVAL, VIEW, is_edited, lens_key, lens_said, report_difference, sit_down
from studio.ui.blocks import empty, title_row

store = workspace.store()
if not store.problems.count():
    title_row("Tune")
    if st.session_state.pop("tune.go", False):
        navigation.go("generate")
    empty(
        "Limits, map and concepts",
        "Nothing has been written yet. A run writes problems and has them judged; here you decide which to keep.",
        "Plan a run",
        lambda: st.session_state.update({"tune.go": True}),
        key="tune.empty",
        icon=":material/auto_awesome:",
    )
    st.stop()

run = st.query_params.get("run", "")
whole_table = everything(store, run)
there = methods_there(whole_table)
known = known_policies(store, whole_table)
method = sit_down(known, there)
held, stale = board(store, run, is_edited, method, st.session_state[WHOLE])
table = held.board.table
with title_row("Tune", room=7):
    st.selectbox(
        "Policy", known, list(known).index(st.session_state[START]), key=START, label_visibility="collapsed", width=150,
        on_change=lambda: begin_whole(known[st.session_state[START]], method),
    )  # fmt: skip
    start = known[st.session_state[START]]
    rivals = [None, *known]
    rival = st.selectbox(
        "Compare with", rivals, rivals.index(st.session_state.get(RIVAL)), key=RIVAL,
        format_func=lambda name: f"B: {name}" if name else "Compare with …", label_visibility="collapsed", width=170,
    )  # fmt: skip
    st.button("Reset", icon=":material/undo:", key="tune.reset", on_click=lambda: begin_whole(start, method))
    save = st.button("Save as policy", icon=":material/save:", key="tune.save.open")
    send = st.button("Send to review", icon=":material/fact_check:", type="primary", key="tune.send")

line = st.container(horizontal=True, vertical_alignment="center")
with line:
    pick_method(there, st.session_state[WHOLE])
words = st.container()
rules = started()
trust = held.trust.read(labels_of(store))
policy = in_hand(rules, lens_said(held))
quality = trust.quality(policy)
said = lens(
    held.board.block,
    key=lens_key(held),
    rules=lens_rules(rules),
    order=st.session_state["tune.order"],
    # The lens has one column a score: a policy that hears other judges is counted here only.
    compare=lens_rules(of_method(known[rival], method).rules) if rival and comparable(known[rival]) else None,
    figures=header_figures(policy, quality),
)
looks = count_look(store, policy, method, quality.looked)
whole = take_whole(policy, method)
counts = held.now.move(policy, grid=False, page=0)
against = held.other.move(beside(of_method(known[rival], method), said), grid=False, page=0) if rival else None
chosen, other = counts.chosen, against.chosen if against else None
report_difference(said, chosen)
with line:
    header_line(table, chosen, run, trust, stale=stale, rules=policy.rules, most=store.runs.alarm_share(run))
    trust_line(store, quality, looks, chosen.count)
with words:
    method_lines(method, held.board.silent, whole, whole_table)
if save:
    save_dialog(store, whole)
if send:
    apply_and_review(store, whole)

within = None
if said.lasso:
    within = inside(table, said.lasso)
if said.concept is not None:
    concept = of_concept(table, said.concept)
    within = concept if within is None else within & concept

views = ["Rows", "Curves", *(["Compare"] if rival else []), "Policy"]
if st.session_state.get(VIEW) not in views:
    st.session_state[VIEW] = "Rows"
row = st.columns([3, 1], vertical_alignment="center")
view = row[0].segmented_control(
    "View", views, default=st.session_state[VIEW], label_visibility="collapsed", key=VIEW, required=True
)
if view == "Curves":
    curves_view(store, trust, counts, other.policy if other else None, quality, looks)
elif view == "Compare" and rival and against and other:
    count_look(store, other.policy, method, quality.looked)
    compare_view(store, table, counts, against, rival if other.policy.name == known[rival].name else other.policy.name)
elif view == "Policy":
    about_method(method, there)
    policy_table(policy, whole, method, trust, workspace.workspace().project.root)
    panel_table(policy, store)
    freeze_panel(store, whole, whole_table)
    map_button(
        workspace.workspace(), lambda: planning.redraw_map(store, workspace.workspace().project, recipes.load("gsdp"))
    )
else:
    with row[1]:
        order = pick_order(other is not None)
    rows_view(store, table, chosen, other, within, order)
address.say(
    policy,
    of_method(start, method),
    {
        "policy": st.session_state[START],
        "method": method if method and len(there) > 1 else None,
        "with": rival,
        "view": view,
        "order": st.session_state.get(ORDER),
    },
)
