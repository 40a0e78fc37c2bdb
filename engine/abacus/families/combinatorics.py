"""Counting: arrangements, selections, paths, inclusion and exclusion."""

from __future__ import annotations

from math import comb, factorial, gcd, perm

from engine.abacus.notation import join, times
from engine.abacus.problem_family import ProblemFamily, WorkedSolution, family, say, upto, worked

AREA = "combinatorics"


@family(
    "choosing a group",
    "Combinations",
    "Binomial coefficients",
    area=AREA,
    level=0.28,
    draw=lambda rng, size: ((n := upto(rng, size, 5, 10, 18)), rng.randint(2, min(n - 1, 5))),
    valid=lambda n, k: 0 < k < n <= 10**4 and k <= 12,
    clash=lambda n, k: k > n > 0,
    slot="n",
    wordings=(
        say("the number of ways to choose $<k>$ elements from a set of $<n>$ elements"),
        say(
            "the number of possible teams",
            setup="The <club:club> has <n> members and sends a team of <k> of them to a meeting.",
            ask="How many different teams are possible?",
        ),
        say(
            "the number of different bouquets",
            setup="A bouquet consists of <k> different kinds of flowers, which are chosen from <n> kinds.",
        ),
        say(r"the value of the binomial coefficient $\binom{<n>}{<k>}$"),
    ),
)
def _choose(n: int, k: int) -> WorkedSolution:
    top = [n - i for i in range(k)]
    return worked(
        comb(n, k),
        rf"The order does not matter, so count combinations: $\binom{{{n}}}{{{k}}} = \frac{{{times(top)}}}{{{k}!}}$.",
        f"${times(top)} = {perm(n, k)}$ and ${k}! = {factorial(k)}$.",
        f"${perm(n, k)} \\div {factorial(k)} = {comb(n, k)}$",
    )


@family(
    "ordered selection",
    "Permutations",
    "Multiplication principle",
    area=AREA,
    level=0.28,
    draw=lambda rng, size: ((n := upto(rng, size, 5, 9, 14)), rng.randint(2, min(n - 1, 4))),
    valid=lambda n, k: 0 < k < n <= 10**4 and k <= 8,
    clash=lambda n, k: k > n > 0,
    slot="n",
    wordings=(
        say("the number of ordered selections of $<k>$ different elements from a set of $<n>$ elements"),
        say(
            "the number of ways in which the prizes can be awarded",
            setup="At a race with <n> runners, <k> different prizes are awarded, and nobody receives more than one.",
            ask="In how many ways can the prizes be awarded?",
        ),
        say(
            "the number of possible codes",
            setup="A code consists of <k> different symbols in a row, taken from an alphabet of <n> symbols.",
        ),
    ),
)
def _permute(n: int, k: int) -> WorkedSolution:
    factors = [n - i for i in range(k)]
    return worked(
        perm(n, k),
        f"By the multiplication principle there are ${n}$ choices first, and one fewer at each further place.",
        f"${times(factors)} = {perm(n, k)}$",
    )


@family(
    "arrangements in a row",
    "Factorials",
    "Permutations",
    "Permutations with restrictions",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (upto(rng, size, 4, 6, 8),),
    valid=lambda n: 2 < n < 15,
    slot="n",
    wordings=(
        say(
            "the number of ways in which they can sit",
            setup="A group of <n> friends, <one:name> and <two:name> among them, sit down in a row, and <one:name> and"
            " <two:name> want to sit next to each other.",
            ask="In how many ways can they sit?",
        ),
        say(
            "the number of arrangements of $<n>$ different books on a shelf in which two particular books stand"
            " together"
        ),
        say(
            "the number of possible orders",
            setup="A choir has <n> songs on its programme, and two of them must directly follow each other in"
            " either order.",
        ),
    ),
)
def _row(n: int) -> WorkedSolution:
    return worked(
        2 * factorial(n - 1),
        f"Treat the pair as one block: ${n - 1}$ objects can be arranged in ${n - 1}! = {factorial(n - 1)}$ ways.",
        "Within the block there are $2$ orders.",
        f"$2 \\cdot {factorial(n - 1)} = {2 * factorial(n - 1)}$",
    )


