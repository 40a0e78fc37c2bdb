"""Who answers: roles name seats, a seat is a model of an engine, an engine is a backend with prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.core.errors import BadSetting
from engine.core.protocol import Backend


@dataclass(frozen=True, slots=True)
class Engine:
    """A backend under the name the project gave it, with its prices in USD."""

    name: str
    backend: Backend
    usd_per_million_in: float = 0.0
    usd_per_million_out: float = 0.0
    usd_per_hour: float = 0.0

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """Return what one reply cost in USD; rented time is counted elsewhere."""
        return (tokens_in * self.usd_per_million_in + tokens_out * self.usd_per_million_out) / 1e6


@dataclass(frozen=True, slots=True)
class RoleModel:
    """The model that speaks for a role."""

    engine: Engine
    model: str

    @property
    def address(self) -> str:
        """ENGINE:MODEL; two engines may serve different models under one name, so request ids are made from this."""
        return f"{self.engine.name}:{self.model}"


class RoleMap:
    """The seats of a run, by role."""

    def __init__(self, seats: Mapping[str, RoleModel]) -> None:
        """Keep the seats."""
        self.seats = dict(seats)

    def seat(self, role: str) -> RoleModel:
        """Return who speaks for `role`; BadSetting names the known roles."""
        try:
            return self.seats[role]
        except KeyError:
            known = ", ".join(sorted(self.seats)) or "none"
            raise BadSetting(f"no engine is set for the role {role!r}; roles with one: {known}.") from None

    @property
    def engines(self) -> tuple[Engine, ...]:
        """Every engine once."""
        return tuple({seat.engine.name: seat.engine for seat in self.seats.values()}.values())

    async def aclose(self) -> None:
        """Release the connections of every engine."""
        for engine in self.engines:
            await engine.backend.aclose()
