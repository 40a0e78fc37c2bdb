"""Stories with numbers: shopping, motion, work, mixtures, ages, time."""

from __future__ import annotations

from fractions import Fraction

from engine.abacus.notation import tex
from engine.abacus.problem_family import ProblemFamily, WorkedSolution, family, say, upto, worked

AREA = "word problems"


@family(
    "change at the till",
    "Money problems",
    "Multi-step arithmetic",
    area=AREA,
    level=0.14,
    draw=lambda rng, size: (upto(rng, size, 2, 9, 20), upto(rng, size, 2, 9, 15), upto(rng, size, 40, 150, 400)),
    valid=lambda n, price, paid: n > 0 and price > 0 and paid > n * price,
    clash=lambda n, price, paid: paid < n * price,
    slot="n",
    wordings=(
        say(
            "the change in dollars",
            setup="<who:name> buys <n> <item:item> at <price> dollars each and pays with <paid> dollars.",
            ask="How many dollars does <who:name> get back?",
        ),
        say(
            "the amount in dollars that is left",
            setup="<who:name> has <paid> dollars and buys <n> cinema tickets for <price> dollars each.",
            ask="How many dollars are left?",
        ),
        say(
            "the rest of the budget in dollars",
            setup="A <club:club> has <paid> dollars and orders <n> T-shirts, which cost <price> dollars each.",
        ),
    ),
)
def _change(n: int, price: int, paid: int) -> WorkedSolution:
    return worked(
        paid - n * price,
        f"The purchase costs ${n} \\cdot {price} = {n * price}$ dollars.",
        f"${paid} - {n * price} = {paid - n * price}$",
    )


@family(
    "collecting and sharing",
    "Equal sharing",
    "Multi-step arithmetic",
    area=AREA,
    level=0.16,
    draw=lambda rng, size: (
        (k := rng.randint(2, 9)),
        (a := upto(rng, size, 5, 30, 90)),
        k * upto(rng, size, 12, 40, 90) - a,
    ),
    valid=lambda k, a, b: k > 1 and a > 0 and b > 0 and (a + b) % k == 0,
    clash=lambda k, a, b: k > 1 and a > 0 and b > 0 and (a + b) % k != 0,
    slot="a",
    wordings=(
        say(
            "the number of <fruit:fruit> in each basket",
            setup="<one:name> picks <a> <fruit:fruit> and <two:name> picks <b>. They put them all into <k>"
            " baskets, the same"
            " number into each.",
            ask="How many <fruit:fruit> are in each basket?",
        ),
        say(
            "the number of <item:item> that each child gets",
            setup="A teacher has <a> <item:item> in one box and <b> in another and shares them all equally among <k>"
            " children.",
            ask="How many <item:item> does each child get?",
        ),
        say(
            "the number of passengers in each bus",
            setup="The <a> pupils of one school and the <b> pupils of another travel in <k> buses, equally many"
            " in each.",
        ),
    ),
)
def _sharing(k: int, a: int, b: int) -> WorkedSolution:
    return worked(
        (a + b) // k,
        f"Together there are ${a} + {b} = {a + b}$.",
        f"Equal sharing means division: ${a + b} \\div {k} = {(a + b) // k}$.",
    )


