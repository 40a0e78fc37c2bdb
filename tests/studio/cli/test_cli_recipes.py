"""The five recipes by command: on the embedded engine, and over HTTP against a local endpoint."""

from __future__ import annotations

import pytest

from engine.generation import recipes
from engine.generation.methods.registry import METHODS
from tests.studio.cli.conftest import few_seeds
from tests.support.abacus_endpoint import AbacusEndpoint

ITEMS = 200


@pytest.fixture(scope="module")
def home(command, tmp_path_factory):
    """A project with seeds and a graph."""
    place = tmp_path_factory.mktemp("recipes")
    project = place / "project"
    assert command("init", project).code == 0
    assert command("seeds", "add", few_seeds(place / "seeds.jsonl", 240), project=project).code == 0
    assert command("knowledge", "build", "--json", project=project).code == 0
    return project


def _adds_up(values, recipe):
    stages = list(values["funnel"].values())
    assert list(values["funnel"]) == list(METHODS[recipe].stages)
    assert stages == sorted(stages, reverse=True)
    assert 0 < values["funnel"]["kept"] <= values["funnel"]["written"] <= ITEMS
    assert values["calls"] > 0
    assert values["state"] == "finished"


@pytest.mark.slow
@pytest.mark.parametrize("recipe", recipes.names())
def test_two_hundred_items_on_the_embedded_engine(command, home, recipe):
    values = command("run", recipe, "--items", ITEMS, "--json", project=home).values
    _adds_up(values, recipe)
    lost = sum(values["failures"].values())
    assert values["funnel"]["written"] >= 0.9 * ITEMS - lost
    assert command("verify", "--json", project=home).values["ok"]


@pytest.mark.slow
@pytest.mark.parametrize("recipe", recipes.names())
def test_two_hundred_items_over_http(command, home, recipe):
    with AbacusEndpoint() as endpoint:
        text = f'[engines.local]\nkind = "openai_compatible"\nbase_url = "{endpoint.url}"\n'
        (home / "engines.toml").write_text(text, encoding="utf-8")
        words = ["run", recipe, "--items", ITEMS, "--engine", "*=local:abacus-large", "--json"]
        values = command(*words, project=home).values
        asked = len(endpoint.bodies)
    _adds_up(values, recipe)
    assert values["calls"] <= asked


def test_a_recipe_says_what_is_wrong_with_it(here, tmp_path):
    """Unknown key, shares, threshold, role without a model: one line, and nothing started."""
    before = here("runs", "list", "--json").values["runs"]
    for change, told in {
        "flames.colour=1": "settings.flames.colour: is not a known setting (got 1)",
        "flames.shares={ iqc = 50.0 }": "shares add up to 50, not 100",
        "agenticmath.seed_limit=7": "less than or equal to 5 (got 7)",
        "way=quick": "'gsdp', 'agenticmath', 'flames', 'continual' or 'house'",
    }.items():
        said = here("run", "flames", "--set", change)
        assert said.code == 1
        assert told in said.err
        assert len(said.err.strip().splitlines()) == 1, said.err
    path = tmp_path / "mine.toml"
    path.write_text('title = "Mine"\nway = "flames"\n[roles]\nwriter = "abacus:abacus-small"\n', encoding="utf-8")
    said = here("run", path)
    assert said.code == 1
    assert "roles.solver" in said.err
    assert here("runs", "list", "--json").values["runs"] == before
