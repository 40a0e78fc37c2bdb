"""Every combination of judges as a table; the one that is picked with its counts and the rows that it gets wrong."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from engine.curation.trust.subsets import PanelShare
from engine.reporting.judge_panels import PROJECT, VotedPanel, labels_told
from engine.reporting.panel_table import PanelRow, PanelTable, misjudged
from engine.store import Store
from studio import navigation
from studio.text.markdown import escape, plain
from studio.ui.blocks import block_title

SHARES = ("accuracy", "precision", "recall", "f1")
SHOWN = 200
_NAMES = {"accuracy": "Accuracy", "precision": "Precision", "recall": "Recall", "f1": "F1"}


def labels_line(panel: VotedPanel) -> str:
    """Return how many labels a panel's rows have, and of which kind."""
    counts = labels_told(panel)
    if panel.origin == "check":
        return f"{len(panel):,} rows that people judged"
    random, rest = counts.get("random", 0), sum(counts.values()) - counts.get("random", 0)
    if not random and not rest:
        return "no labels"
    said = [f"{random:,} random labels"] if random else []
    return ", ".join(said + ([f"{rest:,} hand-picked or imported"] if rest else []))


def _whose(panel: VotedPanel) -> str:
    return labels_line(panel) if panel.origin == "check" else f"{len(panel):,} rows · {labels_line(panel)}"


def combinations(found: PanelTable) -> PanelRow | None:
    """Draw a row for each combination and return the one that is picked; the chosen one at the start."""
    panel = found.panel
    rule = "weighted mean of scores" if panel.scored else "by vote"
    block_title("Every combination of judges", f"{rule} · {_whose(panel)}")
    random = found.random > 0
    shown = sorted(found.rows, key=lambda row: row is not found.best)
    rows = [_estimated(found, row) if random else _counted(row) for row in shown]
    picked = st.dataframe(
        rows, hide_index=True, column_config=_columns(), placeholder="–", height=min(340, 36 * (len(rows) + 1)),
        on_select="rerun", selection_mode="single-row", key=f"judges.combinations.{panel.key}",
    )  # fmt: skip
    for line in _lines(found):
        st.caption(escape(line))
    selected = [row for row in picked["selection"]["rows"] if row < len(shown)]
    return shown[selected[0]] if selected else (shown[0] if shown else None)


def _columns() -> dict[str, Any]:
    bar, said = st.column_config.ProgressColumn, {"Kept": "Counted over all rows: exact."}
    said["Precision"] = "Of the kept rows, the share that people call good."
    named = {
        name: bar(name, format="%.2f", min_value=0, max_value=1, width=88, help=said.get(name))
        for name in (*_NAMES.values(), "Kept")
    }
    return {
        **named,
        "Precision 95 %": st.column_config.TextColumn(help="Of this one combination, had it been chosen beforehand."),
        "κ": st.column_config.NumberColumn(
            format="%.2f", width=50, help="Agreement with people beyond chance; low wherever one sort of row is rare."
        ),
        "": st.column_config.TextColumn(help="The choice of the rule, and who may be as precise as the best."),
    }


def _estimated(found: PanelTable, row: PanelRow) -> dict[str, Any]:
    one = row.found
    share = {_NAMES[name]: _value(getattr(one, name)) for name in SHARES}
    return {
        "": _mark(found, row),
        "Judges": plain(row.names),
        "Keeps where": row.rule,
        "Precision": share["Precision"],
        "Precision 95 %": _ends(one.precision),
        "Kept": one.retention,
        "κ": row.kappa,
        "Accuracy": share["Accuracy"],
        "Recall": share["Recall"],
        "F1": share["F1"],
        "Recall 95 %": _ends(one.recall),
        "Front": "on the front" if one.front else "",
        "Labels": one.precision.labels,
    }


def _mark(found: PanelTable, row: PanelRow) -> str:
    """Return how a combination stands beside the best of those that keep enough."""
    best, one = found.best, row.found
    if best is None:
        return ""
    if row is best:
        return "chosen"
    if one.like_best is None or one.precision.value is None or best.found.precision.value is None:
        return "can't tell"
    if one.like_best:
        return "like the best"
    return "more precise" if one.precision.value > best.found.precision.value else "less precise"


