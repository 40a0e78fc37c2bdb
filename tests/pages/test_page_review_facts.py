"""What a card says in words: where it came from, which limits it keeps, what an edit of it amounts to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.core.records import Problem, Verdict
from engine.curation import policy as policies
from engine.generation.judges import dimensions
from engine.store import Store
from engine.store.problems import ProblemCard
from studio.parts.review import facts, history
from studio.parts.review.edit import check_edit
from studio.parts.review.words import short, span
from tests.support.page_project import filled, opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(filled(tmp_path / "project")) as store:
        yield store


def _card(store: Store) -> ProblemCard:
    board = store.problems.scoreboard()
    found = store.problems.get(board["id"][0].as_py())
    assert found is not None
    return found


def test_edits_are_looked_at_before_they_are_saved(store: Store) -> None:
    card = _card(store)
    solution = card.solution or ""
    assert check_edit(card, card.statement, solution).stop
    assert check_edit(card, "  ", solution).stop
    # What the machine answered is no evidence for another statement, so a half edit is saved only when asked for twice.
    half = check_edit(card, card.statement + " Now.", solution)
    assert half.doubt
    assert "It will wait for a solution." in half.line
    assert (
        "for the new statement 7 is wrong"
        in check_edit(
            replace(card, statement="Compute $3 + 4$.", solution="It is $\\boxed{7}$."),
            "Compute $3 + 5$.",
            "It is $\\boxed{7}$.",
        ).line
    )
    assert "equal to the machine's" in check_edit(card, card.statement, solution + "\n").line
    other = check_edit(card, card.statement, solution + "\n\nSo it is $\\boxed{123456}$.")
    assert "123456" in other.line
    assert "the machine's was" in other.line
    assert not other.doubt
    assert check_edit(card, card.statement + " $\\frac{1}{$", solution).doubt
    assert check_edit(card, card.statement, "No answer at all.").doubt
    sentence = check_edit(card, card.statement, "So she needs 14 slices.")
    assert sentence.doubt
    assert "only the last sentence gives an answer, 14 slices" in sentence.line
    untold = check_edit(card, card.statement, "It is \\boxed{\\text{more than before}}.")
    assert untold.doubt
    assert "can't tell whether it equals the machine's" in untold.line
    wrong = check_edit(card, "Compute $3 + 4$.", "It is $\\boxed{8}$.")
    assert wrong.doubt
    assert "symbolic check: computed, the expression gives 7" in wrong.line
    assert "symbolic check equal" in check_edit(card, "Compute $3 + 4$.", "It is $\\boxed{7}$.").line


def test_a_card_says_where_it_came_from(store: Store) -> None:
    """GSDP-44: combination, kind, points, distance and the models and prompts stand on the card."""
    card = _card(store)
    lines = " ".join(line for _, line in history.lineage(card))
    assert card.problem.model in lines
    assert card.problem.run_id in lines
    assert f"D {card.problem.distance}" in lines
    assert history.prompts(card)[0].startswith("agents/graph_problem @ ")
    assert {chip.text for chip in facts.chips(card)} >= set(card.problem.points[:3])
    assert len(facts.opinions(card)) >= 4
    assert card.trace


def test_revisions_stand_on_the_ladder(store: Store) -> None:
    card = _card(store)
    first = Problem("P-0", "r", "i", "An earlier text.", "graph_problem")
    steps = history.steps(card, [history.Earlier(first, None, ())])
    assert [step.version.title for step in steps] == ["Written", "Revision 1"]
    assert steps[0].version.score is None
    assert steps[1].version.score is not None


def test_a_score_on_its_limit_passes() -> None:
    """GSDP-27: the limit is inclusive, also for scores that come in 32 bits."""
    rules = (replace(policies.gsdp().rules[0], limit=0.9),)
    (judge, *_) = facts.tracks({"judge_score": float(np.float32(0.9))}, policies.make("at", rules))
    assert judge.passes
    assert judge.limit == 0.9


def test_wordings() -> None:
    assert short("P-0123456789abcdef") == "P-012345"
    assert (span(14.2), span(300), span(12_900)) == ("14 s", "5 min", "3 h 35 min")


def test_cl28_dimensions_are_spelled_out_and_old_ones_are_told_apart(store: Store) -> None:
    """CL-28: a mark by an earlier prompt does not stand under today's name."""
    card = _card(store)
    at = card.problem.at
    marks = [
        Verdict.make("r", "problem", card.problem.id, "dimension_AC", by, 7.0, "why", version=version, at=at)
        for by, version in (("arbiter", dimensions.version()), ("judge", "5d0ef0a3c1b2"))
    ]
    said = {one.by: one.about for one in facts.opinions(replace(card, verdicts=(*card.verdicts, *marks)))}
    assert said["arbiter"] == "analysis completeness"
    assert said["judge"] == "AC by an earlier prompt"
