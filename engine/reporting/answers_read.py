"""How the answers of solutions were found, and how often it could not be told whether they are equal, in sentences."""

from __future__ import annotations

from engine.store import Store
from engine.verification.answers.evidence import HOW

_FOUND = {**HOW, "none": "none at all"}


def counts(store: Store, run_id: str = "") -> dict[str, dict[str, int]]:
    """Return by kind of evidence how many solutions there are, of a run or of all, and how many answers count."""
    found = store.verdicts.answers(run_id)
    return {one.evidence: {"solutions": one.solutions, "counted": one.counted} for one in found}


def told(store: Store, run_id: str = "") -> tuple[str, ...]:
    """Return what is to be said of the answers of a run, or of all; nothing where nothing was written down."""
    found = store.verdicts.answers(run_id)
    parts = [
        f"{one.solutions:,} {_FOUND.get(one.evidence, one.evidence)}"
        + ("" if one.counted == one.solutions or one.evidence == "none" else f" ({one.counted:,} count)")
        for one in found
    ]
    said = [f"Answers of {sum(one.solutions for one in found):,} solutions: {', '.join(parts)}."] if parts else []
    left = sum(one.solutions - one.counted for one in found if one.evidence != "none")
    if left:
        said.append(
            f"{left:,} answer{'s' if left > 1 else ''} outside a box "
            f"{'do' if left > 1 else 'does'} not count; sampling.answer_from says which do."
        )
    if unsure := store.verdicts.unsure(run_id):
        said.append(
            f"For {unsure:,} problem{'s' if unsure > 1 else ''} it can't be told whether some answers are equal; "
            "they count as different."
        )
    return tuple(said)
