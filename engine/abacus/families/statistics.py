"""Data: means, medians, spread."""

from __future__ import annotations

import random
from fractions import Fraction

from engine.abacus.notation import join, listing, tex
from engine.abacus.problem_family import ProblemFamily, WorkedSolution, family, say, upto, worked

AREA = "statistics"


def _data(rng: random.Random, size: float, count: int) -> tuple[int, ...]:
    return tuple(upto(rng, size, 2, 20, 90) for _ in range(count))


def _even_mean(rng: random.Random, size: float) -> tuple[tuple[int, ...]]:
    head = _data(rng, size, rng.choice((3, 4, 5)))
    last = -sum(head) % (len(head) + 1)
    return ((*head, last + (len(head) + 1) * rng.randint(1, 4)),)


@family(
    "mean of a list",
    "Arithmetic mean",
    "Averages",
    area=AREA,
    level=0.15,
    draw=_even_mean,
    valid=lambda values: len(values) > 1,
    wordings=(
        say("the arithmetic mean of the numbers $<values:list>$"),
        say("the average of $<values:list>$"),
        say(
            "the average number of points per match",
            setup="In successive matches <who:name> scored $<values:list>$ points.",
        ),
    ),
)
def _mean(values: tuple[int, ...]) -> WorkedSolution:
    n, total = len(values), sum(values)
    return worked(
        Fraction(total, n),
        f"Add the ${n}$ numbers: ${join(values)} = {total}$.",
        f"The arithmetic mean is ${total} \\div {n} = {tex(Fraction(total, n))}$.",
    )


@family(
    "median of a list",
    "Median",
    "Ordering numbers",
    area=AREA,
    level=0.15,
    draw=lambda rng, size: (_data(rng, size, rng.choice((5, 7, 9))),),
    valid=lambda values: len(values) % 2 == 1 and len(values) > 2,
    wordings=(
        say("the median of the numbers $<values:list>$"),
        say("the median of the data set $<values:list>$"),
        say("the median of the waiting times",
            setup="At a counter the waiting times of the customers in minutes were $<values:list>$."),
    ),
)  # fmt: skip
def _median(values: tuple[int, ...]) -> WorkedSolution:
    ordered = sorted(values)
    middle = len(values) // 2
    return worked(
        ordered[middle],
        f"Put the numbers in order: ${listing(ordered)}$.",
        f"There are ${len(values)}$ of them, so the median is the number in place ${middle + 1}$.",
    )


@family(
    "range of a list",
    "Range of a data set",
    "Ordering numbers",
    area=AREA,
    level=0.12,
    draw=lambda rng, size: (_data(rng, size, rng.choice((5, 6, 7))),),
    valid=lambda values: len(values) > 2 and max(values) > min(values),
    wordings=(
        say("the range of the numbers $<values:list>$"),
        say("the difference between the largest and the smallest of the numbers $<values:list>$"),
        say("the range of the measured temperatures",
            setup="Over a week a thermometer showed the temperatures $<values:list>$ in degrees."),
    ),
)  # fmt: skip
def _range(values: tuple[int, ...]) -> WorkedSolution:
    return worked(
        max(values) - min(values),
        f"The largest number is ${max(values)}$ and the smallest is ${min(values)}$.",
        f"The range is ${max(values)} - {min(values)} = {max(values) - min(values)}$.",
    )


def _mode_data(rng: random.Random, size: float) -> tuple[tuple[int, ...]]:
    values = rng.sample(range(1, 30), rng.choice((4, 5)))
    values += [values[0], values[0], values[1]]
    rng.shuffle(values)
    return (tuple(values),)


@family(
    "mode of a list",
    "Mode of a data set",
    "Frequency tables",
    area=AREA,
    level=0.12,
    draw=_mode_data,
    valid=lambda values: _modes(values) == 1,
    clash=lambda values: len(values) > 2 and _modes(values) == len(values),
    wordings=(
        say("the mode of the numbers $<values:list>$"),
        say("the value that occurs most often in the list $<values:list>$"),
        say("the most frequent shoe size in centimetres",
            setup="A shop sold shoes of the sizes $<values:list>$ in centimetres."),
    ),
)  # fmt: skip
def _mode(values: tuple[int, ...]) -> WorkedSolution:
    best = max(set(values), key=values.count)
    return worked(
        best,
        "Count how often each value occurs.",
        f"The number ${best}$ occurs ${values.count(best)}$ times, more often than any other, so it is the mode.",
    )