@family(
    "circular arrangement",
    "Circular permutations",
    "Factorials",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (upto(rng, size, 4, 7, 9),),
    valid=lambda n: 2 < n < 15,
    slot="n",
    wordings=(
        say("the number of ways to seat $<n>$ people around a round table, where rotations count as equal"),
        say(
            "the number of different seatings",
            setup="A round table has <n> seats for <n> guests. Two seatings are equal if one is a rotation of"
            " the other.",
        ),
        say("the number of circular arrangements of $<n>$ different objects, counted up to rotation"),
    ),
)
def _circle(n: int) -> WorkedSolution:
    return worked(
        factorial(n - 1),
        f"Seat one person anywhere, because rotations are equal; ${n - 1}$ people are left for the other seats.",
        f"The number of circular permutations is ${n - 1}! = {factorial(n - 1)}$.",
    )


@family(
    "handshakes",
    "Counting pairs",
    "Combinations",
    area=AREA,
    level=0.2,
    draw=lambda rng, size: (upto(rng, size, 5, 15, 60),),
    valid=lambda n: 2 < n < 10**6,
    slot="n",
    wordings=(
        say(
            "the number of handshakes",
            setup="At a party <n> people are present, and everyone shakes hands exactly once with everyone else.",
            ask="How many handshakes are there?",
        ),
        say(
            "the number of matches",
            setup="In a tournament with <n> teams every team plays every other team exactly once.",
            ask="How many matches are played?",
        ),
        say("the number of segments that join two of $<n>$ points on a circle"),
    ),
)
def _pairs(n: int) -> WorkedSolution:
    return worked(
        n * (n - 1) // 2,
        f"Each of the ${n}$ is paired with ${n - 1}$ others: ${n} \\cdot {n - 1} = {n * (n - 1)}$.",
        f"Every pair was counted twice: ${n * (n - 1)} \\div 2 = {n * (n - 1) // 2}$.",
    )


@family(
    "outfits",
    "Multiplication principle",
    "Tree diagrams",
    area=AREA,
    level=0.12,
    draw=lambda rng, size: (upto(rng, size, 2, 6, 12), upto(rng, size, 2, 6, 12), upto(rng, size, 2, 4, 9)),
    valid=lambda a, b, c: min(a, b, c) > 0,
    slot="a",
    wordings=(
        say(
            "the number of different outfits",
            setup="<who:name> has <a> shirts, <b> pairs of trousers and <c> hats and wears one of each.",
            ask="How many different outfits are possible?",
        ),
        say(
            "the number of different menus",
            setup="A canteen offers <a> starters, <b> main courses and <c> desserts; a menu consists of one of each.",
        ),
        say(
            "the number of routes",
            setup="There are <a> roads from the village to the bridge, <b> from the bridge to the mill and <c>"
            " from the mill"
            " to the castle.",
            ask="How many routes lead from the village over bridge and mill to the castle?",
        ),
    ),
)
def _product(a: int, b: int, c: int) -> WorkedSolution:
    return worked(
        a * b * c,
        "Independent choices multiply (multiplication principle).",
        f"${a} \\cdot {b} = {a * b}$",
        f"${a * b} \\cdot {c} = {a * b * c}$",
    )


@family(
    "stars and bars",
    "Stars and bars",
    "Integer solutions",
    area=AREA,
    level=0.48,
    draw=lambda rng, size: (upto(rng, size, 5, 10, 20), rng.randint(3, 4)),
    valid=lambda n, k: 0 < n < 10**4 and 1 < k < 8,
    slot="n",
    wordings=(
        say("the number of ways to distribute $<n>$ identical coins among $<k>$ different children"),
        say("the number of solutions of $x_1 + \\dots + x_{<k>} = <n>$ in non-negative integers"),
        say(
            "the number of possible orders",
            setup="A baker sells <k> kinds of rolls. <who:name> orders <n> rolls, and only the numbers of the"
            " kinds matter.",
        ),
    ),
)
def _stars(n: int, k: int) -> WorkedSolution:
    return worked(
        comb(n + k - 1, k - 1),
        f"Stars and bars: put ${n}$ stars in a row and separate them by ${k} - 1 = {k - 1}$ bars.",
        rf"The bars take ${k - 1}$ of the ${n + k - 1}$ places: $\binom{{{n + k - 1}}}{{{k - 1}}} ="
        rf" {comb(n + k - 1, k - 1)}$.",
    )


