"""Exports that go on while the page lives: a thread writes the files, the page looks how far it is."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.core.errors import BadSetting, LemmaError
from engine.core.project import Project
from engine.core.settings import OverlapTiers
from engine.export import Delivered, Licenses, Only, deliver, hub, mixture, push
from engine.export.shape import FileShape
from engine.store import Store
from studio.tasks.background import Background

_USUAL = ["edits", "refined"]
UNNAMED = "/"
"""Stands for the hub's data set as long as nobody has named it."""
_NAME = re.compile(r"\w[\w.-]{0,79}")


@dataclass(frozen=True, slots=True)
class ExportWish:
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
    licenses: tuple[tuple[str, str], ...] = ()
    """Seed sets and their licences, where somebody stated them."""
    dataset: str = ""
    """A size as `mixture.sizes` reads it: seeds and the best synthesised problems; '' for the chosen problems."""
    unanswered: bool = False
    """Whether rows go out whose solution has no answer."""
    components: tuple[str, ...] = ()
    """Parts of graph-based data whose union goes out; none for all problems."""
    strategies: str = ""
    """Whether each keep strategy is a split: own or equal, '' for one set."""
    tiers: OverlapTiers = field(default_factory=OverlapTiers)
    """How the rows are held against test problems."""
    push: str = ""
    """Owner and name on the hub, '' to stay here."""
    public: bool = False

    @property
    def fault(self) -> str:
        """What is wrong with what was typed, in one line; '' where nothing is."""
        if not _NAME.fullmatch(self.name):
            return "A name has letters, digits, dots, dashes and underscores only."
        if self.push == UNNAMED:
            return "Name the data set on the hub: owner/name."
        try:
            hub.checked(self.push or "stays/here")
            _ = self.shape
        except BadSetting as error:
            return str(error)
        return ""

    @property
    def drafted(self) -> ExportWish:
        """The wish without what happens after the files are written."""
        return replace(self, push="", public=False)

    @property
    def shape(self) -> FileShape:
        """How the files will look."""
        best, solutions = mixture.sizes(self.dataset) if self.dataset else (0, 1)
        return FileShape(
            self.format, self.container, self.test_share, shard_rows=self.shard_rows, balance=self.balance,
            pairs=self.pairs, best=best, solutions=solutions, unanswered=self.unanswered,
            components=self.components, strategies=self.strategies, tiers=self.tiers,
        )  # fmt: skip

    def folder(self, project: Project) -> Path:
        """Return where the files go."""
        return (project.root / "exports" / self.name).resolve()

    def command(self, project: Project) -> str:
        """Return the same act for a shell."""
        words = ["lemma", "export", self.name, "--format", self.format]
        words += ["--dataset", self.dataset] if self.dataset else []
        words += ["--part", "+".join(self.components)] if self.components else []
        words += ["--strategies", self.strategies] if self.strategies else []
        words += ["--only", self.only] if not (self.strategies and self.only == "all") else []
        words += ["--container", self.container] if self.container != "jsonl" else []
        words += ["--test-share", f"{self.test_share:g}"] if self.test_share else []
        words += ["--license", self.license] if self.license != "other" else []
        words += ["--balance", self.balance] if self.balance else []
        words += ["--shard-rows", str(self.shard_rows)] if self.shard_rows else []
        words += ["--pairs", ",".join(self.pairs)] if self.shape.told().get("pairs", 0) not in (0, _USUAL) else []
        words += [word for name, license in self.licenses for word in ("--seed-license", f"{name}={license}")]
        words += ["--unanswered"] if self.unanswered else []
        words += [word for name, value in self.tiers.changed() for word in ("--set", f"{name}={value}")]
        words += ["--push", self.push] if self.push.strip(UNNAMED) else []
        words += ["--public"] if self.push and self.public else []
        return shlex.join([*words, "--out", str(self.folder(project)), "--project", str(project.root.resolve())])


@dataclass
class ExportJob(Background):
    """One export on its way; `done` or `error` is there when it has ended."""

    project: Project
    store: Store
    wish: ExportWish
    by: str
    total: int
    rows: int = 0
    doing: str = "writing"
    done: Delivered | None = None
    address: str = ""
    """Where it is on the hub, once it is there."""

    @property
    def running(self) -> bool:
        """Whether it is still going on."""
        return self.done is None and self.error is None

    def work(self) -> None:
        """Write the files, then put them on the hub where that was asked for."""
        wish = self.wish
        sent = deliver(
            self.store, wish.name, wish.folder(self.project), only=wish.only, by=self.by,
            licenses=Licenses(wish.license, dict(wish.licenses)), progress=self._count, shape=wish.shape,
        )  # fmt: skip
        if wish.push:
            self.doing = "sending to the hub"
            try:
                self.address = push(wish.folder(self.project), wish.push, public=wish.public)
            except LemmaError as error:
                # The files are there all the same.
                self.error = error
        self.done = sent

    def _count(self, rows: int, doing: str) -> None:
        self.rows, self.doing = rows, doing
