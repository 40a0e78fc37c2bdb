"""The FLAMES and house ways: single items against scripted replies, whole runs on the embedded engine."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from engine import seeds
from engine.core import prompts
from engine.core.errors import BadSetting
from engine.core.records import Intermediate, Problem, ReplyRow, Seed, Solution, Verdict
from engine.core.resources import shipped
from engine.core.settings import Flames, Recipe, RecipeSettings
from engine.generation import inputs
from engine.generation.agents import BY_NAME
from engine.generation.methods import flames
from engine.generation.methods.registry import reached
from engine.generation.recipes import load
from engine.generation.record_factory import RecordFactory
from engine.generation.sources import Sources
from engine.knowledge.mixture import largest_remainder
from engine.planning.run_in_process import run
from engine.runs import journal
from engine.runs.plan import GeneratePlan
from tests.support.talks import play

PROBLEM = Problem(id="P-0", run_id="run", item_id="item", statement="How many?", agent="few_shot")


def _shipped(n):
    found = []
    for path in sorted(shipped("seeds").glob("*.jsonl")):
        found += [row for row in seeds.read(path) if isinstance(row, Seed)]
    return found[:: max(1, len(found) // n)][:n]


def _desk(**chosen):
    recipe = Recipe(name="flames", title="t", way="flames", roles={}, settings=RecipeSettings(flames=Flames(**chosen)))
    return RecordFactory(GeneratePlan(id="run", recipe=recipe), "item")


def _kept(answers, solvable=True, rewards=None, **chosen):
    solutions = tuple(Solution(f"W-{n}", "P-0", "run", n, f"text {n}", answer) for n, answer in enumerate(answers))
    played = play(flames.ruled(_desk(**chosen), PROBLEM, solutions, solvable, rewards), [])
    return played, {v.name: v.value for v in played.records if isinstance(v, Verdict) and v.subject == "problem"}


@pytest.mark.parametrize(
    ("keep", "answers", "index"),
    [
        ("strict", ["42", "42", "41"], None),
        ("majority", ["41", "42", "42"], 1),
        ("majority_first", ["1", "2", "3"], 0),
        ("first", ["1", "2", "3"], 0),
    ],
)
def test_fl20_fl25_the_recipes_own_strategy_decides(keep, answers, index):
    """FL-20..25: the others are recorded beside it."""
    played, said = _kept(answers, keep=keep)
    assert played.result == index
    assert said["method"] == float(index is not None)
    assert {f"keep_{name}" for name in ("strict", "majority", "first", "majority_first")} <= said.keys()
    chosen = [v.subject_id for v in played.records if isinstance(v, Verdict) and v.name == "chosen"]
    assert chosen == ([] if index is None else [f"W-{index}"])


@pytest.mark.parametrize(("literal", "index"), [(False, 1), (True, 0)])
def test_fl24_the_first_solution_that_answers_is_kept(literal, index):
    """FL-24: a refusal is kept only where the setting takes the paper at its word, and the item says which."""
    played, said = _kept([None, "4", "5"], keep="first", keep_unanswered=literal)
    assert (played.result, said["keep_first"], said["method"]) == (index, 1.0, 1.0)
    stands = [v.subject_id for v in played.records if isinstance(v, Verdict) and v.name == "solution_veto"]
    assert stands == [f"W-{index}"]
    played, said = _kept([None, None], keep="first", keep_unanswered=literal)
    assert said["method"] == float(literal)


def test_fl22_without_rewards_nothing_is_said_of_that_strategy():
    _, said = _kept(["1", "2"], rewards=None)
    assert "keep_solvability_reward" not in said
    played, said = _kept(["1", "2"], rewards=(0.1, 0.8), keep="solvability_reward")
    assert (played.result, said["keep_solvability_reward"]) == (1, 1.0)


def test_fl30_the_published_mixture():
    """FL-30: 150,000 are 75,000 / 30,000 / 30,000 / 15,000; shares come to 100."""
    counts = largest_remainder(Flames().shares, 150_000)
    assert list(counts.values()) == [75_000, 30_000, 30_000, 15_000]
    with pytest.raises(BadSetting, match="95, not 100"):
        load("flames", {"flames.shares": "{ few_shot = 95 }"})


def test_an_unknown_agent_is_named_before_anything_starts():
    recipe = load("flames", {"flames.shares": "{ few_shots = 100 }"})
    with pytest.raises(BadSetting, match="there is no agent 'few_shots'"):
        flames.draw(recipe, Sources(lambda: None, lambda: _shipped(20)))


def test_fl16_sources_take_turns():
    """FL-16: half of the seeds of an agent come from either source, and a shortfall is told."""
    found = _shipped(60)
    two = [Seed.make(f"source-{n % 2}", seed.statement, answer=seed.answer) for n, seed in enumerate(found)]
    recipe = load("flames", {"items": "80", "flames.shares": "{ paraphrasing = 100 }"})
    drawn = flames.draw(recipe, Sources(lambda: None, lambda: two))
    source = {seed.id: seed.source for seed in two}
    assert Counter(source[work_item.seeds[0]] for work_item in drawn.work_items) == {"source-0": 40, "source-1": 40}
    assert any("30 there" in note for note in drawn.notes)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    shares = ", ".join(f"{agent} = {100 / 12}" for agent in BY_NAME)
    recipe = load("flames", {"items": "120", "flames.shares": f"{{ {shares} }}", "flames.keep": '"majority_first"'})
    return run(recipe, _shipped(150), tmp_path_factory.mktemp("flames"))


def test_fl01_all_twelve_write(made):
    """FL-01: every agent gives problems of its own name."""
    assert {problem.agent for problem in made.problems} == set(BY_NAME)


def test_fl14_intermediate_objects_are_kept(made):
    """FL-14: concepts, suggestions, statements, masked questions, distractors."""
    notes = [r for r in journal.records(made.directory / "journal") if isinstance(r, Intermediate)]
    by_agent = {agent: {note.name for note in notes if note.agent == agent} for agent in BY_NAME}
    for agent, name in {
        "key_concepts": "concepts",
        "seeded_key_concepts": "concepts",
        "suggester_editor": "suggestions",
        "iqc": "draft solution",
        "ask_me_anything": "statement",
        "self_verification": "masked question",
        "fobar": "masked question",
        "distraction_insertion": "distractor",
    }.items():
        assert name in by_agent[agent], agent
    assert {note.problem_id for note in notes} <= {problem.id for problem in made.problems}
    assert len({note.id for note in notes}) == len(notes)


def test_fl12_topic_and_version_of_the_taxonomy_are_kept(made):
    """FL-12: every problem of the agent names the path of its topic and the version of the taxonomy."""
    notes = [r for r in journal.records(made.directory / "journal") if isinstance(r, Intermediate)]
    mine = {problem.id for problem in made.problems if problem.agent == "taxonomy_key_concepts"}
    for name in ("topic", "taxonomy"):
        assert {note.problem_id for note in notes if note.name == name and note.text} >= mine


def test_fl15_sampling_is_the_published_one(made):
    """FL-15: .7, .9, 50, 1, 2,048 in every request but those that the method samples otherwise."""
    rows = [r for r in journal.records(made.directory / "journal") if isinstance(r, ReplyRow)]
    plain = [row.sampling for row in rows if row.prompt_id not in ("agents/qft", "judges/solvability")]
    assert all('"temperature":0.7,"top_p":0.9,"top_k":50' in text for text in plain)
    assert all('"repetition_penalty":1.0,"max_tokens":2048' in text for text in plain)


def test_the_funnel_adds_up(made):
    assert sum(made.status.funnel.values()) == 120
    stages = list(reached(made.status.funnel, "flames").values())
    assert stages == sorted(stages, reverse=True)


def test_fl36_problem_and_solution_models_are_independent(tmp_path):
    """FL-36: two generators, both recorded."""
    roles = {"writer": "abacus:abacus-small", "solver": "abacus:abacus-large"}
    done = run(load("flames", {"items": "12"}, roles), _shipped(40), tmp_path)
    assert {problem.model for problem in done.problems if problem.model} == {"abacus-small"}
    assert {solution.model for solution in done.solutions} == {"abacus-large"}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    return run(load("house", {"items": "60"}), _shipped(150), tmp_path_factory.mktemp("house"))


def test_the_house_way_writes_from_graph_and_agents(house):
    agents = Counter(problem.agent for problem in house.problems if not problem.parent_id)
    assert agents["graph_problem"] == 30
    assert sum(agents.values()) - agents["graph_problem"] >= 25
    assert house.graph.stats.nodes > 10


def test_the_house_way_keeps_what_is_reviewed_agreed_scored_and_sound(house):
    assert sum(house.status.funnel.values()) == 60
    stages = reached(house.status.funnel, "house")
    assert list(stages.values()) == sorted(stages.values(), reverse=True)
    assert 0 < stages["kept"] < stages["written"]
    names = {verdict.name for verdict in house.verdicts}
    assert {"review", "keep_majority", "problem_score", "solution_veto", "chosen"} <= names
    chosen = Counter(v.problem_id for v in house.verdicts if v.name == "chosen")
    assert set(chosen.values()) == {1}


def test_the_house_way_is_scored_by_its_judges_after_review(house):
    """Review and judges both score a problem; the judges' word is the later one."""
    by_problem = {}
    for verdict in house.verdicts:
        if verdict.name == "problem_score":
            by_problem.setdefault(verdict.subject_id, []).append(verdict)
    both = [said for said in by_problem.values() if len(said) > 1]
    assert both
    for said in both:
        assert [v.version for v in sorted(said, key=lambda v: v.at)] == ["review", "1"]


