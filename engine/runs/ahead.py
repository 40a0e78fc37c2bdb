"""What is ahead of a run, in words: how fast its endpoints answer, and how long the rest takes."""

from __future__ import annotations

from engine.core.wording import duration, speed
from engine.runs.status import Status

_LIVE = frozenset(("waiting", "running", "pausing", "stopping"))


def ahead(status: Status) -> str:
    """Return "local answers 2 tokens a second: 47 items will take about 3 h 10 min"; '' where nothing is known."""
    speeds = {name: rate for name, rate in sorted(status.speeds.items()) if rate > 0}
    if status.state not in _LIVE or not status.phases:
        return ""
    if not speeds:
        late = status.errors.get("too slow", 0)
        return f"no reply has come yet: {late:,} calls were too slow, and the next get more time" if late else ""
    phase = status.phases[-1]
    left = phase.total - phase.done - phase.failed
    if left <= 0:
        return ""
    (first, rate), *others = speeds.items()
    said = f"{first} answers {speed(rate)} tokens a second"
    said += "".join(f", {name} {speed(each)}" for name, each in others)
    items = f"{left:,} item{'s' * (left != 1)}"
    if status.left_s:
        return f"{said}: {items} will take about {duration(status.left_s)}"
    return f"{said}: {items} to come, none has ended yet"
