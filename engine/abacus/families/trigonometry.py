"""Angles, trigonometric functions, triangles that have no right angle."""

from __future__ import annotations

import random
from fractions import Fraction
from math import isqrt

from engine.abacus.notation import is_square, plus, tex
from engine.abacus.problem_family import ProblemFamily, WorkedSolution, family, say, upto, worked

AREA = "trigonometry"
_SINES = ((3, 5), (4, 5), (5, 13), (12, 13), (8, 17), (15, 17), (7, 25), (24, 25), (20, 29))
_SIXTY = ((3, 8), (5, 8), (7, 15), (8, 15), (5, 21), (16, 21), (9, 24), (10, 16))


@family(
    "side opposite thirty degrees",
    "Trigonometric ratios",
    "Special angles",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: (2 * upto(rng, size, 3, 20, 60),),
    valid=lambda c: c > 0 and c % 2 == 0,
    slot="c",
    wordings=(
        say(r"the leg opposite the angle of $30^\circ$ in a right triangle whose hypotenuse has length $<c>$"),
        say(
            "the height in metres that the ramp gains",
            setup=r"A straight ramp is <c> metres long and rises at an angle of $30^\circ$ to the horizontal.",
        ),
        say(r"the value of $<c> \cdot \sin 30^\circ$"),
    ),
)
def _thirty(c: int) -> WorkedSolution:
    return worked(
        c // 2,
        r"The sine is the opposite leg over the hypotenuse, and $\sin 30^\circ = \frac{1}{2}$.",
        f"${c} \\cdot \\frac{{1}}{{2}} = {c // 2}$",
    )


@family(
    "cosine from sine",
    "Pythagorean identity",
    "Trigonometric ratios",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: rng.choice(_SINES),
    valid=lambda a, c: 0 < a < c and is_square(c * c - a * a),
    clash=lambda a, c: a > c > 0,
    wordings=(
        say(
            r"the value of $\cos \alpha$",
            setup=r"For an acute angle $\alpha$ we have $\sin \alpha ="
            r" \frac{<a>}{<c>}$.",
        ),
        say(r"the cosine of the acute angle whose sine is $\frac{<a>}{<c>}$"),
        say(
            r"the ratio of the adjacent leg to the hypotenuse for the angle $\alpha$",
            setup=r"In a right triangle an acute angle $\alpha$ satisfies $\sin \alpha = \frac{<a>}{<c>}$.",
        ),
    ),
)
def _identity(a: int, c: int) -> WorkedSolution:
    b = isqrt(c * c - a * a)
    return worked(
        Fraction(b, c),
        r"The Pythagorean identity is $\sin^2 \alpha + \cos^2 \alpha = 1$.",
        rf"$1 - \frac{{{a * a}}}{{{c * c}}} = \frac{{{c * c - a * a}}}{{{c * c}}}$",
        rf"$\sqrt{{\frac{{{c * c - a * a}}}{{{c * c}}}}} = {tex(Fraction(b, c))}$; the cosine of an acute angle"
        rf" is positive.",
    )


@family(
    "degrees and radians",
    "Radian measure",
    "Unit circle",
    area=AREA,
    level=0.22,
    draw=lambda rng, size: (rng.randint(1, 11), rng.choice((2, 3, 4, 5, 6, 9, 10, 12))),
    valid=lambda p, q: p > 0 and q > 1 and 180 * p % q == 0 and Fraction(p, q).denominator == q,
    slot="p",
    wordings=(
        say(r"the number of degrees of an angle of $\frac{<p>\pi}{<q>}$ radians"),
        say(r"the measure in degrees of the angle whose radian measure is $\frac{<p>\pi}{<q>}$"),
        say(
            "the angle in degrees through which the wheel turns",
            setup=r"A wheel turns through an angle of $\frac{<p>\pi}{<q>}$ in radian measure.",
        ),
    ),
)
def _radians(p: int, q: int) -> WorkedSolution:
    return worked(
        180 * p // q,
        r"The radian measure $\pi$ corresponds to $180$ degrees.",
        f"$180 \\cdot {p} = {180 * p}$",
        f"${180 * p} \\div {q} = {180 * p // q}$",
    )


def _cosine_numbers(rng: random.Random, size: float) -> tuple[int, int]:
    a, b = rng.choice(_SIXTY)
    k = upto(rng, size, 1, 2, 5)
    return a * k, b * k


