"""`lemma engines ...`: the engines of a project, and the servers that the studio runs for it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from engine.core import wording
from engine.core.errors import BadInput, BadSetting, UserError
from engine.core.project import EngineSpec, Project, engines, find, save_engines
from engine.core.protocol import Probe
from engine.core.settings import explain
from engine.generation import recipes
from engine.models import gguf, measured_speed, registry, serving
from engine.models import probe as measuring
from studio.cli.consent import require_known_key
from studio.cli.console import Console
from studio.cli.lineups import lineup
from studio.cli.options import JsonOption, ProjectOption, pairs

_PATIENCE_S = 3.0
"""Seconds after which a probe that still waits says for what."""
Name = Annotated[str, typer.Argument(metavar="NAME", help="The engine's name.")]
Change = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting; may be repeated.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    group = typer.Typer(help="Engines: name them, find them, start and stop servers.", no_args_is_help=True)
    for name, command in (
        ("list", listed), ("add", add), ("remove", remove), ("discover", discover), ("files", files), ("probe", probe),
        ("start", start), ("stop", stop), ("log", log), ("lineup", lineup),
    ):  # fmt: skip
        group.command(name)(command)
    app.add_typer(group, name="engines")


def listed(project: ProjectOption = None, json: JsonOption = False) -> None:
    """List the engines; of a managed one, whether its server runs."""
    home = find(project)
    rows = [_values(home, name, spec) for name, spec in engines(home).items()]
    lines = ["{name:16} {kind:18} {where}".format(**row) for row in rows]
    Console(json).result({"engines": rows}, "\n".join(lines))


def add(
    name: Name,
    url: Annotated[str, typer.Option("--url", help="Address up to and including /v1.")] = "",
    model: Annotated[str, typer.Option("--model", help="Folder or hub id that the studio shall serve itself.")] = "",
    file: Annotated[str, typer.Option("--gguf", help="Model file that the studio shall serve with llama.cpp.")] = "",
    change: Change = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Read a key file wherever it lies.")] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Name an engine: an address, or a model that the studio serves. The same name again replaces it.

    `--gguf FILE` needs the extra local. Slots and the context of each are `--set max_num_seqs=4` and
    `--set max_model_len=8192`; `threads`, `gpu_layers` and `chat_template` are set in the same way.
    `--set kind=reward_model` names an engine for reward models, which are folders: NAME:FOLDER. One that brings code of
    its own, as InternLM2-Reward does, needs `--set trust_remote_code=true`: its code runs with all your rights.
    `--set api_key_file=FILE` names a file that holds the key; one outside of your configuration folder and of the
    project is asked about.
    """
    home = find(project)
    said: dict[str, Any] = {key: recipes.value(text) for key, text in pairs(change or [], "KEY=VALUE").items()}
    if model.lower().endswith(".gguf"):
        file, model = file or model, ""
    if file:
        _add_file(home, name, file, said, Console(json), alone=not (url or model))
        return
    # A folder is meant as seen from here; the server may be started from anywhere.
    there = Path(model).expanduser()
    place = str(there.resolve()) if model and there.is_dir() else model
    scores = said.get("kind") == "reward_model"
    said |= {"kind": "managed", "model": place} if model else {"base_url": url}
    try:
        spec = EngineSpec.model_validate(said)
    except ValidationError as error:
        raise explain(error, where=f"engine {name}") from error
    serving.refuse_elsewhere(name, spec)
    require_known_key(home, name, spec, anyway=anyway)
    if not (model or url or scores):
        raise BadSetting("has neither an address nor a model.", where=f"engine {name}", do="Give --url or --model.")
    if scores and (model or url):
        raise BadSetting(
            "takes its models by role.", where=f"engine {name}", do=f"Use it as --engine reward={name}:FOLDER."
        )
    save_engines(home, {**engines(home), name: spec})
    Console(json).result(
        _values(home, name, spec), f"{name} is saved; use it as {name}:{'FOLDER' if scores else 'MODEL'}"
    )


