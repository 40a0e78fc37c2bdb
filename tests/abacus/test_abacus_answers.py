"""The answers of a good share of the families, against brute force or SymPy that know nothing of the worked steps."""

from __future__ import annotations

import itertools
import math
import random
import statistics
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from engine.abacus.reckoner import value
from engine.abacus.workshop import FAMILIES

x = sp.Symbol("x")


def poly(p: tuple[int, ...]) -> Any:
    return sp.Poly(list(p), x).as_expr()


def gambler(p: Fraction, n: int) -> Fraction:
    total = Fraction(0)
    for wins in itertools.product((True, False), repeat=n):
        if any(wins):
            total += math.prod((p if w else 1 - p) for w in wins)
    return total


ORACLES: dict[str, Callable[..., Any]] = {
    "greatest common divisor": lambda a, b: max(d for d in range(1, min(a, b) + 1) if a % d == b % d == 0),
    "least common multiple": lambda a, b: next(n for n in itertools.count(a, a) if n % b == 0),
    "number of divisors": lambda n: sum(n % d == 0 for d in range(1, n + 1)),
    "sum of divisors": lambda n: sum(d for d in range(1, n + 1) if n % d == 0),
    "power modulo": lambda a, n, m: a**n % m,
    "chinese remainder": lambda a, p, b, q: next(n for n in range(1, p * q + 1) if n % p == a and n % q == b),
    "base conversion": lambda n, b: sum(sp.ntheory.digits(n, b)[1:]),
    "euler totient": lambda n: sum(math.gcd(n, k) == 1 for k in range(1, n + 1)),
    "trailing zeros": lambda n: len(str(math.factorial(n))) - len(str(math.factorial(n)).rstrip("0")),
    "divisibility by nine": lambda a, b, c: next(d for d in range(10) if int(f"{a}{b}{d}{c}") % 9 == 0),
    "modular inverse": lambda a, m: next(n for n in range(1, m) if a * n % m == 1),
    "diophantine": lambda a, b, n: sum(a * u + b * v == n for u in range(n // a + 1) for v in range(n // b + 1)),
    "rounding": lambda n, unit: min(range(0, n + 2 * unit, unit), key=lambda m: abs(m - n)),
    "gauss sum": lambda a, b: sum(range(a, b + 1)),
    "value of an expression": lambda p, k: poly(p).subs(x, k),
    "product of binomials": lambda a, b, c, d: sp.Poly((a * x + b) * (c * x + d), x).coeff_monomial(x),
    "remainder theorem": lambda p, r: sp.rem(poly(p), x - r),
    "binomial coefficient in an expansion": lambda n, k, a: sp.Poly((x + a) ** n, x).coeff_monomial(x**k),
    "polynomial sum of coefficients": lambda a, b, n: sum(sp.Poly((a * x + b) ** n, x).all_coeffs()),
    "vieta": lambda b, c: sp.simplify(sum(r**2 for r in sp.solve(x**2 - b * x + c, x))),
    "completing the square": lambda b, c: min(k * k - b * k + c for k in range(b + 1)),
    "factor theorem": lambda r, a, c: sp.solve((x**3 + a * x**2 + sp.Symbol("k") * x + c).subs(x, r))[0],
    "linear equation": lambda a, b, c, d: sp.solve(a * x + b - c * x - d, x)[0],
    "quadratic equation": lambda b, c: max(sp.solve(x**2 + b * x + c, x)),
    "absolute value equation": lambda a, b: math.prod(n for n in range(a - b, a + b + 1) if abs(n - a) == b),
    "linear inequality": lambda a, b, c: sum(a * n + b < c for n in range(1, c)),
    "quadratic inequality": lambda p, q: sum((n - p) * (n - q) <= 0 for n in range(p - 5, q + 6)),
    "radical equation": lambda a, b, c: sp.solve(sp.sqrt(a * x + b) - c, x)[0],
    "rational equation": lambda a, b, c: sp.solve(sp.Integer(a) / (x - b) - c, x)[0],
    "logarithmic equation": lambda b, c, e: next(n for n in itertools.count(c + 1) if n - c == b**e),
    "consecutive integers": lambda k, s: next(n for n in range(s + 1) if sum(range(n - k + 1, n + 1)) == s),
    "heads and legs": lambda n, legs: next(r for r in range(n + 1) if 4 * r + 2 * (n - r) == legs),
    "sum of an arithmetic series": lambda a, d, n: sum(a + i * d for i in range(n)),
    "sum of a geometric series": lambda a, q, n: sum(a * q**i for i in range(n)),
    "sum of squares": lambda n: sum(k * k for k in range(1, n + 1)),
    "telescoping sum": lambda n: sum(Fraction(1, k * (k + 1)) for k in range(1, n + 1)),
    "sum of odd numbers": lambda n: sum(range(1, 2 * n, 2)),
    "infinite geometric series": lambda a, q: sp.summation(a * sp.Rational(str(q)) ** x, (x, 0, sp.oo)),
    "vertex of a parabola": lambda a, b, c: min(a * k * k - b * k + c for k in range(b + 1)),
    "domain of a function": lambda a, b: sum((n + a) * (b - n) >= 0 for n in range(-a - 3, b + 4)),
    "floor of a quotient": lambda n, d: n // d - (-n // d),
    "choosing a group": lambda n, k: sum(1 for _ in itertools.combinations(range(n), k)),
    "ordered selection": lambda n, k: sum(1 for _ in itertools.permutations(range(n), k)),
    "arrangements in a row": lambda n: sum(abs(p.index(0) - p.index(1)) == 1 for p in itertools.permutations(range(n))),
    "handshakes": lambda n: sum(1 for _ in itertools.combinations(range(n), 2)),
    "stars and bars": lambda n, k: sum(1 for _ in itertools.combinations_with_replacement(range(k), n)),
    "multiples of a or b": lambda n, a, b: sum(i % a == 0 or i % b == 0 for i in range(1, n + 1)),
    "derangements": lambda n: sum(all(p[i] != i for i in range(n)) for p in itertools.permutations(range(n))),
    "numbers with different digits": lambda d, k: sum(
        p[0] != 0 for p in itertools.permutations(range(d + 1), k)
    ),
    "sum of two dice": lambda s: Fraction(sum(a + b == s for a in range(1, 7) for b in range(1, 7)), 36),
    "two draws without replacement": lambda r, b: Fraction(math.comb(r, 2), math.comb(r + b, 2)),
    "at least one success": gambler,
    "binomial probability": lambda n, k: Fraction(
        sum(sum(t) == k for t in itertools.product((0, 1), repeat=n)), 2**n
    ),
    "mean of a list": lambda values: Fraction(sum(values), len(values)),
    "median of a list": lambda values: statistics.median(values),
    "mode of a list": lambda values: statistics.mode(values),
    "variance": lambda values: statistics.pvariance([Fraction(v) for v in values]),
    "diagonals of a polygon": lambda n: math.comb(n, 2) - n,
    "shoelace": lambda p, q, r, s: abs(sp.Polygon((0, 0), (p, q), (r, s)).area),
    "heron": lambda a, b, c: sp.Triangle(sss=(a, b, c)).area,
    "law of cosines": lambda a, b: sp.sqrt(a * a + b * b - 2 * a * b * sp.cos(sp.pi / 3)),
    "double angle": lambda a, c: sp.cos(2 * sp.acos(sp.Rational(a, c))).expand(trig=True),
    "derivative of a polynomial": lambda p, k: sp.diff(poly(p), x).subs(x, k),
    "second derivative": lambda p, k: sp.diff(poly(p), x, 2).subs(x, k),
    "definite integral": lambda a, b, c, k: sp.integrate(a * x**2 + b * x + c, (x, 0, k)),
    "limit at infinity": lambda a, b, c, d: sp.limit((a * x**2 + b * x) / (c * x**2 + d), x, sp.oo),
    "product rule": lambda a, b, c, k: sp.diff((a * x + b) * (x**2 + c), x).subs(x, k),
    "chain rule": lambda a, b, n, k: sp.diff((a * x + b) ** n, x).subs(x, k),
    "area under a parabola": lambda r: sp.integrate(r**2 - x**2, (x, -r, r)),
    "critical points of a cubic": lambda r, c: max((x**3 - 3 * r**2 * x + c).subs(x, v) for v in (r, -r)),
    "determinant of order three": lambda a, b, c, d, e, f: sp.Matrix([[a, 0, f], [0, b, c], [0, d, e]]).det(),
    "matrix product": lambda *e: (sp.Matrix(2, 2, e[:4]) * sp.Matrix(2, 2, e[4:])).trace(),
    "larger eigenvalue": lambda a, b, d: max(sp.Matrix([[a, b], [0, d]]).eigenvals()),
    "product of complex numbers": lambda a, b, c, d: ((a + b * 1j) * (c + d * 1j)).real,
    "powers of i": lambda n, c: sp.I**n + c,
    "de moivre": lambda k: sp.expand((1 + sp.I) ** (4 * k)),
    "complex roots of a quadratic": lambda b, c: max(sp.im(r) for r in sp.solve(x**2 - b * x + c, x)),
    "working together": lambda a, b: sp.solve(x / a + x / b - 1, x)[0],
    "ages": lambda k, d, t: next(n for n in range(t + 1, 400) if n + d - t == k * (n - t)),
}  # fmt: skip


@pytest.mark.parametrize("name", ORACLES)
def test_answer_agrees_with_an_independent_computation(name: str) -> None:
    made = next(family for family in FAMILIES if family.name == name)
    rng = random.Random(name)
    for _ in range(6):
        params = made.draw(rng, 0.3)
        answer = value(made.solve(params).answer)
        assert answer is not None
        expected = ORACLES[name](*params)
        assert Fraction(str(sp.nsimplify(expected))) == answer, (params, expected, answer)
