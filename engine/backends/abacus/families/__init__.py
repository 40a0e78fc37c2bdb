"""The families, one module per area of mathematics; a family that is not listed in its module does not exist."""

from __future__ import annotations

from engine.backends.abacus.families import (
    algebra,
    arithmetic,
    equations,
    fractions_ratio,
    number_theory,
    sequences,
)
from engine.backends.abacus.family import Family

ALL: tuple[Family, ...] = (
    *arithmetic.FAMILIES,
    *fractions_ratio.FAMILIES,
    *algebra.FAMILIES,
    *equations.FAMILIES,
    *sequences.FAMILIES,
    *number_theory.FAMILIES,
)
