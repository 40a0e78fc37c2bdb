"""An edited statement leaves the project by no road until a person gives, or confirms, a solution for it."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.core.records import Problem, Solution
from engine.curation import policy as policies
from engine.curation.apply_policy import select
from engine.curation.review import bulk_repair
from engine.export.formats import FORMATS
from engine.export.preflight import findings
from engine.export.rows import WAITS
from engine.export.shape import FileShape
from engine.export.write_export import deliver, hold
from engine.learning.rounds.training_rows import Hand, _half
from engine.store import Store
from tests.support.gold_answers import DATA

NUMBER = re.compile(r"(?<![\d.,])\d+(?![\d.,])")
GSM8K = DATA / "gsm8k" / "test.jsonl.gz"
OWN = [
    (f"A crate holds {n} pears and {name} adds {n + 3}. How many pears are in it?", f"So \\boxed{{{2 * n + 3}}}.")
    for n, name in enumerate(("Ida", "Bo", "Cy", "Dee", "Eli", "Fay", "Gus", "Hal", "Ivy", "Jo", "Kai", "Lu"), start=5)
]


def _gsm8k(count: int) -> list[tuple[str, str]]:
    if not GSM8K.exists():
        pytest.skip("GSM8K is not on this machine")
    with gzip.open(GSM8K, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    asked = [(row["question"], row["answer"]) for row in rows if NUMBER.search(row["question"])][:count]
    return [
        (text, f"{worked.split('####')[0]}\n\\boxed{{{worked.split('####')[1].strip()}}}") for text, worked in asked
    ]


def _project(rows: list[tuple[str, str]]) -> Store:
    store = Store(":memory:")
    store.problems.add(
        Problem(f"P-{n:03}", "gsdp-0001", f"I-{n}", text, "graph_problem", ("sums",), at=float(n))
        for n, (text, _) in enumerate(rows)
    )
    store.problems.add_solutions(
        Solution(f"W-{n:03}", f"P-{n:03}", "gsdp-0001", 0, text, text.rpartition("{")[2].rstrip("}."), at=1.0)
        for n, (_, text) in enumerate(rows)
    )
    return store


def _other_number(text: str) -> str:
    """Return a statement with one number of it changed."""
    return NUMBER.sub(lambda hit: str(int(hit[0]) + 7), text, count=1)


NOTHING = {f"{only} {format}": 0 for only in ("approved", "selected") for format in FORMATS} | {
    "rows": 0,
    "data set": 0,
}


def _written(store: Store, place: Path) -> dict[str, str]:
    """Return what every road lets out, by road; '' where there is nothing to export."""
    found = {"rows": json.dumps(store.exports.rows("all").to_pylist(), default=str)}
    candidates = store.exports.candidates("all").to_pylist()
    found["data set"] = json.dumps([row for row in candidates if not row["waits"]])
    for only in ("approved", "selected"):
        for format in FORMATS:
            out = place / f"{only}-{format}"
            try:
                deliver(store, format, out, only=only, format=format)
                found[f"{only} {format}"] = "".join(path.read_text() for path in (out / "data").iterdir())
            except UserError:
                found[f"{only} {format}"] = ""
    return found


@pytest.mark.parametrize("count", [12, pytest.param(200, marks=pytest.mark.slow)])
def test_no_road_takes_an_edited_statement_with_the_old_answer(count: int, tmp_path: Path) -> None:
    rows = OWN if count == len(OWN) else _gsm8k(count)
    with _project(rows) as store:
        texts = {f"P-{n:03}": _other_number(text) for n, (text, _) in enumerate(rows)}
        for ident, text in texts.items():
            store.decisions.decide(ident, "ann", "edit", statement=text)
        select(store, policies.make("all", ()))
        assert store.decisions.waiting() == tuple(texts)
        assert {road: text.count('"id"') for road, text in _written(store, tmp_path / "all").items()} == NOTHING
        # Confirmed, solved by hand, left waiting: every third of each.
        first, second, third = (list(texts)[start::3] for start in range(3))
        for ident in first:
            store.decisions.confirm(ident, "bob")
        for ident in second:
            store.decisions.decide(ident, "bob", "edit", solution=f"By hand \\boxed{{{ident[-3:]}777}}.")
        out = deliver(store, "sft", tmp_path / "sft", format="sft")
        written = "".join(path.read_text() for path in (tmp_path / "sft" / "data").iterdir())
        assert out.exported.left_out[WAITS] == len(third)
        assert not [ident for ident in third if f'"{ident}"' in written]
        assert [ident for ident in first + second if f'"{ident}"' not in written] == []


def test_the_pre_flight_names_what_waits() -> None:
    with _project(OWN) as store:
        store.decisions.decide("P-000", "ann", "edit", statement="Another question about 9 pears, or not?")
        store.decisions.decide("P-001", "ann", "approve")
        with hold(store, "approved", FileShape()) as rows:
            found = {each.name: each for each in findings(rows, "sft", 0)}
        assert found["1 waiting for a solution"].state == "stop"
        assert found["1 waiting for a solution"].ids == ("P-000",)


def test_undo_parts_no_pair() -> None:
    with _project(OWN) as store:
        before = OWN[0][0]
        store.decisions.decide("P-000", "ann", "edit", statement="A new question of Ann's?")
        store.decisions.decide("P-000", "bob", "edit", solution="For Ann's: \\boxed{1}")
        store.decisions.undo("ann", force=True)
        card = store.problems.get("P-000")
        assert card
        assert (card.statement, card.waits) == ("A new question of Ann's?", False)
        store.decisions.undo("bob")
        card = store.problems.get("P-000")
        assert card
        assert (card.statement, card.solution, card.waits) == (before, OWN[0][1], False)


def test_a_yes_is_no_solution() -> None:
    with _project(OWN) as store:
        store.decisions.decide("P-000", "ann", "edit", statement="A new question?")
        store.decisions.decide("P-000", "bob", "approve")
        assert store.decisions.waiting() == ("P-000",)
        card = store.problems.get("P-000")
        assert card
        assert (card.decision, card.human) == ("waiting", None)
        store.decisions.confirm("P-000", "bob")
        store.decisions.undo("bob")
        assert store.decisions.waiting() == ("P-000",)


@pytest.mark.parametrize(("holds", "waiting"), [(False, 12), (True, 0)])
def test_a_repair_of_many_waits_too(holds: bool, waiting: int) -> None:
    with _project(OWN) as store:
        card = store.problems.get("P-000")
        assert card
        rule = bulk_repair.repairs(card, card.statement.replace("pears", "plums"), None)[0]
        matches = bulk_repair.find(store, rule)
        bulk_repair.apply(store, matches, "ann", holds=holds)
        assert len(matches) == 12
        assert len(store.decisions.waiting()) == waiting


def test_an_edit_is_no_success_of_the_machine() -> None:
    with _project(OWN) as store:
        store.decisions.decide("P-000", "ann", "approve")
        store.decisions.decide("P-001", "ann", "edit", solution="Better: \\boxed{1}")
        store.decisions.decide("P-002", "ann", "edit", statement="A new question?")
        done = select(store, policies.make("all", ()))
        board = {row["id"]: row for row in store.problems.scoreboard().to_pylist()}
        assert [board[ident]["label"] for ident in ("P-000", "P-001", "P-002", "P-003")] == [1, 0, 0, None]
        assert (done.precision.good, done.precision.decided) == (1, 3)
        assert done.kept == 11
        assert done.reasons == {"waits for a solution": 1}


def test_a_loop_learns_nothing_half_edited() -> None:
    problem = Problem("P", "r", "i", "Old question?", "request_problem")
    assert _half(Hand("edit", "New question?"), problem)
    assert _half(Hand("second-opinion", "New question?", "Old \\boxed{1}"), problem)
    assert not _half(Hand("edit", "New question?", "New \\boxed{2}"), problem)
    assert not _half(Hand("edit", "Old question?", None), problem)
    with _project(OWN) as store:
        store.decisions.decide("P-000", "ann", "edit", statement="A new question?")
        assert store.decisions.hands("gsdp-0001")[0][1] == "second-opinion"
