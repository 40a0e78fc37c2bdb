"""Sequences, series and recursions."""

from __future__ import annotations

import random
from fractions import Fraction

from engine.abacus.notation import bracket, join, plus, tex
from engine.abacus.problem_family import ProblemFamily, WorkedSolution, family, say, upto, worked

AREA = "sequences"


@family(
    "term of an arithmetic sequence",
    "Arithmetic sequences",
    "Common difference",
    area=AREA,
    level=0.22,
    draw=lambda rng, size: (upto(rng, size, 2, 12, 40), upto(rng, size, 2, 7, 15), upto(rng, size, 8, 25, 90)),
    valid=lambda a, d, n: d > 0 and 1 < n < 10**7,
    slot="n",
    wordings=(
        say("the term number $<n>$ of the arithmetic sequence with first term $<a>$ and common difference $<d>$"),
        say(
            "$a_{<n>}$",
            setup="In an arithmetic sequence the first term is $a_1 = <a>$ and each term exceeds the one before"
            " by $<d>$.",
        ),
        say(
            "the number of seats in row $<n>$",
            setup="The first row of a stadium block has <a> seats, and each further row has <d> seats more than the row"
            " before it.",
        ),
    ),
)
def _term(a: int, d: int, n: int) -> WorkedSolution:
    return worked(
        a + (n - 1) * d,
        f"In an arithmetic sequence $a_n = a_1 + (n - 1)d$, here with ${n} - 1 = {n - 1}$ steps of ${d}$.",
        f"${n - 1} \\cdot {d} = {(n - 1) * d}$",
        f"${a} + {(n - 1) * d} = {a + (n - 1) * d}$",
    )


@family(
    "sum of an arithmetic series",
    "Arithmetic series",
    "Arithmetic sequences",
    area=AREA,
    level=0.32,
    draw=lambda rng, size: (upto(rng, size, 2, 9, 30), upto(rng, size, 2, 6, 12), upto(rng, size, 8, 20, 60)),
    valid=lambda a, d, n: d > 0 and 1 < n < 10**6,
    slot="n",
    wordings=(
        say(
            "the sum of the first $<n>$ terms of the arithmetic sequence with first term $<a>$ and common"
            " difference $<d>$"),
        say("the sum of the first $<n>$ terms",
            setup="An arithmetic sequence starts with $<a>$, and its common difference is $<d>$."),
        say(
            "the total in dollars after <n> weeks",
            setup="<who:name> saves <a> dollars in the first week and in every further week <d> dollars more"
            " than in the"
            " week before.",
        ),
    ),
)  # fmt: skip
def _series(a: int, d: int, n: int) -> WorkedSolution:
    last = a + (n - 1) * d
    return worked(
        n * (a + last) // 2,
        f"The last of the ${n}$ terms is ${a} + {n - 1} \\cdot {d} = {last}$.",
        "The sum of an arithmetic series is the number of terms times the mean of the first and the last term.",
        rf"$\frac{{{n} \cdot ({a} + {last})}}{{2}} = {n * (a + last) // 2}$",
    )


@family(
    "number of terms",
    "Number of terms of a sequence",
    "Arithmetic sequences",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: (
        (a := upto(rng, size, 1, 9, 30)), (d := upto(rng, size, 2, 9, 15)), a + d * upto(rng, size, 5, 20, 60),
    ),
    valid=lambda a, d, z: d > 0 and z > a + d and (z - a) % d == 0,
    clash=lambda a, d, z: d > 0 and z > a and (z - a) % d != 0,
    wordings=(
        say(
            "the number of terms of the arithmetic sequence that starts with $<a>$, has common difference $<d>$"
            " and ends"
            " with $<z>$"),
        say("the number of posts",
            setup="Along a road posts stand at the marks $<a>$, then every $<d>$ metres, and the last one at"
            " $<z>$ metres."),
        say("the number of integers on the board",
            setup="<who:name> starts with $<a>$, adds $<d>$ again and again, writes every number on the board"
            " and stops at"
            " $<z>$."),
    ),
)  # fmt: skip
def _count(a: int, d: int, z: int) -> WorkedSolution:
    return worked(
        (z - a) // d + 1,
        f"From the first to the last term there are ${z} - {a} = {z - a}$, that is ${z - a} \\div {d} ="
        f" {(z - a) // d}$ steps.",
        f"The number of terms is one more: ${(z - a) // d} + 1 = {(z - a) // d + 1}$.",
    )


