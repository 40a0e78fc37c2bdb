"""The way of our own, made of all four methods."""

from __future__ import annotations

from engine.core.settings.base import Settings, chosen


class Combined(Settings):
    """The four methods on one way."""

    graph_share: float = chosen(50.0, ge=0, le=100)
    """Items that come from graph combinations, in percent; the rest comes from the FLAMES agents."""
    review: bool = chosen(True)
    """Review and revise every problem before it is solved."""
    solutions: int = chosen(3, ge=1, le=64)
    """Solutions per problem; a strict majority of them must agree."""
