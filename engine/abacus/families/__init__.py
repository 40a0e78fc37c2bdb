"""The families, one module per area of mathematics; a family that is not listed in its module does not exist."""

from __future__ import annotations

from engine.abacus.families import (
    algebra,
    arithmetic,
    calculus,
    combinatorics,
    complex_numbers,
    equations,
    fractions_ratio,
    functions,
    geometry,
    linear_algebra,
    number_theory,
    probability,
    sequences,
    sets_logic,
    statistics,
    trigonometry,
    word_problems,
)
from engine.abacus.problem_family import ProblemFamily

ALL: tuple[ProblemFamily, ...] = (
    *arithmetic.FAMILIES,
    *fractions_ratio.FAMILIES,
    *word_problems.FAMILIES,
    *algebra.FAMILIES,
    *equations.FAMILIES,
    *sequences.FAMILIES,
    *functions.FAMILIES,
    *number_theory.FAMILIES,
    *combinatorics.FAMILIES,
    *probability.FAMILIES,
    *statistics.FAMILIES,
    *geometry.FAMILIES,
    *trigonometry.FAMILIES,
    *calculus.FAMILIES,
    *linear_algebra.FAMILIES,
    *complex_numbers.FAMILIES,
    *sets_logic.FAMILIES,
)
