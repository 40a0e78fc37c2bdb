r"""What changed between two versions of a text, down to the token of a formula, in Markdown that Streamlit draws.

Words are compared by word, formulas by TeX token. Marks are legal KaTeX and Streamlit Markdown: added text has a
green ground, added formula is coloured and underlined; removed text is struck through, removed formula is cancelled.
A run of tokens is marked inside a formula only where that leaves both formulas well formed; otherwise the whole
formula is marked. (`\colorbox` is no way: it needs a `$` inside the formula, which ends the formula in Markdown.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from studio.text import katex_grammar
from studio.text.markdown import Piece, code, escape, joined, markdown, pieces

Side = Literal["before", "after"]

_WORD = re.compile(r"\s+|[\w'’]+|[^\w\s]")
_STRUCTURE = frozenset(("&", "\\\\", "\\hline", "\\left", "\\right", "\\begin", "\\end", "\\middle"))
_UNIT_LIMIT = 1_500
"""Longer texts are compared by paragraph: the comparison grows with the square of the length."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Two sides in Markdown for `st.markdown`."""

    before: str
    after: str
    equal: bool


@dataclass(frozen=True, slots=True)
class _Unit:
    """A word, a blank or a whole formula."""

    kind: Literal["text", "inline", "display", "code"]
    text: str


def changes(before: str, after: str, *, removed: str = "#B8420A", added: str = "#0B7A6B") -> Changes:
    """Return both texts with what differs marked; colours are `#RRGGBB`. Never raises."""
    old, new = _units(before), _units(after)
    left: list[str] = []
    right: list[str] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            left.append(_shown(old[i:j]))
            right.append(_shown(new[k:m]))
        else:
            gone, come = _changed(old[i:j], new[k:m], removed, added)
            left.append(gone)
            right.append(come)
    return Changes(joined(left).strip(), joined(right).strip(), old == new)


def marked(formula: str, runs: list[tuple[bool, str]], colour: str, mark: str, *, display: bool = False) -> str:
    r"""Return `formula` with the changed `runs` coloured and under `mark` (`\cancel` or `\underline`).

    `runs` are (changed, text) in order. Where a mark inside would not be well formed the whole formula is marked,
    and where even that cannot be drawn the formula comes back as it is.
    """
    before = ["", *(text for _, text in runs)]
    fine = all(
        _can_carry(text) and _can_follow(text, last)
        for (changed, text), last in zip(runs, before, strict=False)
        if changed
    )
    inside = "".join(
        _mark(text, colour, mark, braced=last.rstrip()[-1:] in ("^", "_")) if changed and text.strip() else text
        for (changed, text), last in zip(runs, before, strict=False)
    )
    if fine and katex_grammar.draws(inside, display=display):
        return inside
    whole = _mark(formula, colour, mark)
    return whole if katex_grammar.draws(whole, display=display) else formula


def _units(text: str) -> list[_Unit]:
    found: list[_Unit] = []
    for piece in pieces(text):
        if piece.kind != "text":
            found.append(_Unit(piece.kind, piece.text))
            continue
        words = _WORD.findall(piece.text)
        too_many = len(found) + len(words) > _UNIT_LIMIT
        found += [_Unit("text", word) for word in (re.findall(r"[^\n]+|\n+", piece.text) if too_many else words)]
    return found


def _changed(old: list[_Unit], new: list[_Unit], removed: str, added: str) -> tuple[str, str]:
    """Mark a stretch that differs; formulas at the same place in both are compared token by token."""
    old_formulas = [unit for unit in old if unit.kind in ("inline", "display")]
    new_formulas = [unit for unit in new if unit.kind in ("inline", "display")]
    pairs = dict(zip(map(id, old_formulas), new_formulas, strict=False))
    backs = {id(there): here for here, there in zip(old_formulas, new_formulas, strict=False)}
    left = [_one(unit, pairs.get(id(unit)), "before", removed) for unit in _joined(old)]
    right = [_one(unit, backs.get(id(unit)), "after", added) for unit in _joined(new)]
    return joined(left), joined(right)