@family(
    "multiples of a or b",
    "Inclusion-exclusion principle",
    "Multiples",
    area=AREA,
    level=0.4,
    draw=lambda rng, size: (upto(rng, size, 60, 200, 900), rng.randint(2, 7), rng.randint(3, 11)),
    valid=lambda n, a, b: 0 < n < 10**9 and a > 1 and b > 1 and a % b != 0 and b % a != 0,
    slot="n",
    wordings=(
        say("the number of positive integers not exceeding $<n>$ that are divisible by $<a>$ or by $<b>$"),
        say(
            "the number of lamps that are switched at least once",
            setup="Lamps are numbered from $1$ to $<n>$. One person switches every lamp whose number is a"
            " multiple of $<a>$,"
            " another every lamp whose number is a multiple of $<b>$.",
        ),
        say(r"the number of elements of $\{1, 2, \dots, <n>\}$ that are multiples of $<a>$ or of $<b>$"),
    ),
)
def _inclusion(n: int, a: int, b: int) -> WorkedSolution:
    c = a * b // gcd(a, b)
    total = n // a + n // b - n // c
    return worked(
        total,
        f"There are ${n // a}$ multiples of ${a}$ and ${n // b}$ multiples of ${b}$ up to ${n}$.",
        f"The ${n // c}$ multiples of ${c}$ were counted twice.",
        f"Inclusion-exclusion: ${n // a} + {n // b} - {n // c} = {total}$.",
    )


@family(
    "grid paths",
    "Lattice paths",
    "Combinations",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (upto(rng, size, 2, 5, 9), upto(rng, size, 2, 5, 9)),
    valid=lambda a, b: 0 < a < 40 and 0 < b < 40,
    slot="a",
    wordings=(
        say("the number of shortest paths along grid lines from $(0, 0)$ to $(<a>, <b>)$"),
        say(
            "the number of shortest ways to school",
            setup="In a town with a rectangular street grid the school lies <a> blocks east and <b> blocks north of the"
            " home of <who:name>.",
            ask="How many shortest ways to school are there?",
        ),
        say("the number of sequences of unit steps to the right and upwards that lead from the origin to $(<a>, <b>)$"),
    ),
)
def _paths(a: int, b: int) -> WorkedSolution:
    return worked(
        comb(a + b, a),
        f"A shortest lattice path has ${a} + {b} = {a + b}$ steps, of which ${a}$ go to the right.",
        rf"$\binom{{{a + b}}}{{{a}}} = {comb(a + b, a)}$",
    )


@family(
    "pigeonhole",
    "Pigeonhole principle",
    "Worst-case reasoning",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (upto(rng, size, 3, 8, 20), upto(rng, size, 2, 5, 12)),
    valid=lambda k, m: k > 1 and m > 1,
    slot="k",
    wordings=(
        say(
            "the smallest number of socks that must be taken out",
            setup="A dark drawer holds very many socks in each of <k> colours. <who:name> wants to be sure to"
            " have <m> socks"
            " of one colour.",
            ask="How many socks must be taken out at least to be sure?",
        ),
        say("the smallest $n$ such that among any $n$ integers at least $<m>$ leave the same remainder modulo $<k>$"),
        say(
            "the smallest number of pupils for which this is certain",
            setup="In a school with <k> clubs every pupil belongs to exactly one club. Some club should have at"
            " least <m>"
            " members.",
        ),
    ),
)
def _pigeonhole(k: int, m: int) -> WorkedSolution:
    return worked(
        k * (m - 1) + 1,
        f"In the worst case each of the ${k}$ classes holds ${m} - 1 = {m - 1}$: ${k} \\cdot {m - 1} = {k * (m - 1)}$.",
        f"By the pigeonhole principle one more is enough: ${k * (m - 1)} + 1 = {k * (m - 1) + 1}$.",
    )


