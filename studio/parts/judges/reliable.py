"""Does .9 mean .9? The reliability curve of a panel, and what its score would be after calibration."""

from __future__ import annotations

import streamlit as st

from engine.reporting.judge_panels import VotedPanel
from engine.reporting.panel_reliability import NOT_RANDOM, REASONS, PanelReliability
from studio.charts import draw, figure
from studio.text.markdown import escape, plain
from studio.theme import tokens
from studio.ui.blocks import block_title

TOGETHER = "all together"
_SMALLEST, _LARGEST = 7, 20


def pick_score(panel: VotedPanel) -> int | None:
    """Ask whose score is looked at: that of one judge, or None for all together."""
    names = [TOGETHER, *panel.judges] if panel.scored or len(panel.judges) > 1 else list(panel.judges)
    key = f"judges.score.{panel.key}"
    picked = st.selectbox("Whose score", names, key=key, label_visibility="collapsed", format_func=plain)
    return None if picked == TOGETHER else panel.judges.index(picked)


def reliability_view(panel: VotedPanel, judge: int | None, one: PanelReliability) -> None:
    """Draw the curve with its intervals, the dot as large as its labels are many."""
    found = one.found
    if found.reason:
        few = (
            "No label was drawn at random. Draw rows to label: lemma labels draw." if found.reason == NOT_RANDOM else ""
        )
        st.caption(few or "Too few random labels for a curve.")
        return
    now = tokens()
    made = figure(300, now)
    made.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": now.mute, "dash": "dash", "width": 1}, name="exact"
    )
    most = max(bin_.labels for bin_ in found.bins)
    made.add_scatter(
        x=[bin_.said for bin_ in found.bins],
        y=[bin_.good for bin_ in found.bins],
        error_y={
            "type": "data", "symmetric": False, "color": now.kept,
            "array": [bin_.high - bin_.good for bin_ in found.bins],
            "arrayminus": [bin_.good - bin_.low for bin_ in found.bins],
        },
        mode="lines+markers", line={"color": now.kept}, name="as people say",
        marker={"size": [_SMALLEST + (_LARGEST - _SMALLEST) * bin_.labels / most for bin_ in found.bins]},
        customdata=[[bin_.labels, bin_.low, bin_.high] for bin_ in found.bins],
        hovertemplate="%{x:.2f} said, %{y:.2f} good (%{customdata[1]:.2f} – %{customdata[2]:.2f}), "
        "%{customdata[0]} labels<extra></extra>",
    )  # fmt: skip
    if one.calibrated:
        made.add_scatter(
            x=one.said, y=one.means, mode="lines", line={"color": now.other, "dash": "dot"}, name="calibrated",
            hovertemplate="%{x:.2f} said means %{y:.2f}<extra></extra>",
        )  # fmt: skip
    made.update_xaxes(range=[-0.03, 1.03], title="Judge score" if panel.scored else "Share of judges that say True")
    made.update_yaxes(range=[-0.03, 1.03], title="Approved by people", showgrid=True, gridcolor=now.line)
    draw(made, key=f"judges.reliability.{panel.key}.{judge}", alt=error_line(one))
    st.caption(escape(error_line(one)))
    for line in _more(one):
        st.caption(escape(line))


def error_line(one: PanelReliability) -> str:
    """Return the calibration error in a sentence."""
    found = one.found
    if found.error is None or found.low is None or found.high is None:
        return "No calibration error can be told."
    brier = "" if found.brier is None else f" Brier score {found.brier.score:.3f}."
    return (
        f"Off by {found.error:.2f} ({found.low:.2f} – {found.high:.2f}), less what chance alone gives; "
        f"plain {found.plain:.2f}.{brier}"
    )


def _more(one: PanelReliability) -> list[str]:
    fitted = one.calibrator
    if fitted is None:
        return []
    bad = fitted.labels - fitted.good
    said = f"{fitted.labels:,} random labels, {bad:,} bad"
    lines = [f"{one.found.unscored:,} labelled rows have no score."] if one.found.unscored else []
    if not one.calibrated:
        return [*lines, f"Not calibrated: {REASONS[fitted.reason]} ({said}; 10 of each sort are needed)."]
    at = [
        f"{said_:.1f} means {mean:.2f}" for said_, mean in zip(one.said, one.means, strict=True) if said_ in (0.5, 0.9)
    ]
    what = f": {', '.join(at)}" if at else ""
    return [*lines, f"Calibrated ({fitted.method}, {REASONS.get(fitted.reason, fitted.reason)}; {said}){what}."]


def reliability_block(panel: VotedPanel) -> int | None:
    """Draw the title and ask whose score."""
    block_title("Does 0.9 mean 0.9?", "random labels, 95 % intervals")
    return pick_score(panel)
