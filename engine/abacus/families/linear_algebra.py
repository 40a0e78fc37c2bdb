"""Vectors, matrices, determinants, eigenvalues."""

from __future__ import annotations

import random
from math import isqrt

from engine.abacus.notation import bracket, is_square, join, plus, times
from engine.abacus.problem_family import ProblemFamily, WorkedSolution, family, nonzero, say, upto, worked

AREA = "linear algebra"
_MATRIX = r"\begin{pmatrix} <a> & <b> \\ <c> & <d> \end{pmatrix}"


def _four(rng: random.Random, size: float) -> tuple[int, int, int, int]:
    a, b, c, d = (nonzero(rng, 5 if size < 0.6 else 9) for _ in range(4))
    return a, b, c, d


@family(
    "determinant of order two",
    "Determinants",
    "Matrices",
    area=AREA,
    level=0.25,
    draw=_four,
    valid=lambda a, b, c, d: a * d != b * c,
    slot="a",
    wordings=(
        say(rf"the determinant of the matrix ${_MATRIX}$"),
        say(r"$\det M$", setup=rf"Let $M = {_MATRIX}$."),
        say("the factor, with its sign, by which the linear map multiplies oriented areas",
            setup=rf"A linear map of the plane is given by the matrix ${_MATRIX}$."),
    ),
)  # fmt: skip
def _determinant(a: int, b: int, c: int, d: int) -> WorkedSolution:
    return worked(
        a * d - b * c,
        f"The determinant of order two is ${bracket(a)} \\cdot {bracket(d)} - {bracket(b)} \\cdot {bracket(c)}"
        f" = {a * d - b * c}$.",
    )


@family(
    "determinant of order three",
    "Determinants",
    "Cofactor expansion",
    area=AREA,
    level=0.42,
    draw=lambda rng, size: tuple(rng.randint(1, 5 if size < 0.6 else 9) for _ in range(6)),
    valid=lambda a, b, c, d, e, f: a != 0 and (b * e - c * d) != 0 and f != 0,
    slot="a",
    wordings=(
        say(r"the determinant of $\begin{pmatrix} <a> & 0 & <f> \\ 0 & <b> & <c> \\ 0 & <d> & <e> \end{pmatrix}$"),
        say(
            r"$\det M$",
            setup=r"Let $M = \begin{pmatrix} <a> & 0 & <f> \\ 0 & <b> & <c> \\ 0 & <d> & <e> \end{pmatrix}$.",
        ),
        say(
            "the volume, with its sign, of the parallelepiped",
            setup=r"The rows of $\begin{pmatrix} <a> & 0 & <f> \\ 0 & <b> & <c> \\ 0 & <d> & <e> \end{pmatrix}$ span a"
            r" parallelepiped.",
        ),
    ),
)
def _three(a: int, b: int, c: int, d: int, e: int, f: int) -> WorkedSolution:
    minor = b * e - c * d
    return worked(
        a * minor,
        f"Expand along the first column, where only ${a}$ is not $0$; the entry ${f}$ does not matter.",
        f"The minor is ${b} \\cdot {e} - {c} \\cdot {d} = {minor}$.",
        f"${a} \\cdot {bracket(minor)} = {a * minor}$",
    )


@family(
    "matrix product",
    "Matrix multiplication",
    "Trace of a matrix",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: tuple(nonzero(rng, 4 if size < 0.6 else 7) for _ in range(8)),
    valid=lambda a, b, c, d, p, q, r, s: True,
    slot="a",
    wordings=(
        say("the trace of $MN$",
            setup=rf"Let $M = {_MATRIX}$ and $N = \begin{{pmatrix}} <p> & <q> \\ <r> & <s> \end{{pmatrix}}$."),
        say(rf"the trace of the matrix product ${_MATRIX}"
            r" \begin{pmatrix} <p> & <q> \\ <r> & <s> \end{pmatrix}$"),
        say("the sum of the diagonal entries of the product",
            setup=rf"The matrix ${_MATRIX}$ is multiplied by $\begin{{pmatrix}} <p> & <q> \\ <r> & <s>"
            rf" \end{{pmatrix}}$ from"
            r" the right."),
    ),
)  # fmt: skip
def _trace(a: int, b: int, c: int, d: int, p: int, q: int, r: int, s: int) -> WorkedSolution:
    first, second = a * p + b * r, c * q + d * s
    return worked(
        first + second,
        f"Matrix multiplication, upper left entry: ${times([a, p])} + {bracket(b)} \\cdot {bracket(r)} = {first}$.",
        f"Lower right entry: ${times([c, q])} + {bracket(d)} \\cdot {bracket(s)} = {second}$.",
        f"${first} {plus(second)} = {first + second}$",
    )