def _modes(values: tuple[int, ...]) -> int:
    counts = [values.count(v) for v in set(values)]
    return counts.count(max(counts))


@family(
    "missing value for a mean",
    "Averages",
    "Finding a missing value from the mean",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: (
        (n := rng.randint(3, 6)), (m := upto(rng, size, 12, 40, 80)), n * m + rng.randint(-m // 2, m - 1),
    ),
    valid=lambda n, m, total: n > 1 and m > 0 and 0 < total < (n + 1) * m,
    slot="n",
    wordings=(
        say(
            "the next number", setup="The sum of <n> numbers is $<total>$. When one more number is added to the"
            " list, the"
            " mean of all of them is $<m>$."),
        say("the score needed in the last test",
            setup="In <n> tests <who:name> has collected <total> points in all and wants an average of <m>"
            " points after one"
            " more test."),
        say("the number that must join <n> numbers with the sum $<total>$ so that the mean of all is $<m>$"),
    ),
)  # fmt: skip
def _missing(n: int, m: int, total: int) -> WorkedSolution:
    needed = (n + 1) * m
    return worked(
        needed - total,
        f"A mean of ${m}$ over ${n} + 1 = {n + 1}$ numbers needs the sum ${n + 1} \\cdot {m} = {needed}$.",
        f"${needed} - {total} = {needed - total}$",
    )


@family(
    "weighted mean",
    "Weighted averages",
    "Arithmetic mean",
    area=AREA,
    level=0.32,
    draw=lambda rng, size: (
        rng.randint(2, 12), upto(rng, size, 40, 70, 95), rng.randint(2, 12), upto(rng, size, 40, 70, 95),
    ),
    valid=lambda a, x, b, y: min(a, b, x, y) > 0 and x != y and (a * x + b * y) % (a + b) == 0,
    slot=None,
    wordings=(
        say("the average of all pupils together",
            setup="In a test <a> girls reached an average of <x> points and <b> boys an average of <y> points."),
        say("the weighted average of $<x>$ with weight $<a>$ and $<y>$ with weight $<b>$"),
        say("the mean weight in grams of all the eggs",
            setup="A farmer has <a> eggs with a mean weight of <x> grams and <b> eggs with a mean weight of <y>"
            " grams."),
    ),
)  # fmt: skip
def _weighted(a: int, x: int, b: int, y: int) -> WorkedSolution:
    total = a * x + b * y
    return worked(
        total // (a + b),
        f"Weight the means: ${a} \\cdot {x} = {a * x}$ and ${b} \\cdot {y} = {b * y}$.",
        f"The sum is ${a * x} + {b * y} = {total}$ for ${a} + {b} = {a + b}$ in all.",
        f"${total} \\div {a + b} = {total // (a + b)}$",
    )


def _spread(rng: random.Random, size: float) -> tuple[tuple[int, ...]]:
    centre = upto(rng, size, 10, 30, 80)
    one, two = rng.randint(1, 9), rng.randint(1, 9)
    values = [centre - one, centre + one, centre - two, centre + two]
    rng.shuffle(values)
    return (tuple(values),)


@family(
    "variance",
    "Variance",
    "Standard deviation",
    area=AREA,
    level=0.4,
    draw=_spread,
    valid=lambda values: len(values) > 1 and sum(values) % len(values) == 0 and max(values) > min(values),
    wordings=(
        say("the variance of the numbers $<values:list>$, as the mean of the squared deviations"),
        say("the square of the standard deviation of the complete data set $<values:list>$"),
        say("the mean squared deviation from the mean",
            setup="A machine filled bags with $<values:list>$ grams of tea."),
    ),
)  # fmt: skip
def _variance(values: tuple[int, ...]) -> WorkedSolution:
    n = len(values)
    mean = sum(values) // n
    squares = [(v - mean) ** 2 for v in values]
    return worked(
        Fraction(sum(squares), n),
        f"The mean is ${sum(values)} \\div {n} = {mean}$.",
        f"The squared deviations are ${listing(squares)}$.",
        f"Their sum is ${join(squares)} = {sum(squares)}$.",
        f"The variance is ${sum(squares)} \\div {n} = {tex(Fraction(sum(squares), n))}$.",
    )


FAMILIES: tuple[ProblemFamily, ...] = (_mean, _median, _range, _mode, _missing, _weighted, _variance)
