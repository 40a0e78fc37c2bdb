"""Who answers: a role has a model, a model belongs to an engine, an engine is a backend with prices."""

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
    """The models of a run, by role."""

    def __init__(self, role_models: Mapping[str, RoleModel]) -> None:
        """Keep the models."""
        self.role_models = dict(role_models)

    def role_model(self, role: str) -> RoleModel:
        """Return who speaks for `role`; BadSetting names the known roles."""
        try:
            return self.role_models[role]
        except KeyError:
            known = ", ".join(sorted(self.role_models)) or "none"
            raise BadSetting(f"no engine is set for the role {role!r}; roles with one: {known}.") from None

    @property
    def engines(self) -> tuple[Engine, ...]:
        """Every engine once."""
        return tuple({role_model.engine.name: role_model.engine for role_model in self.role_models.values()}.values())

    def learnt(self) -> dict[str, str]:
        """Return what endpoints were found not to take, in words by ENGINE:MODEL; models that take all are left out."""
        said = {one.address: one.engine.backend.learnt(one.model) for one in self.role_models.values()}
        return {address: words for address, words in said.items() if words}

    async def aclose(self) -> None:
        """Release the connections of every engine."""
        for engine in self.engines:
            await engine.backend.aclose()
