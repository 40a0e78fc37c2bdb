"""When nothing is said: each rule with its code, a sentence, and the labels that would change it."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

import numpy as np

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.balance import unbalanced
from engine.curation.trust.estimated import NotShown
from engine.curation.trust.intervals import Flags
from engine.curation.trust.label_set import LabelSet


def empty(kept: int, labels: LabelSet) -> NotShown | None:
    """Refuse where there is nothing to speak of: no kept row, or no label at all."""
    if kept == 0:
        return NotShown("empty", "The limits keep no row.", 0)
    if not len(labels):
        return NotShown("no_labels", "No row is labelled.", TrustSettings().fresh_draw)
    return None


def ledger(labels: LabelSet, settings: TrustSettings) -> NotShown | None:
    """Refuse where the ledger lacks a probability that it should hold, or too many labels lost their rows."""
    drawn = labels.random
    pi = labels.pi[drawn]
    if labels.faults:
        return NotShown("ledger", f"The ledger cannot be trusted: {labels.faults[0]}.", settings.fresh_draw)
    if (~np.isfinite(pi) | (pi <= 0) | (pi > 1) | (labels.share[drawn] <= 0)).any():
        why = "The ledger does not tell with which probability some labelled rows were drawn."
        return NotShown("missing_pi", why, settings.fresh_draw)
    whole = len(labels) + labels.stale
    if whole and labels.stale / whole > settings.stale:
        return NotShown("stale_rows", f"{labels.stale} of {whole} labelled rows were edited since.", labels.stale)
    return None


def not_random(inside: LabelSet) -> NotShown | None:
    """Refuse where no label was drawn at random: hand-picked rows tell nothing of the others."""
    if (inside.random & inside.countable).any():
        return None
    decided = inside.answered
    n, good = int(decided.sum()), int(inside.good[decided].sum())
    seen = f"{good} of {n} hand-reviewed rows were good (not a random sample)." if n else "No kept row is labelled."
    code = "not_random" if len(inside) else "no_labels"
    return NotShown(code, seen, TrustSettings().first_batch)


def unreachable(kept: Flags, reachable: Flags | None, inside: LabelSet, settings: TrustSettings) -> NotShown | None:
    """Refuse where more than a few kept rows could not be drawn: nothing is known of them."""
    share = unreachable_share(kept, reachable, inside)
    if share <= settings.unreachable:
        return None
    why = f"{share:.0%} of the kept rows could not have been drawn by any draw so far."
    return NotShown("unreachable", why, settings.fresh_draw)


def unreachable_share(kept: Flags, reachable: Flags | None, inside: LabelSet) -> float:
    """Return the share of kept rows that no draw could take and nobody labelled."""
    if reachable is None:
        return 0.0
    lost = kept & ~reachable
    known = inside.row[inside.countable & inside.decided]
    count = int(np.count_nonzero(lost)) - int(np.count_nonzero(lost[known]))
    return max(count, 0) / int(np.count_nonzero(kept))


def unlike(sizes: Mapping[str, float], settings: TrustSettings) -> NotShown | None:
    """Refuse where the drawn rows do not look like the kept ones: the draw is not what the ledger says."""
    off = unbalanced(sizes, settings)
    if not off:
        return None
    worst = max(off, key=lambda name: abs(sizes[name]))
    why = f"The labelled rows differ from the kept ones in {worst}, by {abs(sizes[worst]):.1f} standard errors."
    return NotShown("unbalanced", why, settings.fresh_draw)


def few(inside: LabelSet, kept: int, settings: TrustSettings) -> NotShown | None:
    """Refuse where too few random labels, or too unequal weights, or one kind of verdict alone carry the number.

    `inside` are the decided countable labels of kept rows. A kept set of ten rows or fewer may have fewer labels.
    """
    drawn = inside.random
    m = int(drawn.sum())
    least = settings.least_labels
    if m == 0 or (m < least and kept > least):
        return NotShown("too_few", f"{m} random labels among the kept rows; {least} are needed.", max(least - m, 1))
    if m < least and len(set(inside.verdict[drawn].tolist())) < 2:
        return NotShown("one_class", f"{m} random labels, all with the same verdict.", max(kept - m, 0))
    return None if inside.simple else _uneven(inside, m, settings)


def _uneven(inside: LabelSet, m: int, settings: TrustSettings) -> NotShown | None:
    size = inside.kish()
    if size < settings.least_kish:
        price = max(ceil((settings.least_kish - size) * m / max(size, 1.0)), 1)
        why = f"{m} random labels are worth {size:.0f} by their weights; {settings.least_kish:g} are needed."
        return NotShown("uneven", why, price)
    total = float(inside.weight.sum())
    largest = float(inside.weight.max()) / total
    if largest <= settings.largest_weight:
        return None
    price = ceil(m * (largest / settings.largest_weight - 1))
    return NotShown("one_weight", f"One label carries {largest:.0%} of all weight.", max(price, 1))


def recall_few(countable: LabelSet, inside: Flags, settings: TrustSettings) -> NotShown | None:
    """Refuse recall where few good rows were drawn, or few rows outside the kept set."""
    drawn = countable.random & countable.decided
    good = int(countable.good[drawn].sum())
    if good < settings.recall_good:
        rate = max(good, 1) / max(int(drawn.sum()), 1)
        why = f"{good} good rows among the random labels; recall needs {settings.recall_good}."
        return NotShown("few_good", why, ceil((settings.recall_good - good) / rate))
    outside = int((drawn & ~inside).sum())
    if outside < settings.recall_outside:
        why = f"{outside} random labels outside the kept set; recall needs {settings.recall_outside}."
        return NotShown("few_outside", why, settings.recall_outside - outside)
    return None


def unseen_stratum(share: float, settings: TrustSettings) -> NotShown:
    """Refuse where a stratum of more than a few kept rows has no label at all."""
    why = f"A stratum with {share:.0%} of the kept rows has no label."
    return NotShown("unseen_stratum", why, settings.stratum_labels)
