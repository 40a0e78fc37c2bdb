"""What is damaged in a journal is set aside, and the items whose records it may have held are made again.

The bytes go into `damaged.jsonl` beside the journal, with file, line and reason; blanks of the same length take their
place, so that whoever has read the file up to some byte still finds what he knows there. Whole replies that stand
within a damaged line (two run together, one behind the zeros of a power cut) are read out of it and written again.

Whose records a damaged line held cannot be read off it. But the line that ends an item says where the item's records
begin, and where it stood itself (`journal.encode`): an item is made again where the damage lies between the two, or
where a piece of the file is missing there. Its replies are there, so that costs no call; records are known by their id,
so none counts twice. Journals of earlier versions, and those of a cluster, do not say where items begin: all that ended
behind the damage are made again.
"""

from __future__ import annotations

import base64
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from engine.core.files import whole_lines
from engine.core.records import ReplyRow
from engine.runs.journal import FILES, NO_RECORD, Journal, decode, is_blank, row

SIDE = "damaged.jsonl"
_SPAN = re.compile(rb',"begun":(\d+),"here":(\d+),"crc":"[0-9a-f]{8}"\}\n\Z')
_DONE, _REPLY = b'{"t":"done",', b'{"t":"reply",'
_NAMED = 3


@dataclass(frozen=True, slots=True)
class DamagedPlace:
    """Bytes of a journal file that are no record of its run, or a piece of it within which something is missing."""

    file: str
    line: int
    start: int
    """Byte offset."""
    stop: int
    why: str
    end: int = 0
    """How long the file was when this was set aside: what stands behind was written afterwards."""
    missing: int = 0
    """Bytes that are missing somewhere between start and stop; 0 for a damaged line."""


@dataclass(slots=True)
class JournalDamage:
    """What is newly found to be damaged in a journal, and what comes of it."""

    folder: Path
    places: list[DamagedPlace] = field(default_factory=list)
    again: set[str] = field(default_factory=set)
    """Items to be made again from their replies."""
    saved: list[bytes] = field(default_factory=list)
    """Whole replies that stand within damaged lines."""

    def __str__(self) -> str:
        """Return it as one line; '' where nothing is damaged."""
        lines = [place for place in self.places if not place.missing]
        gaps = [place for place in self.places if place.missing]
        said = [_lines_text(lines, self.folder.parent.name)] if lines else []
        if not lines:
            said += [f"{gap.file} has lost {gap.missing:,} bytes before line {gap.line:,}" for gap in gaps[:_NAMED]]
        if self.saved:
            said.append(f"{_many(len(self.saved), 'whole reply was', 'whole replies were')} read out of that")
        if self.again:
            said.append(f"{_many(len(self.again), 'item is', 'items are')} made again from replies that are there")
        return "; ".join(said)


def examine(folder: Path, run_id: str) -> JournalDamage:
    """Read a journal folder through and return what is damaged; changes nothing."""
    found = JournalDamage(folder)
    known = {(place.file, place.start, place.stop): place for place in _set_aside(folder)}
    for name in FILES:
        path = folder / name
        if path.exists():
            size = path.stat().st_size
            fresh = [replace(place, end=size) for place in _damaged(path, run_id)]
            found.places += [place for place in fresh if (place.file, place.start, place.stop) not in known]
    found.saved = [reply for place in found.places if place.file == FILES[0] for reply in _saved(folder, place, run_id)]
    places = [place for place in (*known.values(), *found.places) if place.file == FILES[1]]
    if places:
        found.again = _touched(folder / FILES[1], places)
    return found


def set_aside(found: JournalDamage, journal: Journal) -> None:
    """Move what is damaged into the side file; OSError where the disk says no. `journal` is open for writing."""
    if not found.places:
        return
    folder = found.folder
    with (folder / SIDE).open("ab") as side:
        for place in found.places:
            side.write(orjson.dumps(_kept(folder, place), option=orjson.OPT_APPEND_NEWLINE))
        side.flush()
        os.fsync(side.fileno())
    journal.pour(FILES[0], found.saved)
    journal.sync()
    # Last: what was interrupted before is found and done again.
    for place in found.places:
        if not place.missing:
            _blank(folder / place.file, place)


