"""Whose word counts: scores as a policy's panel of judges makes them, in place of what each run made of its judges.

    judge score       mean of the judges' scores by the policy's weights, shared out over those that are there (GSDP-26)
    solution verdict  votes of the chosen judges on the solution that stands: no False (GSDP-28), most, or one True; and
                      its answer as the keep strategy wants it among several solutions (FL-20 to FL-25)

A row of which none of these judges spoke keeps what its run said. Every count of a policy starts from these columns, so
a table, a command and the lens agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import BadSetting
from engine.core.records import PolicyPanel
from engine.core.records.review import KeepRule, PanelVote
from engine.curation.table import Floats, ScoreTable
from engine.curation.trust import combining
from engine.curation.trust.combining import Votes

RULES: Mapping[PanelVote, str] = {
    "veto": "one False drops",
    "majority": "more than half True",
    "any": "one True keeps",
}
STRATEGIES: Mapping[KeepRule, str] = {
    "": "as the run",
    "all": "all alike",
    "majority": "a majority",
    "first": "the first",
    "majority_first": "a majority, then the first",
}
CHOSEN_BY_STRATEGY = ("flames",)
"""Methods whose verdict on a solution is their keep strategy's choice and nothing else."""
_MOST = 3
_HEARD: WeakKeyDictionary[ScoreTable, dict[PolicyPanel, ScoreTable]] = WeakKeyDictionary()


def heard(panel: PolicyPanel, table: ScoreTable) -> ScoreTable:
    """Return `table` with the scores by the word of these judges; the very same one where nothing is asked.

    Raises BadSetting where the table does not know what single judges said.
    """
    if panel == table.panel:
        return table
    raw = table.as_run or table
    if not panel:
        return raw
    known = _HEARD.setdefault(raw, {})
    if panel not in known:
        while len(known) >= _MOST:
            known.pop(next(iter(known)))
        known[panel] = _made(panel, raw)
    return known[panel]


def _made(panel: PolicyPanel, table: ScoreTable) -> ScoreTable:
    if table.words is None:
        do = "Apply it to a project, where they are."
        raise BadSetting("the policy weighs single judges, whose words are not in this table.", where="panel", do=do)
    words, scores = table.words(table.ids), dict(table.scores)
    if panel.weights:
        names = [judge for judge, _ in panel.weights]
        mean = combining.weighted_sum(
            _columns(words.problem, names, len(table)), np.array([weight for _, weight in panel.weights])
        )
        scores["judge_score"] = _over(np.round(mean, 10), scores["judge_score"])
    if panel.judges:
        said = _columns(words.solution, panel.judges, len(table))
        kept = keeps(votes_of(said), panel.rule).astype(np.float64)
        scores["solution_pass"] = _over(np.where(np.isnan(said).all(axis=1), np.nan, kept), scores["solution_pass"])
    if panel.strategy:
        scores["solution_pass"] = _ending(words.ends(panel.strategy), scores["solution_pass"], table)
    return replace(table, scores=scores, panel=panel, as_run=table)


def votes_of(said: NDArray[np.float64], limit: float = 0.5) -> Votes:
    """Return votes: 1 from the limit on, 0 below, -1 where nothing was said."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isnan(said), -1, said >= limit - combining.TOLERANCE).astype(np.int8)


def keeps(votes: Votes, rule: PanelVote) -> NDArray[np.bool_]:
    """Return which rows of votes (rows, judges) a rule keeps; a judge that could not be read says no."""
    if rule == "majority":
        return combining.majority(votes)
    return combining.at_least(votes, 1) if rule == "any" else combining.veto(votes)


def _columns(words: Mapping[str, NDArray[np.float64]], judges: Sequence[str], rows: int) -> NDArray[np.float64]:
    """Return (rows, judges); a judge that never spoke is NaN throughout."""
    return np.column_stack([words.get(judge, np.full(rows, np.nan)) for judge in judges])


def _over(new: NDArray[np.float64], old: Floats) -> Floats:
    made: Floats = np.where(np.isnan(new), old, new.astype(np.float32))
    return made


def _ending(ends: NDArray[np.bool_], passed: Floats, table: ScoreTable) -> Floats:
    """Return the verdict on solutions with the demand on their answers; rows without a verdict have none still."""
    alone = np.zeros(len(table), np.bool_)
    for method in CHOSEN_BY_STRATEGY:
        alone |= table.of_method(method)
    both = np.where(alone, ends, ends & (passed >= 1)).astype(np.float32)
    # A verdict that nobody gave stays missing, unless the answers alone already say no.
    made: Floats = np.where(np.isnan(passed) & (ends | alone), passed, both)
    return made


def check_panel(panel: PolicyPanel, where: str = "") -> None:
    """Raise BadSetting for a panel that cannot be heard, with what is allowed."""
    weights = [weight for _, weight in panel.weights]
    if weights and (min(weights) < 0 or not max(weights) > 0 or not np.isfinite(weights).all()):
        raise BadSetting(
            f"weights {', '.join(f'{weight:g}' for weight in weights)} weigh nothing.", where=where,
            do="Give each judge 0 or more, and one of them more than 0.",
        )  # fmt: skip
    if panel.rule not in get_args(PanelVote):
        raise BadSetting(f"{panel.rule!r} is no rule of votes.", where=where, do=f"Use {', '.join(RULES)}.")
    if panel.strategy not in get_args(KeepRule):
        known = ", ".join(name for name in STRATEGIES if name)
        raise BadSetting(f"{panel.strategy!r} is no keep strategy.", where=where, do=f"Use {known}.")


def panel_words(panel: PolicyPanel) -> tuple[tuple[str, str], ...]:
    """Return in words what a panel asks for, a name and a value each; nothing for one that asks nothing."""
    said = []
    if panel.weights:
        said.append(("weights of judges", ", ".join(f"{judge} {weight:g}" for judge, weight in panel.weights)))
    if panel.judges:
        said.append(("judges of solutions", f"{', '.join(panel.judges)}: {RULES[panel.rule]}"))
    if panel.strategy:
        said.append(("several solutions", STRATEGIES[panel.strategy]))
    return tuple(said)
