"""Line-ups: which model the papers put on which role, where it says so, and which engines here have it.

A hub id is our reading of a printed name. A role that a paper leaves without a name stays without a model: it is
never filled by a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from engine.core import toml
from engine.core.errors import BadInput, BadSetting
from engine.core.settings import Recipe, RecipeSettings
from engine.models.independence import role_name
from engine.models.model_list import OfferedModel

FILE = Path(__file__).with_name("lineups.toml")
KINDS = ("chat", "service", "reward", "embedder", "student")
"""Models of chats that one serves oneself, chats that are bought, reward models, embedders, models to be trained."""
GIB_OF_GPU = 80
"""Memory of the GPU that advice on sharing is for."""
_ROOM = 0.75
"""Share of a GPU's memory that weights may take, so that contexts have room beside them."""
_FIRST_PORT = 8001


@dataclass(frozen=True, slots=True)
class PublishedModel:
    """A model as a paper prints its name, and where it is to be had."""

    key: str
    printed: str
    hub: str
    """Repository on the hub, or the name that a service gives it; empty where nothing of that name was released."""
    kind: str = "chat"
    billions: float = 0.0
    """Parameters by the printed name, in billions; 0 where none is printed."""
    names: tuple[str, ...] = ()
    """Other names under which engines list it."""
    words: str = ""
    """More words for the server's command line."""
    note: str = ""

    @property
    def asked(self) -> bool:
        """Whether it answers chats, so that it can speak for a role."""
        return self.kind in ("chat", "service")

    def is_called(self, name: str) -> bool:
        """Whether an engine's `name` is this model's: without owner or folder, and however it is punctuated."""
        own = {_plain(one) for one in (self.printed, self.hub, *self.names) if one}
        return name.isprintable() and _plain(name) in own


@dataclass(frozen=True, slots=True)
class PublishedRole:
    """Who speaks for a role in a paper; None where the paper does not say."""

    role: str
    model: PublishedModel | None
    source: str
    grade: str = "S"


@dataclass(frozen=True, slots=True)
class PublishedUse:
    """A model beside the roles of a recipe: what it does, and the command that uses it so."""

    task: str
    model: PublishedModel
    source: str
    way: str


