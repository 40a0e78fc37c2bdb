"""How many rows are still to be read, and whether one may stop: by width, by the meter, or since it cannot succeed.

Asked after a draw is finished, not after every label. Stopping since the interval is narrow does no harm to it;
stopping since its lower end has reached a target does, so that success is told by the meter alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.curator_noise import within_reach
from engine.curation.trust.draw_meter import DrawMeter
from engine.curation.trust.estimated import Estimated
from engine.curation.trust.forecast import (
    LabelForecast,
    forecast,
    labels_to_prove,
    labels_to_width,
    narrow_enough,
    out_of_reach,
)
from engine.curation.trust.intervals import finite_base, normal_quantile

Stop = Literal["", "known", "proven", "out_of_reach"]


@dataclass(frozen=True, slots=True)
class LabelGoal:
    """What a curator wants to know of the kept set."""

    half_width: float
    """Precision to so many points up and down, as a share."""
    target: float
    """Precision that is to be proven."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """How far labels have come towards a goal."""

    found: Estimated
    goal: LabelGoal
    stop: Stop
    to_width: LabelForecast | None
    """Rows to read until the width is reached, at the present estimate; None where there is none, or it is reached."""
    alone: LabelForecast | None
    """The same without what the judges add; None where they add nothing."""
    to_prove: int | None
    """Labels of an audit that would likely prove the target; None where the present estimate does not reach it."""
    meter: DrawMeter | None = None
    kept: int = 0

    def sentences(self) -> tuple[str, ...]:
        """Return what is to be said, most important first."""
        return tuple(line for line in (self._verdict(), self._precision(), self._width(), self._proof()) if line)

    @property
    def whole(self) -> bool:
        """Whether every kept row was read, so that nothing is estimated."""
        return self.found.value is not None and self.found.low == self.found.high

    def _verdict(self) -> str:
        found, goal = self.found, self.goal
        if self.stop == "proven" and self.meter:
            return (
                f"The meter is full: at least {goal.target:.0%} of what these limits keep are good, at any number of "
                "labels. Freeze and audit them for a certificate."
            )
        if self.stop == "out_of_reach" and found.high is not None:
            return (
                f"These limits cannot reach {goal.target:.0%}: the labels allow {found.high:.2f} at most. Move them, "
                "or mend the rows."
            )
        return ""

    def _precision(self) -> str:
        found = self.found
        if found.refusal is not None:
            return found.refusal.why
        if found.value is None or found.low is None or found.high is None:
            return ""
        if self.whole:
            return f"Precision {found.value:.2f}: every kept row was read."
        rough = ", rough" if found.rough else ""
        random = found.labels.get("random", 0)
        return f"Precision {found.value:.2f} ({found.low:.2f} – {found.high:.2f}{rough}) from {random:,} random labels."

    def _width(self) -> str:
        if self.whole:
            return ""
        if self.stop == "known":
            return f"Known to ±{self.goal.half_width:g}: more labels are not needed for that."
        if self.to_width is None:
            return ""
        without = f", {self.alone.more:,} without the judges" if self.alone else ""
        return f"Rows still to read to ±{self.goal.half_width:g}: {self.to_width.sentence()}{without}."

    def _proof(self) -> str:
        if self.whole or self.stop in ("proven", "out_of_reach"):
            return ""
        if self.meter and not self.meter.refused:
            return f"Meter towards {self.goal.target:.0%}: {self.meter.filled:.0%}."
        if self.to_prove is not None and self.to_prove >= self.kept:
            return f"To prove {self.goal.target:.0%} every kept row would have to be read: the estimate is too near."
        if self.to_prove is not None:
            return f"To prove {self.goal.target:.0%}: an audit of about {self.to_prove:,} labels."
        return ""


def outlook(
    found: Estimated,
    kept: int,
    drawn_kept: float,
    goal: LabelGoal,
    meter: DrawMeter | None = None,
    settings: TrustSettings | None = None,
) -> Outlook:
    """Return how far labels have come.

    Args:
        found: the precision of the kept set.
        kept: its rows.
        drawn_kept: share of the rows of a draw that are kept ones; others have to be read, too.
        goal: what is wanted.
        meter: of rows that were drawn for this very policy.
        settings: sizes of batches, error of a proof, labels before which nothing stops.
    """
    known = settings or TrustSettings()
    if found.value is None or found.half_width is None or not kept:
        return Outlook(found, goal, "", None, None, None, meter)
    stop = _stop(found, goal, meter, known)
    wide = stop != "known"
    prove = labels_to_prove(found.value, goal.target, known.certificate_error) if found.value > goal.target else None
    worth = _worth(found, kept)
    to_width = _rows(found, kept, drawn_kept, goal, worth, known) if wide else None
    alone = _rows(found, kept, drawn_kept, goal, 1.0, known) if wide and worth > 1.001 else None
    return Outlook(found, goal, stop, to_width, alone, prove, meter, kept)


def _stop(found: Estimated, goal: LabelGoal, meter: DrawMeter | None, settings: TrustSettings) -> Stop:
    if found.low == found.high:
        return "known"
    if meter and meter.reached:
        return "proven"
    if out_of_reach(found, goal.target) and found.labels.get("random", 0) >= settings.stop_labels:
        return "out_of_reach"
    return "known" if narrow_enough(found, goal.half_width, settings) else ""


def _worth(found: Estimated, kept: int) -> float:
    """Return what a random label of a kept row is worth beside one of a simple draw of as many rows."""
    random = found.labels.get("random", 0)
    plain = float(finite_base(random, kept)) if random else 0.0
    return found.effective / plain if found.effective and 0 < plain < float("inf") else 1.0


def _rows(
    found: Estimated, kept: int, drawn_kept: float, goal: LabelGoal, worth: float, settings: TrustSettings
) -> LabelForecast | None:
    if found.value is None or drawn_kept <= 0:
        return None
    z = normal_quantile(settings.confidence)
    needed = labels_to_width(found.value, goal.half_width, kept, 1 - 1 / worth, z)
    more = max(needed - found.labels.get("random", 0), 0)
    return forecast(ceil(more / drawn_kept), 0, settings)


def noise_warning(target: float, error: float | None) -> str:
    """Return that people's own errors put a target out of reach; '' where they do not, or nothing is known of them."""
    if error is None or within_reach(target, error):
        return ""
    return (
        f"People contradict themselves as if at least {error:.1%} of verdicts were wrong: a share of "
        f"{target:.0%} cannot show without a correction for that."
    )