@family(
    "times as many",
    "Multiplicative comparison",
    "Multi-step arithmetic",
    area=AREA,
    level=0.16,
    draw=lambda rng, size: (upto(rng, size, 4, 20, 60), rng.randint(2, 6), upto(rng, size, 2, 15, 40)),
    valid=lambda n, k, m: n > 0 and k > 1 and m > 0,
    slot="n",
    wordings=(
        say(
            "the number of <item:item> that all three have together",
            setup="<one:name> has <n> <item:item>. <two:name> has <k> times as many, and <three:name> has <m> more than"
            " <two:name>.",
            ask="How many <item:item> do all three have together?",
        ),
        say(
            "the total number of trees",
            setup="In a park there are <n> oaks, <k> times as many beeches, and <m> more maples than beeches.",
            ask="How many of these trees are there altogether?",
        ),
        say(
            "the total number of pages read on the three days",
            setup="<who:name> reads <n> pages on Monday, <k> times as many on Tuesday, and on Wednesday <m>"
            " pages more than"
            " on Tuesday.",
        ),
    ),
)
def _times(n: int, k: int, m: int) -> WorkedSolution:
    second = n * k
    third = second + m
    return worked(
        n + second + third,
        f"The second number is ${n} \\cdot {k} = {second}$.",
        f"The third number is ${second} + {m} = {third}$.",
        f"${n} + {second} + {third} = {n + second + third}$",
    )


@family(
    "distance and time",
    "Speed, distance and time",
    "Uniform motion",
    area=AREA,
    level=0.18,
    draw=lambda rng, size: ((h := rng.randint(2, 6)), 2 * h * upto(rng, size, 8, 30, 60), upto(rng, size, 3, 8, 20)),
    valid=lambda h, d, t: h > 0 and d > 0 and t > 0 and t != h and d % h == 0,
    slot="t",
    wordings=(
        say(
            "the distance in kilometres covered in <t> hours",
            setup="A <car:vehicle> covers <d> kilometres in <h> hours and keeps its speed.",
            ask="How many kilometres does it cover in <t> hours?",
        ),
        say(
            "the length of the voyage in nautical miles",
            setup="A ship sails <d> nautical miles in <h> hours. At the same speed its whole voyage takes <t> hours.",
        ),
        say("the distance in kilometres that a <car:vehicle> covers in <t> hours at the speed at which it covers <d>"
            " kilometres in <h> hours"),
    ),
)  # fmt: skip
def _motion(h: int, d: int, t: int) -> WorkedSolution:
    v = d // h
    return worked(
        v * t,
        f"The speed is the distance over the time: ${d} \\div {h} = {v}$ per hour.",
        f"${v} \\cdot {t} = {v * t}$",
    )


@family(
    "meeting trains",
    "Relative speed",
    "Meeting problems",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (
        (u := 5 * upto(rng, size, 4, 12, 24)), (v := 5 * upto(rng, size, 4, 12, 24)), (u + v) * rng.randint(2, 6),
    ),
    valid=lambda u, v, d: u > 0 and v > 0 and u != v and d > 0 and d % (u + v) == 0,
    wordings=(
        say("the number of hours until they meet",
            setup="Two stations are <d> kilometres apart. At the same moment a train leaves each of them"
            " towards the other,"
            " one at <u> and the other at <v> kilometres per hour.",
            ask="After how many hours do the trains meet?"),
        say("the number of hours until their cars pass each other",
            setup="<one:name> and <two:name> live <d> kilometres apart and start at the same time towards each"
            " other at <u>"
            " and <v> kilometres per hour."),
        say(
            "the time in hours after which two points at a distance of <d> kilometres meet that move towards"
            " each other at <u>"
            " and <v> kilometres per hour"),
    ),
)  # fmt: skip
def _meeting(u: int, v: int, d: int) -> WorkedSolution:
    return worked(
        d // (u + v),
        f"The relative speed is ${u} + {v} = {u + v}$ kilometres per hour.",
        f"${d} \\div {u + v} = {d // (u + v)}$",
    )


