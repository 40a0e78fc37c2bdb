"""The label ledger: which rows were drawn at random, and what people said of them, each with where it came from.

A row is a problem with the solution that stands for it. Its hash is that of both texts, so a label belongs to what was
read and to nothing that came later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from engine.core.records.identity import content_id

LabelVerdict = Literal["good", "bad", "unsure", "skipped"]
Provenance = Literal["draw", "convenience", "import", "gold"]
ReaderRole = Literal["first", "second", "repeat", "adjudicated"]
AuditPlan = Literal["meter", "fixed"]
"""How an audit ends: a meter that may be read after every label, or a number of labels that is set in advance."""

LABEL_VERDICTS: tuple[LabelVerdict, ...] = get_args(LabelVerdict)
PROVENANCES: tuple[Provenance, ...] = get_args(Provenance)
READER_ROLES: tuple[ReaderRole, ...] = get_args(ReaderRole)


@dataclass(frozen=True, slots=True)
class Label:
    """What one person said of one text. `unsure` and `skipped` are no verdict, but are never forgotten either."""

    id: str
    row_id: str
    row_hash: str
    """Of the statement and solution that were read."""
    curator: str
    verdict: LabelVerdict
    at: float
    reason: str = ""
    provenance: Provenance = "convenience"
    """Where the row came from: a random draw, the curator's own choice, a file, or rows whose truth is known."""
    draw_id: str | None = None
    role: ReaderRole = "first"
    """Only first readings and adjudications enter estimates; second readings and repeats measure the readers."""
    blind: bool | None = None
    """Whether judges' scores were hidden until the verdict; None where nobody knows."""
    decision_id: str | None = None
    """The decision that it came with: the label stands as long as that does."""
    source: str = ""
    """File that it came from."""

    @staticmethod
    def ident(row_id: str, row_hash: str, by: object) -> str:
        """Return the id of a label: row, text, and the decision or the words by which it came."""
        return content_id("L", row_id, row_hash, by)

    def derived(self) -> str:
        """Return the id that its content gives."""
        said = [self.curator, self.verdict, self.at, self.provenance, self.draw_id, self.role]
        return Label.ident(self.row_id, self.row_hash, self.decision_id or said)


@dataclass(frozen=True, slots=True)
class LabelDraw:
    """One random draw of rows to label: all that is needed to draw the same rows again."""

    id: str
    frame_id: str
    policy_id: str
    size: int
    """Planned number of rows; the number drawn is random."""
    salt: str
    recipe: str
    """JSON: the mixture by which rows are drawn."""
    model: str
    """Revision of the scores that the mixture rests on; '' for a uniform draw."""
    constants: str
    """JSON: eligible rows, planned rows of each part of the frame, normalising sums, digest of the chances."""
    drawn: int
    labels_seen: int
    """Last label that was known: rows that were labelled by then could not be drawn."""
    decisions_seen: int
    at: float
    by: str = ""

    def derived(self) -> str:
        """Return the id that its content gives."""
        seen = [self.labels_seen, self.decisions_seen]
        said = [self.frame_id, self.policy_id, self.size, self.salt, self.recipe, self.model, self.constants]
        return content_id("DR", *said, self.drawn, *seen)


@dataclass(frozen=True, slots=True)
class FrozenSet:
    """A kept set that was frozen for an audit, and the plan of the audit: all that is needed to read it again."""

    id: str
    policy_id: str
    frame_id: str
    digest: str
    """Hash of the kept rows by id and text, in the order of the ids."""
    kept: int
    """Rows K of the set."""
    known: int
    """Rows of it that had a verdict when it was frozen: they count as they are, and the audit draws from the rest."""
    known_good: int
    target: float
    """Share of good rows that is to be proven."""
    error: float
    """How often the certificate may be wrong."""
    plan: AuditPlan
    bad: int
    """Bad rows that a plan of fixed size allows; 0 for the meter."""
    size: int
    """Rows of the audit, in their random order; a meter may be full long before the last."""
    salt: str
    before: int
    """Audits of the project that were begun before."""
    labels_seen: int
    """Last label when the set was frozen; only later ones count for the audit."""
    decisions_seen: int
    at: float
    by: str = ""

    def derived(self) -> str:
        """Return the id that its content gives."""
        asked = [self.target, self.error, self.plan, self.bad, self.size, self.salt, self.before]
        seen = [self.kept, self.known, self.known_good, self.labels_seen, self.decisions_seen]
        return content_id("AU", self.policy_id, self.frame_id, self.digest, *asked, *seen)
