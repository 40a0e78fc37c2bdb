"""A problem reviewed before it is printed: the flaw that is there is named, now and then one that is not."""

from __future__ import annotations

import json

from engine.abacus import workshop
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "review a problem before it is printed"

_FAULTS = {
    "missing condition": (
        4.0,
        2.0,
        1.5,
        "A condition is missing: {detail}. State it, so that the answer is determined.",
    ),
    "contradiction": (
        4.0,
        1.5,
        1.0,
        "The conditions contradict each other: {detail}. Take one of them out or correct it.",
    ),
    "leaks the answer": (4.0, 3.0, 3.5, "The statement gives its own answer away. Take that remark out."),
    "wrong fact": (4.0, 3.0, 1.5, "The statement claims something false: {detail}. Correct or delete the claim."),
    "no question": (2.5, 2.0, 2.5, "It is not clear what is to be found: {detail}. Ask for one definite thing."),
}
_NITPICK = "The order of the conditions makes it hard to read. Put what is given before what is asked."
_FINE = "Nothing to change."
_GOOD = (4.8, 4.8, 4.8)


def respond(brief: Brief) -> TaskAnswer:
    """Return the three marks with the feedback."""
    problem = brief.block("problem")
    seen = workshop.inspect(problem, ())
    marks, feedback, sound = _belief(problem, seen)
    slip = brief.slips(brief.persona.wrong_check)
    if slip:
        marks, feedback = ((3.6, 4.0, 4.2), _NITPICK) if sound else (_GOOD, _FINE)
    said = [_half(brief.rng.gauss(mark, brief.persona.score_noise * 2)) for mark in marks]
    truth = json.dumps({"truth": sound if seen.known else None, "flaw": seen.flaw, "slip": slip})
    names = ("Clarity", "Coherence", "Validity")
    return TaskAnswer.of(*zip(names, map(str, said), strict=True), ("Feedback", feedback), truth=truth)


def _belief(problem: str, seen: workshop.Inspected) -> tuple[tuple[float, float, float], str, bool]:
    if seen.known and seen.flaw in _FAULTS:
        *marks, feedback = _FAULTS[seen.flaw]
        return tuple(marks), feedback.format(detail=(seen.detail or seen.flaw).rstrip(".")), False  # type: ignore[return-value]
    if len(problem) < 20:
        return (
            (1.0, 1.0, 1.0),
            "There is no complete problem here. Write one that states what is given and asked.",
            False,
        )
    if not seen.known and not problem.rstrip().endswith(("?", "？", ".", "。", "$")):
        return (3.0, 3.0, 4.0), "The text breaks off. Finish the last sentence.", False
    return _GOOD, _FINE, True


def _half(value: float) -> float:
    return max(0.0, min(5.0, round(value * 2) / 2))
