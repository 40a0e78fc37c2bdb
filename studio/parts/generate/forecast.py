"""What a run will cost and give, and the two buttons that begin it."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine.planning.forecast import ENOUGH, Band, Forecast, items_ended
from engine.runs.status import Status
from studio.text.markdown import escape
from studio.ui.plan_draft import WITHOUT_DRY_RUN
from studio.ui.run_monitor import duration, short

DRY = 8
"""Items of a dry run."""


def forecast_panel(expected: Forecast | None, last: Status | None, measured: str = "") -> None:
    """Draw the figures of a forecast; where there is no history, say how to get one, and how fast the engine is."""
    st.markdown("**Forecast**")
    if expected is None:
        st.markdown(f":gray[No history. Run {WITHOUT_DRY_RUN} items to get a forecast.]")
        if measured:
            st.caption(f":material/speed: {escape(measured)}")
        return
    st.caption(f"From {expected.basis:,} items of earlier runs of these models. Bands are 80 %.")
    tokens = expected.tokens_in + expected.tokens_out
    ready = time.strftime("%H:%M", time.localtime(time.time() + expected.seconds))
    kept = f"{expected.kept_low:,.0f} to {expected.kept_high:,.0f}"
    figures = (
        ("Calls", short(expected.calls), _range(expected.calls_band, _brief)),
        ("Tokens", short(tokens), _range(expected.tokens_band, _brief)),
        ("Takes", duration(expected.seconds), _range(expected.seconds_band, duration)),
        ("Ready", ready, f"{expected.gpu_hours:,.1f} GPU-hours" if expected.gpu_hours else ""),
        ("Kept items", f"{expected.kept:,.0f}", kept),
        ("Cost", f"${expected.cost:,.2f}", _gpu_time(expected.gpu_hours_per_kept)),
    )
    for row in zip(figures[::2], figures[1::2], strict=True):
        # A row of its own for each pair, so that they stand level where only one has a band.
        for cell, figure in zip(st.columns(2), row, strict=True):
            _figure(cell, *figure)
    price, ratio = per_kept(expected), against_last(expected, last)
    if price:
        st.metric("Per kept item", price, ratio or None, delta_color="off", delta_arrow="off")


def _gpu_time(hours: float | None) -> str:
    return f"{3600 * hours:,.3g} GPU-seconds per kept item" if hours else ""


def _figure(cell: DeltaGenerator, name: str, value: str, remark: str) -> None:
    cell.metric(name, value, remark or None, delta_color="off", delta_arrow="off")


def _brief(number: float) -> str:
    """Return a number in short without its last digits, as a bound of a band needs no more: 584 k, 1.24 M."""
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= 10 * size or (size > 1e3 and number >= size):
            value = number / size
            return f"{value:,.0f} {sign}" if value >= 100 else f"{value:.3g} {sign}"
    return f"{number:,.0f}"


def _range(band: Band | None, said: Callable[[float], str]) -> str:
    return f"{said(band.low)} to {said(band.high)}" if band else ""


def on_course(expected: Forecast, status: Status) -> str:
    """Return what a run was expected to come to and what it is on course for, in a line; '' before its first items."""
    ended = items_ended(status)
    if ended < ENOUGH or not status.total:
        return ""
    scale = expected.items / ended
    kept = scale * status.funnel.get("kept", 0)
    calls = scale * (status.calls + status.cached)
    hoped = f"{expected.kept_low:,.0f} to {expected.kept_high:,.0f} kept"
    return (
        f"Forecast at launch: {short(expected.calls)} calls, {hoped}, "
        f"{duration(expected.seconds)}. On course for {short(calls)} calls and {kept:,.0f} kept."
    )


def per_kept(expected: Forecast) -> str:
    """Return the price of a kept item: money where models cost any, else tokens; '' where nothing will be kept."""
    if expected.cost_per_kept:
        return f"${expected.cost_per_kept:,.4f}"
    return f"{short(expected.tokens_per_kept)} tokens" if expected.tokens_per_kept else ""


def against_last(expected: Forecast, last: Status | None) -> str:
    """Return the ratio of a kept item's tokens to those of the last run; '' where one of them kept nothing."""
    kept = last.funnel.get("kept", 0) if last else 0
    if last is None or not kept or not expected.tokens_per_kept:
        return ""
    ratio = expected.tokens_per_kept * kept / max(1, last.tokens_in + last.tokens_out)
    return f"{ratio:.2f} times the last run"


def launch_buttons(items: int, blocked: str, unready: str, dry: Callable[[], None], launch: Callable[[], None]) -> None:
    """Draw the buttons. `blocked` says why nothing can start, `unready` why only a dry run can; '' where it can."""
    many = f"{items:,}"
    st.button(
        f"Dry run {min(DRY, items)}",
        icon=":material/science:",
        width="stretch",
        key="generate.dry",
        disabled=bool(blocked),
        on_click=dry,
    )
    st.button(
        f"Launch {many}",
        icon=":material/rocket_launch:",
        type="primary",
        width="stretch",
        key="generate.launch",
        disabled=bool(blocked or unready),
        help=escape(blocked or unready) or None,
        on_click=launch,
    )
    if blocked or unready:
        st.caption(escape(blocked or unready))