@family(
    "arrangements with equal letters",
    "Permutations with repetition",
    "Multinomial coefficients",
    area=AREA,
    level=0.38,
    draw=lambda rng, size: (upto(rng, size, 2, 3, 5), upto(rng, size, 2, 3, 5), rng.randint(1, 3)),
    valid=lambda a, b, c: min(a, b, c) > 0 and a + b + c < 30,
    slot=None,
    wordings=(
        say("the number of words that consist of exactly $<a>$ letters X, $<b>$ letters Y and $<c>$ letters Z"),
        say(
            "the number of different rows",
            setup="A string of beads is a row of <a> red, <b> white and <c> blue beads, and beads of one colour"
            " cannot be"
            " told apart.",
        ),
        say(
            "the number of orders in which the flags can hang",
            setup="On a line hang flags: <a> equal red ones, <b> equal green ones and <c> equal yellow ones.",
            ask="In how many different orders can the flags hang?",
        ),
    ),
)
def _multiset(a: int, b: int, c: int) -> WorkedSolution:
    n = a + b + c
    count = factorial(n) // (factorial(a) * factorial(b) * factorial(c))
    return worked(
        count,
        f"There are ${join([a, b, c])} = {n}$ objects, which can be arranged in ${n}! = {factorial(n)}$ ways.",
        f"Equal ones may be exchanged: divide by ${a}! \\cdot {b}! \\cdot {c}! = {factorial(n) // count}$.",
        f"${factorial(n)} \\div {factorial(n) // count} = {count}$",
    )


@family(
    "derangements",
    "Derangements",
    "Inclusion-exclusion principle",
    area=AREA,
    level=0.5,
    draw=lambda rng, size: (upto(rng, size, 3, 5, 8),),
    valid=lambda n: 1 < n < 13,
    slot="n",
    wordings=(
        say("the number of permutations of $<n>$ elements that leave no element in its place"),
        say(
            "the number of ways in which nobody gets their own hat",
            setup="At the door <n> guests are given back their <n> hats at random.",
        ),
        say(
            "the number of ways to do this",
            setup="Each of <n> letters has an envelope of its own. The letters are put into the envelopes, one"
            " in each, so"
            " that every letter is in a wrong one.",
        ),
    ),
)
def _derange(n: int) -> WorkedSolution:
    values = [1, 0]
    for i in range(2, n + 1):
        values.append((i - 1) * (values[i - 1] + values[i - 2]))
    steps = [
        f"$D_{{{i}}}$: ${i - 1} \\cdot ({values[i - 1]} + {values[i - 2]}) = {values[i]}$" for i in range(2, n + 1)
    ]
    return worked(
        values[n], "Derangements satisfy $D_n = (n - 1)(D_{n-1} + D_{n-2})$ with $D_0 = 1$, $D_1 = 0$.", *steps
    )


@family(
    "numbers with different digits",
    "Counting numbers with digit restrictions",
    "Multiplication principle",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (rng.randint(3, 9), rng.randint(2, 4)),
    valid=lambda d, k: 2 <= d <= 9 and 1 < k <= d,
    clash=lambda d, k: k > d + 1,
    wordings=(
        say("the number of <k>-digit numbers with different digits that use only the digits from $0$ to $<d>$"),
        say(
            "the number of integers that can be formed with <k> different digits, all of them at most $<d>$,"
            " the first not"
            " being $0$"),
        say("the number of possible house numbers",
            setup="A house number has <k> digits, which are different from each other and at most $<d>$; it"
            " does not start"
            " with $0$."),
    ),
)  # fmt: skip
def _digits(d: int, k: int) -> WorkedSolution:
    factors = [d] + [d - i for i in range(k - 1)]
    return worked(
        d * perm(d, k - 1),
        f"The first digit can be chosen in ${d}$ ways, because $0$ is excluded.",
        f"For the further places all ${d + 1}$ digits but those already used are left.",
        f"${times(factors)} = {d * perm(d, k - 1)}$",
    )


FAMILIES: tuple[ProblemFamily, ...] = (
    _choose,
    _permute,
    _row,
    _circle,
    _pairs,
    _product,
    _stars,
    _inclusion,
    _paths,
    _pigeonhole,
    _multiset,
    _derange,
    _digits,
)
