"""Complex numbers: arithmetic, modulus, conjugates, powers."""

from __future__ import annotations

from math import isqrt

from engine.abacus.notation import bracket, is_square, plus
from engine.abacus.problem_family import ProblemFamily, WorkedSolution, family, nonzero, say, upto, worked

AREA = "complex numbers"
_TRIPLES = ((3, 4), (4, 3), (5, 12), (12, 5), (8, 15), (15, 8), (7, 24), (20, 21), (9, 40))


@family(
    "modulus of a complex number",
    "Modulus of a complex number",
    "Complex plane",
    area=AREA,
    level=0.28,
    draw=lambda rng, size: (
        (k := upto(rng, size, 1, 3, 7)) * (t := rng.choice(_TRIPLES))[0], rng.choice((-1, 1)) * k * t[1],
    ),
    valid=lambda a, b: a > 0 and b != 0 and is_square(a * a + b * b),
    wordings=(
        say("the modulus of the complex number $<a> <b:pcoef>i$"),
        say("the value of $|z|$", setup="Let $z = <a> <b:pcoef>i$."),
        say("the distance from the origin to the point that represents $<a> <b:pcoef>i$ in the complex plane"),
    ),
)  # fmt: skip
def _modulus(a: int, b: int) -> WorkedSolution:
    square = a * a + b * b
    return worked(
        isqrt(square),
        f"The square of the modulus is ${a}^2 + {bracket(b)}^2 = {square}$.",
        rf"$\sqrt{{{square}}} = {isqrt(square)}$",
    )


@family(
    "product of complex numbers",
    "Multiplication of complex numbers",
    "Real and imaginary parts",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (upto(rng, size, 1, 6, 12), nonzero(rng, 7), upto(rng, size, 1, 6, 12), nonzero(rng, 7)),
    valid=lambda a, b, c, d: a > 0 and c > 0 and b != 0 and d != 0,
    slot="a",
    wordings=(
        say("the real part of $(<a> <b:pcoef>i)(<c> <d:pcoef>i)$"),
        say("the real part of the product of $<a> <b:pcoef>i$ and $<c> <d:pcoef>i$"),
        say(
            "the number $u$", setup="The product $(<a> <b:pcoef>i)(<c> <d:pcoef>i)$ is written as $u + vi$ with"
            " real $u$ and"
            " $v$."),
    ),
)  # fmt: skip
def _product(a: int, b: int, c: int, d: int) -> WorkedSolution:
    return worked(
        a * c - b * d,
        f"Multiply out and use $i^2 = -1$: the real part is ${a} \\cdot {c} - {bracket(b)} \\cdot {bracket(d)}$.",
        f"${a * c} - {bracket(b * d)} = {a * c - b * d}$",
    )


@family(
    "complex conjugate",
    "Complex conjugates",
    "Sums of complex numbers",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: (upto(rng, size, 2, 12, 40), nonzero(rng, 12)),
    valid=lambda a, b: a > 0 and b != 0,
    slot="a",
    wordings=(
        say(r"the value of $z \bar{z} + z + \bar{z}$", setup="Let $z = <a> <b:pcoef>i$."),
        say("the sum of the three numbers $z\\bar{z}$, $z$ and $\\bar{z}$ for $z = <a> <b:pcoef>i$"),
        say(
            r"the real number $z\bar{z} + (z + \bar{z})$",
            setup=r"The complex number $z = <a> <b:pcoef>i$ has the conjugate $\bar{z}$.",
        ),
    ),
)
def _conjugate(a: int, b: int) -> WorkedSolution:
    square = a * a + b * b
    return worked(
        square + 2 * a,
        f"The product with the conjugate is ${a}^2 + {bracket(b)}^2 = {square}$.",
        f"The sum with the conjugate is $2 \\cdot {a} = {2 * a}$.",
        f"${square} + {2 * a} = {square + 2 * a}$",
    )


@family(
    "powers of i",
    "Powers of the imaginary unit",
    "Cyclic patterns",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: (2 * upto(rng, size, 5, 60, 500), upto(rng, size, 2, 12, 40)),
    valid=lambda n, c: n > 0 and n % 2 == 0 and c > 1,
    slot="c",
    wordings=(
        say("the value of $i^{<n>} + <c>$, where $i$ is the imaginary unit"),
        say("the sum of $<c>$ and $i^{<n>}$ for the imaginary unit $i$"),
        say("the real number to which $i^{<n>} + <c>$ is equal, with $i^2 = -1$"),
    ),
)
def _imaginary(n: int, c: int) -> WorkedSolution:
    power = 1 if n % 4 == 0 else -1
    return worked(
        c + power,
        f"The powers of $i$ repeat with period $4$: $1, i, -1, -i$; the exponent ${n}$ leaves the remainder ${n % 4}$.",
        f"So the power is ${power}$, and ${power} + {c} = {c + power}$.",
    )


@family(
    "de moivre",
    "De Moivre's theorem",
    "Polar form of complex numbers",
    area=AREA,
    level=0.45,
    draw=lambda rng, size: (upto(rng, size, 1, 3, 6),),
    valid=lambda k: 0 < k < 40,
    slot="k",
    wordings=(
        say(r"the real number $(1 + i)^{4 \cdot <k>}$"),
        say(r"the real part of $(1 + i)^{4 \cdot <k>}$"),
        say(r"the value of $\left(\sqrt{2}\left(\cos 45^\circ + i \sin 45^\circ\right)\right)^{4 \cdot <k>}$"),
    ),
)
def _moivre(k: int) -> WorkedSolution:
    return worked(
        (-4) ** k,
        r"In polar form $1 + i$ has the modulus $\sqrt{2}$ and the argument $45$ degrees.",
        r"By De Moivre's theorem the fourth power has the modulus $4$ and the argument $180$ degrees, so it is $-4$.",
        f"$(-4)^{{{k}}} = {(-4) ** k}$",
    )


@family(
    "complex roots of a quadratic",
    "Complex roots of quadratic equations",
    "Vieta's formulas",
    area=AREA,
    level=0.4,
    draw=lambda rng, size: (2 * (u := upto(rng, size, 1, 6, 12)), u * u + upto(rng, size, 1, 5, 9) ** 2),
    valid=lambda b, c: b > 0 and b % 2 == 0 and 4 * c > b * b and is_square(c - b * b // 4),
    clash=lambda b, c: b > 0 and 0 < 4 * c < b * b,
    wordings=(
        say("the positive imaginary part of a root of $x^2 - <b>x + <c> = 0$"),
        say("the positive number $v$ for which $u + vi$ with real $u$ solves $x^2 - <b>x + <c> = 0$"),
        say("the distance of either root from the real axis",
            setup="The equation $x^2 - <b>x + <c> = 0$ has two roots in the complex plane that are not real."),
    ),
)  # fmt: skip
def _roots(b: int, c: int) -> WorkedSolution:
    u = b // 2
    rest = c - u * u
    return worked(
        isqrt(rest),
        f"Complete the square: $(x - {u})^2 = {u * u} {plus(-c)} = {-rest}$.",
        rf"So $x = {u} \pm \sqrt{{{rest}}}\, i$, and $\sqrt{{{rest}}} = {isqrt(rest)}$.",
    )


FAMILIES: tuple[ProblemFamily, ...] = (_modulus, _product, _conjugate, _imaginary, _moivre, _roots)