def _one(unit: _Unit, other: _Unit | None, side: Side, colour: str) -> str:
    if unit.kind == "text":
        return _marked_words(unit.text, side)
    if unit.kind == "code":
        return code(unit.text)
    mark = "\\cancel" if side == "before" else "\\underline"
    runs = _runs(unit.text, other.text) if other else [(True, unit.text)]
    drawn = marked(unit.text, runs, colour, mark, display=unit.kind == "display")
    return markdown(Piece(unit.kind, drawn))


def _runs(formula: str, other: str) -> list[tuple[bool, str]]:
    """Cut `formula` into runs of tokens that `other` has too (False) or not (True)."""
    mine, theirs = katex_grammar.tokens(formula), katex_grammar.tokens(other)
    if len(mine) > _UNIT_LIMIT or len(theirs) > _UNIT_LIMIT:
        return [(True, formula)]
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    if matcher.ratio() < 0.35:
        return [(True, formula)]
    return [(tag != "equal", "".join(mine[i:j])) for tag, i, j, _, _ in matcher.get_opcodes() if i < j]


def _can_carry(run: str) -> bool:
    """Whether a run can be wrapped: closed braces, no script at its start, no command without its argument."""
    found = [token for token in katex_grammar.tokens(run) if not token.isspace()]
    if not found or not katex_grammar.balanced(run):
        return not found
    first, last = found[0], found[-1]
    takes = last[:1] == "\\" and (
        last[1:] in katex_grammar.TAKES or last[1:] in katex_grammar.TEXTS or last[1:] in ("left", "right")
    )
    cells = any(token in _STRUCTURE or token[1:] in katex_grammar.INFIX for token in found)
    return first not in ("^", "_", "'", "\\limits") and last not in ("^", "_") and not takes and not cells


def _can_follow(run: str, before: str) -> bool:
    """Whether `run` keeps its role after `before`: what ^, _ or a command takes as argument stays the same."""
    found = [token for token in katex_grammar.tokens(before) if not token.isspace()]
    last = found[-1] if found else ""
    if last in ("^", "_"):
        body = run.strip()
        return len(body) == 1 or (body[:1] == "\\" and len(katex_grammar.tokens(body)) == 1)
    return not (
        last[:1] == "\\"
        and (last[1:] in katex_grammar.TAKES or last[1:] in katex_grammar.TEXTS or last[1:] in katex_grammar.SIZES)
    )


def _mark(run: str, colour: str, mark: str, *, braced: bool = False) -> str:
    body = run.strip()
    lead, tail = run[: len(run) - len(run.lstrip())], run[len(run.rstrip()) :]
    drawn = f"\\textcolor{{{colour}}}{{{mark}{{{body}}}}}"
    return f"{lead}{{{drawn}}}{tail}" if braced else f"{lead}{drawn}{tail}"


def _marked_words(text: str, side: Side) -> str:
    """Mark words; blanks at the edges and line breaks stay outside of the mark, as Markdown wants it."""
    drawn: list[str] = []
    for part in re.split(r"(\n+)", text):
        body = part.strip(" ")
        if not body or "\n" in part:
            drawn.append(_plain_words(part))
            continue
        lead, tail = part[: len(part) - len(part.lstrip(" "))], part[len(part.rstrip(" ")) :]
        shown = escape(body)
        mark = f":red[~~{shown}~~]" if side == "before" else f":green-background[{shown}]"
        drawn.append(f"{lead[:1]}{mark}{tail[:1]}")
    return "".join(drawn)


def _joined(units: list[_Unit]) -> list[_Unit]:
    """Join neighbouring words, so that a phrase gets one mark; formulas keep their identity."""
    out: list[_Unit] = []
    for unit in units:
        if unit.kind == "text" and out and out[-1].kind == "text":
            out[-1] = _Unit("text", out[-1].text + unit.text)
        else:
            out.append(unit)
    return out


def _shown(units: list[_Unit]) -> str:
    shown = [
        _plain_words(unit.text) if unit.kind == "text" else markdown(Piece(unit.kind, unit.text))
        for unit in _joined(units)
    ]
    return joined(shown)


def _plain_words(text: str) -> str:
    """Return words as they are; a line break stays one, an empty line starts a paragraph."""
    parts = re.split(r"(\n[ \t]*\n\s*|\n)", text)
    return "".join("  \n" if part == "\n" else "\n\n" if "\n" in part else escape(part) for part in parts)
