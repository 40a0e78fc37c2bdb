"""How the answers of imported rows were found: in a column of their own, or read out of a text, and by what mark."""

from __future__ import annotations

from collections.abc import Mapping

from engine.verification.answers import find_answer, split_at_hashes
from engine.verification.answers.evidence import HOW, NONE

COLUMN = "column"
_FOUND: Mapping[str, str] = {COLUMN: "in a column of their own", **HOW, NONE: "none at all"}


def how(answer: str | None, column: str | None, *texts: str | None) -> str:
    """Return the kind of evidence for the answer of a row, COLUMN where it was not read out of one of its texts.

    `column` is what the column of the answer holds, `texts` are the solution and anything else an answer is read from.
    """
    if not answer:
        return NONE
    if column and column.strip() == answer:
        return COLUMN
    for text in filter(None, (*texts, column)):
        if "####" in text and split_at_hashes(text)[1] == answer:
            return "hashes"
        read = find_answer(text)
        if read.at_least("words") == answer and read.evidence:
            return read.evidence
    return COLUMN


def sentence(counts: Mapping[str, int]) -> str:
    """Return what is to be said of the answers of an import, the most frequent way first; '' for no row."""
    parts = [f"{count:,} {_FOUND[kind]}" for kind, count in sorted(counts.items(), key=lambda one: -one[1])]
    rows = sum(counts.values())
    return f"Answers of {rows:,} row{'s' if rows > 1 else ''}: {', '.join(parts)}." if parts else ""
