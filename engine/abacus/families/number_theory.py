"""Divisors, primes, remainders and numerals."""

from __future__ import annotations

import random
from math import gcd, prod

from engine.abacus.notation import join, listing, times
from engine.abacus.problem_family import ProblemFamily, WorkedSolution, family, say, upto, worked

AREA = "number theory"
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47)


def factorised(number: int) -> dict[int, int]:
    """Return prime -> exponent."""
    found: dict[int, int] = {}
    factor = 2
    while factor * factor <= number:
        while number % factor == 0:
            found[factor] = found.get(factor, 0) + 1
            number //= factor
        factor += 1
    if number > 1:
        found[number] = found.get(number, 0) + 1
    return found


def factors_tex(number: int) -> str:
    """Return the prime factorization in LaTeX."""
    return r" \cdot ".join(f"{p}^{{{e}}}" if e > 1 else str(p) for p, e in factorised(number).items()) or "1"


def _common(rng: random.Random, size: float) -> tuple[int, int]:
    shared = upto(rng, size, 2, 12, 36)
    return shared * upto(rng, size, 2, 9, 25), shared * upto(rng, size, 2, 9, 25)


def _rich(rng: random.Random, size: float) -> int:
    number = 1
    for prime in rng.sample(_PRIMES[:5], 2 if size < 0.6 else 3):
        number *= prime ** rng.randint(1, 3 if prime < 5 else 1)
    return number


@family(
    "greatest common divisor",
    "Greatest common divisor",
    "Euclidean algorithm",
    area=AREA,
    level=0.2,
    draw=_common,
    valid=lambda a, b: 1 < a < 10**9 and 1 < b < 10**9 and a != b,
    slot="a",
    wordings=(
        say("the greatest common divisor of $<a>$ and $<b>$"),
        say(
            "the largest possible number of identical packages",
            setup="<who:name> has <a> <one:fruit> and <b> <two:flower> and wants to share all of them out into"
            " identical packages, with nothing left over.",
            ask="What is the largest possible number of packages?",
        ),
        say(
            "the side length in centimetres of the largest square tiles that cover the floor",
            setup="A rectangular floor measures <a> centimetres by <b> centimetres and is to be covered exactly with"
            " equal square tiles of whole-number side length, none of them cut.",
        ),
    ),
)
def _divisor(a: int, b: int) -> WorkedSolution:
    high, low = max(a, b), min(a, b)
    steps = []
    while low:
        steps.append(f"${high} = {high // low} \\cdot {low} + {high % low}$")
        high, low = low, high % low
    first = "Use the Euclidean algorithm: divide with remainder until the remainder is $0$."
    return worked(high, first, *steps, f"The last non-zero remainder is ${high}$, so $\\gcd({a}, {b}) = {high}$.")


@family(
    "least common multiple",
    "Least common multiple",
    "Prime factorization",
    area=AREA,
    level=0.22,
    draw=lambda rng, size: (upto(rng, size, 4, 24, 60), upto(rng, size, 4, 24, 60)),
    valid=lambda a, b: 1 < a < 10**6 and 1 < b < 10**6 and a != b,
    slot="a",
    wordings=(
        say("the least common multiple of $<a>$ and $<b>$"),
        say(
            "the number of minutes until both next leave together",
            setup="Two bus lines leave the central station together at noon. One leaves every <a> minutes, the"
            " other every <b> minutes.",
            ask="After how many minutes do they next leave at the same moment?",
        ),
        say("the smallest positive integer that is divisible by both $<a>$ and $<b>$"),
    ),
)
def _multiple(a: int, b: int) -> WorkedSolution:
    lcm = a * b // gcd(a, b)
    return worked(
        lcm,
        f"For the least common multiple factor into primes: ${a} = {factors_tex(a)}$ and ${b} = {factors_tex(b)}$.",
        f"Take each prime with its larger exponent: ${factors_tex(lcm)} = {lcm}$.",
    )


@family(
    "number of divisors",
    "Number of divisors",
    "Prime factorization",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (_rich(rng, size),),
    valid=lambda n: 1 < n < 10**8,
    slot="n",
    wordings=(
        say("the number of positive divisors of $<n>$"),
        say("the number of positive integers that divide $<n>$ without remainder"),
        say(
            "the number of possible row counts",
            setup="All <n> members of a marching band are to stand in rows of equal length.",
            ask="How many different numbers of rows are possible?",
        ),
    ),
)
def _divisor_count(n: int) -> WorkedSolution:
    exponents = list(factorised(n).values())
    count = prod(e + 1 for e in exponents)
    factors = r" \cdot ".join(f"({e} + 1)" for e in exponents)
    return worked(
        count,
        f"Prime factorization: ${n} = {factors_tex(n)}$.",
        r"The number of divisors is the product of the exponents, each increased by $1$.",
        f"${factors} = {count}$",
    )


