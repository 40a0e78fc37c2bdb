"""Sets, Venn diagrams, and counting with truth values."""

from __future__ import annotations

from engine.abacus.notation import listing
from engine.abacus.problem_family import ProblemFamily, WorkedSolution, family, say, upto, worked

AREA = "sets and logic"


@family(
    "union of two sets",
    "Union and intersection of sets",
    "Venn diagrams",
    area=AREA,
    level=0.2,
    draw=lambda rng, size: (
        (c := upto(rng, size, 2, 8, 20)) + upto(rng, size, 3, 15, 50), c + upto(rng, size, 3, 15, 50), c,
    ),
    valid=lambda a, b, c: 0 < c < min(a, b),
    clash=lambda a, b, c: c > min(a, b),
    slot="a",
    wordings=(
        say("the number of elements in the union of two sets with $<a>$ and $<b>$ elements that have $<c>$ elements in"
            " common"),
        say(
            "the number of pupils in the class",
            setup="In a class <a> pupils learn French and <b> learn Spanish; <c> of them learn both languages,"
            " and everybody"
            " learns at least one.",
            ask="How many pupils are in the class?",
        ),
        say(
            "the number of guests",
            setup="At a breakfast <a> guests drink coffee and <b> drink juice. Everyone has at least one of the"
            " two, and <c>"
            " guests have both.",
        ),
    ),
)  # fmt: skip
def _union(a: int, b: int, c: int) -> WorkedSolution:
    return worked(
        a + b - c,
        "In the union the common elements count only once.",
        f"${a} + {b} = {a + b}$",
        f"${a + b} - {c} = {a + b - c}$",
    )


@family(
    "number of subsets",
    "Subsets",
    "Power set",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: (upto(rng, size, 3, 6, 10),),
    valid=lambda n: 0 < n < 40,
    slot="n",
    wordings=(
        say("the number of non-empty subsets of a set with $<n>$ elements"),
        say(
            "the number of possible pizzas with at least one topping",
            setup="A pizzeria has <n> toppings, and any selection of them can be ordered.",
        ),
        say(r"the number of non-empty sets that are contained in $\{1, 2, \dots, <n>\}$"),
    ),
)
def _subsets(n: int) -> WorkedSolution:
    return worked(
        2**n - 1,
        f"Every element is taken or not, so the power set has $2^{{{n}}} = {2**n}$ elements.",
        f"Without the empty set these are ${2**n} - 1 = {2**n - 1}$.",
    )


@family(
    "three sets",
    "Venn diagrams",
    "Inclusion-exclusion principle",
    area=AREA,
    level=0.42,
    draw=lambda rng, size: (
        upto(rng, size, 20, 30, 60), upto(rng, size, 20, 30, 60), upto(rng, size, 20, 30, 60),
        rng.randint(4, 9), rng.randint(4, 9), rng.randint(4, 9), rng.randint(1, 3),
    ),
    valid=lambda a, b, c, x, y, z, t: 0 < t < min(x, y, z) and min(a - x - y, b - x - z, c - y - z) + t >= 0,
    clash=lambda a, b, c, x, y, z, t: t > min(x, y, z),
    slot=None,
    wordings=(
        say(
            "the number of people who have at least one of the three pets",
            setup="In a street <a> people have a dog, <b> a cat and <c> a bird; <x> have a dog and a cat, <y> a"
            " dog and a"
            " bird, <z> a cat and a bird, and <t> have all three.",
        ),
        say(
            "the number of elements of the union",
            setup="Three sets have <a>, <b> and <c> elements. The first and second share <x>, the first and"
            " third <y>, the"
            " second and third <z> elements, and <t> lie in all three.",
        ),
        say(
            "the number of readers of at least one paper",
            setup="Of three newspapers the first has <a> readers, the second <b> and the third <c>. The first"
            " two have <x>"
            " readers in common, the first and the last <y>, the last two <z>, and <t> people read all of them.",
        ),
    ),
)  # fmt: skip
def _three(a: int, b: int, c: int, x: int, y: int, z: int, t: int) -> WorkedSolution:
    single, double = a + b + c, x + y + z
    return worked(
        single - double + t,
        f"Inclusion-exclusion: add the single sets, ${a} + {b} + {c} = {single}$.",
        f"Subtract the pairs, ${x} + {y} + {z} = {double}$, and add the triple part again.",
        f"${single} - {double} + {t} = {single - double + t}$",
    )


