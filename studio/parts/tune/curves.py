"""What a limit costs: precision and recall over a score's rows, as far as labels tell, and the limit to choose."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from engine.core.records import Policy
from engine.curation.scores import BINS, SCORES
from engine.curation.trust.intervals import Flags, Floats
from engine.curation.trust.limit_curve import LimitCurve
from engine.curation.trust.policy_trust import PolicyTrust, SetQuality
from engine.curation.whatif import Counts
from engine.store import Store
from studio.charts import BandedLine, draw, lines
from studio.parts.tune.draw_more import label_more
from studio.parts.tune.figures import rests_on, share
from studio.parts.tune.limit_lines import SHARES, limit_lines
from studio.parts.tune.looks import consequence
from studio.parts.tune.nearness import NEAR, nearness
from studio.parts.tune.pick import error_asked, pick_for_me
from studio.text.markdown import escape
from studio.theme import fade, tokens
from studio.ui.blocks import block_title


def curves_view(
    store: Store, trust: PolicyTrust, counts: Counts, other: Policy | None, quality: SetQuality, looks: int
) -> None:
    """Draw precision and recall as the chosen score's limit moves, the limit to choose, and the nearness to seeds."""
    table, now = trust.table, counts.chosen.policy
    used = list(dict.fromkeys(rule.score for rule in now.rules if np.isfinite(table.scores[rule.score]).any()))
    if not used:
        st.caption("No score is there yet.")
        return
    left, right = st.columns(2, gap="medium")
    with left:
        key = _choice("Precision and recall as the limit moves", used, "tune.curve.score")
        curve = _limit_chart(trust, counts, other, key)
        _said(store, trust, counts, curve, key)
        if curve.refusal is None:
            pick_for_me(trust, now, index_of(now, key), curve)
            _rests(quality, looks)
    with right:
        near = [key for key in NEAR if np.isfinite(table.scores[key]).any()]
        if near:
            nearness(table, now, _choice("Cosine to the nearest", near, "tune.curve.near"))
        else:
            block_title("Cosine to the nearest seed")
            st.caption("Measured when a run ends.")


def index_of(policy: Policy, key: str) -> int:
    """Return the number of the rule that the strip of a score moves: its first one."""
    return next(at for at, rule in enumerate(policy.rules) if rule.score == key)


def _choice(title: str, keys: Sequence[str], key: str) -> str:
    """Draw a block title with a choice of scores beside it."""
    row = st.columns([2, 1], vertical_alignment="center")
    with row[0]:
        block_title(title)
    chosen: str = row[1].selectbox(
        "Score", keys, format_func=lambda one: SCORES[one].label, key=key, label_visibility="collapsed"
    )
    return chosen


def _limit_chart(trust: PolicyTrust, counts: Counts, other: Policy | None, key: str) -> LimitCurve:
    """Draw the curves over all rows; bars alone where labels say nothing."""
    now, label = counts.chosen.policy, SCORES[key].label.lower()
    curve = trust.curve(now, index_of(now, key), error_asked())
    drawn = _drawn(curve)
    if drawn and other and any(rule.score == key for rule in other.rules):
        drawn += _other(trust.curve(other, index_of(other, key), error_asked()))
    figure = lines(drawn, x_title=f"Limit of {label}", height=340)
    if drawn:
        _band(figure, curve)
    _population(figure, counts, key, counted=not drawn)
    limit_lines(figure, now, other, key)
    values = trust.table.scores[key][np.isfinite(trust.table.scores[key])]
    finding = f"{len(values):,} problems have a {label}; their median is {np.median(values):.2f}."
    if drawn:
        finding = (
            f"Precision and recall over the limit of {label}, from {trust.random_labels:,} labels drawn at random."
        )
    draw(figure, key="tune.precision", alt=finding)
    return curve


def _drawn(curve: LimitCurve) -> list[BandedLine]:
    """Return the lines that may be drawn: solid with a band, dotted where labels are too few for one."""
    said, live, colours = np.isfinite(curve.precision.value), curve.precision.live, tokens()
    made, limit = [], curve.precision.ticks.limit
    if live.any():
        one = curve.precision
        made.append(_line("precision", limit, (one.value, one.low, one.high), said & live, colours.kept))
    few = said & ~live
    if few.any():
        # The dotted part joins the first limit with a band.
        joined = few | (np.concatenate(([False], few[:-1])) & said)
        made.append(
            BandedLine(
                "too few labels", limit[joined].tolist(), curve.precision.value[joined].tolist(),
                colours.mute, dashed=True,
            )
        )  # fmt: skip
    known = np.isfinite(curve.recall.value)
    if known.any():
        both = (curve.recall.value, curve.recall.low, curve.recall.high)
        made.append(_line("recall", limit, both, known, colours.other))
    return made


