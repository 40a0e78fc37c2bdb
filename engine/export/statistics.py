"""What a card tells of the rows: counts by kind, language and difficulty, scores, lengths; counted as rows go by."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from engine.export.rows import ExportRow

BINS = 10
"""Bars of a histogram over 0..1."""


@dataclass(slots=True)
class Statistics:
    """Figures of the exported problems, each counted once."""

    problems: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    scores: dict[str, list[int]] = field(default_factory=dict)
    """Bars by score, difficulty among them."""
    characters: dict[str, int] = field(default_factory=lambda: {"statement": 0, "solution": 0})
    longest: dict[str, int] = field(default_factory=lambda: {"statement": 0, "solution": 0})

    def add(self, row: ExportRow) -> None:
        """Count a row."""
        self.problems += 1
        self.kinds[row.kind or "no kind"] += 1
        self.languages[row.language] += 1
        self.points.update(row.points)
        for name, value in dict(row.scores).items():
            self._bar(name, value)
        if row.difficulty is not None:
            self._bar("difficulty", row.difficulty)
        for name, text in (("statement", row.statement), ("solution", row.solution or "")):
            self.characters[name] += len(text)
            self.longest[name] = max(self.longest[name], len(text))

    def table(self) -> list[tuple[str, str]]:
        """Return the figures as lines of a table, names first."""
        if not self.problems:
            return []
        return [
            ("problems", f"{self.problems:,}"),
            ("different knowledge points", f"{len(self.points):,}"),
            *((f"language {name}", f"{count:,}") for name, count in self.languages.most_common()),
            *(
                (f"characters of a {name}", f"{total / self.problems:,.0f} on average, {self.longest[name]:,} at most")
                for name, total in self.characters.items()
            ),
        ]

    def _bar(self, name: str, value: float) -> None:
        bars = self.scores.setdefault(name, [0] * BINS)
        # Scores come as 32-bit floats, whose .9 lies a little below .9.
        bars[min(BINS - 1, max(0, int(round(value, 6) * BINS)))] += 1
