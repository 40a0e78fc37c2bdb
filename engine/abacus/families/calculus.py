"""Limits, derivatives, integrals and what they are used for."""

from __future__ import annotations

from fractions import Fraction

from engine.abacus.notation import bracket, join, plus, polynomial, tex
from engine.abacus.problem_family import ProblemFamily, WorkedSolution, family, nonzero, say, upto, worked

AREA = "calculus"


def _derived(p: tuple[int, ...]) -> tuple[int, ...]:
    degree = len(p) - 1
    return tuple(c * (degree - i) for i, c in enumerate(p[:-1]))


def _at(p: tuple[int, ...], x: int) -> int:
    result = 0
    for c in p:
        result = result * x + c
    return result


@family(
    "derivative of a polynomial",
    "Derivatives of polynomials",
    "Power rule",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (
        (rng.randint(1, 3), nonzero(rng, 6), nonzero(rng, 9), nonzero(rng, 9)),
        upto(rng, size, 1, 3, 6),
    ),
    valid=lambda p, k: 3 <= len(p) <= 8 and abs(k) < 10**4,
    slot="k",
    wordings=(
        say("the value of $f'(<k>)$", setup="Let $f(x) = <p:poly>$."),
        say("the derivative of $<p:poly>$ at $x = <k>$"),
        say("the slope of the tangent to the graph of $y = <p:poly>$ at $x = <k>$"),
    ),
)
def _derivative(p: tuple[int, ...], k: int) -> WorkedSolution:
    d = _derived(p)
    terms = [c * k ** (len(d) - 1 - i) for i, c in enumerate(d) if c]
    return worked(
        _at(d, k),
        f"By the power rule the derivative is ${polynomial(d)}$.",
        f"At $x = {k}$: ${join(terms)} = {_at(d, k)}$.",
    )


@family(
    "second derivative",
    "Second derivative",
    "Concavity",
    area=AREA,
    level=0.38,
    draw=lambda rng, size: (
        (rng.randint(1, 3), nonzero(rng, 6), nonzero(rng, 9), nonzero(rng, 9)),
        upto(rng, size, 1, 4, 8),
    ),
    valid=lambda p, k: 4 <= len(p) <= 8 and abs(k) < 10**4,
    slot="k",
    wordings=(
        say("the value of $f''(<k>)$", setup="Let $f(x) = <p:poly>$."),
        say("the second derivative of $<p:poly>$ at $x = <k>$"),
        say(
            "the acceleration at the time $<k>$",
            setup="A point moves on a line; its place at the time $x$ is $<p:poly>$.",
        ),
    ),
)
def _second(p: tuple[int, ...], k: int) -> WorkedSolution:
    first, second = _derived(p), _derived(_derived(p))
    return worked(
        _at(second, k),
        f"The first derivative is ${polynomial(first)}$.",
        f"The second derivative is ${polynomial(second)}$.",
        f"Its value at $x = {k}$ is ${_at(second, k)}$.",
    )


