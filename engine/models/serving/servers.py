"""Servers as processes of their own: started detached, found again by their state file, stopped as a group.

PROJECT/servers/<name>/
├── server.json   pid, start time, port, model, command
├── port          the port of last time, so that addresses last
├── lock          held while one is started, so that two clicks make one server
├── uptime.jsonl  when it began and ended, and what an hour of it costs
└── server.log    everything that it says
"""

from __future__ import annotations

import importlib.util
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import orjson

from engine.core import permission
from engine.core.errors import BadSetting, UserError
from engine.core.files import locked, tail, write_atomically
from engine.core.project import SERVER_STATE, EngineSpec
from engine.models.serving import command as commands
from engine.models.serving import failures, fitness, http_get, loopback, ports, process_group, uptime
from engine.runs.process import Process, reap, spawn_detached

STATE, LOG = SERVER_STATE, "server.log"
GRACE_S = 20.0
"""How long a server may take to end by itself."""
READY_S = 1800.0
"""How long a server may take to load its model."""
_LOOK_S = 0.5
_WORDS = 400
"""Lines at the end of a log that are searched for the reason of a death: a trace repeats itself in every process."""
_LOADING = "Loading model"
"""What llama.cpp answers until its model is loaded."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
Word = Literal["starting", "ready", "dead"]


@dataclass(frozen=True, slots=True)
class Server:
    """A server that was started; whether it still lives is another question."""

    name: str
    pid: int
    started: float
    """Start time of the process, so that a pid that was given anew is not mistaken for it."""
    port: int
    served: str
    """Name of the model in requests."""
    model: str
    folder: str
    command: tuple[str, ...]
    mark: str = ""
    """What the kernel calls the process, which no change of the clock alters; '' where it has no such name."""

    @property
    def process(self) -> Process:
        """The process that was started; the others of the server are its session."""
        return Process(self.pid, self.started, self.mark)

    @property
    def base_url(self) -> str:
        """Address up to and including /v1."""
        return f"http://{commands.HOST}:{self.port}/v1"

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return Path(self.folder) / LOG


@dataclass(frozen=True, slots=True)
class Health:
    """How a server is; `reason` says why it is dead and `do` what to do about it."""

    word: Word
    reason: str = ""
    do: str = ""


def start(folder: Path, name: str, spec: EngineSpec) -> Server:
    """Start the managed server of an engine, or return the one that runs already.

    `folder` is that of the project's servers. BadSetting where the engine names no model, BadInput where its file
    cannot be served.
    """
    permission.require("engines", "Starting a server")
    if not spec.model:
        raise BadSetting("names no model to serve.", where=f"engine {name}", do="Set model to a folder or a hub id.")
    loopback.refuse_elsewhere(name, spec)
    with _only_one(_place(folder, name)) as place:
        running = find(folder, name)
        if running is not None:
            return running
        fitness.check(name, spec)
        before = last(folder, name)
        if before is not None:
            # What a killed server left behind still holds memory.
            process_group.end(before.process, GRACE_S)
            uptime.ended(place, before.pid, uptime.last_word(place / LOG))
        return _started(place, name, spec)


def find(folder: Path, name: str) -> Server | None:
    """Return the server of an engine where it lives, started by whomever; None where it does not."""
    server = last(folder, name)
    return server if server and _lives(server) else None


def last(folder: Path, name: str) -> Server | None:
    """Return the server of an engine that was started last and not stopped, dead or alive; None where there is none."""
    return _read(_place(folder, name) / STATE)


def health(server: Server) -> Health:
    """Say how a server is, from its process and its health page."""
    if _lives(server):
        page = http_get.get(f"http://{commands.HOST}:{server.port}/health", timeout=2)
        if page is None or page.status < 500:
            return Health("ready" if page and page.status == 200 else "starting")
        if page.status == 503 and _LOADING in page.text:
            return Health("starting")
        # The page answers, but the engine behind it has ended.
    return Health("dead", *failures.explained(log_tail(server, _WORDS)))


def wait_ready(server: Server, timeout: float = READY_S, on_wait: Callable[[float], None] | None = None) -> None:
    """Wait until a server answers; UserError says why it died, or that it took too long.

    `on_wait` is called with the seconds that have passed, twice a second; what it raises ends the waiting.
    """
    began = time.monotonic()
    while True:
        now = health(server)
        passed = time.monotonic() - began
        if now.word == "ready":
            return
        if now.word == "dead":
            raise UserError(f"could not start: {now.reason}.", where=f"engine {server.name}", do=now.do)
        if passed > timeout:
            raise UserError(f"is not ready after {timeout:.0f} s.", where=f"engine {server.name}", do="See its log.")
        if on_wait:
            on_wait(passed)
        time.sleep(_LOOK_S)


def stop(server: Server, grace: float = GRACE_S) -> None:
    """End a server with everything that it started; what does not end by itself is killed."""
    permission.require("engines", "Stopping a server")
    alive = server.process.alive
    process_group.end(server.process, grace)
    reap()
    uptime.ended(Path(server.folder), server.pid, time.time() if alive else uptime.last_word(server.log))
    (Path(server.folder) / STATE).unlink(missing_ok=True)


def outdated(server: Server, spec: EngineSpec) -> bool:
    """Whether a server was started with other settings than its engine has now."""
    return server.command != tuple(_words(spec, server.name, server.port))


def log_tail(server: Server, lines: int = 40) -> str:
    """Return the last lines of a server's log."""
    return "\n".join(tail(server.log, lines))


