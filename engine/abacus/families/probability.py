"""Chance: urns, dice, trials, conditional probability, expectation."""

from __future__ import annotations

import random
from fractions import Fraction
from math import comb

from engine.abacus.notation import tex
from engine.abacus.problem_family import ProblemFamily, WorkedSolution, family, say, upto, worked

AREA = "probability"


@family(
    "single draw",
    "Classical probability",
    "Sample space",
    area=AREA,
    level=0.15,
    draw=lambda rng, size: (upto(rng, size, 2, 8, 20), upto(rng, size, 2, 8, 20), upto(rng, size, 1, 6, 15)),
    valid=lambda r, b, g: min(r, b, g) > 0,
    slot="r",
    wordings=(
        say(
            "the probability that it is red",
            setup="A bag contains <r> red, <b> blue and <g> green balls. One ball is drawn at random.",
        ),
        say(
            "the probability that the winner is a girl in red",
            setup="In a draw among <r> girls in red, <b> girls in blue and <g> boys, each child is equally"
            " likely to win.",
        ),
        say("the probability of drawing a red card from <r> red, <b> blue and <g> green cards in a single random draw"),
    ),
)
def _draw(r: int, b: int, g: int) -> WorkedSolution:
    n = r + b + g
    return worked(
        Fraction(r, n),
        f"The sample space has ${r} + {b} + {g} = {n}$ equally likely outcomes.",
        rf"Of these ${r}$ are favourable: $\frac{{{r}}}{{{n}}} = {tex(Fraction(r, n))}$.",
    )


@family(
    "two draws without replacement",
    "Sampling without replacement",
    "Conditional probability",
    area=AREA,
    level=0.32,
    draw=lambda rng, size: (upto(rng, size, 3, 8, 15), upto(rng, size, 2, 8, 15)),
    valid=lambda r, b: r > 1 and b > 0,
    clash=lambda r, b: r == 1,
    slot="b",
    wordings=(
        say(
            "the probability that both balls are red",
            setup="An urn contains <r> red and <b> blue balls. Two balls are drawn at random without replacement.",
        ),
        say("the probability that two cards drawn at once from <r> red and <b> black cards are both red"),
        say(
            "the probability that both winners are adults",
            setup="Among <r> adults and <b> children two different winners are drawn at random.",
        ),
    ),
)
def _two_draws(r: int, b: int) -> WorkedSolution:
    n = r + b
    first, second = Fraction(r, n), Fraction(r - 1, n - 1)
    return worked(
        first * second,
        rf"The first one is favourable with probability $\frac{{{r}}}{{{n}}} = {tex(first)}$.",
        rf"Given that, the conditional probability for the second is $\frac{{{r - 1}}}{{{n - 1}}} = {tex(second)}$.",
        f"${tex(first)} \\cdot {tex(second)} = {tex(first * second)}$",
    )


@family(
    "sum of two dice",
    "Dice probability",
    "Sample space",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: (rng.randint(3, 11),),
    valid=lambda s: 2 <= s <= 12,
    clash=lambda s: s < 2 or s > 12,
    wordings=(
        say("the probability that the sum of two fair dice is $<s>$"),
        say("the probability that the numbers shown add up to $<s>$", setup="Two fair six-sided dice are rolled."),
        say(
            "the probability that <who:name> may move exactly <s> squares",
            setup="In a board game the sum of two fair dice tells how many squares a player moves, and it is"
            " the turn of"
            " <who:name>.",
        ),
    ),
)
def _dice(s: int) -> WorkedSolution:
    count = 6 - abs(s - 7)
    return worked(
        Fraction(count, 36),
        "Two dice have $6 \\cdot 6 = 36$ equally likely outcomes.",
        f"Exactly ${count}$ of them have the sum ${s}$.",
        rf"$\frac{{{count}}}{{36}} = {tex(Fraction(count, 36))}$",
    )


def _chance(rng: random.Random) -> Fraction:
    bottom = rng.choice((2, 3, 4, 5, 6, 8, 10))
    return Fraction(rng.randint(1, bottom - 1), bottom)


@family(
    "independent events",
    "Independent events",
    "Multiplication rule of probability",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: (_chance(rng), _chance(rng)),
    valid=lambda p, q: 0 < p < 1 and 0 < q < 1,
    clash=lambda p, q: p > 1 or q > 1,
    wordings=(
        say(
            "the probability that both hit",
            setup="<one:name> hits a target with probability $<p:frac>$ and <two:name>, independently, with probability"
            " $<q:frac>$. Each shoots once.",
        ),
        say("the probability that two independent events with probabilities $<p:frac>$ and $<q:frac>$ both occur"),
        say(
            "the probability that both trains are on time",
            setup="The morning train is on time with probability $<p:frac>$, the evening train with probability"
            " $<q:frac>$,"
            " and the two are independent.",
        ),
    ),
)
def _independent(p: Fraction, q: Fraction) -> WorkedSolution:
    return worked(
        p * q,
        "For independent events the probabilities are multiplied.",
        f"${tex(p)} \\cdot {tex(q)} = {tex(p * q)}$",
    )


