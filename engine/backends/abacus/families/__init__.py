"""The families, one module per area of mathematics; a family that is not listed in its module does not exist."""

from __future__ import annotations

from engine.backends.abacus.families import (
    algebra,
    arithmetic,
    combinatorics,
    equations,
    fractions_ratio,
    functions,
    number_theory,
    probability,
    sequences,
)
from engine.backends.abacus.family import Family

ALL: tuple[Family, ...] = (
    *arithmetic.FAMILIES,
    *fractions_ratio.FAMILIES,
    *algebra.FAMILIES,
    *equations.FAMILIES,
    *sequences.FAMILIES,
    *functions.FAMILIES,
    *number_theory.FAMILIES,
    *combinatorics.FAMILIES,
    *probability.FAMILIES,
)
