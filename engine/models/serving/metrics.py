"""What vLLM or llama.cpp says of itself, from the text of its /metrics page (Prometheus exposition format)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from engine.models import slots
from engine.models.serving import http_get

_LINE = re.compile(
    r"^([a-zA-Z_:][\w:]*)(?:\{[^}]*\})?\s+([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|NaN|[+-]Inf)(?=\s|$)", re.MULTILINE
)
_LONGEST = 4 << 20
_VLLM, _LLAMACPP = "vllm:", "llamacpp:"
"""How their names begin."""


@dataclass(frozen=True, slots=True)
class ServerMetrics:
    """Requests that run and wait, share of the KV cache in use, share of prompt tokens found in the prefix cache."""

    running: float
    waiting: float
    cache_use: float | None
    """0 to 1; None where the server does not say, as llama.cpp."""
    prefix_hits: float | None
    """0 to 1; None before the first prompt, or where prefixes are not kept."""
    tokens_in: float
    """Prompt tokens that were computed; for llama.cpp without those found in a slot."""
    tokens_out: float
    seconds_in: float = 0.0
    """Seconds spent on prompts, each request by its own clock; 0 where the server does not say."""
    seconds_out: float = 0.0
    """Seconds spent on replies, each request by its own clock."""
    slots: int = 0
    """Replies that are written at the same time at most; 0 where the server does not say."""
    context: int = 0
    """Tokens of prompt and reply that a slot holds; 0 where the server does not say."""

    @property
    def prompt_speed(self) -> float | None:
        """Tokens a second at which the server reads one prompt, on average since it started."""
        return self.tokens_in / self.seconds_in if self.seconds_in else None

    @property
    def reply_speed(self) -> float | None:
        """Tokens a second at which the server writes one reply, on average since it started; several are written."""
        return self.tokens_out / self.seconds_out if self.seconds_out else None

    def since(self, earlier: ServerMetrics) -> ServerMetrics:
        """Return the counts since an `earlier` look, so that speeds are those of now; after a restart all count."""
        if self.tokens_out < earlier.tokens_out or self.tokens_in < earlier.tokens_in:
            return self
        return replace(
            self,
            tokens_in=self.tokens_in - earlier.tokens_in,
            tokens_out=self.tokens_out - earlier.tokens_out,
            seconds_in=max(0.0, self.seconds_in - earlier.seconds_in),
            seconds_out=max(0.0, self.seconds_out - earlier.seconds_out),
        )


def read(base_url: str, timeout: float = 1.0) -> ServerMetrics | None:
    """Return the metrics of the server behind an address that ends in /v1; None where it gives none."""
    root = base_url.rstrip("/").removesuffix("/v1")
    page = http_get.get(root + "/metrics", timeout, _LONGEST)
    told = parse(page.text) if page and page.status == 200 else None
    if told is None or page is None or _LLAMACPP not in page.text:
        return told
    props = http_get.get(root + "/props", timeout, _LONGEST)
    room = slots.parse(props.text) if props else None
    return replace(told, slots=room.slots, context=room.context) if room else told


def parse(text: str) -> ServerMetrics | None:
    """Return the metrics of a page; None where it is neither vLLM's nor llama.cpp's."""
    return _vllm(_summed(text, _VLLM)) or _llamacpp(_summed(text, _LLAMACPP))


def _summed(text: str, prefix: str) -> dict[str, float]:
    """Return the numbers whose names begin with `prefix`; series of several engines are added up."""
    found: dict[str, float] = {}
    for name, value in _LINE.findall(text):
        # A page may say NaN of what it has not measured yet.
        if name.startswith(prefix) and math.isfinite(float(value)):
            short = name.removeprefix(prefix).removesuffix("_total")
            found[short] = found.get(short, 0.0) + float(value)
    return found


def _llamacpp(found: dict[str, float]) -> ServerMetrics | None:
    """Return what llama.cpp says; its slots and their context stand on another page."""
    if "requests_processing" not in found:
        return None
    read, kept = found.get("prompt_tokens", 0.0), found.get("prompt_tokens_cached")
    return ServerMetrics(
        found["requests_processing"],
        found.get("requests_deferred", 0.0),
        found.get("kv_cache_usage_ratio"),
        kept / (read + kept) if kept is not None and read + kept else None,
        read,
        found.get("tokens_predicted", 0.0),
        found.get("prompt_seconds", 0.0),
        found.get("tokens_predicted_seconds", 0.0),
    )


def _vllm(found: dict[str, float]) -> ServerMetrics | None:
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
        found.get("request_prefill_time_seconds_sum", 0.0),
        found.get("request_decode_time_seconds_sum", 0.0),
    )
