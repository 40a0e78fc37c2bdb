"""The label ledger in the store: decisions as labels, migrated and rebuilt; frames, draws, and what could be drawn."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from engine.core.records import Decision, Label, LabelDraw, Policy, Problem
from engine.store import Store, labelling
from engine.store.label_draws import LedgerMoved
from engine.store.labelling import DRAW, DRAW_SHOWN, NOT_AS_MADE
from engine.store.migrations import LEDGER, MIGRATIONS, migrate
from engine.store.row_hashes import row_hash
from engine.store.tables import DECISIONS, PROBLEMS, SOLUTIONS
from tests.support.store_factories import a_problem, a_score, a_solution, fill


def _said(store: Store) -> list[tuple[str, str, str]]:
    return [(one.row_id, one.verdict, one.provenance) for one in store.labels.standing()]


def _made(problem: Problem) -> str:
    return row_hash(problem.statement, a_solution(problem).text)


def _keep(store: Store, ids: list[str], salt: str = "s", second: bool = False) -> LabelDraw:
    """Keep a draw of some rows, as `drawing` would."""
    frame = store.draws.frame()
    mark = store.draws.mark(frame)
    rows = store.draws.eligible(mark)
    hashes = dict(zip(rows["row_id"].to_pylist(), rows["row_hash"].to_pylist(), strict=True))
    policy = store.policies.save(Policy("", "ours", ()))
    draw = LabelDraw(
        "", frame.id, policy.id, len(ids), salt, "{}", "", "{}", len(ids), mark.labels, mark.decisions, 1.0
    )
    draw = replace(draw, id=draw.derived())
    table = pa.table({
        "row_id": ids, "row_hash": [hashes[ident] for ident in ids], "pi": [0.5] * len(ids),
        "place": list(range(len(ids))), "second": [second] * len(ids),
    })  # fmt: skip
    store.draws.record(draw, table, mark)
    return draw


def test_hashes_are_the_same_in_sql_and_in_python(store: Store) -> None:
    texts = [("a", "b"), ("ab", ""), ("é\u2028ß", None), ("5:x", "y"), ("题目 $x^2$", "\\boxed{\\text{甲}}")]
    problems = [a_problem(n, statement=statement) for n, (statement, _) in enumerate(texts)]
    store.problems.add(problems)
    store.problems.add_solutions(
        a_solution(problem, text=text) for problem, (_, text) in zip(problems, texts, strict=True) if text is not None
    )
    found = store.labels.texts(problem.id for problem in problems)
    assert [found[problem.id][0] for problem in problems] == [row_hash(*pair) for pair in texts]
    assert len({made for made, _, _ in found.values()}) == len(texts)


def test_cal01_each_act_is_a_label_of_what_was_read(store: Store) -> None:
    one, two, three, four = fill(store, 4)
    store.decisions.decide(one.id, "Ann", "approve", queue="borderline")
    store.decisions.decide(two.id, "Ann", "reject", reason="trivial")
    store.decisions.decide(three.id, "Ann", "skip")
    store.decisions.decide(four.id, "Ann", "second-opinion")
    assert [(one.verdict, one.reason, one.blind) for one in store.labels.standing()] == [
        ("good", "", False), ("bad", "trivial", None), ("skipped", "", None), ("unsure", "", None),
    ]  # fmt: skip
    assert {one.row_hash for one in store.labels.standing()} == {_made(each) for each in (one, two, three, four)}


def test_cal01_an_edited_row_was_not_good_as_made(store: Store) -> None:
    """Whoever edits, or approves an edited row, calls the machine's text bad and speaks of the edited text apart."""
    one, two, _ = fill(store, 3)
    store.decisions.decide(one.id, "Ann", "edit", statement="Better.", solution="Best.")
    assert [(each.row_hash, each.verdict) for each in store.labels.standing()] == [(_made(one), "bad")]
    store.decisions.decide(one.id, "Bo", "approve")
    edited = row_hash("Better.", "Best.")
    said = [(each.row_hash, each.verdict, each.reason) for each in store.labels.standing()[1:]]
    assert said == [(edited, "good", ""), (_made(one), "bad", NOT_AS_MADE)]
    store.decisions.decide(two.id, "Ann", "edit", statement="Only this.")
    store.decisions.confirm(two.id, "Ann")
    now = {row["row_hash"]: row["verdict"] for row in store.labels.now().to_pylist()}
    assert now == {_made(one): "bad", edited: "good", _made(two): "bad"}


def test_cal01_undo_and_redo_take_the_label_with_them(store: Store) -> None:
    one, *_ = fill(store, 2)
    store.decisions.decide(one.id, "Ann", "approve")
    store.decisions.undo("Ann")
    assert _said(store) == []
    assert len(store.labels.all()) == 1
    store.decisions.redo("Ann")
    assert _said(store) == [(one.id, "good", "convenience")]
    store.decisions.undo("Ann")
    store.decisions.decide(one.id, "Ann", "reject", reason="trivial")
    assert _said(store) == [(one.id, "bad", "convenience")]
    assert len(store.labels.all()) == 2


