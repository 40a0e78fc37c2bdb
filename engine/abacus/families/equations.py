"""Equations, systems and inequalities."""

from __future__ import annotations

import random
from fractions import Fraction
from math import isqrt

from engine.abacus.notation import bracket, coefficient, is_square, plus
from engine.abacus.problem_family import ProblemFamily, WorkedSolution, family, nonzero, say, upto, worked

AREA = "equations"


def _linear_numbers(rng: random.Random, size: float) -> tuple[int, int, int, int]:
    c = rng.randint(1, 6)
    a = c + rng.randint(1, 6)
    x, b = upto(rng, size, 2, 10, 30), nonzero(rng, 20)
    return a, b, c, (a - c) * x + b


@family(
    "linear equation",
    "Linear equations in one variable",
    "Solving equations by balancing",
    area=AREA,
    level=0.2,
    draw=_linear_numbers,
    valid=lambda a, b, c, d: a > c > 0 and b != 0 and d != 0 and (d - b) % (a - c) == 0,
    wordings=(
        say("the solution $x$ of the equation $<a>x <b:plus> = <c:coef>x <d:plus>$"),
        say("the number $x$ with $<a>x <b:plus> = <c:coef>x <d:plus>$"),
        say("the $x$-coordinate of the point where the lines $y = <a>x <b:plus>$ and $y = <c:coef>x <d:plus>$ meet"),
    ),
)
def _linear(a: int, b: int, c: int, d: int) -> WorkedSolution:
    x = (d - b) // (a - c)
    return worked(
        x,
        f"Balance the linear equation: subtract ${coefficient(c)}x$ from both sides, ${coefficient(a - c)}x"
        f" {plus(b)} = {d}$.",
        f"Then ${coefficient(a - c)}x = {d} - {bracket(b)} = {d - b}$.",
        f"$x = {d - b} \\div {a - c} = {x}$",
    )


@family(
    "equation with parentheses",
    "Equations with parentheses",
    "Distributive property",
    area=AREA,
    level=0.22,
    draw=lambda rng, size: (
        (a := rng.randint(2, 9)),
        (b := nonzero(rng, 9)),
        a * (upto(rng, size, 2, 12, 40) + b),
    ),
    valid=lambda a, b, c: a > 1 and b != 0 and c % a == 0,
    clash=lambda a, b, c: a == 0,
    slot="c",
    wordings=(
        say("the solution of $<a>(x <b:plus>) = <c>$"),
        say("the number $x$ for which $<a>(x <b:plus>)$ equals $<c>$"),
        say("the root of the equation $<a>(x <b:plus>) - <c> = 0$"),
    ),
)
def _parentheses(a: int, b: int, c: int) -> WorkedSolution:
    return worked(
        c // a - b,
        f"Divide both sides of the equation by ${a}$: $x {plus(b)} = {c} \\div {a} = {c // a}$.",
        f"$x = {c // a} - {bracket(b)} = {c // a - b}$",
    )


def _system_numbers(rng: random.Random, size: float) -> tuple[int, ...]:
    a, b, c, d = (rng.randint(1, 7) for _ in range(4))
    x, y = upto(rng, size, 2, 9, 25), upto(rng, size, 1, 9, 25)
    return a, b, a * x + b * y, c, d, c * x + d * y


def _system_solution(a: int, b: int, e: int, c: int, d: int, f: int) -> tuple[Fraction, Fraction]:
    determinant = a * d - b * c
    return Fraction(e * d - b * f, determinant), Fraction(a * f - e * c, determinant)


def _system_valid(a: int, b: int, e: int, c: int, d: int, f: int) -> bool:
    if min(a, b, c, d) <= 0 or a * d == b * c:
        return False
    x, y = _system_solution(a, b, e, c, d, f)
    return x.denominator == y.denominator == 1 and x > 0 and y > 0


