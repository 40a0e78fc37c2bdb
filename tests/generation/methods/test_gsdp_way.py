"""The way of one problem, played against scripted replies: every stage, every missing part, nothing made up."""

from __future__ import annotations

from collections import Counter

import pytest

from engine.core.errors import Unreachable
from engine.core.records import BenchmarkItem, Combination, Failure, Problem, Solution, Verdict
from engine.core.settings import Judging, Mixture, Recipe, RecipeSettings, Routing
from engine.generation.methods import gsdp
from engine.generation.methods.registry import reached
from engine.generation.record_factory import RecordFactory
from engine.generation.sources import Sources
from engine.knowledge.graph import KnowledgeGraph
from engine.runs.plan import GeneratePlan
from engine.similarity.contamination import NgramIndex
from tests.support.talks import play

PAIR = Combination.make("two-hop", ("Ratios", "Percentages"), 2, 0)
STATEMENT = "A jar holds red and blue beads in the ratio 2 : 3. What percentage of the beads is red?"
REPLIES = {
    "agents/graph_problem": f"Problem:\n{STATEMENT}",
    "solving/difficulty": "Difficulty: 0.3\nReason: two steps",
    "solving/solve": "2 of 5 parts are red.\nSo \\boxed{40\\%}",
    "judges/problem": "Score: 0.9\nReason: needs both",
    "judges/solution": "Calculation: True\nLogic: True\nCompleteness: True\nReason: sound",
}


def _desk(**settings):
    recipe = Recipe(name="gsdp", title="t", roles={}, settings=RecipeSettings(**settings))
    return RecordFactory(GeneratePlan(id="run", recipe=recipe), "item")


def _play(replies=None, tests=(), **settings):
    said = REPLIES | (replies or {})

    def answer(chat):
        reply = said[chat.prompt.id]
        return reply(chat) if callable(reply) else reply

    return play(gsdp.way(_desk(**settings), PAIR, NgramIndex(tests)), answer)


def _verdicts(played):
    return {(v.name, v.by): v for v in played.records if isinstance(v, Verdict)}


def _failures(played):
    return [record for record in played.records if isinstance(record, Failure)]


def test_gsdp44_a_kept_problem_carries_everything_it_was_made_from():
    """GSDP-44: points, type, distance, weight, prompt version, generator, difficulty and judge scores."""
    played = _play()
    assert played.result == "kept"
    problem = next(record for record in played.records if isinstance(record, Problem))
    assert (problem.points, problem.kind, problem.distance, problem.weight) == (PAIR.points, "two-hop", 2, 0)
    assert problem.prompt_id == "agents/graph_problem"
    assert problem.prompt_hash
    assert problem.model == "scripted"
    said = _verdicts(played)
    assert said["difficulty", "rater"].value == 0.3
    assert said["problem_score", "rule"].value == pytest.approx(0.9)
    assert {by for name, by in said if name == "judge_problem"} == {"judge_a", "judge_b", "judge_c"}


def test_x02_every_record_points_back_to_the_reply_it_was_read_from():
    """X-02: lineage from each problem, solution and verdict back to a request."""
    played = _play()
    asked = {chat.request_id("scripted") for chat in played.chats}
    for record in played.records:
        if isinstance(record, (Problem, Solution)) or (isinstance(record, Verdict) and record.by != "rule"):
            assert record.reply_id in asked


def test_the_problem_is_on_its_way_before_anything_is_said_about_it():
    played = _play()
    assert isinstance(played.records[0], Problem)
    assert [chat.prompt.id for chat in played.chats][:3] == [
        "agents/graph_problem",
        "solving/difficulty",
        "solving/solve",
    ]


def test_gsdp24_a_verbatim_test_problem_gets_no_further():
    """GSDP-24: a verbatim test item is removed, with evidence, and costs no further call."""
    item = BenchmarkItem.make("math", STATEMENT)
    played = _play(tests=[item])
    assert played.result == "written"
    assert len(played.chats) == 1
    verdict = _verdicts(played)["contamination", "rule"]
    assert verdict.value == 1.0
    assert item.id in verdict.evidence


@pytest.mark.parametrize(("difficulty", "role"), [("0.2", "solver_low"), ("0.5", "solver_low"), ("0.8", "solver_high")])
def test_gsdp22_the_rating_decides_who_solves(difficulty, role):
    """GSDP-22: low and medium to one solver, high to the other."""
    played = _play({"solving/difficulty": f"Difficulty: {difficulty}\nReason: r"})
    assert [chat.role for chat in played.chats if chat.prompt.id == "solving/solve"] == [role]


def test_an_unreadable_rating_is_a_failure_row_and_the_strong_solver_takes_over():
    played = _play({"solving/difficulty": "rather hard"})
    assert played.result == "kept"
    assert [(f.stage, f.boundary) for f in _failures(played)] == [("solving/difficulty", "reply")]
    assert ("difficulty", "rater") not in _verdicts(played)
    assert [c.role for c in played.chats if c.prompt.id == "solving/solve"] == ["solver_high"]


def test_gsdp23_a_solution_without_a_box_is_kept_as_evidence_but_not_solved():
    """GSDP-23: a missing box is flagged."""
    played = _play({"solving/solve": "It is forty percent."})
    assert played.result == "not a copy"
    assert next(r for r in played.records if isinstance(r, Solution)).answer is None
    faults = [v for v in played.records if isinstance(v, Verdict) and v.subject == "solution" and v.name == "format"]
    assert faults[0].reason == "no boxed answer"


