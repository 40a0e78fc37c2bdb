"""`lemma curate`: the transition of ratings by command."""

from __future__ import annotations

import pytest

from engine.store import Store
from tests.support.command import few_seeds


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
    changes = ("--set", "curation.epochs=11", "--set", "curation.fewest=3")
    values = command("curate", "--scores", scores, *changes, "--json", project=home).values
    assert len(values["T"]) == len(values["p"]) == (6 if values["reliable"] else 0)
    assert all(abs(sum(row) - 1) < 1e-3 for row in values["T"])
    assert sum(values["before"]) == sum(values["after"]) == values["ratings"] > 20
    assert all(row["old"] != row["new"] and 0 <= row["confidence"] <= 1 for row in values["changed"])
    assert isinstance(values["reliable"], bool)


def test_ratings_that_are_too_few_are_said_to_be_and_give_no_numbers(command, home):
    """SC-17: no matrix and no correction is drawn from a handful; the run says the same."""
    few = ("--set", "curation.fewest=1000")
    values = command("curate", *few, "--json", project=home).values
    assert (values["T"], values["p"], values["changed"], values["reliable"]) == ([], [], [], False)
    assert values["before"] == values["after"]
    assert "1,000 are needed" in values["doubt"]
    assert "none would be overwritten" in command("curate", *few, project=home).out
    with Store(home / "project.duckdb") as store:
        (note,) = [each for each in store.verdicts.uncurated() if each.startswith("Ratings of seeds")]
    assert "too few to tell how raters err; 100 are needed." in note


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
