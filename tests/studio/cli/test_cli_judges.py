"""`lemma judges` and `lemma judges check`, on the embedded engine: people's rows in, agreement out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.core import project
from engine.core.project import Project
from engine.core.records import CheckedVerdict
from engine.runs import journal
from engine.runs.plan import JudgePlan, load_plan_as
from engine.store import Store
from tests.support.command import within

MODEL = "abacus:abacus-judge-a"


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Sums: solutions of which every other one is wrong, and problems of which every third lacks a number."""
    folder = tmp_path_factory.mktemp("rows")
    solved = [
        {"statement": f"What is {n} + 4?", "solution": f"{n} + 4 = {n + 4 + n % 2}. So the answer is {n + 4 + n % 2}.",
         "good": n % 2 == 0}
        for n in range(1, 31)
    ]  # fmt: skip
    asked = [{"statement": f"Ann has {n} pears and buys 3. How many has she?", "good": n % 3 > 0} for n in range(1, 31)]
    for name, made in (("solved", solved), ("asked", asked)):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, made)), encoding="utf-8")
    return {name: folder / f"{name}.jsonl" for name in ("solved", "asked")}


@pytest.fixture(scope="module")
def checked(rows: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, dict[str, object]]:
    home = project.create(tmp_path_factory.mktemp("judges") / "project")
    said = within(
        "judges", "check", "--against", rows["solved"], "--against", f"problems={rows['asked']}", "--limit", 20,
        "--engine", MODEL, "--engine", "abacus:abacus-judge-b", "--json", project=home.root,
    )  # fmt: skip
    return home, said.values


def test_every_row_goes_to_every_judge_that_fits(checked):
    home, values = checked
    assert (values["state"], values["asked"], values["answered"], values["failed"]) == ("finished", 120, 120, 0)
    with Store(home.database) as store:
        said = store.judged.of(values["run"])
        assert store.verify() == []
    assert len(said) == 120
    assert {(one.judge, one.source) for one in said} == {
        ("solution", "solved"), ("problem", "problems"), ("solvability", "problems")
    }  # fmt: skip
    plan = load_plan_as(home.runs / values["run"], JudgePlan)
    assert [(one.name, one.rows, one.drawn) for one in plan.materials] == [("solved", 30, 20), ("problems", 30, 20)]
    ids = {one.item_id for one in said if one.source == "solved"}
    assert len(ids) == 20, "both models are asked about the same rows"


def test_figures_are_those_of_the_journal(checked):
    """Counted anew from the journal: nothing on the way drops, doubles or turns a verdict."""
    home, values = checked
    said = [one for one in journal.records(home.runs / values["run"] / "journal") if isinstance(one, CheckedVerdict)]
    for row in values["judges"]:
        mine = [one for one in said if (one.judge, one.model) == (row["judge"], row["model"])]
        read = [one for one in mine if one.yes is not None]
        counts = row["counts"]
        assert counts["both"] == sum(one.good and one.yes for one in read)
        assert counts["first_only"] == sum(not one.good and one.yes for one in read)
        assert counts["second_only"] == sum(one.good and not one.yes for one in read)
        assert counts["neither"] == sum(not one.good and not one.yes for one in read)
        assert (row["rows"], row["unreadable"]) == (len(mine), len(mine) - len(read))
        assert row["agreement"]["po"]["value"] == pytest.approx((counts["both"] + counts["neither"]) / len(read))
        assert row["word"] in row["says"][0].lower() or row["word"] == "can't tell"


def test_judges_of_one_place_are_beside_each_other(checked):
    _, values = checked
    subsets = [one for one in values["subsets"] if one["judge"] == "solution"]
    assert [(len(one["judges"]), one["rule"]) for one in subsets] == [
        (1, "its own word"), (1, "its own word"), (2, "one False drops"), (2, "one True keeps"),
    ]  # fmt: skip
    kept = [one["kept"]["hits"] for one in subsets]
    assert kept[2] <= min(kept[:2]) <= max(kept[:2]) <= kept[3]
    assert kept[2] + kept[3] == kept[0] + kept[1]
    for one in subsets:
        counts = one["counts"]
        assert sum(counts.values()) == one["rows"]
        share = counts["good_kept"] / one["kept"]["hits"] if one["kept"]["hits"] else None
        assert one["precision"]["value"] == pytest.approx(share)
    assert {one["judge"] for one in values["pairs"]} == {"solution", "problem", "solvability"}


def test_the_command_alone_says_the_same_again(checked, tmp_path):
    home, values = checked
    again = within("judges", "--out", tmp_path / "out", "--json", project=home.root).values
    assert again["judges"] == values["judges"]
    assert json.loads((tmp_path / "out" / "judges.json").read_text()) == again
    text = within("judges", project=home.root).out
    assert f"solution · {MODEL} on solved" in text
    assert again["reviewed"] == []


def test_the_same_draw_is_the_same_and_another_seed_is_another(checked, rows):
    home, _ = checked

    def drawn(seed):
        said = within(
            "judges", "check", "--against", rows["solved"], "--limit", 5, "--seed", seed, "--engine", MODEL, "--json",
            project=home.root,
        )  # fmt: skip
        with Store(home.database) as store:
            return {one.item_id for one in store.judged.of(said.values["run"])}

    assert drawn(1) == drawn(1) != drawn(2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--judges", "problem"), "speaks of problems, and no file says which problems are good"),
        (("--judges", "taste"), "is no judge that can be checked"),
        (("--engine", "nobody:x"), "'nobody' is not a known engine"),
        (("--engine", MODEL, "--engine", MODEL), "each once"),
        (("--set", "judging.keep=1"), "judging.keep"),
    ],
)
def test_what_cannot_be_checked_is_said_before_anything_is_made(rows, tmp_path, words, said):
    home = project.create(tmp_path / "project")
    found = within("judges", "check", "--against", rows["solved"], *words, project=home.root)
    assert found.code == 1
    assert said in found.err
    assert not list(home.runs.glob("judge-*"))
