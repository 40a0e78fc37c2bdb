"""What can be done after an edit: the rules it amounts to, and the rows that each of them would repair."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.curation.review import bulk_repair
from engine.curation.review.bulk_repair import AlikeRow
from engine.curation.review.repair_rules import Repair
from engine.store import Store
from engine.store.problems import ProblemCard

AT_ONCE = 20_000
"""Up to so many problems are searched before the next card is drawn; in larger projects when it is asked for."""


@dataclass
class Offer:
    """Rules of the last edit with their matches, and which of them the curator left out."""

    problem_id: str
    rules: tuple[Repair, ...]
    found: dict[Repair, list[AlikeRow]] = field(default_factory=dict)
    chosen: int = 0
    left_out: set[str] = field(default_factory=set)

    @property
    def open(self) -> list[Repair]:
        """Rules that fit other rows, or that nobody has searched for yet."""
        return [rule for rule in self.rules if self.found.get(rule, [rule])]

    @property
    def rows(self) -> int:
        """How many other problems share a flaw, as far as was searched."""
        return len({match.problem_id for matches in self.found.values() for match in matches})

    @property
    def matches(self) -> list[AlikeRow]:
        """Rows of the chosen rule."""
        return self.found[self.open[self.chosen]] if self.open else []

    @property
    def ticked(self) -> list[AlikeRow]:
        """Rows of the chosen rule that were not left out."""
        return [match for match in self.matches if match.problem_id not in self.left_out]


def offer(store: Store, card: ProblemCard, statement: str | None, solution: str | None) -> Offer | None:
    """Return what an edit offers to do elsewhere; None where it was no rule or fits nothing else."""
    rules = bulk_repair.repairs(card, statement, solution)
    made = Offer(card.problem.id, rules)
    if rules and store.problems.count() <= AT_ONCE:
        search(store, made)
    return made if made.open else None


def search(store: Store, made: Offer) -> None:
    """Find the rows of every rule; rows with a doubt begin left out."""
    for rule in made.rules:
        if rule not in made.found:
            others = [match for match in bulk_repair.find(store, rule) if match.problem_id != made.problem_id]
            made.found[rule] = others
            made.left_out |= {match.problem_id for match in others if match.doubt}
