"""Two policies beside each other: what each keeps, how sure that is, and which concepts change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from engine.core.errors import LemmaError
from engine.curation import policy as policies
from engine.curation.arrays import Ints
from engine.curation.marks import Bools
from engine.curation.policy import PolicyResult
from engine.curation.review import queues
from engine.curation.table import ScoreTable
from engine.curation.trust import drawing
from engine.curation.trust.comparing import SAME, Difference, compare
from engine.curation.trust.estimate import estimate
from engine.curation.trust.estimated import Estimated
from engine.curation.trust.from_ledger import labels_of
from engine.curation.trust.intervals import Flags
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.telling_apart import ApartForecast, to_tell_apart
from engine.curation.whatif import Counts
from engine.store import Store
from studio import navigation, session
from studio.charts import draw, two_sided
from studio.text.markdown import escape
from studio.ui.blocks import block_title, failure

THIN = 30
SHOWN = 12
MOST_DRAWN = 500
"""Rows of one draw that are offered by a button; more are no work of one sitting."""


def compare_view(store: Store, table: ScoreTable, first: Counts, second: Counts, name: str) -> None:
    """Draw the two policies side by side, and the concepts that change most."""
    now, other = first.chosen, second.chosen
    both = _per_concept(table, now.kept & other.kept)
    known = labels_of(store).on(table.ids)
    # How good rules are is asked of the rules alone, without people's decisions above them.
    a, b = (policies.apply(one.policy, table, override=False).kept for one in (now, other))
    left, right = st.columns([1.2, 1], gap="medium")
    with left:
        block_title("This policy and the other", "B swaps them")
        concepts = [first.concepts, second.concepts, both]
        sure = [_sure(kept, *known) for kept in (a, b, a & b)]
        st.dataframe(_table(table, now, other, concepts, sure, name), hide_index=True, placeholder="–")
        only = int((now.kept & ~other.kept).sum()), int((other.kept & ~now.kept).sum())
        found = compare(a, b, known[0], reachable=known[1])
        st.caption(
            f"{only[0]:,} only with these limits, {only[1]:,} only with {escape(name)}: the Rows view lists them. "
            f"{escape(_apart(found.precision))}"
        )
        _label_more(store, to_tell_apart(found, len(table)))
    with right:
        _changed(table, first.concepts - both, second.concepts - both, name)


def _table(
    table: ScoreTable, now: PolicyResult, other: PolicyResult, concepts: list[Ints], sure: list[list[str]], name: str
) -> pd.DataFrame:
    sides = (now.kept, other.kept, now.kept & other.kept)
    columns = {"These limits (A)": 0, f"{name} (B)": 1, "Both": 2}
    return pd.DataFrame(
        {
            "": [
                "Kept", "Precision (95 %)", "Recall (95 %)", f"Concepts with {THIN}+", "Mean difficulty",
                "Mean nearest twin",
            ],
            **{label: _column(table, sides[side], sure[side], concepts[side]) for label, side in columns.items()},
        }
    )  # fmt: skip


def _column(table: ScoreTable, kept: Bools, sure: list[str], concepts: Ints) -> list[str]:
    return [
        f"{np.count_nonzero(kept):,}",
        *sure,
        f"{np.count_nonzero(concepts >= THIN):,} of {len(concepts):,}",
        _mean(table, "difficulty", kept),
        _mean(table, "nearest_twin", kept),
    ]


def _sure(kept: Flags, labels: LabelSet, reachable: Flags) -> list[str]:
    """Return precision and recall of what rules keep, each with its interval or the reason why there is none."""
    return [
        _told(estimate("precision", kept, labels, reachable=reachable)),
        _told(estimate("recall", kept, labels, reachable=reachable)),
    ]


def _told(found: Estimated) -> str:
    if found.refusal is not None or found.value is None or found.low is None or found.high is None:
        return found.refusal.why if found.refusal else "can't tell"
    return f"{found.value:.2f} ({found.low:.2f} – {found.high:.2f}){', rough' if found.rough else ''}"


def _apart(found: Difference) -> str:
    """Say by how much A is more precise than B, by the labels of the rows in which they differ."""
    if found.estimator == SAME:
        return "Both rules keep the same rows: neither is more precise."
    if found.value is None or found.low is None or found.high is None:
        return f"Which is more precise cannot be told. {found.refusal.why if found.refusal else ''}"
    apart = "they are told apart" if found.told_apart else "they cannot be told apart"
    return f"Precision of A less that of B: {found.value:+.2f} ({found.low:+.2f} – {found.high:+.2f}); {apart}."


def _label_more(store: Store, asked: ApartForecast | None) -> None:
    """Say what would tell the policies apart, with the draw that brings it; rows that wait for a label come first."""
    if asked is None:
        return
    waiting = len(store.draws.open())
    st.caption(
        f"About {asked.labels:,} more labels would tell them apart ({escape(asked.parts)}). A draw goes by all"
        f" problems, so that its labels count for every policy: about {asked.draw:,} drawn rows have as much of these."
    )
    if waiting:
        navigation.link("review", f"Label {waiting:,} drawn rows", icon=":material/fact_check:", queue="draw")
    elif asked.draw > MOST_DRAWN:
        st.caption(f"In a shell, for more than one sitting: `lemma labels draw --size {asked.draw:d}`")
    elif st.button(f"Draw about {asked.draw:,} rows", icon=":material/casino:", key="tune.compare.draw"):
        try:
            drawing.draw(store, queues.policy_for(store), asked.draw, by=session.curator())
        except LemmaError as error:
            failure(error, key="tune.compare.draw")
            return
        navigation.go("review", queue="draw")


def _per_concept(table: ScoreTable, kept: Bools) -> Ints:
    codes = table.concepts.codes[kept]
    return np.bincount(codes[codes < len(table.concepts.names)], minlength=len(table.concepts.names))


def _mean(table: ScoreTable, key: str, kept: Bools) -> str:
    values = table.scores[key][kept]
    return f"{np.nanmean(values):.2f}" if np.isfinite(values).any() else "–"


def _changed(table: ScoreTable, won: Ints, lost: Ints, name: str) -> None:
    block_title("Concepts that change most", "kept by one of the two only")
    rows = [int(row) for row in np.argsort(-(won + lost), kind="stable")[:SHOWN] if won[row] + lost[row]]
    if not rows:
        st.caption("Both keep the same of every concept.")
        return
    names = [table.concepts.names[row] for row in rows]
    first = rows[0]
    finding = f"{names[0]} changes most: {won[first]:.0f} only with these limits, {lost[first]:.0f} only with {name}."
    figure = two_sided(names, lost[rows].tolist(), won[rows].tolist(), (f"only {name}", "only these limits"))
    draw(figure, key="tune.changed", alt=finding)
