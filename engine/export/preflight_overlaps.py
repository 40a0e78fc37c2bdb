"""Test problems in the list before an export: a line for each tier, with the pairs, and what no tier finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.export.finding import ExportFinding, FoundIds, OverlapEvidence, finding, many
from engine.similarity.overlap import UNFOUND, OverlapLook, Tier


def overlap_findings(
    overlaps: Mapping[str, FoundIds],
    evidence: Mapping[str, Sequence[OverlapEvidence]],
    how: OverlapLook | None,
    tests: int,
) -> Iterator[ExportFinding]:
    """Tell of test problems, a line for each tier; the last says what none of them finds."""
    if not tests:
        told = "no benchmark is imported: neither rows nor their seeds were compared; add some on the Seeds page"
        yield ExportFinding("Test items unknown", "look", told)
        return
    for tier, words in _TIERS.items():
        ids = overlaps.get(tier, FoundIds())
        if tier == "judged" and not (ids.count or (how and how.judges)):
            # No model was asked: that is neither good nor bad.
            continue
        act = how.act(tier) if how else "drop"
        if act == "off" and not ids.count:
            yield ExportFinding(
                words.off, "look", f"the tier is off; {UNFOUND}" if tier == "near" else "the tier is off"
            )
            continue
        then = "left out of the files" if act == "drop" else "they go out, as was asked: look at them"
        rests = _rests_on(tier, how)
        good = f"{tests:,} known, {rests or words.how}"
        bad = f"{then}; {rests}" if tier == "judged" and rests else then
        if tier == "near":
            good, bad = (f"{said}; {UNFOUND}" for said in (good, bad))
        found = finding(ids, words.good, good, many(ids, words.one, words.many), bad)
        yield replace(found, evidence=tuple(evidence.get(tier, ())))


def _rests_on(tier: Tier, how: OverlapLook | None) -> str:
    """Return what a tier rests on, as far as it is known."""
    if how is None:
        return ""
    if tier == "ngrams":
        return f"{how.rules.n}-word runs"
    if tier == "judged":
        return f"{', '.join(how.judges)} asked about {how.judged:,} texts of the project"
    return f"{_TIERS[tier].how}{_limits(how)}" if tier == "near" else ""


@dataclass(frozen=True, slots=True)
class _TierWords:
    """How a tier is spoken of."""

    good: str
    one: str
    many: str
    how: str
    off: str


_TIERS: dict[Tier, _TierWords] = {
    "ngrams": _TierWords("No test items", "test item", "test items", "word for word", "Copies not looked for"),
    "numbers": _TierWords(
        "No test items with other numbers",
        "test item with other numbers",
        "test items with other numbers",
        "by their words without numbers and names",
        "Other numbers not looked for",
    ),
    "judged": _TierWords(
        "None that a model calls a test item",
        "called a test item in other words",
        "called test items in other words",
        "by what models said",
        "Word of models not asked for",
    ),
    "near": _TierWords(
        "None near a test item", "near a test item", "near a test item", "by their vectors", "Nearness not looked at"
    ),
}


def _limits(how: OverlapLook | None) -> str:
    """Return from which cosine on a row is near, for each test set."""
    limits = how.limits if how else {}
    said = ", ".join(
        f"{name} from {one.limit:.2f}{' (next to nothing)' if one.blind else ''}" for name, one in limits.items()
    )
    return f" ({said})" if said else ""
