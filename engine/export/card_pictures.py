"""Pictures of a card, drawn as SVG without a browser: plain bars whose texts are escaped and whose bytes are fixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from engine.export.statistics import BINS, Statistics

WIDTH, LINE, NAME, FIGURE = 640, 26, 190, 80
"""Pixels: the picture, a bar with its gap, the room for names and for figures."""
_INK, _BAR, _PAPER = "#24292f", "#3b6ea8", "#ffffff"
_LONGEST = 28
MOST = 12
"""Bars of one picture at most."""


def pictures(funnel: Mapping[str, int], figures: Statistics) -> dict[str, tuple[str, str]]:
    """Return title and SVG text of every picture that has something to show, by file name."""
    kinds = figures.kinds.most_common(MOST)
    drawn = {
        "funnel": ("Before the export", list(funnel.items())),
        "kinds": ("Kinds of problems", kinds if len(kinds) > 1 else []),
        "difficulty": ("Difficulty", _histogram(figures.scores.get("difficulty"))),
        "judge_score": ("Judge score", _histogram(figures.scores.get("judge_score"))),
    }
    return {f"{name}.svg": (title, bars(title, rows)) for name, (title, rows) in drawn.items() if rows}


def bars(title: str, rows: Sequence[tuple[str, int]]) -> str:
    """Return horizontal bars, one a row, with name and count; any text may stand in names."""
    height = LINE * (len(rows) + 1) + 16
    most = max((count for _, count in rows), default=0) or 1
    drawn = "\n".join(_row(place, name, count, most) for place, (name, count) in enumerate(rows, 1))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" font-family="sans-serif" font-size="13">\n<title>{_safe(title)}</title>\n'
        f'<rect width="{WIDTH}" height="{height}" fill="{_PAPER}"/>\n'
        f'<text x="8" y="22" fill="{_INK}" font-weight="bold">{_safe(title)}</text>\n{drawn}\n</svg>\n'
    )


def _row(place: int, name: str, count: int, most: int) -> str:
    top = LINE * place + 8
    length = round((WIDTH - NAME - FIGURE) * count / most, 1)
    return (
        f'<text x="{NAME - 8}" y="{top + 16}" text-anchor="end" fill="{_INK}">{_safe(_short(name))}</text>'
        f'<rect x="{NAME}" y="{top + 3}" width="{length}" height="{LINE - 7}" fill="{_BAR}"/>'
        f'<text x="{NAME + length + 6}" y="{top + 16}" fill="{_INK}">{count:,}</text>'
    )


def _histogram(counts: Sequence[int] | None) -> list[tuple[str, int]]:
    if not counts:
        return []
    return [(f"{place / BINS:.1f} to {(place + 1) / BINS:.1f}", count) for place, count in enumerate(counts)]


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _safe(text: str) -> str:
    """Return text for XML: markup escaped, characters that XML forbids left out."""
    kept = "".join(char for char in text if char.isprintable())
    return escape(kept, {'"': "&quot;"})
