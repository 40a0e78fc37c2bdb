"""The list that is read before a set leaves: each line says what was found and opens its problems."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine.export.finding import ExportFinding
from studio import navigation
from studio.text.markdown import escape, plain
from studio.ui.blocks import block_title

_MARKS = {
    "good": ":green[:material/check_circle:]",
    "look": ":orange[:material/warning:]",
    "stop": ":red[:material/error:]",
}


def export_checks(found: Sequence[ExportFinding]) -> None:
    """Draw the findings, one under another."""
    open_lines = sum(1 for finding in found if finding.state != "good")
    block_title("Pre-flight", f"{open_lines} to look at" if open_lines else "nothing to look at")
    for finding in found:
        st.markdown(f"{_MARKS[finding.state]} **{escape(finding.name)}**  \n:gray[{escape(finding.detail)}]")
        if finding.evidence:
            _evidence(finding)
        if finding.ids:
            navigation.link(
                "review", opening(finding), icon=":material/visibility:", queue="ids", ids=",".join(finding.ids)
            )


def _evidence(finding: ExportFinding) -> None:
    """Show rows beside the test problems that were found for them."""
    with st.popover("See the pairs", icon=":material/compare_arrows:", width="content"):
        columns = ("Row", "Test problem", "Why")
        rows = [
            dict(zip(columns, map(plain, (one.statement, one.test_problem or "not known", one.reason)), strict=True))
            for one in finding.evidence
        ]
        st.dataframe(rows, hide_index=True, width=760, key=f"export.pairs.{finding.name}")


def opening(finding: ExportFinding) -> str:
    """Return the label of the link to the rows of a finding."""
    count, named = finding.count, len(finding.ids)
    if count == 1:
        return "Review this one"
    return f"Review {named} of {count:,}" if count > named else f"Review these {count:,}"
