"""Engines that answer chats, made from the named engines of a project."""

from __future__ import annotations

from collections.abc import Mapping

from engine.core.errors import BadSetting, Refused
from engine.core.project import EngineSpec
from engine.core.protocol import Backend
from engine.models import serving
from engine.models.roles import Engine, RoleMap, RoleModel

__all__ = ["address", "connect", "make", "require_model"]


def connect(specs: Mapping[str, EngineSpec], roles: Mapping[str, str]) -> RoleMap:
    """Return the models for `roles`, whose values are BACKEND:MODEL; engines that no role uses are not made.

    BadSetting names the role and the known engines, or the models of the embedded one.
    """
    engines: dict[str, Engine] = {}
    models: dict[str, RoleModel] = {}
    for role, where in roles.items():
        name, model = address(where, f"roles.{role}")
        if name not in engines:
            engines[name] = _engine(name, specs, f"roles.{role}")
        require_model(specs[name], model, f"roles.{role}")
        models[role] = RoleModel(engines[name], model)
    return RoleMap(models)


def make(name: str, spec: EngineSpec) -> Backend:
    """Return the backend of one named engine; BadSetting where its address or key is no good."""
    if spec.kind == "abacus":
        from engine.abacus.backend import Abacus

        return Abacus()
    if spec.kind == "reward_model":
        from engine.models.backends.reward import RewardModel

        return RewardModel(spec.trust_remote_code)
    from engine.models.backends.openai import OpenAICompatible

    if spec.kind == "managed":
        spec = spec.model_copy(update={"base_url": serving.address(name, spec)})
    return OpenAICompatible(name, spec)


def address(where: str, key: str = "engine") -> tuple[str, str]:
    """Split BACKEND:MODEL at the first colon: `local:qwen2.5:7b` is the model `qwen2.5:7b` of `local`."""
    name, colon, model = where.strip().partition(":")
    if not (name and colon and model.strip()):
        raise BadSetting(f"{where!r} is not BACKEND:MODEL.", where=key, do="Write for example abacus:abacus-large.")
    return name.strip(), model.strip()


def require_model(spec: EngineSpec, model: str, key: str) -> None:
    """Raise BadSetting where the embedded engine has no such model; what other engines have is for them to say."""
    if spec.kind != "abacus":
        return
    from engine.abacus.backend import Abacus

    try:
        Abacus.require(model)
    except Refused as unknown:
        raise BadSetting(f"{unknown}.", where=key, do="Name one of these.") from unknown


def _engine(name: str, specs: Mapping[str, EngineSpec], key: str) -> Engine:
    spec = specs.get(name)
    if spec is None:
        known = ", ".join(sorted(specs)) or "none"
        raise BadSetting(
            f"{name!r} is not a known engine; known: {known}.", where=key, do="Name it in engines.toml first."
        )
    return Engine(name, make(name, spec), spec.usd_per_million_in, spec.usd_per_million_out, spec.usd_per_hour)
