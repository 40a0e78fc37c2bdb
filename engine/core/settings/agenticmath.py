"""Seeds filtered, rephrased, reviewed, solved, evaluated; scores curated and ranked (AgenticMath, DS2)."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from engine.core.settings.base import Settings, chosen, published


class AgenticMath(Settings):
    """Filter seeds, rephrase, review and revise, solve, evaluate, curate, rank."""

    rating: Literal["mean", "min", "weighted"] = chosen("mean")
    """How the three ratings of a seed become one: their mean, the lowest, or their mean by the weights below."""
    weight_complexity: float = chosen(1.0, ge=0, le=100)
    """Weight of complexity in a weighted rating."""
    weight_information: float = chosen(1.0, ge=0, le=100)
    """Weight of the information value in a weighted rating."""
    weight_clarity: float = chosen(1.0, ge=0, le=100)
    """Weight of clarity and precision in a weighted rating."""
    seed_limit: float = published(3.0, "AgenticMath stage 1", "N", ge=0, le=5)
    """Seeds are kept from this curated rating on."""
    seed_rounding: Literal["exact", "rounded"] = chosen("exact")
    """Whether a mean of three ratings must reach the limit itself, or the whole number that it rounds to."""
    seed_pass: float = published(0.467, "AgenticMath stage 1: 7,001 of 15,000", "N", gt=0, le=1)
    """Share of seeds that is expected to pass; so many more are rated than are needed."""
    variants: int = published(6, "AgenticMath stage 2", "N", ge=1, le=50)
    """Rephrased variants per seed."""
    review_limit: float = published(4.5, "AgenticMath stage 2", "N", ge=0, le=5)
    """A variant passes review from this score on."""
    review_score: Literal["mean", "min"] = chosen("mean")
    """How the three review scores become one."""
    rounds: int = published(3, "AgenticMath stage 2", "S", ge=1, le=20)
    """At most this many revisions."""
    solutions: int = chosen(1, ge=1, le=64)
    """Solutions per problem: 1, 2 and 3 give the published 30K, 60K and 90K."""
    seed_half: Literal["all", "kept", "none"] = published("all", "AgenticMath, data sets", "N")
    """Which seeds are solved anew and join the data set: all of them, the kept ones, or none."""
    pairs: int = published(15_000, "AgenticMath stage 4", "N", ge=1)
    """Synthesised problems that the ranking selects."""
    filter_seeds: bool = published(True, "AgenticMath, ablation", "N")
    """Rate and filter seeds; without it every seed is rephrased."""
    review: bool = published(True, "AgenticMath, ablation", "N")
    """Review and revise; without it variants go on as they were written."""
    evaluate: bool = published(True, "AgenticMath, ablation", "N")
    """Evaluate problem and solution together; without it the ranking is by rarity alone."""
    curate: bool = published(True, "AgenticMath, ablation", "N")
    """Correct ratings by those of their neighbours; without it they are taken as given."""

    @property
    def rating_weights(self) -> dict[int, float]:
        """Weights of complexity, information value and clarity, by place."""
        return {0: self.weight_complexity, 1: self.weight_information, 2: self.weight_clarity}

    @model_validator(mode="after")
    def _weighted(self) -> AgenticMath:
        if self.rating == "weighted" and not any(self.rating_weights.values()):
            raise ValueError("a weighted rating needs a weight above 0")
        return self


class ScoreCuration(Settings):
    """Score transition, error detection, curated scores."""

    min_confidence: float = published(0.5, "DS2, score curation", "R", ge=0, le=1)
    """A flagged score is overwritten from this confidence on."""
    neighbours: int = published(10, "DS2, score curation", "R", ge=2, le=200)
    """Nearest neighbours that vote."""
    epochs: int = published(51, "DS2, score curation", "R", ge=1, le=1000)
    """Draws of the error detection."""
    fewest: int = chosen(100, ge=3)
    """Fewer ratings are taken as they were given: neighbours of so few cannot tell how raters err."""
    balance: float = chosen(0.3, ge=0, le=1)
    """Votes of neighbours are divided by the share of their score to this power, so that frequent scores do not swallow
    rare ones; 0 counts every vote alike, as published."""
    margin: float = chosen(2.0, ge=0, le=100)
    """An overwriting needs this many times the evidence that the reported score has; 0 asks for none, as published."""
    rarity: float = chosen(0.2, ge=0, le=2)
    """That margin grows by how much rarer than an even share the reported score is, to this power."""
    least_share: float = chosen(0.15, ge=0, le=1)
    """A score that is reported less than this part of an even share keeps what raters said; 0 as published."""
    mode: Literal["rank", "mv"] = published("rank", "DS2, score curation; mv is SimiFeat's other way", "R")
    """Which ratings are flagged: the worst of each score up to its noise rate (rank), or every one whose neighbours
    vote for another (mv), which needs no estimate of how raters err."""
    count_self: bool = chosen(False)
    """Whether a text counts as its own nearest in its rarity, as in DS2's code; left out, rarity tells more apart."""
    scale: Literal["0 to 5", "1 to 10"] = published(
        "0 to 5", "AgenticMath stage 1; DS2's raters mark from 1 to 10", "N"
    )
    """Marks that evaluators give; those from 1 to 10 are compressed as in DS2: up to 4 is 0, 9 and 10 are 5."""
