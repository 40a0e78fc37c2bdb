"""What a studio costs while many use it: memory, handles and threads of its processes, and how busy the machine is."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at the studio. `tree` counts what it has started as well, the workers of runs among them."""

    at: float
    studio_mb: float
    tree_mb: float
    files: int
    threads: int
    studio_s: float
    """Seconds of processor time that the studio has taken so far, with what it has started."""
    ours_s: float
    """Seconds of processor time that studio and browsers have taken so far."""
    busy_s: float
    """Seconds that all processors together have been busy, whoever made them so."""


@dataclass
class Meter:
    """Looks at a studio every few seconds."""

    pid: int
    every: float = 3.0
    samples: list[Sample] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    async def watch(self) -> None:
        """Look until it is cancelled."""
        while True:
            self.look()
            await asyncio.sleep(self.every)

    def look(self) -> None:
        """Take one sample."""
        children = _children()
        studio, mine = _below(self.pid, children), _below(os.getpid(), children)
        own = _status(self.pid)
        if not own:
            return
        self.samples.append(
            Sample(
                time.monotonic() - self._began,
                own.get("VmRSS", 0) / 1024,
                sum(_status(pid).get("VmRSS", 0) for pid in studio) / 1024,
                _files(self.pid),
                own.get("Threads", 0),
                sum(map(_processor_s, studio)),
                sum(map(_processor_s, studio | mine)),
                _busy_s(),
            )
        )

    def after(self, warm_s: float) -> list[Sample]:
        """Return the samples after the warm-up."""
        return [one for one in self.samples if one.at >= warm_s]


def slope(samples: Sequence[Sample], what: str) -> float:
    """Return by how much a value grows in a minute, by least squares."""
    if len(samples) < 3:
        return float("nan")
    times = [one.at / 60 for one in samples]
    values = [float(getattr(one, what)) for one in samples]
    middle_t, middle_v = sum(times) / len(times), sum(values) / len(values)
    spread = sum((t - middle_t) ** 2 for t in times)
    return sum((t - middle_t) * (v - middle_v) for t, v in zip(times, values, strict=True)) / spread


def busy(samples: Sequence[Sample]) -> tuple[float, float, float]:
    """Return how many processors the studio kept busy, how many the browsers did, and how many everybody else."""
    if len(samples) < 2 or samples[-1].at == samples[0].at:
        return float("nan"), float("nan"), float("nan")
    first, last = samples[0], samples[-1]
    span = last.at - first.at
    studio, ours = (last.studio_s - first.studio_s) / span, (last.ours_s - first.ours_s) / span
    return studio, ours - studio, max(0.0, (last.busy_s - first.busy_s) / span - ours)


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (told := _stat(int(folder.name))):
            found.setdefault(int(told[1]), []).append(int(folder.name))
    return found


def _below(pid: int, children: dict[int, list[int]]) -> set[int]:
    found, left = set(), [pid]
    while left:
        one = left.pop()
        found.add(one)
        left += children.get(one, [])
    return found


def _stat(pid: int) -> list[str]:
    """Return the fields of a process after its name, an empty list where it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _processor_s(pid: int) -> float:
    told = _stat(pid)
    # Own time and that of children that have ended.
    return sum(map(int, told[11:15])) / TICKS if told else 0.0


def _status(pid: int) -> dict[str, int]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    told = (line.split() for line in lines)
    return {words[0].rstrip(":"): int(words[1]) for words in told if len(words) > 1 and words[1].isdigit()}


def _files(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except OSError:
        return 0


def _busy_s() -> float:
    told = Path("/proc/stat").read_text(encoding="utf-8").split("\n", 1)[0].split()[1:9]
    user, nice, system, _, _, interrupts, soft, steal = map(int, told)
    return (user + nice + system + interrupts + soft + steal) / TICKS