def _line(name: str, limit: Floats, ends: tuple[Floats, Floats, Floats], shown: Flags, colour: str) -> BandedLine:
    value, low, high = (one[shown].tolist() for one in ends)
    return BandedLine(name, limit[shown].tolist(), value, colour, low, high)


def _other(curve: LimitCurve) -> list[BandedLine]:
    """Return the precision of the other policy, dotted."""
    shown = np.isfinite(curve.precision.value) & curve.precision.live
    limit, value = curve.precision.ticks.limit[shown].tolist(), curve.precision.value[shown].tolist()
    return [BandedLine("other policy", limit, value, tokens().kept, dashed=True)] if limit else []


def _band(figure: go.Figure, curve: LimitCurve) -> None:
    """Add the band that holds at all limits at once, between the strictest limit that has one and the laxest."""
    sizes = curve.precision.ticks.size[curve.precision.live]
    if not len(sizes):
        return
    lower, upper = curve.band()
    inside = (curve.every.size >= sizes[0]) & (curve.every.size <= sizes[-1])
    limit, low, high = curve.every.limit[inside].tolist(), lower[inside].tolist(), upper[inside].tolist()
    sure = f"{1 - curve.precision.error:.0%}"
    figure.add_scatter(
        x=[*limit, *reversed(limit)], y=[*high, *reversed(low)], fill="toself", mode="lines", hoverinfo="skip",
        fillcolor=fade(tokens().kept, 0.1), line={"width": 1, "color": fade(tokens().kept, 0.5), "dash": "dot"},
        name=f"all limits at once, {sure}",
    )  # fmt: skip


def _population(figure: go.Figure, counts: Counts, key: str, *, counted: bool) -> None:
    """Add all problems as bars behind the lines, on a scale of their own."""
    edges = np.linspace(SCORES[key].low, SCORES[key].high, BINS + 1)
    figure.add_bar(
        x=(edges[:-1] + edges[1:]) / 2,
        y=counts.all_rows[list(SCORES).index(key)],
        name="problems",
        marker_color=fade(tokens().dropped, 0.55),
        yaxis="y2",
    )
    # The axis that is written last lies on top: lines on the right scale would be behind the bars.
    figure.update_layout(
        bargap=0.1,
        yaxis={"overlaying": "y2", "side": "left", "visible": not counted, **SHARES},
        yaxis2={"side": "right", "visible": counted, "showgrid": False, "tickfont": {"color": tokens().mute}},
    )


def _said(store: Store, trust: PolicyTrust, counts: Counts, curve: LimitCurve, key: str) -> None:
    """Say what the bands mean and how low precision may be at the limit in hand, or what is missing for a curve."""
    now = counts.chosen.policy
    if curve.refusal is not None:
        st.markdown(escape(curve.refusal.why))
        rows = int(curve.every.size[-1]) if len(curve.every) else 0
        label_more(store, curve.refusal, rows, key="tune.label")
        return
    if not curve.precision.live.any():
        st.markdown(f"No limit has {trust.settings.tick_labels} labels of rows drawn at random yet: there is no band.")
        label_more(store, None, 0, key="tune.label")
        return
    sure = f"{1 - curve.precision.error:.0%}"
    words = [
        "Dark band: 95 %, for one limit chosen beforehand.",
        f"Light band: its lower edge holds at all limits at once with {sure} confidence; so does its upper edge.",
        _here(curve, now, key),
    ]
    if now.size:
        words.append(f"The curve is about the limits alone, without keeping at most {now.size:,}.")
    if curve.undrawn:
        words.append(f"{curve.undrawn:,} of these rows could not have been drawn; the light band leaves room for them.")
    st.caption(escape(" ".join(one for one in words if one)))


def _here(curve: LimitCurve, now: Policy, key: str) -> str:
    rule = now.rules[index_of(now, key)]
    kept = curve.every.limit >= rule.limit - 1e-9 if rule.op == "at least" else curve.every.limit <= rule.limit + 1e-9
    if not rule.use or not kept.any():
        return ""
    lower, _ = curve.precision.at(curve.every.size[kept][-1:])
    return f"At {rule.limit:g} precision is at least {share(float(lower[0]))} by that edge."


def _rests(quality: SetQuality, looks: int) -> None:
    """Say what the numbers of the header rest on, and what many looks do to them."""
    if looks:
        st.caption(escape(consequence(looks)))
    with st.expander("What precision and recall of these limits rest on"):
        for name, found in (("Precision", quality.precision), ("Recall", quality.recall)):
            st.markdown(f"**{name}**  \n" + "  \n".join(escape(one) for one in rests_on(found)))
