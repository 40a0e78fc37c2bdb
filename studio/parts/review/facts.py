"""What a card says about its problem, in words: chips, the evidence for the answer, judges, limits.

Only reads records and draws nothing, so each sentence can be tested without a browser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan

from engine.core.records import Policy, Solution, Verdict
from engine.curation.explain import why
from engine.curation.methods import of_method
from engine.curation.review.queues import Queue
from engine.curation.scores import SCORES
from engine.generation.judges import dimensions
from engine.store.problems import ProblemCard
from engine.verification.answers import find_answer
from engine.verification.checks import symbolic
from studio.charts import Track
from studio.ui.problem_card import Chip

_ABOUT = {
    "judge_problem": "problem",
    "judge_solution": "solution",
    "review": "problem as a whole",
    "joint": "pair as a whole",
    "solvable": "problem",
    "distraction": "added content",
    "consistent": "two solutions",
    "arbiter": "sample",
    "expert_1": "sample",
    "expert_2": "sample",
    "expert_3": "sample",
}
"""What each judge speaks about, in words."""
_PREFIX = re.compile(r"^(?:review|joint)_")
KINDS = {
    "one-hop": "One hop",
    "two-hop": "Two hops",
    "three-hop": "Three hops",
    "community": "Community",
    "random": "Random pair",
}


@dataclass(frozen=True, slots=True)
class RaterOpinion:
    """What one judge or rater said."""

    by: str
    about: str
    said: str
    """The value in words: 0.98, right, wrong, cannot tell."""
    good: bool | None
    reason: str


def latest(verdicts: Sequence[Verdict], name: str) -> Verdict | None:
    """Return the last verdict of that name, None where nobody said it."""
    return next((verdict for verdict in reversed(verdicts) if verdict.name == name), None)


def others(card: ProblemCard) -> list[tuple[str, Solution]]:
    """Return the solutions that do not stand for the problem, each with a line on its answer and its fate."""
    found = []
    for solution in card.solutions:
        if card.chosen is None or solution.id == card.chosen.id:
            continue
        veto = latest([verdict for verdict in card.verdicts if verdict.subject_id == solution.id], "solution_veto")
        fate = "not judged" if veto is None or veto.value is None else "right" if veto.value else _spaced(veto.reason)
        answer = _formula(solution.answer) if solution.answer else "no answer"
        found.append((f"Solution {solution.index + 1} · {answer} · {fate}", solution))
    return found


def chips(card: ProblemCard, judged: bool = True) -> list[Chip]:
    """Return the facts at the head of a card: concepts, kind, difficulty, standing, what people decided.

    Without `judged` nothing that a judge or check said.
    """
    found = [Chip(point) for point in card.problem.points[:3]]
    if card.problem.kind:
        found.append(Chip(KINDS.get(card.problem.kind, card.problem.kind)))
    rated = latest(card.verdicts, "difficulty") if judged else None
    if rated and rated.value is not None:
        found.append(Chip(f"Difficulty {rated.value:.2f}"))
    if judged:
        found.append(_standing(card))
    if card.decision != "open" and not card.waits:
        found.append(
            Chip(card.decision.capitalize(), "good" if card.human else "warn" if card.human is None else "bad")
        )
    if card.edited:
        found.append(Chip("Edited"))
    return found


def evidence(card: ProblemCard) -> Chip | None:
    """Return what speaks for or against the answer in one line; None where there is no solution."""
    if card.solution is None:
        return None
    said = [f"Answer {_formula(card.answer)}" if card.answer else "The solution ends without an answer"]
    found = find_answer(card.solution)
    if found.evidence and found.value == card.answer:
        said.append(f"read {found.how}")
    elif found.value and not card.answer:
        said.append(f"{_formula(found.value)} stands {found.how}, which does not count")
    if card.edited:
        derived = symbolic.check(card.statement, card.solution or "", card.answer)
        said += _anew(card, derived)
        bad = derived.outcome == "contradicted"
        return Chip(" · ".join(said), "bad" if bad else "warn" if card.waits or not card.answer else "none")
    said += _agreed(card) + _judged(card) + _checked(card)
    return Chip(" · ".join(said), "warn" if not card.answer else _standing(card).standing)


def opinions(card: ProblemCard) -> list[RaterOpinion]:
    """Return what each judge and rater said of the problem and of the solution that stands, the latest word of each."""
    last = {(verdict.name, verdict.by): verdict for verdict in _about(card) if verdict.by != "rule"}
    return [_opinion(verdict) for verdict in last.values()]


def tracks(scores: Mapping[str, float | None], policy: Policy, method: str = "") -> list[Track]:
    """Return every score of a problem on its track, with the limit where the policy uses one for its method."""
    rules = {rule.score: rule for rule in of_method(policy, method).rules if rule.use}
    found = []
    for key, spec in SCORES.items():
        rule, value = rules.get(key), scores.get(key)
        # Scores come in 32 bits: rounded, so that 0.9 is not below 0.9.
        known = None if value is None or isnan(value) else round(float(value), 6)
        at_least = (rule.op if rule else spec.op) == "at least"
        found.append(Track(spec.label, spec.low, spec.high, known, rule.limit if rule else None, at_least))
    return found


def reason_here(queue: Queue, problem_id: str, scores: Mapping[str, float | None], method: str = "") -> str:
    """Return in one sentence why this problem is in the queue."""
    if problem_id in queue.notes:
        return queue.notes[problem_id]
    if queue.kind == "draw":
        return "Drawn at random, in random order."
    if queue.kind == "audit":
        return "Drawn at random from the frozen set, in random order."
    if queue.kind == "new":
        return "Among the last that were written."
    return f"{queue.policy.name}: {why(scores, of_method(queue.policy, method)).sentence}"


def _about(card: ProblemCard) -> list[Verdict]:
    """Verdicts on the problem and on the solution that stands for it."""
    subjects = {card.problem.id, card.chosen.id if card.chosen else ""}
    return [verdict for verdict in card.verdicts if verdict.subject_id in subjects]


def _standing(card: ProblemCard) -> Chip:
    """The verdict of solvers, judges and checks in a word; none of them has seen a text that a person edited."""
    if card.edited:
        return Chip("Waits for a solution", "warn") if card.waits else Chip("Not judged since the edit", "none")
    said = _about(card)
    agreed, veto = latest(card.verdicts, "agreement"), latest(said, "solution_veto")
    shape = [verdict for verdict in said if verdict.name == "format" and verdict.value == 0]
    if shape:
        return Chip("Badly formed", "bad")
    if agreed and agreed.value is not None and agreed.value < 1:
        return Chip("Solvers split", "bad")
    if veto is None or veto.value is None:
        return Chip("Not judged", "warn")
    return Chip("Verified", "good") if veto.value else Chip("Judges object", "bad")


def _anew(card: ProblemCard, derived: symbolic.SymbolicFinding) -> list[str]:
    """Say what can be told of edited texts: judges and checks spoke of the machine's, so the check is made again."""
    waits = ["the statement was edited, its solution was not: it waits for one"] if card.waits else []
    words = {"can't tell": "the symbolic check cannot tell"}
    return [*waits, words.get(derived.outcome, derived.reason), "edited by a person since the judges saw it"]