def _judged_by(made):
    """What each problem was judged by: the hash of the prompt, by the problem's id."""
    return {verdict.subject_id: verdict.version for verdict in made.verdicts if verdict.name == "judge_problem"}


def test_gsdp25_problems_inherit_the_points_of_their_seed(house):
    """GSDP-25: what an agent writes from a seed is judged against the points that were found in that seed."""
    now = {seed.id: seed for seed in inputs.stream(house.directory / "inputs" / "seeds.parquet", Seed)}
    agents = ("suggester_editor", "distraction_insertion", "iqc")
    inherited = [one for one in house.problems if one.agent in agents]
    assert len(inherited) >= 20
    assert all(one.points == now[one.seed_id].points for one in inherited)
    assert sum(bool(one.points) for one in inherited) >= 20
    said = _judged_by(house)
    against = prompts.load("judges/problem").ref.hash
    assert {said[one.id] for one in inherited if one.id in said and one.points} == {against}


def test_gsdp25_no_judge_is_asked_about_no_points(tmp_path_factory):
    """GSDP-25: without points a prompt judges that names none; of several examples nothing is inherited."""
    shares = {"house.graph_share": "0", "flames.shares": "{ few_shot = 50, suggester_editor = 50 }"}
    pointed = [replace(seed, points=("Ratios",)) for seed in _shipped(60)]
    made = run(load("house", {"items": "20", **shares}), pointed, tmp_path_factory.mktemp("alone"))
    asked = [row for row in journal.records(made.directory / "journal") if isinstance(row, ReplyRow)]
    alone = [row.request for row in asked if row.prompt_id == "judges/problem_alone"]
    against = [row.request for row in asked if row.prompt_id == "judges/problem"]
    assert alone
    assert against
    assert not any("0 knowledge points" in row.request for row in asked)
    assert not any("knowledge point" in request for request in alone)
    assert all("these 1 knowledge points" in request and "Ratios" in request for request in against)
    said = _judged_by(made)
    for problem in made.problems:
        if problem.id in said:
            assert bool(problem.points) is (said[problem.id] == prompts.load("judges/problem").ref.hash)
            assert bool(problem.points) is (problem.agent != "few_shot" and not _of_few_shot(made, problem))


def _of_few_shot(made, problem):
    first = {one.id: one for one in made.problems}
    while problem.parent_id:
        problem = first[problem.parent_id]
    return problem.agent == "few_shot"


def test_fl18_without_test_problems_no_share_is_made_up(house):
    """FL-18: nothing to compare with is "cannot tell", not a share of 0."""
    said = [verdict for verdict in house.verdicts if verdict.name == "contamination"]
    assert said
    assert {verdict.value for verdict in said} == {None}
    assert all("none were imported" in verdict.reason for verdict in said)