@family(
    "two linear equations",
    "Systems of linear equations",
    "Elimination method",
    area=AREA,
    level=0.32,
    draw=_system_numbers,
    valid=_system_valid,
    clash=lambda a, b, e, c, d, f: a * d == b * c and a * f != c * e,
    wordings=(
        say(
            "the value of $x + y$",
            setup="The numbers $x$ and $y$ satisfy $<a:coef>x + <b:coef>y = <e>$ and $<c:coef>x + <d:coef>y = <f>$.",
        ),
        say("the sum of $x$ and $y$ for the solution of $<a:coef>x + <b:coef>y = <e>$, $<c:coef>x + <d:coef>y = <f>$"),
        say(
            "the price in dollars of one adult ticket and one child ticket together",
            setup="At a zoo <a> adult and <b> child tickets cost <e> dollars, while <c> adult and <d> child"
            " tickets cost <f>"
            " dollars.",
        ),
    ),
)
def _system(a: int, b: int, e: int, c: int, d: int, f: int) -> WorkedSolution:
    x, y = (int(v) for v in _system_solution(a, b, e, c, d, f))
    determinant, top = a * d - b * c, e * d - b * f
    return worked(
        x + y,
        f"Eliminate $y$ from the system: multiply the first equation by ${d}$ and the second by ${b}$ and subtract.",
        f"${determinant}x = {e * d} - {b * f} = {top}$, so $x = {x}$.",
        f"Put $x$ into the first equation: ${coefficient(b)}y = {e} - {a * x} = {e - a * x}$, so $y = {y}$.",
        f"$x + y = {x} + {y} = {x + y}$",
    )


@family(
    "sum and difference",
    "Sum and difference problems",
    "Substitution method",
    area=AREA,
    level=0.2,
    draw=lambda rng, size: (upto(rng, size, 3, 20, 80) * 2 + (d := upto(rng, size, 2, 12, 40)), d),
    valid=lambda s, d: s > d > 0 and (s - d) % 2 == 0,
    clash=lambda s, d: (s - d) % 2 != 0 or d > s,
    slot="s",
    wordings=(
        say("the larger of two whole numbers whose sum is $<s>$ and whose difference is $<d>$"),
        say(
            "the number of <item:item> that <one:name> has",
            setup="<one:name> and <two:name> have <s> <item:item> together, and <one:name> has <d> more than"
            " <two:name>.",
            ask="How many <item:item> does <one:name> have?",
        ),
        say(
            "the length of the longer piece in centimetres",
            setup="A board of <s> centimetres is sawn into two pieces of whole-centimetre length; one is <d>"
            " centimetres"
            " longer than the other.",
        ),
    ),
)
def _difference(s: int, d: int) -> WorkedSolution:
    return worked(
        (s + d) // 2,
        f"Call the numbers $x$ and $y$; substitute $y = x - {d}$ into $x + y = {s}$.",
        f"$2x = {s} + {d} = {s + d}$",
        f"$x = {s + d} \\div 2 = {(s + d) // 2}$",
    )


@family(
    "quadratic equation",
    "Quadratic equations",
    "Factoring quadratics",
    "Zero product property",
    area=AREA,
    level=0.32,
    draw=lambda rng, size: (-((p := nonzero(rng, 9)) + (q := upto(rng, size, 2, 9, 20))), p * q),
    valid=lambda b, c: b != 0 and c != 0 and b * b > 4 * c and is_square(b * b - 4 * c),
    clash=lambda b, c: b * b < 4 * c,
    wordings=(
        say("the larger solution of $x^2 <b:pcoef>x <c:plus> = 0$"),
        say("the greater root of the quadratic equation $x^2 <b:pcoef>x <c:plus> = 0$"),
        say("the larger of the two zeros of the polynomial $x^2 <b:pcoef>x <c:plus>$"),
    ),
)
def _quadratic(b: int, c: int) -> WorkedSolution:
    root = isqrt(b * b - 4 * c)
    large, small = (root - b) // 2, (-root - b) // 2
    return worked(
        large,
        f"Factor the quadratic: look for two roots with sum ${-b}$ and product ${c}$.",
        f"The roots have the sum ${small} + {bracket(large)} = {-b}$ and the product ${small} \\cdot"
        f" {bracket(large)} = {c}$.",
        f"So the equation is $(x {plus(-small)})(x {plus(-large)}) = 0$; by the zero product property the"
        f" larger root is ${large}$.",
    )


