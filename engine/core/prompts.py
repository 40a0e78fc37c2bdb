"""Prompts are text files beside their modules; holes are `{{name}}`, filled strictly and in one pass.

A file has the sections `[system]` (optional) and `[user]`. The hash of the template travels with every reply,
so an old verdict can be told from a new one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import engine
from engine.core.protocol import Message, PromptRef

ROOT = Path(engine.__file__).parent
FOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "agents": "agents/prompts",
        "evaluation": "evaluation/prompts",
        "judges": "judges/prompts",
        "knowledge": "knowledge/prompts",
        "solving": "solving/prompts",
    }
)
"""Where the prompts of a family lie, under `engine/`.

Replies, plans and fingerprints keep ids such as `judges/problem`, so an id never follows its folder.
"""
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
    """Return the prompt `family/stem`; ValueError for a family that there is not, OSError for such a stem."""
    family, stem = name.split("/")
    if family not in FOLDERS:
        raise ValueError(f"prompt {name}: there is no family {family!r}")
    return parse(name, (ROOT / FOLDERS[family] / f"{stem}.txt").read_text(encoding="utf-8"))


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
    found = ((family, path.stem) for family, folder in FOLDERS.items() for path in (ROOT / folder).glob("*.txt"))
    return {name: load(name).ref.hash for name in sorted(f"{family}/{stem}" for family, stem in found)}
