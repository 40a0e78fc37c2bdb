"""Knowledge points, their graph and its combinations, who solves and who judges (GSDP)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.core.settings.base import Settings, chosen, published
from engine.core.settings.naming import NameLimits


class Extraction(NameLimits):
    """Knowledge points from seeds."""

    limit: int = published(10, "GSDP 2.2", "S", ge=1, le=50)
    """At most this many points from one seed."""
    fill_gaps: bool = chosen(False)
    """Ask a model for the seeds without points of a source whose other seeds carry points by people."""


class DualFilter(Settings):
    """Which points are dropped and which are the same."""

    drop_bad: bool = published(True, "GSDP 2.2")
    """Let a model remove vague, wrong and over-detailed points."""
    merge_at: float = published(0.90, "GSDP D.1", "S", ge=0, le=1)
    """Cosine from which two points are the same without asking."""
    ask_from: float = published(0.70, "GSDP D.1", "S", ge=0, le=1)
    """Cosine from which a model is asked; below, two points differ."""
    embedder: str = chosen("hashing", min_length=1)
    """Embedding model: `hashing` needs none and sees words, not meaning; `minilm` is all-MiniLM-L6-v2 for English;
    `auto` takes it where it is installed and reads the texts, and is what a recipe then has by itself; a folder
    or model id is any other. The method used BAAI/bge-m3."""
    oversized: int = chosen(12, ge=2, le=10_000)
    """Names from which a class of one point is looked at again: chains of near-synonyms grow that long."""
    split_oversized: bool = chosen(False)
    """Let a class stop growing below that size: its surest pairs join first, and never two that were judged different.
    Without it such a class is only shown."""

    @model_validator(mode="after")
    def _ordered(self) -> DualFilter:
        if self.ask_from > self.merge_at:
            raise ValueError("ask_from must not exceed merge_at")
        return self


class GraphShape(Settings):
    """Core points and combinations."""

    core_points: int = chosen(0, ge=0, le=10_000)
    """How many of the best connected points are core; 0 takes the percentile instead."""
    core_percentile: float = chosen(99.0, ge=50, le=100)
    """Points with at least this percentile of connections are core."""


class Mixture(Settings):
    """Shares of the four kinds of combinations, in percent."""

    one_hop: float = chosen(25.0, ge=0, le=100)
    """Pairs that already meet in a seed."""
    two_hop: float = chosen(25.0, ge=0, le=100)
    """Pairs with one point between them."""
    three_hop: float = chosen(25.0, ge=0, le=100)
    """One core point and one other, three steps apart."""
    community: float = chosen(25.0, ge=0, le=100)
    """Three points that all meet pairwise."""
    repeat_by_weight: bool = published(False, "GSDP 3.7: on for GSDP-One, off for GSDP-One-Base", "S")
    """Count a pair once for each seed that it meets in, so that frequent pairs are written from more often."""
    even_clusters: bool = chosen(False)
    """Draw as many combinations from each cluster of the graph as from any other (Louvain); a quota of our own."""
    random_pairs: bool = chosen(False)
    """Write from pairs drawn by lot instead, all different and of the same points, to compare with those of the graph;
    shares do not count then."""

    @model_validator(mode="after")
    def _whole(self) -> Mixture:
        total = self.one_hop + self.two_hop + self.three_hop + self.community
        if abs(total - 100) > 1e-6:
            raise ValueError(f"shares add up to {total:g}, not 100")
        return self


class Routing(Settings):
    """Which solver gets which problem."""

    low_until: float = chosen(0.4, ge=0, le=1)
    """Difficulty below this is low."""
    high_from: float = chosen(0.7, ge=0, le=1)
    """Difficulty from this on is high and goes to the strong solver."""
    solutions: int = chosen(1, ge=1, le=64)
    """Solutions per problem."""


class Judging(Settings):
    """Scores of problems and vetoes on solutions."""

    weights: dict[str, Annotated[float, Field(ge=0)]] = chosen({"judge_a": 0.4, "judge_b": 0.3, "judge_c": 0.3})
    """Weight of each judge in the problem score, by mathematical skill; made to add up to 1."""
    keep_at: float = published(0.85, "GSDP 2.5", "S", ge=0, le=1)
    """Problems are kept from this weighted score on."""
    missing_judge: Literal["renormalise", "fail"] = chosen("renormalise")
    """What to do when one judge gave no readable score."""
    unreadable_solution_verdict: Literal["false", "missing"] = chosen("false")
    """Whether a judge of solutions that cannot be read counts as a veto."""
