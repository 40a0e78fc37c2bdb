"""Prompts are text files beside their module; holes are `{{name}}`, filled strictly and in one pass.

A file has the sections `[system]` (optional) and `[user]`. The hash of the template travels with every reply,
so an old verdict can be told from a new one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.core.protocol import Message, PromptRef

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = {
    "agents": "generation/agents",
    "evaluation": "learning/evaluation",
    "judges": "generation/judges",
    "knowledge": "knowledge",
    "solving": "generation/solvers",
}
"""Where the prompts of a family are. Families are part of every id, so they stay as they are when folders move."""
_HOLE = re.compile(r"\{\{([a-z_]+)\}\}")
_SECTION = re.compile(r"^\[(system|user|assistant)\]\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A template: its reference, its turns and the names of its holes."""

    ref: PromptRef
    turns: tuple[Message, ...]
    holes: frozenset[str]

    def fill(self, **values: object) -> tuple[Message, ...]:
        """Return the messages with every hole filled; a missing or unknown name raises ValueError.

        One pass over the original template: braces inside a value are left alone.
        """
        missing, unknown = self.holes - values.keys(), values.keys() - self.holes
        if missing or unknown:
            raise ValueError(f"prompt {self.ref.id}: missing {sorted(missing)}, unknown {sorted(unknown)}")
        return tuple(
            Message(turn.role, _HOLE.sub(lambda hole: str(values[hole[1]]), turn.content)) for turn in self.turns
        )


@cache
def load(name: str) -> Prompt:
    """Return the prompt `family/stem`, read from the folder of its family; ValueError where there is no such family."""
    family, stem = name.split("/")
    return parse(name, (_folder(family) / f"{stem}.txt").read_text(encoding="utf-8"))


def parse(name: str, text: str) -> Prompt:
    """Return the prompt written in `text`; ValueError where it has no section."""
    pieces = _SECTION.split(text)
    if len(pieces) < 3 or pieces[0].strip():
        raise ValueError(f"prompt {name}: must start with [system] or [user]")
    turns = tuple(Message(role, body.strip()) for role, body in zip(pieces[1::2], pieces[2::2], strict=True))
    digest = hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
    return Prompt(PromptRef(name, digest), turns, frozenset(_HOLE.findall(text)))


def listed(entries: Iterable[str]) -> str:
    """Return the entries as the numbered list that prompts show."""
    return "\n".join(f"{number}. {entry}" for number, entry in enumerate(entries, 1))


def hashes() -> dict[str, str]:
    """Return the hash of every prompt by its name, as a plan keeps them."""
    names = sorted(f"{family}/{path.stem}" for family in FOLDERS for path in _folder(family).glob("*.txt"))
    return {name: load(name).ref.hash for name in names}


def _folder(family: str) -> Path:
    if family not in FOLDERS:
        raise ValueError(f"there is no family of prompts named {family}")
    return ROOT / FOLDERS[family] / "prompts"