@dataclass(frozen=True, slots=True)
class LineUp:
    """The models of a paper by role, with the settings that go with them."""

    name: str
    title: str
    recipe: str
    source: str
    about: str
    roles: tuple[PublishedRole, ...]
    beside: tuple[PublishedUse, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Settings by dotted key."""
    settings_note: str = ""

    @property
    def models(self) -> tuple[PublishedModel, ...]:
        """Every model of the roles once, in the order of the roles."""
        return tuple({one.model.key: one.model for one in self.roles if one.model}.values())

    @property
    def changes(self) -> dict[str, str]:
        """The settings as `--set` takes them: dotted key to TOML text."""
        return {key: _toml(value) for key, value in self.settings.items()}


@dataclass(frozen=True, slots=True)
class Mapped:
    """Which roles of a line-up have a model on the engines at hand, and which have none."""

    roles: dict[str, str]
    """ENGINE:MODEL by role."""
    missing: tuple[PublishedRole, ...]
    """Roles whose model no engine lists."""
    unnamed: tuple[PublishedRole, ...]
    """Roles that the paper leaves without a model."""


@cache
def lineups(path: Path = FILE) -> tuple[LineUp, ...]:
    """Return every line-up in the order of the file; BadInput names what is wrong with the file."""
    table = toml.read(path)
    try:
        models = {
            key: PublishedModel(key, **{**said, "names": tuple(said.get("names", ()))})
            for key, said in table["models"].items()
        }
        return tuple(_lineup(name, said, models) for name, said in table["lineups"].items())
    except (KeyError, TypeError) as error:
        raise BadInput(f"lacks or does not know {error}.", where=path.name) from error


def lineup(name: str) -> LineUp:
    """Return the line-up called `name`; BadSetting lists the known ones."""
    known = {one.name: one for one in lineups()}
    if name not in known:
        raise BadSetting(f"there is no line-up {name!r}.", do=f"Known line-ups: {', '.join(known)}.")
    return known[name]


def of_recipe(recipe: str) -> tuple[LineUp, ...]:
    """Return the line-ups that are published for a recipe; none for a recipe of our own."""
    return tuple(one for one in lineups() if one.recipe == recipe)


def mapped(which: LineUp, offers: Iterable[OfferedModel]) -> Mapped:
    """Return which role gets which ENGINE:MODEL; of several engines with one model the first that is offered."""
    at_hand = tuple(offers)
    roles: dict[str, str] = {}
    missing, unnamed = [], []
    for one in which.roles:
        if one.model is None:
            unnamed.append(one)
        elif where := _where(one.model, at_hand):
            roles[one.role] = where
        else:
            missing.append(one)
    return Mapped(roles, tuple(missing), tuple(unnamed))


def taken(recipe: Recipe, which: LineUp, roles: Mapping[str, str]) -> Recipe:
    """Return a recipe with the settings of a line-up, and with `roles` where it has them."""
    settings: dict[str, Any] = recipe.settings.model_dump()
    for key, value in which.settings.items():
        section, name = key.split(".")
        settings[section][name] = value
    ours = {role: where for role, where in roles.items() if role in recipe.roles}
    changed = {"roles": {**recipe.roles, **ours}, "settings": RecipeSettings.model_validate(settings)}
    return recipe.model_copy(update=changed)


def serving_lines(which: LineUp) -> tuple[str, ...]:
    """Return the commands that install and serve what the roles need, and name it as engines.

    Each model has a port of its own; GPUs are counted for cards of `GIB_OF_GPU` GiB and weights of 16 bit.
    """
    lines: list[str] = []
    if any(one.kind == "chat" and one.hub for one in which.models):
        lines.append("pip install 'lemma-studio[vllm]'")
    port = _FIRST_PORT
    for one in which.models:
        if one.kind == "service":
            lines.append("lemma engines add openai --url https://api.openai.com/v1 --set api_key_env=OPENAI_API_KEY")
        elif one.kind == "chat" and one.hub:
            words = [f"vllm serve {one.hub}", f"--port {port}"]
            words += [f"--tensor-parallel-size {gpus(one)}"] if gpus(one) > 1 else []
            lines.append(" ".join((*words, *([one.words] if one.words else []))))
            lines.append(f"lemma engines add {one.key} --url http://127.0.0.1:{port}/v1")
            port += 1
    return tuple(dict.fromkeys(lines))


def gpus(model: PublishedModel) -> int:
    """Return how many GPUs of `GIB_OF_GPU` GiB hold the weights in 16 bit with room for contexts; a power of two."""
    needed = model.billions * 2e9 / 2**30
    count = 1
    while needed > count * GIB_OF_GPU * _ROOM:
        count *= 2
    return count


def remarks(which: LineUp, found: Mapped) -> tuple[str, ...]:
    """Return a sentence for each model that nobody here lists, and for each role that the paper leaves open."""
    wanted: dict[str, list[PublishedRole]] = {}
    for one in found.missing:
        if one.model:
            wanted.setdefault(one.model.key, []).append(one)
    said = []
    for roles in wanted.values():
        model = roles[0].model
        names = ", ".join(role_name(one.role) for one in roles)
        note = f" {model.note}" if model and model.note else ""
        said.append(f"{names}: no engine here lists {model.printed if model else ''}.{note}")
    return (*said, *(f"{role_name(one.role)}: {one.source}; it stays as it is." for one in found.unnamed))


def _lineup(name: str, said: Mapping[str, Any], models: Mapping[str, PublishedModel]) -> LineUp:
    roles = tuple(
        PublishedRole(
            row["role"], models[row["model"]] if "model" in row else None, row["source"], row.get("grade", "S")
        )
        for row in said["roles"]
    )
    beside = tuple(
        PublishedUse(row["task"], models[row["model"]], row["source"], row["way"]) for row in said.get("beside", ())
    )
    rest = {key: value for key, value in said.items() if key not in ("roles", "beside")}
    return LineUp(name, roles=roles, beside=beside, **rest)


def _where(model: PublishedModel, offers: Iterable[OfferedModel]) -> str:
    if not model.asked:
        return ""
    return next((one.where for one in offers if any(model.is_called(name) for name in one.names)), "")


def _plain(name: str) -> str:
    """Return a name without owner or folder, in small letters: Qwen/Qwen2.5-7B and qwen2.5:7b are one."""
    return re.sub(r"[^a-z0-9.]+", "-", name.rstrip("/").rpartition("/")[2].lower())


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{name} = {_toml(each)}' for name, each in value.items())} }}"
    return str(value)