@family(
    "term of a geometric sequence",
    "Geometric sequences",
    "Common ratio",
    area=AREA,
    level=0.28,
    draw=lambda rng, size: (rng.randint(1, 9), rng.choice((2, 3, 4)), upto(rng, size, 3, 6, 9)),
    valid=lambda a, q, n: a > 0 and q > 1 and 1 < n < 25,
    slot="n",
    wordings=(
        say("the term number $<n>$ of the geometric sequence with first term $<a>$ and common ratio $<q>$"),
        say("$a_{<n>}$", setup="A geometric sequence has $a_1 = <a>$ and common ratio $<q>$."),
        say(
            "the number of cells on day <n>",
            setup="On day 1 a dish holds <a> cells, and from each day to the next their number is multiplied by <q>.",
        ),
    ),
)
def _geometric(a: int, q: int, n: int) -> WorkedSolution:
    return worked(
        a * q ** (n - 1),
        f"In a geometric sequence $a_n = a_1 q^{{n - 1}}$, so $a_{{{n}}} = {a} \\cdot {q}^{{{n - 1}}}$.",
        f"${q}^{{{n - 1}}} = {q ** (n - 1)}$",
        f"${a} \\cdot {q ** (n - 1)} = {a * q ** (n - 1)}$",
    )


@family(
    "sum of a geometric series",
    "Geometric series",
    "Geometric sequences",
    area=AREA,
    level=0.38,
    draw=lambda rng, size: (rng.randint(1, 7), rng.choice((2, 3, 4)), upto(rng, size, 4, 6, 9)),
    valid=lambda a, q, n: a > 0 and q > 1 and 1 < n < 25,
    slot="n",
    wordings=(
        say("the sum of the first $<n>$ terms of the geometric sequence with first term $<a>$ and common ratio $<q>$"),
        say(
            "the sum of the first $<n>$ terms",
            setup="A geometric sequence starts with $<a>$ and has common ratio $<q>$.",
        ),
        say(
            "the number of people who have been told in the first <n> hours",
            setup="In the first hour <a> people are told a rumour; in every further hour <q> times as many new"
            " people hear"
            " it as in the hour before.",
        ),
    ),
)
def _geometric_sum(a: int, q: int, n: int) -> WorkedSolution:
    total = a * (q**n - 1) // (q - 1)
    return worked(
        total,
        r"The sum of a geometric series is $a \cdot \frac{q^n - 1}{q - 1}$.",
        f"${q}^{{{n}}} - 1 = {q**n - 1}$",
        rf"${a} \cdot \frac{{{q**n - 1}}}{{{q - 1}}} = {total}$",
    )


def _converging(rng: random.Random, size: float) -> tuple[int, Fraction]:
    ratio = Fraction(rng.randint(1, 7), 8) if size > 0.8 else Fraction(rng.randint(1, 4), 5)
    return (1 - ratio).numerator * upto(rng, size, 2, 9, 30), ratio


@family(
    "infinite geometric series",
    "Infinite geometric series",
    "Convergence of series",
    area=AREA,
    level=0.42,
    draw=_converging,
    valid=lambda a, q: a > 0 and 0 < q < 1,
    clash=lambda a, q: q >= 1,
    slot="a",
    wordings=(
        say("the sum of the infinite geometric series with first term $<a>$ and common ratio $<q:frac>$"),
        say(r"the value of $\sum_{k=0}^{\infty} <a> \cdot \left(<q:frac>\right)^k$"),
        say(
            "the length in centimetres that the total distance approaches",
            setup="A toy beetle crawls <a> centimetres in the first minute, and in each further minute"
            " $<q:frac>$ of the"
            " distance of the minute before.",
        ),
    ),
)  # fmt: skip
def _infinite(a: int, q: Fraction) -> WorkedSolution:
    return worked(
        a / (1 - q),
        r"Since $|q| < 1$, the geometric series converges to $\frac{a}{1 - q}$.",
        f"$1 - {tex(q)} = {tex(1 - q)}$",
        f"Dividing by it means multiplying by ${tex(1 / (1 - q))}$: ${a} \\cdot {tex(1 / (1 - q))} ="
        f" {tex(a / (1 - q))}$.",
    )