@family(
    "quadratic formula",
    "Quadratic formula",
    "Discriminant of a quadratic",
    area=AREA,
    level=0.36,
    draw=lambda rng, size: (rng.randint(1, 6), upto(rng, size, 5, 12, 30), nonzero(rng, 9)),
    valid=lambda a, b, c: a > 0 and c != 0 and b > 0,
    slot="b",
    wordings=(
        say("the discriminant of the quadratic equation $<a:coef>x^2 + <b>x <c:plus> = 0$"),
        say("the number under the root sign in the quadratic formula for $<a:coef>x^2 + <b>x <c:plus> = 0$"),
        say("the discriminant of the polynomial $<a:coef>x^2 + <b>x <c:plus>$"),
    ),
)
def _discriminant(a: int, b: int, c: int) -> WorkedSolution:
    return worked(
        b * b - 4 * a * c,
        f"The discriminant is $b^2 - 4ac$ with $a = {a}$, $b = {b}$, $c = {c}$.",
        f"${b}^2 = {b * b}$ and $4 \\cdot {a} \\cdot {bracket(c)} = {4 * a * c}$.",
        f"${b * b} - {bracket(4 * a * c)} = {b * b - 4 * a * c}$",
    )


@family(
    "double root",
    "Discriminant of a quadratic",
    "Nature of roots",
    area=AREA,
    level=0.38,
    draw=lambda rng, size: (2 * upto(rng, size, 2, 9, 30),),
    valid=lambda b: b > 0 and b % 2 == 0,
    slot="b",
    wordings=(
        say("the value of $c$ for which $x^2 + <b>x + c = 0$ has exactly one real solution"),
        say("the number $c$ for which the parabola $y = x^2 + <b>x + c$ touches the $x$-axis"),
        say("the constant $c$ that makes $x^2 + <b>x + c$ a perfect square"),
    ),
)
def _double(b: int) -> WorkedSolution:
    return worked(
        b * b // 4,
        f"There is exactly one solution when the discriminant ${b}^2 - 4c$ is $0$.",
        f"$4c = {b}^2 = {b * b}$",
        f"$c = {b * b} \\div 4 = {b * b // 4}$",
    )


@family(
    "absolute value equation",
    "Absolute value equations",
    "Absolute value",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (upto(rng, size, 1, 12, 40), upto(rng, size, 2, 20, 60)),
    valid=lambda a, b: a > 0 and b > 0,
    clash=lambda a, b: b < 0,
    slot="a",
    wordings=(
        say("the product of the two solutions of $|x - <a>| = <b>$"),
        say("the product of the two numbers whose distance from $<a>$ on the number line is $<b>$"),
        say("the product of all real numbers $x$ that satisfy $|x - <a>| = <b>$"),
    ),
)
def _absolute(a: int, b: int) -> WorkedSolution:
    return worked(
        (a - b) * (a + b),
        f"The absolute value equation means $x - {a} = {b}$ or $x - {a} = -{b}$.",
        f"The solutions are ${a} + {b} = {a + b}$ and ${a} - {b} = {a - b}$.",
        f"${a + b} \\cdot {bracket(a - b)} = {(a + b) * (a - b)}$",
    )


@family(
    "linear inequality",
    "Linear inequalities",
    "Counting integers in an interval",
    area=AREA,
    level=0.28,
    draw=lambda rng, size: (rng.randint(2, 9), rng.randint(1, 20), upto(rng, size, 40, 90, 300)),
    valid=lambda a, b, c: a > 0 and b > 0 and c > a + b,
    slot="c",
    wordings=(
        say("the number of positive integers $x$ with $<a>x + <b> < <c>$"),
        say("the number of positive integer solutions of the inequality $<a>x + <b> < <c>$"),
        say(
            "the largest number of rides, assuming that there is at least one",
            setup="<who:name> has <c> dollars, pays <a> dollars for each ride at a fair and wants to keep more than <b>"
            " dollars.",
        ),
    ),
)
def _inequality(a: int, b: int, c: int) -> WorkedSolution:
    count = (c - b - 1) // a
    return worked(
        count,
        f"Solve the linear inequality: ${a}x < {c} - {b}$, and ${c} - {b} = {c - b}$.",
        f"The largest such $x$ is ${count}$, because ${a} \\cdot {count} = {a * count}$ is still below ${c - b}$"
        f" and ${a} \\cdot {count + 1} = {a * (count + 1)}$ is not.",
        f"So $x$ runs from $1$ to ${count}$.",
    )


