"""Adds the labels of a file to the ledger: what can be used is added as one, what cannot is said line by line.

A file cannot make a random label. A row that the ledger drew is the draw's own, wherever it was labelled; a draw that
the ledger does not know is a claim that nobody can check, and its labels are convenience labels.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.core.records import Label, Provenance, ReaderRole
from engine.curation.trust.label_rows import LabelRow, UnusableLabel, read
from engine.store import Store
from engine.store.row_hashes import row_hash

_DECIDED = ("good", "bad")


@dataclass(slots=True)
class AddedLabels:
    """What became of the rows of a file."""

    added: int = 0
    drawn: int = 0
    """Of them labels of rows that the ledger drew at random."""
    known: int = 0
    """Labels that the ledger had, or that stand in the file twice."""
    claimed: list[LabelRow] = field(default_factory=list)
    """Labels that claim a random draw which the ledger does not know, or did not draw them: convenience labels."""
    edited: list[LabelRow] = field(default_factory=list)
    """Labels of rows that people had edited: they are of the edited text, not of the row as it was made."""
    left_out: list[UnusableLabel] = field(default_factory=list)
    gold: int = 0
    """Labels whose verdicts are known to be true: they test curators."""

    @property
    def convenience(self) -> int:
        """Labels that help their row only, until a later draw."""
        return self.added - self.drawn - self.gold

    @property
    def refused(self) -> dict[str, int]:
        """How many rows of the file were left out, by reason."""
        return dict(sorted(Counter(one.code for one in self.left_out).items()))


@dataclass(frozen=True, slots=True)
class _Texts:
    """What stood in a row at which time: the machine's text first, then each edit."""

    made: str
    later: tuple[tuple[float, str], ...]
    """Time and hash of each edit."""

    def at(self, moment: float | None) -> str:
        """Return the hash of the text that stood at a moment, of the last one where nobody knows when."""
        stood = [made for when, made in self.later if moment is None or when <= moment]
        return stood[-1] if stood else self.made

    def known(self, said: str) -> bool:
        return said == self.made or any(said == made for _, made in self.later)


def add(store: Store, path: Path, *, curator: str = "", gold: bool = False) -> AddedLabels:
    """Add the labels of a file, all that can be used or none.

    `curator` is who labelled where the file does not say, `gold` says that the verdicts are known to be true: such rows
    test curators and enter no estimate. BadInput where the file holds no labels.
    """
    told = AddedLabels()
    said: list[LabelRow] = []
    for row in read(path, curator):
        if isinstance(row, UnusableLabel):
            told.left_out.append(row)
        else:
            said.append(replace(row, gold=True) if gold else row)
    texts = _texts(store, {row.row_id for row in said})
    placed = list(_placed(said, texts, told))
    fresh = list(_new(_single(placed, told), _standing(store, texts), told))
    labels = _labels(store, fresh, told, path.name)
    told.added = store.labels.add(labels).added
    told.drawn = sum(label.provenance == "draw" for label in labels)
    told.gold = sum(label.provenance == "gold" for label in labels)
    told.left_out.sort(key=lambda one: one.line)
    return told


def _texts(store: Store, ids: Iterable[str]) -> dict[str, _Texts]:
    asked = list(ids)
    made = store.labels.texts(asked)
    now = {ident: (statement, solution) for ident, (_, statement, solution) in made.items()}
    later: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for ident, at, statement, solution in store.labels.edited(asked):
        old, answer = now[ident]
        now[ident] = (old if statement is None else statement, answer if solution is None else solution)
        later[ident].append((at, row_hash(*now[ident])))
    return {ident: _Texts(first, tuple(later[ident])) for ident, (first, _, _) in made.items()}


