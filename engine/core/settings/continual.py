"""Requests, self-play and experts (continual learning)."""

from __future__ import annotations

from typing import Literal

from engine.core.settings.base import Settings, chosen, published


class Continual(Settings):
    """Requests, self-play, experts, sorting, self-refined pairs."""

    consult: Literal["collaboration", "roles", "vote"] = published("collaboration", "Continual learning 4.3", "S")
    """Two experts and an arbiter, one model in three roles, or the vote of three models."""
    self_play: bool = published(True, "Continual learning 4.2", "S")
    """Solve each problem again with the model that wrote it, and compare."""
    experts: bool = published(True, "Continual learning 4.2", "S")
    """Have each sample examined by experts."""
    min_difficulty: float = published(0.3, "Continual learning, app. D", "S", ge=0, le=1)
    """Samples below this difficulty are left out of fine-tuning."""
    most_points: int = published(3, "Continual learning 2.3.1", "S", ge=1, le=3)
    """Most knowledge points in one request."""
    points: Literal["taxonomy", "graph"] = published("taxonomy", "Continual learning 2.3.1, over 1,200 points", "S")
    """Where the knowledge points of requests come from: the taxonomy that ships, or the project's own graph."""
    language: Literal["en", "zh"] = chosen("en")
    """Language of the requests."""
    evaluation_requests: int = published(500, "Continual learning 3.2", "S", ge=0)
    """Requests held back for evaluation, never trained on."""
    dimensions: bool = chosen(False)
    """Have every sample judged in eight dimensions."""
