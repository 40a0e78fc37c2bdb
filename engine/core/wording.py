"""Figures as people say them."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Return a time in words: 14 s, 12 min, 3 h 35 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def speed(tokens: float) -> str:
    """Return tokens a second in words, to two figures where they are few: 0.4, 2.3, 57, 1,240."""
    return f"{tokens:,.0f}" if tokens >= 10 else f"{tokens:.2g}"
