"""Small wordings of the review desk: short ids, times of the day in the browser's zone, spans of time."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def short(ident: str) -> str:
    """Return an id as people say it: the prefix and six digits."""
    prefix, _, digits = ident.partition("-")
    return f"{prefix}-{digits[:6]}" if digits else ident


def clock(moment: float) -> str:
    """Return a Unix time as hours and minutes where the browser is."""
    try:
        zone: ZoneInfo | None = ZoneInfo(st.context.timezone or "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = None
    return datetime.fromtimestamp(moment, UTC).astimezone(zone).strftime("%H:%M")


def span(seconds: float) -> str:
    """Return a span of time: 14 s, 6 min, 3 h 35 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
