"""The counter-example box: values for the letters of a problem, and what becomes of its equations and inequalities."""

from __future__ import annotations

import streamlit as st

from engine.core.errors import BadInput
from engine.store.problems import ProblemCard
from engine.verification.checks import counterexample
from engine.verification.checks.counterexample import Outcome, Place, Relation, Standing, Trial
from studio.text.markdown import escape, rich
from studio.ui.blocks import block_title

_MARK: dict[Outcome, str] = {
    "fails": ":red[:material/error: fails]",
    "holds": ":green[:material/check_circle: holds]",
    "can't tell": ":gray[:material/help: can't tell]",
}
_VERDICT: dict[Standing, str] = {
    "counter-example": ":red[:material/error: **A counter-example.** Every condition of the problem that could be "
    "read holds, and the solution says something that fails.]",
    "solution fails": ":orange[:material/warning: The solution says something that fails for these values. No "
    "condition of the problem could be read, so see that it allows them.]",
    "no instance": ":orange[:material/warning: These values break a condition of the problem, so they say nothing "
    "about its solution.]",
    "holds": ":green[:material/check_circle: Nothing that could be read fails for these values.]",
    "can't tell": ":gray[:material/help: Nothing could be put to the test with these values.]",
}
_HEADS: dict[Place, str] = {"problem": "In the problem", "solution": "In the solution"}


def trial_box(card: ProblemCard, *, disabled: bool) -> None:
    """Draw the popover; what is in it is worked out when it is opened."""
    box = st.popover(
        "Try values", icon=":material/science:", type="tertiary", key=f"review.trial.{card.problem.id}",
        on_change="rerun", disabled=disabled,
    )  # fmt: skip
    if box.open:
        with box, st.container(width=520):
            _content(card)


def _content(card: ProblemCard) -> None:
    solution = card.solution or ""
    letters = counterexample.letters(card.statement, solution)
    if not letters:
        st.caption("There is no letter in the formulas that a value could be given to.")
        return
    block_title("Counter-example", "values for the letters")
    st.caption("Type values that the problem allows: 3, -1/2, 0.25, \\\\sqrt{2}. Empty letters stay open.")
    key = f"review.trial.{card.problem.id}"
    with st.form(f"{key}.form", border=False):
        typed = {}
        for start in range(0, len(letters), 4):
            row = letters[start : start + 4]
            for cell, letter in zip(st.columns(4, gap="small"), row, strict=False):
                typed[letter] = cell.text_input(_name(letter), key=f"{key}.{letter}", max_chars=60) or ""
        st.form_submit_button("Try these values", icon=":material/science:", type="primary")
    try:
        spot = counterexample.values(typed)
    except BadInput as error:
        st.markdown(f":red[:material/error: {escape(error.where)}: {escape(error.what)}] {escape(error.do)}")
        return
    if spot:
        _results(counterexample.attempt(card.statement, solution, spot))


def _results(trial: Trial) -> None:
    st.markdown(_VERDICT[trial.standing])
    with st.container(height=300, border=False):
        for place, head in _HEADS.items():
            found = [relation for relation in trial.relations if relation.place == place]
            # What fails is what the curator looks for.
            found.sort(key=lambda relation: list(_MARK).index(relation.outcome))
            st.caption(head if found else f"{head}: no equation or inequality")
            for relation in found:
                _line(relation)


def _line(relation: Relation) -> None:
    formula, outcome = st.columns([1.5, 1], gap="small", vertical_alignment="center")
    formula.markdown(rich(f"${relation.text}$"))
    outcome.markdown(f"{_MARK[relation.outcome]} :small[:gray[{escape(relation.said)}]]")


def _name(letter: str) -> str:
    """Return a letter as a formula, so that alpha and k_1 read as they do in the problem."""
    base, _, below = letter.partition("_")
    command = "\\" if len(base) > 1 else ""
    return f"${command}{base}_{{{below}}}$" if below else f"${command}{base}$"
