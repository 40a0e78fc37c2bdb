"""Rounds: did the model get better, where did it forget, do we promote?"""

import time

import streamlit as st

from engine.learning.rounds import comparison, promotion_state, review
from engine.learning.rounds.promotion import answers_of, turn
from engine.runs import launcher
from studio import navigation, session, workspace
from studio.parts.rounds.cards import round_cards
from studio.parts.rounds.compare import compare_dialog
from studio.parts.rounds.gain import files, gain_chart, promotion_rules, replay_panel
from studio.parts.rounds.ledger import ledger, progress
from studio.parts.rounds.start import folder_of, start_dialog
from studio.text.markdown import escape
from studio.ui.blocks import alarm, block_title, empty, title_row
from studio.ui.guidance_panel import guidance_panel
from studio.ui.run_controls import controls, run_picker

START, COMPARE = "rounds.start.open", "rounds.compare.open"

shared = workspace.workspace()
project, store = shared.project, shared.store
events = store.rounds.events()
rounds = promotion_state.outcomes(events)
runs = [run for run in store.runs.list() if run.kind == "round" and (project.runs / run.id / "plan.json").exists()]


def act(one: promotion_state.Outcome, what: str) -> None:
    """Promote, skip or roll back."""
    turn(store, one, what, session.curator())


with title_row("Rounds"):
    if len(rounds) > 1:
        st.button("Compare two rounds", icon=":material/compare_arrows:", key=COMPARE)
    if runs:
        st.button(f"Start round {len(rounds) + 1}", icon=":material/play_arrow:", type="primary", key=START)
if st.session_state.get(START) or st.session_state.pop("rounds.first", False):
    start_dialog(project, store)
if st.session_state.get(COMPARE):
    compare_dialog(project, store, rounds)

if not runs:
    empty(
        "The loop, round by round",
        "No round was started yet. A round fine-tunes a model, lets it write and examine new problems, trains it on "
        "what it prefers, and measures what it gained and forgot.",
        "Start the first round",
        lambda: st.session_state.update({"rounds.first": True}),
        key="rounds.empty",
        icon=":material/autorenew:",
    )
    st.stop()

if rounds:
    round_cards(rounds, events, act, project.root)

run = runs[0] if len(runs) == 1 else run_picker(runs, project, st.query_params.get("run"), key="rounds.run")
directory = project.runs / run.id
status = launcher.state(directory)
if status.state != "finished":
    progress(directory, status)
    number = review.waiting(directory)
    with st.container(horizontal=True):
        if number is not None:
            synthesis = f"{run.id}-{number}-synthesis"
            navigation.link("review", "Review what was written", icon=":material/fact_check:", run=synthesis)
            if st.button("Hand over decisions and go on", icon=":material/play_arrow:", type="primary"):
                review.hand_over(store, directory)
                launcher.resume(directory)
                st.rerun()
        else:
            controls(directory, status)

own = [one for one in rounds if one.run_id == run.id]
if own:
    latest = own[-1]
    place = rounds.index(latest) + 1
    left, right = st.columns([1.5, 1], gap="large")
    start = store.evaluations.answers(f"{run.id}-{latest.number}-evaluate-start")
    changed = comparison.changes(start, answers_of(store, latest))
    with left:
        block_title("What the round gained and forgot", f"accuracy change per concept, M{place - 1} to M{place}")
        gain_chart(changed, key="rounds.gain")
    with right:
        replay_panel(comparison.losses(folder_of(project, latest)), latest.report, latest.number)
        promotion_rules(latest, changed)
        if latest.accuracy:
            guidance_panel(promotion_state.what_next(latest), f"M{place}")
    if latest.fell:
        alarm(f"M{place} is worse than its start on {', '.join(latest.fell)}.")
    ledger(project, rounds, events)
    files(folder_of(project, latest))
elif status.state == "finished":
    st.caption(f"{escape(run.id)} ended at {time.strftime('%H:%M', time.localtime(status.ended))} without a report.")
