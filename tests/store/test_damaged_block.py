"""A block in the middle of the store is damaged: it opens, and whoever reads that block is told what to do."""

from __future__ import annotations

from pathlib import Path

from engine.core.project import create
from engine.store import Store
from tests.support.command import few_seeds, within

BLOCK, FIRST = 262_144, 12_288


def test_a_damaged_block_is_named_with_what_rebuilds_the_store(tmp_path: Path) -> None:
    project = create(tmp_path / "project")
    with Store(project.database):
        pass
    assert within("seeds", "add", few_seeds(tmp_path / "a.jsonl"), project=project.root).code == 0
    body = project.database.read_bytes()
    told = []
    for start in range(FIRST, len(body) - BLOCK, BLOCK):
        project.database.write_bytes(body[: start + 600] + b"\xa5" * 64 + body[start + 664 :])
        said = within("verify", project=project.root)
        if said.code:
            told.append(said.err)
    assert told
    assert all("lemma recover" in line for line in told), told
