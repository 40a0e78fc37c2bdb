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


def test_sc09_every_rating_that_neighbours_outvote_is_flagged(command, home):
    """SC-09: mv needs no estimate of how raters err, so it doubts none, and it changes other rows than rank does."""
    asked = (
        "curate",
        "--set",
        "curation.epochs=11",
        "--set",
        "curation.min_confidence=0",
        "--set",
        "curation.fewest=3",
        "--set",
        "curation.margin=0",
        "--set",
        "curation.least_share=0",
    )
    rank = command(*asked, "--json", project=home).values
    outvoted = command(*asked, "--mode", "mv", "--json", project=home).values
    assert (rank["mode"], outvoted["mode"]) == ("rank", "mv")
    assert {row["id"] for row in rank["changed"]} != {row["id"] for row in outvoted["changed"]}
    assert "Too few" not in command(*asked, "--mode", "mv", project=home).out


def test_sc14_sc15_the_best_by_rating_then_rarity(command, home):
    """SC-14, SC-15: ordered by both; a text that counts as its own nearest is never rarer for it."""
    asked = ("curate", "--set", "curation.epochs=3", "--best", 1000, "--json")
    apart = command(*asked, project=home).values["best"]
    own = command(*asked, "--count-self", project=home).values["best"]
    keys = [(-row["score"], -row["rarity"], row["id"]) for row in apart]
    assert keys == sorted(keys)
    assert len(keys) > 20
    rarity = {row["id"]: row["rarity"] for row in own}
    assert all(rarity[row["id"]] <= row["rarity"] for row in apart)
    assert any(rarity[row["id"]] < row["rarity"] for row in apart)
    assert [row["id"] for row in command(*asked[:3], "--best", 5, "--json", project=home).values["best"]] == [
        row["id"] for row in apart[:5]
    ]


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


def test_am03_the_sweep_follows_weights(command, home):
    """AM-03: ratings are made anew from the three marks; other weights keep other seeds."""
    asked = ("seeds", "sweep", "--by", "rated", "--json", "--set")
    kept = [
        [row["kept"] for row in command(*asked, change, project=home).values["limits"]]
        for change in ("agenticmath.rating=mean", "agenticmath.rating=min")
    ]
    assert all(low <= mean for mean, low in zip(*kept, strict=True))
    weighted = ("agenticmath.rating=weighted", "--set", "agenticmath.weight_clarity=50")
    kept.append([row["kept"] for row in command(*asked, *weighted, project=home).values["limits"]])
    assert kept[2] not in kept[:2]
    none = [
        word for name in ("complexity", "information", "clarity") for word in ("--set", f"agenticmath.weight_{name}=0")
    ]
    said = command(*asked, "agenticmath.rating=weighted", *none, project=home)
    assert said.code == 1
    assert "needs a weight above 0" in said.err


def test_a_sweep_without_ratings_says_what_gives_some(command, tmp_path):
    assert command("init", tmp_path / "empty").code == 0
    said = command("seeds", "sweep", project=tmp_path / "empty")
    assert said.code == 1
    assert "lemma run agenticmath" in said.err