@family(
    "linear recursion",
    "Recursive sequences",
    "Recurrence relations",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (
        rng.randint(1, 6),
        rng.choice((2, 3)),
        rng.choice((-2, -1, 1, 2, 3)),
        upto(rng, size, 3, 5, 7),
    ),
    valid=lambda a, p, q, n: a > 0 and p > 1 and q != 0 and (p - 1) * a + q > 0 and 1 < n < 20,
    slot="n",
    wordings=(
        say("$a_{<n>}$", setup="A sequence is defined by $a_1 = <a>$ and $a_{k+1} = <p>a_k <q:plus>$ for $k \\ge 1$."),
        say(
            "the term with index $<n>$",
            setup="The terms of a sequence satisfy the recursion $a_{k+1} = <p>a_k <q:plus>$ with the starting value"
            " $a_1 = <a>$.",
        ),
        say(
            "the number on the display in round $<n>$",
            setup="A display shows $<a>$ in round $1$. In each new round the number $x$ is replaced by $<p>x"
            " <q:plus>$.",
        ),
    ),
)
def _recursion(a: int, p: int, q: int, n: int) -> WorkedSolution:
    steps, term = [], a
    for index in range(2, n + 1):
        new = p * term + q
        steps.append(f"$a_{{{index}}}$: ${p} \\cdot {bracket(term)} {plus(q)} = {new}$")
        term = new
    return worked(term, f"Apply the recursion step by step, starting from ${a}$.", *steps)


@family(
    "fibonacci-like sequence",
    "Fibonacci sequence",
    "Recursive sequences",
    area=AREA,
    level=0.28,
    draw=lambda rng, size: (upto(rng, size, 1, 5, 12), upto(rng, size, 1, 8, 20), upto(rng, size, 5, 8, 12)),
    valid=lambda a, b, n: a > 0 and b > 0 and 2 < n < 30,
    slot="n",
    wordings=(
        say(
            "the term number $<n>$",
            setup="The first two terms of a sequence are $<a>$ and $<b>$; from the third term on, each term is"
            " the sum of"
            " the two terms before it.",
        ),
        say("$f_{<n>}$", setup="Let $f_1 = <a>$, $f_2 = <b>$ and $f_{k+2} = f_{k+1} + f_k$ for all $k \\ge 1$."),
        say("the term number $<n>$ of the Fibonacci-like sequence that starts with $<a>$ and $<b>$"),
    ),
)
def _fibonacci(a: int, b: int, n: int) -> WorkedSolution:
    terms = [a, b]
    while len(terms) < n:
        terms.append(terms[-1] + terms[-2])
    steps = [f"${terms[i - 2]} + {terms[i - 1]} = {terms[i]}$" for i in range(2, n)]
    return worked(terms[n - 1], "As in the Fibonacci sequence, add the last two terms each time.", *steps)


@family(
    "sum of squares",
    "Summation formulas",
    "Sum of squares of integers",
    area=AREA,
    level=0.38,
    draw=lambda rng, size: (upto(rng, size, 5, 15, 40),),
    valid=lambda n: 1 < n < 10**5,
    slot="n",
    wordings=(
        say("the sum of the squares of the first $<n>$ positive integers"),
        say(r"the value of $\sum_{k=1}^{<n>} k^2$"),
        say("the number of balls in the pile",
            setup="Balls are piled up in <n> square layers; the top layer is a single ball, and the layers below have"
            " $2^2$, $3^2$ and so on."),
    ),
)  # fmt: skip
def _square_sum(n: int) -> WorkedSolution:
    total = n * (n + 1) * (2 * n + 1) // 6
    return worked(
        total,
        r"Use the summation formula $\sum_{k=1}^{n} k^2 = \frac{n(n + 1)(2n + 1)}{6}$.",
        f"${n} \\cdot {n + 1} \\cdot {2 * n + 1} = {n * (n + 1) * (2 * n + 1)}$",
        f"${n * (n + 1) * (2 * n + 1)} \\div 6 = {total}$",
    )