@family(
    "dot product",
    "Dot product",
    "Vectors",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: tuple(nonzero(rng, 6 if size < 0.6 else 12) for _ in range(6)),
    valid=lambda a, b, c, p, q, r: True,
    slot="a",
    wordings=(
        say("the dot product of the vectors $(<a>, <b>, <c>)$ and $(<p>, <q>, <r>)$"),
        say(r"the value of $\vec{u} \cdot \vec{v}$",
            setup=r"Let $\vec{u} = (<a>, <b>, <c>)$ and $\vec{v} = (<p>, <q>, <r>)$."),
        say("the work done by the force",
            setup="A constant force $(<a>, <b>, <c>)$ moves a body along the vector $(<p>, <q>, <r>)$; the work"
            " is their"
            " scalar product."),
    ),
)  # fmt: skip
def _dot(a: int, b: int, c: int, p: int, q: int, r: int) -> WorkedSolution:
    terms = [a * p, b * q, c * r]
    return worked(
        sum(terms),
        f"The dot product adds the products of the coordinates: ${join(terms)} = {sum(terms)}$.",
    )


@family(
    "orthogonal vectors",
    "Orthogonal vectors",
    "Dot product",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (
        (a := nonzero(rng, 6)),
        nonzero(rng, 9),
        nonzero(rng, 9),
        nonzero(rng, 9),
        a * nonzero(rng, 4),
    ),
    valid=lambda a, b, c, q, r: a != 0 and (b * q + c * r) % a == 0,
    wordings=(
        say("the number $k$ for which the vectors $(<a>, <b>, <c>)$ and $(k, <q>, <r>)$ are orthogonal"),
        say("the value of $k$ such that $(<a>, <b>, <c>)$ is perpendicular to $(k, <q>, <r>)$"),
        say("the number $k$", setup="The dot product of $(<a>, <b>, <c>)$ and $(k, <q>, <r>)$ is $0$."),
    ),
)
def _orthogonal(a: int, b: int, c: int, q: int, r: int) -> WorkedSolution:
    rest = b * q + c * r
    return worked(
        -rest // a,
        "Orthogonal vectors have the dot product $0$.",
        f"The known part is ${b * q} {plus(c * r)} = {rest}$, so ${a}k = {-rest}$.",
        f"$k = {-rest} \\div {bracket(a)} = {-rest // a}$",
    )


_QUADRUPLES = ((1, 2, 2), (2, 3, 6), (1, 4, 8), (4, 4, 7), (2, 6, 9), (6, 6, 7), (2, 5, 14), (3, 4, 12), (8, 9, 12))


@family(
    "length of a vector",
    "Magnitude of a vector",
    "Vectors",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: tuple(
        rng.choice((-1, 1)) * k * v for k in (upto(rng, size, 1, 3, 7),) for v in rng.sample(rng.choice(_QUADRUPLES), 3)
    ),
    valid=lambda a, b, c: (a, b, c) != (0, 0, 0) and is_square(a * a + b * b + c * c),
    wordings=(
        say("the length of the vector $(<a>, <b>, <c>)$"),
        say(r"the magnitude $|\vec{v}|$ of $\vec{v} = (<a>, <b>, <c>)$"),
        say("the distance of the point $(<a>, <b>, <c>)$ from the origin"),
    ),
)
def _length(a: int, b: int, c: int) -> WorkedSolution:
    square = a * a + b * b + c * c
    return worked(
        isqrt(square),
        f"Add the squares of the coordinates: ${a * a} + {b * b} + {c * c} = {square}$.",
        rf"The magnitude is $\sqrt{{{square}}} = {isqrt(square)}$.",
    )


