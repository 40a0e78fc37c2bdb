"""`lemma curate`: the transition of ratings by command."""

from __future__ import annotations

import pytest

from tests.studio.cli.conftest import few_seeds


@pytest.fixture(scope="module")
def home(command, tmp_path_factory):
    place = tmp_path_factory.mktemp("curate")
    project = place / "project"
    assert command("init", project).code == 0
    assert command("seeds", "add", few_seeds(place / "seeds.jsonl", 120), project=project).code == 0
    assert command("run", "agenticmath", "--items", 150, "--json", project=project).code == 0
    return project


@pytest.mark.parametrize("scores", ["seed_rating", "joint"])
def test_sc17_the_transition_of_ratings(command, home, scores):
    """SC-17: T, p, histograms before and after that add up, changed items with old, new and confidence."""
    values = command("curate", "--scores", scores, "--set", "curation.epochs=11", "--json", project=home).values
    assert len(values["T"]) == len(values["p"]) == 6
    assert all(abs(sum(row) - 1) < 1e-3 for row in values["T"])
    assert sum(values["before"]) == sum(values["after"]) == values["ratings"] > 20
    assert all(row["old"] != row["new"] and 0 <= row["confidence"] <= 1 for row in values["changed"])
    assert isinstance(values["reliable"], bool)


def test_unknown_scores_and_none_at_all_are_told(command, home, tmp_path):
    said = command("curate", "--scores", "beauty", project=home)
    assert said.code == 1
    assert "Known: seed_rating, joint, review" in said.err
    empty = tmp_path / "empty"
    assert command("init", empty).code == 0
    said = command("curate", project=empty)
    assert said.code == 1
    assert "lemma run agenticmath" in said.err


@pytest.mark.parametrize("by", ["curated", "rated"])
def test_am22_the_sweep_of_the_seed_limit(command, home, by):
    """AM-22: counts never rise with the limit, and the recipe's own limit is among them."""
    values = command(
        "seeds", "sweep", "--by", by, "--step", 0.5, "--set", "agenticmath.seed_limit=3.2", "--json", project=home
    ).values
    kept = [row["kept"] for row in values["limits"]]
    assert kept == sorted(kept, reverse=True)
    assert kept[0] == values["rated"] > 20
    assert kept[-1] < kept[0]
    assert values["limit"] == 3.2
    assert 3.2 in [row["limit"] for row in values["limits"]]
    assert all(row["variants"] == 6 * row["kept"] for row in values["limits"])


def test_a_sweep_without_ratings_says_what_gives_some(command, tmp_path):
    assert command("init", tmp_path / "empty").code == 0
    said = command("seeds", "sweep", project=tmp_path / "empty")
    assert said.code == 1
    assert "lemma run agenticmath" in said.err
