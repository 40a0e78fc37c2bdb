"""Files that were made to end whoever reads them: one line says what, where and what to do, and nothing is stored."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.core.errors import BadInput
from engine.core.project import Project, create
from engine.core.records import Seed
from engine.seeds import files, import_files, preview, read, survey
from engine.seeds.importing import BATCH
from engine.seeds.rows import BrokenRow, Outsized, RefusedRow
from engine.store import Store
from tests.support import hostile_files as hostile
from tests.support.command import within


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return create(tmp_path_factory.mktemp("hostile") / "project")


def _stored(home: Project) -> tuple[int, ...]:
    with Store(home.database) as store:
        return store.seeds.count(), len(store.benchmarks.all()), store.points.count(), len(store.labels.all())


def _refused(home: Project, *words: object) -> str:
    """Return the one line that a command ends with; it stores nothing."""
    before = _stored(home)
    said = within(*words, project=home.root)
    assert (said.code, said.out) == (1, "")
    assert _stored(home) == before
    (line,) = (line for line in said.err.splitlines() if " · rows: " not in line)
    assert line.isprintable()
    assert len(line) < 1_500
    assert "Run again with --debug" not in line, line
    return line


ROADS = (("seeds", "add"), ("benchmarks", "add"), ("labels", "add"), ("knowledge", "import"))


@pytest.mark.parametrize("road", ROADS, ids=" ".join)
@pytest.mark.parametrize("name", hostile.NO_FILES)
def test_what_is_no_file_is_refused_at_once_on_every_road(
    home: Project, tmp_path: Path, name: str, road: tuple[str, str]
) -> None:
    make, words = hostile.NO_FILES[name]
    path = tmp_path / "a.jsonl"
    make(path)
    if name == "a folder" and road == ("knowledge", "import"):
        words = "holds no taxonomy file"
    line = _refused(home, *road, path)
    assert words in line or (name == "a link to itself" and "Too many levels of symbolic links" in line), line
    assert str(path) in line


@pytest.mark.parametrize("road", ROADS, ids=" ".join)
@pytest.mark.parametrize("name", ["n" * 300 + ".jsonl", "none.jsonl", "\udcff.jsonl"])
def test_a_name_without_a_file_is_refused_on_every_road(
    home: Project, tmp_path: Path, name: str, road: tuple[str, str]
) -> None:
    if name == "\udcff.jsonl":
        (tmp_path / name).write_bytes(hostile.BODY)
    _refused(home, *road, tmp_path / name)


def test_a_file_without_rights_is_refused(home: Project, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes(hostile.BODY)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("whoever runs the tests may read any file")
    assert "may not be read. Check its permissions." in _refused(home, "seeds", "add", path)


@pytest.mark.parametrize("road", [("seeds", "add"), ("benchmarks", "add"), ("labels", "add")], ids=" ".join)
@pytest.mark.parametrize("name", hostile.USELESS)
def test_a_file_of_which_nothing_can_be_used_is_named(
    home: Project, tmp_path: Path, name: str, road: tuple[str, str]
) -> None:
    file, body, words = hostile.USELESS[name]
    path = tmp_path / file
    path.write_bytes(body)
    line = _refused(home, *road, path)
    assert path.name in line
    # A table without the columns of labels is refused for that, which is as true.
    assert words in line or (road[0] == "labels" and "has no column" in line), line


@pytest.mark.parametrize("name", hostile.REFUSED_ROWS)
def test_a_hostile_row_is_refused_alone(tmp_path: Path, name: str) -> None:
    row, words = hostile.REFUSED_ROWS[name]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join([hostile.LINES[0], row, hostile.LINES[1]]), encoding="utf-8")
    first, refused, last = read(path)
    assert isinstance(first, Seed)
    assert isinstance(last, Seed)
    assert isinstance(refused, RefusedRow)
    assert (refused.line, refused.ends) == (2, False)
    assert words in refused.detail
    assert preview(path).rows[1].verdict == "refused"
    assert survey(path).verdicts == {"ready": 2, "refused": 1}


def test_hostile_rows_lie_aside_and_the_others_are_stored(home: Project, tmp_path: Path) -> None:
    path = tmp_path / f"{'n' * 245}.jsonl"
    rows = [row for row, _ in hostile.REFUSED_ROWS.values()]
    path.write_text("\n".join([hostile.LINES[0], *rows, hostile.LINES[1]]), encoding="utf-8")
    before = _stored(home)[0]
    said = within("seeds", "add", path, "--json", project=home.root).values
    assert (said["added"], said["rejected"]) == (2, len(rows))
    assert _stored(home)[0] == before + 2
    kept = [line for file in home.aside.glob("nnn*.jsonl") for line in file.read_text().splitlines()]
    assert len(kept) == len(rows)


@pytest.mark.parametrize("number", [2**63 - 1, 2**64, 10**30 + 7, int("8" * 300)])
def test_large_numbers_keep_all_their_digits(tmp_path: Path, number: int) -> None:
    """The fast reader makes a number of more than 64 bits a float: 100000000000000000007 became ...000000."""
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"question": "Q?", "answer": {number}}}\n{{"question": "R?", "answer": -{number}}}\n')
    assert [seed.answer for seed in read(path) if isinstance(seed, Seed)] == [str(number), str(-number)]
    path.write_text(f'[{{"question": "Q?", "answer": {number}}}]')
    assert [seed.answer for seed in read(path) if isinstance(seed, Seed)] == [str(number)]


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz", "parquet", "arrow"])
def test_nothing_is_stored_of_a_file_that_is_damaged_in_the_middle(home: Project, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.data"
    path.write_bytes(hostile.damaged(kind))
    line = _refused(home, "seeds", "add", path)
    assert "file ends early" in line
    assert f"{path}, line " in line
    assert "nothing was imported" in line
    assert "limit" in line


@pytest.mark.parametrize("groups", [False, True], ids=["file", "groups"])
def test_a_billion_rows_that_a_footer_claims_are_not_believed(home: Project, tmp_path: Path, groups: bool) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(hostile.forged(groups))
    line = _refused(home, "seeds", "add", path)
    assert "file ends early" in line or "damaged Parquet" in line


def test_nothing_is_stored_where_the_reader_fails_behind_many_batches(
    home: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps({"question": f"What is {n} and 1?"}) for n in range(2 * BATCH + 10)))
    real = import_files.reader.taken

    def failing(*given: object) -> Iterator[object]:
        for number, row in enumerate(real(*given)):  # type: ignore[arg-type]
            if number == 2 * BATCH + 5:
                raise MemoryError("no more")
            yield row

    monkeypatch.setattr(import_files.reader, "taken", failing)
    before = _stored(home)
    with Store(home.database) as store, pytest.raises(MemoryError):
        import_files.add_seeds(store, home, path)
    assert _stored(home) == before
    monkeypatch.undo()
    with Store(home.database) as store:
        done = import_files.add_seeds(store, home, path)
        assert (done.added, done.duplicates) == (2 * BATCH + 10, 0)
        again = import_files.add_seeds(store, home, path)
        assert (again.added, again.duplicates) == (0, 2 * BATCH + 10)


def test_names_from_files_are_printed_short_and_without_commands_to_the_terminal(home: Project, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    odd = {"\x1b[2J\x9b": "x", "m" * 100_000: "x", **{f"c{n}": "x" for n in range(500)}}
    path.write_text(json.dumps({"question": "What is 1 of 7?", "answer": "1", **odd}))
    said = within("seeds", "add", path, project=home.root)
    assert said.code == 0
    assert "502 columns unused: \\u001b[2J\\u009b, mmm" in said.err
    assert "and 472 more" in said.err
    assert all(line.isprintable() and len(line) < 1_000 for line in said.err.splitlines())
    path.write_text(json.dumps(odd))
    assert "\\u001b[2J" in _refused(home, "seeds", "add", path)


def test_a_name_of_two_lines_adds_none_to_what_is_said(home: Project, tmp_path: Path) -> None:
    path = tmp_path / "a\n9 added, 0 rejected\tb.jsonl"
    path.write_text("\n".join([*hostile.LINES, "{}"]), encoding="utf-8")
    said = within("seeds", "add", path, project=home.root)
    lines = (said.err + said.out).splitlines()
    assert said.code == 0
    assert not any(line.startswith("9 added") for line in lines), lines
    assert sum("kept aside in" in line and "\\u000a" in line for line in lines) == 1


def test_a_table_takes_no_message_for_a_row(tmp_path: Path) -> None:
    """What is said of a damaged line stood in the table as a problem."""
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"question\n" + b"What is it?\n" * 50_000)[:-30])
    found = list(read(path))
    assert {seed.statement for seed in found if isinstance(seed, Seed)} == {"What is it?"}
    assert [row.reason for row in found if isinstance(row, RefusedRow)] == ["file ends early"]


def test_lines_without_an_end_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_ARRAY_LIMIT", 3_000_000)
    monkeypatch.setattr(files, "_MOST_BLANK", 1_000)
    path = tmp_path / "a.jsonl"
    path.write_bytes(hostile.BODY + b"x" * 9_000_000)
    last = list(read(path))[-1]
    assert isinstance(last, RefusedRow)
    assert last.ends
    assert "more than" in last.detail
    path.write_bytes(hostile.BODY + b"\n" * 2_000 + hostile.BODY)
    last = list(read(path))[-1]
    assert isinstance(last, RefusedRow)
    assert (last.reason, last.ends) == ("blank", True)


def _table(path: Path, **columns: object) -> Path:
    table = pa.table({"question": ["Q1?", "Q2?"], "answer": ["1", "2"], **columns})
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    else:
        with pa.ipc.new_file(str(path), table.schema) as writer:
            writer.write_table(table)
    return path


def _wrong_bytes() -> pa.Array:
    places = pa.py_buffer(np.array([0, 3, 6], "int32").tobytes())
    return pa.Array.from_buffers(pa.string(), 2, [None, places, pa.py_buffer(b"ab\xff cd")])


def test_a_cell_that_is_no_text_refuses_its_row(tmp_path: Path) -> None:
    path = _table(tmp_path / "a.parquet", note=_wrong_bytes())
    refused, taken = read(path)
    assert (refused.line, refused.reason) == (1, "wrong encoding")  # type: ignore[union-attr]
    assert taken.statement == "Q2?"  # type: ignore[union-attr]
    path = _table(tmp_path / "b.arrow", when=pa.array([2**62, 5], pa.timestamp("s")))
    refused, taken = read(path)
    assert (refused.line, refused.reason) == (1, "not readable")  # type: ignore[union-attr]
    assert taken.statement == "Q2?"  # type: ignore[union-attr]


def test_offsets_that_lead_out_of_the_file_are_not_followed(home: Project, tmp_path: Path) -> None:
    path = _table(tmp_path / "a.arrow")
    body = bytearray(path.read_bytes())
    at = body.index(np.array([0, 3, 6], "int32").tobytes())
    for bad in (2**31 - 1, -5):
        body[at + 4 : at + 8] = np.int32(bad).tobytes()
        path.write_bytes(body)
        assert "damaged Arrow file" in _refused(home, "seeds", "add", path)


def test_nested_columns_are_read_and_those_too_deep_are_refused(tmp_path: Path) -> None:
    rows = list(read(_table(tmp_path / "a.parquet", steps=[[{"a": 1, "b": [{"c": "x"}]}], []])))
    assert [row.statement for row in rows if isinstance(row, Seed)] == ["Q1?", "Q2?"]
    kind, value = pa.int64(), 1
    for _ in range(60):
        kind, value = pa.list_(kind), [value]  # type: ignore[assignment]
    path = _table(tmp_path / "b.parquet", deep=pa.array([value, value], kind))
    with pytest.raises(BadInput, match="too deeply nested"):
        list(read(path))


PEAK = """
import sys
from pathlib import Path
from engine.seeds.files import kind_of, rows
from engine.seeds.rows import Outsized
path = Path(sys.argv[1])
found = [row.fields for row in rows(path, kind_of(path))]
large = [cell for row in found for cell in row.values() if isinstance(cell, Outsized)]
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(len(found), len(large), int(peak.split()[1]) // 1024)
"""


def _peak(path: Path) -> tuple[int, int, int]:
    done = subprocess.run([sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True)
    rows, large, megabytes = map(int, done.stdout.split())
    return rows, large, megabytes


@pytest.mark.parametrize("form", ["ten large cells", "one entry in every row", "arrow"])
def test_cells_of_50_megabytes_need_600_at_most(tmp_path: Path, form: str) -> None:
    """Ten cells were 2.9 GB for twenty rows, and an entry of a dictionary that ten thousand rows share never ended."""
    large = "y" * 50_000_000
    if form == "one entry in every row":
        cells = pa.DictionaryArray.from_arrays(pa.array(np.zeros(5_000, "int32")), pa.array([large]))
        count = 5_000
    else:
        count = 10
        cells = pa.array([large] * count)
    table = pa.table({"question": [f"Q{n}?" for n in range(count)], "image": cells})
    path = tmp_path / "a.data"
    if form == "arrow":
        with pa.ipc.new_stream(str(path), table.schema) as writer:
            writer.write_table(table, max_chunksize=1)
    else:
        pq.write_table(table, path, compression="zstd", use_dictionary=form == "one entry in every row")
    del table, cells
    rows, found, megabytes = _peak(path)
    assert (rows, found) == (count, count)
    assert megabytes <= 600


def test_lists_of_equal_values_need_no_more_than_cells(tmp_path: Path) -> None:
    """Forty million zeros take two kilobytes in a file; a gigabyte was made of them at once."""
    zeros = pa.array([[0] * 1_000_000], pa.list_(pa.int8()))
    table = pa.table({"question": [f"Q{n}?" for n in range(40)], "steps": pa.concat_arrays([zeros] * 40)})
    pq.write_table(table, tmp_path / "a.parquet", compression="zstd")
    assert (tmp_path / "a.parquet").stat().st_size < 10_000
    rows, found, megabytes = _peak(tmp_path / "a.parquet")
    assert (rows, found) == (40, 40)
    assert megabytes <= 600


def test_a_text_of_millions_of_tiny_values_is_refused_before_they_are_made(tmp_path: Path) -> None:
    """A quarter of a gigabyte of ones was four gigabytes of numbers."""
    (tmp_path / "a.json").write_bytes(b"[" + b"{}," * ((1 << 24) + 1) + b"{}]")
    with pytest.raises(BadInput, match="one JSON text of more than 16,777,216 values"):
        list(read(tmp_path / "a.json"))


def test_a_large_cell_refuses_the_rows_that_need_it(tmp_path: Path) -> None:
    large = "y" * 2_000_000
    path = _table(tmp_path / "a.parquet", solution=[large, "fine"])
    assert [type(row) for row in files.rows(path, "parquet")] == [files.FileRow, files.FileRow]
    first = next(files.rows(path, "parquet"))
    assert not isinstance(first, BrokenRow)
    refused, taken = read(path)
    assert isinstance(refused, RefusedRow)
    assert (refused.reason, taken.solution) == ("too long", "fine")  # type: ignore[union-attr]
    assert Outsized(5).size == 5


def test_a_file_that_is_cut_while_it_is_read_ends_no_process(tmp_path: Path) -> None:
    """A mapped file would: the kernel ends whoever reads behind its end."""
    path = tmp_path / "a.arrow"
    table = pa.table({"question": [f"Q {n}? {'z' * 400}" for n in range(20_000)]})
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=1_000)
    found = files.rows(path, "arrow")
    next(found)
    os.truncate(path, 500_000)
    last = list(found)[-1]
    assert isinstance(last, BrokenRow)
    assert last.ends


def test_a_file_that_grows_while_it_is_read_gives_whole_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps({"question": f"Q {n}?"}) for n in range(3_000)) + '\n{"question": "to')
    found = read(path)
    first = next(found)
    with path.open("a") as file:
        file.write('rn?"}\n' + hostile.LINES[0] + "\n")
    rest = list(found)
    assert all(isinstance(row, Seed) for row in [first, *rest])
    assert rest[-1].statement == hostile.GOOD[0]["question"]  # type: ignore[union-attr]
