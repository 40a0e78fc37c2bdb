"""A problem scored against its knowledge points: coverage, correctness and completeness in one number."""

from __future__ import annotations

import json
from dataclasses import dataclass

from engine.abacus import workshop
from engine.abacus.lexicon import lexicon
from engine.abacus.matching import match
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "score a problem against its knowledge points"

_GOOD, _LOOSE_COST, _MISSING_COST = 0.96, 0.08, 0.3
_MOST_LOOSE = 1
"""Points with a loose link that a good problem may have."""
_FLAWED = {
    "missing condition": (0.30, "A condition is missing: {detail}, so the answer is not determined."),
    "contradiction": (0.22, "The conditions contradict each other: {detail}."),
    "leaks the answer": (0.52, "The result can be read off the statement itself, so nothing is left to find."),
    "wrong fact": (0.40, "The statement claims something false: {detail}"),
    "no question": (0.28, "It is not clear what is to be found: {detail}."),
}
_OBJECTIONS = (
    "The part on {point} can be skipped without changing the answer.",
    "The wording of the condition on {point} leaves two readings open.",
    "Calling this a problem on {point} is generous: one substitution settles it.",
)
_PRAISE = (
    "Every condition is used, and the way to the answer runs through {points}.",
    "The question is clear and has one answer, which rests on {points}.",
    "The conditions fit together, and leaving out {points} would leave it unsolved.",
    "Nothing is missing and nothing is given away; {points} must be known to solve it.",
)
_OBJECTIONS_ALONE = (
    "One of the conditions can be skipped without changing the answer.",
    "The wording of a condition leaves two readings open.",
    "Calling this a problem is generous: one substitution settles it.",
)
_PRAISE_ALONE = (
    "Every condition is used, and the question has one answer.",
    "The conditions fit together, and nothing is given away.",
    "Nothing is missing, and it is clear what is asked.",
)


@dataclass(frozen=True, slots=True)
class ReviewerOpinion:
    """What a careful reviewer would say: the score, the reason, and whether the problem is good."""

    score: float
    reason: str
    good: bool


def respond(brief: Brief) -> TaskAnswer:
    """Return Score: 0 to 1 with its reason; an unknown problem is scored modestly, on its form."""
    return scored(brief, brief.entries("points"))


def scored(brief: Brief, points: tuple[str, ...]) -> TaskAnswer:
    """Return the score of the problem against these points; by itself where there are none."""
    problem = brief.block("problem")
    seen = workshop.inspect(problem, points)
    belief = _opinion(brief, seen, points) if seen.known else _on_form(problem, points)
    said = _mistaken(brief, belief, points) if brief.slips(brief.persona.wrong_score) else belief
    score = round(min(1.0, max(0.0, brief.rng.gauss(said.score, brief.persona.score_noise))), 2)
    known = {"known": seen.known, "flaw": seen.flaw, "missing": list(seen.missing), "slip": said is not belief}
    truth = json.dumps({"truth": belief.good if seen.known else None, **known}, ensure_ascii=False)
    return TaskAnswer.of(("Score", score), ("Reason", said.reason), truth=truth)


def _opinion(brief: Brief, seen: workshop.Inspected, points: tuple[str, ...]) -> ReviewerOpinion:
    if seen.flaw in _FLAWED:
        score, reason = _FLAWED[seen.flaw]
        return ReviewerOpinion(score, reason.format(detail=seen.detail or seen.flaw).replace("..", "."), good=False)
    # A point that no family serves by name cannot be called missing: its link is loose unless the wording shows it.
    missing = [point for point in seen.missing if match(point).close]
    shown = _shown(brief.block("problem")) if seen.missing else frozenset()
    loose = [point for point in seen.missing if point not in missing and _standard(point) not in shown]
    if missing:
        return ReviewerOpinion(
            _GOOD - _MISSING_COST * len(missing), f"{_joined(missing)} can be left out of it.", good=False
        )
    if loose:
        sound = len(loose) <= _MOST_LOOSE
        reason = f"The problem holds together, {'though' if sound else 'but'} its link to {_joined(loose)} is loose."
        return ReviewerOpinion(_GOOD - _LOOSE_COST * len(loose), reason, good=sound)
    return ReviewerOpinion(_GOOD, f"{_praise(brief, points)}{_length(brief)}", good=True)


def _shown(problem: str) -> frozenset[str]:
    """Return the standard names of the points that the wording shows."""
    return frozenset(hit.entry.name for hit in lexicon().find(problem))


def _standard(point: str) -> str:
    entry = lexicon().named(point)
    return entry.name if entry else point


def _length(brief: Brief) -> str:
    """Return a remark on how long the way to the answer is, in half of the cases."""
    worked = workshop.solve(brief.block("problem")) if brief.slips(0.5) else None
    return f" Worked out, it takes {len(worked.steps)} steps." if worked else ""


def _on_form(problem: str, points: tuple[str, ...]) -> ReviewerOpinion:
    """Judge an unknown problem by what can be seen: whether it asks something and speaks of its points."""
    if len(problem.split()) < 4:
        return ReviewerOpinion(0.05, "There is no complete problem to score.", good=False)
    shown = _shown(problem)
    named = [point for point in points if _standard(point) in shown]
    share = len(named) / len(points) if points else 0.5
    asks = "?" in problem or any(word in problem.lower() for word in ("find", "compute", "determine", "求", "？"))
    score = 0.45 + 0.25 * share + (0.1 if asks else -0.15)
    speaks = f"speaks of {_joined(named)}" if named else "does not visibly touch its points"
    closing = "asks a clear question" if asks else "asks nothing definite"
    said = f"{speaks} and {closing}" if points else closing
    return ReviewerOpinion(score, f"I cannot work this problem out; by its wording it {said}.", good=score >= 0.7)


def _mistaken(brief: Brief, belief: ReviewerOpinion, points: tuple[str, ...]) -> ReviewerOpinion:
    """Turn a verdict around, with a reason that sounds as sure."""
    if belief.good:
        return ReviewerOpinion(brief.rng.uniform(0.35, 0.72), _objection(brief, points), good=False)
    return ReviewerOpinion(brief.rng.uniform(0.88, 0.97), _praise(brief, points), good=True)


def _praise(brief: Brief, points: tuple[str, ...]) -> str:
    return _said(brief, _PRAISE, points) if points else brief.rng.choice(_PRAISE_ALONE)


def _objection(brief: Brief, points: tuple[str, ...]) -> str:
    return _said(brief, _OBJECTIONS, points) if points else brief.rng.choice(_OBJECTIONS_ALONE)


def _said(brief: Brief, phrases: tuple[str, ...], points: tuple[str, ...]) -> str:
    point = f"“{brief.rng.choice(points)[:80]}”"
    return brief.rng.choice(phrases).format(point=point, points=_joined(points))


def _joined(names: tuple[str, ...] | list[str]) -> str:
    *most, last = [f"“{name[:80]}”" for name in names] or [""]
    return f"{', '.join(most)} and {last}" if most else last
