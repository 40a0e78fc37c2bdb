"""What a round gained and forgot by concept, what it replayed, and whether it may be promoted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from engine.learning.rounds.comparison import ConceptChange, Losses
from engine.learning.rounds.promotion_state import Outcome
from engine.learning.training import replay
from studio import charts
from studio.text.markdown import escape
from studio.theme import tokens
from studio.ui.blocks import block_title

SHOWN = 9
"""Best and worst concepts that are drawn, each."""
LARGE_FALL = 0.04
BENCHMARK_FALL = 0.01
BINS = 50


def gain_chart(changes: Sequence[ConceptChange], *, key: str) -> None:
    """Draw the change per concept with its interval: the nine best and the nine worst."""
    if not changes:
        st.caption("Nothing was evaluated by concept. Start the round with a benchmark that names subjects.")
        return
    shown = list(changes) if len(changes) <= 2 * SHOWN else [*changes[:SHOWN], *changes[-SHOWN:]]
    fell = sum(one.fell for one in changes)
    alt = f"{shown[0].concept} gained most, {100 * shown[0].gain:+.0f} points; {fell} concepts fell, interval and all."
    charts.draw(_bars(shown), key=key, alt=alt)
    if len(shown) < len(changes):
        st.caption(f"{len(changes) - len(shown)} concepts between them are not drawn.")


def _bars(shown: Sequence[ConceptChange]) -> go.Figure:
    now = tokens()
    made = charts.figure(24 * len(shown) + 70, now)
    made.add_bar(
        x=[100 * one.gain for one in shown],
        y=[_named(one) for one in shown],
        orientation="h",
        marker_color=[now.kept if one.gain >= 0 else now.other for one in shown],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [100 * (one.high - one.gain) for one in shown],
            "arrayminus": [100 * (one.gain - one.low) for one in shown],
            "color": now.mute,
            "thickness": 1,
            "width": 3,
        },
        customdata=[[100 * one.before, 100 * one.after, one.questions] for one in shown],
        hovertemplate="%{y}: %{customdata[0]:.0f} to %{customdata[1]:.0f}, %{customdata[2]} questions<extra></extra>",
    )
    made.add_vline(0, line={"color": now.ink, "width": 1})
    made.update_yaxes(autorange="reversed")
    made.update_xaxes(title="points", showgrid=True, gridcolor=now.line)
    made.update_layout(showlegend=False)
    return made


def _named(one: ConceptChange) -> str:
    return escape(one.concept if len(one.concept) <= 34 else f"{one.concept[:33]}…")


def replay_panel(losses: Losses | None, report: Any, number: int) -> None:
    """Draw the loss histogram with the limit mu, and what another limit would replay."""
    block_title(f"Replay in round {number}")
    told = report.get("replay", {})
    if losses is None:
        way = told.get("way", "loss")
        st.caption(
            "The first round has no history, so nothing was replayed."
            if not told.get("history")
            else f"Replay was set to {escape(way)}; losses were not measured."
        )
        return
    chosen = replay.select(losses.before, losses.without)
    highest = float(max(losses.before.max(), chosen.mu)) or 1.0
    limit = st.slider("Loss limit μ", 0.0, round(highest, 2) + 0.01, round(chosen.mu, 2), 0.01, key="rounds.mu")
    counts, edges = np.histogram(losses.before, bins=BINS, range=(0.0, highest))
    hard, _ = np.histogram(losses.before[losses.before > limit], bins=edges)
    made = charts.histogram_strip(edges.tolist(), counts.tolist(), hard.tolist(), limit=limit, height=190)
    made.update_traces(marker_color=tokens().other, selector={"name": "kept"})
    made.update_layout(showlegend=False)
    made.update_xaxes(title="loss of the model before, on the history, nats per token")
    hard_now, forgotten_now = losses.before > limit, (losses.without - losses.before) > limit
    total = int((hard_now | forgotten_now).sum())
    charts.draw(made, key="rounds.losses", alt=f"{total:,} of {len(losses.before):,} items lie above the limit.")
    only = int((forgotten_now & ~hard_now).sum())
    st.markdown(
        f"Replays **{total:,}** of {len(losses.before):,} items: {int(hard_now.sum()):,} by loss, "
        f"{only:,} more by what they lost without replay."
    )
    share = told.get("share")
    if isinstance(share, float):
        st.caption(f"The published limit is the mean, {chosen.mu:.2f}; this round's set was {share:.0%} replay.")


def promotion_rules(one: Outcome, changes: Sequence[ConceptChange]) -> None:
    """Draw what speaks for and against promoting."""
    block_title("Rules for promotion")
    if one.gain is None:
        st.markdown(":gray[:material/help: Nothing was evaluated, so there is no advice.]")
        return
    _rule(one.gain > 0, f"Average {'rose' if one.gain > 0 else 'fell'} by {abs(100 * one.gain):.1f}", hard=True)
    lost = [name for name in one.fell if one.before[name] - one.accuracy[name] > BENCHMARK_FALL]
    _rule(not lost, f"Fell by more than 1.0: {', '.join(lost)}" if lost else "No benchmark fell by more than 1.0")
    down = [change.concept for change in changes if change.gain < -LARGE_FALL and change.fell]
    text = f"{len(down)} concepts fell by more than 4 points, intervals and all: {', '.join(down[:6])}"
    _rule(not down, text if down else "No concept fell by more than 4 points with its whole 95 % interval below 0")


def _rule(holds: bool, text: str, *, hard: bool = False) -> None:
    if holds:
        st.markdown(f":green[:material/check_circle:] {escape(text)}")
    elif hard:
        st.markdown(f":red[:material/error:] {escape(text)}")
    else:
        st.markdown(f":orange[:material/warning:] {escape(text)}")


def files(folder: Path) -> None:
    """Name the files of a round, for people who want to look inside."""
    st.caption(f"Data of the round: {escape(str(folder))}")