def _add_file(home: Project, name: str, file: str, said: dict[str, Any], console: Console, *, alone: bool) -> None:
    """Save an engine that serves a model file, and say what lies in it and what it takes."""
    if not alone:
        raise BadSetting("has a file and another place.", where=f"engine {name}", do="Give --gguf alone.")
    found = gguf.servable(file)
    try:
        spec = gguf.engine_of(found, said)
    except ValidationError as error:
        raise explain(error, where=f"engine {name}") from error
    serving.refuse_elsewhere(name, spec)
    save_engines(home, {**engines(home), name: spec})
    _say_memory(spec, console)
    values = _values(home, name, spec) | {"engine": name, "model": spec.model, **_of_file(found)}
    use = f"start it with: lemma engines start {name}; use it as {name}:{spec.served_name or name}"
    console.result(values, f"{name} is saved: {', '.join(found.facts)}; {use}")


def _of_file(found: gguf.ModelFile) -> dict[str, Any]:
    header = found.header
    return {
        "architecture": header.architecture, "parameters": header.parameters, "quantization": header.quantization,
        "bytes": header.size, "context": header.context, "chat_template": bool(header.template),
    }  # fmt: skip


def files(project: ProjectOption = None, json: JsonOption = False) -> None:
    """List the GGUF files in the folders of Ollama, LM Studio, the Hugging Face cache and llama.cpp."""
    if project:
        find(project)  # The folders are those of this machine; a project that is none is still wrong.
    found = gguf.found()
    rows = [
        {"owner": one.owner, "name": one.name, "path": str(one.path), "fault": one.fault}
        | (_of_file(one.file) if one.file else {})
        for one in found
    ]
    lines = [
        f"{one.owner}: {one.name}: {', '.join(one.file.facts) if one.file else one.fault}\n  {one.path}"
        for one in found
    ]
    none = "No model files are in the folders of Ollama, LM Studio, the Hugging Face cache or llama.cpp."
    Console(json).result({"files": rows}, "\n".join(lines) or none)


def remove(name: Name, project: ProjectOption = None, json: JsonOption = False) -> None:
    """Forget an engine; its server is stopped."""
    home = find(project)
    _spec(home, name)
    if server := serving.last(home.servers, name):
        serving.stop(server)
    save_engines(home, {key: spec for key, spec in engines(home).items() if key != name})
    Console(json).result({"name": name, "removed": True}, f"{name} is forgotten")


