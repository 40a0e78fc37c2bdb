"""What a vLLM server says of itself, from the text of its /metrics page (Prometheus exposition format)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.models.serving import http_get

_LINE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{[^}]*\})?\s+([-+.\deE]+|NaN|[+-]Inf)", re.MULTILINE)
_LONGEST = 4 << 20


@dataclass(frozen=True, slots=True)
class ServerMetrics:
    """Requests that run and wait, share of the KV cache in use, share of prompt tokens found in the prefix cache."""

    running: float
    waiting: float
    cache_use: float
    prefix_hits: float | None
    """0 to 1; None before the first prompt, or where prefixes are not kept."""
    tokens_in: float
    tokens_out: float


def read(base_url: str, timeout: float = 1.0) -> ServerMetrics | None:
    """Return the metrics of the server behind an address that ends in /v1; None where it gives none."""
    page = http_get.get(base_url.rstrip("/").removesuffix("/v1") + "/metrics", timeout, _LONGEST)
    return parse(page.text) if page and page.status == 200 else None


def parse(text: str) -> ServerMetrics | None:
    """Return the metrics of a page; None where it is not vLLM's. Series of several engines are added up."""
    found: dict[str, float] = {}
    for name, value in _LINE.findall(text):
        if name.startswith("vllm:"):
            short = name.removeprefix("vllm:").removesuffix("_total")
            found[short] = found.get(short, 0.0) + float(value)
    if "num_requests_running" not in found:
        return None
    asked = found.get("prefix_cache_queries", found.get("gpu_prefix_cache_queries", 0.0))
    hits = found.get("prefix_cache_hits", found.get("gpu_prefix_cache_hits", 0.0))
    return ServerMetrics(
        found["num_requests_running"],
        found.get("num_requests_waiting", 0.0),
        found.get("kv_cache_usage_perc", found.get("gpu_cache_usage_perc", 0.0)),
        hits / asked if asked else None,
        found.get("prompt_tokens", 0.0),
        found.get("generation_tokens", 0.0),
    )
