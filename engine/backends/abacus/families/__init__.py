"""The families, one module per area of mathematics; a family that is not listed in its module does not exist."""

from __future__ import annotations

from engine.backends.abacus.families import number_theory
from engine.backends.abacus.family import Family

ALL: tuple[Family, ...] = (*number_theory.FAMILIES,)
