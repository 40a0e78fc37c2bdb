"""Re-derives an answer from the text of its problem where that can be done without a model, and says how.

Four independent looks, each of which may keep silent:

    expression   "Compute $EXPR$": the expression is computed and compared with the answer
    equations    the answer is put back into the equation of the statement, or a linear system is solved for it
    kind         a count is a whole number, a size not below 0, a probability between 0 and 1
    steps        every chain a = b = c of pure numbers in the solution holds

The outcome is never a guess: what cannot be read with certainty is "can't tell". A wrong step contradicts the
solution even where the answer happens to be right, because that is what step labels by people say too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import orjson
import sympy

from engine.verification import formula
from engine.verification.checks import steps, written
from engine.verification.formula import Formula, Value

VERSION = "1"
Outcome = Literal["confirmed", "contradicted", "can't tell"]
_MATHS = re.compile(r"\$\$(.+?)\$\$|\$([^$]+)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
_COMPUTE = re.compile(
    r"\A\s*(?:compute|evaluate|calculate|simplify|what is|find|find the value of|what is the value of|determine"
    r"|work out|计算|求|求值)[:：]?\s*(?:the (?:exact )?value of\s*|the sum\s*|the product\s*)?"
    r"(?:\$\$(.+?)\$\$|\$([^$]+)\$)\s*[.?。？]?\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
_ASKED = re.compile(
    r"(?:find|what is|determine|compute|calculate|solve for|求|value of|equals? what is)"
    r"(?:\s+(?:all|the|possible|values?|of|value))*\s*\$([^$=]{1,40})\$",
    re.IGNORECASE,
)
_NARROWS = re.compile(
    r"\b(?:larger|largest|smaller|smallest|greater|greatest|least|positive|negative|integers?|real|sum|product|number"
    r"|ordered|all|modulo|remainder|digit|base|maximum|minimum|where|such that|given)\b|最|正|负|整数",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\bhow many (?:different |distinct |possible |positive |such |other |of the |more )*"
    r"(?:ways|integers|pairs|triples|subsets|divisors|factors|primes|solutions|zeros|zeroes|permutations|arrangements"
    r"|students|people|children|girls|boys|words|triangles|diagonals|committees|handshakes)\b|有多少种|有多少个",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\b(?:what is|find|determine|calculate|compute) the (?:total |exact )?(?:length|area|perimeter|volume|radius"
    r"|diameter|circumference)\b(?! of the vector)|(?:面积|周长|体积|半径|长度)是多少",
    re.IGNORECASE,
)
_PROBABILITY = re.compile(r"\b(?:what is|find|determine|calculate|compute) the probability\b|概率是", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SymbolicFinding:
    """What was found, in a sentence, and what that rests on as JSON text."""

    outcome: Outcome
    reason: str
    evidence: str = ""

    @property
    def value(self) -> float | None:
        """As verdicts keep it: 1 confirmed, 0 contradicted, None can't tell."""
        return {"confirmed": 1.0, "contradicted": 0.0}.get(self.outcome)


def check(statement: str, solution: str, answer: str | None) -> SymbolicFinding:
    """Return what can be said of an answer and its solution without a model.

    A contradiction of the answer counts first, then a wrong step, then a confirmation.
    """
    looks = [of_answer(statement, answer)] if answer else []
    wrong = steps.first_wrong(solution)
    if wrong:
        looks.append(_found("contradicted", f"this step does not hold: {wrong.text}", step=wrong.text, line=wrong.line))
    for outcome in ("contradicted", "confirmed"):
        for look in looks:
            if look.outcome == outcome:
                return look
    return SymbolicFinding("can't tell", "nothing in it can be re-derived without a model")


def of_answer(statement: str, answer: str) -> SymbolicFinding:
    """Return what the statement itself says of an answer."""
    for look in (_kind, _expression, _equations):
        found = look(statement, answer)
        if found is not None:
            return found
    return SymbolicFinding(
        "can't tell", "the statement gives no equation or expression that can be read with certainty"
    )


def _found(outcome: Outcome, reason: str, **evidence: object) -> SymbolicFinding:
    return SymbolicFinding(outcome, reason, orjson.dumps(evidence).decode())


def _kind(statement: str, answer: str) -> SymbolicFinding | None:
    """A count that is no whole number, a negative size, a probability above 1; being of its kind confirms nothing."""
    value = written.number(answer)
    if not isinstance(value, Fraction):
        return None
    if _COUNTED.search(statement) and "average" not in statement.lower() and (value < 0 or value.denominator != 1):
        return _found("contradicted", f"a count cannot be {answer}", answer=answer)
    if _MEASURED.search(statement) and value < 0 and not re.search(r"\bsign|向", statement):
        return _found("contradicted", f"a measured size cannot be {answer}", answer=answer)
    if _PROBABILITY.search(statement) and "percent" not in statement.lower() and "%" not in statement + answer:
        last = statement[_PROBABILITY.search(statement).start() :]  # type: ignore[union-attr]
        if not 0 <= value <= 1 and "expressed" not in last and "/" not in last and "+" not in last:
            return _found("contradicted", f"a probability cannot be {answer}", answer=answer)
    return None


