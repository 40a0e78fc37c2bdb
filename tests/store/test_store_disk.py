"""A store on a disk that is full for a while: nothing is lost or doubled, and no restart is needed."""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb
import pytest

from engine.core.errors import DiskFull, ReadOnly, StoreGone
from engine.core.project import create
from engine.store import Store
from engine.store.connection import Database
from tests.support.small_disk import small_disk

ROWS = 2_000


def _note(store: Database, text: str) -> None:
    store.write(lambda cursor: cursor.execute("insert into notes select range, ? from range(?)", [text, ROWS]))


def _count(store: Database) -> int:
    return store.number("select count(*) from notes")


def _made(place: Path) -> Database:
    store = Database.open(place / "project.duckdb")
    store.write(lambda cursor: cursor.execute("create table notes (number integer, said varchar)"))
    _note(store, "before")
    return store


def test_a_write_that_finds_no_room_says_so_and_the_next_one_with_room_is_kept(tmp_path: Path) -> None:
    """It said that no transaction was active: the error of the rollback had taken the place of the disk's."""
    with small_disk(tmp_path / "disk", 32) as disk:
        store = _made(disk.root)
        disk.fill()
        for _ in range(3):
            with pytest.raises(DiskFull, match="the disk is full: this could not be saved"):
                _note(store, "x" * 200)
            assert _count(store) == ROWS
        disk.clear()
        _note(store, "after")
        assert _count(store) == 2 * ROWS
        store.close()
        again = Database.open(disk.root / "project.duckdb")
        assert _count(again) == 2 * ROWS
        again.close()


def test_a_connection_that_a_full_disk_broke_is_made_anew_for_readers_and_writers(tmp_path: Path) -> None:
    """DuckDB refuses everything after a checkpoint that found no room, until the file is opened again."""
    with small_disk(tmp_path / "disk", 32) as disk:
        store = _made(disk.root)
        disk.fill()
        with pytest.raises(DiskFull), store.cursor() as cursor:
            cursor.execute("checkpoint")
        # Room or not, what was committed can be read.
        assert _count(store) == ROWS
        with pytest.raises(DiskFull):
            _note(store, "x" * 200)
        disk.clear()
        readers = [threading.Thread(target=_count, args=(store,)) for _ in range(8)]
        for reader in readers:
            reader.start()
        _note(store, "after")
        for reader in readers:
            reader.join()
        assert _count(store) == 2 * ROWS
        store.close()


def test_a_read_only_store_is_read_with_what_its_log_holds_and_refuses_every_write(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 32) as disk:
        with Store(disk.root / "project.duckdb") as store:
            revision = store.revision
        disk.lock()
        with Store(disk.root / "project.duckdb") as store:
            assert store.read_only
            assert store.revision == revision
            assert store.verify() == []
            with pytest.raises(ReadOnly, match="is read-only"):
                store.decisions.undo("ada")


def test_a_read_only_store_of_another_version_says_so(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 32) as disk:
        path = disk.root / "project.duckdb"
        Store(path).close()
        with duckdb.connect(str(path)) as file:
            file.execute("delete from migrations where number = (select max(number) from migrations)")
        disk.lock()
        with pytest.raises(ReadOnly, match="was last used with another version"):
            Store(path)


@pytest.mark.parametrize(
    "left", ["runs/one/plan.json", "backups/project-20260101T000000Z.duckdb", "project.duckdb.wal"]
)
def test_a_project_is_known_to_have_had_a_store_by_what_it_left(tmp_path: Path, left: str) -> None:
    """Projects from before the mark have none."""
    home = create(tmp_path / "project")
    (home.root / ".store").unlink()
    (home.root / left).parent.mkdir(parents=True, exist_ok=True)
    (home.root / left).write_bytes(b"{}")
    with pytest.raises(StoreGone, match="lemma recover"):
        Store(home.database)
    assert not home.database.exists()


def test_runs_that_came_before_the_first_store_of_a_new_project_are_none_of_a_lost_one(tmp_path: Path) -> None:
    home = create(tmp_path / "project")
    (home.runs / "one").mkdir()
    (home.runs / "one" / "plan.json").write_bytes(b"{}")
    Store(home.database).close()
    home.database.unlink()
    with pytest.raises(StoreGone, match="lemma recover"):
        Store(home.database)


def test_readers_of_a_store_that_was_deleted_are_told_and_go_on_when_the_file_is_back(tmp_path: Path) -> None:
    home = create(tmp_path / "project")
    with Store(home.database) as store:
        kept = home.database.rename(home.root / "kept.duckdb")
        with pytest.raises(StoreGone, match="was deleted or replaced while it was open"):
            store.seeds.count()
        kept.rename(home.database)
        assert store.seeds.count() == 0