def _counted(row: PanelRow) -> dict[str, Any]:
    counts = row.counts
    kept, dropped = counts.good_kept + counts.bad_kept, counts.good_dropped + counts.bad_dropped
    return {
        "Judges": plain(row.names),
        "Keeps where": row.rule,
        "Kept": row.found.retention,
        "Good of the labelled kept": f"{counts.good_kept:,} of {kept:,}",
        "Good of the labelled dropped": f"{counts.good_dropped:,} of {dropped:,}",
    }


def _value(share: PanelShare) -> float | None:
    # Without an interval a share is no figure: its counts are in the detail.
    return share.value if share.low is not None else None


def _ends(share: PanelShare) -> str | None:
    if share.low is None or share.high is None:
        return {
            "too_few": "too few labels",
            "few_good": "too few good rows",
            "one_weight": "one label weighs too much",
        }.get(share.reason)
    return f"{share.low:.2f} – {share.high:.2f}" + (" rough" if share.rough else "")


def _lines(found: PanelTable) -> list[str]:
    panel, best, said = found.panel, found.best, found.chosen
    lines = [f"{panel.silent:,} problems of which none of these judges spoke are left out."] if panel.silent else []
    mixed = [judge for judge, models in panel.models.items() if len(models) > 1 and judge in panel.judges]
    if mixed:
        lines.append(f"Several models or prompts spoke as {', '.join(mixed)}: their figures are a mixture.")
    if panel.beyond:
        lines.append(f"Left out of the sets: {', '.join(panel.beyond)}.")
    if not found.random:
        if sum(labels_told(panel).values()):
            lines.append("Counts of hand-reviewed rows (not a random sample): no combination is chosen by them.")
        else:
            lines.append("No human labels yet. 50 are enough to start.")
        return lines
    if best is None or said.value is None or said.apparent is None:
        lines.append("No combination keeps enough with enough labels to be chosen.")
        return lines
    base = (
        "" if found.base is None else f" Base rate of good rows is {found.base:.2f}; a coin that knows it scores κ = 0."
    )
    split = said.split
    ends = f" ({split.low:.2f} – {split.high:.2f} by one half of the labels)" if split and split.low is not None else ""
    lines.append(
        f"Rule: highest precision with at least 40 % kept. The labels that chose it show {said.apparent:.2f}; labels "
        f"that did not choose it say {said.value:.2f}{ends}.{base}"
    )
    return lines


def rule_detail(found: PanelTable, row: PanelRow, store: Store) -> None:
    """Draw the counts of a combination beside the rows on which it and people differ."""
    left, right = st.columns([1, 1.6], gap="large")
    with left:
        block_title(row.names, row.rule)
        counts = row.counts
        table = pd.DataFrame(
            {
                "": ["Kept", "Dropped"],
                "People: good": [counts.good_kept, counts.good_dropped],
                "People: bad": [counts.bad_kept, counts.bad_dropped],
            }
        )
        st.dataframe(table, hide_index=True, key="judges.rule.counts")
        st.caption(f"Labelled rows, {counts.labels:,} in all, each counted once.")
    with right:
        block_title("Where it parts from people")
        wrong = misjudged(found, row, SHOWN)
        if not wrong:
            st.caption("It says what people say of every labelled row." if counts.labels else "No row is labelled.")
            return
        _wrong(wrong, store, found.panel)


def _wrong(wrong: list[tuple[str, bool, bool]], store: Store, panel: VotedPanel) -> None:
    here = panel.source == PROJECT and panel.origin == "project"
    texts = store.problems.statements([ident for ident, _, _ in wrong]) if here else [ident for ident, _, _ in wrong]
    rows = [
        {"Judges": "kept" if kept else "dropped", "People": "good" if good else "bad", "Problem": plain(text)[:200]}
        for (_, kept, good), text in zip(wrong, texts, strict=True)
    ]
    picked = st.dataframe(
        rows, hide_index=True, height=min(250, 36 * (len(rows) + 1)), key=f"judges.rule.wrong.{panel.key}",
        on_select="rerun", selection_mode="single-row",
    )  # fmt: skip
    st.caption(f"{len(wrong):,} rows" + (f" or more, the first {SHOWN} are listed" if len(wrong) >= SHOWN else ""))
    for place in (row for row in picked["selection"]["rows"] if row < len(wrong) and here):
        navigation.link(
            "review", "Open on the review desk", icon=":material/fact_check:", queue="ids", ids=wrong[place][0]
        )
