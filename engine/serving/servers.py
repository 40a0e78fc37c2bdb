"""Servers as processes of their own: started detached, found again by their state file, stopped as a group.

PROJECT/servers/<name>/
├── server.json   pid, start time, port, model, command
└── server.log    everything that it says
"""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import orjson
import psutil

from engine.errors import BadSetting, UserError
from engine.plans import write_atomically
from engine.project import EngineSpec
from engine.serving import command as commands
from engine.serving import failures

STATE, LOG = "server.json", "server.log"
GRACE_S = 20.0
"""How long a server may take to end by itself."""
READY_S = 1800.0
"""How long a server may take to load its model."""
_LOOK_S = 0.5
_TAIL = 1 << 15
Word = Literal["starting", "ready", "dead"]
_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}
"""Servers that this process started: polled, so that they do not stay zombies."""


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

    `folder` is that of the project's servers. BadSetting where the engine names no model.
    """
    running = find(folder, name)
    if running is not None:
        return running
    if not spec.model:
        raise BadSetting("names no model to serve.", where=f"engine {name}", do="Set model to a folder or a hub id.")
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    port = _port(spec, place)
    served = spec.served_name or name
    words = commands.command(spec, served, port)
    with (place / LOG).open("wb") as sink:
        try:
            child = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True,
                env=commands.environment(),
            )  # fmt: skip
        except OSError as error:
            reason = error.strerror or str(error)
            raise BadSetting(f"{words[0]} cannot be run: {reason}.", where=f"engine {name}, python") from error
    _CHILDREN[child.pid] = child
    born = psutil.Process(child.pid).create_time()
    made = Server(name, child.pid, born, port, served, spec.model, str(place.resolve()), tuple(words))
    write_atomically(place / STATE, orjson.dumps(asdict(made)))
    return made


def find(folder: Path, name: str) -> Server | None:
    """Return the server of an engine where it lives, started by whomever; None where it does not."""
    server = _read(folder / name / STATE)
    return server if server and _lives(server) else None


def health(server: Server) -> Health:
    """Say how a server is, from its process and its health page."""
    if not _lives(server):
        return Health("dead", *failures.explained(log_tail(server)))
    try:
        with urllib.request.urlopen(f"http://{commands.HOST}:{server.port}/health", timeout=2) as answer:
            return Health("ready" if answer.status == 200 else "starting")
    except (urllib.error.URLError, OSError):
        return Health("starting")


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
    group = _group(server)
    for number, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, 5.0)):
        if not group:
            break
        _signal(server, group, number)
        _, group = psutil.wait_procs(group, timeout=patience)
    _reap()
    (Path(server.folder) / STATE).unlink(missing_ok=True)


def log_tail(server: Server, lines: int = 40) -> str:
    """Return the last lines of a server's log."""
    try:
        with server.log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


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


def _read(path: Path) -> Server | None:
    try:
        said = orjson.loads(path.read_bytes())
        return Server(**{**said, "command": tuple(said["command"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _lives(server: Server) -> bool:
    _reap()
    try:
        process = psutil.Process(server.pid)
        same = abs(process.create_time() - server.started) < 1
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _reap() -> None:
    for pid, child in list(_CHILDREN.items()):
        if child.poll() is not None:
            del _CHILDREN[pid]


def _group(server: Server) -> list[psutil.Process]:
    """Return the living processes of a server: its session, and what may have left it."""
    if not _lives(server):
        return []
    leader = psutil.Process(server.pid)
    return [leader, *leader.children(recursive=True)]


def _signal(server: Server, group: list[psutil.Process], number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(server.pid, number)
    if number == signal.SIGKILL:
        for process in group:
            if process.is_running():
                process.kill()


def _port(spec: EngineSpec, place: Path) -> int:
    """Return the port to listen on: the one that is set, else that of last time where it is free, else a free one."""
    wanted = spec.port or _last_port(place)
    if wanted and _free(wanted):
        return wanted
    if spec.port:
        raise BadSetting(
            f"port {spec.port} is taken.", where=f"engine {place.name}", do="Set port to 0 for a free one."
        )
    with socket.socket() as probe:
        probe.bind((commands.HOST, 0))
        chosen = int(probe.getsockname()[1])
    (place / "port").write_text(str(chosen), encoding="ascii")
    return chosen


def _last_port(place: Path) -> int:
    try:
        return int((place / "port").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((commands.HOST, port))
        except OSError:
            return False
        return True
