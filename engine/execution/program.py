"""A program, walked through: its records taken down up to the next phase."""

from __future__ import annotations

from engine.core.errors import RunStopped
from engine.core.protocol import Phase, Program, Progress
from engine.core.records import JournalRecord
from engine.execution.driver import RunControl, Usage
from engine.runs.journal import Journal, unwritable


def advance(program: Program, journal: Journal, control: RunControl, usage: Usage) -> Phase | None:
    """Journal the records of a program up to its next phase; None at its end. Runs in a thread of its own."""
    # The program may read what its last phase wrote, so nothing may still wait in memory.
    journal.sync()
    try:
        for made in program:
            control.check()
            if isinstance(made, Phase):
                return made
            if isinstance(made, Progress):
                usage.advance(made)
            else:
                _append(journal, made)
    except RunStopped:
        # A program that started something of its own, such as a training, ends it here.
        program.close()
        raise
    return None


def _append(journal: Journal, record: JournalRecord) -> None:
    try:
        journal.append(record)
    except OSError as error:
        raise RunStopped("failed", unwritable(error)) from error
