"""Both sides of what a crowd did: what each browser showed as saved, and what the store holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from engine.store import Store
from tests.faults.crowd_hand import Hand

MARKS = {
    "edit": "select count(*) from decisions where act = 'edit' and contains(solution, 'Looked at by ' || ? || '.')",
    "rename": "select count(*) from point_events where act = 'rename' and name = 'point ' || ?",
    "policy": "select count(*) from policies where name = 'Limits ' || ?",
    "export": "select count(*) from exports where name = 'set-' || ?",
    "run": "select count(*) from runs where id = ?",
}


@dataclass
class BothSides:
    """What does not agree, each in words. Empty lists are what is wanted."""

    shown_saved: int = 0
    written: int = 0
    redone: int = 0
    lost: list[str] = field(default_factory=list)
    """Shown as saved, and not in the store, or there as something else."""
    doubled: list[str] = field(default_factory=list)
    """In the store more often than it was done."""
    unasked: list[str] = field(default_factory=list)
    """In the store, though it was refused or nobody did it."""
    unanswered: list[str] = field(default_factory=list)
    """Acts of which the studio has said nothing until the end."""
    broken: list[str] = field(default_factory=list)
    """What a check of the whole store finds."""


@dataclass(frozen=True, slots=True)
class Before:
    """What was in the store before the crowd came."""

    decisions: int
    acts: frozenset[tuple[str, int]]
    broken: frozenset[str]


def before(project: Path) -> Before:
    """Look at a store that nobody has open."""
    broken = _broken(project)
    with duckdb.connect(str(project / "project.duckdb"), read_only=True) as connection:
        (last,) = connection.execute("select coalesce(max(seq), 0) from decisions").fetchall()[0]
        acts = connection.execute("select token, number from desk_acts").fetchall()
    return Before(last, frozenset(acts), broken)


def compare(project: Path, hands: Sequence[Hand], was: Before) -> BothSides:
    """Compare what browsers showed with the store, which nobody has open."""
    found = BothSides()
    found.broken = sorted(_broken(project) - was.broken)
    with duckdb.connect(str(project / "project.duckdb"), read_only=True) as connection:
        _desk(connection, hands, found, was)
        _others(connection, hands, found, was)
        _marked(connection, hands, found)
    return found


def _broken(project: Path) -> frozenset[str]:
    with Store(project / "project.duckdb") as store:
        return frozenset(map(str, store.verify()))


def _desk(connection: duckdb.DuckDBPyConnection, hands: Sequence[Hand], found: BothSides, was: Before) -> None:
    """Compare the acts of keys, each by its token and number."""
    rows = connection.execute(
        """select a.token, a.number, a.act, left(a.problem_id, 8), d.act, d.reason, d.curator, count(d.id)
           from desk_acts a left join decisions d on d.id = a.decision_id group by all"""
    ).fetchall()
    written = {(token, number): rest for token, number, *rest in rows if (token, number) not in was.acts}
    seen: set[tuple[str, int]] = set()
    for hand in hands:
        for key, line in hand.desk.items():
            seen.add(key)
            there = written.get(key)
            said = f"{hand.name}: {line.act} {line.short} ({line.token}.{line.number})"
            if line.state == "saved":
                found.shown_saved += 1
                if there and there[-1] > 1:
                    found.doubled.append(f"{said}, in the store {there[-1]} times")
                elif there is None or not _same(there, line.act, line.short, line.reason, hand.name):
                    found.lost.append(f"{said}, in the store: {there}")
            elif line.state == "refused" and there:
                found.unasked.append(f"{said} was refused and is in the store")
            elif line.state == "sent":
                found.unanswered.append(said)
    found.written = len(written)
    found.unasked += [f"{key}: {rest}, seen in no browser" for key, rest in written.items() if key not in seen]
    twice = Counter((token, number) for token, number, *_ in rows)
    found.doubled += [f"act {key} is written {count} times" for key, count in twice.items() if count > 1]


def _same(there: Sequence[object], act: str, short: str, reason: str, name: str) -> bool:
    asked, problem, made, why, curator, count = there
    # An undo by key of whatever came last does not say which card it was of.
    return (asked, made, curator, count) == (act, act, name, 1) and (not short or problem == short) and (
        act == "undo" or (why or "") == reason
    )  # fmt: skip


def _others(connection: duckdb.DuckDBPyConnection, hands: Sequence[Hand], found: BothSides, was: Before) -> None:
    """Count the decisions that came by no key of the desk: edits and redos, and nothing else."""
    for hand in hands:
        rows = connection.execute(
            """select act, count(*) from decisions d where curator = ? and seq > ?
               and not exists (select 1 from desk_acts a where a.decision_id = d.id) group by act""",
            [hand.name, was.decisions],
        ).fetchall()
        for act, count in rows:
            found.redone += count if act == "redo" else 0
            if act not in ("edit", "redo"):
                found.doubled.append(f"{hand.name}: {count} times {act} that no key has made")
            elif count > hand.tried[act]:
                found.doubled.append(f"{hand.name}: {count} times {act}, done {hand.tried[act]} times")


def _marked(connection: duckdb.DuckDBPyConnection, hands: Sequence[Hand], found: BothSides) -> None:
    """Ask for each act that brought a word of its own."""
    for hand in hands:
        for one in hand.marked:
            (count,) = connection.execute(MARKS[one.kind], [one.mark]).fetchall()[0]
            if one.confirmed and not count:
                found.lost.append(f"{hand.name}: {one.kind} {one.mark}")
            elif count > 1:
                found.doubled.append(f"{hand.name}: {one.kind} {one.mark}, {count} times")
