"""Environments of rows and cells: matrices, determinants, systems, functions by cases."""

from __future__ import annotations

import re
from itertools import count

from engine.verification import formula
from engine.verification.formula import Formula

_WHOLE = re.compile(
    r"^(?P<front>[^\\]*?|-?\\frac\s*(?:\{-?\d+\}\{\d+\}|\d\d)|\\det\s*)\s*(?P<left>[(\[|⦃]?)\s*\\begin\{(?P<name>\w+)\*?\}\s*(?:\{[lcr|\s]*\})?"
    r"(?P<body>.*)\\end\{(?P=name)\*?\}\s*(?P<right>[)\]|⦄]?)$",
    re.DOTALL,
)
_OLD = re.compile(r"\\(p|b|)matrix\s*\{(.*)\}$", re.DOTALL)
_MATRIX = {"pmatrix", "bmatrix", "psmallmatrix", "bsmallmatrix"}
_BARE = {"matrix", "smallmatrix", "array", "tabular"}
_LAID_OUT = {"cases", "dcases", "rcases", "aligned", "align", "gathered", "gather", "split", "array", "alignedat"}


def environment(text: str) -> tuple[str, str, list[list[str]]] | None:
    """Return the kind (matrix, determinant, cases, unknown), what stands before it, and the cells."""
    text = _OLD.sub(lambda hit: rf"\begin{{{hit[1] or 'p'}matrix}}{hit[2]}\end{{{hit[1] or 'p'}matrix}}", text)
    hit = _WHOLE.match(text)
    if not hit or "\\begin" in hit["body"]:
        return None
    rows = [[cell.strip() for cell in row.split("&")] for row in hit["body"].split("␤") if row.strip()]
    return _kind(hit["name"], hit["left"] + hit["right"]), hit["front"].strip(), rows


def _kind(name: str, brackets: str) -> str:
    if (name in _MATRIX and not brackets) or (name in _BARE and brackets in ("()", "[]")):
        return "matrix"
    if (name == "vmatrix" and not brackets) or (name in _BARE and brackets == "||"):
        return "determinant"
    if name in _LAID_OUT and brackets in ("", "⦃"):
        return "cases"
    return "unknown"


def determinant(rows: list[list[str]]) -> Formula | None:
    """Return the determinant of a square matrix of up to four rows as a formula."""
    if not rows or len(rows) > 4 or any(len(row) != len(rows) for row in rows):
        return None
    return _expanded([[formula.read(cell) for cell in row] for row in rows])


def _expanded(rows: list[list[Formula]]) -> Formula:
    if len(rows) == 1:
        return rows[0][0]
    total = formula.number("0")
    for place, sign in zip(
        range(len(rows)), (formula.number("1" if n % 2 == 0 else "-1") for n in count()), strict=False
    ):
        minor = [[*row[:place], *row[place + 1 :]] for row in rows[1:]]
        term = Formula("*", (rows[0][place], Formula("*", (sign, _expanded(minor)))))
        total = Formula("+", (total, term))
    return total
