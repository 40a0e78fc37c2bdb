"""What runs wrote while the disk was full is folded in once there is room, by the loop that met the full disk."""

from __future__ import annotations

import shutil
from pathlib import Path

from engine.core.project import Project
from engine.store import Store
from studio.tasks.ingest_loop import IngestLoop
from tests.support.command import few_seeds, within
from tests.support.small_disk import small_disk


def test_a_run_that_could_not_be_folded_in_is_folded_in_with_room(tmp_path: Path) -> None:
    """Its files do not change any more: the loop looked at it once, and the thread ended with DuckDB's error."""
    with small_disk(tmp_path / "disk", 64) as disk:
        root = disk.root / "project"
        assert within("init", root).code == 0
        assert within("seeds", "add", few_seeds(tmp_path / "seeds.jsonl", 40), project=root).code == 0
        empty = shutil.copyfile(root / "project.duckdb", tmp_path / "empty.duckdb")
        run = ("run", "flames", "--items", 6, "--engine", "*=abacus:abacus-large")
        assert within(*run, project=root).code == 0
        shutil.copyfile(empty, root / "project.duckdb")
        home = Project(root)
        with Store(home.database) as store:
            loop = IngestLoop(home, store)
            disk.fill()
            loop.fold()
            assert store.problems.count() == 0
            disk.clear()
            loop.fold()
            assert store.problems.count() > 0
            assert store.verify() == []
