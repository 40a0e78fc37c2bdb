"""A block in the middle of the store is damaged: it opens, and whoever reads that block is told what to do."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from engine.core.errors import BadInput
from engine.core.project import create
from engine.store import Store
from engine.store.connection import Database
from tests.support.command import within

ROWS = 200_000


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A project whose store holds a table over many blocks, each of them damaged in the second half of the file."""
    project = create(tmp_path / "project")
    Store(project.database).close()
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(f"create table filler as select hash(i) as h from range({ROWS}) t(i)")
        connection.execute("checkpoint")
    with project.database.open("r+b") as file:
        size = project.database.stat().st_size
        for place in range(size - ROWS * 6, size - 4096, 4096):
            file.seek(place)
            file.write(b"\xa5" * 16)
    return project.root


def test_a_damaged_block_is_named_with_what_rebuilds_the_store(home: Path) -> None:
    database = Database.open(home / "project.duckdb")
    try:
        with pytest.raises(BadInput, match=r"the store is damaged: .*rebuilt by: lemma recover"):
            database.rows("select sum(h) from filler")
    finally:
        database.close()


def test_a_command_that_meets_one_says_so_in_one_line(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that reads the damaged table stands for whichever does."""

    def reads(store: Store) -> list[object]:
        return store._db.rows("select sum(h) from filler")

    monkeypatch.setattr(Store, "verify", reads)
    said = within("verify", project=home)
    assert said.code == 1
    assert "rebuilt by: lemma recover" in said.err
