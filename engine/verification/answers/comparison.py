"""Tell whether two answers mean the same; each shape of answer has its own rule, the cheapest is tried first.

words and letters     yes = true, (A) = A = "A. 5", monday = Monday
several values        tuples in order, sets and bare lists in any order, ± as both values, unions, matrices
ranges                3 < x <= 5 is (3, 5]; inequalities become intervals
one value             number, percent, unit, formula, equation
"""

from __future__ import annotations

import re
from fractions import Fraction

from engine.verification import formula
from engine.verification.answers.notation import plain, squeezed
from engine.verification.answers.quantity import Quantity, quantity
from engine.verification.answers.shapes import Parts, interval, matrix, parts, unions
from engine.verification.answers.symbolic import same_by_symbols
from engine.verification.formula import TooLarge, UnreadFormula

LONGEST = 2000
"""Characters beyond which answers are compared as text only."""
DEEPEST = 6
_OPTION = re.compile(r"^(?:option\s+|choice\s+|选)?\(?\s*([A-J])\s*(?:\)|[.:](?=\s|$)|$)\s*(.*)$", re.DOTALL)
_TRUTH = {
    "true": True, "yes": True, "correct": True, "是": True, "对": True, "正确": True,
    "false": False, "no": False, "incorrect": False, "否": False, "错": False, "错误": False, "不是": False,
}  # fmt: skip
_DECIMAL = re.compile(r"^[+-]?\d*\.\d+$")
_SCIENTIFIC = re.compile(
    r"^([+-]?\d+(?:\.\d+)?)\s*(?:[eE]\s*([+-]?\d{1,3})|\*\s*10\s*\^\s*\{?\s*([+-]?\d{1,3})\s*\}?)$"
)


def equivalent(a: str | None, b: str | None) -> bool:
    """Return whether two final answers mean the same. Symmetric; anything equals itself; never raises.

    Not equal: 5 cm and 5 m, (1, 2) and 12, (1, 2) and [1, 2], 1/3 and 0.33. A percent equals its share and also the
    bare number, because "what percent" is answered both ways; 1/3 equals its rounding to four digits or more.
    """
    if not isinstance(a, str) or not isinstance(b, str):
        return False
    a, b = a.strip(), b.strip()
    if not a or not b or a == b:
        return a == b != ""
    if max(len(a), len(b)) > LONGEST:
        return squeezed(a) == squeezed(b)
    try:
        return _same(plain(a), plain(b), 0)
    except (UnreadFormula, RecursionError, OverflowError, ZeroDivisionError, ValueError):
        return False


def _same(a: str, b: str, depth: int) -> bool:
    if not a or not b or depth > DEEPEST:
        return False
    if squeezed(a) == squeezed(b):
        return True
    for rule in (_as_truth, _as_option, _as_matrices, _as_ranges, _as_several):
        verdict = rule(a, b, depth)
        if verdict is not None:
            return verdict
    return _as_one(a, b)


def _as_truth(a: str, b: str, depth: int) -> bool | None:
    left, right = _TRUTH.get(a.casefold()), _TRUTH.get(b.casefold())
    return None if left is None or right is None else left is right


def _as_option(a: str, b: str, depth: int) -> bool | None:
    left, right = _OPTION.match(a), _OPTION.match(b)
    if left and right:
        return left[1] == right[1]
    lettered, other = (left, b) if left else (right, a)
    return _same(lettered[2], other, depth + 1) if lettered and lettered[2] else None


def _as_matrices(a: str, b: str, depth: int) -> bool | None:
    left, right = matrix(a), matrix(b)
    if left is None or right is None:
        return None if left is None and right is None else False
    shapes = [[len(row) for row in rows] for rows in (left, right)]
    if shapes[0] != shapes[1]:
        return False
    cells = zip((cell for row in left for cell in row), (cell for row in right for cell in row), strict=True)
    return all(_same(x, y, depth + 1) for x, y in cells)


def _as_ranges(a: str, b: str, depth: int) -> bool | None:
    left, right = unions(a), unions(b)
    if len(left) > 1 or len(right) > 1:
        return _any_order(left, right, depth)
    left_range, right_range = interval(a), interval(b)
    if left_range is None and right_range is None:
        return None
    return _same(left_range or a, right_range or b, depth + 1)


