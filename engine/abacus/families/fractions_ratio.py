"""Fractions, ratios, percentages, interest and proportion."""

from __future__ import annotations

import random
from fractions import Fraction
from math import gcd

from engine.abacus.notation import tex
from engine.abacus.problem_family import ProblemFamily, WorkedSolution, family, say, upto, worked

AREA = "fractions and ratios"


def _proper(rng: random.Random, size: float) -> Fraction:
    bottom = upto(rng, size, 3, 9, 15)
    return Fraction(rng.randint(1, bottom - 1), bottom)


@family(
    "sum of fractions",
    "Addition of fractions",
    "Common denominators",
    "Simplifying fractions",
    area=AREA,
    level=0.18,
    draw=lambda rng, size: (_proper(rng, size), _proper(rng, size)),
    valid=lambda p, q: p > 0 and q > 0 and p.denominator != q.denominator and min(p.denominator, q.denominator) > 1,
    wordings=(
        say("the sum of $<p:frac>$ and $<q:frac>$ as a fraction in lowest terms"),
        say("the value of $<p:frac> + <q:frac>$ in lowest terms"),
        say(
            "the fraction of the garden that is planted",
            setup="<who:name> plants $<p:frac>$ of a first garden bed with herbs and $<q:frac>$ of a second bed"
            " of the same"
            " size with flowers, and adds the two parts up in units of one bed.",
        ),
    ),
)
def _sum(p: Fraction, q: Fraction) -> WorkedSolution:
    common = p.denominator * q.denominator // gcd(p.denominator, q.denominator)
    a, b = int(p * common), int(q * common)
    return worked(
        p + q,
        f"The least common denominator is ${common}$.",
        rf"${tex(p)} = \frac{{{a}}}{{{common}}}$ and ${tex(q)} = \frac{{{b}}}{{{common}}}$.",
        rf"$\frac{{{a}}}{{{common}}} + \frac{{{b}}}{{{common}}} = \frac{{{a + b}}}{{{common}}} = {tex(p + q)}$",
    )


@family(
    "product of fractions",
    "Multiplication of fractions",
    "Simplifying fractions",
    area=AREA,
    level=0.18,
    draw=lambda rng, size: (_proper(rng, size), _proper(rng, size)),
    valid=lambda p, q: p > 0 and q > 0 and min(p.denominator, q.denominator) > 1,
    wordings=(
        say("the product of $<p:frac>$ and $<q:frac>$ in lowest terms"),
        say(r"the value of $<p:frac> \cdot <q:frac>$ as a fraction in lowest terms"),
        say(
            "the fraction of all pupils who sing in the choir",
            setup="In a school $<p:frac>$ of the pupils play an instrument, and $<q:frac>$ of these also sing"
            " in the choir;"
            " nobody else sings in it.",
        ),
    ),
)
def _product(p: Fraction, q: Fraction) -> WorkedSolution:
    top, bottom = p.numerator * q.numerator, p.denominator * q.denominator
    return worked(
        p * q,
        f"Multiply the numerators and the denominators: ${p.numerator} \\cdot {q.numerator} = {top}$"
        f" and ${p.denominator} \\cdot {q.denominator} = {bottom}$.",
        rf"In lowest terms $\frac{{{top}}}{{{bottom}}} = {tex(p * q)}$.",
    )


@family(
    "quotient of fractions",
    "Division of fractions",
    "Reciprocals",
    area=AREA,
    level=0.22,
    draw=lambda rng, size: (upto(rng, size, 2, 9, 24), _proper(rng, size)),
    valid=lambda n, q: n > 0 and q > 0 and q.denominator > 1,
    slot="n",
    wordings=(
        say(r"the value of $<n> \div <q:frac>$"),
        say("the number that gives $<n>$ when it is multiplied by $<q:frac>$"),
        say("the quotient of $<n>$ and $<q:frac>$"),
    ),
)
def _quotient(n: int, q: Fraction) -> WorkedSolution:
    return worked(
        n / q,
        f"Dividing by a fraction means multiplying by its reciprocal, which is ${tex(1 / q)}$.",
        f"${n} \\cdot {tex(1 / q)} = {tex(n / q)}$",
    )