def test_labels_hold_what_the_scoreboard_holds(store: Store) -> None:
    """Of rows as made, by whatever acts: the label of the ledger is that of the board."""
    problems = fill(store, 12)
    acts = ["approve", "reject", "edit", "skip", "second-opinion"]
    for n, problem in enumerate(problems[:10]):
        for curator, act in (("Ann", acts[n % 5]), ("Bo", acts[(n * 3 + n // 5) % 3])):
            more = {"statement": "New.", "solution": "New."} if act == "edit" else {"reason": "trivial"}
            if act == "reject" or act == "edit":
                store.decisions.decide(problem.id, curator, act, **more)  # type: ignore[arg-type]
            else:
                store.decisions.decide(problem.id, curator, act)  # type: ignore[arg-type]
    worth = {"good": 1, "bad": 0}
    now = {row["row_id"]: worth.get(row["verdict"]) for row in store.labels.now().to_pylist()
           if row["row_hash"] in {_made(one) for one in problems}}  # fmt: skip
    board = store.problems.scoreboard()
    on_board = dict(zip(board["id"].to_pylist(), board["label"].to_pylist(), strict=True))
    assert {ident: label for ident, label in on_board.items() if label is not None} == now
    assert len(now) == 10


def test_cal29_second_readings_repeats_and_settling_have_their_roles(store: Store) -> None:
    one, *_ = fill(store, 1)
    store.decisions.decide(one.id, "Ann", "approve")
    store.decisions.decide(one.id, "Ann", "reject", reason="trivial", queue="repeat")
    store.decisions.decide(one.id, "Bo", "reject", reason="trivial", queue="double")
    assert store.labels.now().to_pylist()[0]["verdict"] == "good"
    store.decisions.decide(one.id, "Cy", "reject", reason="ambiguous", queue="differ")
    assert [label.role for label in store.labels.standing()] == ["first", "repeat", "second", "adjudicated"]
    assert store.labels.now().to_pylist()[0]["verdict"] == "bad"
    assert store.labels.counts() == {"convenience": 2, "repeat": 1, "second": 1}
    store.decisions.decide(one.id, "Bo", "approve", queue="differ")
    assert store.labels.standing()[-1].role == "first", "a reader who changes their mind is no third person"


def _old(path: Path, decisions: list[Decision], problems: list[Problem]) -> None:
    """Write a file of the last schema without a ledger."""
    with duckdb.connect(str(path)) as connection:
        migrate(connection, MIGRATIONS[: LEDGER - 1])
        PROBLEMS.insert(connection, problems)
        SOLUTIONS.insert(connection, [a_solution(problem) for problem in problems])
        DECISIONS.insert(connection, decisions)


def test_cal01_decisions_made_before_the_ledger_become_convenience_labels(tmp_path: Path) -> None:
    problems = [a_problem(n) for n in range(5)]
    with Store(tmp_path / "new.duckdb") as store:
        store.problems.add(problems)
        store.problems.add_solutions(a_solution(problem) for problem in problems)
        store.decisions.decide(problems[0].id, "Ann", "approve", queue="random")
        store.decisions.decide(problems[1].id, "Ann", "edit", statement="New.", solution="New.")
        store.decisions.decide(problems[1].id, "Bo", "approve")
        store.decisions.decide(problems[2].id, "Ann", "reject", reason="trivial")
        store.decisions.undo("Ann")
        expected = store.labels.all()
        decisions = [one for problem in problems for one in store.decisions.of(problem.id)]
    _old(tmp_path / "old.duckdb", sorted(decisions, key=lambda one: one.at), problems)
    with Store(tmp_path / "old.duckdb") as store:
        assert {one.id: one for one in store.labels.all()} == {one.id: one for one in expected}
        assert {one.provenance for one in store.labels.all()} == {"convenience"}
        assert [one for problem in problems for one in store.decisions.of(problem.id)] == decisions
        assert (problems[1].id, "bad", "convenience") in _said(store)
        assert not any(trouble.where.startswith("label") for trouble in store.verify())
    with Store(tmp_path / "old.duckdb") as store:
        assert len(store.labels.all()) == len(expected), "opening it again adds nothing"


def test_cal01_a_ledger_rebuilt_from_its_log_is_equal(store: Store, tmp_path: Path) -> None:
    """Decisions and draws are the log: labels made from them anew are the labels, draw and blindness included."""
    problems = fill(store, 8)
    store.decisions.decide(problems[7].id, "Ann", "reject", reason="trivial")
    _keep(store, [problem.id for problem in problems[:4]])
    for number, queue in enumerate((DRAW, DRAW_SHOWN, "borderline", "")):
        store.decisions.decide(problems[number].id, "Ann", "approve", queue=queue)
    store.decisions.decide(problems[0].id, "Bo", "reject", reason="trivial", queue="double")
    store.decisions.decide(problems[1].id, "Bo", "edit", statement="N.", solution="N.", queue=DRAW)
    store.decisions.undo("Bo")
    expected = store.labels.all()
    assert [one.blind for one in expected[1:5]] == [True, False, False, None]
    assert [one.provenance for one in expected] == ["convenience", *["draw"] * 6]

    def rebuilt(cursor: duckdb.DuckDBPyConnection) -> None:
        cursor.execute("delete from labels")
        labelling.label_all(cursor)

    store._db.write(rebuilt, "labels")
    assert store.labels.all() == expected
    assert store.draws.missing() == []
    assert store.verify() == []


def test_cal01_frames_keep_what_changed_and_rows_have_their_part(store: Store) -> None:
    problems = fill(store, 3)
    first = store.draws.frame()
    assert (first.seq, first.rows) == (1, 3)
    assert store.draws.frame() == first
    store.problems.add_solutions([a_solution(problems[0], 1, text="None.", answer=None)])
    assert store.draws.frame() == first, "another solution that does not stand changes nothing"
    late = a_problem(10)
    store.problems.add([late, a_problem(11, parent_id=problems[1].id)])
    second = store.draws.frame()
    state = {row["row_id"]: row["part"] for row in store.draws.state(second.seq).to_pylist()}
    assert state == {problems[0].id: 1, problems[2].id: 1, late.id: 2, a_problem(11).id: 2}
    assert store.draws.parts(second.seq) == {1: 2, 2: 2}
    assert store.draws.state(first.seq).num_rows == 3, "an earlier frame can be read as it was"


def test_cal01_a_row_that_changed_loses_its_label(store: Store) -> None:
    one, two = fill(store, 2)
    draw = _keep(store, [one.id])
    store.decisions.decide(one.id, "Ann", "approve")
    assert store.draws.lost(store.draws.frame().seq) == 0
    other = replace(a_solution(one, 0, text="Other words. \\boxed{1}"), id="S-other")
    store.problems.add_solutions([other])
    veto = replace(a_score(one, 1.0, "solution_veto", at=9e9), subject="solution", subject_id=other.id, id="V-other")
    store.verdicts.add([veto])
    assert store.labels.texts([one.id])[one.id][2] == other.text
    assert store.draws.lost(store.draws.frame().seq) == 1
    assert store.draws.counting([one.id]) == {}
    assert store.draws.open() == []
    store.decisions.decide(one.id, "Bo", "reject", reason="trivial")
    assert [label.provenance for label in store.labels.standing()] == ["draw", "convenience"]
    assert {row["row_id"] for row in store.draws.eligible(store.draws.mark(store.draws.frame())).to_pylist()} == {
        two.id
    }
    assert draw.drawn == 1


def test_rows_with_a_verdict_and_drawn_rows_cannot_be_drawn_again(store: Store) -> None:
    """As the log stood: a verdict that was taken back later kept its row out of the draws before that."""
    problems = fill(store, 6)
    ids = [problem.id for problem in problems]
    store.decisions.decide(ids[0], "Ann", "approve")
    store.decisions.decide(ids[1], "Ann", "skip")
    draw = _keep(store, [ids[2], ids[3]])
    mark = store.draws.mark_of(draw)
    assert mark is not None
    assert set(store.draws.eligible(mark)["row_id"].to_pylist()) == set(ids[1:])
    store.decisions.undo("Ann")
    store.decisions.undo("Ann")
    store.decisions.decide(ids[4], "Ann", "approve")
    assert set(store.draws.eligible(mark)["row_id"].to_pylist()) == set(ids[1:])
    now = store.draws.mark(store.draws.frame())
    assert set(store.draws.eligible(now)["row_id"].to_pylist()) == {ids[0], ids[1], ids[5]}


def test_a_draw_that_was_overtaken_is_not_kept(store: Store) -> None:
    problems = fill(store, 3)
    frame = store.draws.frame()
    mark = store.draws.mark(frame)
    store.decisions.decide(problems[0].id, "Ann", "approve")
    draw = LabelDraw("DR-1", frame.id, "PO-1", 1, "s", "{}", "", "{}", 0, 0, 0, 1.0)
    with pytest.raises(LedgerMoved):
        store.draws.record(draw, pa.table({"row_id": []}), mark)
    assert store.draws.all() == []


def test_verify_finds_a_label_that_was_tampered_with_and_a_draw_that_is_gone(store: Store) -> None:
    problems = fill(store, 3)
    _keep(store, [problems[0].id])
    label = Label("", problems[1].id, "h", "Ann", "good", time.time())
    store.labels.add([replace(label, id=label.derived())])
    store.decisions.decide(problems[0].id, "Ann", "approve")
    assert store.verify() == []
    store._db.write(lambda cursor: cursor.execute("update labels set verdict = 'bad' where decision_id is null"))
    assert [(one.kind, one.where) for one in store.verify()] == [("hash", "labels")]
    store._db.write(lambda cursor: cursor.execute("delete from label_draws"))
    assert {one.where for one in store.verify()} == {"labels", "labels.draw_id", "label_draw_rows.draw_id"}
    assert len(store.draws.missing()) == 1
