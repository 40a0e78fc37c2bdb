"""A journal that is damaged anywhere in any way: set aside, named, made again, and asked again where it must be."""

from __future__ import annotations

import base64
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from engine import seeds
from engine.core.records import ItemDone, KnowledgePoint, Problem, ReplyRow, Seed
from engine.core.resources import shipped
from engine.execution import PROGRAMS, work
from engine.generation.recipes import load
from engine.planning import run_in_process
from engine.runs import damage, journal
from engine.runs.completed import CompletedItems
from engine.runs.journal import FILES, Journal
from engine.runs.plan import load_plan
from engine.runs.status import Status
from engine.store import Store
from tests.support.worker_runs import CLOCKS

Harm = Callable[[list[bytes], int], None]


def _cut(lines: list[bytes], k: int) -> None:
    lines[k] = lines[k][: len(lines[k]) // 2] + b"\n"


def _flip(lines: list[bytes], k: int) -> None:
    """Change one bit of a letter, so that the line can still be read."""
    at = random.Random(k).choice([place for place, byte in enumerate(lines[k]) if chr(byte).isalnum()])
    lines[k] = lines[k][:at] + bytes([lines[k][at] ^ 1]) + lines[k][at + 1 :]


def _nulls(lines: list[bytes], k: int) -> None:
    lines[k] = bytes(len(lines[k]) - 1) + (b"" if k + 1 < len(lines) else b"\n")


def _glue(lines: list[bytes], k: int) -> None:
    lines[k] = lines[k].rstrip(b"\n") + (b"" if k + 1 < len(lines) else b"\n")


def _latin(lines: list[bytes], k: int) -> None:
    lines[k] = lines[k][:30] + b"\xff\xe9" + lines[k][32:]


def _foreign(lines: list[bytes], k: int) -> None:
    """Put the line of another run in its place: whole, and not ours."""
    other = ItemDone("another", f"item {k}", "kept", 1.0)
    lines[k] = journal.encode(other)


def _twice(lines: list[bytes], k: int) -> None:
    lines.insert(k, lines[k])


def _gone(lines: list[bytes], k: int) -> None:
    del lines[k]


HARMS: tuple[Harm, ...] = (_cut, _flip, _nulls, _glue, _latin, _foreign, _twice, _gone)


def _seeds() -> list[Seed]:
    """Seeds that lie near each other, without points: a model finds them."""
    files = sorted(shipped("seeds").glob("*.jsonl"))
    rows = [row for row in seeds.read(files[0]) if isinstance(row, Seed)]
    return [replace(row, points=()) for row in rows[:10]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge run and a generation of a few items, both finished."""
    root = tmp_path_factory.mktemp("whole")
    changed = {"running.concurrency": "3"}
    made = run_in_process.run(load("gsdp", changed), _seeds(), root, items=3)
    assert made.problems
    return root


def _lines(run: Path, name: str) -> list[bytes]:
    return (run / "journal" / name).read_bytes().splitlines(keepends=True)


def _made(run: Path) -> dict[str, set[str]]:
    """Everything that a run holds by kind, without what the clock says; of items only how they ended last."""
    found: dict[str, set[str]] = {}
    last: dict[str, str] = {}
    for record in journal.records(run / "journal"):
        if isinstance(record, ItemDone):
            last[record.item_id] = record.outcome
        elif type(record).__name__ != "RunEvent":
            fields = {name: getattr(record, name) for name in record.__dataclass_fields__ if name not in CLOCKS}
            found.setdefault(type(record).__name__, set()).add(repr(fields))
    found["ItemDone"] = {repr(pair) for pair in last.items()}
    return found


def _harmed(whole: Path, kind: str, place: Path, name: str, k: int, harm: Harm) -> Path:
    shutil.copytree(whole, place, dirs_exist_ok=True)
    lines = _lines(place / kind, name)
    harm(lines, k)
    (place / kind / "journal" / name).write_bytes(b"".join(lines))
    return place / kind


def _resumed(run: Path) -> tuple[Status, int]:
    """Resume in this process; return how it ended and how many calls were paid for."""
    before = sum(bool(line.strip()) for line in _lines(run, FILES[0]))
    journal_before = damage.examine(run / "journal", load_plan(run).id)
    lost = sum(place.file == FILES[0] and not place.missing for place in journal_before.places)
    status = work(run, PROGRAMS)
    after = sum(bool(line.strip()) for line in _lines(run, FILES[0]))
    return status, after - before + lost - len(journal_before.saved)


def _check(whole: Path, run: Path, name: str, k: int, harm: Harm) -> None:
    status, asked = _resumed(run)
    assert status.state == "finished", status.reason
    want, have = _made(whole / run.name), _made(run)
    replies, kept = want.pop("ReplyRow"), have.pop("ReplyRow")
    assert have == want
    assert kept <= replies
    lost = len(replies) - len(kept)
    assert asked == 0, "every item had ended, so nothing is asked for again"
    assert lost == (1 if name == FILES[0] and harm not in (_glue, _twice) else 0)
    # A whole line that is gone is missed where an item ended behind it; the rest is made again anyway.
    ends = [place for place, line in enumerate(_lines(whole / run.name, name)) if line.startswith(b'{"t":"done"')]
    silent = harm is _twice or (harm is _gone and k >= max(ends, default=-1))
    silent |= harm is _glue and k + 1 == len(_lines(whole / run.name, name))
    assert bool(status.damage) != silent, status.damage
    if not silent and harm is not _gone:
        assert f"{name} line {k + 1} " in status.damage


@pytest.mark.parametrize("kind", ["knowledge", "generate"])
@pytest.mark.parametrize("name", FILES)
def test_a_line_here_and_there_is_damaged_in_any_way_and_the_run_ends_as_it_did(
    whole: Path, tmp_path: Path, kind: str, name: str
) -> None:
    """A line for some of the kinds of damage; `test_every_line_...` takes every line, and all of them."""
    count = len(_lines(whole / kind, name))
    for number, harm in list(enumerate(HARMS))[::2] if kind == "generate" else list(enumerate(HARMS))[1::2]:
        k = (number * count) // len(HARMS) + (number == 0 and count > 8)
        run = _harmed(whole, kind, tmp_path / str(number), name, k, harm)
        _check(whole, run, name, k, harm)
        shutil.rmtree(tmp_path / str(number))


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "step"), [("knowledge", 1), ("generate", 7)])
def test_every_line_of_a_run_is_damaged_in_turn(whole: Path, tmp_path: Path, kind: str, step: int) -> None:
    """Every line of the quick run, and with it every kind of damage at every kind of record; of the long one some."""
    for name in FILES:
        for number, k in enumerate(range(0, len(_lines(whole / kind, name)), step)):
            harm = HARMS[number % len(HARMS)]
            run = _harmed(whole, kind, tmp_path / "run", name, k, harm)
            _check(whole, run, name, k, harm)
            shutil.rmtree(tmp_path / "run")


def _without_sums(run: Path) -> None:
    """Rewrite a journal as earlier versions wrote it."""
    for name in FILES:
        body = b"".join(orjson.dumps({"t": _tag(line)} | _plain(line)) + b"\n" for line in _lines(run, name))
        (run / "journal" / name).write_bytes(body)


def _tag(line: bytes) -> str:
    return str(orjson.loads(line)["t"])


def _plain(line: bytes) -> dict[str, object]:
    return {key: value for key, value in orjson.loads(line).items() if key not in ("t", "crc", "begun", "here")}


@pytest.mark.parametrize("name", FILES)
def test_a_journal_of_an_earlier_version_is_mended_too(whole: Path, tmp_path: Path, name: str) -> None:
    """It has no checksums and does not say where items begin: all that ended behind the damage are made again."""
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    run = tmp_path / "generate"
    _without_sums(run)
    lines = _lines(run, name)
    _cut(lines, 3)
    (run / "journal" / name).write_bytes(b"".join(lines))
    status, asked = _resumed(run)
    assert (status.state, asked) == ("finished", 0)
    want, have = _made(whole / "generate"), _made(run)
    assert len(want.pop("ReplyRow") - have.pop("ReplyRow")) == (name == FILES[0])
    assert have == want


def test_what_is_set_aside_is_kept_byte_for_byte(whole: Path, tmp_path: Path) -> None:
    """The bytes, the file and the line stand in the side file, the rest of the journal stays where it was."""
    run = _harmed(whole, "generate", tmp_path, FILES[1], 4, _latin)
    before = (run / "journal" / FILES[1]).read_bytes()
    bad = _lines(run, FILES[1])[4]
    work(run, PROGRAMS)
    (said,) = [orjson.loads(line) for line in _lines(run, damage.SIDE)]
    assert (said["file"], said["line"], said["stop"] - said["start"]) == (FILES[1], 5, len(bad))
    assert base64.b64decode(said["base64"]) == bad
    after = (run / "journal" / FILES[1]).read_bytes()
    assert after.startswith(before.replace(bad, b" " * (len(bad) - 1) + b"\n"))
    assert damage.examine(run / "journal", load_plan(run).id).places == []
    assert work(run, PROGRAMS).calls == _paid(run)


def _paid(run: Path) -> int:
    """Count the replies in a run's journal."""
    return sum(isinstance(record, ReplyRow) for record in journal.records(run / "journal"))


@pytest.mark.parametrize("name", FILES)
def test_an_empty_file_and_a_missing_head_are_told_and_made_again(whole: Path, tmp_path: Path, name: str) -> None:
    """Of `records` everything comes back and no call is made; of `replies` what was made of them stands."""
    want = _made(whole / "generate")
    for number, keep in enumerate((0.0, 0.5)):
        shutil.copytree(whole, tmp_path / str(number))
        path = tmp_path / str(number) / "generate" / "journal" / name
        body = path.read_bytes()
        path.write_bytes(body[len(body) - int(keep * len(body)) :])
        status, asked = _resumed(path.parent.parent)
        have = _made(path.parent.parent)
        assert (status.state, asked) == ("finished", 0)
        assert {kind: rows for kind, rows in have.items() if kind != "ReplyRow"} == {
            kind: rows for kind, rows in want.items() if kind != "ReplyRow"
        }
        assert name in status.damage
        assert ("holds none of" in status.damage) == (not keep)


def test_an_interrupted_mending_is_done_again(whole: Path, tmp_path: Path) -> None:
    """The side file was written, the blanks were not: as after a power cut between the two."""
    run = _harmed(whole, "generate", tmp_path, FILES[1], 4, _flip)
    before = (run / "journal" / FILES[1]).read_bytes()
    found = damage.examine(run / "journal", load_plan(run).id)
    book = Journal(run / "journal")
    damage.set_aside(found, book)
    book.close()
    (run / "journal" / FILES[1]).write_bytes(before)
    status = work(run, PROGRAMS)
    assert status.state == "finished"
    assert _made(run) == _made(whole / "generate")


def test_an_item_that_had_not_ended_is_asked_for_what_was_lost_and_for_nothing_else(
    whole: Path, tmp_path: Path
) -> None:
    """The run was stopped in the middle: one reply of an item that goes on is damaged, one call is made again."""
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    run = tmp_path / "generate"
    path = run / "journal" / FILES[1]
    first = next(n for n, line in enumerate(_lines(run, FILES[1])) if line.startswith(b'{"t":"done"'))
    path.write_bytes(b"".join(_lines(run, FILES[1])[:first]))
    replies = _lines(run, FILES[0])
    _flip(replies, 2)
    (run / "journal" / FILES[0]).write_bytes(b"".join(replies))
    status, asked = _resumed(run)
    assert (status.state, asked) == ("finished", 1)
    assert _made(run) == _made(whole / "generate")


def test_a_store_that_has_read_some_of_it_takes_in_the_rest(whole: Path, tmp_path: Path) -> None:
    """Folded in before the damage, after it and after the resume: the store has what it would have had."""
    counts = []
    for harm in (None, _flip):
        place = tmp_path / str(harm is None)
        shutil.copytree(whole, place)
        run = place / "generate"
        with Store(place / "p.duckdb") as store:
            if harm:
                lines = _lines(run, FILES[1])
                problem = next(n for n, line in enumerate(lines) if line.startswith(b'{"t":"problem"'))
                harm(lines, problem)
                (run / "journal" / FILES[1]).write_bytes(b"".join(lines))
                assert [line.line for line in store.ingest(run).skipped] == [problem + 1]
                assert work(run, PROGRAMS).state == "finished"
            for each in (place / "knowledge", run):
                assert store.ingest(each).skipped == ()
            names = ("problems", "solutions", "verdicts", "replies", "knowledge_points", "seed_points")
            counts.append({name: store._db.number(f"select count(*) from {name}") for name in names})
            bad = [one for one in store.verify() if one.kind == "journal"]
            assert bad == []
    assert counts[0] == counts[1]


def test_every_sort_of_line_says_when_it_was_changed() -> None:
    """Whatever single byte of a line is another one, the line is no record or says the same."""
    record = Problem("P-1", "run", "item", "What is $1+1$?", "graph_problem", points=("a", "b"))
    line = journal.encode(record)
    for place in range(len(line) - 1):
        other = line[:place] + bytes([line[place] ^ 2]) + line[place + 1 :]
        try:
            assert journal.decode(other) == record
        except journal.NO_RECORD:
            continue
    ended = journal.encode(ItemDone("run", "item", "kept", 1.0), (5, 70))
    assert journal.decode(ended) == ItemDone("run", "item", "kept", 1.0)
    assert journal.decode(b'{"t":"point","id":"K-1","name":"ratio"}\n') == KnowledgePoint("K-1", "ratio")


def test_failures_without_a_reply_stay_and_others_come_again_as_they_were(tmp_path: Path) -> None:
    """Made again, an item must not ask in the way that a further try would."""
    lines = [
        b'{"t":"failure","item_id":"a","stage":"s","boundary":"provider"}\n{"t":"done","item_id":"a","outcome":"failed"}\n',
        b'{"t":"failure","item_id":"b","stage":"s","boundary":"reply"}\n{"t":"done","item_id":"b","outcome":"failed"}\n',
        b'{"t":"failure","item_id":"c","stage":"s","boundary":"reply"}\n{"t":"done","item_id":"c","outcome":"kept"}\n',
    ]
    (tmp_path / FILES[1]).write_bytes(b"".join(lines))
    found = CompletedItems.read(tmp_path)
    found.reopen(["a", "b", "c"])
    assert [found.outcome(item) for item in "abc"] == ["failed", None, None]
    assert {item: one.times for item, one in found.earlier_failures.items()} == {"a": 1, "c": 1}
    assert found.counts() == {"failed": 1}
