"""Tune: which problems do we keep, and what does each limit cost us?"""

import streamlit as st

from engine import planning, recipes
from engine.curation import policy as policies
from engine.curation.listing import inside, of_concept
from studio import house, navigation
from studio.widgets.blocks import alarm, empty, title_row
from studio.widgets.lens import lens
from studio.widgets.tune_curves import compare_view, curves_view
from studio.widgets.tune_map import map_button
from studio.widgets.tune_policy import (
    START,
    apply_and_review,
    begin,
    in_hand,
    lens_rules,
    policy_table,
    save_dialog,
    started,
)
from studio.widgets.tune_reads import board, known_policies
from studio.widgets.tune_rows import rows_view

store = house.store()
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
now_board = board(store, run)
known = known_policies(store)
with title_row("Tune"):
    st.selectbox(
        "Policy", known, key=START, label_visibility="collapsed", width=135,
        on_change=lambda: begin(known[st.session_state[START]].rules),
    )  # fmt: skip
    rival = st.selectbox(
        "Compare with", [None, *known], format_func=lambda name: f"Compare with {name}" if name else "Compare with …",
        key="tune.rival", label_visibility="collapsed", width=140,
    )  # fmt: skip
    st.button(
        "Reset", icon=":material/undo:", key="tune.reset",
        on_click=lambda: begin(known[st.session_state.get(START) or next(iter(known))].rules),
    )  # fmt: skip
    save = st.button("Save as policy", icon=":material/save:", key="tune.save.open")
    send = st.button("Send to review", icon=":material/fact_check:", type="primary", key="tune.send")

rules = started(known)
said = lens(
    now_board.block,
    key="tune_lens",
    rules=lens_rules(rules),
    order=st.session_state["tune.order"],
    compare=lens_rules(known[rival].rules) if rival else None,
)
policy = in_hand(rules, said)
chosen = policies.apply(policy, now_board.table)
other = policies.apply(known[rival], now_board.table) if rival else None
if save:
    save_dialog(store, policy)
if send:
    apply_and_review(store, policy)

worst = max(chosen.reasons().items(), key=lambda pair: pair[1], default=None)
total = len(now_board.table)
if worst and worst[1] > 0.3 * total:
    alarm(f"One rule drops {worst[1] / total:.0%} of the problems: {worst[0].replace('_', ' ')}. The alarm is at 30 %.")
within = None
if said.lasso:
    within = inside(now_board.table, said.lasso)
if said.concept is not None:
    concept = of_concept(now_board.table, said.concept)
    within = concept if within is None else within & concept

views = ["Rows", "Curves", *(["Compare"] if rival else []), "Policy"]
row = st.columns([3, 1.2], vertical_alignment="center")
view = row[0].segmented_control("View", views, default="Rows", label_visibility="collapsed", key="tune.view")
with row[1]:
    st.caption(f"exactly {chosen.count:,} of {total:,} kept{f' · run {run}' if run else ''}")
if view == "Curves":
    curves_view(now_board.table, policy)
elif view == "Compare" and other is not None:
    compare_view(now_board.table, chosen, other, rival)
elif view == "Policy":
    policy_table(policy, house.house().project.root)
    map_button(house.house(), lambda: planning.redraw_map(store, house.house().project, recipes.load("gsdp")))
else:
    rows_view(store, now_board, chosen, other, within)