def log_of(folder: Path, name: str, lines: int = 40) -> str:
    """Return the last lines of the log of an engine's last server, which outlives it; '' where there was none."""
    return "\n".join(tail(_place(folder, name) / LOG, lines))


def resolved(folder: Path, named: Mapping[str, EngineSpec]) -> dict[str, EngineSpec]:
    """Return the engines with the state file of those that are managed, as plans keep them."""
    return {
        name: spec.model_copy(update={"state_file": str((folder / name / STATE).resolve())})
        if spec.kind == "managed" and not spec.state_file
        else spec
        for name, spec in named.items()
    }


def address(name: str, spec: EngineSpec) -> str:
    """Return where a managed engine listens now; BadSetting where it does not run."""
    server = _read(Path(spec.state_file)) if spec.state_file else None
    if server is None or not _lives(server):
        raise BadSetting("does not run.", where=f"engine {name}", do=f"Start it with: lemma engines start {name}")
    return server.base_url


@contextmanager
def on_demand(named: Mapping[str, EngineSpec], on_wait: Callable[[float], None] | None = None) -> Iterator[None]:
    """Run the servers that are wanted for the time of one run; one that an earlier start of it left is taken over."""
    wanted = {name: spec for name, spec in named.items() if spec.kind == "managed" and spec.on_demand}
    running: list[Server] = []
    try:
        for name, spec in wanted.items():
            running.append(start(Path(spec.state_file).parent.parent, name, spec))
        for server in running:
            wait_ready(server, on_wait=on_wait)
        yield
    finally:
        for server in running:
            stop(server)


def for_one_run(folder: Path, name: str, model: str | Path, **more: object) -> EngineSpec:
    """Return the engine that serves `model` under `name` for the time of one run.

    vLLM serves it where it is installed, our own small server elsewhere; `more` are other settings of the engine.
    """
    server = "vllm" if importlib.util.find_spec("vllm") else "transformers"
    said = {"kind": "managed", "model": str(model), "server": server, "on_demand": True, **more}
    return resolved(folder, {name: EngineSpec.model_validate(said)})[name]


def _started(place: Path, name: str, spec: EngineSpec) -> Server:
    port, served = ports.choose(place, spec.port), spec.served_name or name
    words = _words(spec, name, port)
    with (place / LOG).open("wb") as sink:
        try:
            process = spawn_detached(words, sink, commands.environment(spec))
        except OSError as error:
            reason = error.strerror or str(error)
            raise BadSetting(f"{words[0]} cannot be run: {reason}.", where=f"engine {name}, python") from error
    made = Server(
        name, process.pid, process.started, port, served, spec.model,
        str(place.resolve()), tuple(words), process.kernel_id,
    )  # fmt: skip
    try:
        write_atomically(place / STATE, orjson.dumps(asdict(made)))
    except OSError as error:
        # A server that nobody can find again would keep its memory for ever.
        process_group.end(process, 0.0)
        raise UserError(f"cannot be written: {error.strerror or error}.", where=str(place / STATE)) from error
    uptime.began(place, made.pid, spec)
    return made


def _words(spec: EngineSpec, name: str, port: int) -> list[str]:
    return commands.command(spec, spec.served_name or name, port, gpu=commands.has_gpu())


def _place(folder: Path, name: str) -> Path:
    """Return the folder of a server; BadSetting where its name could lead elsewhere."""
    if not _NAME.fullmatch(name):
        raise BadSetting(
            "cannot name a server.", where=f"engine {name!r}", do="Use letters, digits, dots, dashes and underscores."
        )
    return folder / name


@contextmanager
def _only_one(place: Path) -> Iterator[Path]:
    """Make the folder of a server and keep everybody else from starting one there."""
    place.mkdir(parents=True, exist_ok=True)
    with locked(place / "lock"):
        yield place


def _read(path: Path) -> Server | None:
    try:
        said = orjson.loads(path.read_bytes())
        return Server(**{**said, "command": tuple(said["command"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _lives(server: Server) -> bool:
    reap()
    return server.process.alive
