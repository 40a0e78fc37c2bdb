"""Counting, the four operations, powers and roots."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from engine.abacus.notation import bracket, is_square, join, plus
from engine.abacus.problem_family import ProblemFamily, WorkedSolution, family, nonzero, say, upto, worked

AREA = "arithmetic"


@family(
    "order of operations",
    "Order of operations",
    "Multiplication of whole numbers",
    area=AREA,
    level=0.12,
    draw=lambda rng, size: (
        upto(rng, size, 5, 30, 90),
        upto(rng, size, 3, 9, 25),
        upto(rng, size, 3, 9, 15),
        upto(rng, size, 2, 20, 60),
    ),
    valid=lambda a, b, c, d: min(a, b, c, d) > 0 and a + b * c > d,
    slot="a",
    wordings=(
        say(r"the value of $<a> + <b> \times <c> - <d>$"),
        say(r"the result of $<a> + <b> \cdot <c> - <d>$"),
        say(
            "the number shown on the display",
            setup=r"<who:name> types $<a> + <b> \times <c> - <d>$ into a calculator that respects the order of"
            r" operations.",
        ),
    ),
)
def _order(a: int, b: int, c: int, d: int) -> WorkedSolution:
    return worked(
        a + b * c - d,
        f"By the order of operations the product comes first: ${b} \\cdot {c} = {b * c}$.",
        f"Then add and subtract from left to right: ${a} + {b * c} = {a + b * c}$.",
        f"${a + b * c} - {d} = {a + b * c - d}$",
    )


@family(
    "brackets",
    "Parentheses in expressions",
    "Division of whole numbers",
    area=AREA,
    level=0.15,
    draw=lambda rng, size: (
        upto(rng, size, 3, 12, 40),
        upto(rng, size, 3, 12, 40),
        (d := rng.randint(2, 9)),
        d * upto(rng, size, 2, 9, 20),
    ),
    valid=lambda a, b, d, c: a > 0 and b > 0 and d > 1 and c > 0 and c % d == 0,
    clash=lambda a, b, d, c: d == 0,
    slot="a",
    wordings=(
        say(r"the value of $(<a> + <b>) \times (<c> \div <d>)$"),
        say(r"the product of $<a> + <b>$ and $<c> \div <d>$"),
        say(
            "the number of chairs",
            setup="A hall has $<a> + <b>$ rows of chairs, and in each row stand $<c> \\div <d>$ chairs.",
            ask="How many chairs are in the hall?",
        ),
    ),
)
def _brackets(a: int, b: int, d: int, c: int) -> WorkedSolution:
    return worked(
        (a + b) * (c // d),
        f"Parentheses first: ${a} + {b} = {a + b}$.",
        f"The division gives ${c} \\div {d} = {c // d}$.",
        f"${a + b} \\cdot {c // d} = {(a + b) * (c // d)}$",
    )


@family(
    "rounding",
    "Rounding numbers",
    "Place value",
    area=AREA,
    level=0.1,
    draw=lambda rng, size: (upto(rng, size, 1012, 4000, 98000), rng.choice((10, 100, 1000))),
    valid=lambda n, unit: n > 0 and unit in (10, 100, 1000, 10000) and n % unit * 2 != unit,
    slot="n",
    wordings=(
        say("the number $<n>$ rounded to the nearest multiple of $<unit>$"),
        say("the multiple of $<unit>$ that is closest to $<n>$"),
        say(
            "the rounded number of visitors",
            setup="A museum counted <n> visitors last year and reports this number rounded to the nearest <unit>.",
            ask="Which number does the museum report?",
        ),
    ),
)
def _rounding(n: int, unit: int) -> WorkedSolution:
    low = n // unit * unit
    near = low if (n - low) * 2 < unit else low + unit
    return worked(
        near,
        f"To round, find the neighbouring multiples of ${unit}$: ${low}$ and ${low + unit}$.",
        f"The distances are ${n} - {low} = {n - low}$ and ${low + unit} - {n} = {low + unit - n}$.",
        f"The closer one is ${near}$.",
    )


@family(
    "distributive property",
    "Distributive property",
    "Mental arithmetic",
    area=AREA,
    level=0.15,
    draw=lambda rng, size: (upto(rng, size, 11, 40, 200), (b := rng.randint(13, 87)), 100 - b),
    valid=lambda a, b, c: a > 0 and b > 0 and c > 0,
    slot="a",
    wordings=(
        say(r"the value of $<a> \cdot <b> + <a> \cdot <c>$"),
        say(r"the sum of the products $<a> \times <b>$ and $<a> \times <c>$"),
        say(
            "the total number of tiles",
            setup="Two walls are covered with tiles in <a> rows each; a row of the first wall holds <b> tiles"
            " and a row of"
            " the second <c>.",
            ask="How many tiles are there altogether?",
        ),
    ),
)
def _distributive(a: int, b: int, c: int) -> WorkedSolution:
    return worked(
        a * (b + c),
        f"By the distributive property the common factor ${a}$ can be taken out: ${a} \\cdot ({b} + {c})$.",
        f"${b} + {c} = {b + c}$",
        f"${a} \\cdot {b + c} = {a * (b + c)}$",
    )


@family(
    "laws of exponents",
    "Laws of exponents",
    "Powers of integers",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: (
        rng.choice((2, 3, 5, 7, 10)),
        (m := upto(rng, size, 3, 8, 20)),
        (n := upto(rng, size, 3, 8, 20)),
        m + n - rng.randint(1, 4),
    ),
    valid=lambda a, m, n, k: a > 1 and min(m, n, k) > 0 and 0 < m + n - k <= 6 and max(a, m, n, k) < 1000,
    slot="m",
    wordings=(
        say(r"the value of $\frac{<a>^{<m>} \cdot <a>^{<n>}}{<a>^{<k>}}$"),
        say(r"the quotient when the product $<a>^{<m>} \cdot <a>^{<n>}$ is divided by $<a>^{<k>}$"),
        say(r"the integer equal to $<a>^{<m>} \cdot <a>^{<n>} \div <a>^{<k>}$"),
    ),
)
def _exponents(a: int, m: int, n: int, k: int) -> WorkedSolution:
    e = m + n - k
    return worked(
        a**e,
        f"Powers of the same base are multiplied by adding the exponents: ${a}^{{{m}}} \\cdot {a}^{{{n}}} ="
        f" {a}^{{{m + n}}}$.",
        f"They are divided by subtracting the exponents: ${m} + {n} - {k} = {e}$.",
        f"${a}^{{{e}}} = {a**e}$",
    )


@family(
    "square root of a product",
    "Square roots",
    "Perfect squares",
    area=AREA,
    level=0.2,
    draw=lambda rng, size: (
        (k := rng.randint(2, 7)) * upto(rng, size, 2, 6, 11) ** 2,
        k * upto(rng, size, 2, 6, 11) ** 2,
    ),
    valid=lambda a, b: a > 0 and b > 0 and is_square(a * b),
    slot=None,
    wordings=(
        say(r"the value of $\sqrt{<a> \cdot <b>}$"),
        say(r"the positive number whose square is $<a> \cdot <b>$"),
        say(
            "the side length of the square in metres",
            setup="A rectangular field of $<a>$ metres by $<b>$ metres is exchanged for a square field of the"
            " same area.",
        ),
    ),
)
def _square_root(a: int, b: int) -> WorkedSolution:
    return worked(
        isqrt(a * b),
        f"${a} \\cdot {b} = {a * b}$",
        f"This is a perfect square: ${isqrt(a * b)} \\cdot {isqrt(a * b)} = {a * b}$.",
        f"So the square root is ${isqrt(a * b)}$.",
    )


@family(
    "absolute values",
    "Absolute value",
    "Negative numbers",
    area=AREA,
    level=0.18,
    draw=lambda rng, size: (
        upto(rng, size, 2, 20, 80),
        upto(rng, size, 25, 50, 150),
        rng.randint(2, 9),
        nonzero(rng, 9),
    ),
    valid=lambda a, b, c, d: min(a, b, c) > 0 and d != 0,
    slot="a",
    wordings=(
        say(r"the value of $|<a> - <b>| + <c> \cdot |<d>|$"),
        say(r"the sum of $|<a> - <b>|$ and $<c> \cdot |<d>|$"),
        say(r"the number that $|<a> - <b>| + <c>|<d>|$ is equal to"),
    ),
)
def _absolute(a: int, b: int, c: int, d: int) -> WorkedSolution:
    first, second = abs(a - b), c * abs(d)
    return worked(
        first + second,
        f"The absolute value drops the sign: ${a} - {b} = {a - b}$, so the first term is ${first}$.",
        f"The second term is ${c} \\cdot {abs(d)} = {second}$.",
        f"${first} + {second} = {first + second}$",
    )


@family(
    "signed sum",
    "Addition of integers",
    "Subtraction of integers",
    "Negative numbers",
    area=AREA,
    level=0.15,
    draw=lambda rng, size: (nonzero(rng, 15), -rng.randint(2, 12), -rng.randint(2, 9)),
    valid=lambda a, b, c: a != 0 and b < 0 and c < 0,
    wordings=(
        say("the value of $<a> + (<b>) - (<c>)$"),
        say("the result when $<b>$ is added to $<a>$ and then $<c>$ is subtracted"),
        say(
            "the temperature in degrees at midnight",
            setup="At noon the temperature is $<a>$ degrees. Until the evening it changes by $<b>$ degrees, and until"
            " midnight by another $0 - (<c>)$ degrees.",
        ),
    ),
)
def _signed(a: int, b: int, c: int) -> WorkedSolution:
    return worked(
        a + b - c,
        f"Adding a negative number means subtracting: ${a} + ({b}) = {a + b}$.",
        f"Subtracting a negative number means adding: ${a + b} - {bracket(c)} = {a + b} + {-c} = {a + b - c}$.",
    )


@family(
    "decimal purchase",
    "Addition of decimals",
    "Multiplication of decimals",
    area=AREA,
    level=0.18,
    draw=lambda rng, size: (
        upto(rng, size, 2, 6, 12),
        25 * upto(rng, size, 3, 20, 60),
        upto(rng, size, 2, 5, 10),
        25 * upto(rng, size, 3, 20, 60),
    ),
    valid=lambda a, p, b, q: a > 0 and b > 0 and p > 0 and q > 0,
    slot="a",
    wordings=(
        say(
            "the total price in cents",
            setup="<who:name> buys <a> notebooks at <p:cents> dollars each and <b> pens at <q:cents> dollars each.",
            ask="How many cents does <who:name> pay in total?",
        ),
        say(r"the value of $100 \cdot (<a> \cdot <p:cents> + <b> \cdot <q:cents>)$"),
        say(
            "the income of the stall in cents",
            setup="At a school fair a stall sells <a> cups of tea for <p:cents> dollars each and <b> slices of cake for"
            " <q:cents> dollars each.",
        ),
    ),
)
def _decimals(a: int, p: int, b: int, q: int) -> WorkedSolution:
    first, second = _euros(p), _euros(q)
    total = a * p + b * q
    return worked(
        total,
        f"Multiply the decimals: ${a} \\cdot {first} = {_euros(a * p)}$ and ${b} \\cdot {second} = {_euros(b * q)}$.",
        f"Add them with the decimal points aligned: ${_euros(a * p)} + {_euros(b * q)} = {_euros(total)}$.",
        f"In cents this is $100 \\cdot {_euros(total)} = {total}$.",
    )


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


@family(
    "gauss sum",
    "Sum of consecutive integers",
    "Pairing strategy",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: ((a := upto(rng, size, 1, 10, 40)), a + upto(rng, size, 5, 40, 150)),
    valid=lambda a, b: 0 < a < b < 10**7,
    clash=lambda a, b: b < a,
    slot="b",
    wordings=(
        say("the sum of all integers from $<a>$ to $<b>$ inclusive"),
        say("the sum of the integers $n$ with $<a> \\le n \\le <b>$"),
        say(
            "the total number of seats",
            setup="In a theatre the first row has <a> seats and every further row has one seat more than the"
            " row before;"
            " the last row has <b> seats.",
            ask="How many seats are there in all rows together?",
        ),
    ),
)
def _gauss(a: int, b: int) -> WorkedSolution:
    n = b - a + 1
    total = n * (a + b) // 2
    return worked(
        total,
        f"There are ${b} - {a} + 1 = {n}$ numbers.",
        f"Pair the first with the last, the second with the last but one: every pair has the sum ${a} + {b} ="
        f" {a + b}$.",
        rf"$\frac{{{n} \cdot {a + b}}}{{2}} = {total}$",
    )


@family(
    "unit conversion",
    "Unit conversion",
    "Measurement of length",
    area=AREA,
    level=0.12,
    draw=lambda rng, size: (upto(rng, size, 2, 9, 40), rng.randint(5, 95), upto(rng, size, 2, 6, 12)),
    valid=lambda m, c, n: m > 0 and 0 < c < 100 and n > 0,
    clash=lambda m, c, n: c >= 100 and n > 0,
    slot="m",
    wordings=(
        say("the total length in centimetres of $<n>$ boards that are each <m> metres and <c> centimetres long"),
        say(
            "the length of the rope in centimetres",
            setup="A rope is cut into exactly <n> equal pieces, each <m> metres and <c> centimetres long.",
            ask="How many centimetres long was the rope?",
        ),
        say(
            "the distance in centimetres",
            setup="One jump of a toy robot takes it <m> metres and <c> centimetres forward, and it jumps <n> times.",
        ),
    ),
)
def _units(m: int, c: int, n: int) -> WorkedSolution:
    one = 100 * m + c
    return worked(
        one * n,
        f"One metre has $100$ centimetres, so one piece measures $100 \\cdot {m} + {c} = {one}$ centimetres.",
        f"${n} \\cdot {one} = {one * n}$",
    )


@family(
    "operation by rule",
    "Defined operations",
    "Substitution",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: (rng.randint(2, 6), nonzero(rng, 5), upto(rng, size, 2, 9, 25), upto(rng, size, 2, 9, 25)),
    valid=lambda p, q, a, b: p > 1 and q != 0 and a > 0 and b > 0,
    slot="a",
    wordings=(
        say(
            r"the value of $<a> \star <b>$",
            setup=r"For integers $x$ and $y$ define $x \star y = <p>x <q:pcoef>y$.",
        ),
        say(
            r"the number $<a> \star <b>$",
            setup=r"An operation on the integers is given by the rule $x \star y = <p>x <q:pcoef>y$.",
        ),
        say(
            "the output for $x = <a>$ and $y = <b>$",
            setup="A machine takes two integers $x$ and $y$ and returns $<p>x <q:pcoef>y$.",
        ),
    ),
)
def _operation(p: int, q: int, a: int, b: int) -> WorkedSolution:
    return worked(
        p * a + q * b,
        f"Use the definition of the operation with $x = {a}$ and $y = {b}$.",
        f"${p} \\cdot {a} {plus(q)} \\cdot {b} = {p * a} {plus(q * b)} = {p * a + q * b}$",
    )


@family(
    "undoing operations",
    "Inverse operations",
    "Working backwards",
    area=AREA,
    level=0.2,
    draw=lambda rng, size: (rng.randint(2, 9), upto(rng, size, 3, 20, 60), upto(rng, size, 2, 12, 50)),
    valid=lambda m, a, x: m > 1 and a > 0 and x > 0,
    slot="x",
    wordings=(
        say(
            "the result",
            setup="<who:name> thinks of the number $<x>$, multiplies it by $<m>$ and adds $<a>$ to the product.",
        ),
        say("the number that becomes $<x>$ when first $<a>$ is subtracted and then the difference is divided by $<m>$"),
        say(
            "the number of stamps at the start",
            setup="<who:name> gives away <a> stamps and shares the rest equally among <m> friends, each of whom"
            " receives <x>.",
            ask="How many stamps were there at the start?",
        ),
    ),
)
def _chain(m: int, a: int, x: int) -> WorkedSolution:
    return worked(
        m * x + a,
        f"Use inverse operations: dividing by ${m}$ is undone by multiplying, ${m} \\cdot {x} = {m * x}$.",
        f"Subtracting ${a}$ is undone by adding: ${m * x} + {a} = {m * x + a}$.",
    )


@family(
    "cube numbers",
    "Cube roots",
    "Perfect cubes",
    area=AREA,
    level=0.22,
    draw=lambda rng, size: (upto(rng, size, 2, 9, 20), upto(rng, size, 2, 9, 20)),
    valid=lambda a, b: a > 0 and b > 0 and a != b,
    wordings=(
        say(r"the value of $\sqrt[3]{<a>^3 \cdot <b>^3}$"),
        say("the cube root of the product of $<a>^3$ and $<b>^3$"),
        say("the edge length of a cube whose volume is $<a>^3 \\cdot <b>^3$"),
    ),
)
def _cubes(a: int, b: int) -> WorkedSolution:
    return worked(
        a * b,
        f"A product of perfect cubes is a perfect cube: ${a}^3 \\cdot {b}^3 = ({a} \\cdot {b})^3$.",
        f"The cube root is ${a} \\cdot {b} = {a * b}$.",
    )


@family(
    "halfway on the number line",
    "Number line",
    "Midpoint of a segment",
    area=AREA,
    level=0.15,
    draw=lambda rng, size: ((a := nonzero(rng, 20)), a + 2 * upto(rng, size, 2, 15, 60)),
    valid=lambda a, b: a < b,
    wordings=(
        say("the number that lies exactly halfway between $<a>$ and $<b>$ on the number line"),
        say("the midpoint of the segment from $<a>$ to $<b>$ on the number line"),
        say(
            "the height in metres at which the lift stops",
            setup="A mine lift runs from a height of $<a>$ metres to a height of $<b>$ metres, relative to the"
            " entrance,"
            " and stops exactly halfway.",
        ),
    ),
)
def _halfway(a: int, b: int) -> WorkedSolution:
    return worked(
        Fraction(a + b, 2),
        f"The midpoint on the number line is the mean of the ends: ${join([a, b])} = {a + b}$.",
        f"${a + b} \\div 2 = {_half(a + b)}$",
    )


def _half(n: int) -> str:
    return str(n // 2) if n % 2 == 0 else f"{'-' if n < 0 else ''}\\frac{{{abs(n)}}}{{2}}"


FAMILIES: tuple[ProblemFamily, ...] = (
    _order,
    _brackets,
    _rounding,
    _distributive,
    _exponents,
    _square_root,
    _absolute,
    _signed,
    _decimals,
    _gauss,
    _units,
    _operation,
    _chain,
    _cubes,
    _halfway,
)