@family(
    "catching up",
    "Pursuit problems",
    "Relative speed",
    area=AREA,
    level=0.32,
    draw=lambda rng, size: (
        (u := upto(rng, size, 8, 15, 24)), u + (w := rng.randint(2, 9)), w * rng.randint(2, 8),
    ),
    valid=lambda u, v, d: 0 < u < v and d > 0 and d % (v - u) == 0,
    clash=lambda u, v, d: v <= u,
    wordings=(
        say("the number of seconds until the fox reaches the hare",
            setup="A hare with a lead of <d> metres runs at <u> metres per second, and a fox chases it at <v>"
            " metres per"
            " second."),
        say("the number of hours until the second ship catches up",
            setup="A ship is <d> nautical miles ahead of another one. It sails at <u> nautical miles per hour,"
            " and the other"
            " follows it at <v> nautical miles per hour."),
        say("the number of hours until <two:name> catches up with <one:name>",
            setup="<one:name> cycles <d> kilometres ahead of <two:name> at <u> kilometres per hour; <two:name>"
            " follows on a"
            " moped at <v> kilometres per hour."),
    ),
)  # fmt: skip
def _pursuit(u: int, v: int, d: int) -> WorkedSolution:
    return worked(
        d // (v - u),
        f"The distance shrinks by ${v} - {u} = {v - u}$ in each unit of time (relative speed).",
        f"${d} \\div {v - u} = {d // (v - u)}$",
    )


@family(
    "average speed of a round trip",
    "Average speed",
    "Speed, distance and time",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (
        60 * upto(rng, size, 1, 4, 9), rng.choice((10, 12, 15, 20, 30)), rng.choice((40, 60, 30, 20)),
    ),
    valid=lambda d, u, v: min(d, u, v) > 0 and u != v and d % u == 0 and d % v == 0,
    wordings=(
        say("the average speed in kilometres per hour for the whole trip",
            setup="<who:name> drives <d> kilometres to a lake at <u> kilometres per hour and the same way back at <v>"
            " kilometres per hour."),
        say(
            "the average speed over two stretches of <d> kilometres each that are covered at <u> and at <v>"
            " kilometres per"
            " hour"),
        say("the average speed of the boat in kilometres per hour",
            setup="A boat goes <d> kilometres upstream at <u> kilometres per hour and returns downstream at <v>"
            " kilometres"
            " per hour without a break."),
    ),
)  # fmt: skip
def _average(d: int, u: int, v: int) -> WorkedSolution:
    hours = d // u + d // v
    return worked(
        Fraction(2 * d, hours),
        f"The times are ${d} \\div {u} = {d // u}$ and ${d} \\div {v} = {d // v}$ hours, together ${hours}$ hours.",
        f"The average speed is the whole distance over the whole time: $2 \\cdot {d} = {2 * d}$.",
        f"${2 * d} \\div {hours} = {tex(Fraction(2 * d, hours))}$",
    )


@family(
    "working together",
    "Work rate problems",
    "Addition of fractions",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (upto(rng, size, 2, 12, 30), upto(rng, size, 3, 12, 30)),
    valid=lambda a, b: a > 1 and b > 1 and a != b,
    slot="a",
    wordings=(
        say(
            "the number of hours that both need together",
            setup="<one:name> paints a fence in <a> hours, <two:name> needs <b> hours for the same fence. They"
            " work together"
            " at their usual pace.",
        ),
        say(
            "the time in minutes in which both pipes fill it together",
            setup="A pool is filled by one pipe in <a> minutes and by another in <b> minutes.",
        ),
        say(
            "the number of days for both machines at work together",
            setup="For one order the old <m:machine> needs <a> days and the new <m:machine> <b> days.",
        ),
    ),
)
def _work(a: int, b: int) -> WorkedSolution:
    rate = Fraction(1, a) + Fraction(1, b)
    return worked(
        1 / rate,
        rf"The work rates add: $\frac{{1}}{{{a}}} + \frac{{1}}{{{b}}} = {tex(rate)}$ of the work in one unit of time.",
        f"The time is the reciprocal, ${tex(1 / rate)}$.",
    )


