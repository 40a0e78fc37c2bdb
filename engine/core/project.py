"""Where a project keeps its things, and which engines it knows.

DIR/
├── project.duckdb       the store; one process at a time
├── engines.toml         named endpoints, and who speaks for which role; keys stay in the environment or outside
├── servers/<engine>/    state and log of the servers that were started here
├── runs/<id>/           one directory per run
├── aside/               rows of imports that were refused, with reasons
└── exports/
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError, field_validator

from engine.core import permission, store_file, toml
from engine.core.errors import BadSetting, UserError
from engine.core.settings import Settings, chosen, explain

DEFAULT = Path("data/workspace/default")
SERVER_STATE = "server.json"
"""File of a server's folder that says where it listens."""


class EngineSpec(Settings):
    """A named engine."""

    kind: Literal["abacus", "openai_compatible", "managed", "reward_model"] = "openai_compatible"
    """`abacus` is embedded, `managed` is a server that the studio starts itself, `reward_model` a local model in the
    worker itself that scores solutions; the rest is an address."""
    base_url: str = ""
    """Address up to and including /v1."""
    api_key_env: str = ""
    """Environment variable that holds the key; the key itself is never stored."""
    api_key_file: str = ""
    """File that holds the key, outside the project."""
    usd_per_million_in: float = chosen(0.0, ge=0)
    """Price of a million prompt tokens."""
    usd_per_million_out: float = chosen(0.0, ge=0)
    """Price of a million reply tokens."""
    usd_per_hour: float = chosen(0.0, ge=0)
    """Price of the engine's hardware per hour, for engines that are rented by time."""
    model: str = ""
    """Folder, hub id or GGUF file of the model that a managed server serves."""
    served_name: str = ""
    """Name under which a managed server serves its model; the engine's name where empty."""
    server: Literal["vllm", "transformers", "llamacpp"] = "vllm"
    """`vllm` is for GPUs; `llamacpp` serves a GGUF file, on a processor too; `transformers` is our own small server for
    folders of weights where vLLM does not install."""
    python: str = ""
    """Interpreter that has the server installed; the studio's own where empty."""
    tensor_parallel: int = chosen(1, ge=1, le=64)
    """GPUs that share one copy of the model."""
    data_parallel: int = chosen(1, ge=1, le=64)
    """Copies of the model."""
    dtype: str = chosen("auto")
    """Number format of the weights: auto, bfloat16, float16 or float32."""
    quantization: str = chosen("")
    """Quantisation of the weights, such as awq, gptq or fp8; none where empty."""
    max_model_len: int = chosen(0, ge=0, le=10_000_000)
    """Longest context in tokens, for `llamacpp` of each slot; that of the model where 0, but for `llamacpp` at most
    8,192."""
    max_num_seqs: int = chosen(0, ge=0, le=65_536)
    """Replies that are written at the same time at most, the slots of `llamacpp`; the server's own choice where 0."""
    gpu_memory_utilization: float = chosen(0.9, gt=0, le=1)
    """Share of each GPU's memory that a managed server may take."""
    threads: int = chosen(0, ge=0, le=1024)
    """Threads that compute, for `llamacpp`; where 0, one for each core that is free when it starts."""
    gpu_layers: int = chosen(-1, ge=-1, le=10_000)
    """Layers that `llamacpp` puts on a GPU where there is one; as many as fit where -1, none where 0."""
    chat_template: str = chosen("")
    """How `llamacpp` writes a conversation: `chatml`, `plain` or a file with a Jinja template; where empty, as the
    model's file says, and `plain` where it says nothing, as base models do."""
    prefix_caching: bool = chosen(True)
    """Keep what prompts have in common, so that it is read once."""
    port: int = chosen(0, ge=0, le=65_535)
    """Port of a managed server; a free one where 0."""
    lora: tuple[str, ...] = chosen(())
    """Adapters as NAME=FOLDER; each is a model of its own name. Only vLLM serves them."""
    extra_args: tuple[str, ...] = chosen(())
    """More words for the server's command line."""
    env: tuple[str, ...] = chosen(())
    """Environment of the server as NAME=VALUE; no keys."""
    trust_remote_code: bool = chosen(False)
    """Run the Python code that lies in a reward model's folder, as InternLM2-Reward needs. It runs with all your
    rights: read it first, and take the folder from a source that you trust."""
    on_demand: bool = chosen(False)
    """Start the server with a run that needs it, and stop it with that run."""
    state_file: str = ""
    """File that tells where a managed server listens; written by the studio."""

    @field_validator("lora", "extra_args", "env", mode="before")
    @classmethod
    def _words(cls, said: object) -> object:
        """Take a line as a shell would, so that it can be typed into one field."""
        return tuple(shlex.split(said)) if isinstance(said, str) else said

    @field_validator("lora", "env")
    @classmethod
    def _pairs(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        bad = [word for word in words if word.find("=") < 1]
        if bad:
            raise ValueError(f"{bad[0]!r} is not NAME=VALUE")
        return words

    @property
    def adapters(self) -> dict[str, str]:
        """Folders of the adapters by name."""
        return {name: folder for name, _, folder in (word.partition("=") for word in self.lora)}

    @property
    def environment(self) -> dict[str, str]:
        """What the environment of the server gets."""
        return {name: value for name, _, value in (word.partition("=") for word in self.env)}

    @property
    def gpus(self) -> int:
        """GPUs that the engine keeps busy: those of a managed server, one where it is rented by the hour."""
        if self.kind == "managed" and self.server == "vllm":
            return self.tensor_parallel * self.data_parallel
        return int(self.usd_per_hour > 0)


@dataclass(frozen=True, slots=True)
class Project:
    """The paths of one project."""

    root: Path

    @property
    def database(self) -> Path:
        """The DuckDB file."""
        return self.root / store_file.NAME

    @property
    def runs(self) -> Path:
        """Folder of run directories."""
        return self.root / "runs"

    @property
    def aside(self) -> Path:
        """Folder of refused rows."""
        return self.root / "aside"

    @property
    def backups(self) -> Path:
        """Folder of the copies of the database."""
        return self.root / "backups"

    @property
    def exports(self) -> Path:
        """Default folder of exports."""
        return self.root / "exports"

    @property
    def servers(self) -> Path:
        """Folder of the servers that the studio started."""
        return self.root / "servers"

    @property
    def engines_file(self) -> Path:
        """The named engines."""
        return self.root / store_file.ENGINES

    @property
    def speeds_file(self) -> Path:
        """How fast the engines were when they were measured."""
        return self.root / "speeds.json"

    @property
    def exists(self) -> bool:
        """Whether `lemma init` has been here."""
        return self.engines_file.exists()


def find(given: str | Path | None = None) -> Project:
    """Return the project at `given`, else `$LEMMA_PROJECT`, else data/workspace/default; it must exist."""
    root = Path(given or os.environ.get("LEMMA_PROJECT") or DEFAULT).expanduser()
    project = Project(root)
    if not project.exists:
        raise UserError("is not a Lemma project.", where=str(root), do=f"Make one with: lemma init {root}")
    return project


def create(root: Path) -> Project:
    """Make the folders of a project; a folder that already is one is left as it is."""
    project = Project(root)
    for folder in (project.runs, project.aside, project.exports):
        folder.mkdir(parents=True, exist_ok=True)
    if not project.exists:
        store_file.mark_new(root)
        save_engines(project, {"abacus": EngineSpec(kind="abacus")})
    return project


def engines(project: Project) -> dict[str, EngineSpec]:
    """Return the named engines; BadInput names file, engine and key of a bad entry."""
    try:
        named = {name: EngineSpec.model_validate(entry) for name, entry in _table(project).get("engines", {}).items()}
    except ValidationError as error:
        raise explain(error, where=str(project.engines_file)) from error
    return {"abacus": EngineSpec(kind="abacus")} | {name: _located(project, name, spec) for name, spec in named.items()}


def save_engines(project: Project, named: Mapping[str, EngineSpec]) -> None:
    """Write the named engines, whole or not at all; the roles stay. BadSetting where an address holds a password."""
    permission.require("engines", "Editing engines")
    for name, spec in named.items():
        refuse_credentials(name, spec.base_url)
    _write(project, named, roles(project) if project.exists else {})


def refuse_credentials(name: str, url: str) -> None:
    """Raise BadSetting where an address holds a key or password, which would be stored with it; it is not shown."""
    beyond = url.partition("://")[2] or url
    if "@" in beyond.partition("/")[0] or "?" in beyond:
        raise BadSetting(
            "base_url must not hold a key or password.", where=f"engine {name}", do="Use api_key_env or api_key_file."
        )


def roles(project: Project) -> dict[str, str]:
    """Return which model speaks for a role unless a run says otherwise: role to ENGINE:MODEL."""
    return {str(role): str(where) for role, where in _table(project).get("roles", {}).items()}


def save_roles(project: Project, mapped: Mapping[str, str]) -> None:
    """Write who speaks for which role; roles without a model are left to the recipes."""
    permission.require("engines", "Giving roles to models")
    _write(project, engines(project), {role: where for role, where in mapped.items() if where})


def _table(project: Project) -> dict[str, Any]:
    return toml.read(project.engines_file)


def _write(project: Project, named: Mapping[str, EngineSpec], mapped: Mapping[str, str]) -> None:
    said = {
        name: spec.model_dump(exclude_defaults=True, exclude={"state_file"}) | {"kind": spec.kind}
        for name, spec in named.items()
    }
    body = {"engines": said} | ({"roles": dict(mapped)} if mapped else {})
    toml.write(project.engines_file, body)


def _located(project: Project, name: str, spec: EngineSpec) -> EngineSpec:
    """Say where the server of a managed engine leaves its address; the others have one already."""
    if spec.kind != "managed":
        return spec
    return spec.model_copy(update={"state_file": str((project.servers / name / SERVER_STATE).resolve())})
