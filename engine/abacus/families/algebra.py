"""Expressions, polynomials, identities, logarithms."""

from __future__ import annotations

import random
from math import comb

from engine.abacus.notation import bracket, is_square, join, plus
from engine.abacus.problem_family import ProblemFamily, WorkedSolution, family, nonzero, say, upto, worked

AREA = "algebra"


@family(
    "value of an expression",
    "Algebraic expressions",
    "Substitution",
    area=AREA,
    level=0.15,
    draw=lambda rng, size: (
        (rng.randint(1, 5), nonzero(rng, 9), nonzero(rng, 12)),
        upto(rng, size, 2, 7, 15),
    ),
    valid=lambda p, k: len(p) <= 6 and abs(k) < 10**4,
    slot="k",
    wordings=(
        say("the value of $<p:poly>$ at $x = <k>$"),
        say("the value of the expression $<p:poly>$ for $x = <k>$"),
        say("the number that the expression $<p:poly>$ takes when $x$ is replaced by $<k>$"),
    ),
)
def _value(p: tuple[int, ...], k: int) -> WorkedSolution:
    degree = len(p) - 1
    terms = [c * k ** (degree - i) for i, c in enumerate(p) if c]
    shown = [f"{c} \\cdot {bracket(k)}^{degree - i}" for i, c in enumerate(p) if c and degree - i > 1]
    return worked(
        sum(terms),
        f"Substitute $x = {k}$" + (f"; the leading term is ${shown[0]} = {terms[0]}$." if shown else "."),
        f"${join(terms)} = {sum(terms)}$",
    )


@family(
    "product of binomials",
    "Multiplication of polynomials",
    "Coefficients of polynomials",
    "Expanding brackets",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: (
        upto(rng, size, 1, 4, 9), nonzero(rng, 9), upto(rng, size, 2, 5, 9), nonzero(rng, 9),
    ),
    valid=lambda a, b, c, d: a > 0 and c > 0 and b != 0 and d != 0,
    wordings=(
        say("the coefficient of $x$ in the expansion of $(<a:coef>x <b:plus>)(<c:coef>x <d:plus>)$"),
        say("the coefficient of $x$",
            setup="The product $(<a:coef>x <b:plus>)(<c:coef>x <d:plus>)$ is multiplied out and like terms are"
            " combined."),
        say("the number $m$ for which $(<a:coef>x <b:plus>)(<c:coef>x <d:plus>)$ has the linear term $mx$"),
    ),
)  # fmt: skip
def _binomials(a: int, b: int, c: int, d: int) -> WorkedSolution:
    return worked(
        a * d + b * c,
        f"Expand the product: the linear terms come from ${a}x \\cdot {bracket(d)}$ and ${bracket(b)} \\cdot {c}x$.",
        f"${a} \\cdot {bracket(d)} = {a * d}$ and ${bracket(b)} \\cdot {c} = {b * c}$.",
        f"The coefficient is ${a * d} {plus(b * c)} = {a * d + b * c}$.",
    )


@family(
    "difference of squares",
    "Difference of squares",
    "Factoring polynomials",
    area=AREA,
    level=0.22,
    draw=lambda rng, size: ((b := upto(rng, size, 12, 60, 400)) + rng.randint(1, 9), b),
    valid=lambda a, b: a > b > 0,
    slot="b",
    wordings=(
        say("the value of $<a>^2 - <b>^2$"),
        say("the difference between the square of $<a>$ and the square of $<b>$"),
        say(
            "the area of the remaining border in square metres",
            setup="From a square lawn with sides of <a> metres a square pond with sides of <b> metres is cut out.",
        ),
    ),
)
def _squares(a: int, b: int) -> WorkedSolution:
    return worked(
        a * a - b * b,
        f"Use the difference of squares: ${a}^2 - {b}^2 = ({a} - {b})({a} + {b})$.",
        f"${a} - {b} = {a - b}$ and ${a} + {b} = {a + b}$.",
        f"${a - b} \\cdot {a + b} = {a * a - b * b}$",
    )


