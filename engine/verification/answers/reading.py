"""Read an answer: from its plain notation to what it means. What is not understood whole is `Unread`.

The order of the looks matters: words, options, environments, families of values, lists, brackets, sets, relations, and
a single value last. Every look returns None where it is not concerned.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from engine.verification import formula
from engine.verification.answers import ranges, tables, words
from engine.verification.answers.chains import value_of_chain
from engine.verification.answers.families import written_family
from engine.verification.answers.meaning import (
    INNER,
    Assigned,
    Branched,
    Equated,
    Lettered,
    ManyFold,
    Meaning,
    Named,
    Reaches,
    Related,
    Several,
    Stretch,
    Table,
    Unread,
    Value,
)
from engine.verification.answers.notation import plain, squeezed
from engine.verification.answers.options import chosen
from engine.verification.answers.scanning import inside, listed, outside, spelled_signs, split
from engine.verification.answers.sets import combined
from engine.verification.answers.single import one_value
from engine.verification.answers.spoken import in_digits, in_parts
from engine.verification.formula import UnreadFormula

DEEPEST = 6
MOST = 60
"""Items of a list that are read."""
_QUICK = re.compile(r"\$?\s*([+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?)\s*\$?\.?")
_QUICK_FRACTION = re.compile(r"\$?\s*(-?)(?:\\[dt]?frac\s*\{(\d+)\}\{(\d+)\}|(\d+)/(\d+))\s*\$?\.?")
_ONE_LETTER = re.compile(r"\(?\s*[A-J]\s*\)?")
_SPAN = re.compile(r"\$?\d+(?:\.\d+)?(?:-{1,2}|[–—])\$?\d+(?:\.\d+)?(?:\s?%|\s?[A-Za-z一-龥]{2}.*)?", re.DOTALL)
_DATE = re.compile(r"\d{4}\s*([-/])\s*\d{1,2}\s*\1\s*\d{1,2}|\d{1,2}\s*/\s*\d{1,2}\s*/\s*\d{4}")
_ROOTS = frozenset(("x", "y", "z", "t", r"\alpha", "α"))
"""Letters whose numbered values are roots, in any order: x_1 and x_2, but not a_1 and a_2."""
_BUILDER = re.compile(r"^[⦃{]\s*([a-zA-Z])\s*(?:∈\s*⟪R⟫\s*)?(?:\||:|\\mid(?![a-zA-Z]))\s*(.*?)\s*[⦄}]$", re.DOTALL)
_MEMBER = re.compile(r"^([a-zA-Z]|\\[a-z]+)\s*∈\s*(?=[(\[⦃{⟪\]]|∅)")
_NAME = re.compile(
    r"^(?:(?:[a-zA-Z]{1,3}|\\(?:alpha|beta|gamma|theta|lambda|phi|mu|sigma|omega|Delta"
    r"|angle ?[A-Z]{1,3}|triangle ?[A-Z]{3}))"
    r"(?:_\w|_\{[\w,+-]+\})?'*(?:\([\w\s,\\+-]{1,12}\)|\[\w+\])?"
    r"|\|[A-Z]\||[A-Za-z][a-z]+(?: [a-z]+){0,3}|\\frac\{d\w\}\{d\w\})$"
)
_CALLED = r"[a-zA-Z](?:_\w)?(?:\(\w\))?"
_NAMES = re.compile(rf"^\(((?:\s*{_CALLED}\s*,)+\s*{_CALLED}\s*)\)$")
_SIDES = re.compile(
    r"[=<>≤≥≠≈∈∉]|\\(?:mid|nmid|land|lor|wedge|vee|propto|sim|simeq|cong|equiv|parallel|perp|subset|subseteq"
    r"|supset|supseteq|to|rightarrow|Rightarrow|implies|iff|ll|gg|prec|succ|asymp|ni)(?![a-zA-Z])"
)
_MODULO = re.compile(r"\(?\s*\\?(?:pmod|bmod|mod)\s*\{?\s*(\d+)\s*\}?\s*\)?$")


@lru_cache(maxsize=65_536)
def meaning(text: str) -> Meaning:
    """Return what an answer means; never raises, and never reads a value out of a part."""
    if (quick := _quick(text)) is not None:
        return quick
    bare = plain(text)
    try:
        return read(bare, 0)
    except (UnreadFormula, RecursionError, ArithmeticError, ValueError):
        return Unread(squeezed(bare))


def _quick(text: str) -> Value | None:
    if hit := _QUICK.fullmatch(text):
        digits = hit[1].replace(",", "")
        return Value(formula.number(digits), decimal=digits if "." in digits else "")
    if (hit := _QUICK_FRACTION.fullmatch(text)) and int(hit[3] or hit[5]):
        size = Fraction(int(hit[2] or hit[4]), int(hit[3] or hit[5]))
        return Value(formula.Formula("number", number=-size if hit[1] else size))
    return None


def read(text: str, depth: int) -> Meaning:
    """Return what a text in plain notation means; Unread (the error) where a part is not understood."""
    text = text.strip()
    if not text or depth > DEEPEST:
        raise UnreadFormula("empty or too deep")
    for look in _LOOKS:
        found = look(text, depth)
        if found is not None:
            return found
    try:
        return one_value(text)
    except UnreadFormula:
        if depth:
            raise
        return Unread(squeezed(text))


def _worded(text: str, depth: int) -> Meaning | None:
    return words.known(text)


def _span(text: str, depth: int) -> Meaning | None:
    """Keep 10-20 and 2024-05-01 as they are written: a span or a date is no difference."""
    return Unread(squeezed(text)) if not depth and (_SPAN.fullmatch(text) or _DATE.fullmatch(text)) else None


def _parts(text: str, depth: int) -> Meaning | None:
    if (spoken := in_digits(text)) is not None:
        return read(spoken, depth + 1)
    return in_parts(text)


def _option(text: str, depth: int) -> Meaning | None:
    found = None if depth else chosen(text)
    if not found:
        return None
    letter, rest = found
    return Lettered(letter, _softly(rest, depth) if rest else None) if letter else Unread(squeezed(text))


def _softly(text: str, depth: int) -> Meaning:
    try:
        return read(text, depth + 1)
    except UnreadFormula:
        return Unread(squeezed(text))


def _rows(text: str, depth: int) -> Meaning | None:
    front, _, rest = text.partition("=")
    if "\\begin" in rest and _NAME.match(front.strip()):
        return _rows(rest.strip(), depth)
    found = tables.environment(text)
    if found is None:
        return None
    kind, before, rows = found
    if kind == "cases" and before in ("", "⦃"):
        return _laid_out(rows, depth)
    if (kind == "determinant" and not before) or (kind == "matrix" and before == "\\det"):
        value = tables.determinant(rows)
        return Value(value) if value else None
    if kind != "matrix" or len({len(row) for row in rows}) != 1:
        raise UnreadFormula("rows that are not read")
    factor = f"({before})*" if before and before != "-" else before
    return Table(tuple(tuple(one_value(f"{factor}({cell})" if factor else cell) for cell in row) for row in rows))


def _laid_out(rows: list[list[str]], depth: int) -> Meaning:
    joined = ["".join(row) for row in rows]
    if all(_SIDES.search(row[0]) or len(row) == 1 or row[1].startswith(("=", "<", ">", "≤", "≥")) for row in rows):
        return read(",".join(row.strip(" ,;.") for row in joined), depth + 1)
    branches = []
    for value, condition in ((row[0], " ".join(row[1:])) for row in rows):
        bare = re.sub(r"^(?:if|when|for)\b|^[,;]\s*", "", condition.strip()).strip(" ,;.")
        branches.append((_softly(value.strip(" ,;"), depth), _softly(bare, depth)))
    return Branched(tuple(branches))


def _family(text: str, depth: int) -> Meaning | None:
    written = written_family(text)
    return ManyFold(_unnamed(read(written[0], depth + 1)), *written[1:]) if written else None


def _unnamed(one: Meaning) -> Meaning:
    return one.value if isinstance(one, Named) else one


def _several(text: str, depth: int) -> Meaning | None:
    either = [part.strip() for part in re.split(r"\b(?:or)\b|或", text)]
    if len(either) > 1 and all(re.search("[<>≤≥≠]", part) for part in either):
        return ranges.joined(ranges.all_of(either))
    if len(either) > 1 and all(_ONE_LETTER.fullmatch(one) for part in either for one in split(part, ",")):
        raise UnreadFormula("one choice or another")
    both = [part.strip() for part in re.split(r"\band\b|且|\\land(?![a-zA-Z])", text)]
    if len(both) > 1 and all(re.search("[<>≤≥≠]", part) for part in both):
        return ranges.met(ranges.all_of(both))
    items = listed(text)
    if len(items) < 2:
        return None
    if len(items) > MOST:
        raise UnreadFormula("too many items")
    name, sign, rest = items[0].partition("=")
    if sign and _NAMES.match(name.strip()):
        items = [rest, *items[1:]]
    found = _gathered([read(item, depth + 1) if item != "…" else Unread("…") for item in items])
    # One or the other is no pair of coordinates.
    alternatives = len(either) > 1 and isinstance(found, Several) and not found.brackets
    return Several(found.items, "{}") if alternatives and isinstance(found, Several) else found


def _gathered(items: list[Meaning]) -> Meaning:
    """A list; values of different names are assigned, values of one name are several values."""
    if all(isinstance(item, Named) for item in items):
        named = [item for item in items if isinstance(item, Named)]
        names, bases = {item.name for item in named}, {item.name.split("_")[0] for item in named}
        if len(names) == len(named) and (len(bases) > 1 or not bases <= _ROOTS):
            return Assigned(tuple((item.name, item.value) for item in named))
        if len(bases) == 1:
            items = [item.value for item in named]
    flat: list[Meaning] = []
    for item in items:
        flat += item.items if isinstance(item, Several) and item.brackets == "±" else (_member_of(item),)
    return Several(tuple(flat))


def _member_of(item: Meaning) -> Meaning:
    """A set inside something larger is one thing: {{1}, {2}} is not {1, 2}, and {∅} is not empty."""
    return Several(item.items, INNER) if isinstance(item, Several) and item.brackets == "{}" else item


def _signed_twice(text: str, depth: int) -> Meaning | None:
    if "±" not in text and "∓" not in text:
        return None
    if any(mark in "=≤≥<>" for _, mark in outside(text)):
        name, _, rest = text.partition("=")
        if not _NAME.match(name.strip()):
            raise UnreadFormula("two signs in a relation")
        text = rest
    return Several(tuple(read(one, depth + 1) for one in spelled_signs(text)), "±")


def _outward(text: str, depth: int) -> Meaning | None:
    return ranges.interval(text) if re.match(r"^(?:\][^()\[\]]*[\[\])]|[\[(][^()\[\]]*\[)$", text) else None


def _bracketed(text: str, depth: int) -> Meaning | None:
    if builder := _BUILDER.match(text):
        found = ranges.described(builder[2])
        if found is None:
            raise UnreadFormula("a set that is not read")
        return found
    body, brackets = inside(text)
    if brackets in ("", "(]", "[)"):
        return ranges.interval(text) if text[0] in "([" and text[-1] in ")]" else None
    return _in_brackets(text, body, brackets, depth)


def _in_brackets(text: str, body: str, brackets: str, depth: int) -> Meaning | None:
    items = split(body, ",;")
    if len(items) > MOST:
        raise UnreadFormula("too many items")
    if len(items) < 2 and brackets == "()":
        return None if re.search(r"[=<>≤≥]", body) is None else read(body, depth + 1)
    if "∞" in body and len(items) == 2 and brackets in ("()", "[]"):
        return ranges.interval(text)
    read_items = tuple(read(item, depth + 1) if item != "…" else Unread("…") for item in items)
    if len(read_items) == 1 and brackets == "[]":
        return _only(read_items[0])
    if brackets == "[]" and _is_grid(read_items):
        return Table(tuple(row.items for row in read_items if isinstance(row, Several)))
    if brackets == "{}":
        flat = (one.items if isinstance(one, Several) and one.brackets == "±" else (one,) for one in read_items)
        read_items = tuple(item for some in flat for item in some)
    return Several(tuple(map(_member_of, read_items)), brackets)


def _only(item: Meaning) -> Meaning:
    """A list of one is that one, unless its brackets may round: [3.7]."""
    if isinstance(item, Value) and (item.formula.op != "number" or item.formula.number.denominator != 1):
        raise UnreadFormula("a list of one, or the whole part of a number")
    return item


def _is_grid(rows: tuple[Meaning, ...]) -> bool:
    lengths = {len(row.items) if isinstance(row, Several) and row.brackets == "[]" else 0 for row in rows}
    return len(lengths) == 1 and lengths != {0}


def _member(text: str, depth: int) -> Meaning | None:
    """X in a set is that set, as an answer."""
    hit = _MEMBER.match(text)
    if not hit:
        return None
    found = read(text[hit.end() :], depth + 1)
    return Reaches(found.pieces, hit[1]) if isinstance(found, Reaches) else found


def _set_signs(text: str, depth: int) -> Meaning | None:
    if re.fullmatch(r"⟪R⟫\s*\^?_?\{?\+\}?|⟪R⟫\s*_?\^?\{?>0\}?", text):
        return Reaches((Stretch(formula.number("0"), None, (False, False)),))
    for sign in "∪∩∖":
        parts = split(text, sign)
        if len(parts) > 1:
            return combined(sign, [read(part, depth + 1) for part in parts])
    if hit := re.fullmatch(r"⟪R⟫\s*-\s*([⦃{].*[⦄}])", text):
        return combined("∖", [ranges.EVERYTHING, read(hit[1], depth + 1)])
    return None


def _relation(text: str, depth: int) -> Meaning | None:
    if any(mark in "<>≤≥≠" for _, mark in outside(text)) and (found := ranges.inequality(text)):
        return found
    open_at = {at for at, _ in outside(text)}
    signs = [hit for hit in _SIDES.finditer(text) if hit.start() in open_at]
    if not signs:
        return None
    if all(sign[0] in "=≈" for sign in signs) and (ended := _chain(text, signs)):
        return ended
    if len(signs) == 1 and signs[0][0] in "=≈":
        return _equation(text[: signs[0].start()].strip(), text[signs[0].end() :].strip(), depth)
    if len(signs) == 1 and signs[0][0] == "\\equiv" and (hit := _MODULO.search(text)):
        left, right = text[: signs[0].start()].strip(), text[signs[0].end() : hit.start()].strip()
        if re.fullmatch(r"-?\d{1,30}", right) and int(hit[1]):
            return Related("≡", (left, str(int(right) % int(hit[1])), hit[1]))
    return Related(" ".join(hit[0] for hit in signs), tuple(squeezed(side) for side in _SIDES.split(text)))


def _chain(text: str, signs: list[re.Match[str]]) -> Meaning | None:
    """Read `x = 10/5 = 2` and `10/5 = 2` as what they end with; None where a side does not equal the next."""
    ends = [0, *(sign.end() for sign in signs)]
    sides = [text[a:b].strip() for a, b in zip(ends, [*(sign.start() for sign in signs), len(text)], strict=True)]
    name = sides[0] if _NAME.match(sides[0]) else ""
    if name and len(sides) == 2:
        return None
    found = value_of_chain(sides[1:] if name else sides, [sign[0] for sign in signs][1 if name else 0 :])
    return Named(name, found) if name and found else found


def _equation(left: str, right: str, depth: int) -> Meaning:
    if not left or not right:
        raise UnreadFormula("half an equation")
    if names := _NAMES.match(left):
        found = read(right, depth + 1)
        named = [name.strip() for name in names[1].split(",")]
        if isinstance(found, Several) and len(found.items) == len(named) and found.brackets in ("()", "⟨⟩"):
            return Assigned(tuple(zip(named, found.items, strict=True)))
        return found
    for name, other in ((left, right), (right, left)):
        if _NAME.match(name) and not (name == right and _NAME.match(left) and len(left) > len(right)):
            found = read(other, depth + 1)
            return Several(found.items) if isinstance(found, Several) and found.brackets == "±" else Named(name, found)
    sides = [formula.read(side) for side in (left, right)]
    return Equated(formula.Formula("+", (sides[0], formula.Formula("*", (formula.MINUS, sides[1])))))


_LOOKS: tuple[Callable[[str, int], Meaning | None], ...] = (
    _worded, _span, _option, _parts, _rows, _family, _outward, _several, _signed_twice, _member, _bracketed, _set_signs,
    _relation,
)  # fmt: skip