@family(
    "at least one success",
    "Complementary events",
    "Independent events",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (_chance(rng), rng.randint(2, 3 if size < 0.6 else 4)),
    valid=lambda p, n: 0 < p < 1 and 1 < n < 8,
    clash=lambda p, n: p > 1,
    slot="n",
    wordings=(
        say("the probability of at least one success in $<n>$ independent trials with success probability $<p:frac>$"),
        say(
            "the probability that <who:name> wins at least once",
            setup="<who:name> plays a game <n> times and wins each time, independently, with probability $<p:frac>$.",
        ),
        say(
            "the probability that it rains on at least one of the days",
            setup="On each of <n> days it rains with probability $<p:frac>$, independently of the other days.",
        ),
    ),
)
def _at_least(p: Fraction, n: int) -> WorkedSolution:
    return worked(
        1 - (1 - p) ** n,
        f"The complementary event is that it never happens; each trial fails with probability $1 - {tex(p)} ="
        f" {tex(1 - p)}$.",
        rf"$\left({tex(1 - p)}\right)^{{{n}}} = {tex((1 - p) ** n)}$",
        f"$1 - {tex((1 - p) ** n)} = {tex(1 - (1 - p) ** n)}$",
    )


@family(
    "binomial probability",
    "Binomial distribution",
    "Binomial coefficients",
    area=AREA,
    level=0.42,
    draw=lambda rng, size: ((n := upto(rng, size, 3, 5, 8)), rng.randint(1, n - 1)),
    valid=lambda n, k: 0 <= k <= n and 0 < n < 40,
    clash=lambda n, k: k > n,
    slot="n",
    wordings=(
        say("the probability of exactly $<k>$ heads in $<n>$ tosses of a fair coin"),
        say("the probability that exactly <k> of them show heads", setup="A fair coin is tossed <n> times."),
        say(
            "the probability that exactly <k> answers are right",
            setup="<who:name> guesses all the answers in a true-or-false test with <n> questions.",
        ),
    ),
)
def _binomial(n: int, k: int) -> WorkedSolution:
    result = Fraction(comb(n, k), 2**n)
    return worked(
        result,
        rf"In the binomial distribution there are $\binom{{{n}}}{{{k}}} = {comb(n, k)}$ favourable orders.",
        f"All orders together are $2^{{{n}}} = {2**n}$.",
        rf"$\frac{{{comb(n, k)}}}{{{2**n}}} = {tex(result)}$",
    )


@family(
    "expected value",
    "Expected value",
    "Random variables",
    area=AREA,
    level=0.32,
    draw=lambda rng, size: (
        rng.randint(2, 6), (n := upto(rng, size, 4, 10, 20)), rng.randint(1, n - 1), n * rng.randint(1, 6),
    ),
    valid=lambda loss, n, k, win: 0 < k < n and loss > 0 and win > 0,
    clash=lambda loss, n, k, win: k > n,
    slot="win",
    wordings=(
        say(
            "the expected gain in dollars",
            setup="A wheel of fortune has <n> equal sectors. On <k> of them a player wins <win> dollars, on the"
            " others the"
            " player loses <loss> dollars.",
        ),
        say(
            "the expected value of a random variable that is $<win>$ in $<k>$ of $<n>$ equally likely cases and"
            " $-<loss>$"
            " otherwise"),
        say(
            "the mean change in points per round in the long run",
            setup="In each round <k> out of <n> equally likely cards bring <win> points, and the others cost"
            " <loss> points.",
        ),
    ),
)  # fmt: skip
def _expected(loss: int, n: int, k: int, win: int) -> WorkedSolution:
    total = k * win - (n - k) * loss
    return worked(
        Fraction(total, n),
        f"The expected value adds the outcomes weighted by their probabilities; ${n} - {k} = {n - k}$ cases lose.",
        f"${k} \\cdot {win} - {n - k} \\cdot {loss} = {total}$",
        f"${total} \\div {n} = {tex(Fraction(total, n))}$",
    )


