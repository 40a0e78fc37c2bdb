"""Apply to all like it: the rows that share a flaw with one that a person edited, and their repair as one batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.core.records import Decision
from engine.curation.review import repair_rules
from engine.curation.review.repair_rules import Repair
from engine.store import BatchDecision, Store
from engine.store.decisions import ALIKE
from engine.store.problems import ProblemCard
from engine.store.text_search import Standing
from engine.store.views import HOLDS
from engine.verification.answers import compare, extract_answer

MOST = 2_000
"""Rows that are looked at for one repair."""


@dataclass(frozen=True, slots=True)
class AlikeRow:
    """A row with the same flaw, before and after; None where a text does not change."""

    row: Standing
    statement: str | None
    solution: str | None
    doubt: str = ""
    """Why it should be looked at first, as a sentence."""

    @property
    def problem_id(self) -> str:
        """Its problem."""
        return self.row.problem_id


def repairs(card: ProblemCard, statement: str | None, solution: str | None) -> tuple[Repair, ...]:
    """Return the rules that an edit of a card amounts to; None stands for a text that was not edited."""
    before = ((card.statement, statement), (card.solution or "", solution))
    found = [each for old, new in before if new is not None for each in repair_rules.derive(old, new)]
    return tuple(dict.fromkeys(found))[: repair_rules.MOST_REPAIRS]


def find(store: Store, rule: Repair) -> list[AlikeRow]:
    """Return the rows, rejected ones left out, that a repair would change, oldest first."""
    return [match for row in store.alike.holding(rule.loose, MOST) if (match := _matched(row, rule))]


def apply(store: Store, matches: Sequence[AlikeRow], curator: str, *, holds: bool = False) -> list[Decision]:
    """Repair the rows as one batch, which one undo takes back; DecisionConflict where one was decided meanwhile.

    Each becomes an edit: a version of its own, with the machine's text left as it was. It is no approval. Rows whose
    statement is repaired wait for their solution, also where a rule repaired that as well; with `holds` the curator
    says that the solutions, as they are then, answer the repaired statements.
    """
    choices = [
        BatchDecision(match.problem_id, "edit", *_texts(match, holds), match.row.last_decision) for match in matches
    ]
    return store.decisions.decide_all(choices, curator, queue=ALIKE)


def _texts(match: AlikeRow, holds: bool) -> tuple[str, str | None, str | None]:
    """Return reason, statement and solution of the edit of a row."""
    if not holds or match.statement is None or not (match.solution or match.row.solution):
        return "", match.statement, match.solution
    return HOLDS, match.statement, match.solution or match.row.solution


def _matched(row: Standing, rule: Repair) -> AlikeRow | None:
    statement, solution = rule.apply(row.statement), rule.apply(row.solution or "")
    if statement == row.statement and solution == (row.solution or ""):
        return None
    if not statement.strip() or (row.solution and not solution.strip()):
        return None
    changed = solution if solution != (row.solution or "") else None
    doubt = _doubt(row.solution or "", changed) if changed is not None else ""
    return AlikeRow(row, statement if statement != row.statement else None, changed, doubt)


def _doubt(before: str, after: str) -> str:
    was, now = extract_answer(before), extract_answer(after)
    if was is None:
        return ""
    if now is None:
        return "The final answer would be lost."
    verdict = compare(was, now)
    if verdict == "can't tell":
        return f"It can't be told whether the final answer stays the same: it was {was} and would be {now}."
    return f"The final answer would change from {was} to {now}." if verdict == "different" else ""
