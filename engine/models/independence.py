"""Roles that ought to be independent and are not: one model that judges its own work, or that votes twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import combinations

_PACE = re.compile(r"@[\d.]+m?s$")
_MAKERS = {
    "writer": "problems",
    "reviser": "revisions",
    "solver": "solutions",
    "solver_low": "solutions",
    "solver_high": "solutions",
}
JUDGING = (
    "evaluator", "reviewer", "solvability_judge", "reward", "expert_a", "expert_b", "arbiter",
)  # fmt: skip
"""Roles that judge what others make, beside the judges whose votes are weighed (AM-23, CL-37)."""


def doubts(roles: Mapping[str, str], judges: Iterable[str]) -> tuple[str, ...]:
    """Return one sentence for each pair of roles that share a model although one should check the other.

    `roles` gives BACKEND:MODEL by role, `judges` the roles whose votes are weighed. The pace of an embedded
    persona (`@40ms`) makes no other model of it.
    """
    who = {role: model_of(where) for role, where in roles.items()}
    seated = [judge for judge in judges if judge in who]
    found = [
        f"{role_name(judge)} and the {role_name(maker).lower()} are one model. It judges its own {made}."
        for maker, made in _MAKERS.items()
        for judge in seated
        if maker in who and who[maker] == who[judge]
    ]
    found += [
        f"{role_name(a)} and {role_name(b)} are one model. Its mistakes count twice."
        for a, b in combinations(seated, 2)
        if who[a] == who[b]
    ]
    return tuple(found)


def model_of(where: str) -> str:
    """Return BACKEND:MODEL without the pace of an embedded persona."""
    return _PACE.sub("", where.strip())


def role_name(role: str) -> str:
    """Return a role as people say it: judge_a becomes Judge A."""
    first, *rest = role.split("_")
    return " ".join((first.capitalize(), *(word.upper() if len(word) == 1 else word for word in rest)))
