"""Imported by a process that a test starts inside mutmut: leaves behind which functions were called in it.

mutmut's own counting asks for its configuration, which a worker in another folder cannot read, and ends with the
process.
"""

from __future__ import annotations

import atexit
import os
from pathlib import Path

from mutmut.mutation import trampoline

from tests.mutants.noticing import HITS

_called: set[str] = set()


def _note(name: str, caller: str | None = None) -> None:
    _called.add(name)


def _leave() -> None:
    if _called:
        place = Path(os.environ[HITS]) / f"{os.getpid()}.part"
        place.write_text("\n".join(sorted(_called)), encoding="utf-8")
        place.rename(place.with_suffix(".txt"))


trampoline.record_trampoline_hit = _note
atexit.register(_leave)