@family(
    "law of cosines",
    "Law of cosines",
    "Special angles",
    area=AREA,
    level=0.4,
    draw=_cosine_numbers,
    valid=lambda a, b: a > 0 and b > 0 and is_square(a * a + b * b - a * b),
    wordings=(
        say(r"the third side of a triangle in which sides of lengths $<a>$ and $<b>$ enclose an angle of $60^\circ$"),
        say(
            "the distance between the two ships in nautical miles",
            setup=r"Two ships leave a harbour on courses that differ by $60^\circ$. One has sailed <a> nautical"
            r" miles, the"
            r" other <b>.",
        ),
        say(
            r"the length of $BC$",
            setup=r"In triangle $ABC$ we have $AB = <a>$, $AC = <b>$ and $\angle A ="
            r" 60^\circ$.",
        ),
    ),
)
def _cosines(a: int, b: int) -> WorkedSolution:
    square = a * a + b * b - a * b
    return worked(
        isqrt(square),
        r"Law of cosines with $\cos 60^\circ = \frac{1}{2}$: the square of the third side is $a^2 + b^2 - ab$.",
        f"${a}^2 + {b}^2 - {a} \\cdot {b} = {square}$",
        rf"$\sqrt{{{square}}} = {isqrt(square)}$",
    )


@family(
    "law of sines",
    "Law of sines",
    "Circumscribed circle",
    area=AREA,
    level=0.4,
    draw=lambda rng, size: (upto(rng, size, 3, 20, 60),),
    valid=lambda a: a > 0,
    slot="a",
    wordings=(
        say(
            r"the diameter of the circumscribed circle of a triangle in which a side of length $<a>$ lies"
            r" opposite an angle of"
            r" $30^\circ$"),
        say("the diameter of the circle through the three corners",
            setup=r"In a triangular park the side opposite the angle of $30^\circ$ is $<a>$ metres long."),
        say("the ratio of any side to the sine of its opposite angle",
            setup=r"In a triangle the side opposite an angle of $30^\circ$ has the length $<a>$."),
    ),
)  # fmt: skip
def _sines(a: int) -> WorkedSolution:
    return worked(
        2 * a,
        r"By the law of sines every side divided by the sine of its opposite angle is the circumscribed diameter.",
        rf"With $\sin 30^\circ = \frac{{1}}{{2}}$ this is ${a} \cdot 2 = {2 * a}$.",
    )


@family(
    "double angle",
    "Double-angle formulas",
    "Trigonometric identities",
    area=AREA,
    level=0.4,
    draw=lambda rng, size: (rng.randint(1, 5), rng.randint(3, 9 if size < 0.6 else 15)),
    valid=lambda a, c: 0 < a < c,
    clash=lambda a, c: a > c > 0,
    wordings=(
        say(r"the value of $\cos 2x$", setup=r"For some angle $x$ we have $\cos x = \frac{<a>}{<c>}$."),
        say(r"the cosine of twice an angle whose cosine is $\frac{<a>}{<c>}$"),
        say(r"the value of $2\cos^2 x - 1$", setup=r"Let $x$ be an angle with $\cos x = \frac{<a>}{<c>}$."),
    ),
)
def _double(a: int, c: int) -> WorkedSolution:
    square = Fraction(a * a, c * c)
    return worked(
        2 * square - 1,
        r"Double-angle formula: $\cos 2x = 2\cos^2 x - 1$.",
        rf"$\frac{{{a}}}{{{c}}} \cdot \frac{{{a}}}{{{c}}} = {tex(square)}$",
        f"$2 \\cdot {tex(square)} - 1 = {tex(2 * square - 1)}$",
    )


@family(
    "range of a sine function",
    "Amplitude and period",
    "Graphs of trigonometric functions",
    area=AREA,
    level=0.32,
    draw=lambda rng, size: (upto(rng, size, 2, 9, 30), upto(rng, size, 2, 8, 20), rng.randint(1, 20)),
    valid=lambda a, b, c: a > 0 and b > 0 and c > 0,
    slot="a",
    wordings=(
        say(r"the largest value of the function $f(x) = <a>\sin(<b>x) + <c>$"),
        say(r"the maximum of $<a>\sin(<b>x) + <c>$ over all real $x$"),
        say(
            "the highest water level in decimetres",
            setup=r"The water level in a harbour after $x$ hours is modelled by $<a>\sin(<b>x) + <c>$ decimetres.",
        ),
    ),
)
def _amplitude(a: int, b: int, c: int) -> WorkedSolution:
    return worked(
        a + c,
        f"The sine runs between $-1$ and $1$ whatever the period, which only depends on ${b}$.",
        f"The amplitude is ${a}$, so the largest value is ${a} {plus(c)} = {a + c}$.",
    )


FAMILIES: tuple[ProblemFamily, ...] = (_thirty, _identity, _radians, _cosines, _sines, _double, _amplitude)