@family(
    "sum of divisors",
    "Sum of divisors",
    "Prime factorization",
    area=AREA,
    level=0.42,
    draw=lambda rng, size: (_rich(rng, size),),
    valid=lambda n: 1 < n < 10**8,
    slot="n",
    wordings=(
        say("the sum of all positive divisors of $<n>$"),
        say("the sum of all positive integers, $1$ and the number itself included, that divide $<n>$"),
        say("the total", setup="<who:name> writes down every positive divisor of $<n>$ and adds them all up."),
    ),
)
def _divisor_sum(n: int) -> WorkedSolution:
    parts = {p: sum(p**i for i in range(e + 1)) for p, e in factorised(n).items()}
    total = prod(parts.values())
    return worked(
        total,
        f"Prime factorization: ${n} = {factors_tex(n)}$.",
        "The sum of divisors is the product of the sums of the powers of each prime: "
        + ", ".join(f"${join([p**i for i in range(e + 1)])} = {parts[p]}$" for p, e in factorised(n).items())
        + ".",
        f"${times(list(parts.values()))} = {total}$",
    )


@family(
    "power modulo",
    "Modular arithmetic",
    "Modular exponentiation",
    area=AREA,
    level=0.5,
    draw=lambda rng, size: (rng.randint(2, 12), upto(rng, size, 8, 40, 220), upto(rng, size, 5, 13, 31)),
    valid=lambda a, n, m: 1 < a < 10**6 and 1 <= n < 10**7 and 1 < m < 10**5 and m < 10**5,
    slot="n",
    wordings=(
        say("the remainder when $<a>^{<n>}$ is divided by $<m>$"),
        say("the smallest non-negative integer that is congruent to $<a>^{<n>}$ modulo $<m>$"),
        say(
            "the number of marbles left over",
            setup="A very large jar holds exactly $<a>^{<n>}$ marbles, which are put into bags of <m> marbles each.",
            ask="How many marbles are left over?",
        ),
    ),
)
def _power(a: int, n: int, m: int) -> WorkedSolution:
    steps, square, result, rest = [], a % m, 1, n
    while rest:
        if rest & 1:
            result = result * square % m
        square, rest = square * square % m, rest >> 1
    shown = [f"${a}^{{{2**i}}} \\equiv {pow(a, 2**i, m)}$" for i in range(min(n.bit_length(), 12))]
    steps.append(f"Square repeatedly modulo ${m}$: {', '.join(shown)}.")
    steps.append(f"Write ${n}$ in binary, ${bin(n)[2:]}$, and multiply the powers that occur in it.")
    steps.append(f"This gives ${a}^{{{n}}} \\equiv {result} \\pmod{{{m}}}$.")
    return worked(result, "Use modular exponentiation.", *steps)


def _congruences(rng: random.Random, size: float) -> tuple[int, int, int, int]:
    p, q = rng.sample((3, 4, 5, 7, 9, 11, 13) if size < 0.6 else (7, 9, 11, 13, 16, 17, 19), 2)
    return rng.randrange(1, p), p, rng.randrange(1, q), q


@family(
    "chinese remainder",
    "Chinese remainder theorem",
    "Linear congruences",
    area=AREA,
    level=0.55,
    draw=_congruences,
    valid=lambda a, p, b, q: 1 < p < 10**4 and 1 < q < 10**4 and gcd(p, q) == 1 and 0 < a < p and 0 < b < q,
    slot="a",
    wordings=(
        say("the smallest positive integer that leaves remainder $<a>$ when divided by $<p>$ and remainder $<b>$ when"
            " divided by $<q>$"),
        say(
            "the smallest positive integer $x$ that satisfies both congruences",
            setup=r"Consider the congruences $x \equiv <a> \pmod{<p>}$ and $x \equiv <b> \pmod{<q>}$.",
        ),
        say(
            "the smallest possible number of books",
            setup="When <who:name> packs the books of a library into boxes of $<p>$, the last box holds only $<a>$;"
            " with boxes of $<q>$ the last one holds only $<b>$.",
        ),
    ),
)  # fmt: skip
def _remainders(a: int, p: int, b: int, q: int) -> WorkedSolution:
    k = (b - a) * pow(p, -1, q) % q
    return worked(
        a + k * p,
        f"By the Chinese remainder theorem there is one solution modulo ${p} \\cdot {q} = {p * q}$.",
        f"Write $x = {a} + {p}k$; then ${p}k \\equiv {(b - a) % q} \\pmod{{{q}}}$.",
        f"The inverse of ${p}$ modulo ${q}$ is ${pow(p, -1, q)}$, so $k \\equiv {k} \\pmod{{{q}}}$.",
        f"$x = {a} + {p} \\cdot {k} = {a + k * p}$",
    )