def _expression(statement: str, answer: str) -> SymbolicFinding | None:
    """The statement is one expression of numbers, and nothing else."""
    hit = _COMPUTE.match(statement)
    if not hit:
        return None
    asked = written.number(hit[1] or hit[2])
    given = written.number(answer)
    if asked is None or given is None:
        return None
    if formula.close(asked, given):
        return _found("confirmed", "the expression was computed and gives the answer", expression=hit[1] or hit[2])
    if isinstance(asked, Fraction) and isinstance(given, Fraction):
        if written.rounds(answer, asked, given):
            return None
        return _found("contradicted", f"computed, the expression gives {asked}", expression=hit[1] or hit[2])
    return None


def _equations(statement: str, answer: str) -> SymbolicFinding | None:
    """The answer is what the statement's equations ask for."""
    asked = _ASKED.search(statement)
    found = list(_read_equations(statement))
    target = written.read(asked[1]) if asked else None
    if not found or target is None or len(found) > 4:
        return None
    names = sorted({name for left, right in found for name in formula.variables(left) | formula.variables(right)})
    if not formula.variables(target) or not formula.variables(target) <= set(names):
        return None
    if len(names) == 1 and len(found) == 1 and target.op == "variable":
        return _put_back(statement, found[0], names[0], answer)
    return _solved(statement, found, names, target, answer)


def _put_back(statement: str, equation: tuple[Formula, Formula], name: str, answer: str) -> SymbolicFinding | None:
    values = [written.number(part) for part in re.split(r",|\bor\b|\band\b|;", answer)]
    if not values or any(not isinstance(value, Fraction) for value in values):
        return None
    sides = [_sides(equation, {name: value}) for value in values if isinstance(value, Fraction)]
    if any(side is None for side in sides):
        return None
    if all(side and formula.close(*side) for side in sides):
        if _NARROWS.search(statement) or len(values) > 1:
            return None
        return _found("confirmed", f"put back for {name}, the answer satisfies the equation", variable=name)
    if _says_more(statement):
        return None
    return _found("contradicted", f"put back for {name}, the answer does not satisfy the equation", variable=name)


def _says_more(statement: str) -> bool:
    """Whether the statement holds other formulas than the equation and the variable, so that it may mean another."""
    return len(_MATHS.findall(statement)) > 2


def _solved(
    statement: str, equations: Sequence[tuple[Formula, Formula]], names: list[str], target: Formula, answer: str
) -> SymbolicFinding | None:
    """Solve a linear system exactly and compare; a system that is not linear or not unique says nothing."""
    rows = [_linear(equation, names) for equation in equations]
    given = written.number(answer)
    if given is None or any(row is None for row in rows) or len(rows) != len(names):
        return None
    matrix = sympy.Matrix([[*map(_rational, row[:-1])] for row in rows if row])
    if matrix.det() == 0:
        return None
    solved = matrix.LUsolve(sympy.Matrix([_rational(-row[-1]) for row in rows if row]))
    spot = {name: Fraction(int(x.p), int(x.q)) for name, x in zip(names, solved, strict=True)}
    value = written.value(target, spot)
    if value is None:
        return None
    shown = ", ".join(f"{name} = {each}" for name, each in spot.items())
    if formula.close(value, given):
        return _found("confirmed", f"the equations were solved and give the answer ({shown})", solution=shown)
    if isinstance(value, Fraction) and isinstance(given, Fraction) and not _says_other(statement, len(equations)):
        return _found("contradicted", f"the equations were solved and give {value} ({shown})", solution=shown)
    return None


def _says_other(statement: str, equations: int) -> bool:
    return len(_MATHS.findall(statement)) > equations + 1 or bool(_NARROWS.search(statement))


def _linear(equation: tuple[Formula, Formula], names: list[str]) -> list[Fraction] | None:
    """Return coefficients and constant of left - right where it is linear, probed at points; None where it is not."""
    zero = dict.fromkeys(names, Fraction(0))
    base = _difference(equation, zero)
    steps = [_difference(equation, {**zero, name: Fraction(1)}) for name in names]
    if base is None or any(step is None for step in steps):
        return None
    coefficients = [step - base for step in steps if step is not None]
    for probe in (Fraction(7, 3), Fraction(-11, 5)):
        spot = {name: probe + place for place, name in enumerate(names)}
        expected = base + sum(c * spot[name] for c, name in zip(coefficients, names, strict=True))
        if _difference(equation, spot) != expected:
            return None
    return [*coefficients, base]


def _difference(equation: tuple[Formula, Formula], spot: dict[str, Fraction]) -> Fraction | None:
    sides = _sides(equation, spot)
    if sides is None or not all(isinstance(side, Fraction) for side in sides):
        return None
    left, right = sides
    return left - right  # type: ignore[return-value]


def _sides(equation: tuple[Formula, Formula], spot: dict[str, Fraction]) -> tuple[Value, Value] | None:
    left, right = (written.value(side, spot) for side in equation)
    return None if left is None or right is None else (left, right)


def _rational(value: Fraction) -> sympy.Rational:
    return sympy.Rational(value.numerator, value.denominator)


def _read_equations(statement: str) -> Iterator[tuple[Formula, Formula]]:
    """Yield the equations between formulas of a statement that hold a variable; chains and definitions are no such."""
    for hit in _MATHS.finditer(statement):
        body = next(group for group in hit.groups() if group)
        sides = body.split("=")
        if len(sides) != 2 or re.search(r"\\(?:le|ge|neq|equiv|approx|to)|[<>:]|\w\(\w\)", body):
            continue
        left, right = map(written.read, sides)
        if left is not None and right is not None and formula.variables(left) | formula.variables(right):
            yield left, right