def _agreed(card: ProblemCard) -> list[str]:
    agreed = latest(card.verdicts, "agreement")
    return [agreed.reason] if agreed and agreed.value is not None else []


def _judged(card: ProblemCard) -> list[str]:
    veto = latest(_about(card), "solution_veto")
    if veto is None or veto.value is None:
        return []
    by_judges = any(verdict.name == "judge_solution" for verdict in _about(card))
    return ["every judge holds the solution right" if veto.value and by_judges else _spaced(veto.reason)]


def _checked(card: ProblemCard) -> list[str]:
    said = []
    shapes = [verdict for verdict in _about(card) if verdict.name == "format"]
    bad = [verdict.reason for verdict in shapes if verdict.value == 0]
    if shapes:
        said.append(bad[0] if bad else "well formed")
    derived = latest(_about(card), "symbolic")
    if derived and derived.value is not None:
        said.append(derived.reason)
    leak = latest(card.verdicts, "contamination")
    if leak and leak.value:
        said.append(f"{leak.value:.0%} of a test problem: {leak.reason}")
    elif leak:
        said.append("no test problem in it" if leak.value is not None else leak.reason)
    return said


def _spaced(text: str) -> str:
    return text.replace("_", " ")


def _formula(answer: str) -> str:
    return answer if "$" in answer or "\\(" in answer else f"${answer}$"


def _opinion(verdict: Verdict) -> RaterOpinion:
    by = verdict.by.replace("_", " ")
    if verdict.name.startswith(dimensions.NAMED):
        about = dimensions.spelled(verdict.name, verdict.version)
    else:
        about = _ABOUT.get(verdict.name) or _PREFIX.sub("", verdict.name).replace("_", " ")
    if verdict.value is None:
        return RaterOpinion(by, about, "cannot tell", None, verdict.reason)
    if verdict.kind == "bool":
        good = verdict.value > 0
        return RaterOpinion(by, about, "right" if good else "wrong", good, verdict.reason)
    return RaterOpinion(by, about, f"{verdict.value:.2f}", None, verdict.reason)
