"""Exports that go on while the page lives: a thread writes the files, the page looks how far it is."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from engine.delivery import Delivered, Only, deliver
from engine.exporters import Shape
from engine.project import Project
from engine.store import Store
from studio.background import Background

_USUAL = ["edits", "refined"]
_NAME = re.compile(r"\w[\w.-]{0,79}")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a curator asks for."""

    name: str
    only: Only
    format: str = "sft"
    container: str = "jsonl"
    test_share: float = 0.0
    license: str = "other"
    balance: str = ""
    shard_rows: int = 0
    pairs: tuple[str, ...] = ("edits", "refined")

    @property
    def fit(self) -> bool:
        """Whether the name can be the name of a folder, here and on a hub."""
        return bool(_NAME.fullmatch(self.name))

    @property
    def shape(self) -> Shape:
        """How the files will look."""
        return Shape(
            self.format, self.container, self.test_share, shard_rows=self.shard_rows, balance=self.balance,
            pairs=self.pairs,
        )  # fmt: skip

    def folder(self, project: Project) -> Path:
        """Return where the files go."""
        return (project.root / "exports" / self.name).resolve()

    def command(self, project: Project) -> str:
        """Return the same act for a shell."""
        words = ["lemma", "export", self.name, "--format", self.format, "--only", self.only]
        words += ["--container", self.container] if self.container != "jsonl" else []
        words += ["--test-share", f"{self.test_share:g}"] if self.test_share else []
        words += ["--license", self.license] if self.license != "other" else []
        words += ["--balance", self.balance] if self.balance else []
        words += ["--shard-rows", str(self.shard_rows)] if self.shard_rows else []
        words += ["--pairs", ",".join(self.pairs)] if self.shape.told().get("pairs", 0) not in (0, _USUAL) else []
        return shlex.join([*words, "--out", str(self.folder(project)), "--project", str(project.root.resolve())])


@dataclass
class Shipment(Background):
    """One export on its way; `done` or `error` is there when it has ended."""

    project: Project
    store: Store
    wish: Wish
    by: str
    total: int
    rows: int = 0
    doing: str = "writing"
    done: Delivered | None = None

    @property
    def running(self) -> bool:
        """Whether it is still going on."""
        return self.done is None and self.error is None

    def work(self) -> None:
        """Write the files."""
        wish = self.wish
        self.done = deliver(
            self.store, wish.name, wish.folder(self.project), only=wish.only, by=self.by,
            license=wish.license, progress=self._count, shape=wish.shape,
        )  # fmt: skip

    def _count(self, rows: int, doing: str) -> None:
        self.rows, self.doing = rows, doing
