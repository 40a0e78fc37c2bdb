"""Queues of the review desk: which problems a person looks at, in which order, and why each of them is there.

A queue is made once and then stays as it is while decisions are taken; decided problems stay in it, so that its
progress survives a restart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.core.errors import BadInput
from engine.core.records import Policy
from engine.curation import policy as policies
from engine.curation.judge_words import scores_of
from engine.curation.panel import heard
from engine.curation.review import audit_queue
from engine.curation.scores import SCORES
from engine.curation.table import ScoreTable
from engine.store import ProblemFilter, Store

Kind = Literal["borderline", "disagree", "split", "second", "differ", "draw", "audit", "new", "kept", "review", "ids"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LABELS: dict[Kind, str] = {
    "borderline": "borderline first",
    "disagree": "Judges disagree",
    "split": "Solvers or checks split",
    "second": "Second opinions for you",
    "differ": "Two verdicts differ",
    "draw": "Random draw",
    "audit": "Audit of the frozen set",
    "new": "Just written",
    "kept": "kept, borderline first",
    "review": "lacks a score",
    "ids": "Sent here",
}
"""What a curator reads; the three that rest on a policy are named after it."""

OPEN = 1_000
"""A queue ends after this many open problems; the next one goes on from there."""
NOTED = 5_000
"""So many rows of a queue by limits get a note of their own; later ones explain themselves by their scores."""
SPREAD = 0.15
"""Judges disagree where their scores lie at least this far apart."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Problems in the order in which they are lent."""

    kind: Kind
    policy: Policy
    """The limits that stood when the queue was made."""
    ids: tuple[str, ...]
    run_id: str = ""
    notes: dict[str, str] = field(default_factory=dict, hash=False)
    """Why a problem is here, where its scores alone do not say it."""


def policy_for(store: Store, asked: str = "") -> Policy:
    """Return the policy of that id or name, else that of the latest selection, else the published one."""
    if asked and (found := store.policies.get(asked)):
        return found
    latest = store.selections.latest()
    return (store.policies.get(latest.policy_id) if latest else None) or policies.published()


def make(store: Store, kind: Kind, policy: Policy, curator: str, *, run_id: str = "", ids: Sequence[str] = ()) -> Queue:
    """Return the queue of `kind` under `policy`; BadInput for a kind that does not exist."""
    if kind not in KINDS:
        raise BadInput(f"there is no queue {kind!r}.", where="queue", do=f"Queues: {', '.join(KINDS)}.")
    notes: dict[str, str] = {}
    if kind == "ids":
        order: Iterable[str] = _existing(store, ids)
    elif kind == "second":
        notes = _asked_by_others(store, curator)
        order = notes
    elif kind == "differ":
        notes = _read_differently(store)
        order = notes
    elif kind == "draw":
        order = _drawn(store)
    elif kind == "audit":
        order = audit_queue.due(store)
    elif kind == "disagree":
        notes = _disagreeing(store)
        order = notes
    else:
        order, notes = _of_board(store, kind, policy)
    if run_id:
        board = store.problems.scoreboard()
        here = set(board.filter(pc.equal(board["run_id"], run_id))["id"].to_pylist())
        order = [ident for ident in order if ident in here]
    return Queue(kind, policy, _until_enough(store, order), run_id, notes)


def waiting(store: Store, queue: Queue) -> tuple[str, ...]:
    """Return the problems of a queue that nobody has approved or rejected yet, in order.

    Where two readings differ, the problem is decided; it waits until somebody looks at it again. A row that was drawn
    waits until it has a label, which may also come from a file.
    """
    if queue.kind == "differ":
        still = {each.problem_id for each in store.readings.differing()}
        return tuple(ident for ident in queue.ids if ident in still)
    if queue.kind == "audit":
        said = audit_queue.answered(store, queue.ids)
        return tuple(ident for ident in queue.ids if ident not in said)
    if queue.kind == "draw":
        said = store.draws.answered(queue.ids)
        return tuple(ident for ident in queue.ids if ident not in said)
    decided = _decided(store)
    return tuple(ident for ident in queue.ids if ident not in decided)


def _decided(store: Store) -> set[str]:
    board = store.problems.scoreboard()
    rows = np.flatnonzero(board["human"].is_valid().to_numpy())
    return set(board["id"].take(rows).to_pylist())


def _until_enough(store: Store, order: Iterable[str]) -> tuple[str, ...]:
    """Cut the order after `OPEN` open problems; the decided ones among them stay."""
    decided, chosen, still_open = _decided(store), [], 0
    for ident in order:
        chosen.append(ident)
        still_open += ident not in decided
        if still_open == OPEN:
            break
    return tuple(chosen)


def _existing(store: Store, ids: Sequence[str]) -> list[str]:
    asked = list(dict.fromkeys(ids))
    known = set(store.problems.texts(asked)["id"].to_pylist())
    return [ident for ident in asked if ident in known]


