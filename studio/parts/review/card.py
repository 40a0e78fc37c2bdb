"""The middle of the review desk: the problem as it reads, why it is here, what changed, what was said about it."""

from __future__ import annotations

import streamlit as st

from engine.store.problems import ProblemCard
from studio.parts.review import counting, facts
from studio.parts.review.facts import RaterOpinion
from studio.parts.review.history import TextVersion
from studio.parts.review.solving import SolvingRun, proposal_text
from studio.parts.review.state import ReviewState
from studio.parts.review.words import clock, short
from studio.text.markdown import code, escape, rich
from studio.ui.problem_card import Version, problem_card, show_changes, solution_steps

_MARK = {True: ":green[:material/check_circle:]", False: ":red[:material/error:]", None: ":gray[:material/balance:]"}


def reading_card(
    at: ReviewState, card: ProblemCard, steps: list[TextVersion], chosen: int, reason: str, run: SolvingRun | None
) -> None:
    """Draw a card for reading, the version `chosen` of `steps`, with what `run` proposes where it is solved again."""
    step, last, hidden = steps[chosen], chosen == len(steps) - 1, counting.hidden(at)
    if at.changes and chosen > 0:
        # Above the card: what D shows must be seen without scrolling past a long solution.
        show_changes(steps[chosen - 1].version, step.version)
        _solution_changes(steps[chosen - 1], step)
        st.divider()
    if last and run:
        # Above the card: it is what has to be decided now, and the solution below is the old one.
        proposal_text(card, run)
    problem_card(
        short(card.problem.id),
        facts.chips(card, judged=not hidden),
        step.version.statement,
        step.solution,
        evidence=facts.evidence(card) if last and not hidden else None,
    )
    if not last:
        st.caption("This is an earlier version. A decision is always about the last one.")
    st.caption(f":material/low_priority: {escape(reason)}")
    if hidden:
        return
    _opinions(facts.opinions(card))
    for decision in card.decisions[-4:]:
        words = (
            f"{decision.curator}: {decision.act.replace('-', ' ')}{', ' + decision.reason if decision.reason else ''}"
        )
        st.caption(f":material/person: {escape(words)}, {clock(decision.at)}")
    _other_solutions(card)
    trace(card)


def trace(card: ProblemCard) -> None:
    """Draw every reply behind this problem when it is asked for: who, model, tokens, seconds, text."""
    label = f"Every reply behind it · {len(card.trace)}"
    opened = st.expander(label, key=f"review.trace.{card.problem.id}", icon=":material/forum:", on_change="rerun")
    if not opened.open:
        # Texts of many replies would travel with each card, though few are read.
        return
    with opened:
        for reply in card.trace:
            tokens = f"{reply.tokens_in:,} + {reply.tokens_out:,} tokens"
            prompt = f" · {code(reply.prompt_id)}" if reply.prompt_id else ""
            st.caption(f"**{escape(reply.role)}** · {escape(reply.model)} · {tokens} · {reply.seconds:.2f} s{prompt}")
            st.code(reply.text, language=None, wrap_lines=True)
        for failure in card.failures:
            st.caption(f":red[:material/error:] {escape(f'{failure.stage}, {failure.boundary}: {failure.message}')}")


def _other_solutions(card: ProblemCard) -> None:
    for line, solution in facts.others(card):
        opened = st.expander(rich(line), key=f"review.solution.{solution.id}", on_change="rerun")
        if opened.open:
            with opened:
                solution_steps(solution.text)


def _solution_changes(before: TextVersion, after: TextVersion) -> None:
    if before.solution is None or after.solution is None or before.solution == after.solution:
        return
    st.markdown("**Solution**")
    show_changes(_as_text(before), _as_text(after))


def _as_text(step: TextVersion) -> Version:
    return Version(step.version.title, step.version.by, step.solution or "")


def _opinions(found: list[RaterOpinion]) -> None:
    if not found:
        st.caption("No judge has looked at this problem yet.")
        return
    lines = [
        f"{_MARK[said.good]} {escape(said.by)} on the {escape(said.about)}: **{escape(said.said)}** "
        f":gray[{rich(' '.join(said.reason.split()))}]"
        for said in found
    ]
    st.markdown("\n\n".join(("---", "**What the judges say**", *lines)))
