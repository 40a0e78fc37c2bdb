"""Everything that was planted is found, and nothing else is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.core.records import Policy
from engine.store import Store
from engine.store.verify import _REFERENCES
from tests.support.store_factories import a_problem, a_run, a_seed, fill, points_of


def _filled(store: Store, tmp_path: Path) -> None:
    points_of(store, {"Arithmetic sequences": [1, 2], "Odd numbers": [2]})
    store.points.rename("Odd numbers", "Parity", "ann")
    store.ingest(a_run(tmp_path, items=4))
    policy = store.policies.save(Policy("", "house", ()))
    store.selections.save(policy.id, [a_problem(0).id], [True], [""])
    store.decisions.decide(a_problem(0).id, "ann", "approve")
    store.decisions.undo("ann")
    store.decisions.redo("ann")
    store.leases.take([a_problem(1).id], "ann")
    store.exports.save("set", "sft", "/out", "{}", [a_problem(0).id])


def test_a_sound_store_has_no_trouble(store: Store, tmp_path: Path) -> None:
    _filled(store, tmp_path)
    assert store.verify() == []


@pytest.mark.parametrize(
    ("sql", "kind", "where", "words"),
    [
        ("delete from seeds where statement like '%2 + 2%'", "orphan", "seed_points.seed_id", "not in seeds"),
        ("delete from knowledge_points where name = 'Odd numbers'", "orphan", "point_events.point_id", "1 row names"),
        ("delete from runs", "orphan", "problems.run_id", "4 rows name run-1"),
        ("delete from replies where item_id = 'item-2'", "orphan", "problems.reply_id", "not in replies"),
        ("delete from combinations", "orphan", "problems.combination_id", "4 rows"),
        ("delete from solutions where id = (select min(id) from solutions); "
         "update verdicts set subject = 'solution', subject_id = 'S-none' where id = (select min(id) from verdicts)",
         "orphan", "verdicts.subject_id", "S-none, which is not in solutions"),
        ("delete from policies", "orphan", "selections.policy_id", "not in policies"),
        ("update export_items set problem_id = 'P-none'", "orphan", "export_items.problem_id", "P-none"),
        ("update seeds set statement = 'tampered' where id = (select min(id) from seeds)", "hash", "seeds", "content"),
        ("update knowledge_points set name = 'tampered' where name = 'Odd numbers'", "hash", "knowledge_points", "K-"),
        ("update combinations set points = ['x', 'y']", "hash", "combinations", "C-"),
        ("update verdicts set name = 'x' where id = (select min(id) from verdicts)", "hash", "verdicts", "V-"),
        ("insert into problems select * from problems where item_id = 'item-1'", "twice", "problems", "2 times"),
        ("delete from decisions where act = 'undo'", "undo", "decisions", "is an redo of"),
        ("update decisions set curator = 'eve' where act = 'approve'", "undo", "decisions", "cannot turn"),
        ("update ingest_offsets set position = 9999999", "journal", "run-1/records.jsonl", "shorter"),
    ],
)  # fmt: skip
def test_planted_trouble_is_found(store: Store, tmp_path: Path, sql: str, kind: str, where: str, words: str) -> None:
    _filled(store, tmp_path)

    def plant(cursor: object) -> None:
        for statement in sql.split("; "):
            cursor.execute(statement)  # type: ignore[attr-defined]

    store._db.write(plant, "seeds")
    found = store.verify()
    assert any(t.kind == kind and t.where == where and words in t.detail for t in found), found


def test_torn_and_broken_journals_are_named_with_their_line(store: Store, tmp_path: Path) -> None:
    directory = a_run(tmp_path, items=2)
    store.ingest(directory)
    file = directory / "journal" / "records.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([lines[0], b"garbage" + lines[1][7:], *lines[2:], b'{"t":"prob']))
    found = [(trouble.where, trouble.detail) for trouble in store.verify() if trouble.kind == "journal"]
    assert len(found) == 2
    assert found[0][0] == "run-1/records.jsonl"
    assert found[0][1].startswith("line 2 cannot be read")
    assert found[1][1].startswith(f"line {len(lines) + 1} is torn")


def test_a_run_directory_that_was_cleared_away_is_no_trouble(store: Store, tmp_path: Path) -> None:
    directory = a_run(tmp_path, items=2)
    store.ingest(directory)
    for name in ("records.jsonl", "replies.jsonl"):
        (directory / "journal" / name).unlink()
    assert store.verify() == []


def test_long_lists_are_cut_and_say_so(store: Store) -> None:
    fill(store)
    store.seeds.add(a_seed(n) for n in range(150))
    store._db.write(lambda cursor: cursor.execute("update seeds set statement = statement || '!'"), "seeds")
    found = store.verify()
    assert len(found) == 101
    assert found[-1].detail == "and 50 more like these"


def test_every_reference_of_the_schema_is_checked(store: Store) -> None:
    """A new column that names another row must be listed in verify, or here with a reason."""
    rows = store._db.rows(
        """select table_name, column_name from information_schema.columns
           where (column_name like '%\\_id' escape '\\' or column_name = 'undoes'
                      or (table_name = 'problem_points' and column_name = 'by'))
             and table_name in (select table_name from information_schema.tables where table_type = 'BASE TABLE')"""
    )
    exempt = {
        ("replies", "item_id"), ("problems", "item_id"), ("failures", "item_id"), ("items", "item_id"),  # no table
        ("intermediates", "item_id"), ("intermediates", "prompt_id"),
        ("answers", "item_id"),  # questions of a benchmark's file
        ("checked_verdicts", "item_id"),  # rows of a file that people judged
        ("replies", "prompt_id"), ("problems", "prompt_id"), ("solutions", "prompt_id"),  # files of the package
        ("projections", "map_id"),  # names a method and a seed
        ("embeddings", "subject_id"), ("failures", "subject_id"),  # texts of several kinds
        ("decisions", "undoes"), ("ingest_offsets", "run_id"),  # checked with what they must fit
        ("overlap_verdicts", "text_id"),  # made of a text, whoever had it
        ("verdicts", "run_id"),  # curators and rules judge outside of runs
    }  # fmt: skip
    assert {(t, c) for t, c in rows} - exempt == {(r.table, r.column) for r in _REFERENCES}


def test_a_copied_project_is_judged_by_its_own_journals(tmp_path: Path) -> None:
    """What becomes of the journals that were left behind says nothing about the copy."""
    first, second = tmp_path / "first", tmp_path / "second"
    directory = a_run(first, items=4)
    with Store(first / "project.duckdb") as store:
        points_of(store, {"Arithmetic sequences": [1, 2], "Odd numbers": [2]})
        store.ingest(directory)
    shutil.copytree(first, second)
    (directory / "journal" / "records.jsonl").write_bytes(b"")
    with Store(second / "project.duckdb") as store:
        assert store.verify() == []
    with Store(first / "project.duckdb") as store:
        assert [(each.kind, each.where) for each in store.verify()] == [("journal", "run-1/records.jsonl")]
