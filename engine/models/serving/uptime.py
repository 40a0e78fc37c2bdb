"""How long servers were up, and what an hour of them costs: a rented GPU costs while nobody asks, too (CL app. L).

PROJECT/servers/<name>/uptime.jsonl has a line for each start and each end. A server whose end nobody saw is taken to
have lived until the last word in its log, which is the least that is certain.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from engine.core.files import whole_lines
from engine.core.project import EngineSpec

FILE, LOG = "uptime.jsonl", "server.log"


@dataclass(frozen=True, slots=True)
class ServerUptime:
    """One life of a server, from `began` to `ended` (Unix time), on so many GPUs at so many dollars an hour."""

    name: str
    began: float
    ended: float
    gpus: int
    usd_per_hour: float
    on_demand: bool
    """Whether it was started for one run, whose own time it is."""

    @property
    def seconds(self) -> float:
        """How long it was up."""
        return max(0.0, self.ended - self.began)


def began(place: Path, pid: int, spec: EngineSpec) -> None:
    """Remember that a server was started."""
    said = {"gpus": spec.gpus, "usd_per_hour": spec.usd_per_hour, "on_demand": spec.on_demand}
    _append(place, {"act": "start", "pid": pid, "at": time.time(), **said})


def ended(place: Path, pid: int, at: float) -> None:
    """Remember that a server has ended."""
    _append(place, {"act": "end", "pid": pid, "at": at})


def last_word(log: Path) -> float:
    """Return when a server last wrote into its log; now where it has none."""
    try:
        return log.stat().st_mtime
    except OSError:
        return time.time()


def uptimes(folder: Path, lives: Callable[[str], bool]) -> tuple[ServerUptime, ...]:
    """Return every life of every server in a project's folder of servers; `lives` says which are up now."""
    found: list[ServerUptime] = []
    for path in sorted(folder.glob(f"*/{FILE}")):
        name, open_ = path.parent.name, None
        for said in _read(path):
            if said["act"] == "start":
                found += [_life(name, open_, said["at"])] if open_ else []
                open_ = said
            elif open_ and said["pid"] == open_["pid"]:
                found.append(_life(name, open_, said["at"]))
                open_ = None
        if open_:
            found.append(_life(name, open_, time.time() if lives(name) else last_word(path.parent / LOG)))
    return tuple(found)


def _life(name: str, start: Mapping[str, Any], at: float) -> ServerUptime:
    return ServerUptime(name, start["at"], at, start["gpus"], start["usd_per_hour"], start["on_demand"])


def _read(path: Path) -> list[dict[str, Any]]:
    """Return the lines that can be read; a torn one says nothing."""
    found = []
    for _, line in whole_lines(path):
        try:
            said = orjson.loads(line)
            found.append({"act": str(said["act"]), "pid": int(said["pid"]), "at": float(said["at"]), **_costs(said)})
        except (ValueError, KeyError, TypeError):
            continue
    return found


def _costs(said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "gpus": int(said.get("gpus", 0)),
        "usd_per_hour": float(said.get("usd_per_hour", 0.0)),
        "on_demand": bool(said.get("on_demand", False)),
    }


def _append(place: Path, said: Mapping[str, Any]) -> None:
    """Write one line; a disk that takes none loses an account, not a server."""
    try:
        with (place / FILE).open("ab") as file:
            file.write(orjson.dumps(said) + b"\n")
    except OSError:
        return