@family(
    "fraction of a quantity",
    "Fraction of a quantity",
    "Multiplication of fractions",
    area=AREA,
    level=0.15,
    draw=lambda rng, size: ((q := _proper(rng, size)), q.denominator * upto(rng, size, 3, 12, 40)),
    valid=lambda q, n: 0 < q < 1 and n > 0 and n % q.denominator == 0,
    clash=lambda q, n: n > 0 and q > 0 and n % q.denominator != 0,
    slot="n",
    wordings=(
        say(
            "the number of <item:item> left",
            setup="<who:name> has <n> <item:item> and gives $<q:frac>$ of them to a friend.",
            ask="How many <item:item> does <who:name> have left?",
        ),
        say(
            "the number of pages still to be read",
            setup="A book has <n> pages, and <who:name> has read $<q:frac>$ of them.",
            ask="How many pages are still to be read?",
        ),
        say(
            "the number of empty seats",
            setup="Of the <n> seats in a cinema, $<q:frac>$ are taken.",
            ask="How many seats are empty?",
        ),
    ),
)
def _part(q: Fraction, n: int) -> WorkedSolution:
    share = int(q * n)
    return worked(
        n - share,
        f"A fraction of a quantity is a product: ${tex(q)} \\cdot {n} = {share}$.",
        f"What is left is ${n} - {share} = {n - share}$.",
    )


@family(
    "percentage of a number",
    "Percentages",
    "Percentage of a quantity",
    area=AREA,
    level=0.15,
    draw=lambda rng, size: (5 * rng.randint(1, 19), 20 * upto(rng, size, 2, 15, 80)),
    valid=lambda p, n: 0 < p < 100 and n > 0 and p * n % 100 == 0,
    clash=lambda p, n: p > 100,
    slot="n",
    wordings=(
        say(r"$<p>\%$ of $<n>$"),
        say(
            "the number of members who came",
            setup=r"A club has <n> members, and $<p>\%$ of them came to the summer party.",
            ask="How many members came to the party?",
        ),
        say(
            "the number of correct answers",
            setup=r"In a test with <n> questions, <who:name> answered exactly $<p>\%$ correctly.",
            ask="How many questions did <who:name> answer correctly?",
        ),
    ),
)
def _percentage(p: int, n: int) -> WorkedSolution:
    return worked(
        p * n // 100,
        f"A percentage is a fraction with denominator $100$: $\\frac{{{p}}}{{100}} \\cdot {n}$.",
        f"${p} \\cdot {n} = {p * n}$ and ${p * n} \\div 100 = {p * n // 100}$.",
    )


@family(
    "discount",
    "Discounts",
    "Percentage decrease",
    area=AREA,
    level=0.2,
    draw=lambda rng, size: (20 * upto(rng, size, 2, 9, 30), 5 * rng.randint(1, 14)),
    valid=lambda price, p: price > 0 and 0 < p < 100 and price * p % 100 == 0,
    clash=lambda price, p: p > 100,
    slot="price",
    wordings=(
        say(
            "the price in dollars after the discount",
            setup=r"A <goods:goods> costs <price> dollars. In a sale its price is reduced by $<p>\%$.",
            ask="How many dollars does the <goods:goods> cost in the sale?",
        ),
        say(
            "the amount in dollars that is paid at the till",
            setup=r"With a voucher <who:name> gets $<p>\%$ off the price of <price> dollars for a <goods:goods>.",
        ),
        say("the number that is obtained when $<price>$ is decreased by $<p>\\%$"),
    ),
)
def _discount(price: int, p: int) -> WorkedSolution:
    off = price * p // 100
    return worked(
        price - off,
        f"The discount is a percentage of the price: $\\frac{{{p}}}{{100}} \\cdot {price} = {off}$.",
        f"${price} - {off} = {price - off}$",
    )


@family(
    "successive percentages",
    "Percentage change",
    "Percentage increase",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (100 * upto(rng, size, 1, 8, 30), 10 * rng.randint(1, 5), 10 * rng.randint(1, 5)),
    valid=lambda n, p, q: n > 0 and 0 < p < 500 and 0 < q < 100 and n * (100 + p) * (100 - q) % 10000 == 0,
    clash=lambda n, p, q: q > 100,
    slot="n",
    wordings=(
        say(
            "the final price in dollars",
            setup=r"A price of <n> dollars is first raised by $<p>\%$ and then lowered by $<q>\%$ of the new price.",
        ),
        say(r"the number that results when $<n>$ is increased by $<p>\%$ and the result is decreased by $<q>\%$"),
        say(
            "the number of inhabitants after both years",
            setup=r"A village has <n> inhabitants. In one year their number grows by $<p>\%$, in the next it shrinks by"
            r" $<q>\%$.",
        ),
    ),
)
def _successive(n: int, p: int, q: int) -> WorkedSolution:
    up = Fraction(n * (100 + p), 100)
    return worked(
        up * (100 - q) / 100,
        f"A percentage increase multiplies by $\\frac{{{100 + p}}}{{100}}$: ${n} \\cdot"
        f" \\frac{{{100 + p}}}{{100}} = {tex(up)}$.",
        f"The decrease refers to the new value and multiplies by $\\frac{{{100 - q}}}{{100}}$.",
        f"${tex(up)} \\cdot \\frac{{{100 - q}}}{{100}} = {tex(up * (100 - q) / 100)}$",
    )


