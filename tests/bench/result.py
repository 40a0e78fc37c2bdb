"""What every benchmark returns: one number beside a peer or a limit that was measured in the same run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BenchResult:
    """`ratio` is value / peer where there is a peer; `bar` is what ratio (or value, without a peer) must not exceed."""

    name: str
    value: float
    unit: str
    peer: str
    ratio: float | None
    bar: float | None
    ok: bool

    @staticmethod
    def against(name: str, value: float, unit: str, peer: str, peer_value: float, bar: float) -> BenchResult:
        """A value compared with a peer's; good while their ratio is at most `bar`."""
        ratio = value / peer_value
        return BenchResult(name, value, unit, f"{peer}: {peer_value:.4g} {unit}", ratio, bar, ratio <= bar)

    @staticmethod
    def below(name: str, value: float, unit: str, bar: float) -> BenchResult:
        """A value with a limit; good while it is at most `bar`."""
        return BenchResult(name, value, unit, "limit", None, bar, value <= bar)
