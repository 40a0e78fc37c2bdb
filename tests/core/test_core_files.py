"""Files: written whole, read from their end, locked against other processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.core.files import ending, locked, tail, whole_lines, write_atomically


def test_a_file_is_replaced_whole_and_its_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.json"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_cannot_be_replaced_keeps_what_it_held(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    (taken / "something").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        write_atomically(taken, b"one")
    assert (taken / "something").is_dir()


def test_the_tail_of_a_log_is_read_from_its_end(tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_text("\n".join(f"line {number}\n" for number in range(100_000)))
    assert tail(log, 3) == ("line 99997", "line 99998", "line 99999")
    assert tail(log, 1000, most=17) == ("9998", "line 99999")
    assert tail(tmp_path / "none.log", 3) == ()


def test_bytes_that_are_no_text_do_not_hide_the_last_words(tmp_path: Path) -> None:
    log = tmp_path / "output.log"
    log.write_bytes(b"\xff\xfe broken\n\n   \nout of memory\n")
    assert tail(log, 1) == ("out of memory",)


def test_the_ending_of_a_file_begins_no_earlier_than_asked(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(b"first start\nsecond start\n")
    assert ending(path, 6) == b"start\n"
    assert ending(path, 1000, start=12) == b"second start\n"
    with pytest.raises(FileNotFoundError):
        ending(tmp_path / "none", 10)


def test_a_lock_keeps_other_processes_out_until_its_holder_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    code = f"""
from pathlib import Path
from engine.core.files import locked
with locked(Path({str(path)!r})):
    print("held", flush=True)
    input()
"""
    other = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(TimeoutError), locked(path, patience=0.1):
            pass
    finally:
        other.kill()
        other.communicate()
    with locked(path, patience=0.1):
        pass


def test_a_torn_last_line_is_left_for_later(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_bytes(b"one\n\ntwo\nthr")
    assert list(whole_lines(path)) == [(4, b"one\n"), (5, b"\n"), (9, b"two\n")]
    assert list(whole_lines(path, 9)) == []
    with path.open("ab") as file:
        file.write(b"ee\n")
    assert list(whole_lines(path, 9)) == [(15, b"three\n")]
