import hashlib

import pytest

from engine.core import prompts
from engine.core.errors import BadSetting
from engine.generation import recipes

NAMES = list(prompts.hashes())


WORDLESS = "agents/qft"


@pytest.mark.parametrize("name", [name for name in NAMES if name != WORDLESS])
def test_every_prompt_loads_and_says_its_task_first(name):
    prompt = prompts.load(name)
    assert prompt.turns[-1].role == "user"
    assert prompt.turns[-1].content.startswith("Task: ")
    assert prompt.holes


def test_fl11_one_prompt_says_nothing_at_all():
    """FL-11: a model that was tuned on questions gets the bare chat prefix, an empty user turn and no system turn."""
    assert [(turn.role, turn.content) for turn in prompts.load(WORDLESS).fill()] == [("user", "")]


def test_filling_is_strict():
    prompt = prompts.load("solving/solve")
    with pytest.raises(ValueError, match="missing \\['problem'\\]"):
        prompt.fill()
    with pytest.raises(ValueError, match="unknown \\['colour'\\]"):
        prompt.fill(problem="x", colour="red")


def test_a_value_with_braces_is_left_alone():
    messages = prompts.load("judges/solution").fill(problem="{{solution}} and {x}", solution="S")
    assert "{{solution}} and {x}" in messages[-1].content


def test_x02_the_hash_follows_the_text():
    """X-02: prompts are versioned by the hash of their text."""
    one, two = (prompts.parse("a/b", f"[user]\nTask: {word} {{{{x}}}}") for word in ("one", "two"))
    assert one.ref.id == two.ref.id
    assert one.ref.hash != two.ref.hash


def test_x02_ids_and_hashes_are_those_that_replies_and_plans_keep():
    """X-02: an id says nothing of folders, and the hash is of the text as it lies in the file."""
    ref = prompts.load("judges/problem").ref
    text = (prompts.ROOT / prompts.FOLDERS["judges"] / "problem.txt").read_bytes()
    assert (ref.id, ref.hash) == ("judges/problem", hashlib.blake2b(text, digest_size=6).hexdigest())
    with pytest.raises(ValueError, match="there is no family 'engine'"):
        prompts.load("engine/problem")


def test_a_prompt_without_sections_is_refused():
    with pytest.raises(ValueError, match="must start with"):
        prompts.parse("a/b", "Hello")


def test_gsdp03_the_extraction_prompt_demands():
    """GSDP-03: educator, relevant, precise, key to solving, numbered, not vague, a limit, both fields."""
    prompt = prompts.load("knowledge/extract")
    text = "\n".join(turn.content for turn in prompt.turns)
    for demand in (
        "educator",
        "relevant",
        "precise and concise",
        "key to solving",
        "numbered list",
        "vague",
        "{{limit}}",
    ):
        assert demand in text
    assert prompt.holes == {"limit", "problem", "solution"}


def test_gsdp20_the_problem_prompt_demands():
    """GSDP-20: teacher role, original, error-free, all points, hard enough, consistent; no examples."""
    prompt = prompts.load("agents/graph_problem")
    text = "\n".join(turn.content for turn in prompt.turns)
    for demand in ("teacher", "original", "free of errors", "consistent", "every point", "hard enough"):
        assert demand in text
    assert "xample" not in text
    assert prompt.holes == {"count", "points"}


def test_gsdp23_the_solution_prompt_demands_steps_and_a_box():
    """GSDP-23: step by step, final answer in a box."""
    text = prompts.load("solving/solve").turns[-1].content
    assert "step by step" in text
    assert r"\boxed{}" in text


def test_recipe_changes_and_engines():
    recipe = recipes.load(
        "gsdp", {"judging.keep_at": "0.9", "items": "12"}, {"*": "local:qwen", "rater": "abacus:abacus-small"}
    )
    assert recipe.settings.judging.keep_at == 0.9
    assert recipe.items == 12
    assert recipe.roles["writer"] == "local:qwen"
    assert recipe.roles["rater"] == "abacus:abacus-small"


def test_gsdp22_solvers_of_low_and_high_are_roles_of_the_recipe():
    """GSDP-22: which model solves which level is configuration."""
    assert {"rater", "solver_low", "solver_high"} <= recipes.load("gsdp").roles.keys()


@pytest.mark.parametrize(
    ("changes", "engines", "message"),
    [
        ({"judging.kept": "1"}, {}, "settings.judging.kept: is not a known setting"),
        ({"judging.keep_at": "high"}, {}, "settings.judging.keep_at"),
        ({"items.x": "1"}, {}, "items is a value, not a section"),
        ({}, {"painter": "a:b"}, "no role 'painter'"),
    ],
)
def test_bad_changes_name_the_key(changes, engines, message):
    with pytest.raises(BadSetting, match=message):
        recipes.load("gsdp", changes, engines)


def test_an_unknown_recipe_lists_the_known_ones():
    with pytest.raises(BadSetting, match=r"Known recipes: .*gsdp"):
        recipes.load("magic")