@family(
    "definite integral",
    "Definite integrals",
    "Fundamental theorem of calculus",
    "Antiderivatives",
    area=AREA,
    level=0.42,
    draw=lambda rng, size: (3 * rng.randint(1, 4), 2 * nonzero(rng, 6), nonzero(rng, 9), upto(rng, size, 1, 4, 8)),
    valid=lambda a, b, c, k: a > 0 and a % 3 == 0 and b % 2 == 0 and b != 0 and c != 0 and 0 < k < 10**4,
    slot="k",
    wordings=(
        say(r"the value of $\int_0^{<k>} (<a>x^2 <b:pcoef>x <c:plus>)\,dx$"),
        say(r"the definite integral of $<a>x^2 <b:pcoef>x <c:plus>$ from $0$ to $<k>$"),
        say("the value of $F(<k>)$",
            setup="The function $F$ is the antiderivative of $<a>x^2 <b:pcoef>x <c:plus>$ with $F(0) = 0$."),
    ),
)  # fmt: skip
def _integral(a: int, b: int, c: int, k: int) -> WorkedSolution:
    terms = [a // 3 * k**3, b // 2 * k**2, c * k]
    return worked(
        sum(terms),
        f"An antiderivative is ${polynomial((a // 3, b // 2, c, 0))}$.",
        f"By the fundamental theorem of calculus take its value at ${k}$, since it is $0$ at $0$.",
        f"${join(terms)} = {sum(terms)}$",
    )


@family(
    "limit of a quotient",
    "Limits",
    "Removable discontinuities",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (upto(rng, size, 1, 9, 25), nonzero(rng, 9)),
    valid=lambda a, b: a > 0 and b != 0 and a != -b,
    slot="a",
    wordings=(
        say(r"the limit $\lim_{x \to <a>} \frac{(x - <a>)(x <b:plus>)}{x - <a>}$"),
        say(r"the number that $\frac{(x - <a>)(x <b:plus>)}{x - <a>}$ approaches as $x$ tends to $<a>$"),
        say("the value that makes $f$ continuous at $x = <a>$",
            setup=r"For $x \ne <a>$ let $f(x) = \frac{(x - <a>)(x <b:plus>)}{x - <a>}$."),
    ),
)  # fmt: skip
def _limit(a: int, b: int) -> WorkedSolution:
    return worked(
        a + b,
        f"For $x \\ne {a}$ the common factor cancels and $x {plus(b)}$ remains.",
        f"The limit is the value there: ${a} {plus(b)} = {a + b}$.",
    )


@family(
    "limit at infinity",
    "Limits at infinity",
    "Horizontal asymptotes",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (upto(rng, size, 2, 20, 60), nonzero(rng, 9), rng.randint(2, 9), nonzero(rng, 9)),
    valid=lambda a, b, c, d: a > 0 and c > 0 and b != 0 and d != 0,
    slot="a",
    wordings=(
        say(r"the limit $\lim_{x \to \infty} \frac{<a>x^2 <b:pcoef>x}{<c>x^2 <d:plus>}$"),
        say(r"the height of the horizontal asymptote of $y = \frac{<a>x^2 <b:pcoef>x}{<c>x^2 <d:plus>}$"),
        say(r"the number that $\frac{<a>x^2 <b:pcoef>x}{<c>x^2 <d:plus>}$ approaches for large $x$"),
    ),
)
def _infinity(a: int, b: int, c: int, d: int) -> WorkedSolution:
    return worked(
        Fraction(a, c),
        "Divide numerator and denominator by $x^2$; the lower terms tend to $0$.",
        f"The quotient of the leading coefficients is ${a} \\div {c} = {tex(Fraction(a, c))}$.",
    )


@family(
    "maximum of a product",
    "Optimization",
    "Extreme values of functions",
    area=AREA,
    level=0.38,
    draw=lambda rng, size: (4 * upto(rng, size, 3, 20, 60),),
    valid=lambda p: p > 0 and p % 4 == 0,
    slot="p",
    wordings=(
        say("the largest possible area of a rectangle with perimeter $<p>$"),
        say(
            "the largest possible area of the pen in square metres",
            setup="A farmer encloses a rectangular pen with exactly <p> metres of fence.",
        ),
        say("the maximum of $x \\left(\\frac{<p>}{2} - x\\right)$ over all real $x$"),
    ),
)
def _optimum(p: int) -> WorkedSolution:
    side = p // 4
    return worked(
        side * side,
        f"The function to maximise is $x({p // 2} - x)$, whose derivative ${p // 2} - 2x$ is $0$ at the extreme value.",
        f"$x = {p // 2} \\div 2 = {side}$",
        f"${side} \\cdot {side} = {side * side}$",
    )


@family(
    "critical points of a cubic",
    "Critical points",
    "Local maxima and minima",
    area=AREA,
    level=0.45,
    draw=lambda rng, size: (upto(rng, size, 1, 4, 7), upto(rng, size, 5, 40, 90)),
    valid=lambda r, c: 0 < r < 10**3 and c > 0,
    slot="r",
    wordings=(
        say("the local maximum value of $f$", setup="Let $f(x) = x^3 - 3 \\cdot <r>^2 x + <c>$ for real $x$."),
        say("the value of $x^3 - 3 \\cdot <r>^2 x + <c>$ at its local maximum"),
        say("the height of the local maximum of the curve $y = x^3 - 3 \\cdot <r>^2 x + <c>$"),
    ),
)
def _critical(r: int, c: int) -> WorkedSolution:
    return worked(
        2 * r**3 + c,
        f"The derivative $3x^2 - {3 * r * r}$ vanishes at the critical points $x = {r}$ and $x = -{r}$.",
        f"The second derivative $6x$ is negative at $x = -{r}$, so the local maximum is there.",
        f"${-(r**3)} + {3 * r**3} + {c} = {2 * r**3 + c}$",
    )


@family(
    "product rule",
    "Product rule",
    "Derivatives of polynomials",
    area=AREA,
    level=0.4,
    draw=lambda rng, size: (rng.randint(2, 6), nonzero(rng, 9), nonzero(rng, 9), upto(rng, size, 1, 4, 9)),
    valid=lambda a, b, c, k: a > 1 and b != 0 and c != 0 and abs(k) < 10**4,
    slot="k",
    wordings=(
        say("the value of $h'(<k>)$", setup="Let $h(x) = (<a>x <b:plus>)(x^2 <c:plus>)$."),
        say("the derivative of the product $(<a>x <b:plus>)(x^2 <c:plus>)$ at $x = <k>$"),
        say("the slope of the curve $y = (<a>x <b:plus>)(x^2 <c:plus>)$ at $x = <k>$"),
    ),
)
def _product(a: int, b: int, c: int, k: int) -> WorkedSolution:
    u, v = a * k + b, k * k + c
    return worked(
        a * v + u * 2 * k,
        f"Product rule: $(uv)' = u'v + uv'$ with $u' = {a}$ and $v' = 2x$.",
        f"At $x = {k}$ we have $u = {u}$, $v = {v}$ and $v' = {2 * k}$.",
        f"${a} \\cdot {bracket(v)} + {bracket(u)} \\cdot {2 * k} = {a * v + u * 2 * k}$",
    )


@family(
    "chain rule",
    "Chain rule",
    "Power rule",
    area=AREA,
    level=0.42,
    draw=lambda rng, size: (rng.randint(2, 5), nonzero(rng, 5), rng.randint(2, 4), rng.randint(1, 3)),
    valid=lambda a, b, n, k: a > 1 and b != 0 and 1 < n < 9 and 0 < k < 1000 and a * k + b != 0,
    slot="k",
    wordings=(
        say("the value of $f'(<k>)$", setup="Let $f(x) = (<a>x <b:plus>)^{<n>}$."),
        say("the derivative of $(<a>x <b:plus>)^{<n>}$ at $x = <k>$"),
        say("the slope of the tangent to $y = (<a>x <b:plus>)^{<n>}$ at the point with $x = <k>$"),
    ),
)
def _chain(a: int, b: int, n: int, k: int) -> WorkedSolution:
    inner = a * k + b
    return worked(
        n * a * inner ** (n - 1),
        f"Chain rule: the outer derivative is ${n}u^{{{n - 1}}}$ and the inner one is ${a}$.",
        f"At $x = {k}$ the inner function is ${a} \\cdot {k} {plus(b)} = {inner}$.",
        f"${n} \\cdot {a} \\cdot {bracket(inner)}^{{{n - 1}}} = {n * a * inner ** (n - 1)}$",
    )


@family(
    "area under a parabola",
    "Area under a curve",
    "Definite integrals",
    area=AREA,
    level=0.45,
    draw=lambda rng, size: (3 * upto(rng, size, 1, 3, 6),),
    valid=lambda r: r > 0 and 4 * r**3 % 3 == 0,
    slot="r",
    wordings=(
        say("the area of the region enclosed by the parabola $y = <r>^2 - x^2$ and the $x$-axis"),
        say("the area between the curve $y = <r>^2 - x^2$ and the $x$-axis"),
        say("the area of the arch",
            setup="An arch is bounded below by the $x$-axis and above by the curve $y = <r>^2 - x^2$."),
    ),
)  # fmt: skip
def _parabola(r: int) -> WorkedSolution:
    return worked(
        4 * r**3 // 3,
        f"The curve meets the axis at $x = {-r}$ and $x = {r}$.",
        f"By symmetry integrate from $0$ to ${r}$ and double: an antiderivative is ${r * r}x - \\frac{{x^3}}{{3}}$.",
        f"${r * r} \\cdot {r} - {r**3} \\div 3 = {2 * r**3 // 3}$",
        f"$2 \\cdot {2 * r**3 // 3} = {4 * r**3 // 3}$",
    )


@family(
    "displacement from velocity",
    "Velocity and displacement",
    "Antiderivatives",
    area=AREA,
    level=0.4,
    draw=lambda rng, size: (2 * rng.randint(1, 6), rng.randint(1, 12), upto(rng, size, 2, 6, 15)),
    valid=lambda a, b, t: a > 0 and a % 2 == 0 and b > 0 and t > 0,
    slot="t",
    wordings=(
        say("the distance in metres that it covers in the first <t> seconds",
            setup="A <car:vehicle> moves along a straight road with the velocity $v(x) = <a>x + <b>$ metres per"
            " second at the"
            " time $x$ in seconds."),
        say(r"the distance travelled from the time $0$ to the time $<t>$ at the velocity $v(x) = <a>x + <b>$"),
        say("the total volume in litres that flows in during the first <t> minutes",
            setup="Water flows into a tank at a rate of $<a>x + <b>$ litres per minute, $x$ minutes after the start."),
    ),
)  # fmt: skip
def _displacement(a: int, b: int, t: int) -> WorkedSolution:
    total = a // 2 * t * t + b * t
    return worked(
        total,
        f"The distance is the integral of the velocity; an antiderivative is ${polynomial((a // 2, b, 0))}$.",
        f"${a // 2} \\cdot {t}^2 = {a // 2 * t * t}$ and ${b} \\cdot {t} = {b * t}$.",
        f"${a // 2 * t * t} + {b * t} = {total}$",
    )


FAMILIES: tuple[ProblemFamily, ...] = (
    _derivative,
    _second,
    _integral,
    _limit,
    _infinity,
    _optimum,
    _critical,
    _product,
    _chain,
    _parabola,
    _displacement,
)