def _of_board(store: Store, kind: Kind, policy: Policy) -> tuple[list[str], dict[str, str]]:
    """Return the queues that rest on the scoreboard alone, and their notes."""
    board = store.problems.scoreboard()
    ids: list[str] = board["id"].to_pylist()
    if kind == "new":
        return ids[::-1], {}
    table = heard(policy.panel, scores_of(store))
    if kind == "split":
        return _split(table, policy)
    if kind == "borderline":
        return _borderline(table, policy, np.ones(len(table), np.bool_))
    rules = policies.apply(policy, table, override=False)
    return _borderline(table, policy, rules.kept if kind == "kept" else rules.review)


def _borderline(table: ScoreTable, policy: Policy, wanted: NDArray[np.bool_]) -> tuple[list[str], dict[str, str]]:
    """Order rows by how near they lie to a limit, those that fail a yes-or-no rule last.

    A score with two values is never near its limit: it stands on it or at the other end.
    """
    closest = np.full(len(table), np.inf, np.float32)
    nearest = np.full(len(table), -1, np.int16)
    lost = np.zeros(len(table), np.bool_)
    for index, rule in enumerate(policy.rules):
        values = table.scores[rule.score]
        if not rule.use:
            continue
        margin = policies.margins(rule, table)
        if len(np.unique(values[~np.isnan(values)])) <= 2:
            lost |= margin < 0
            continue
        nearer = np.abs(margin) < np.abs(closest)
        closest[nearer], nearest[nearer] = margin[nearer], index
    rows = np.flatnonzero(wanted)
    rows = rows[np.lexsort((np.abs(closest[rows]), lost[rows]))]
    ids: list[str] = table.ids.take(pa.array(rows)).to_pylist()
    notes = {}
    for ident, row in zip(ids[:NOTED], rows[:NOTED].tolist(), strict=True):
        if nearest[row] >= 0:
            rule = policy.rules[nearest[row]]
            value, ends = float(table.scores[rule.score][row]), "passes" if closest[row] >= 0 else "fails"
            notes[ident] = f"{SCORES[rule.score].label} {value:.3g} {ends} {rule.op} {rule.limit:g} ({policy.name})."
    return ids, notes


def _split(table: ScoreTable, policy: Policy) -> tuple[list[str], dict[str, str]]:
    """Problems whose solutions end differently, and those whose statement passes while the solution fails."""
    limit = next((rule.limit for rule in policy.rules if rule.score == "judge_score"), 0.85)
    shares, passed, scores = (table.scores[key] for key in ("agreement", "solution_pass", "judge_score"))
    solvers: NDArray[np.bool_] = shares < 1
    checks = (scores >= np.float32(limit)) & (passed < 1)
    notes = {}
    by_doubt = np.argsort(np.nan_to_num(np.where(solvers, shares, 2 - scores), nan=3.0), kind="stable")
    for row in by_doubt:
        ident = table.ids[int(row)].as_py()
        if solvers[row]:
            share = f"Only {shares[row]:.0%} of the solutions end" if shares[row] > 0 else "No two solutions end"
            notes[ident] = f"{share} with the same answer."
        elif checks[row]:
            notes[ident] = f"The judges like the problem ({scores[row]:.2f}) and refuse its solution."
    return list(notes), notes


def _disagreeing(store: Store) -> dict[str, str]:
    """Return problems on which judges of one thing disagree, the widest spread first, with a note."""
    spreads = []
    for name, what in (("judge_problem", "problem"), ("judge_solution", "solution")):
        votes = store.verdicts.votes(name).dropna(subset=["value"])
        if not len(votes):
            continue
        seen = votes.groupby(["problem_id", "subject_id"])["value"].agg(["min", "max"]).reset_index()
        seen["spread"], seen["what"] = seen["max"] - seen["min"], what
        spreads.append(seen[seen["spread"] >= SPREAD - 1e-9])
    if not spreads:
        return {}
    found = pd.concat(spreads).sort_values(["spread", "problem_id"], ascending=[False, True])
    found = found.drop_duplicates("problem_id")
    return {
        str(row.problem_id): f"The judges of the {row.what} gave from {row.low:.2f} to {row.high:.2f}."
        for row in found.rename(columns={"min": "low", "max": "high"}).itertuples(index=False)
    }


def _drawn(store: Store) -> list[str]:
    """Return the rows of the draws that are not finished, else of the last one, in the random order of each draw."""
    waiting = list(dict.fromkeys(row.draw_id for row in store.draws.open()))
    draws = waiting or [draw.id for draw in store.draws.all()[-1:]]
    ids = [ident for draw in draws for ident in store.draws.rows(draw)["row_id"].to_pylist()]
    as_drawn = store.draws.counting(ids)
    return [ident for ident in ids if ident in as_drawn]


def _read_differently(store: Store) -> dict[str, str]:
    """Return problems of which two people, unknown to each other, say different things; oldest first."""
    words = {"approve": "approved", "reject": "rejected"}
    return {
        each.problem_id: f"{each.first} {words[each.first_act]} it, {each.second} {words[each.second_act]} it unseen."
        for each in store.readings.differing()
    }


def _asked_by_others(store: Store, curator: str) -> dict[str, str]:
    """Return problems for which somebody else wants another pair of eyes, oldest first."""
    rows = store.problems.page(ProblemFilter(decision="second opinion"), order="oldest", limit=10_000).rows
    mine = rows["curator"] == curator
    return {str(row.id): f"{row.curator} asks for a second opinion." for row in rows[~mine].itertuples(index=False)}
