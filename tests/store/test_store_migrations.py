"""Every older schema can be opened and keeps its rows."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from engine.core.errors import BadInput
from engine.store import Store
from engine.store.migrations import MIGRATIONS, migrate
from engine.store.tables import SEEDS, TABLES
from engine.store.views import VIEWS, refresh
from tests.support.store_factories import a_problem, a_seed, a_solution, fill


def _columns(path: Path) -> set[tuple[str, ...]]:
    with duckdb.connect(str(path)) as connection:
        return set(
            connection.execute(
                "select table_name, column_name, data_type, is_nullable from information_schema.columns"
            ).fetchall()
        )


def test_a_fresh_store_has_every_table_view_and_step(tmp_path: Path) -> None:
    path = tmp_path / "project.duckdb"
    Store(path).close()
    with duckdb.connect(str(path)) as connection:
        steps = connection.execute("select number, name from migrations order by number").fetchall()
        names = {name for (name,) in connection.execute("select table_name from information_schema.tables").fetchall()}
    assert steps == [(step.number, step.name) for step in MIGRATIONS]
    numbers = [step.number for step in MIGRATIONS]
    assert numbers == sorted(set(numbers))
    assert {table.name for table in TABLES} | set(VIEWS) <= names


@pytest.mark.parametrize("known", range(1, len(MIGRATIONS) + 1))
def test_every_older_schema_upgrades_and_keeps_its_rows(tmp_path: Path, known: int) -> None:
    old, new = tmp_path / "old.duckdb", tmp_path / "new.duckdb"
    with duckdb.connect(str(old)) as connection:
        assert [step.number for step in migrate(connection, MIGRATIONS[:known])] == [
            step.number for step in MIGRATIONS[:known]
        ]
        SEEDS.insert(connection, [a_seed(7)])
    Store(new).close()
    with Store(old) as store:
        assert store.seeds.get(a_seed(7).id) == a_seed(7)
        fill(store)
        assert store.problems.get(a_problem(1).id).solution == a_solution(a_problem(1)).text  # type: ignore[union-attr]
        assert store.verify() == []
    assert _columns(old) == _columns(new)


def test_upgrading_twice_changes_nothing(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "p.duckdb")) as connection:
        assert migrate(connection) == MIGRATIONS
        assert refresh(connection) is True
        assert migrate(connection) == ()
        assert refresh(connection) is False


def test_a_failing_step_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.store import migrations

    path = tmp_path / "project.duckdb"
    with Store(path) as store:
        store.seeds.add([a_seed(1)])
    before = _columns(path)

    def broken(cursor: duckdb.DuckDBPyConnection) -> None:
        cursor.execute("alter table seeds add column half integer")
        cursor.execute("select no_such_thing")

    step = migrations.Migration(MIGRATIONS[-1].number + 1, "broken", broken)
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, step))
        with pytest.raises(duckdb.Error, match="no_such_thing"):
            Store(path)
    assert _columns(path) == before
    with Store(path) as store:
        assert store.seeds.count() == 1


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "project.duckdb"
    Store(path).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("insert into migrations values (9999, 'from the future', 0)")
    with pytest.raises(BadInput, match=r"newer version.*schema 9999"):
        Store(path)
    with pytest.raises(BadInput, match="newer version"):
        Store(path)