@family(
    "quadratic inequality",
    "Quadratic inequalities",
    "Counting integers in an interval",
    "Sign analysis",
    area=AREA,
    level=0.42,
    draw=lambda rng, size: ((p := nonzero(rng, 9)), p + upto(rng, size, 3, 12, 40)),
    valid=lambda p, q: p < q and p != 0 and q != 0,
    wordings=(
        say(r"the number of integers $x$ with $(x <p:minus>)(x <q:minus>) \le 0$"),
        say(r"the number of integer solutions of the inequality $(x <p:minus>)(x <q:minus>) \le 0$"),
        say(r"the number of integers at which the polynomial $(x <p:minus>)(x <q:minus>)$ is not positive"),
    ),
)
def _between(p: int, q: int) -> WorkedSolution:
    return worked(
        q - p + 1,
        f"A sign analysis of the two factors shows that the product is not positive for ${p} \\le x \\le {q}$.",
        f"The number of integers there is ${q} - {bracket(p)} + 1 = {q - p + 1}$.",
    )


@family(
    "exponential equation",
    "Exponential equations",
    "Powers with equal bases",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (
        rng.choice((2, 3, 5)),
        (m := rng.randint(2, 5)),
        (b := rng.randint(1, 9)),
        m * rng.randint(2, 9) + b,
    ),
    valid=lambda a, m, b, e: a > 1 and m > 0 and b > 0 and e > b and (e - b) % m == 0,
    slot="e",
    wordings=(
        say("the solution of $<a>^{<m>x + <b>} = <a>^{<e>}$"),
        say("the number $x$ for which $<a>^{<m>x + <b>}$ is equal to $<a>^{<e>}$"),
        say("the exponent $x$ with $<a>^{<m>x} \\cdot <a>^{<b>} = <a>^{<e>}$"),
    ),
)
def _exponential(a: int, m: int, b: int, e: int) -> WorkedSolution:
    return worked(
        (e - b) // m,
        f"Powers with the equal base ${a}$ agree only when the exponents agree: ${m}x + {b} = {e}$.",
        f"${m}x = {e} - {b} = {e - b}$",
        f"$x = {e - b} \\div {m} = {(e - b) // m}$",
    )


@family(
    "logarithmic equation",
    "Logarithmic equations",
    "Logarithms",
    area=AREA,
    level=0.36,
    draw=lambda rng, size: (rng.choice((2, 3, 4, 5)), upto(rng, size, 1, 12, 60), rng.randint(2, 4)),
    valid=lambda b, c, e: 1 < b < 100 and c > 0 and 0 < e < 12,
    slot="c",
    wordings=(
        say(r"the solution of $\log_{<b>}(x - <c>) = <e>$"),
        say(r"the number $x$ for which the logarithm of $x - <c>$ to the base $<b>$ is $<e>$"),
        say(r"the zero of the function $f(x) = \log_{<b>}(x - <c>) - <e>$"),
    ),
)
def _logarithmic(b: int, c: int, e: int) -> WorkedSolution:
    return worked(
        b**e + c,
        f"By the definition of the logarithm $x - {c} = {b}^{e}$.",
        f"${b}^{e} = {b**e}$",
        f"$x = {b**e} + {c} = {b**e + c}$",
    )


@family(
    "radical equation",
    "Radical equations",
    "Square roots",
    area=AREA,
    level=0.32,
    draw=lambda rng, size: (rng.randint(2, 5), upto(rng, size, 1, 12, 40), upto(rng, size, 4, 9, 20)),
    valid=lambda a, b, c: a > 0 and b > 0 and c > 0 and (c * c - b) % a == 0 and c * c > b,
    clash=lambda a, b, c: c < 0,
    slot="b",
    wordings=(
        say(r"the solution of $\sqrt{<a>x + <b>} = <c>$"),
        say(r"the number $x$ for which $\sqrt{<a>x + <b>}$ equals $<c>$"),
        say(r"the $x$-coordinate of the point on the curve $y = \sqrt{<a>x + <b>}$ at height $y = <c>$"),
    ),
)
def _radical(a: int, b: int, c: int) -> WorkedSolution:
    return worked(
        (c * c - b) // a,
        f"Square both sides of the radical equation: ${a}x + {b} = {c}^2 = {c * c}$.",
        f"${a}x = {c * c} - {b} = {c * c - b}$",
        f"$x = {c * c - b} \\div {a} = {(c * c - b) // a}$, which satisfies the original equation.",
    )


