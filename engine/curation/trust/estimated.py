"""A number about a kept set with everything that makes it believable, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Literal

import orjson

Quantity = Literal["precision", "recall", "good kept", "f1", "accuracy", "retention"]


@dataclass(frozen=True, slots=True)
class NotShown:
    """Why a number has no interval, and how many labels would change that."""

    code: str
    """Stable name of the reason: not_random, too_few, empty ..."""
    why: str
    """The reason in a sentence."""
    labels: int
    """Random labels that would fix it, in the place that `why` names; 0 where labels do not help."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Something to do that would narrow the interval, and what it would be then."""

    action: str
    labels: int
    half_width: float


@dataclass(frozen=True, slots=True)
class Estimated:
    """One number from labels. `value`, `low` and `high` are None where nothing can be said; `refusal` says why."""

    quantity: Quantity
    value: float | None
    low: float | None
    high: float | None
    estimator: str
    labels: dict[str, int]
    """Labels among the rows the number is about, by provenance, whether they count or not."""
    good: int
    """Good ones among the decided labels of these rows."""
    decided: int
    effective: float | None = None
    """Labels of a simple draw that the interval is worth; None where there is none, or all rows are known."""
    assumptions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What was seen on the way and belongs beside the number."""
    rough: bool = False
    """Few labels: to be shown in grey."""
    refusal: NotShown | None = None
    narrower: tuple[Narrowing, ...] = field(default=())
    seed: int = 0

    @property
    def half_width(self) -> float | None:
        """Half of the interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2

    def as_dict(self) -> dict[str, Any]:
        """Return what goes into JSON: always the same fields, null where there is nothing to say.

        `value`, `low` and `high` with `estimator` and `labels`; or `refused`, the code of the reason, with `reason` and
        `labels_needed`.
        """
        effective = self.effective if self.effective is not None and isfinite(self.effective) else None
        steps = [{"action": one.action, "labels": one.labels, "half_width": one.half_width} for one in self.narrower]
        refusal = self.refusal
        shown = refusal is None
        return {
            "quantity": self.quantity,
            "value": self.value if shown else None,
            "low": self.low if shown else None,
            "high": self.high if shown else None,
            "estimator": self.estimator,
            "labels": dict(sorted(self.labels.items())),
            "good": self.good,
            "decided": self.decided,
            "effective_labels": effective if shown else None,
            "assumptions": list(self.assumptions),
            "notes": list(self.notes),
            "rough": self.rough,
            "narrower": steps,
            "seed": self.seed,
            "refused": None if refusal is None else refusal.code,
            "reason": "" if refusal is None else refusal.why,
            "labels_needed": 0 if refusal is None else refusal.labels,
        }

    def as_json(self) -> bytes:
        """Return the same bytes for the same input, whatever machine and order made it."""
        return orjson.dumps(self.as_dict(), option=orjson.OPT_SORT_KEYS)
