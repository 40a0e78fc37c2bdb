"""Which model a loop stands at, what it gained, and whether it should go on (CL-19, CL-27, CL-45)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from engine.core.errors import UserError
from engine.core.records import RoundEvent
from engine.core.settings.training import Study
from engine.learning.evaluation import guidance
from engine.learning.evaluation.guidance import Guidance


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a round came to."""

    run_id: str
    number: int
    model: str
    start: str
    accuracy: Mapping[str, float]
    """Accuracy of the round's model by benchmark, 0 to 1; empty where it was not evaluated."""
    before: Mapping[str, float]
    """The same of the model that the round started from."""
    report: Mapping[str, object]

    @property
    def gain(self) -> float | None:
        """Mean accuracy against the start, None where either was not evaluated."""
        shared = self.accuracy.keys() & self.before.keys()
        if not shared:
            return None
        return sum(self.accuracy[name] - self.before[name] for name in shared) / len(shared)

    @property
    def study(self) -> Study:
        """Which examinations sorted its samples (CL-36)."""
        said: Study = self.report.get("study", "both")  # type: ignore[assignment]
        return said

    @property
    def fell(self) -> tuple[str, ...]:
        """Benchmarks on which the round's model is worse than its start."""
        return tuple(sorted(name for name, value in self.accuracy.items() if value < self.before.get(name, value)))

    @property
    def advice(self) -> str:
        """`promote`, `do not promote`, or '' where nothing was measured (CL-45)."""
        gain = self.gain
        return "" if gain is None else "promote" if gain > 0 else "do not promote"


def outcomes(events: Sequence[RoundEvent]) -> tuple[Outcome, ...]:
    """Return the rounds that have reported, in the order of their reports."""
    found = []
    for event in events:
        if event.act == "report":
            said = orjson.loads(event.detail)
            found.append(
                Outcome(
                    event.run_id,
                    event.number,
                    event.model,
                    str(said.get("start", "")),
                    said.get("accuracy", {}),
                    said.get("before", {}),
                    said,
                )
            )
    return tuple(found)


def current(events: Sequence[RoundEvent]) -> Outcome | None:
    """Return the round whose model stands: the last that was promoted and not rolled back; None for M(0)."""
    by_round = {(each.run_id, each.number): each for each in outcomes(events)}
    standing: list[Outcome] = []
    for event in events:
        if event.act == "promote" and (chosen := by_round.get((event.run_id, event.number))):
            standing = [each for each in standing if each != chosen] + [chosen]
        elif event.act == "rollback" and standing:
            standing.pop()
    return standing[-1] if standing else None


def turnable(events: Sequence[RoundEvent], run_id: str = "", number: int = 0) -> Outcome:
    """Return the round that can be promoted: the one named, or the last that has reported; UserError for none."""
    known = outcomes(events)
    if not number:
        # A round that was skipped is promoted by its number alone.
        skipped = {(each.run_id, each.number) for each in events if each.act == "skip"}
        known = tuple(one for one in known if (one.run_id, one.number) not in skipped)
    wanted = [one for one in known if run_id in ("", one.run_id) and number in (0, one.number)]
    if not wanted:
        asked = " ".join([f"of {run_id}"] * bool(run_id) + [f"with the number {number}"] * bool(number))
        raise UserError(f"there is no finished round {asked}".rstrip() + ".", do="See them with: lemma round status")
    return wanted[-1]


def what_next(one: Outcome) -> Guidance:
    """Return what the scores of a round call for before the next one (FL-35); its start learnt from less data."""
    return guidance.of_scores(one.accuracy, one.before)


def fell(averages: Sequence[float], least_gain: float = 0.0) -> bool:
    """Return whether the last model is not more than `least_gain` above the one before (CL-45)."""
    return len(averages) > 1 and averages[-1] - averages[-2] <= least_gain


def stops(averages: Sequence[float], most_rounds: int = 2, least_gain: float = 0.0) -> str:
    """Return why the loop ends after the rounds so far, '' where it goes on (CL-27).

    `averages` are mean accuracies of M(0), M(1), ...: one more than rounds were made.
    """
    made = len(averages) - 1
    if made >= most_rounds:
        return f"{made} of {most_rounds} rounds are made"
    if fell(averages, least_gain):
        return f"round {made} gained {averages[-1] - averages[-2]:+.3f}, which is not more than {least_gain:g}"
    return ""


def best(averages: Sequence[float]) -> int:
    """Return the number of the round with the highest mean accuracy, 0 for the start; ties go to the earliest."""
    return max(range(len(averages)), key=lambda number: (averages[number], -number))
