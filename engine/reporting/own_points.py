"""Where the project's own data stands in the published comparison: problems per seed against cost (GSDP-48).

Read off the sections of a report, so that figure and tables never say different things.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.reporting.economy import HUNDREDTH_CENT
from engine.reporting.shapes import Section


@dataclass(frozen=True, slots=True)
class OwnPoint:
    """The problems of one recipe: how many came of a seed, and what one cost in hundredths of a cent."""

    name: str
    ratio: float
    cost: float
    """Calls at the prices of their engines, and GPU-hours; 0 where no engine has a price."""


@dataclass(frozen=True, slots=True)
class OwnData:
    """The project's points, and the best accuracy of one of its models on MATH in percent, with that model's name."""

    points: tuple[OwnPoint, ...] = ()
    accuracy: float | None = None
    model: str = ""

    @property
    def in_words(self) -> str:
        """What the figure shows of the project, and what it cannot show."""
        said = []
        free = [point.name for point in self.points if not point.cost]
        if free:
            said.append(f"Not drawn, because no engine of theirs has a price: {', '.join(free)}.")
        if self.accuracy is not None:
            said.append(f"The best own model on MATH is {self.model} with {self.accuracy:.1f} %.")
        return " ".join(said)


def own_data(sections: Iterable[Section]) -> OwnData:
    """Return what the sections of a report say of the project's own data; nothing where they say nothing."""
    known = {section.name: section for section in sections}
    gpus = _gpu_dollars(known)
    points = []
    for row in _rows(known, "expansion", "recipe", "problems", "per seed", "dollars each"):
        name, ratio, problems = str(row["recipe"]), row["per seed"], row["problems"]
        if ratio and problems:
            dollars = float(row["dollars each"] or 0.0) + gpus.get(name, 0.0) / float(problems)
            points.append(OwnPoint(name, float(ratio), dollars / HUNDREDTH_CENT))
    on_math = [
        row
        for row in _rows(known, "evaluations", "model", "benchmark", "pass@1")
        if str(row["benchmark"]).lower() == "math"
    ]
    best = max(on_math, key=lambda row: float(row["pass@1"]), default=None)
    if best is None:
        return OwnData(tuple(points))
    return OwnData(tuple(points), float(best["pass@1"]), str(best["model"]))


def _gpu_dollars(known: Mapping[str, Section]) -> dict[str, float]:
    """Return what the GPUs of each recipe's own runs cost at a price that an engine names."""
    recipe_of = {row["run"]: str(row["recipe"]) for row in _rows(known, "funnel", "run", "recipe")}
    found: dict[str, float] = {}
    for row in _rows(known, "gpu_hours", "run", "price", "dollars"):
        # A price that is assumed would put a point where nobody measured one.
        if (name := recipe_of.get(row["run"])) and row["price"] != "assumed":
            found[name] = found.get(name, 0.0) + float(row["dollars"])
    return found


def _rows(known: Mapping[str, Section], name: str, *columns: str) -> list[dict[str, Any]]:
    """Return the rows of a section's table by column; none where it has no table or lacks one of the columns."""
    table = known[name].table if name in known else None
    if table is None or not set(columns) <= set(table.columns):
        return []
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]