@family(
    "rational equation",
    "Rational equations",
    "Cross multiplication",
    area=AREA,
    level=0.32,
    draw=lambda rng, size: ((c := rng.randint(2, 9)) * upto(rng, size, 2, 9, 25), upto(rng, size, 2, 12, 40), c),
    valid=lambda a, b, c: a > 0 and b > 0 and c > 0 and a % c == 0,
    slot="b",
    wordings=(
        say(r"the solution of $\frac{<a>}{x - <b>} = <c>$"),
        say(r"the number $x$ for which the fraction $\frac{<a>}{x - <b>}$ has the value $<c>$"),
        say("the number from which $<b>$ is to be subtracted so that $<a>$ divided by the difference is $<c>$"),
    ),
)
def _rational(a: int, b: int, c: int) -> WorkedSolution:
    return worked(
        a // c + b,
        f"Multiply the rational equation by the denominator: ${a} = {c}(x - {b})$.",
        f"$x - {b} = {a} \\div {c} = {a // c}$",
        f"$x = {a // c} + {b} = {a // c + b}$; the denominator is not $0$ there.",
    )


@family(
    "consecutive integers",
    "Consecutive integers",
    "Linear equations in one variable",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: ((k := rng.choice((3, 5, 7))), k * upto(rng, size, 8, 40, 150)),
    valid=lambda k, s: k in (3, 5, 7, 9) and s > 0 and s % k == 0,
    clash=lambda k, s: k % 2 == 1 and k > 1 and s % k != 0,
    wordings=(
        say("the largest of <k> consecutive integers whose sum is $<s>$"),
        say(
            "the highest of these house numbers",
            setup="On a street with houses on one side only, <k> neighbouring houses carry consecutive numbers"
            " that add up"
            " to <s>.",
        ),
        say("the greatest member of the set of <k> consecutive integers with the sum $<s>$"),
    ),
)
def _consecutive(k: int, s: int) -> WorkedSolution:
    middle = s // k
    return worked(
        middle + k // 2,
        f"The middle one of ${k}$ consecutive integers is their mean: ${s} \\div {k} = {middle}$.",
        f"The largest lies ${k // 2}$ above it: ${middle} + {k // 2} = {middle + k // 2}$.",
    )


@family(
    "heads and legs",
    "Chickens and rabbits problem",
    "Systems of linear equations",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: ((c := upto(rng, size, 3, 20, 60)) + (r := upto(rng, size, 3, 20, 60)), 2 * c + 4 * r),
    valid=lambda n, legs: n > 0 and legs % 2 == 0 and 2 * n <= legs <= 4 * n,
    clash=lambda n, legs: legs % 2 == 1 or not 2 * n <= legs <= 4 * n,
    wordings=(
        say(
            "the number of rabbits",
            setup="In a yard there are <n> animals, only chickens and rabbits, with <legs> legs in all.",
            ask="How many rabbits are in the yard?",
        ),
        say(
            "the number of cars",
            setup="In a garage <n> vehicles, only motorcycles and cars, stand on <legs> wheels altogether.",
            ask="How many cars are in the garage?",
        ),
        say(
            "the number of four-seat boats",
            setup="A lake has <n> boats for hire, some with two and the others with four seats, and <legs>"
            " seats in total.",
        ),
    ),
)
def _legs(n: int, legs: int) -> WorkedSolution:
    return worked(
        (legs - 2 * n) // 2,
        f"If each of the ${n}$ counted only two, there would be $2 \\cdot {n} = {2 * n}$.",
        f"That is ${legs} - {2 * n} = {legs - 2 * n}$ too few, and each one with four adds two.",
        f"${legs - 2 * n} \\div 2 = {(legs - 2 * n) // 2}$",
    )


FAMILIES: tuple[ProblemFamily, ...] = (
    _linear,
    _parentheses,
    _system,
    _difference,
    _quadratic,
    _discriminant,
    _double,
    _absolute,
    _inequality,
    _between,
    _exponential,
    _logarithmic,
    _radical,
    _rational,
    _consecutive,
    _legs,
)
