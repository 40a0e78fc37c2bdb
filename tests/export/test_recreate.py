"""An export made again from its manifest: byte for byte, or the rows that stand in the way."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.core.errors import BadInput, BadSetting, UserError
from engine.core.project import Project
from engine.core.records import BenchmarkItem
from engine.curation import policy as policies
from engine.curation.apply_policy import select
from engine.export import Licenses, deliver, gather, recreate
from engine.export.shape import FileShape
from engine.store import Store
from tests.support.page_project import filled
from tests.support.went_out import ids as ids_of


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    home = filled(tmp_path / "project")
    with Store(Project(home).database) as opened:
        select(opened, policies.gsdp())
        yield opened


def same(left: Path, right: Path) -> bool:
    files = sorted(path.relative_to(left) for path in left.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(right) for path in right.rglob("*") if path.is_file())
    return all((left / name).read_bytes() == (right / name).read_bytes() for name in files)


SHAPES = (
    FileShape(),
    FileShape("raw", "parquet", 0.3, 7, shard_rows=4),
    FileShape("pretrain", "csv", balance="concept", cap=1),
    FileShape("rl", "jsonl", 0.4, balance="difficulty"),
    FileShape("preference", pairs=("edits", "solutions")),
)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.format}-{shape.container}")
def test_am26_the_same_bytes_come_out_again_whatever_was_added_since(store: Store, tmp_path: Path, shape) -> None:
    """AM-26: seeds, test sets, policies and other decisions that came later change nothing."""
    ids = store.exports.outgoing("selected")
    names = [ident for piece in ids.texts() for ident in piece["id"].to_pylist()]
    ids.close()
    store.decisions.decide(names[0], "mira", "edit", solution=r"It is \boxed{5}.")
    first = deliver(store, "set", tmp_path / "one", only="selected", shape=shape, licenses=Licenses("mit")).exported
    store.benchmarks.add([BenchmarkItem("B-late", "late", "What is the sum of all that came later, and why?", "1")])
    other = next(one for one in store.exports.rows("all")["id"].to_pylist() if one not in dict(ids_of(first)))
    store.decisions.decide(other, "mira", "reject")
    select(store, policies.gsdp())
    again = recreate(store, tmp_path / "one" / "manifest.json", tmp_path / "two")
    assert again.name == "set"
    assert again.exported.sha256 == first.sha256
    assert ids_of(again.exported) == ids_of(first)
    assert same(tmp_path / "one", tmp_path / "two")
    assert len(store.exports.list()) == 1


def test_rows_that_changed_or_are_gone_are_named_and_nothing_is_written(store: Store, tmp_path: Path) -> None:
    done = deliver(store, "set", tmp_path / "one", only="selected").exported
    changed = ids_of(done)[1][0]
    store.decisions.decide(changed, "mira", "edit", statement="What is 2 + 2, and why?")
    with pytest.raises(UserError, match=rf"1 rows have another text, score or decision now \({changed}\)"):
        recreate(store, tmp_path / "one" / "manifest.json", tmp_path / "two")
    assert not (tmp_path / "two").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "project"]
    store.decisions.undo("mira")
    assert same(tmp_path / "one", _again(store, tmp_path))


def _again(store: Store, tmp_path: Path) -> Path:
    recreate(store, tmp_path / "one" / "manifest.json", tmp_path / "two")
    return tmp_path / "two"


def test_rows_of_another_project_are_said_to_be_gone(store: Store, tmp_path: Path) -> None:
    done = deliver(store, "set", tmp_path / "one", only="selected").exported
    with Store(":memory:") as empty, pytest.raises(UserError, match=f"{done.rows:,} rows are gone"):
        recreate(empty, tmp_path / "one" / "manifest.json", tmp_path / "two")


def test_without_its_lineage_the_project_knows_the_rows(store: Store, tmp_path: Path) -> None:
    deliver(store, "set", tmp_path / "one", only="selected", test_share=0.3)
    whole = shutil.copytree(tmp_path / "one", tmp_path / "whole")
    (tmp_path / "one" / "lineage.parquet").unlink()
    recreate(store, tmp_path / "one" / "manifest.json", tmp_path / "two")
    assert (tmp_path / "two" / "README.md").read_bytes() == (whole / "README.md").read_bytes()
    with Store(":memory:") as empty, pytest.raises(BadInput, match="this project does not know the export"):
        recreate(empty, tmp_path / "one" / "manifest.json", tmp_path / "three")


def test_a_manifest_or_lineage_that_was_changed_is_found_out(store: Store, tmp_path: Path) -> None:
    deliver(store, "set", tmp_path / "one", only="selected")
    path = tmp_path / "one" / "manifest.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"license": "stolen"}))
    with pytest.raises(UserError, match=r"README\.md would differ from the export.*Was the manifest edited"):
        recreate(store, path, tmp_path / "two")
    path.write_text(json.dumps(told | {"versions": told["versions"] | {"pyarrow": "0.1"}}))
    with pytest.raises(UserError, match=r"pyarrow 0\.1 then, .* now.*Install the versions"):
        recreate(store, path, tmp_path / "two")
    path.write_text(json.dumps(told))
    (tmp_path / "one" / "lineage.parquet").write_bytes(b"x")
    with pytest.raises(BadInput, match="is not the lineage of this manifest"):
        recreate(store, path, tmp_path / "two")
    assert not (tmp_path / "two").exists()


def test_a_cargo_is_the_same_however_often_it_is_read_and_whatever_happens_meanwhile(store: Store) -> None:
    with gather(store, "selected") as outgoing_rows:
        before = list(outgoing_rows.rows())
        store.decisions.decide(before[0].id, "mira", "reject")
        store.decisions.decide(before[1].id, "mira", "edit", statement="Something else altogether?")
        assert list(outgoing_rows) == before
        assert outgoing_rows.count == len(before)
    with gather(store, "selected") as outgoing_rows:
        assert [row.id for row in outgoing_rows] == [row.id for row in before[1:]]


def test_pieces_hold_what_the_whole_table_holds(store: Store) -> None:
    """GSDP-44: everything that is known of a row, read in pieces or at once."""
    whole = store.exports.rows("all")
    source = store.exports.outgoing("all")
    try:
        pieces = [row for piece in source.rows() for row in piece.to_pylist()]
    finally:
        source.close()
    assert [{name: row[name] for name in whole.column_names} for row in pieces] == whole.to_pylist()
    assert store.exports.count("all") == whole.num_rows
    assert all(row["family"] in (row["seed_id"], row["combination_id"], row["id"]) for row in pieces)


def test_licences_of_seed_sets_that_are_not_there_are_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="gsm9k is no seed set"):
        deliver(store, "set", tmp_path / "one", only="selected", licenses=Licenses(of_seeds={"gsm9k": "mit"}))
    name = store.seeds.sources()[0].name
    deliver(store, "set", tmp_path / "one", only="selected", licenses=Licenses(of_seeds={name: "apache-2.0"}))
    assert "apache\\-2\\.0 |" in (tmp_path / "one" / "README.md").read_text()