@family(
    "base conversion",
    "Number bases",
    "Place value",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (upto(rng, size, 20, 150, 900), rng.choice((2, 3, 4, 5, 6, 7, 8, 9))),
    valid=lambda n, b: 0 < n < 10**9 and 2 <= b <= 36,
    slot="n",
    wordings=(
        say("the sum of the digits of $<n>$ when it is written in base $<b>$"),
        say("the digit sum of the base-$<b>$ representation of the decimal number $<n>$"),
        say("the sum of the digits that stand on the board",
            setup="<who:name> converts the decimal number $<n>$ to base $<b>$ and writes the result on the board."),
    ),
)  # fmt: skip
def _base(n: int, b: int) -> WorkedSolution:
    digits: list[int] = []
    steps, rest = [], n
    while rest:
        steps.append(f"${rest} = {rest // b} \\cdot {b} + {rest % b}$")
        digits.append(rest % b)
        rest //= b
    first = f"Convert to base ${b}$ by dividing by ${b}$ again and again; the remainders are the digits."
    return worked(sum(digits), first, *steps, f"${join(digits[::-1])} = {sum(digits)}$")


@family(
    "euler totient",
    "Euler's totient function",
    "Coprime integers",
    area=AREA,
    level=0.5,
    draw=lambda rng, size: (_rich(rng, size),),
    valid=lambda n: 1 < n < 10**8,
    slot="n",
    wordings=(
        say("the number of positive integers not exceeding $<n>$ that are coprime to $<n>$"),
        say(r"the value of Euler's totient function $\varphi(<n>)$"),
        say(r"the number of fractions $\frac{k}{<n>}$ in lowest terms with $1 \le k \le <n>$"),
    ),
)
def _totient(n: int) -> WorkedSolution:
    primes = list(factorised(n))
    value = n
    for p in primes:
        value = value // p * (p - 1)
    product = " ".join(rf"\left(1 - \frac{{1}}{{{p}}}\right)" for p in primes)
    return worked(
        value,
        f"Integers are coprime to ${n} = {factors_tex(n)}$ when they share none of the primes ${listing(primes)}$.",
        rf"Euler's totient function: $\varphi({n}) = {n} {product} = {value}$.",
    )


