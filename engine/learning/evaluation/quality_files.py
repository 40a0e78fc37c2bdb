"""Files whose quality is measured: questions with answers, and preference pairs, as exports and public data have them.

Conversations (`messages`, or lists of turns), plain `prompt` and `completion`, and every shape that seeds have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from engine import seeds
from engine.core.errors import BadInput
from engine.core.records import Seed
from engine.learning.evaluation.data_quality import QualityExample
from engine.learning.evaluation.rewards import RewardPair
from engine.seeds.files import kind_of, rows
from engine.seeds.rows import BrokenRow


def examples(path: str | Path) -> list[QualityExample]:
    """Return the questions of a file with their worked answers; rows without one are left out.

    BadInput where the file cannot be read or has no question with an answer.
    """
    file = Path(path).expanduser()
    found = [one for one in _talks(file) if one.question and one.answer]
    if not found:
        found = [
            QualityExample(seed.statement, seed.solution or seed.answer or "")
            for seed in seeds.read(file)
            if isinstance(seed, Seed) and (seed.solution or seed.answer)
        ]
    if not found:
        raise BadInput("holds no question with an answer.", where=str(file), do="Give an export, or a file of seeds.")
    return found


def pairs(path: str | Path) -> Iterator[RewardPair]:
    """Yield the preference pairs of a file: prompt, chosen, rejected; BadInput names the first row that is none."""
    file = Path(path).expanduser()
    for line, fields in _rows(file):
        said = {name: _last(fields.get(name)) for name in ("prompt", "chosen", "rejected")}
        missing = next((name for name, text in said.items() if not text), "")
        if missing:
            where = f"{file}, line {line}, field {missing}"
            raise BadInput("is no preference pair.", where=where, do="Needed: prompt, chosen, rejected.")
        yield RewardPair(**said)


def _talks(file: Path) -> Iterator[QualityExample]:
    for _, fields in _rows(file):
        if isinstance(fields.get("messages"), list):
            turns = [turn for turn in fields["messages"] if isinstance(turn, Mapping)]
            asked = [str(turn.get("content", "")) for turn in turns if turn.get("role") == "user"]
            yield QualityExample(asked[-1] if asked else "", _last(turns))
        elif "completion" in fields:
            yield QualityExample(_last(fields.get("prompt")), _last(fields["completion"]))
        else:
            return


def _rows(file: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for row in rows(file, kind_of(file)):
        if isinstance(row, BrokenRow):
            raise BadInput(f"{row.reason}: {row.detail}.", where=f"{file}, line {row.line}")
        yield row.line, row.fields


def _last(said: Any) -> str:
    """Return a text, or the words of the last turn of a conversation."""
    if isinstance(said, list) and said and isinstance(said[-1], Mapping):
        said = said[-1].get("content")
    return said.strip() if isinstance(said, str) else ""
