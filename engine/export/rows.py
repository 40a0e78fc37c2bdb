"""What an export takes and what it reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.core.records import Policy

WAITS = "its statement was edited and its solution was not"
"""Why a row is left out of every form until a person gives, or confirms, a solution."""
FROM_TEST = "written from a test problem"
"""Why a row is left out whose seed is a test problem; the name of the test set follows."""
OVERLAPS: Mapping[str, str] = {
    "ngrams": "copies a test problem",
    "numbers": "is a test problem with other numbers",
    "judged": "is a test problem in other words, says a model",
    "near": "is near a test problem",
}
"""What each tier of decontamination found, in words: why a row is left out, or what is said of one that goes out."""


@dataclass(frozen=True, slots=True)
class ExportRow:
    """A problem as it stands now, with its machine-made text before edits and where it came from (GSDP-44)."""

    id: str
    statement: str
    solution: str | None = None
    answer: str | None = None
    machine_statement: str | None = None
    """The statement before a person edited it; None where nobody did."""
    machine_solution: str | None = None
    """The solution before a person edited it; None where nobody did."""
    points: tuple[str, ...] = ()
    kind: str | None = None
    distance: int | None = None
    weight: int | None = None
    difficulty: float | None = None
    scores: tuple[tuple[str, float], ...] = ()
    """Judge scores and checks by name."""
    seed_id: str | None = None
    combination_id: str | None = None
    parent_id: str | None = None
    run_id: str = ""
    agent: str = ""
    model: str = ""
    prompt_id: str = ""
    prompt_hash: str = ""
    language: str = "en"
    decision: str | None = None
    """approve, reject or edit; None where nobody decided."""
    curator: str = ""
    contaminated: str = ""
    """Which test problem it is or is near to, in words; such rows are left out. '' for clean rows."""
    warned: str = ""
    """The same of a row that goes out all the same, because its tier only warns."""
    tier: str = ""
    """Which tier found either, a key of OVERLAPS; '' for the first."""
    test_problem: str = ""
    """The test problem that either speaks of, where it is known."""
    test_seed: str = ""
    """Which test set the seed that it was written from is a problem of; such rows are left out. '' for none."""
    repeats: str = ""
    """Which earlier row says the same, in words; such rows are left out. '' for rows of their own."""
    root: str = ""
    """What the row and all its variants have in common, where the caller knows more than the ids say."""
    split: str = ""
    """Where the row has to stand; '' where its family decides."""
    request: str | None = None
    """What the problem was asked for by, in continual learning (CL-04)."""
    parent_statement: str | None = None
    parent_solution: str | None = None
    solution_id: str = ""
    """Which of its solutions this is, where a problem goes out with several; '' for the one that stands."""
    wrong_solution: str | None = None
    """A solution of the same problem that a judge vetoed, where the solution of the row was passed."""
    silent: bool = False
    """Whether its solution ends in no answer: a refusal, or a text that stops before its box."""
    waits: bool = False
    """Whether its statement was edited and nobody has given, or confirmed, a solution for it; it is left out."""
    better: bool = False
    """Whether it is the better version of a sample and nobody approved it: one half of a preference pair."""

    @property
    def family(self) -> str:
        """What variants have in common: the seed, else the combination, else the problem it revises, else itself."""
        return self.root or self.seed_id or self.combination_id or self.parent_id or self.id


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What the dataset card says besides counts. Nothing here is taken for markup."""

    title: str = ""
    about: str = ""
    license: str = "other"
    sources: tuple[str, ...] = ()
    """Names of the seed sets."""
    licenses: Mapping[str, str] = field(default_factory=dict)
    """Licence of each seed set, where somebody stated it."""
    benchmarks: Mapping[str, int] = field(default_factory=dict)
    """Items of each test set that the problems were looked up in."""
    overlap: tuple[int, float] = (8, 0.95)
    """Words of an n-gram, and share of an item's n-grams that makes a copy."""
    tiers: Mapping[str, Any] = field(default_factory=dict)
    """How the problems were looked up: as `tiers_told` returns it; nothing in exports of earlier versions."""
    seeds_compared: bool = False
    """Whether the seeds of the problems were looked up as well; not so in exports of earlier versions."""
    models: tuple[str, ...] = ()
    """Models that wrote and solved."""
    policy: Policy | None = None
    """By which the rows were selected; None where people alone decided."""
    funnel: Mapping[str, int] = field(default_factory=dict)
    """Counts of the stages before the export, in order."""
    parts: Mapping[str, int] = field(default_factory=dict)
    """Problems of each part, where the set is put together of seeds and the best synthesised problems."""
    quality: Mapping[str, Any] = field(default_factory=dict)
    """How good the rows are, as `quality.rate` says it; nothing in exports of earlier versions."""
    tags: tuple[str, ...] = ("mathematics", "synthetic")
    origin: Mapping[str, str] = field(default_factory=dict)
    """Which problems of the project went out, and the project's own words for it."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    rows: int
    files: tuple[Path, ...]
    sha256: str
    """Hash over the data files; equal inputs give equal hashes."""
    splits: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    """How many rows were left out, by reason."""
    turn_marks: dict[str, int] = field(default_factory=dict)
    """From how many texts a mark of a turn was cut, by mark."""
    warned: dict[str, int] = field(default_factory=dict)
    """How many rows went out of which a tier of decontamination warns, by what it found."""
    manifest: str = ""
    """The text of manifest.json."""
    lineage: Path = Path()
    """The file that says which problems these are, in order: among them the columns id and split."""


class LeftOut(Exception):
    """A row has no place in this format; the reason is counted."""

    def __init__(self, reason: str) -> None:
        """`reason` is a few words."""
        self.reason = reason
        super().__init__(reason)


NO_ANSWER = "the solution has no answer"
"""Why a row is left out of every form, unless `FileShape.unanswered` lets it out."""


def solution_of(row: ExportRow) -> str:
    """Return the solution, or leave the row out."""
    if not (row.solution and row.solution.strip()):
        raise LeftOut("no solution")
    return row.solution
