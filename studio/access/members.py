"""The people of a shared studio: a file of the project that only its owner can read.

PROJECT/users.toml
secret = "..."                 signs passes; a new one ends all sessions
[people.ada]
role = "owner"                 viewer, curator or owner
password = "scrypt$..."        none for people who come by a provider (OIDC) only
since = 1790000000000          Unix milliseconds; sessions that began earlier have ended
"""

from __future__ import annotations

import os
import secrets
import stat
import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeGuard, TypeVar

from engine.core import toml
from engine.core.errors import BadInput, UserError
from engine.core.files import locked, write_atomically

FILE = "users.toml"
Role = Literal["viewer", "curator", "owner"]
ROLES: tuple[Role, ...] = ("viewer", "curator", "owner")
LONGEST_NAME = 60
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may sign in."""

    name: str
    role: Role
    password: str = ""
    """As `passwords.hashed` keeps it; '' for people who come by a provider only."""
    since: int = 0
    """Unix milliseconds; sessions that began earlier have ended."""


@dataclass(frozen=True, slots=True)
class Members:
    """Everybody who may sign in, and what signs their passes."""

    secret: str = ""
    people: Mapping[str, Member] = field(default_factory=dict)
    """By their names in one spelling."""

    def find(self, name: str) -> Member | None:
        """Return the person of a name, however it is written."""
        return self.people.get(key_of(name))


def is_role(word: object) -> TypeGuard[Role]:
    """Return whether a word is a role."""
    return word in ROLES


def key_of(name: str) -> str:
    """Return a name in the one spelling in which it is looked up."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def read(root: Path) -> Members:
    """Return the people of the project at `root`; UserError where others can read the file."""
    path = root / FILE
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return Members()
    if stat.S_IMODE(mode) & 0o077:
        raise UserError("can be read by others.", where=str(path), do=f"chmod 600 {path}")
    said = toml.read(path)
    people = [_member(path, name, entry) for name, entry in dict(said.get("people", {})).items()]
    return Members(str(said.get("secret", "")), {key_of(one.name): one for one in people})


def change(root: Path, act: Callable[[dict[str, Member]], T]) -> T:
    """Let `act` change the people, by their names in one spelling, and keep them; no other process comes between."""
    path = root / FILE
    with locked(root / f".{FILE}.lock", patience=10):
        before = read(root)
        people = dict(before.people)
        result = act(people)
        body = {
            "secret": before.secret or secrets.token_hex(32),
            "people": {one.name: _entry(one) for one in people.values()},
        }
        # Nobody may look while it is being written, either.
        mask = os.umask(0o077)
        try:
            write_atomically(path, toml.text(body).encode())
        finally:
            os.umask(mask)
    return result


def end_sessions(root: Path, name: str) -> None:
    """End all sessions of a person that began before now."""

    def act(people: dict[str, Member]) -> None:
        if one := people.get(key_of(name)):
            people[key_of(name)] = replace(one, since=int(time.time() * 1000))

    change(root, act)


def checked_name(name: str) -> str:
    """Return a name that can be kept; UserError where it cannot."""
    said = unicodedata.normalize("NFKC", name).strip()
    if not said or len(said) > LONGEST_NAME or not said.isprintable():
        raise UserError(f"{name!r} is no name.", where="users", do=f"Take 1 to {LONGEST_NAME} printable characters.")
    return said


def _entry(one: Member) -> dict[str, Any]:
    said: dict[str, Any] = {"role": one.role}
    return said | ({"password": one.password} if one.password else {}) | ({"since": one.since} if one.since else {})


def _member(path: Path, name: str, entry: object) -> Member:
    said = entry if isinstance(entry, dict) else {}
    role, since = said.get("role"), said.get("since", 0)
    if not is_role(role) or not isinstance(since, int):
        raise BadInput(f"{name!r} has no role.", where=str(path), do=f"Give one of {', '.join(ROLES)}.")
    return Member(name, role, str(said.get("password", "")), since)