@family(
    "sum of squares from sum and product",
    "Algebraic identities",
    "Square of a sum",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: ((x := upto(rng, size, 2, 8, 20)) + (y := upto(rng, size, 1, 8, 20)), x * y),
    valid=lambda s, p: s > 0 and p > 0 and s * s >= 4 * p,
    clash=lambda s, p: s * s < 4 * p,
    slot="s",
    wordings=(
        say(
            "the value of $x^2 + y^2$",
            setup="Two real numbers $x$ and $y$ satisfy $x + y = <s>$ and $xy = <p>$.",
        ),
        say("the sum of the squares of two real numbers whose sum is $<s>$ and whose product is $<p>$"),
        say(
            "the square of the length of its diagonal",
            setup="The length and the width of a rectangle add up to $<s>$, and its area is $<p>$.",
        ),
    ),
)
def _identity(s: int, p: int) -> WorkedSolution:
    return worked(
        s * s - 2 * p,
        "Use the square of a sum: $(x + y)^2 = x^2 + 2xy + y^2$, so $x^2 + y^2 = (x + y)^2 - 2xy$.",
        f"${s}^2 = {s * s}$ and $2 \\cdot {p} = {2 * p}$.",
        f"${s * s} - {2 * p} = {s * s - 2 * p}$",
    )


@family(
    "sum of cubes from sum and product",
    "Sum of cubes",
    "Symmetric polynomials",
    area=AREA,
    level=0.5,
    draw=lambda rng, size: ((x := upto(rng, size, 2, 6, 12)) + (y := upto(rng, size, 1, 6, 12)), x * y),
    valid=lambda s, p: s > 0 and p > 0 and s * s >= 4 * p,
    clash=lambda s, p: s * s < 4 * p,
    slot="s",
    wordings=(
        say("the value of $x^3 + y^3$", setup="Real numbers $x$ and $y$ have the sum $<s>$ and the product $<p>$."),
        say("the sum of the cubes of two real numbers with sum $<s>$ and product $<p>$"),
        say("the total volume of both cubes",
            setup="The edges of two cubes together measure $<s>$, and the product of the two edge lengths is $<p>$."),
    ),
)  # fmt: skip
def _cubes(s: int, p: int) -> WorkedSolution:
    return worked(
        s**3 - 3 * p * s,
        "The sum of cubes is a symmetric polynomial: $x^3 + y^3 = (x + y)^3 - 3xy(x + y)$.",
        f"${s}^3 = {s**3}$ and $3 \\cdot {p} \\cdot {s} = {3 * p * s}$.",
        f"${s**3} - {3 * p * s} = {s**3 - 3 * p * s}$",
    )


@family(
    "remainder theorem",
    "Remainder theorem",
    "Polynomial division",
    area=AREA,
    level=0.38,
    draw=lambda rng, size: ((1, nonzero(rng, 6), nonzero(rng, 9), nonzero(rng, 12)), rng.choice((1, 2, 3, 4, 5))),
    valid=lambda p, r: 2 <= len(p) <= 7 and 0 < r < 1000,
    slot="r",
    wordings=(
        say("the remainder when $<p:poly>$ is divided by $x - <r>$"),
        say("the remainder of the polynomial division of $<p:poly>$ by $x - <r>$"),
        say(
            "the constant $c$",
            setup="There are a polynomial $q(x)$ and a constant $c$ with $<p:poly> = (x - <r>)\\,q(x) + c$ for"
            " all $x$.",
        ),
    ),
)
def _remainder(p: tuple[int, ...], r: int) -> WorkedSolution:
    degree = len(p) - 1
    terms = [c * r ** (degree - i) for i, c in enumerate(p) if c]
    return worked(
        sum(terms),
        f"By the remainder theorem the remainder is the value of the polynomial at $x = {r}$.",
        f"The terms there are ${', '.join(map(str, terms))}$.",
        f"${join(terms)} = {sum(terms)}$",
    )


