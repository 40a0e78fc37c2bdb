import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.records import (
    JOURNAL_TYPES,
    Combination,
    KnowledgePoint,
    PointEvent,
    Problem,
    ReplyRow,
    Seed,
    Vector,
    content_id,
)
from engine.runs import journal


def _reply(text="4"):
    return ReplyRow("R-1", "run", "item", "judge_a", "m", "p", "h", "[]", text, "stop", 1, 1, 0.1, 0.0, 1.0)


SAMPLES = [
    KnowledgePoint.make("Ratio 比"),
    PointEvent("PE-1", "merge", "K-1", "ana", 1.0, target_id="K-2", reason="same"),
    Combination.make("community", ("a", "b", "c"), 1, 2),
    Problem("P-1", "run", "item", "What is $1+1$?", "graph_problem", points=("a", "b")),
    Vector("P-1", "hashing", (0.5, -0.25)),
    _reply("line one\nline two \u2028 end"),
]


@pytest.mark.parametrize("record", SAMPLES, ids=lambda r: type(r).__name__)
def test_a_record_survives_its_journal_line(record):
    line = journal.encode(record)
    assert line.count(b"\n") == 1
    assert journal.decode(line) == record


def test_every_journal_type_has_a_tag_of_its_own():
    assert len(set(JOURNAL_TYPES.values())) == len(JOURNAL_TYPES)


@given(st.text(min_size=1), st.text(min_size=1))
def test_ids_are_stable_and_depend_on_content(source, statement):
    one, two = Seed.make(source, statement, answer="1"), Seed.make(source, statement, answer="2")
    assert one.id == two.id
    assert one.id != Seed.make(source + "x", statement).id


@given(st.permutations(["a", "b", "c"]))
def test_a_combination_does_not_depend_on_the_order_of_its_points(points):
    """GSDP-18: a triple is one combination however its points are listed."""
    assert (
        Combination.make("community", tuple(points), 1, 1).id == Combination.make("community", ("a", "b", "c"), 1, 1).id
    )


def test_ids_do_not_confuse_neighbouring_parts():
    assert content_id("X", "ab", "c") != content_id("X", "a", "bc")


def test_a_torn_last_line_is_left_and_then_cut_off(tmp_path):
    book = journal.Journal(tmp_path)
    book.append(SAMPLES[0])
    book.append(_reply())
    book.close()
    with (tmp_path / "records.jsonl").open("ab") as file:
        file.write(b'{"t":"point","id":"K-torn"')
    assert len(list(journal.records(tmp_path))) == 2
    again = journal.Journal(tmp_path)
    again.append(SAMPLES[1])
    again.close()
    assert [type(r).__name__ for r in journal.records(tmp_path)] == ["ReplyRow", "KnowledgePoint", "PointEvent"]


def test_a_file_that_is_one_torn_line_is_emptied(tmp_path):
    (tmp_path / "records.jsonl").write_bytes(b"x" * 200_000)
    journal.Journal(tmp_path).close()
    assert os.path.getsize(tmp_path / "records.jsonl") == 0


def test_tail_goes_on_where_it_stopped(tmp_path):
    book = journal.Journal(tmp_path)
    book.append(SAMPLES[0])
    book.sync()
    (name, offset, first), *_ = journal.tail(tmp_path)
    book.append(SAMPLES[1])
    book.close()
    assert first == SAMPLES[0]
    assert [record for *_, record in journal.tail(tmp_path, {name: offset})] == [SAMPLES[1]]


FULL = """
import resource, sys
from pathlib import Path
from engine.core.records import ItemDone
from engine.runs.journal import Journal, records
place = Path(sys.argv[1])
journal = Journal(place, buffer=1 << 20)
for n in range(50):
    journal.append(ItemDone("run", f"item-{n}", "kept", float(n)))
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
try:
    journal.sync()
except OSError:
    print("lost")
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
try:
    journal.append(ItemDone("run", "later", "kept", 99.0))
except OSError:
    print("refused")
journal.close()
print(len(list(records(place))))
"""


def test_after_lost_records_none_is_taken(tmp_path):
    """A later record might speak of one that was lost; a limit on file size stands for the full disk."""
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["lost", "refused", "0"]
