"""Who speaks: five personas with known error rates, so that judges disagree and curation has something to find.

Rates are shares of replies. They are the ground truth that a report on judges can be held against.

    persona          flawed    wrong     wrong  wrong  wrong  wrong  unreadable
                     problems  solutions keep   same   score  check
    abacus-small     0.30      0.22      0.08   0.06   0.12   0.12   0.015
    abacus-large     0.15      0.07      0.03   0.02   0.06   0.06   0.008
    abacus-judge-a   0.15      0.07      0.03   0.02   0.04   0.04   0.008
    abacus-judge-b   0.18      0.10      0.04   0.03   0.08   0.07   0.010
    abacus-judge-c   0.22      0.14      0.06   0.04   0.13   0.11   0.014
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.core.errors import Refused

_PACE = re.compile(r"^(?P<name>[^@]+)@(?P<amount>\d+(?:\.\d+)?)(?P<unit>ms|s)$")
_LONGEST_PACE_S = 60.0


@dataclass(frozen=True, slots=True)
class Persona:
    """One way of being wrong. Every rate is a share of replies from 0 to 1."""

    name: str
    about: str
    flawed_problem: float
    """Written problems that carry a flaw on purpose."""
    wrong_solution: float
    """Solutions of solvable problems that end in a wrong answer or stop short."""
    wrong_keep: float
    """Points kept that should go, or the other way round."""
    wrong_same: float
    """Pairs called equal that differ, or the other way round."""
    wrong_score: float
    """Good problems scored low, bad ones scored high."""
    wrong_check: float
    """Right solutions refused, wrong ones let through."""
    unreadable: float
    """Replies that are cut, miss their marker, are off the scale or hold prose only."""
    vague_point: float
    """Extractions with an item such as "logical thinking"."""
    false_point: float
    """Extractions with a false statement."""
    detailed_point: float
    """Extractions with an item bound to this one problem."""
    other_name: float
    """Points that are called by another of their names."""
    score_noise: float
    """Standard deviation of scores and difficulties around what the persona believes."""


PERSONAS: tuple[Persona, ...] = (
    Persona(
        "abacus-small",
        "A quick and careless student: many slips, many side remarks.",
        flawed_problem=0.30,
        wrong_solution=0.22,
        wrong_keep=0.08,
        wrong_same=0.06,
        wrong_score=0.12,
        wrong_check=0.12,
        unreadable=0.015,
        vague_point=0.08,
        false_point=0.02,
        detailed_point=0.06,
        other_name=0.25,
        score_noise=0.06,
    ),
    Persona(
        "abacus-large",
        "A careful writer and solver with few slips.",
        flawed_problem=0.15,
        wrong_solution=0.07,
        wrong_keep=0.03,
        wrong_same=0.02,
        wrong_score=0.06,
        wrong_check=0.06,
        unreadable=0.008,
        vague_point=0.03,
        false_point=0.005,
        detailed_point=0.02,
        other_name=0.15,
        score_noise=0.04,
    ),
    Persona(
        "abacus-judge-a",
        "The steadiest of the three judges.",
        flawed_problem=0.15,
        wrong_solution=0.07,
        wrong_keep=0.03,
        wrong_same=0.02,
        wrong_score=0.04,
        wrong_check=0.04,
        unreadable=0.008,
        vague_point=0.03,
        false_point=0.005,
        detailed_point=0.02,
        other_name=0.15,
        score_noise=0.03,
    ),
    Persona(
        "abacus-judge-b",
        "A judge who misses one case in twelve.",
        flawed_problem=0.18,
        wrong_solution=0.10,
        wrong_keep=0.04,
        wrong_same=0.03,
        wrong_score=0.08,
        wrong_check=0.07,
        unreadable=0.010,
        vague_point=0.04,
        false_point=0.01,
        detailed_point=0.03,
        other_name=0.20,
        score_noise=0.04,
    ),
    Persona(
        "abacus-judge-c",
        "A hasty judge, wrong in one case of eight.",
        flawed_problem=0.22,
        wrong_solution=0.14,
        wrong_keep=0.06,
        wrong_same=0.04,
        wrong_score=0.13,
        wrong_check=0.11,
        unreadable=0.014,
        vague_point=0.06,
        false_point=0.015,
        detailed_point=0.04,
        other_name=0.20,
        score_noise=0.06,
    ),
)
"""Every persona; the model name is the persona's name."""

_BY_NAME = {persona.name: persona for persona in PERSONAS}


@dataclass(frozen=True, slots=True)
class Cast:
    """A persona and how long it takes over a reply, in seconds."""

    persona: Persona
    pace_s: float = 0.0


def cast(model: str) -> Cast:
    """Return who answers to `model`: a persona's name, or name@40ms and name@1.5s for a slower one.

    Raises Refused for any other name and for a pace above a minute.
    """
    paced = _PACE.match(model)
    name = paced["name"] if paced else model
    persona = _BY_NAME.get(name)
    if persona is None:
        known = ", ".join(_BY_NAME)
        raise Refused(f"Abacus has no model {model!r}; it has {known}, each also with a pace such as @40ms")
    pace = float(paced["amount"]) * (0.001 if paced["unit"] == "ms" else 1.0) if paced else 0.0
    if pace > _LONGEST_PACE_S:
        raise Refused(f"Abacus takes at most {_LONGEST_PACE_S:g} s over a reply, not {pace:g} s")
    return Cast(persona, pace)
