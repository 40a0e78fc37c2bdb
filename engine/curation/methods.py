"""What each method keeps, as published: rules, screens and size by method, chosen by the recipe of a problem's run.

A run writes more than one kind of problem where its method does: AgenticMath's seed half is judged apart from its
rewritten problems, and the better versions of continual learning are one half of preference pairs, no samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.core.records import Policy, Rule
from engine.curation.scores import SCORES


@dataclass(frozen=True, slots=True)
class MethodRules:
    """What one method keeps. `about` says it in words, with its source."""

    label: str
    about: str
    rules: tuple[Rule, ...]
    size: int | None = None


def _rule(score: str, limit: float | None = None, *, missing: str = "", use: bool = True) -> Rule:
    spec = SCORES[score]
    return Rule(score, spec.op, spec.limit if limit is None else limit, missing or spec.if_missing, use)  # type: ignore[arg-type]


_SOUND, _CLEAN = _rule("solution_pass"), _rule("contamination")

METHODS: Mapping[str, MethodRules] = {
    "gsdp": MethodRules(
        "GSDP",
        "A weighted judge score from 0.85 and no veto on the solution (GSDP 2.5).",
        (_rule("judge_score"), _SOUND, _CLEAN),
    ),
    "agenticmath": MethodRules(
        "AgenticMath",
        "Passed review, answered, and among the best 15,000 by curated joint score, the rarest first (stages 2 and 4). "
        "The run's own review limit decides; a limit on the review score is off.",
        (_rule("judge_score", 0.9, use=False), _SOUND, _CLEAN),
        15_000,
    ),
    "agenticmath-seeds": MethodRules(
        "AgenticMath, seeds",
        "Every seed whose new solution ends in an answer; seeds are not ranked and take no place of the 15,000.",
        (_SOUND, _CLEAN),
    ),
    "flames": MethodRules(
        "FLAMES",
        "What the run's keep strategy chose; the solvability judge turns down good problems, so it decides nothing.",
        (_rule("judge_score", use=False), _SOUND, _CLEAN),
    ),
    "continual": MethodRules(
        "Continual learning",
        "Both examinations passed and a difficulty from 0.3 (2.3.2 and app. D).",
        (_rule("difficulty", 0.3, missing="drop"), _SOUND, _CLEAN),
    ),
    "continual-pairs": MethodRules(
        "Continual learning, pairs",
        "Better versions of samples that failed both examinations: chosen halves of preference pairs, no samples.",
        (_CLEAN,),
    ),
    "house": MethodRules(
        "House blend",
        "A weighted judge score from 0.85 and no veto on the majority's solution.",
        (_rule("judge_score"), _SOUND, _CLEAN),
    ),
}
"""Every kind of problem by its key, as the scoreboard's column `method` names it."""


_SOURCES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("agenticmath", "judge_score"): ("The method reviews from 4.5 of 5; the run decided.", "AgenticMath stage 2"),
    ("agenticmath", "solution_pass"): ("Answered, and in the best 15,000.", "AgenticMath stage 4"),
    ("agenticmath-seeds", "solution_pass"): ("Solved anew, with an answer.", "AgenticMath, data sets"),
    ("flames", "judge_score"): ("The authors warn against solvability.", "FLAMES, quality control"),
    ("flames", "solution_pass"): ("What the keep strategy chose.", "FLAMES, quality control"),
    ("continual", "difficulty"): ("The method drops below 0.3.", "Continual learning, app. D"),
    ("continual", "solution_pass"): ("Both examinations passed.", "Continual learning 2.3.2"),
}
_OWN = ("", "gsdp")
"""Whose published limits the scores name themselves."""


def source_of(method: str, score: str) -> tuple[str, str]:
    """Return in words where a method's limit on a score comes from, and the place in its paper, '' for our choice."""
    spec = SCORES[score]
    if found := _SOURCES.get((method, score)):
        return found
    if method not in _OWN and spec.method.startswith("GSDP"):
        return ("As GSDP." if method == "house" else "", "")
    return spec.source, spec.method


def label(method: str) -> str:
    """Return the name of a method; its key where it is none of ours."""
    return METHODS[method].label if method in METHODS else method


def own_rules(method: str) -> tuple[Rule, ...]:
    """Return the published rules of a method, each naming it."""
    return tuple(replace(rule, method=method) for rule in METHODS[method].rules)


def by_method(policy: Policy) -> bool:
    """Whether a policy has rules or sizes of single methods."""
    return bool(policy.sizes) or any(rule.method for rule in policy.rules)


def of_method(policy: Policy, method: str) -> Policy:
    """Return what a policy asks of the problems of one method, as a policy for all: that of a table of these alone."""
    rules = tuple(replace(rule, method="") for rule in policy.rules if rule.method in ("", method))
    return replace(policy, rules=rules, size=dict(policy.sizes).get(method, policy.size), sizes=())


def with_method(policy: Policy, method: str, now: Policy) -> Policy:
    """Return `policy` with the rules and the size of one method replaced by those of `now`, a policy for all."""
    shared = [rule for rule in policy.rules if not rule.method]
    others = [rule for rule in policy.rules if rule.method and rule.method != method]
    others += [replace(rule, method=other) for other in METHODS if other != method for rule in shared]
    own = [replace(rule, method=method) for rule in now.rules]
    sizes = {name: size for name, size in policy.sizes if name != method} | ({method: now.size} if now.size else {})
    order = {name: place for place, name in enumerate(METHODS)}
    rules = sorted((*others, *own), key=lambda rule: order.get(rule.method, len(order)))
    return replace(policy, rules=tuple(rules), sizes=Policy.sized(sizes))


def completed(policy: Policy) -> Policy:
    """Return `policy` with the published rules of the methods that it says nothing of, where it speaks of some.

    Without them nothing would be asked of such problems, and all of them would be kept.
    """
    if not by_method(policy) or any(not rule.method for rule in policy.rules):
        return policy
    named = {rule.method for rule in policy.rules}
    lacking = [method for method in METHODS if method not in named]
    rules = (*policy.rules, *(rule for method in lacking for rule in own_rules(method)))
    usual = {method: one.size for method, one in METHODS.items() if one.size and method in lacking}
    return replace(policy, rules=rules, sizes=Policy.sized({**usual, **dict(policy.sizes)}))