def discover(
    save: Annotated[bool, typer.Option("--save", help="Add what answers to the project's engines.")] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Look for servers on the usual ports of this machine."""
    found = serving.discover()
    if save and found:
        home = find(project)
        known = engines(home)
        save_engines(home, {**{one.name: one.spec for one in found if one.name not in known}, **known})
    rows = [{"name": one.name, "base_url": one.base_url, "models": list(one.models)} for one in found]
    lines = [f"{one.name:12} {one.base_url:32} {', '.join(one.models)}" for one in found]
    Console(json).result({"found": rows}, "\n".join(lines) or "Nothing answers on the usual ports.")


def probe(
    name: Name,
    model: Annotated[str, typer.Option("--model", help="Which of its models; the first by default.")] = "",
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Ask an engine what it is and whether it takes what a run sends: models, context, speed, schemas."""
    home, console = find(project), Console(json)
    spec = serving.resolved(home.servers, {name: _spec(home, name)})[name]
    chosen, found = asyncio.run(_probed(name, spec, model, console))
    values = {key: getattr(found, key) for key in Probe.__dataclass_fields__}
    if not found.ok:
        raise UserError(found.detail, where=f"engine {name}")
    measured_speed.keep(home, name, _spec(home, name), chosen, found)
    facts = [f"models: {', '.join(found.models) or 'not listed'}"]
    each = f" in each of {found.slots} slots" if found.slots else ""
    facts += [f"context: {found.context_length:,} tokens{each}"] if found.context_length else []
    if found.tokens_per_second:
        rate = wording.speed(found.tokens_per_second)
        facts.append(f"speed: {rate} tokens a second, {measuring.SAMPLE} replies at once")
    facts += [f"schemas: {_said(found, measuring.SCHEMAS, found.structured, 'enforced', 'not enforced')}"]
    facts += [f"log-probabilities: {_said(found, measuring.LOGPROBS, found.logprobs, 'there', 'not there')}"]
    facts += [f"learnt: {found.learnt}"] if found.learnt else []
    console.result(values, "\n".join([found.detail, *facts]))


def _said(found: Probe, name: str, there: bool, yes: str, no: str) -> str:
    return "not known, it was too slow to tell" if name in found.unmeasured else yes if there else no


async def _probed(name: str, spec: EngineSpec, model: str, console: Console) -> tuple[str, Probe]:
    backend = registry.make(name, spec)
    at = [0]
    waiting = asyncio.create_task(_say_waiting(name, at, console))
    try:
        chosen = model or next(iter((await backend.probe("")).models), "")
        return chosen, await measuring.measure(backend, chosen, lambda step: at.__setitem__(0, step))
    finally:
        waiting.cancel()
        await backend.aclose()


async def _say_waiting(name: str, at: list[int], console: Console) -> None:
    """Tell every few seconds what a slow engine is being asked."""
    began = time.monotonic()
    while True:
        await asyncio.sleep(_PATIENCE_S)
        step = f"step {at[0] + 1} of {len(measuring.STEPS)}: {measuring.STEPS[at[0]]}"
        passed = time.monotonic() - began
        console.say(f"{name}: {step} ({passed:.0f} s so far, {measuring.LONGEST_S:.0f} s at most)")


def start(
    name: Name,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until it answers.")] = True,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Start the server of a managed engine; it outlives this command."""
    home, console = find(project), Console(json)
    spec = _managed(home, name)
    _say_memory(spec, console)
    server = serving.start(home.servers, name, spec)
    if serving.outdated(server, spec):
        console.say(f"{name} runs with earlier settings; stop and start it to use those of now.")
    if wait:
        with console.progress(f"{name} loads") as advance:
            try:
                serving.wait_ready(server, on_wait=lambda passed: advance(int(passed), None, "seconds"))
            except UserError:
                serving.stop(server)
                raise
    console.result(_values(home, name, spec), f"{name} listens at {server.base_url}, pid {server.pid}")


def stop(name: Name, project: ProjectOption = None, json: JsonOption = False) -> None:
    """Stop the server of a managed engine with everything that it started."""
    home = find(project)
    spec = _managed(home, name)
    server = serving.last(home.servers, name)
    if server is None:
        raise UserError("does not run.", where=f"engine {name}", do="There is nothing to stop.")
    serving.stop(server)
    Console(json).result(_values(home, name, spec), f"{name} is stopped")


def log(
    name: Name,
    lines: Annotated[int, typer.Option(min=1, help="How many lines.")] = 40,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Show the last lines that a server wrote."""
    home = find(project)
    text = serving.log_of(home.servers, name, lines)
    if not text:
        raise UserError("has no log.", where=f"engine {name}", do=f"Start it with: lemma engines start {name}")
    Console(json).result({"name": name, "log": text}, text)


def _spec(home: Project, name: str) -> EngineSpec:
    known = engines(home)
    if name not in known:
        raise BadSetting(f"{name!r} is not a known engine; known: {', '.join(sorted(known))}.", where=str(home.root))
    return known[name]


def _managed(home: Project, name: str) -> EngineSpec:
    spec = _spec(home, name)
    if spec.kind != "managed":
        raise BadSetting("is no server of the studio.", where=f"engine {name}", do="Only managed engines are started.")
    return spec


def _say_memory(spec: EngineSpec, console: Console) -> None:
    try:
        need = serving.estimate(spec)
    except (BadInput, KeyError):
        return
    console.say(f"Needs {need.sentence}.")


def _trusted(spec: EngineSpec) -> str:
    return "folders, code in them is trusted" if spec.trust_remote_code else "folders, without code of their own"


def _values(home: Project, name: str, spec: EngineSpec) -> dict[str, Any]:
    server = serving.find(home.servers, name) if spec.kind == "managed" else None
    state = serving.health(server).word if server else "stopped"
    where = {"abacus": "embedded", "openai_compatible": spec.base_url, "reward_model": _trusted(spec)}.get(
        spec.kind, f"{spec.model} · {state}"
    )
    values: dict[str, Any] = {"name": name, "kind": spec.kind, "where": where}
    if spec.kind == "managed":
        values |= {"state": state, "pid": server.pid if server else None}
        values |= {"base_url": server.base_url if server else None, "served": server.served if server else None}
    return values