@family(
    "factor theorem",
    "Factor theorem",
    "Roots of polynomials",
    area=AREA,
    level=0.4,
    draw=lambda rng, size: ((r := rng.choice((1, 2, 3, 4))), nonzero(rng, 5), r * nonzero(rng, 9)),
    valid=lambda r, a, c: r > 0 and a != 0 and c != 0 and (r**3 + a * r * r + c) % r == 0,
    wordings=(
        say("the number $k$ for which $x - <r>$ is a factor of $x^3 <a:pcoef>x^2 + kx <c:plus>$"),
        say("the value of $k$ such that $x = <r>$ is a root of $x^3 <a:pcoef>x^2 + kx <c:plus>$"),
        say("the constant $k$", setup="The polynomial $x^3 <a:pcoef>x^2 + kx <c:plus>$ is divisible by $x - <r>$."),
    ),
)
def _factor(r: int, a: int, c: int) -> WorkedSolution:
    rest = r**3 + a * r * r + c
    return worked(
        -rest // r,
        f"By the factor theorem the polynomial vanishes at $x = {r}$.",
        f"Without the term with $k$ its value is ${join([r**3, a * r * r, c])} = {rest}$.",
        f"So ${r}k = {-rest}$, and $k = {-rest} \\div {r} = {-rest // r}$.",
    )


@family(
    "vieta",
    "Vieta's formulas",
    "Sum and product of roots",
    area=AREA,
    level=0.38,
    draw=lambda rng, size: (upto(rng, size, 3, 12, 40), nonzero(rng, 12)),
    valid=lambda b, c: b > 0 and c != 0 and b * b - 4 * c > 0,
    clash=lambda b, c: b * b < 4 * c,
    slot="b",
    wordings=(
        say(
            "the value of $r^2 + s^2$", setup="Let $r$ and $s$ denote the two real roots of $x^2 - <b>x <c:plus> = 0$."
        ),
        say("the sum of the squares of the two real solutions of $x^2 - <b>x <c:plus> = 0$"),
        say(
            "the value of $(r + s)^2 - 2rs$",
            setup="The equation $x^2 - <b>x <c:plus> = 0$ has two real roots $r$ and $s$.",
        ),
    ),
)
def _vieta(b: int, c: int) -> WorkedSolution:
    return worked(
        b * b - 2 * c,
        f"By Vieta's formulas $r + s = {b}$ and $rs = {c}$.",
        f"$r^2 + s^2 = (r + s)^2 - 2rs$, with ${b}^2 = {b * b}$ and $2 \\cdot {bracket(c)} = {2 * c}$.",
        f"${b * b} - {bracket(2 * c)} = {b * b - 2 * c}$",
    )


@family(
    "completing the square",
    "Completing the square",
    "Minimum of a quadratic function",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (2 * upto(rng, size, 1, 6, 15), upto(rng, size, 5, 60, 300)),
    valid=lambda b, c: b > 0 and b % 2 == 0 and b < 10**5,
    slot="c",
    wordings=(
        say("the smallest value of $x^2 - <b>x + <c>$ for real $x$"),
        say("the minimum of the quadratic function $f(x) = x^2 - <b>x + <c>$"),
        say("the number $m$ for which $x^2 - <b>x + <c>$ can be written as $(x - h)^2 + m$"),
    ),
)
def _completing(b: int, c: int) -> WorkedSolution:
    h = b // 2
    return worked(
        c - h * h,
        f"Complete the square: half of ${b}$ is ${h}$, and $(x - {h})^2 = x^2 - {b}x + {h * h}$.",
        f"So $x^2 - {b}x + {c} = (x - {h})^2 + {c} - {h * h}$, and the square is $0$ at $x = {h}$.",
        f"The minimum is ${c} - {h * h} = {c - h * h}$.",
    )


@family(
    "rational exponent",
    "Rational exponents",
    "Radicals",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (
        rng.choice((2, 3, 4, 5)),
        (n := rng.choice((2, 3, 4))),
        rng.choice((3, 5) if n == 2 else (2, 5)),
    ),
    valid=lambda b, n, m: 1 < b < 30 and 1 < n < 6 and 0 < m < 9,
    wordings=(
        say(r"the value of $(<b>^{<n>})^{<m>/<n>}$"),
        say(r"the value of $\left(\sqrt[<n>]{<b>^{<n>}}\right)^{<m>}$"),
        say(r"the <m:ord> power of $\sqrt[<n>]{<b>^{<n>}}$"),
    ),
)
def _rational(b: int, n: int, m: int) -> WorkedSolution:
    return worked(
        b**m,
        f"A rational exponent is a root and a power: the root of order ${n}$ of ${b}^{n}$ is ${b}$.",
        f"${b}^{m} = {b**m}$",
    )


