"""The processes of a server: is it still the one that was started, which processes are its own, and how they end.

A server is the leader of a session of its own, and what it starts stays in there. The children of a leader that was
killed live on, with the memory of the GPU in their hands, so they are looked for by session and not by parent alone.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from contextlib import suppress

import psutil

from engine.runs.process import Process

_KILLED_S = 5.0
"""How long the kernel may take to clear away what was killed."""


def members(leader: Process) -> list[psutil.Process]:
    """Return the living processes of a server, those of a leader that is dead included."""
    if leader.alive:
        first = psutil.Process(leader.pid)
        return _distinct([first, *_children(first), *_session(leader)])
    # The pid of a dead leader is not given anew as long as its session has members: a stranger means there are none.
    return [] if _taken(leader.pid) else _session(leader)


def end(leader: Process, grace: float) -> None:
    """End a server with all its processes; those that do not end by themselves within `grace` seconds are killed."""
    group = members(leader)
    if not group:
        return
    # To the group at once, so that a child does not report the end of its parent as a failure.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader.pid, signal.SIGTERM)
    psutil.wait_procs(group, timeout=grace)
    left = _distinct([*group, *members(leader)])
    for process in left:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(left, timeout=_KILLED_S)


def _session(leader: Process) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if os.getsid(process.pid) == leader.pid and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def _taken(pid: int) -> bool:
    """Whether a living process has this pid."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.Error:
        return []


def _distinct(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    return list({process.pid: process for process in processes if process.is_running()}.values())
