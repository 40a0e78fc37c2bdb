"""Files as other programs write them are read, or refused in one line that says what to do."""

import bz2
import json
import lzma

import pytest

from engine.core.errors import BadInput
from engine.core.records import Seed
from engine.seeds import RefusedRow, preview, read
from tests.support.seed_files import ENCODED, READ, REFUSED, ROWS


def written(tmp_path, name, body):
    path = tmp_path / name
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return path


@pytest.mark.parametrize("name", READ)
def test_the_rows_are_read_wherever_they_stand(tmp_path, name):
    found = list(read(written(tmp_path, *READ[name])))
    assert [(seed.statement, seed.answer) for seed in found] == [(row["question"], row["answer"]) for row in ROWS]


@pytest.mark.parametrize("name", ENCODED)
def test_other_alphabets_are_told_by_their_bytes(tmp_path, name):
    file, body, begin = ENCODED[name]
    path = written(tmp_path, file, body)
    found = list(read(path))
    assert len(found) == 2
    assert all(isinstance(seed, Seed) for seed in found)
    assert found[0].statement.startswith(begin)
    assert bool(preview(path).encoding) == ("UTF-8" not in name)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_says_what_to_do(tmp_path, name):
    file, body, words = REFUSED[name]
    with pytest.raises(BadInput) as caught:
        list(read(written(tmp_path, file, body)))
    assert all(word in str(caught.value) for word in words)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_packed_files_are_unpacked(tmp_path, pack):
    assert len(list(read(written(tmp_path, "a.jsonl.x", pack(READ["lines in .json"][1].encode()))))) == 2


def test_one_broken_row_of_utf8_is_refused_alone(tmp_path):
    rows = ['{"question": "é?", "answer": "1"}'.encode(), b'{"question": "\xe9\xe8?", "answer": "2"}']
    good, bad = read(written(tmp_path, "a.jsonl", b"\n".join(rows)))
    assert isinstance(good, Seed)
    assert isinstance(bad, RefusedRow)
    assert bad.reason == "wrong encoding"


def test_a_large_wrapped_line_is_unwrapped(tmp_path):
    rows = [{"question": f"What is {n} + {n}? {'x' * 100}", "answer": str(2 * n)} for n in range(2000)]
    assert len(list(read(written(tmp_path, "a.json", json.dumps({"data": rows}))))) == 2000


def test_a_row_with_lists_is_no_wrapping(tmp_path):
    rows = [{"problem": "1?", "answer": "1", "data": [{"x": 1}]}, {"messages": [{"role": "user", "content": "2?"}]}]
    for row in rows:
        (seed,) = read(written(tmp_path, "a.json", json.dumps(row, indent=1)))
        assert isinstance(seed, Seed)


def test_single_backslashes_survive_and_control_characters_are_seen(tmp_path):
    text = r'{"statement": "Find \frac{1}{2} \times 3 if \(x\) is \nu.", "answer": "\\frac{3}{2}"}'
    (seed,) = read(written(tmp_path, "a.jsonl", text))
    assert seed.statement == r"Find \frac{1}{2} \times 3 if \(x\) is \nu."
    assert seed.answer == r"\frac{3}{2}"
    (shown,) = preview(written(tmp_path, "b.csv", "problem,answer\nFind \x0crac12,1\n")).rows
    assert "control character" in shown.note
