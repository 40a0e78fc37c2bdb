"""Does a judge stay what it was: by round, by concept, and with the length of what it reads."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine.curation.trust.separation import Separation
from engine.reporting.judge_drift import DriftPoint, JudgeDrift
from engine.reporting.judge_panels import VotedPanel
from studio.text.markdown import plain
from studio.ui.blocks import block_title

_TWO = st.column_config.NumberColumn(format="%.2f")


def drift_view(panel: VotedPanel, found: JudgeDrift) -> None:
    """Draw acceptance and agreement by round and concept, and the leaning to length."""
    left, right = st.columns(2, gap="large")
    with left:
        block_title("By round", f"{panel.title}, runs in their order")
        _points("Run", found.rounds, "judges.drift.rounds")
        block_title("By length", "solution" if panel.about == "solution" else "statement")
        _lengths(found)
    with right:
        block_title("By concept", "the concepts with most rows")
        _points("Concept", found.concepts, "judges.drift.concepts")
    st.caption(
        "Accepts is a count over all rows that the judge read. κ is by random labels of these rows alone, with its "
        "95 % interval, and stands where there are enough. Of many groups that are looked at at once, one that stands "
        "out may be chance."
    )


def _points(name: str, points: Sequence[DriftPoint], key: str) -> None:
    if not points:
        st.caption("Nothing was judged yet.")
        return
    rows = [
        {
            name: plain(one.group),
            "Judge": plain(one.judge),
            "Accepts": one.accepts,
            "Read": one.read,
            "κ": None if one.agreed is None else one.agreed.values["kappa"],
            "κ 95 %": _ends(one),
            "Random labels": one.labels,
        }
        for one in points
    ]
    st.dataframe(
        rows, hide_index=True, column_config={"Accepts": _TWO, "κ": _TWO}, placeholder="–", key=key,
        height=min(320, 36 * (len(rows) + 1)),
    )  # fmt: skip


def _ends(one: DriftPoint) -> str | None:
    if one.agreed is None:
        return None
    bounds = one.agreed.intervals["kappa"]
    return "no variation" if bounds is None else f"{bounds[0]:.2f} – {bounds[1]:.2f}"


def _lengths(found: JudgeDrift) -> None:
    rows = []
    for one in found.lengths:
        parts = {
            f"{name} quarter": _passed(part)
            for name, part in zip(("1st", "2nd", "3rd", "4th"), one.parts, strict=False)
        }
        rows.append({"Judge": plain(one.judge), "Passed is longer": _said(one.passes_longer), **parts})
    st.dataframe(rows, hide_index=True, placeholder="–", key="judges.drift.lengths")
    good = next((one.good_longer for one in found.lengths if one.good_longer), None)
    people = "" if good is None else f" By people's labels the good one is longer in {_said(good)} of pairs."
    st.caption(
        "Of a passed and a refused row, how often the passed one is longer: .50 is no leaning. Quarters go from short "
        f"to long, each with the share that is passed and its most characters.{people} A judge that follows length "
        "where people do not is to be watched."
    )


def _said(one: Separation | None) -> str | None:
    return None if one is None else f"{one.value:.2f} ({one.low:.2f} – {one.high:.2f})"


def _passed(part: tuple[int, int, int]) -> str:
    most, read, passed = part
    return f"{passed / read:.2f} (to {most:,})" if read else "–"