@family(
    "addition rule",
    "Addition rule of probability",
    "Mutually exclusive events",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (30 + 5 * rng.randint(0, 8), 20 + 5 * rng.randint(0, 6), 5 * rng.randint(1, 4)),
    valid=lambda a, b, c: 0 < c < min(a, b) and a + b - c < 100,
    clash=lambda a, b, c: c > min(a, b) or a + b - c > 100,
    wordings=(
        say(
            "the percentage of pupils who play at least one of the two",
            setup=r"In a school $<a>\%$ of the pupils play football, $<b>\%$ play chess and $<c>\%$ play both.",
            ask="What percentage of the pupils play at least one of the two?",
        ),
        say(
            r"the number $p$ such that the union of two events of probability $<a>\%$ and $<b>\%$ whose"
            r" intersection has"
            r" probability $<c>\%$ has probability $p\%$"),
        say(
            "the percentage of days with rain or wind",
            setup=r"At a station it rains on $<a>\%$ of the days, it is windy on $<b>\%$, and both happen on $<c>\%$.",
        ),
    ),
)  # fmt: skip
def _addition(a: int, b: int, c: int) -> WorkedSolution:
    return worked(
        a + b - c,
        "By the addition rule the common part is counted once only.",
        f"${a} + {b} = {a + b}$",
        f"${a + b} - {c} = {a + b - c}$",
    )


@family(
    "bayes",
    "Bayes' theorem",
    "Conditional probability",
    "Law of total probability",
    area=AREA,
    level=0.55,
    draw=lambda rng, size: (rng.randint(2, 6), rng.randint(2, 6), rng.randint(2, 6), rng.randint(2, 6)),
    valid=lambda a, b, c, d: min(a, b, c, d) > 0,
    wordings=(
        say(
            "the probability that it was the first urn",
            setup="A first urn holds <a> red and <b> blue balls, a second urn <c> red and <d> blue ones. An urn"
            " is chosen"
            " with equal chances, a ball is drawn from it, and it is red.",
        ),
        say(
            "the probability that it comes from the first box",
            setup="One of two boxes is chosen by tossing a fair coin and a chocolate is taken from it at"
            " random. The first"
            " box has <a> dark and <b> white chocolates, the second <c> dark and <d> white ones. The chocolate"
            " is dark.",
        ),
        say(
            "the conditional probability of the first urn, given that the ball is red",
            setup="Two urns are equally likely to be chosen; they contain <a> red and <b> blue, and <c> red and"
            " <d> blue"
            " balls, in this order.",
        ),
    ),
)
def _bayes(a: int, b: int, c: int, d: int) -> WorkedSolution:
    first, second = Fraction(a, a + b) / 2, Fraction(c, c + d) / 2
    return worked(
        first / (first + second),
        rf"The path through the first has probability $\frac{{1}}{{2}} \cdot {tex(Fraction(a, a + b))} ="
        rf" {tex(first)}$.",
        rf"The path through the second has probability $\frac{{1}}{{2}} \cdot {tex(Fraction(c, c + d))} ="
        rf" {tex(second)}$.",
        f"Law of total probability: ${tex(first)} + {tex(second)} = {tex(first + second)}$.",
        f"By Bayes' theorem divide: ${tex(first)} \\cdot {tex(1 / (first + second))} ="
        f" {tex(first / (first + second))}$.",
    )


@family(
    "geometric probability",
    "Geometric probability",
    "Lengths of intervals",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (upto(rng, size, 10, 30, 90), upto(rng, size, 2, 8, 20), rng.randint(1, 9)),
    valid=lambda n, a, b: a > 0 and b > 0 and a + b < n,
    clash=lambda n, a, b: a + b > n,
    slot="n",
    wordings=(
        say(
            "the probability that its distance from the left end is at least <a> and from the right end at least <b>",
            setup="A point is chosen uniformly at random on a segment of length <n>.",
        ),
        say(
            "the probability that <who:name> arrives more than <a> minutes after the start and more than <b>"
            " before the end",
            setup="<who:name> arrives at a random moment of a concert that lasts <n> minutes.",
        ),
        say("the probability that a random real number between $0$ and $<n>$ is above $<a>$ and below $<n> - <b>$"),
    ),
)
def _interval(n: int, a: int, b: int) -> WorkedSolution:
    return worked(
        Fraction(n - a - b, n),
        f"In a geometric probability lengths are compared; the favourable part has length ${n} - {a} - {b} ="
        f" {n - a - b}$.",
        f"${n - a - b} \\div {n} = {tex(Fraction(n - a - b, n))}$",
    )


FAMILIES: tuple[ProblemFamily, ...] = (
    _draw,
    _two_draws,
    _dice,
    _independent,
    _at_least,
    _binomial,
    _expected,
    _addition,
    _bayes,
    _interval,
)