@family(
    "telescoping sum",
    "Telescoping sums",
    "Partial fractions",
    area=AREA,
    level=0.5,
    draw=lambda rng, size: (upto(rng, size, 5, 20, 99),),
    valid=lambda n: 1 < n < 10**6,
    slot=None,
    wordings=(
        say(r"the value of $\sum_{k=1}^{<n>} \frac{1}{k(k + 1)}$"),
        say(r"the sum of the numbers $\frac{1}{k(k + 1)}$ for $k = 1, 2, \dots, <n>$"),
        say(r"the sum of the first $<n>$ terms of the sequence with $a_k = \frac{1}{k} - \frac{1}{k + 1}$"),
    ),
)
def _telescope(n: int) -> WorkedSolution:
    return worked(
        Fraction(n, n + 1),
        r"By partial fractions $\frac{1}{k(k + 1)} = \frac{1}{k} - \frac{1}{k + 1}$.",
        "The sum telescopes: everything cancels but the first and the last term.",
        rf"$1 - \frac{{1}}{{{n + 1}}} = \frac{{{n}}}{{{n + 1}}}$",
    )


@family(
    "sum of odd numbers",
    "Odd and even numbers",
    "Arithmetic series",
    "Figurate numbers",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: (upto(rng, size, 6, 25, 80),),
    valid=lambda n: 1 < n < 10**6,
    slot="n",
    wordings=(
        say("the sum of the first $<n>$ odd positive integers"),
        say("the value of $1 + 3 + 5 + \\dots$ with $<n>$ summands"),
        say(
            "the number of tiles in the finished square",
            setup="Around a single corner tile <who:name> lays L-shaped strips of $3$, $5$, $7$ and more tiles, so that"
            " after <n> pieces, the corner tile included, a square is finished.",
        ),
    ),
)
def _odd(n: int) -> WorkedSolution:
    return worked(
        n * n,
        f"The odd numbers form an arithmetic series whose last term is $2 \\cdot {n} - 1 = {2 * n - 1}$.",
        rf"$\frac{{{n} \cdot (1 + {2 * n - 1})}}{{2}} = {n * n}$",
    )


@family(
    "number pattern",
    "Number patterns",
    "Second differences",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (rng.randint(1, 3), rng.randint(0, 6), rng.randint(1, 9)),
    valid=lambda a, b, c: a > 0 and b >= 0 and c > 0,
    wordings=(
        say("the sum of the first four values of $<a:coef>n^2 + <b>n + <c>$ for $n = 1, 2, 3, 4$"),
        say("the total of the four dot counts",
            setup="The pictures of a pattern have $<a:coef>n^2 + <b>n + <c>$ dots for $n = 1, 2, 3, 4$."),
        say("the value of $s_1 + s_2 + s_3 + s_4$", setup="A sequence is given by $s_n = <a:coef>n^2 + <b>n + <c>$."),
    ),
)  # fmt: skip
def _pattern(a: int, b: int, c: int) -> WorkedSolution:
    terms = [a * n * n + b * n + c for n in range(1, 5)]
    return worked(
        sum(terms),
        f"The terms of the pattern are ${', '.join(map(str, terms))}$; their second differences are constant.",
        f"${join(terms)} = {sum(terms)}$",
    )


FAMILIES: tuple[ProblemFamily, ...] = (
    _term,
    _series,
    _count,
    _geometric,
    _geometric_sum,
    _infinite,
    _recursion,
    _fibonacci,
    _square_sum,
    _telescope,
    _odd,
    _pattern,
)
