"""Sentences that stand beside a problem without being part of it: idle remarks, leaked answers, false facts, claims."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.abacus.wording import Template

IDLE: tuple[Template, ...] = tuple(
    Template(text)
    for text in (
        "<who:name> found this problem on page <n> of an old exercise book.",
        "This question is number <n> on a sheet that <who:name> has to finish by Friday.",
        "The maths room, in which <n> pupils are sitting, was painted last summer.",
        "<who:name> has already solved <n> other problems today.",
        "The competition from which this problem is taken had <n> participants.",
        "On the desk of <who:name> lie <n> sheets of scrap paper.",
    )
)
"""None of their numbers matter for the answer."""

LEAKS: tuple[Template, ...] = tuple(
    Template(text)
    for text in (
        "(Hint: the answer is $<v>$.)",
        "Note that the result turns out to be $<v>$.",
        "You may check that you obtain $<v>$.",
        "As can be seen at once, the answer is $<v>$.",
    )
)
_LEAK = re.compile(
    r"\(Hint: the answer is \$([^$]+)\$\.\)|Note that the result turns out to be \$([^$]+)\$\."
    r"|You may check that you obtain \$([^$]+)\$\.|As can be seen at once, the answer is \$([^$]+)\$\."
)

FALSE_FACTS: dict[str, tuple[str, ...]] = {
    "geometry": (
        r"Recall that the interior angles of every triangle add up to $190^\circ$.",
        "Recall that the area of a triangle is the product of its base and its height.",
        "Recall that in a right triangle the hypotenuse is the shortest side.",
    ),
    "trigonometry": (
        r"Recall that $\sin 30^\circ = \frac{\sqrt{3}}{2}$.",
        r"Recall that $\sin^2 x + \cos^2 x = 2$ for every $x$.",
    ),
    "number theory": (
        "Recall that $91$ is a prime number.",
        "Recall that $1$ counts as a prime number.",
        "Recall that every odd number greater than $1$ is prime.",
    ),
    "arithmetic": (
        "Recall that additions are always carried out before multiplications.",
        "Recall that the product of two negative numbers is negative.",
    ),
    "fractions and ratios": (
        r"Recall that $\frac{1}{2} + \frac{1}{3} = \frac{2}{5}$.",
        r"Recall that raising a price by $10\%$ and lowering it by $10\%$ again restores the old price.",
    ),
    "algebra": (
        "Recall that $(a + b)^2 = a^2 + b^2$ for all numbers $a$ and $b$.",
        r"Recall that $\log(a + b) = \log a + \log b$ for all positive $a$ and $b$.",
    ),
    "equations": (
        "Recall that a quadratic equation always has two different real solutions.",
        "Recall that multiplying an inequality by a negative number keeps its direction.",
    ),
    "sequences": (
        "Recall that the sum of the first $n$ positive integers is $n^2$.",
        "Recall that every geometric series converges.",
    ),
    "functions": (
        "Recall that $f(g(x)) = g(f(x))$ holds for all functions $f$ and $g$.",
        "Recall that two perpendicular lines have equal slopes.",
    ),
    "combinatorics": (
        r"Recall that $\binom{n}{k} = \frac{n!}{k!}$.",
        "Recall that $0! = 0$.",
    ),
    "probability": (
        "Recall that the probabilities of an event and of its complement are always equal.",
        r"Recall that $P(E \cup F) = P(E) + P(F)$ holds for all events $E$ and $F$.",
    ),
    "statistics": (
        "Recall that the median of a data set is always equal to its mean.",
        "Recall that the variance of a data set may be negative.",
    ),
    "calculus": (
        "Recall that the derivative of a product is the product of the derivatives.",
        r"Recall that the derivative of $\cos x$ is $\sin x$.",
    ),
    "linear algebra": (
        r"Recall that $\det(M + N) = \det M + \det N$ for all square matrices.",
        "Recall that matrix multiplication is commutative.",
    ),
    "complex numbers": ("Recall that $i^2 = 1$.", r"Recall that $|z + w| = |z| + |w|$ for all complex $z$ and $w$."),
    "sets and logic": (
        "Recall that a set with $n$ elements has $n^2$ subsets.",
        r"Recall that $|X \cup Y| = |X| + |Y|$ holds for all finite sets.",
    ),
    "word problems": (
        "Recall that the average speed of a trip is always the mean of the speeds of its parts.",
        "Recall that an hour has $100$ minutes.",
    ),
}
"""By area, statements that are not true; each is a whole sentence."""

_FACTS = tuple(fact for facts in FALSE_FACTS.values() for fact in facts)
_CLAIM = re.compile(
    r"It is also given that (?P<what>[^.]*?(?:\.\d[^.]*?)*?) is greater than \$(?P<than>-?\d{1,15})\$\."
    r"|It is also given that \$(?P<letter>[A-Z]) = (?P<value>-?\d{1,15})\$\."
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A given fact about what is asked: it is greater than `number`, or the value of `letter` is `number`."""

    what: str
    letter: str
    number: int


@dataclass(frozen=True, slots=True)
class Cleared:
    """A statement without its remarks, and what the remarks were."""

    text: str
    leak: bool
    false_fact: str
    claims: tuple[Claim, ...]


def above(what: str, number: int) -> str:
    """Return the claim that the thing asked is greater than the number."""
    return f"It is also given that {what} is greater than ${number}$."


def equal(letter: str, number: int) -> str:
    """Return the claim that the quantity of that letter has this value."""
    return f"It is also given that ${letter} = {number}$."


def clear(statement: str) -> Cleared:
    """Cut all remarks out of a statement."""
    text = " ".join(statement.split())
    text, leaks = _LEAK.subn(" ", text)
    fact = next((f for f in _FACTS if f in text), "") if "Recall that" in text else ""
    text = text.replace(fact, " ") if fact else text
    claims = [_claim(hit) for hit in _CLAIM.finditer(text)] if "also given" in text else []
    text = _CLAIM.sub(" ", text) if claims else text
    for idle in IDLE:
        if idle.keyword in text:
            text = idle.strict.sub(" ", text)
    return Cleared(" ".join(text.split()), bool(leaks), fact, tuple(claims))


def _claim(hit: re.Match[str]) -> Claim:
    if hit["letter"]:
        return Claim("", hit["letter"], int(hit["value"]))
    return Claim(hit["what"], "", int(hit["than"]))