@family(
    "original price",
    "Reverse percentages",
    "Percentage increase",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: ((p := 5 * rng.randint(1, 10)), (100 + p) * upto(rng, size, 1, 6, 20) // 5 * 5),
    valid=lambda p, n: 0 < p < 200 and n > 0 and n * 100 % (100 + p) == 0,
    wordings=(
        say(
            "the price in dollars before the rise",
            setup=r"After a rise of $<p>\%$ a <goods:goods> costs <n> dollars.",
            ask=r"What did it cost before, in dollars?",
        ),
        say(r"the number that becomes $<n>$ when it is increased by $<p>\%$"),
        say(
            "the number of members last year",
            setup=r"The <club:club> has <n> members this year, $<p>\%$ more than last year.",
            ask="How many members did it have last year?",
        ),
    ),
)
def _original(p: int, n: int) -> WorkedSolution:
    return worked(
        n * 100 // (100 + p),
        f"Call the original value $x$. Then $x \\cdot \\frac{{{100 + p}}}{{100}} = {n}$.",
        f"Work the percentage back: ${n} \\cdot 100 \\div {100 + p} = {n * 100 // (100 + p)}$.",
    )


def _ratio_numbers(rng: random.Random, size: float) -> tuple[int, int, int]:
    a, b = rng.choice(((1, 2), (1, 3), (2, 3), (2, 5), (3, 4), (3, 5), (4, 5), (3, 7), (4, 7), (5, 8)))
    return a, b, (a + b) * upto(rng, size, 3, 12, 40)


@family(
    "sharing in a ratio",
    "Ratios",
    "Division in a given ratio",
    area=AREA,
    level=0.2,
    draw=_ratio_numbers,
    valid=lambda a, b, n: a > 0 and b > 0 and a != b and n > 0 and n % (a + b) == 0,
    clash=lambda a, b, n: a > 0 and b > 0 and n % (a + b) != 0,
    slot="n",
    wordings=(
        say(
            "the number of <item:item> in the larger share",
            setup="<one:name> and <two:name> share <n> <item:item> in the ratio $<a> : <b>$, without cutting any.",
            ask="How many <item:item> are in the larger share?",
        ),
        say("the larger part when $<n>$ is divided into two whole parts in the ratio $<a> : <b>$"),
        say(
            "the larger of the two numbers of pupils",
            setup="In a year of <n> pupils the numbers of those who walk to school and of those who do not are"
            " in the ratio"
            " $<a> : <b>$.",
        ),
    ),
)
def _ratio(a: int, b: int, n: int) -> WorkedSolution:
    unit = n // (a + b)
    return worked(
        unit * max(a, b),
        f"The ratio has ${a} + {b} = {a + b}$ equal parts.",
        f"One part is ${n} \\div {a + b} = {unit}$.",
        f"The larger share is ${max(a, b)} \\cdot {unit} = {unit * max(a, b)}$.",
    )


@family(
    "direct proportion",
    "Direct proportion",
    "Unit rate",
    area=AREA,
    level=0.18,
    draw=lambda rng, size: ((a := rng.randint(3, 9)), a * upto(rng, size, 2, 9, 30), upto(rng, size, 4, 15, 40)),
    valid=lambda a, price, b: a > 1 and b > 0 and b != a and price > 0 and price % a == 0,
    slot="b",
    wordings=(
        say(
            "the price in dollars of <b> kilograms",
            setup="At a market <a> kilograms of <fruit:fruit> cost <price> dollars, and the price is"
            " proportional to the"
            " weight.",
        ),
        say(
            "the number of pages printed in <b> minutes",
            setup="A printer that works at a constant rate prints <price> pages in <a> minutes.",
            ask="How many pages does it print in <b> minutes?",
        ),
        say("the value of $y$ at $x = <b>$ if $y$ is directly proportional to $x$ and $y = <price>$ at $x = <a>$"),
    ),
)
def _direct(a: int, price: int, b: int) -> WorkedSolution:
    unit = price // a
    return worked(
        unit * b,
        f"In a direct proportion the unit rate is constant: ${price} \\div {a} = {unit}$.",
        f"${unit} \\cdot {b} = {unit * b}$",
    )


@family(
    "inverse proportion",
    "Inverse proportion",
    "Constant product",
    area=AREA,
    level=0.28,
    draw=lambda rng, size: (
        rng.randint(2, 9),
        (b := rng.randint(2, 12)) * upto(rng, size, 1, 4, 9),
        b,
    ),
    valid=lambda a, days, b: a > 0 and b > 0 and a != b and days > 0 and a * days % b == 0,
    slot="b",
    wordings=(
        say(
            "the number of days that <b> workers need",
            setup="A wall is built by <a> workers in <days> days, and all workers are equally fast.",
            ask="How many days do <b> workers need for the same wall?",
        ),
        say("the value of $y$ at $x = <b>$ if $y$ is inversely proportional to $x$ and $y = <days>$ at $x = <a>$"),
        say(
            "the number of hours that <b> pumps need",
            setup="A basin is emptied by <a> equal pumps in <days> hours.",
        ),
    ),
)
def _inverse(a: int, days: int, b: int) -> WorkedSolution:
    return worked(
        a * days // b,
        f"In an inverse proportion the product is constant: ${a} \\cdot {days} = {a * days}$.",
        f"${a * days} \\div {b} = {a * days // b}$",
    )


@family(
    "simple interest",
    "Simple interest",
    "Percentages",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: (100 * upto(rng, size, 2, 20, 90), rng.randint(2, 9), upto(rng, size, 2, 5, 12)),
    valid=lambda c, p, t: c > 0 and 0 < p < 100 and t > 0 and c * p * t % 100 == 0,
    slot="t",
    wordings=(
        say(
            "the interest in dollars after <t> years",
            setup=r"A deposit of <c> dollars earns simple interest at $<p>\%$ per year.",
        ),
        say(
            "the total of the interest in dollars",
            setup=r"<who:name> lends a friend <c> dollars for <t> years at a simple interest rate of $<p>\%$ a year.",
        ),
        say(r"the simple interest in dollars on <c> dollars at $<p>\%$ per year for <t> years"),
    ),
)
def _simple(c: int, p: int, t: int) -> WorkedSolution:
    year = Fraction(c * p, 100)
    return worked(
        year * t,
        f"Simple interest is paid on the deposit alone: $\\frac{{{p}}}{{100}} \\cdot {c} = {tex(year)}$ a year.",
        f"${tex(year)} \\cdot {t} = {tex(year * t)}$",
    )


@family(
    "compound interest",
    "Compound interest",
    "Exponential growth",
    area=AREA,
    level=0.4,
    draw=lambda rng, size: (10000 * upto(rng, size, 1, 4, 12), rng.choice((5, 10, 20, 30, 50)), 2),
    valid=lambda c, p, t: c > 0 and 0 < p < 100 and t in (2, 3) and c * (100 + p) ** t % 100**t == 0,
    wordings=(
        say(
            "the balance in dollars after <t> years",
            setup=r"An account with <c> dollars earns compound interest at $<p>\%$ per year.",
        ),
        say(
            "the number of bacteria after <t> hours",
            setup=r"A culture of <c> bacteria grows by $<p>\%$ every hour.",
        ),
        say(r"the amount in dollars to which <c> dollars grow in <t> years at $<p>\%$ interest compounded yearly"),
    ),
)
def _compound(c: int, p: int, t: int) -> WorkedSolution:
    steps, balance = [], Fraction(c)
    for _ in range(t):
        after = balance * (100 + p) / 100
        steps.append(f"${tex(balance)} \\cdot \\frac{{{100 + p}}}{{100}} = {tex(after)}$")
        balance = after
    return worked(balance, "Compound interest multiplies the balance by the same growth factor every time.", *steps)


@family(
    "map scale",
    "Scale of a map",
    "Unit conversion",
    area=AREA,
    level=0.22,
    draw=lambda rng, size: (upto(rng, size, 2, 12, 30), 100 * rng.choice((5, 10, 25, 50, 100, 200, 250, 500))),
    valid=lambda d, scale: d > 0 and scale > 0 and scale % 100 == 0,
    slot="d",
    wordings=(
        say(
            "the real distance in metres",
            setup="On a map with the scale $1 : <scale>$ two villages are <d> centimetres apart.",
            ask="How many metres are the villages apart in reality?",
        ),
        say("the real length in metres of a road that measures <d> centimetres on a map with the scale $1 : <scale>$"),
        say(
            "the length of the lake in metres",
            setup="A lake is <d> centimetres long on a plan drawn to the scale $1 : <scale>$.",
        ),
    ),
)
def _scale(d: int, scale: int) -> WorkedSolution:
    return worked(
        d * scale // 100,
        f"The scale says that $1$ centimetre stands for ${scale}$ centimetres, that is ${scale // 100}$ metres.",
        f"${d} \\cdot {scale // 100} = {d * scale // 100}$",
    )


FAMILIES: tuple[ProblemFamily, ...] = (
    _sum,
    _product,
    _quotient,
    _part,
    _percentage,
    _discount,
    _successive,
    _original,
    _ratio,
    _direct,
    _inverse,
    _simple,
    _compound,
    _scale,
)
