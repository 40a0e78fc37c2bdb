"""How models are sampled, what a run may spend, and where it goes when one machine is too small."""

from __future__ import annotations

from engine.core.evidence import Evidence
from engine.core.settings.base import Settings, chosen, published


class Sampled(Settings):
    """How models are sampled, and what of a solution counts as its answer."""

    temperature: float = published(0.7, "FLAMES, setup", "N", ge=0, le=2)
    """Higher is more varied."""
    top_p: float = published(0.9, "FLAMES, setup", "N", gt=0, le=1)
    """Share of probability mass that is sampled from."""
    top_k: int = published(50, "FLAMES, setup", "N", ge=-1)
    """How many tokens are considered at each step; -1 for all."""
    repetition_penalty: float = published(1.0, "FLAMES, setup", "N", gt=0, le=2)
    """1 means none."""
    max_tokens: int = published(2048, "FLAMES, setup", "N", ge=16, le=131072)
    """Longest reply."""
    answer_from: Evidence = published("box", "GSDP A.3; continual learning app. D", "S")
    """Weakest evidence that gives a solution its answer, in votes and in training rows: a box, as the papers ask for,
    or also answer tags, #### marks, headings, words such as "the answer is", or what the last sentence settles on."""


class Running(Settings):
    """How a run spends time, calls and money."""

    concurrency: int = chosen(64, ge=1, le=4096)
    """Most requests in flight."""
    lookahead: int = chosen(0, ge=0, le=4096)
    """Items open beyond those in flight: of their calls, the one is sent next that begins most like the one before.
    Pays with servers that remember few prompts (Ollama, llama.cpp); vLLM's prefix cache remembers them all."""
    timeout_s: float = chosen(300.0, gt=0)
    """Seconds of silence after which a reply is given up, at least: that of a slow engine is awaited longer, by what
    was measured of it."""
    patience: float = chosen(4.0, ge=1, le=100)
    """How many times as long as measured a reply is awaited."""
    longest_s: float = chosen(3600.0, gt=0)
    """Longest time for one reply, in seconds, whatever was measured."""
    retries: int = chosen(5, ge=0, le=50)
    """Tries after a throttled, failed or lost request."""
    slow_retries: int = chosen(2, ge=0, le=50)
    """Tries after a request that was too slow while the engine was at work; each gets twice the time."""
    reread: int = chosen(2, ge=0, le=10)
    """Tries after a reply that could not be read."""
    schemas: bool = chosen(True)
    """Hold replies that have a form (verdicts, marks, lists) to its JSON schema where the endpoint enforces schemas.
    Problems and solutions are free text everywhere."""
    budget_calls: int | None = chosen(None, ge=1)
    """Stop after this many paid calls."""
    budget_tokens: int | None = chosen(None, ge=1)
    """Stop after this many tokens, in and out."""
    budget_usd: float | None = chosen(None, gt=0)
    """Stop after this much money."""


class Cluster(Settings):
    """Where a run goes that is too large for one machine: actors of Ray Data."""

    address: str = ""
    """Address of the cluster's head; empty for $RAY_ADDRESS, or a cluster of this machine alone."""
    actors: int = chosen(0, ge=0, le=4096)
    """How many drivers share the items; 0 for one per replica that fits, or one per two cores and at most eight."""
    gpus: float = chosen(0.0, ge=0, le=64)
    """GPUs that each actor gets."""
    replicas: dict[str, str] = chosen({})
    """Engines that every actor serves itself: command by engine, with {port} for the port."""
