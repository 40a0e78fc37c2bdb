"""What a command says: people read stderr and text, programs read one JSON object on the last line of stdout."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_EVERY_S = 2.0
_STILL_S = 30.0
"""A line that says the same as before comes again after so long, so that a slow run is seen to live."""


def printable(text: str) -> str:
    """Return a text without what moves a terminal's cursor or that no terminal can show: names come from files."""
    return _CONTROL.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def on_one_line(name: object) -> str:
    """Return a name of a file as part of a line: one that holds ends of lines could add lines of its own."""
    return printable(str(name)).replace("\n", "\\u000a")


class Advance(Protocol):
    """Shows how far something is."""

    def __call__(self, done: int, total: int | None, phase: str, note: str = "") -> None:
        """Show what is done, the total (None where unknown), the name of the phase, and what else there is to say."""
        ...


@dataclass(frozen=True, slots=True)
class Console:
    """Where a command writes. With `json` nothing but the result goes to stdout."""

    json: bool = False

    def say(self, text: str) -> None:
        """Tell a person something on the way."""
        print(printable(text), file=sys.stderr, flush=True)

    def result(self, values: Mapping[str, Any], text: str) -> None:
        """End with the result: `values` for programs, `text` for people."""
        if self.json:
            print(orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY).decode(), flush=True)
        else:
            print(printable(text), flush=True)

    @contextmanager
    def progress(self, label: str) -> Iterator[Advance]:
        """Show progress: a bar with an ETA on a terminal, a plain line every two seconds elsewhere."""
        if sys.stderr.isatty() and not self.json:
            with _bar(label) as advance:
                yield advance
        else:
            yield _lines(label)


@contextmanager
def _bar(label: str) -> Iterator[Advance]:
    # Only here: a terminal with something long to show.
    from rich.console import Console as Rich
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Rich(stderr=True)) as shown:
        task = shown.add_task(label, total=None)

        def advance(done: int, total: int | None, phase: str, note: str = "") -> None:
            said = " · ".join(part for part in (label, phase, note) if part)
            shown.update(task, completed=done, total=total, description=said)

        yield advance


def _lines(label: str) -> Advance:
    last_time, last_text = 0.0, ""
    started = time.monotonic()

    def advance(done: int, total: int | None, phase: str, note: str = "") -> None:
        whole = f" of {total:,}" if total else ""
        nonlocal last_time, last_text
        text = f"{label}{f' · {phase}' if phase else ''}: {done:,}{whole}"
        now = time.monotonic()
        finished = total is not None and done >= total
        moved = text != last_text and (finished or now - last_time >= _EVERY_S)
        if moved or (note and now - last_time >= _STILL_S):
            last_time, last_text = now, text
            print(f"{text} · {note or _left(done, total, now - started)}", file=sys.stderr, flush=True)

    return advance


def _left(done: int, total: int | None, seconds: float) -> str:
    if not total or not done or done >= total:
        return f"{seconds:.0f} s"
    return f"about {seconds / done * (total - done):.0f} s left"
