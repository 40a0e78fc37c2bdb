"""`lemma labels`: rows drawn at random, labels from files with all that may be wrong with them, the ledger told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.core.project import create
from engine.store import Store
from engine.store.row_hashes import row_hash
from tests.support.command import Said
from tests.support.store_factories import a_problem, fill

ROWS = 90
IDS = [a_problem(n).id for n in range(ROWS)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = create(tmp_path / "project")
    with Store(made.database) as store:
        fill(store, ROWS)
    return made.root


@pytest.fixture
def ask(command: Callable[..., Said], home: Path) -> Callable[..., Said]:
    return lambda *words: command("labels", *words, project=home)


def _file(folder: Path, *lines: str, header: str = "id,verdict,curator,time", name: str = "labels.csv") -> Path:
    path = folder / name
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return path


def _labels(ask: Callable[..., Said]) -> list[dict]:
    return ask("list", "--json").values["labels"]


def test_cal02_a_draw_is_made_told_and_kept(ask: Callable[..., Said]) -> None:
    made = ask("draw", "--size", 20, "--salt", "one", "--json").values
    assert (made["size"], made["eligible"], made["salt"], made["recipe"]["control"]) == (20, ROWS, "one", 1.0)
    assert made["drawn"] == len(made["rows"]) > 5
    assert all(row["pi"] == pytest.approx(20 / ROWS) for row in made["rows"])
    waiting = ask("list", "--open", "--json").values["open"]
    assert [row["row_id"] for row in waiting] == [row["row_id"] for row in made["rows"]]
    status = ask("status", "--json").values
    (draw,) = status["draws"]
    assert (draw["draw"], draw["open"], draw["replay"], status["faults"]) == (made["draw"], made["drawn"], "same", [])
    again = ask("draw", "--size", 10)
    assert (again.code, "have no verdict yet" in again.err) == (1, True)
    closed = ask("draw", "--size", 10, "--close", "--json").values
    assert closed["closed"] == made["drawn"]
    assert closed["eligible"] == ROWS - made["drawn"]


def test_cal26_a_mixture_says_that_the_first_rows_are_uniform_and_keeps_its_control(ask: Callable[..., Said]) -> None:
    first = ask("draw", "--recipe", "mixture", "--json")
    assert (first.values["size"], first.values["recipe"]["control"]) == (50, 1.0)
    assert "drawn uniformly" in first.err
    second = ask("draw", "--recipe", "mixture", "--control", 0.5, "--close", "--json").values
    assert second["size"] == 40
    assert second["recipe"]["control"] == 0.5
    assert sum(second["recipe"][part] for part in ("control", "uncertainty", "coverage")) == pytest.approx(1)
    assert second["model"]
    assert ask("draw", "--control", 0.5, "--close").code == 1
    assert "no policy" in ask("draw", "--policy", "nobody", "--close").err


def test_cal01_labels_of_a_file_count_where_the_ledger_drew_the_row(ask: Callable[..., Said], tmp_path: Path) -> None:
    drawn = [row["row_id"] for row in ask("draw", "--size", 20, "--json").values["rows"]]
    other = next(ident for ident in IDS if ident not in drawn)
    path = _file(tmp_path, f"{drawn[0]},good,Ann,2026-03-01T10:00:00Z", f"{drawn[1]},bad,Ann,1700000000",
                 f"{other},approve,Ann,")  # fmt: skip
    said = ask("add", path, "--json").values
    assert (said["added"], said["drawn"], said["left_out"]) == (3, 2, [])
    found = {one["id"]: one for one in _labels(ask)}
    assert (found[drawn[0]]["provenance"], found[drawn[0]]["time"]) == ("draw", 1772359200.0)
    assert (found[drawn[1]]["verdict"], found[other]["provenance"]) == ("bad", "import")
    assert found[other]["source"] == "labels.csv"
    again = ask("add", path, "--json").values
    assert (again["added"], again["known"]) == (0, 3)


def test_cal32_a_draw_that_the_ledger_does_not_know_is_a_convenience_label_and_said_aloud(
    ask: Callable[..., Said], tmp_path: Path
) -> None:
    path = _file(tmp_path, f"{IDS[0]},good,Ann,DR-ours", f"{IDS[1]},bad,Ann,", header="id,verdict,curator,draw")
    said = ask("add", path, "--json")
    assert said.values["claimed"] == [{"line": 2, "id": IDS[0], "draw": "DR-ours"}]
    assert "claim a random draw that this ledger does not know" in said.err
    found = {one["id"]: (one["provenance"], one["draw"]) for one in _labels(ask)}
    assert found == {IDS[0]: ("convenience", None), IDS[1]: ("import", None)}
    assert ask("status", "--json").values["labels"] == {"convenience": 1, "import": 1}


def test_what_cannot_be_used_is_said_with_file_and_line(ask: Callable[..., Said], tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        f"{IDS[0]},good,Ann,",
        "P-nobody,good,Ann,",
        f"{IDS[1]},fine,Ann,",
        f"{IDS[2]},good,,",
        f"{IDS[3]},good,Ann,yesterday",
        f"{IDS[4]},good,Ann,2099-01-01",
        ",good,Ann,",
        f"{IDS[5]},good,Ann,",
        f"{IDS[5]},bad,Ann,",
        f"{IDS[6]},bad,Ann,",
        f"{IDS[6]},bad,Ann,",
    )
    said = ask("add", path, "--json")
    assert (said.values["added"], said.values["known"]) == (2, 1)
    why = {one["line"]: one["why"] for one in said.values["left_out"]}
    for line, word in ((3, "no such row"), (4, "no verdict"), (5, "who labelled"), (6, "no time"), (7, "future"),
                       (8, "names no row"), (9, "two verdicts"), (10, "good in line 9, bad in line 10")):  # fmt: skip
        assert word in why[line]
    assert set(why) == set(range(3, 11))
    assert f"{path}, line 3: P-nobody there is no such row" in said.err
    assert {one["id"] for one in _labels(ask)} == {IDS[0], IDS[6]}


@pytest.mark.parametrize(
    ("header", "line", "word"),
    [
        ("id,opinion", "P-1,good", "no column verdict"),
        ("name,verdict", "P-1,good", "no column id"),
        ("id,verdict,curator", "P-1,good,Ann", "line 2: P-1 there is no such row"),
    ],
)
def test_a_file_without_a_label_fails_in_one_line(
    ask: Callable[..., Said], tmp_path: Path, header: str, line: str, word: str
) -> None:
    said = ask("add", _file(tmp_path, line, header=header))
    assert said.code == 1
    assert word in " ".join(said.err.split())
    assert len(said.err.strip().splitlines()) == 1
    assert ask("add", tmp_path / "nowhere.csv").code == 1


def test_two_people_are_first_and_second_and_nobody_changes_their_word(
    ask: Callable[..., Said], tmp_path: Path
) -> None:
    assert ask("add", _file(tmp_path, f"{IDS[0]},good,Ann,2026-03-02", f"{IDS[0]},bad,Bo,2026-03-01")).code == 0
    roles = {one["curator"]: one["role"] for one in _labels(ask)}
    assert roles == {"Bo": "first", "Ann": "second"}
    said = ask("add", _file(tmp_path, f"{IDS[0]},bad,Ann,2026-03-05"))
    assert "Ann has said good of it before" in said.err
    assert said.code == 1
    third = _file(tmp_path, f"{IDS[0]},good,Cy,adjudicated", header="id,verdict,curator,role")
    assert ask("add", third, "--json").values["added"] == 1


def test_labels_of_edited_rows_are_of_the_edited_text(ask: Callable[..., Said], home: Path, tmp_path: Path) -> None:
    """By the time of the label, or by the hash of what was read; a label of an unknown text is none."""
    with Store(home / "project.duckdb") as store:
        store.decisions.decide(IDS[0], "Ann", "edit", statement="New.", solution="Newer.")
        made = store.labels.texts([IDS[0]])[IDS[0]][0]
    edited = row_hash("New.", "Newer.")
    rows = [
        {"id": IDS[0], "verdict": "good", "curator": "Bo", "time": "2001-01-01"},
        {"id": IDS[0], "verdict": "good", "curator": "Cy"},
        {"id": IDS[0], "verdict": "bad", "curator": "Di", "hash": edited},
        {"id": IDS[0], "verdict": "bad", "curator": "Ed", "hash": "0123456789abcdef"},
    ]
    path = tmp_path / "labels.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    said = ask("add", path, "--json")
    assert [one["line"] for one in said.values["edited"]] == [2, 3]
    assert "say nothing of the row as it was made" in said.err
    assert "another text" in said.values["left_out"][0]["why"]
    hashes = {one["curator"]: one["hash"] for one in _labels(ask)}
    assert hashes == {"Ann": made, "Bo": made, "Cy": edited, "Di": edited}


def test_what_became_of_a_file_is_counted_by_reason_and_adds_up(ask: Callable[..., Said], tmp_path: Path) -> None:
    """Every line is a label, known, or left out with a reason: nothing is dropped in silence."""
    lines = (f"{IDS[0]},对,Ann,", f"{IDS[1]},0,Ann,", f"{IDS[2]},maybe,Ann,", "P-x,good,Ann,",
             f"{IDS[3]},0.7,Ann,",
             f"{IDS[4]},good,Ann,3/4/2026", f"{IDS[5]},yes,Ann,", f"{IDS[5]},no,Ann,",
             f"{IDS[0]},good,Ann,")  # fmt: skip
    path = _file(tmp_path, *lines)
    said = ask("add", path, "--json")
    told = said.values
    assert (told["added"], told["drawn"], told["convenience"], told["known"]) == (3, 0, 3, 1)
    assert told["refused"] == {"bad_field": 1, "no_verdict": 1, "two_verdicts": 2, "unknown_id": 1}
    assert told["added"] + told["known"] + sum(told["refused"].values()) == len(lines)
    assert {one["id"]: one["verdict"] for one in _labels(ask)} == {IDS[0]: "good", IDS[1]: "bad", IDS[2]: "unsure"}
    assert "5 left out: 1 bad field, 1 no verdict, 2 two verdicts, 1 unknown id" in ask("add", path).out


def test_cal29_status_tells_of_people_and_of_verdicts_that_differ(ask: Callable[..., Said], tmp_path: Path) -> None:
    ask("add", _file(tmp_path, f"{IDS[0]},good,Ann,2026-03-01", f"{IDS[0]},bad,Bo,2026-03-02",
                     f"{IDS[1]},good,Ann,2026-03-01", f"{IDS[1]},good,Bo,2026-03-02"))  # fmt: skip
    status = ask("status", "--json").values
    assert status["differing"] == 1
    assert [(one["curator"], one["rows"], one["others"]["agreed"], one["others"]["pairs"])
            for one in status["people"]] == [("Ann", 2, 1, 2), ("Bo", 2, 1, 2)]  # fmt: skip
    assert "two different verdicts" in ask("status").out


def test_cal29_gold_rows_are_kept_apart(ask: Callable[..., Said], home: Path, tmp_path: Path) -> None:
    """Rows whose truth is known test curators: neither they nor what is said of them is a known row of a draw."""
    ask("add", _file(tmp_path, f"{IDS[0]},good,teacher,"), "--gold")
    with Store(home / "project.duckdb") as store:
        store.decisions.decide(IDS[0], "Ann", "reject", reason="trivial")
        assert store.labels.counts() == {"gold": 2}
        assert store.labels.now().num_rows == 0
    assert ask("draw", "--size", 10, "--json").values["eligible"] == ROWS


def test_ids_of_a_file_cannot_write_on_the_terminal(ask: Callable[..., Said], tmp_path: Path) -> None:
    said = ask("add", _file(tmp_path, "P-\x1b[31mred,good,Ann,", f"{IDS[0]},good,Ann,"))
    assert said.code == 0
    assert "\x1b" not in said.err


def test_a_draw_that_nobody_knows_cannot_be_listed_and_an_empty_ledger_says_how_to_begin(
    ask: Callable[..., Said],
) -> None:
    assert "no such draw" in ask("list", "--draw", "DR-1").err
    assert "lemma labels draw" in ask("status").out
    assert ask("list").out.strip() == "no label yet"