def _log_numbers(rng: random.Random, size: float) -> tuple[int, int, int]:
    base = rng.choice((2, 3, 6, 10))
    total: int = base ** rng.randint(2, 4 if size < 0.6 else 5)
    divisors = [d for d in range(2, total) if total % d == 0]
    one = rng.choice(divisors)
    return base, one, total // one


@family(
    "sum of logarithms",
    "Logarithms",
    "Laws of logarithms",
    area=AREA,
    level=0.38,
    draw=_log_numbers,
    valid=lambda b, u, v: b > 1 and u > 1 and v > 1 and _exact_log(b, u * v) is not None,
    wordings=(
        say(r"the value of $\log_{<b>} <u> + \log_{<b>} <v>$"),
        say(r"the exponent to which $<b>$ must be raised to give $<u> \cdot <v>$"),
        say(r"the logarithm of $<u> \cdot <v>$ to the base $<b>$"),
    ),
)  # fmt: skip
def _logarithms(b: int, u: int, v: int) -> WorkedSolution:
    e = _exact_log(b, u * v) or 0
    return worked(
        e,
        rf"By the laws of logarithms $\log_{{{b}}} {u} + \log_{{{b}}} {v}$ is the logarithm of the product.",
        f"${u} \\cdot {v} = {u * v}$",
        f"${b}^{{{e}}} = {u * v}$, so the logarithm is ${e}$.",
    )


def _exact_log(base: int, number: int) -> int | None:
    exponent, power = 0, 1
    while power < number:
        power *= base
        exponent += 1
    return exponent if power == number else None


@family(
    "binomial coefficient in an expansion",
    "Binomial theorem",
    "Binomial coefficients",
    area=AREA,
    level=0.45,
    draw=lambda rng, size: ((n := upto(rng, size, 4, 7, 10)), rng.randint(1, n - 1), rng.randint(1, 4)),
    valid=lambda n, k, a: 1 < n <= 60 and 0 < k < n and a != 0 and abs(a) < 100,
    clash=lambda n, k, a: k > n,
    slot="n",
    wordings=(
        say("the coefficient of $x^{<k>}$ in the expansion of $(x + <a>)^{<n>}$"),
        say("the number in front of $x^{<k>}$ when $(x + <a>)^{<n>}$ is multiplied out"),
        say("the coefficient of the term with $x^{<k>}$", setup="Expand the power $(x + <a>)^{<n>}$ in powers of $x$."),
    ),
)
def _expansion(n: int, k: int, a: int) -> WorkedSolution:
    return worked(
        comb(n, k) * a ** (n - k),
        rf"By the binomial theorem the term is $\binom{{{n}}}{{{k}}} x^{{{k}}} \cdot {a}^{{{n - k}}}$.",
        rf"$\binom{{{n}}}{{{k}}} = {comb(n, k)}$ and ${a}^{{{n - k}}} = {a ** (n - k)}$.",
        f"${comb(n, k)} \\cdot {a ** (n - k)} = {comb(n, k) * a ** (n - k)}$",
    )


@family(
    "simplified radical",
    "Simplifying radicals",
    "Square roots",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: (
        upto(rng, size, 2, 6, 12) ** 2 * (r := rng.choice((2, 3, 5, 6, 7))),
        upto(rng, size, 2, 6, 12) ** 2 * r,
    ),
    valid=lambda a, b: a > 0 and b > 0 and a != b and is_square(a * b) and not is_square(a),
    wordings=(
        say(r"the square of $\sqrt{<a>} + \sqrt{<b>}$"),
        say(r"the value of $\left(\sqrt{<a>} + \sqrt{<b>}\right)^2$"),
        say(r"the area of a square with side length $\sqrt{<a>} + \sqrt{<b>}$"),
    ),
)
def _radicals(a: int, b: int) -> WorkedSolution:
    middle = round((a * b) ** 0.5)
    return worked(
        a + b + 2 * middle,
        rf"Simplify the radicals in the square of the sum: ${a} + {b} + 2\sqrt{{{a} \cdot {b}}}$.",
        rf"$\sqrt{{{a * b}}} = {middle}$",
        f"${a} + {b} + 2 \\cdot {middle} = {a + b + 2 * middle}$",
    )


