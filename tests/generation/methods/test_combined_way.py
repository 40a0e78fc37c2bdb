"""The combined way, played against scripted replies."""

from __future__ import annotations

from engine.core.records import BenchmarkItem, Combination, Problem, Verdict
from engine.core.settings import Recipe, RecipeSettings
from engine.generation.methods import combined
from engine.generation.record_factory import RecordFactory
from engine.generation.work_item import WorkItem
from engine.runs.plan import GeneratePlan
from engine.similarity.contamination import NgramIndex
from tests.support.talks import play

FIRST = "A jar holds red and blue beads in the ratio 2 : 3. What percentage of the beads is red?"
MENDED = (
    "A bag holds green and white marbles, 5 green ones for every 7 others. What percentage of all the marbles is green?"
)
REPLIES = {
    "agents/graph_problem": f"Problem:\n{FIRST}",
    "agents/revise": f"Problem:\n{MENDED}",
    "solving/difficulty": "Difficulty: 0.3\nReason: two steps",
    "solving/solve": "2 of 5 parts.\nSo \\boxed{40\\%}",
    "judges/problem": "Score: 0.9\nReason: needs both",
    "judges/solution": "Calculation: True\nLogic: True\nCompleteness: True\nReason: sound",
}


def _play(*tests: str):
    """A problem that is revised once before it passes."""
    reviews = iter(
        (
            "Clarity: 4\nCoherence: 3\nValidity: 2\nFeedback: Say it anew.",
            "Clarity: 5\nCoherence: 5\nValidity: 5\nFeedback: Nothing to change.",
        )
    )

    def answer(chat):
        return next(reviews) if chat.prompt.id == "judges/review" else REPLIES[chat.prompt.id]

    recipe = Recipe(name="house", title="t", way="house", roles={}, settings=RecipeSettings())
    factory = RecordFactory(GeneratePlan(id="run", recipe=recipe), "item")
    work_item = WorkItem.of(Combination.make("two-hop", ("Ratios", "Percentages"), 2, 0))
    index = NgramIndex([BenchmarkItem.make("math", text) for text in tests])
    return play(combined.way(factory, work_item, {}, index), answer)


def _compared(played):
    """Statements that were compared with test problems, and the share that each has of one."""
    texts = {record.id: record.statement for record in played.records if isinstance(record, Problem)}
    said = [r for r in played.records if isinstance(r, Verdict) and r.name == "contamination"]
    return [(texts[verdict.subject_id], verdict.value) for verdict in said]


def test_gsdp24_a_revised_problem_is_compared_with_test_problems_again():
    """GSDP-24: what was said of the first version says nothing of the one that is kept."""
    played = _play("How many primes are there below one hundred that leave the remainder three when divided by four?")
    assert played.result == "kept"
    assert _compared(played) == [(FIRST, 0.0), (MENDED, 0.0)]


def test_gsdp24_a_revision_that_turns_into_a_test_problem_gets_no_further():
    """GSDP-24: a copy is kept as evidence and is neither solved nor judged."""
    played = _play(MENDED)
    assert played.result == "written"
    assert _compared(played) == [(FIRST, 0.0), (MENDED, 1.0)]
    assert not {chat.prompt.id for chat in played.chats} & {"solving/solve", "judges/problem"}


def test_gsdp24_a_first_version_that_is_a_copy_is_not_revised():
    """GSDP-24: revision would hide where the text comes from."""
    played = _play(FIRST)
    assert played.result == "written"
    assert _compared(played) == [(FIRST, 1.0)]
