"""Which families serve a knowledge point, whatever words it is named with."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import lru_cache
from math import log

from engine.abacus.families import ALL
from engine.abacus.problem_family import ProblemFamily
from engine.abacus.synonyms import SYNONYMS

_STOP_WORDS = (
    "a an and as at basic between by calculating calculation computing concept concepts definition finding for formula"
    " formulas from general given in into its law laws method methods of on one or problem problems properties"
    " property real rule rules simple solving standard technique techniques the theorem theorems to two use using with"
    " number numbers word value values application applications fundamental elementary"
)
_STOP = frozenset(_STOP_WORDS.split())
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ses", "se"), ("xes", "x"), ("s", ""))
_WORD = re.compile(r"[a-z]+|[\u4e00-\u9fff]+")
_CLOSE = 0.8
"""Share of the best likeness from which another family serves the point too."""
_ENOUGH = 0.34
"""Share of the point's own words (weighted) that a family must know to count as naming it."""

AREA_WORDS: dict[str, str] = {
    "arithmetic": "arithmetic addition subtraction multiplication division integer whole digit decimal round estimation"
    " operation numeral place negative absolute square root exponent measurement",
    "fractions and ratios": "fraction ratio proportion percent percentage rate interest discount scale unit share"
    " reciprocal simplify rational profit loss tax",
    "algebra": "algebra polynomial expression identity factor factoring expand expansion binomial logarithm radical"
    " substitution term coefficient degree variable symmetric completing exponent",
    "equations": "equation inequality system linear quadratic root solution unknown elimination discriminant",
    "sequences": "sequence series pattern recursion recurrence recursive progression summation telescoping term",
    "functions": "function graph domain range inverse composition line slope coordinate parabola midpoint intercept"
    " vertex plane piecewise floor asymptote transformation conic ellipse hyperbola distance",
    "number theory": "theory divisor divisibility prime modular remainder congruence multiple gcd lcm parity base"
    " diophantine totient factorization even odd",
    "combinatorics": "counting combination permutation arrangement combinatorics pigeonhole casework principle path"
    " subset inclusion exclusion selection bijection stars",
    "probability": "probability chance random dice coin expected event conditional outcome bayes distribution",
    "statistics": "statistic mean average median mode range variance deviation data frequency quartile chart",
    "geometry": "geometry triangle circle angle area perimeter volume polygon rectangle square cube sphere cone"
    " cylinder similar congruent parallel perpendicular radius diameter chord tangent surface quadrilateral"
    " trapezoid parallelogram hexagon shape solid symmetry pyramid prism altitude median circumference",
    "trigonometry": "trigonometry trigonometric sine cosine tangent radian period amplitude identity",
    "calculus": "calculus derivative integral limit differentiation integration continuity tangent extremum"
    " optimization maximum minimum rate monotonicity concavity convergence taylor differential gradient",
    "linear algebra": "matrix matrice vector determinant eigenvalue linear dot cross product rank transformation basis"
    " projection orthogonal",
    "complex numbers": "complex imaginary modulus conjugate moivre unity argand polar",
    "sets and logic": "set union intersection venn logic subset complement truth statement proposition cardinality",
    "word problems": "speed time distance work age money cost price mixture travel clock calendar purchase shopping"
    " consumption budget day week hour minute journey",
}
"""Words that place a point in an area when no family names it."""


@dataclass(frozen=True, slots=True)
class FamilyMatch:
    """Families for a point; `close` is False where none of them has to do with it."""

    families: tuple[ProblemFamily, ...]
    close: bool


def stems(name: str) -> frozenset[str]:
    """Return the telling words of a name in their basic form."""
    words = (_stem(word) for word in _WORD.findall(name.lower().replace("'s", "").replace("’s", "")) if word)
    return frozenset(word for word in words if word not in _STOP and len(word) > 1)


def _stem(word: str) -> str:
    if word in _STOP or len(word) < 4:
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and not word.endswith(("ss", "us", "is")):
            return word[: len(word) - len(ending)] + instead
    return word


def plain(name: str) -> str:
    """Return the name without case, article and punctuation, to compare names for equality."""
    return " ".join(_WORD.findall(name.lower().replace("'s", "").removeprefix("the ")))


_BY_NAME: dict[str, tuple[ProblemFamily, ...]] = {}
for _made in ALL:
    for _point in _made.points:
        _BY_NAME[plain(_point)] = (*_BY_NAME.get(plain(_point), ()), _made)

_FAMILY = {made.name: made for made in ALL}
for _point, _names in SYNONYMS.items():
    _BY_NAME.setdefault(plain(_point), tuple(_FAMILY[name] for name in _names))

_STEMS: tuple[tuple[ProblemFamily, tuple[frozenset[str], ...]], ...] = tuple(
    (made, tuple(stems(point) for point in made.points)) for made in ALL
)


def _weights() -> dict[str, float]:
    counts: dict[str, int] = {}
    for _, points in _STEMS:
        for word in frozenset().union(*points):
            counts[word] = counts.get(word, 0) + 1
    return {word: 1 + log(len(ALL) / count) for word, count in counts.items()}


_WEIGHTS = _weights()
_UNKNOWN_WEIGHT = 1.5


@lru_cache(maxsize=8192)
def match(point: str) -> FamilyMatch:
    """Return the families that fit a point best: by its name, by shared words, by area, or at the least some family."""
    named = _BY_NAME.get(plain(point))
    if named:
        return FamilyMatch(named, close=True)
    words = stems(point)
    scored = [(max(_likeness(words, own) for own in points), made) for made, points in _STEMS]
    best = max(score for score, _ in scored)
    if best >= _ENOUGH:
        return FamilyMatch(tuple(made for score, made in scored if score >= max(best * _CLOSE, _ENOUGH)), close=True)
    return _by_area(point, words)


def _likeness(words: frozenset[str], own: frozenset[str]) -> float:
    """Return the weighted share of common words in both names together."""
    shared = words & own
    if not shared:
        return 0.0
    together = sum(_WEIGHTS.get(word, _UNKNOWN_WEIGHT) for word in words | own)
    return sum(_WEIGHTS.get(word, _UNKNOWN_WEIGHT) for word in shared) / together


@lru_cache(maxsize=1)
def _area_stems() -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((area, stems(words)) for area, words in AREA_WORDS.items())


def _by_area(point: str, words: frozenset[str]) -> FamilyMatch:
    counts = [(len(words & own), area) for area, own in _area_stems()]
    best = max(count for count, _ in counts)
    areas = {area for count, area in counts if count == best} if best else set()
    families = tuple(made for made in ALL if made.area in areas)
    if families:
        return FamilyMatch(families, close=True)
    start = zlib.crc32(plain(point).encode()) % len(ALL)
    return FamilyMatch((ALL[start],), close=False)