@family(
    "polynomial sum of coefficients",
    "Sum of coefficients",
    "Polynomial evaluation",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (rng.randint(2, 5), nonzero(rng, 3), upto(rng, size, 2, 4, 6)),
    valid=lambda a, b, n: a > 1 and b != 0 and 1 < n < 12 and abs(a + b) > 1,
    slot=None,
    wordings=(
        say("the sum of all coefficients of the polynomial $(<a>x <b:plus>)^{<n>}$"),
        say(
            "the sum of the coefficients", setup="The power $(<a>x <b:plus>)^{<n>}$ is written as a polynomial in $x$."
        ),
        say("the value of the polynomial $(<a>x <b:plus>)^{<n>}$ at $x = 1$"),
    ),
)
def _coefficients(a: int, b: int, n: int) -> WorkedSolution:
    return worked(
        (a + b) ** n,
        "The sum of the coefficients is the value of the polynomial at $x = 1$.",
        f"${a} \\cdot 1 {plus(b)} = {a + b}$",
        f"${bracket(a + b)}^{{{n}}} = {(a + b) ** n}$",
    )


@family(
    "like terms",
    "Combining like terms",
    "Distributive property",
    area=AREA,
    level=0.15,
    draw=lambda rng, size: (upto(rng, size, 2, 6, 12), nonzero(rng, 9), upto(rng, size, 2, 6, 12), nonzero(rng, 9)),
    valid=lambda a, b, c, d: a > 0 and b != 0 and c > 0 and d != 0,
    wordings=(
        say("the coefficient of $x$ in the simplified form of $<a>(x <b:plus>) + <c>(x <d:plus>) - x$"),
        say(
            "the number $m$",
            setup="The expression $<a>(x <b:plus>) + <c>(x <d:plus>) - x$ is equal to $mx + n$ for all $x$.",
        ),
        say("the coefficient of $x$ after like terms are combined in $<a>(x <b:plus>) + <c>(x <d:plus>) - x$"),
    ),
)
def _like(a: int, b: int, c: int, d: int) -> WorkedSolution:
    return worked(
        a + c - 1,
        f"Expand with the distributive property: ${a}x {plus(a * b)} + {c}x {plus(c * d)} - x$.",
        f"Combine like terms: ${a} + {c} - 1 = {a + c - 1}$.",
    )


@family(
    "rational expression",
    "Rational expressions",
    "Factoring polynomials",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: ((a := rng.randint(1, 9)), a + upto(rng, size, 2, 30, 90)),
    valid=lambda a, k: a > 0 and k > 0 and k != a,
    clash=lambda a, k: k == a,
    slot="k",
    wordings=(
        say(r"the value of $\frac{x^2 - <a>^2}{x - <a>}$ at $x = <k>$"),
        say("the value at $x = <k>$ of the simplified fraction $\\frac{x^2 - <a>^2}{x - <a>}$"),
        say(r"the number that $\frac{x^2 - <a>^2}{x - <a>}$ takes for $x = <k>$"),
    ),
)
def _fraction(a: int, k: int) -> WorkedSolution:
    return worked(
        k + a,
        f"Factor the numerator: $x^2 - {a}^2 = (x - {a})(x + {a})$.",
        f"Cancel the common factor; $x + {a}$ remains, since $x \\ne {a}$.",
        f"${k} + {a} = {k + a}$",
    )


FAMILIES: tuple[ProblemFamily, ...] = (
    _value,
    _binomials,
    _squares,
    _identity,
    _cubes,
    _remainder,
    _factor,
    _vieta,
    _completing,
    _rational,
    _logarithms,
    _expansion,
    _radicals,
    _coefficients,
    _like,
    _fraction,
)