@family(
    "mixture",
    "Mixture problems",
    "Percentages",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (
        upto(rng, size, 2, 8, 20), 5 * rng.randint(1, 9), upto(rng, size, 2, 8, 20), 5 * rng.randint(10, 18),
    ),
    valid=lambda a, p, b, q: min(a, b, p, q) > 0 and p < q <= 100 and (a * p + b * q) % (a + b) == 0,
    clash=lambda a, p, b, q: q > 100,
    wordings=(
        say("the percentage of alcohol in the mixture",
            setup=r"A chemist mixes <a> litres of a solution with $<p>\%$ alcohol and <b> litres of one with $<q>\%$"
            r" alcohol."),
        say("the percentage of fruit in the blend",
            setup=r"To <a> litres of a drink with $<p>\%$ fruit, <b> litres of a drink with $<q>\%$ fruit are added."),
        say(
            r"the percentage that results when <a> kilograms of an alloy with $<p>\%$ copper are melted"
            r" together with <b>"
            r" kilograms of one with $<q>\%$"),
    ),
)  # fmt: skip
def _mixture(a: int, p: int, b: int, q: int) -> WorkedSolution:
    total = a * p + b * q
    return worked(
        total // (a + b),
        f"Count the pure substance in hundredths: ${a} \\cdot {p} = {a * p}$ and ${b} \\cdot {q} = {b * q}$.",
        f"${a * p} + {b * q} = {total}$ in ${a} + {b} = {a + b}$ parts of the mixture.",
        f"${total} \\div {a + b} = {total // (a + b)}$",
    )


