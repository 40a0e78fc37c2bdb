"""Rows with scores whose truth a test knows, and the curator who reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from engine.core.records import FrozenSet, Policy
from engine.curation import policy as policies
from engine.store import BatchDecision, Store
from engine.store.labelling import DRAW
from tests.support.store_factories import a_score, fill

POLICY: Policy = policies.make("ours", (policies.gsdp().rules[0],))
"""Judge score of .85 and more."""


def scored(store: Store, rows: int, score: Callable[[int], float] = lambda n: 0.5 + n % 50 / 100) -> list[str]:
    """Fill a store with rows of these scores; a third of them passes the policy by default."""
    problems = fill(store, rows)
    store.verdicts.add(replace(a_score(one, score(n), at=9_000.0), id=f"V-own-{n}") for n, one in enumerate(problems))
    return [problem.id for problem in problems]


def read(store: Store, ids: Iterable[str], bad: Iterable[str] = (), curator: str = "Ann", queue: str = DRAW) -> None:
    """Decide rows as a curator does who finds the `bad` ones bad."""
    wrong = set(bad)
    store.decisions.decide_all(
        [
            BatchDecision(ident, "reject", "trivial") if ident in wrong else BatchDecision(ident, "approve")
            for ident in ids
        ],
        curator,
        queue=queue,
    )


def order(store: Store, frozen: FrozenSet) -> list[str]:
    """Return the rows of an audit in the order in which they are read."""
    return list(store.audits.rows(frozen.id)["row_id"].to_pylist())
