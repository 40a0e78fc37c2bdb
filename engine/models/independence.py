"""Roles that ought to be independent and are not: one model that judges its own work, or that votes twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

_PACE = re.compile(r"@[\d.]+m?s$")
_MAKERS = {
    "writer": "problems",
    "reviser": "revisions",
    "solver": "solutions",
    "solver_low": "solutions",
    "solver_high": "solutions",
}
_TIMES = {2: "twice", 3: "three times"}
JUDGING = (
    "evaluator", "reviewer", "solvability_judge", "reward", "expert_a", "expert_b", "arbiter",
)  # fmt: skip
"""Roles that judge what others make, beside the judges whose votes are weighed (AM-23, CL-37)."""


def doubts(roles: Mapping[str, str], judges: Iterable[str]) -> tuple[str, ...]:
    """Return what roles share a model although one should check the other, or have two where one is meant.

    `roles` gives BACKEND:MODEL by role, `judges` the roles whose votes are weighed. The pace of an embedded
    persona (`@40ms`) makes no other model of it.
    """
    who = {role: model_of(where) for role, where in roles.items()}
    seated = [judge for judge in dict.fromkeys(judges) if judge in who]
    return (*_own_work(who, seated), *_double_votes(who, seated), *_routes(who), *_copies(who))


def _own_work(who: Mapping[str, str], judges: Iterable[str]) -> list[str]:
    found = []
    for judge in judges:
        same = [maker for maker in _MAKERS if who.get(maker) == who[judge]]
        if same:
            makers = _joined([f"the {role_name(maker).lower()}" for maker in same])
            made = _joined(list(dict.fromkeys(_MAKERS[maker] for maker in same)))
            found.append(f"{role_name(judge)} and {makers} are one model. It judges its own {made}.")
    return found


def _double_votes(who: Mapping[str, str], judges: Iterable[str]) -> list[str]:
    votes: dict[str, list[str]] = {}
    for judge in judges:
        votes.setdefault(who[judge], []).append(role_name(judge))
    return [
        f"{_joined(names)} are one model. Its mistakes count {_TIMES.get(len(names), f'{len(names)} times')}."
        for names in votes.values()
        if len(names) > 1
    ]


def _routes(who: Mapping[str, str]) -> list[str]:
    low, high = who.get("solver_low"), who.get("solver_high")
    if low is None or low != high:
        return []
    return ["Easy and hard problems are solved by one model. Routing by difficulty changes nothing."]


def _copies(who: Mapping[str, str]) -> list[str]:
    copy, writer = who.get("self"), who.get("writer")
    if copy is None or writer is None or copy == writer:
        return []
    return ["Self and the writer are two models. Self-play is meant for a copy of the writer."]


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def model_of(where: str) -> str:
    """Return BACKEND:MODEL without the pace of an embedded persona."""
    return _PACE.sub("", where.strip())


def role_name(role: str) -> str:
    """Return a role as people say it: judge_a becomes Judge A."""
    first, *rest = role.split("_")
    return " ".join((first.capitalize(), *(word.upper() if len(word) == 1 else word for word in rest)))