@family(
    "larger eigenvalue",
    "Eigenvalues",
    "Characteristic polynomial",
    area=AREA,
    level=0.48,
    draw=lambda rng, size: ((p := nonzero(rng, 6)), nonzero(rng, 6), p + rng.choice((-5, -3, -2, -1, 1, 2, 3, 5))),
    valid=lambda a, b, d: a != d and b != 0,
    slot="d",
    wordings=(
        say(r"the larger eigenvalue of $\begin{pmatrix} <a> & <b> \\ 0 & <d> \end{pmatrix}$"),
        say(
            r"the larger root of the characteristic polynomial of $\begin{pmatrix} <a> & <b> \\ 0 & <d>"
            r" \end{pmatrix}$"),
        say(r"the largest number $\lambda$ for which $Mv = \lambda v$ has a solution $v \ne 0$",
            setup=r"Let $M = \begin{pmatrix} <a> & <b> \\ 0 & <d> \end{pmatrix}$."),
    ),
)  # fmt: skip
def _eigen(a: int, b: int, d: int) -> WorkedSolution:
    return worked(
        max(a, d),
        rf"The characteristic polynomial is $(\lambda {plus(-a)})(\lambda {plus(-d)})$, whatever the entry ${b}$ is.",
        f"Its roots, the eigenvalues, are ${a}$ and ${d}$, and the larger one is ${max(a, d)}$.",
    )


@family(
    "cross product",
    "Cross product",
    "Area of a parallelogram",
    area=AREA,
    level=0.4,
    draw=lambda rng, size: tuple(rng.randint(1, 6 if size < 0.6 else 12) for _ in range(4)),
    valid=lambda a, b, p, q: a * q != b * p,
    clash=lambda a, b, p, q: a * q == b * p,
    wordings=(
        say("the area of the parallelogram spanned by the vectors $(<a>, <b>, 0)$ and $(<p>, <q>, 0)$"),
        say("the length of the cross product of $(<a>, <b>, 0)$ and $(<p>, <q>, 0)$"),
        say("the absolute value of the third coordinate of the cross product of $(<a>, <b>, 0)$ and $(<p>, <q>, 0)$"),
    ),
)
def _cross(a: int, b: int, p: int, q: int) -> WorkedSolution:
    third = a * q - b * p
    return worked(
        abs(third),
        f"Only the third coordinate of the cross product is not $0$: ${a} \\cdot {q} - {b} \\cdot {p} = {third}$.",
        f"Its absolute value is ${abs(third)}$.",
    )


@family(
    "cramer",
    "Cramer's rule",
    "Determinants",
    area=AREA,
    level=0.42,
    draw=lambda rng, size: (
        (a := rng.randint(1, 6)), (b := rng.randint(1, 6)), (c := rng.randint(1, 6)), (d := rng.randint(1, 6)),
        a * (x := upto(rng, size, 1, 6, 15)) + b * (y := nonzero(rng, 6)), c * x + d * y,
    ),
    valid=lambda a, b, c, d, e, f: (w := a * d - b * c) != 0 and (e * d - b * f) % w == 0,
    clash=lambda a, b, c, d, e, f: a * d == b * c and a * f != c * e,
    wordings=(
        say("the first coordinate of the solution of"
            r" $\begin{pmatrix} <a> & <b> \\ <c> & <d> \end{pmatrix} v = \begin{pmatrix} <e> \\ <f> \end{pmatrix}$"),
        say("the quotient of determinants that Cramer's rule gives for $x$ in $<a:coef>x + <b:coef>y = <e>$,"
            " $<c:coef>x + <d:coef>y = <f>$"),
        say("$x$ by Cramer's rule", setup="Consider the linear system $<a:coef>x + <b:coef>y = <e>$ and"
            " $<c:coef>x + <d:coef>y = <f>$."),
    ),
)  # fmt: skip
def _cramer(a: int, b: int, c: int, d: int, e: int, f: int) -> WorkedSolution:
    whole, top = a * d - b * c, e * d - b * f
    return worked(
        top // whole,
        f"The determinant of the system is ${a} \\cdot {d} - {b} \\cdot {c} = {whole}$.",
        f"With the right-hand side in the first column it is ${bracket(e)} \\cdot {d} - {b} \\cdot {bracket(f)}"
        f" = {top}$.",
        f"Cramer's rule: ${top} \\div {bracket(whole)} = {top // whole}$.",
    )


FAMILIES: tuple[ProblemFamily, ...] = (
    _determinant,
    _three,
    _trace,
    _dot,
    _orthogonal,
    _length,
    _eigen,
    _cross,
    _cramer,
)
