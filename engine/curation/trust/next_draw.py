"""What to draw next: how many rows, mixed how, why so, and how much surer the kept set will be for it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.draws import FIRST, OUTSIDE, UNIFORM, DrawMixture
from engine.curation.trust.estimated import Estimated
from engine.curation.trust.intervals import normal_quantile, wilson_of


@dataclass(frozen=True, slots=True)
class NextDraw:
    """A draw that is proposed; drawing it is `drawing.draw`."""

    size: int
    """About so many rows: the size of a draw is random."""
    mixture: DrawMixture
    why: str
    """Why it is mixed so, in a sentence."""
    gain: str
    """What it will bring, in a sentence."""


def next_draw(
    planned_uniformly: int,
    found: Estimated,
    kept_share: float,
    rows: int,
    *,
    batch: int | None = None,
    doubtful: bool = True,
    second_readers: float = 0.10,
    settings: TrustSettings | None = None,
) -> NextDraw:
    """Return the draw that a curator should label next.

    Args:
        planned_uniformly: rows that were planned by uniform draws so far.
        found: the precision of the kept set as it is known.
        kept_share: share of all rows that is kept.
        rows: how many there are.
        batch: rows of a later draw; that of the settings unless given.
        doubtful: whether a draw may look at doubtful rows more than at others.
        second_readers: share of the rows that a second person reads.
        settings: sizes, and the precision from which draws are more uniform.
    """
    known = settings or TrustSettings()
    size = min(known.first_batch if planned_uniformly < FIRST else batch or known.batch, max(rows, 1))
    mixture, why = _mixture(planned_uniformly, found, doubtful, known)
    mixture = mixture.model_copy(update={"second_readers": second_readers})
    return NextDraw(size, mixture, why, _gain(found, size * kept_of_draw(mixture, kept_share), size, known))


def _mixture(
    planned_uniformly: int, found: Estimated, doubtful: bool, settings: TrustSettings
) -> tuple[DrawMixture, str]:
    if planned_uniformly < FIRST:
        return UNIFORM, "The first rows are drawn evenly from all: nothing is known by which a draw could look closer."
    if not doubtful:
        return UNIFORM, "Every row has the same chance."
    base = DrawMixture()
    if found.value is not None and found.value >= settings.sure_precision:
        control = max(settings.sure_control, base.control)
        why = f"{control:.0%} evenly from all rows, the rest where judges are unsure: at a precision of "
        why += f"{found.value:.2f} most doubt is in the bulk."
        return base.with_control(control), why
    return base, f"{base.control:.0%} evenly from all rows, the rest where judges are unsure and concepts are unseen."


def kept_of_draw(mixture: DrawMixture, kept_share: float) -> float:
    """Return about which share of a draw's rows the policy keeps; the doubtful part looks at kept rows first."""
    if not 0 < kept_share < 1:
        return kept_share
    looked = kept_share / (kept_share + OUTSIDE * (1 - kept_share))
    return (1 - mixture.uncertainty) * kept_share + mixture.uncertainty * looked


def _gain(found: Estimated, more: float, size: int, settings: TrustSettings) -> str:
    random = found.labels.get("random", 0)
    if found.value is None or found.half_width is None or not random:
        needed = "" if found.refusal is None else f"; for an interval {settings.least_labels} are needed"
        return f"About {more:.0f} of {size} will be kept rows{needed}."
    if found.effective is None:
        return "Every kept row is known: a draw adds nothing."
    after = found.effective * (random + more) / random
    low, high = wilson_of(found.value, after, normal_quantile(settings.confidence))
    return f"Precision is known to ±{found.half_width:.3f}; with {size} rows more to about ±{(high - low) / 2:.3f}."