def _placed(said: Iterable[LabelRow], texts: dict[str, _Texts], told: AddedLabels) -> Iterator[LabelRow]:
    """Yield the rows with the hash of the text that was read; leave out what is of no row or of another text."""
    for row in said:
        there = texts.get(row.row_id)
        if there is None:
            told.left_out.append(
                UnusableLabel(row.line, row.row_id, "there is no such row in this project", "unknown_id")
            )
        elif row.row_hash and not there.known(row.row_hash):
            why = f"is a label of another text ({row.row_hash}); the row's is {there.made} now"
            told.left_out.append(UnusableLabel(row.line, row.row_id, why, "other_text"))
        else:
            found = replace(row, row_hash=row.row_hash or there.at(row.at))
            if found.row_hash != there.made:
                told.edited.append(found)
            yield found


def _single(said: Iterable[LabelRow], told: AddedLabels) -> Iterator[LabelRow]:
    """Yield one label of each person, text and role; leave all out where a person says two things."""
    groups: dict[tuple[str, str, str, str | None, bool], list[LabelRow]] = defaultdict(list)
    for row in said:
        groups[row.row_id, row.row_hash, row.curator, row.role, row.gold].append(row)
    for rows in groups.values():
        if len({row.verdict for row in rows}) == 1:
            told.known += len(rows) - 1
            yield rows[0]
            continue
        words = ", ".join(f"{row.verdict} in line {row.line}" for row in rows)
        why = f"{rows[0].curator} gives two verdicts on it: {words}; none of them was taken"
        told.left_out += [UnusableLabel(row.line, row.row_id, why, "two_verdicts") for row in rows]


def _standing(store: Store, texts: Iterable[str]) -> dict[tuple[str, str], list[Label]]:
    found: dict[tuple[str, str], list[Label]] = defaultdict(list)
    for label in store.labels.of_rows(texts):
        found[label.row_id, label.row_hash].append(label)
    return found


def _new(
    said: Iterable[LabelRow], standing: dict[tuple[str, str], list[Label]], told: AddedLabels
) -> Iterator[tuple[LabelRow, ReaderRole]]:
    """Yield the rows that the ledger does not have, with their role: whoever reads a text after another is second."""
    readers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for place, labels in standing.items():
        readers[place] = {one.curator for one in labels if one.verdict in _DECIDED and one.provenance != "gold"}
    for row in sorted(said, key=lambda one: (one.at is None, one.at or 0.0, one.line)):
        place = row.row_id, row.row_hash
        mine = [
            one for one in standing.get(place, ()) if one.curator == row.curator
            and (one.provenance == "gold") == row.gold and (row.role is None or one.role == row.role)
        ]  # fmt: skip
        if any(one.verdict == row.verdict for one in mine):
            told.known += 1
            continue
        if before := [one for one in mine if one.verdict in _DECIDED]:
            why = f"{row.curator} has said {before[-1].verdict} of it before, not {row.verdict}; the ledger keeps that"
            told.left_out.append(UnusableLabel(row.line, row.row_id, why, "said_before"))
            continue
        first = row.gold or not readers[place] - {row.curator}
        yield row, row.role or ("first" if first else "second")
        if row.verdict in _DECIDED and not row.gold:
            readers[place].add(row.curator)


def _labels(store: Store, fresh: list[tuple[LabelRow, ReaderRole]], told: AddedLabels, source: str) -> list[Label]:
    drawn = store.draws.counting(row.row_id for row, _ in fresh)
    made = store.labels.texts(row.row_id for row, _ in fresh)
    now = time.time()
    labels = []
    for row, role in fresh:
        draw = drawn.get(row.row_id) if row.row_hash == made[row.row_id][0] else None
        if row.draw_id and row.draw_id != draw:
            told.claimed.append(row)
        label = Label(
            "", row.row_id, row.row_hash, row.curator, row.verdict, now if row.at is None else row.at, row.reason,
            _provenance(row, draw), None if row.gold else draw, role, row.blind, None, source,
        )  # fmt: skip
        labels.append(replace(label, id=label.derived()))
    return labels


def _provenance(row: LabelRow, draw: str | None) -> Provenance:
    if row.gold:
        return "gold"
    if draw:
        return "draw"
    return "convenience" if row.draw_id else "import"
