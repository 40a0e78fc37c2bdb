"""What synthesised data costs and how far seeds go (GSDP 3.4, appendix B)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

TOKENS_IN, TOKENS_OUT = 1_000, 400
"""Tokens that one synthesised item takes, as appendix B counts them."""
API_PRICES: Mapping[str, tuple[float, float]] = {"GPT-4": (10.0, 30.0), "GPT-3.5": (1.5, 2.0)}
"""Dollars per million tokens, in and out, behind the published comparison."""
GPU_RATE = 0.35
"""Dollars per GPU and hour of the published comparison."""
HUNDREDTH_CENT = 1e-4
"""The published tables count in hundredths of a cent."""


def expansion_ratio(synthesised: int, seeds: int) -> float | None:
    """Return how many items one seed gave (GSDP-32); None without seeds."""
    return synthesised / seeds if seeds else None


def gpu_cost(gpus: float, hours: float, items: int, rate: float = GPU_RATE) -> float:
    """Return dollars per item for `gpus` that ran for `hours` at `rate` dollars per GPU and hour (GSDP-33).

    Raises ValueError where nothing was made or a figure is negative.
    """
    if items <= 0 or min(gpus, hours, rate) < 0:
        raise ValueError("a cost per item needs items, and no negative GPUs, hours or rate")
    return rate * gpus * hours / items


def api_cost(price_in: float, price_out: float, tokens_in: float = TOKENS_IN, tokens_out: float = TOKENS_OUT) -> float:
    """Return dollars per item bought by the token; prices are dollars per million tokens (GSDP-33)."""
    return (price_in * tokens_in + price_out * tokens_out) / 1e6


def total(cost_per_item: float, items: int) -> float:
    """Return the dollars that `items` cost (GSDP-50)."""
    return cost_per_item * items


def hourly_cost(hours: float, rate: float, gpus: float = 1.0) -> float:
    """Return the dollars of what ran for `hours` on `gpus` at `rate` dollars per GPU and hour (CL-35).

    Raises ValueError where a figure is negative.
    """
    if min(hours, rate, gpus) < 0:
        raise ValueError("hours, rate and GPUs cannot be negative")
    return hours * rate * gpus


def cost_shares(dollars: Mapping[Hashable, float]) -> dict[Hashable, float]:
    """Return the share of each part in the whole, 0 to 1; all 0 where nothing was spent (CL-35)."""
    whole = sum(dollars.values())
    return {name: spent / whole if whole else 0.0 for name, spent in dollars.items()}
