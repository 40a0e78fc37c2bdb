"""The combined way, played against scripted replies."""

from __future__ import annotations

from collections import Counter

import pytest

from engine.core.errors import UserError
from engine.core.records import BenchmarkItem, Combination, Problem, Seed, Verdict
from engine.core.settings import Recipe, RecipeSettings
from engine.generation.methods import combined
from engine.generation.record_factory import RecordFactory
from engine.generation.sources import Sources
from engine.generation.work_item import WorkItem
from engine.knowledge.graph import KnowledgeGraph
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


NO_GRAPH = KnowledgeGraph.from_incidence([])
SOME = [(f"s{n}", f"point {place}") for n in range(12) for place in (n, n + 1, n + 2)]


def _drawn(items: int, graph_share: float, seed: int = 3, *, graph: bool = True, pairs: bool = True):
    settings = RecipeSettings.model_validate({
        "house": {"graph_share": graph_share}, "flames": {"shares": {"key_concepts": 50, "suggester_editor": 50}},
        "mixture": {"one_hop": 100, "two_hop": 0, "three_hop": 0, "community": 0},
    })  # fmt: skip
    recipe = Recipe(name="house", title="t", way="house", roles={}, settings=settings, items=items, seed=seed)
    rows = SOME if pairs else SOME[:3]
    known = KnowledgeGraph.from_incidence(rows) if graph else NO_GRAPH
    seeds = [Seed.make("ours", f"How many are {n} and 1?", answer=str(n + 1)) for n in range(4)]
    return combined.draw(recipe, Sources(lambda: known, lambda: seeds))


def test_the_graph_has_its_share_of_the_items_and_the_agents_the_rest():
    found = _drawn(20, 30)
    agents = Counter(item.agent for item in found.work_items)
    assert agents == {"graph_problem": 6, "key_concepts": 7, "suggester_editor": 7}
    ids = [item.id for item in found.work_items if item.agent == "graph_problem"]
    assert {one.id for one in found.combinations} == set(ids), "each combination that is written from is told"
    assert found.total == 20
    assert Counter(item.agent for item in _drawn(7, 50).work_items)["graph_problem"] == 4, "3.5 is rounded to even"


def test_the_shares_are_mixed_so_that_a_run_which_ends_early_holds_some_of_each():
    """Ten of thirty: were the parts one behind the other, there would be none of the agents'."""
    found = _drawn(30, 50)
    assert len({item.agent for item in found.work_items[:10]}) > 1
    assert [item.id for item in found.work_items] == [item.id for item in _drawn(30, 50).work_items]
    assert [item.agent for item in found.work_items] != [item.agent for item in _drawn(30, 50, seed=4).work_items]


def test_a_share_of_nothing_asks_for_nothing():
    """Who lets agents write alone needs no graph, and the reverse needs no seeds."""
    assert {item.agent for item in _drawn(4, 0, graph=False).work_items} == {"key_concepts", "suggester_editor"}
    assert {item.agent for item in _drawn(4, 100).work_items} == {"graph_problem"}
    with pytest.raises(UserError, match="no knowledge graph yet"):
        _drawn(4, 50, graph=False)


def test_what_ran_short_in_one_part_is_told():
    """Three points have three pairs: of the ten that the graph was to have, the rest is said to be missing."""
    found = _drawn(20, 50, pairs=False)
    assert sum(item.agent == "graph_problem" for item in found.work_items) < 10
    assert any("one-hop" in note for note in found.notes), found.notes