@family(
    "trailing zeros",
    "Legendre's formula",
    "Factorials",
    area=AREA,
    level=0.45,
    draw=lambda rng, size: (upto(rng, size, 12, 90, 700),),
    valid=lambda n: 0 < n < 10**9,
    slot="n",
    wordings=(
        say("the number of zeros at the end of the decimal representation of $<n>!$"),
        say("the largest integer $k$ for which $10^k$ divides $<n>!$"),
        say("the number of trailing zeros of the result",
            setup="<who:name> multiplies all the integers from $1$ to $<n>$ on a computer."),
    ),
)  # fmt: skip
def _zeros(n: int) -> WorkedSolution:
    counts, power = [], 5
    while power <= n:
        counts.append((power, n // power))
        power *= 5
    total = sum(c for _, c in counts)
    shown = [rf"$\left\lfloor \frac{{{n}}}{{{p}}} \right\rfloor = {c}$" for p, c in counts]
    return worked(
        total,
        f"Each zero needs a factor $2$ and a factor $5$; in ${n}!$ the fives are rarer, so count them.",
        f"Legendre's formula for the prime $5$: {', '.join(shown) or 'no multiple of $5$ occurs'}.",
        f"${join([c for _, c in counts] or [0])} = {total}$",
    )


@family(
    "divisibility by nine",
    "Divisibility rules",
    "Digit sums",
    area=AREA,
    level=0.22,
    draw=lambda rng, size: (rng.randint(1, 9), rng.randint(0, 9), rng.randint(0, 9)),
    valid=lambda a, b, c: 1 <= a <= 9 and 0 <= b <= 9 and 0 <= c <= 9 and (a + b + c) % 9 != 0,
    wordings=(
        say("the digit $d$ for which the four-digit number $\\overline{<a><b>d<c>}$ is divisible by $9$"),
        say("the missing digit",
            setup="The digits of a four-digit multiple of $9$ are, from left to right, $<a>$, $<b>$, an illegible one"
            " and $<c>$."),
        say(
            "the digit $d$",
            setup="On an old bill the price of $9$ equal chairs reads $\\overline{<a><b>d<c>}$ dollars, a multiple of"
            " $9$, but the digit $d$ has faded.",
        ),
    ),
)  # fmt: skip
def _nine(a: int, b: int, c: int) -> WorkedSolution:
    digit = -(a + b + c) % 9
    return worked(
        digit,
        "Divisibility rule for $9$: the digit sum must be a multiple of $9$.",
        f"The known digits give ${a} + {b} + {c} = {a + b + c}$.",
        f"The next multiple of $9$ is ${a + b + c + digit}$, so $d = {a + b + c + digit} - {a + b + c} = {digit}$.",
    )


@family(
    "modular inverse",
    "Modular inverse",
    "Linear congruences",
    area=AREA,
    level=0.5,
    draw=lambda rng, size: (upto(rng, size, 3, 12, 40), upto(rng, size, 7, 25, 90)),
    valid=lambda a, m: 1 < m < 10**6 and 1 < a < 10**6 and gcd(a, m) == 1 and a % m != 1,
    slot="m",
    wordings=(
        say(r"the smallest positive integer $x$ with $<a>x \equiv 1 \pmod{<m>}$"),
        say("the smallest positive integer that is the multiplicative inverse of $<a>$ modulo $<m>$"),
        say("the smallest positive integer $x$ for which $<a>x - 1$ is a multiple of $<m>$"),
    ),
)
def _inverse(a: int, m: int) -> WorkedSolution:
    x = pow(a, -1, m)
    return worked(
        x,
        f"Since $\\gcd({a}, {m}) = 1$, the modular inverse exists and is unique modulo ${m}$.",
        f"The extended Euclidean algorithm gives ${a} \\cdot {x} = {a * x}$.",
        f"${a * x} - 1 = {a * x - 1}$, and ${a * x - 1} = {(a * x - 1) // m} \\cdot {m}$.",
    )


@family(
    "diophantine",
    "Linear Diophantine equations",
    "Integer solutions",
    area=AREA,
    level=0.5,
    draw=lambda rng, size: (rng.randint(2, 9), rng.randint(2, 9), upto(rng, size, 25, 70, 240)),
    valid=lambda a, b, n: a > 0 and b > 0 and a != b and 0 < n < 20000,
    slot="n",
    wordings=(
        say("the number of pairs $(x, y)$ of non-negative integers with $<a>x + <b>y = <n>$"),
        say(
            "the number of ways to pay",
            setup="In a game a sum of exactly $<n>$ points is to be paid with tokens worth $<a>$ points and tokens"
            " worth $<b>$ points; using only one sort is allowed.",
            ask="In how many ways can the sum be paid?",
        ),
        say("the number of solutions of $<a>x + <b>y = <n>$ in non-negative integers $x$ and $y$"),
    ),
)
def _diophantine(a: int, b: int, n: int) -> WorkedSolution:
    found = [y for y in range(n // b + 1) if (n - b * y) % a == 0]
    ends = f"the possible $y$ run from ${found[0]}$ to ${found[-1]}$" if found else "no $y$ is possible"
    return worked(
        len(found),
        f"The linear Diophantine equation means $x = \\frac{{{n} - {b}y}}{{{a}}}$ must be a non-negative integer.",
        f"So ${b}y \\le {n}$ and ${b}y \\equiv {n % a} \\pmod{{{a}}}$: {ends} in steps of ${a // gcd(a, b)}$.",
        f"That makes ${len(found)}$ solutions.",
    )


@family(
    "division with remainder",
    "Division with remainder",
    "Multiples",
    area="arithmetic",
    level=0.12,
    draw=lambda rng, size: (upto(rng, size, 40, 200, 900), upto(rng, size, 3, 12, 30)),
    valid=lambda n, d: 1 < d < n < 10**9 and n % d != 0,
    slot="n",
    wordings=(
        say("the remainder when $<n>$ is divided by $<d>$"),
        say(
            "the number of <item:item> left over",
            setup="<who:name> packs <n> <item:item> into boxes that hold <d> each and fills as many boxes as possible.",
            ask="How many <item:item> are left over?",
        ),
        say(
            "the number of pages in the unfinished chapter",
            setup="A book of <n> pages is divided into chapters of <d> pages each; only the last chapter is shorter.",
            ask="How many pages does the last chapter have?",
        ),
    ),
)
def _remainder(n: int, d: int) -> WorkedSolution:
    return worked(
        n % d,
        f"Divide with remainder: ${d} \\cdot {n // d} = {d * (n // d)}$ is the largest multiple of ${d}$ up to ${n}$.",
        f"${n} - {d * (n // d)} = {n % d}$",
    )


FAMILIES: tuple[ProblemFamily, ...] = (
    _divisor,
    _multiple,
    _divisor_count,
    _divisor_sum,
    _power,
    _remainders,
    _base,
    _totient,
    _zeros,
    _nine,
    _inverse,
    _diophantine,
    _remainder,
)