def _damaged(path: Path, run_id: str) -> Iterator[DamagedPlace]:
    """Yield the damaged lines of a file, and the pieces between two ends of items within which something is missing."""
    start, since, ahead = 0, 0, 0
    for number, (stop, line) in enumerate(whole_lines(path), 1):
        if not is_blank(line):
            if why := _fault(line, run_id):
                yield DamagedPlace(path.name, number, start, stop, why)
            elif span := _SPAN.search(line):
                # How much nearer to the beginning it stands than when it was written.
                lost = int(span[2]) - start
                if lost > max(ahead, 0):
                    yield DamagedPlace(path.name, number, since, start, "bytes are missing", missing=lost - ahead)
                since, ahead = stop, lost
        start = stop


def _fault(line: bytes, run_id: str) -> str:
    """Return why a line is no record of this run, '' where it is one."""
    try:
        record = decode(line)
    except KeyError as error:
        return f"unknown or missing {error}"
    except NO_RECORD as error:
        return str(error)[:200]
    other = getattr(record, "run_id", run_id)
    return "" if other == run_id else f"it belongs to the run {other}"


def _touched(path: Path, places: list[DamagedPlace]) -> set[str]:
    """Return the items whose last end says that some of their records may have stood in one of the places."""
    touched: set[str] = set()
    start = 0
    for stop, line in whole_lines(path):
        if line.startswith(_DONE):
            try:
                item = row(line)["item_id"]
            except NO_RECORD:
                pass
            else:
                span = _SPAN.search(line)
                # Bytes may have been lost, or have come, before it began or after: the earlier of the two places.
                began = min(int(span[1]), int(span[1]) - int(span[2]) + start) if span else -1
                if any(place.start <= start < place.end and began < place.stop for place in places):
                    touched.add(item)
                else:
                    touched.discard(item)
        start = stop
    return touched


def _saved(folder: Path, place: DamagedPlace, run_id: str) -> Iterator[bytes]:
    """Yield the whole replies of this run within a damaged line."""
    body = _bytes(folder, place)
    starts = [found.start() for found in re.finditer(re.escape(_REPLY), body)]
    for start, stop in pairwise([*starts, len(body)]):
        line = body[start:stop].rstrip(b"\0\r\n ") + b"\n"
        try:
            reply = decode(line)
        except NO_RECORD:
            continue
        if isinstance(reply, ReplyRow) and reply.run_id == run_id:
            yield line


def _bytes(folder: Path, place: DamagedPlace) -> bytes:
    with (folder / place.file).open("rb") as file:
        file.seek(place.start)
        return file.read(place.stop - place.start)


def _kept(folder: Path, place: DamagedPlace) -> dict[str, Any]:
    """Return a place as the side file has it, with its bytes as text where they are that."""
    said = {name: getattr(place, name) for name in DamagedPlace.__dataclass_fields__} | {"at": time.time()}
    if place.missing:
        return said
    body = _bytes(folder, place)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    return said | ({"base64": base64.b64encode(body).decode()} if "\0" in text else {"text": text})


def _set_aside(folder: Path) -> Iterator[DamagedPlace]:
    """Yield what earlier starts have set aside; a line of the side file that cannot be read is passed over."""
    path = folder / SIDE
    if path.exists():
        for _, line in whole_lines(path):
            try:
                said = orjson.loads(line)
                yield DamagedPlace(**{name: said[name] for name in DamagedPlace.__dataclass_fields__})
            except NO_RECORD:
                continue


def _blank(path: Path, place: DamagedPlace) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.pwrite(descriptor, b" " * (place.stop - place.start - 1) + b"\n", place.start)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lines_text(lines: list[DamagedPlace], run: str) -> str:
    named = ", ".join(f"{place.file} line {place.line:,} ({place.why})" for place in lines[:_NAMED])
    more = f" and {len(lines) - _NAMED:,} more" if len(lines) > _NAMED else ""
    verb = "is damaged and set" if len(lines) == 1 else "are damaged and set"
    return f"{named}{more} {verb} aside in {run}/journal/{SIDE}"


def _many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"