@family(
    "ages",
    "Age problems",
    "Linear equations in one variable",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (
        (k := rng.randint(2, 4)),
        (k - 1) * rng.randint(20 // (k - 1) + 1, 32 // (k - 1)),
        rng.randint(2, 8),
    ),
    valid=lambda k, d, t: k > 1 and d > 0 and t > 0 and d % (k - 1) == 0,
    wordings=(
        say(
            "the present age of the child",
            setup="A parent is <d> years older than the child. Exactly <t> years ago the parent was <k> times"
            " as old as the"
            " child.",
            ask="How old is the child now?",
        ),
        say(
            "the age of <one:name> today",
            setup="<two:name> is <d> years older than <one:name>, and <t> years ago <two:name> was <k> times as old as"
            " <one:name>.",
            ask="How old is <one:name> today?",
        ),
        say(
            "the present age of a child whose mother is <d> years older and was <k> times as old exactly <t> years ago"
        ),
    ),
)
def _ages(k: int, d: int, t: int) -> WorkedSolution:
    then = d // (k - 1)
    return worked(
        then + t,
        f"Let the child have been $x$ years old then: ${k}x = x + {d}$, because the difference of ages stays the same.",
        f"${k} - 1 = {k - 1}$ and ${d} \\div {k - 1} = {then}$, so $x = {then}$.",
        f"Today it is ${then} + {t} = {then + t}$.",
    )


@family(
    "elapsed time",
    "Elapsed time",
    "Units of time",
    area=AREA,
    level=0.16,
    draw=lambda rng, size: (rng.randint(7, 10), rng.randint(10, 55), rng.randint(12, 18), rng.randint(10, 55)),
    valid=lambda h, m, k, n: 0 <= h < 24 and 0 <= k < 24 and 10 <= m < 60 and 10 <= n < 60 and 60 * h + m < 60 * k + n,
    clash=lambda h, m, k, n: m >= 60 or n >= 60,
    wordings=(
        say(
            "the length of the journey in minutes",
            setup="A train leaves at <h>:<m> and arrives on the same day at <k>:<n>.",
            ask="How many minutes does the journey take?",
        ),
        say("the number of minutes from <h>:<m> to <k>:<n> on the same day"),
        say(
            "the time in minutes that <who:name> spends at the museum",
            setup="<who:name> enters a museum at <h>:<m> and leaves it at <k>:<n> of the same day.",
        ),
    ),
)
def _elapsed(h: int, m: int, k: int, n: int) -> WorkedSolution:
    start, end = 60 * h + m, 60 * k + n
    return worked(
        end - start,
        f"One hour has $60$ minutes: the start is minute $60 \\cdot {h} + {m} = {start}$ of the day.",
        f"The end is minute $60 \\cdot {k} + {n} = {end}$.",
        f"${end} - {start} = {end - start}$",
    )


@family(
    "weekdays",
    "Calendar arithmetic",
    "Division with remainder",
    area=AREA,
    level=0.22,
    draw=lambda rng, size: (upto(rng, size, 15, 90, 400),),
    valid=lambda n: 0 < n < 10**7 and n % 7 != 0,
    slot="n",
    wordings=(
        say("the number of days by which the weekday moves on in exactly $<n>$ days, between $1$ and $6$"),
        say(
            "the number of days from the last Monday before the birthday to the birthday",
            setup="Today is Monday, and <who:name> has a birthday in exactly <n> days.",
        ),
        say(
            "the number of days of the last, incomplete week",
            setup="An expedition that starts on a Monday lasts <n> days.",
        ),
    ),
)
def _weekdays(n: int) -> WorkedSolution:
    return worked(
        n % 7,
        f"Weekdays repeat every $7$ days, so divide with remainder: $7 \\cdot {n // 7} = {7 * (n // 7)}$.",
        f"${n} - {7 * (n // 7)} = {n % 7}$",
    )


@family(
    "planting trees",
    "Interval problems",
    "Division of whole numbers",
    area=AREA,
    level=0.18,
    draw=lambda rng, size: ((d := rng.randint(3, 12)), d * upto(rng, size, 8, 30, 90)),
    valid=lambda d, n: 0 < d < n and n % d == 0,
    clash=lambda d, n: 0 < d < n and n % d != 0,
    slot="n",
    wordings=(
        say(
            "the number of trees",
            setup="Along one side of a straight road of <n> metres a tree is planted every <d> metres, from one"
            " end to the"
            " other with a tree at both ends.",
            ask="How many trees are planted?",
        ),
        say(
            "the number of lamps",
            setup="Lamps hang at intervals of <d> metres along a tunnel of <n> metres, the first at the"
            " entrance and the"
            " last at the exit.",
        ),
        say("the number of posts of a straight fence of <n> metres with a post every <d> metres and at both ends"),
    ),
)
def _trees(d: int, n: int) -> WorkedSolution:
    return worked(
        n // d + 1,
        f"The road has ${n} \\div {d} = {n // d}$ intervals.",
        f"There is one more tree than intervals: ${n // d} + 1 = {n // d + 1}$.",
    )


@family(
    "profit",
    "Profit and loss",
    "Money problems",
    area=AREA,
    level=0.2,
    draw=lambda rng, size: (
        upto(rng, size, 5, 30, 90),
        (b := upto(rng, size, 2, 12, 30)),
        b + upto(rng, size, 1, 9, 20),
    ),
    valid=lambda n, b, s: n > 0 and 0 < b < s,
    slot="n",
    wordings=(
        say(
            "the profit in dollars",
            setup="A <shop:shop> buys <n> boxes at <b> dollars each and sells all of them at <s> dollars each.",
            ask="How many dollars of profit does it make?",
        ),
        say(
            "the gain in dollars",
            setup="<who:name> makes <n> necklaces. The material for one costs <b> dollars, and each is sold for"
            " <s> dollars.",
        ),
        say("the profit in dollars from <n> articles that are bought at <b> and sold at <s> dollars each"),
    ),
)
def _profit(n: int, b: int, s: int) -> WorkedSolution:
    return worked(
        n * (s - b),
        f"The profit on one piece is ${s} - {b} = {s - b}$ dollars.",
        f"${n} \\cdot {s - b} = {n * (s - b)}$",
    )


FAMILIES: tuple[ProblemFamily, ...] = (
    _change,
    _sharing,
    _times,
    _motion,
    _meeting,
    _pursuit,
    _average,
    _work,
    _mixture,
    _ages,
    _elapsed,
    _weekdays,
    _trees,
    _profit,
)