def test_gsdp27_a_low_score_stops_short_of_kept():
    """GSDP-27: below the limit the problem is not kept, and its score and reason are there for the curator."""
    played = _play({"judges/problem": "Score: 0.84\nReason: one point is not needed"})
    assert played.result == "solved"
    assert _verdicts(played)["judge_problem", "judge_a"].reason == "one point is not needed"


def test_gsdp28_one_veto_of_one_judge_is_enough():
    """GSDP-28: one False vetoes."""

    def veto(chat):
        return (
            "Calculation: False\nLogic: True\nCompleteness: True\nReason: step 1"
            if chat.role == "judge_b"
            else REPLIES["judges/solution"]
        )

    played = _play({"judges/solution": veto})
    assert played.result == "score reached"
    assert _verdicts(played)["solution_veto", "rule"].reason == "vetoed by judge_b"


def test_gsdp26_a_judge_that_cannot_be_read_is_left_out_or_fails_the_score():
    """GSDP-26: missing judge renormalises or fails, by policy; never a made-up score."""

    def mumble(chat):
        return "nice problem" if chat.role == "judge_c" else REPLIES["judges/problem"]

    lenient = _play({"judges/problem": mumble})
    assert lenient.result == "kept"
    assert _verdicts(lenient)["problem_score", "rule"].value == pytest.approx(0.9)
    assert [f.boundary for f in _failures(lenient)] == ["reply"]
    strict = _play({"judges/problem": mumble}, judging=Judging(missing_judge="fail"))
    assert strict.result == "solved"
    assert _verdicts(strict)["problem_score", "rule"].value is None


def test_an_endpoint_that_is_gone_fails_the_item_with_the_provider_as_boundary():
    played = _play({"agents/graph_problem": lambda chat: Unreachable("reset by peer")})
    assert played.failure.boundary == "provider"
    assert played.records == []


def test_several_solutions_agree_whatever_their_notation():
    answers = iter(["\\boxed{40\\%}", "\\boxed{0.4}", "\\boxed{41\\%}"])
    played = _play({"solving/solve": lambda chat: next(answers)}, routing=Routing(solutions=3))
    assert _verdicts(played)["agreement", "rule"].value == pytest.approx(2 / 3)


def test_equal_items_ask_equal_questions_and_other_items_other_ones():
    one, two = _play(), _play()
    assert [c.request_id("m") for c in one.chats] == [c.request_id("m") for c in two.chats]
    assert len({c.request_id("m") for c in one.chats}) == len(one.chats)


def test_the_funnel_counts_down_the_stages():
    outcomes = Counter({"kept": 5, "score reached": 2, "solved": 1, "not a copy": 1, "written": 1, "failed": 3})
    assert reached(outcomes) == {"written": 10, "not a copy": 9, "solved": 8, "score reached": 7, "kept": 5}


def test_gsdp19_pairs_are_repeated_by_their_weight_or_not():
    """GSDP-19: one-hop repeated gives the sum of weights, once the number of edges; each copy is an item of its own."""
    graph = KnowledgeGraph.from_incidence(
        [(f"s{n}", point) for n in range(3) for point in ("A", "B")] + [("t", "B"), ("t", "C")]
    )
    sources = Sources(lambda: graph, list)

    def drawn(repeat):
        mixture = Mixture(one_hop=100, two_hop=0, three_hop=0, community=0, repeat_by_weight=repeat)
        recipe = Recipe(name="gsdp", title="t", roles={}, items=50, settings=RecipeSettings(mixture=mixture))
        return gsdp.draw(recipe, sources)

    assert len(drawn(False).work_items) == len(graph.edges) == 2
    repeated = drawn(True)
    assert len(repeated.work_items) == sum(edge.weight for edge in graph.edges) == 4
    assert len({work_item.item_id for work_item in repeated.work_items}) == 4
    assert len(repeated.combinations) == 2


def test_gsdp16_no_problem_is_written_from_two_core_points():
    """GSDP-16: two centres that are three steps apart make no pair; a centre and another point do."""
    edges = [(hub, f"{hub}{n}") for hub in ("A", "Z") for n in range(5)] + [("A0", "Z0")]
    graph = KnowledgeGraph.from_incidence(
        [(f"s{number}", point) for number, edge in enumerate(edges) for point in edge], core_points=2
    )
    assert set(graph.core()) == {"A", "Z"}
    assert graph.distance("A", "Z") == 3
    recipe = Recipe(
        name="gsdp", title="t", roles={}, items=50,
        settings=RecipeSettings(mixture=Mixture(one_hop=0, two_hop=0, three_hop=100, community=0)),
    )  # fmt: skip
    drawn = {work_item.points for work_item in gsdp.draw(recipe, Sources(lambda: graph, list)).work_items}
    assert drawn == set()
    far = KnowledgeGraph.from_incidence(
        [(f"s{number}", point) for number, edge in enumerate([*edges, ("Z0", "Q")]) for point in edge], core_points=2
    )
    drawn = {work_item.points for work_item in gsdp.draw(recipe, Sources(lambda: far, list)).work_items}
    assert drawn == {("A", "Q")}
