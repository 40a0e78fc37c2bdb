"""Long reads hold the database to little memory, together, and give it back in the end."""

from __future__ import annotations

from pathlib import Path

from engine.store import Store
from engine.store.memory_limit import THREADS
from tests.support.store_factories import fill


def _set(store: Store) -> tuple[str, int]:
    memory, threads = store._db.rows("select current_setting('memory_limit'), current_setting('threads')")[0]
    return str(memory), int(threads)


def test_the_first_read_takes_memory_away_and_the_last_gives_it_back(tmp_path: Path) -> None:
    """AM-26: several exports at once, ended in any order; other readers go on meanwhile."""
    with Store(tmp_path / "project.duckdb") as store:
        fill(store, 5)
        before = _set(store)
        first, second = store.exports.outgoing("all"), store.exports.outgoing("all")
        assert _set(store) == ("244.1 MiB", THREADS)
        first.close()
        assert _set(store) == ("244.1 MiB", THREADS)
        assert store.exports.count("all") == 5
        assert store.problems.get(next(second.texts())["id"][0].as_py()) is not None
        second.close()
        assert _set(store) == before


def test_a_store_that_closes_first_is_no_error(tmp_path: Path) -> None:
    store = Store(tmp_path / "project.duckdb")
    fill(store, 2)
    source = store.exports.outgoing("all")
    store.close()
    source.close()
    with Store(tmp_path / "project.duckdb") as again:
        assert again.exports.count("all") == 2


def test_a_database_in_memory_keeps_what_it_has() -> None:
    with Store(":memory:") as store:
        fill(store, 2)
        before = _set(store)
        source = store.exports.outgoing("all")
        assert _set(store) == before
        source.close()
