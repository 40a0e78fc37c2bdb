"""A block in the middle of the store is damaged: it opens, and whoever reads that block is told what to do."""

from __future__ import annotations

import pytest

from studio.cli import main
from tests.support.command import within

SAID = "Corrupt database file: computed checksum 17 does not match stored checksum 94 in block at location 274432"


def test_a_damaged_block_is_named_with_what_rebuilds_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB's own words of it; a store in which a block fails only when it is read takes thousands of rows to make."""

    def fails(**_: object) -> None:
        raise RuntimeError(SAID)

    monkeypatch.setattr(main, "app", fails)
    said = within("verify")
    assert said.code == 1
    assert "rebuilt by: lemma recover" in said.err
    assert "--debug" not in said.err