def _common(one: tuple[int, ...], two: tuple[int, ...]) -> list[int]:
    return sorted(set(one) & set(two))


@family(
    "intersection of listed sets",
    "Union and intersection of sets",
    "Set notation",
    area=AREA,
    level=0.2,
    draw=lambda rng, size: (
        tuple(sorted(rng.sample(range(1, 25), 6))),
        tuple(sorted(rng.sample(range(1, 25), 7))),
    ),
    valid=lambda one, two: len(_common(one, two)) > 1 and len(set(one)) == len(one) and len(set(two)) == len(two),
    wordings=(
        say(r"the sum of the elements of $\{<one:list>\} \cap \{<two:list>\}$"),
        say(r"the sum of all numbers that belong to both $\{<one:list>\}$ and $\{<two:list>\}$"),
        say("the sum of the elements of $X \\cap Y$", setup=r"Let $X = \{<one:list>\}$ and $Y = \{<two:list>\}$."),
    ),
)
def _intersection(one: tuple[int, ...], two: tuple[int, ...]) -> WorkedSolution:
    common = _common(one, two)
    return worked(
        sum(common),
        rf"The intersection is $\{{{listing(common)}\}}$.",
        f"${' + '.join(map(str, common))} = {sum(common)}$",
    )


@family(
    "complement of a set",
    "Complement of a set",
    "Set notation",
    area=AREA,
    level=0.2,
    draw=lambda rng, size: (upto(rng, size, 20, 60, 300), rng.randint(3, 12)),
    valid=lambda n, d: 1 < d < n < 10**9,
    slot="n",
    wordings=(
        say(r"the number of elements of the complement of the multiples of $<d>$ in $\{1, 2, \dots, <n>\}$"),
        say(r"the number of integers from $1$ to $<n>$ that are not multiples of $<d>$"),
        say("the number of tickets that do not win",
            setup="Tickets are numbered from $1$ to $<n>$, and exactly the multiples of $<d>$ win."),
    ),
)  # fmt: skip
def _complement(n: int, d: int) -> WorkedSolution:
    return worked(
        n - n // d,
        f"There are ${n // d}$ multiples of ${d}$, because ${d} \\cdot {n // d} = {d * (n // d)}$.",
        f"The complement has ${n} - {n // d} = {n - n // d}$ elements.",
    )


@family(
    "truth tables",
    "Truth tables",
    "Propositional logic",
    area=AREA,
    level=0.32,
    draw=lambda rng, size: (upto(rng, size, 2, 5, 9),),
    valid=lambda n: 1 < n < 40,
    slot="n",
    wordings=(
        say(r"the number of rows of a truth table with $<n>$ variables in which at least one variable is true"),
        say(
            "the number of switch positions with light",
            setup="A lamp is controlled by <n> parallel switches and is on when at least one of them is closed.",
        ),
        say("the number of assignments of truth values to $<n>$ propositions for which their disjunction is true"),
    ),
)
def _truth(n: int) -> WorkedSolution:
    return worked(
        2**n - 1,
        f"A truth table with ${n}$ variables has $2^{{{n}}} = {2**n}$ rows.",
        f"A disjunction is false only when all are false: ${2**n} - 1 = {2**n - 1}$.",
    )


FAMILIES: tuple[ProblemFamily, ...] = (_union, _subsets, _three, _intersection, _complement, _truth)
