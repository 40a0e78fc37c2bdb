"""How good is what the last selection's rules keep: precision, recall and what they stand on, or counts and why not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from engine.core.records import Policy
from engine.curation import policy as policies
from engine.curation.judge_words import scores_of
from engine.curation.table import ScoreTable
from engine.curation.trust.estimate import estimate
from engine.curation.trust.estimated import Estimated, Quantity
from engine.curation.trust.from_ledger import labels_of
from engine.curation.trust.intervals import Flags
from engine.curation.trust.label_set import LabelSet
from engine.reporting.shapes import Bars, Cell, Section, Series, missing, table
from engine.reporting.told import price, said
from engine.store import Store

NAME, TITLE = "kept", "How good the kept set is"
ASKED: tuple[Quantity, ...] = ("precision", "recall", "f1", "good kept")
_NAMES = {"f1": "F1", "good kept": "good rows kept"}


@dataclass(frozen=True, eq=False)
class RuledRows:
    """What the rules of a policy keep of all problems, without people's decisions above them, and the labels."""

    policy: Policy
    board: ScoreTable
    kept: Flags
    labels: LabelSet
    reachable: Flags

    @cached_property
    def precision(self) -> Estimated:
        """Precision of the rules."""
        return self.ask("precision")

    def ask(self, quantity: Quantity) -> Estimated:
        """Return a quantity of the kept rows."""
        return estimate(quantity, self.kept, self.labels, reachable=self.reachable)


def ruled(store: Store) -> RuledRows:
    """Return what the last selection's policy keeps by its rules; the published one where nothing was selected yet."""
    latest = store.selections.latest()
    rules = (store.policies.get(latest.policy_id) if latest else None) or policies.published()
    board = scores_of(store)
    labels, reachable = labels_of(store).on(board.ids)
    return RuledRows(rules, board, policies.apply(rules, board, override=False).kept, labels, reachable)


def kept_set(store: Store) -> Section:
    """Return precision, recall, F1 and the good rows of what the rules keep, each with all that it rests on."""
    if not store.problems.count():
        return missing(NAME, TITLE, "run `lemma run gsdp`.")
    rows = ruled(store)
    found = [rows.ask(quantity) for quantity in ASKED]
    retention = rows.ask("retention")
    kept = int(rows.kept.sum())
    finding = f"The rules of {rows.policy.name} keep {kept:,} of {len(rows.board):,} problems. "
    finding += f"Precision {said(found[0])}." if found[0].value is not None else said(found[0])
    lines: list[tuple[Cell, ...]] = [_line(one) for one in found]
    lines.append(("retention", retention.value, None, None, retention.estimator, None, None, None, ""))
    columns = ("what", "value", "from", "to", "estimator", "random labels", "other labels", "worth", "why not")
    shown = [one for one in found if one.value is not None and one.quantity != "good kept"]
    chart = None
    if shown:
        names = tuple(_NAMES.get(one.quantity, one.quantity) for one in shown)
        chart = Bars(names, (Series("share", tuple(float(one.value or 0.0) for one in shown)),), unit="share")
    notes = [
        "From and to: 95 % interval. Counted without people's decisions above the rules, or precision would be 1. "
        "Retention is a count and has none.",
        *found[0].notes,
        *([price(found[0])] if price(found[0]) else []),
    ]
    return Section(NAME, TITLE, finding, table(columns, lines), chart, tuple(notes))


def _line(one: Estimated) -> tuple[Cell, ...]:
    random = one.labels.get("random", 0)
    worth = None if one.effective is None else round(one.effective)
    why = one.refusal.why if one.refusal else ("rough: few labels" if one.rough else "")
    name = _NAMES.get(one.quantity, one.quantity)
    others = sum(one.labels.values()) - random
    return name, one.value, one.low, one.high, one.estimator, random, others, worth, why