def _as_several(a: str, b: str, depth: int) -> bool | None:
    left, right = parts(a), parts(b)
    if left.single and right.single:
        return None
    if not _brackets_fit(left, right) or len(left.items) != len(right.items):
        return False
    if left.ordered or right.ordered:
        return all(_same(x, y, depth + 1) for x, y in zip(left.items, right.items, strict=True))
    return _any_order(left.items, right.items, depth)


def _brackets_fit(left: Parts, right: Parts) -> bool:
    """A bare list may be meant as any of them; a point, a closed interval and a set are never each other."""
    return left.brackets == right.brackets or not left.brackets or not right.brackets


def _any_order(left: tuple[str, ...], right: tuple[str, ...], depth: int) -> bool:
    if len(left) != len(right) or len(left) > 60:
        return False
    open_items = list(right)
    for item in left:
        match = next((other for other in open_items if _same(item, other, depth + 1)), None)
        if match is None:
            return False
        open_items.remove(match)
    return True


def _as_one(a: str, b: str) -> bool:
    if _is_equation(a) and _is_equation(b):
        return _same_equation(a, b)
    left, right = quantity(a), quantity(b)
    if left.unit and right.unit and left.unit != right.unit:
        return False
    if not left.value or not right.value:
        return False
    if squeezed(left.value) == squeezed(right.value) and left.percent == right.percent:
        return True
    return _same_value(left, right)


def _is_equation(text: str) -> bool:
    return text.count("=") == 1 and not re.search(r"[<>]|\\(?:le|ge|ne|approx)(?![a-z])", text)


def _same_equation(a: str, b: str) -> bool:
    sides = [[formula.read(side) for side in text.split("=")] for text in (a, b)]
    left, right = (formula.Formula("+", (x, formula.Formula("*", (formula.MINUS, y)))) for x, y in sides)
    return formula.proportional(left, right)


def _same_value(left: Quantity, right: Quantity) -> bool:
    try:
        x, y = formula.read(_expanded(left.value)), formula.read(_expanded(right.value))
        same = _rounded_alike(left.value, x, right.value, y) or formula.agree(x, y)
        if same or left.percent == right.percent:
            return same
        share, number = (x, y) if left.percent else (y, x)
        return formula.agree(formula.Formula("*", (share, formula.HUNDREDTH)), number)
    except TooLarge:
        return False
    except UnreadFormula:
        return left.percent == right.percent and same_by_symbols(left.value, right.value)


def _expanded(text: str) -> str:
    """Write 1.2e3, 3:4 and 2 1/2 as formulas."""
    mixed = re.fullmatch(r"\s*([+-]?)\s*(\d+)\s+(\d+)\s*/\s*(\d+)\s*", text)
    if mixed:
        return f"{mixed[1]}({mixed[2]}+{mixed[3]}/{mixed[4]})"
    scientific = _SCIENTIFIC.match(text)
    if scientific:
        return f"({scientific[1]})*10^({scientific[2] or scientific[3]})"
    ratio = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*:\s*(\d+(?:\.\d+)?)\s*", text)
    return f"{ratio[1]}/{ratio[2]}" if ratio else text


def _rounded_alike(a: str, x: formula.Formula, b: str, y: formula.Formula) -> bool:
    """A decimal of four significant digits or more equals the exact value it rounds; two decimals must be equal."""
    is_decimal = [bool(_DECIMAL.match(text)) for text in (a, b)]
    if is_decimal[0] == is_decimal[1] or formula.variables(x) or formula.variables(y):
        return False
    written, exact = (a, y) if is_decimal[0] else (b, x)
    digits = written.lstrip("+-").replace(".", "").lstrip("0")
    if len(digits) < 4:
        return False
    number = formula.value(exact, {})
    if isinstance(number, complex):
        if abs(number.imag) > 1e-12:
            return False
        number = Fraction(number.real)
    return abs(Fraction(written) - number) <= Fraction(1, 2 * 10 ** len(written.split(".")[1]))
