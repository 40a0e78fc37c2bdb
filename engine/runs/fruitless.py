"""Whether a run came to nothing, or went without one of its roles, and why: the reason that was given most often."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from engine.core.records import Failure
from engine.runs import journal
from engine.runs.status import BUDGET, Status

_SHOWN = 300
_WANTED = "on request"
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class Reasons:
    """Messages and how often they came; those that differ in numbers alone are one."""

    def __init__(self, before: Mapping[str, int] | None = None, most: int | None = None) -> None:
        """Go on from what was counted before; of messages that are all different no more than `most` are kept."""
        self.counts: Counter[str] = Counter(before)
        self._first = {_NUMBER.sub("#", said): said for said in self.counts}
        self._most = most

    def add(self, message: str, times: int = 1) -> None:
        """Count a message."""
        said = " ".join(message.split())
        said = said if len(said) <= _SHOWN else said[:_SHOWN] + " …"
        key = _NUMBER.sub("#", said)
        if key in self._first or self._most is None or len(self._first) < self._most:
            self.counts[self._first.setdefault(key, said)] += times

    def commonest(self) -> tuple[str, int]:
        """Return the message that came most often, and how often; the first of several."""
        return self.counts.most_common(1)[0] if self.counts else ("no reason is in the journal", 0)


def fruitless(run_dir: Path, status: Status, *, may_wait: bool = False) -> str:
    """Say in one line that no item succeeded, and the most frequent reason; '' where one did or none was to be done.

    A run that was paused by its engines before the first item ended has come to nothing, too; `may_wait` is for runs
    that pause because they wait for a person. So has one that lacks all that a role was asked for.
    """
    if status.state == "cancelled":
        return ""
    if status.done:
        return unheard(status) if status.state == "finished" else ""
    if status.failed:
        reason, count = most_frequent_failure(run_dir)
        of = f"{status.failed:,} of {max(status.total, status.failed):,} failed"
        return f"no item succeeded: {of}, most often ({count:,} times) with: {reason}"
    wanted = may_wait or _WANTED in status.reason or status.reason.startswith(BUDGET)
    return f"no item was done: {status.reason}" if status.state == "paused" and not wanted else ""


def unheard(status: Status) -> str:
    """Say which roles were asked and never answered, and the most frequent reason; '' where each has answered.

    Such a run may have written a lot: what those roles were to say of it is missing from all of it.
    """
    silent = [role for role in status.unanswered if not status.answered.get(role)]
    if not silent:
        return ""
    reasons = Reasons()
    for role in silent:
        for said, times in status.unanswered[role].items():
            reasons.add(said, times)
    reason, count = reasons.commonest()
    names, asked = " and ".join(role.replace("_", " ") for role in silent), reasons.counts.total()
    of = f"{asked:,} of {asked:,} questions failed"
    return f"no answer came from {names}: {of}, most often ({count:,} times) with: {reason}"


def most_frequent_failure(run_dir: Path) -> tuple[str, int]:
    """Return the message of most failures and how many they are; messages that differ in numbers alone are one."""
    reasons = Reasons()
    for record in journal.records(run_dir / "journal"):
        if isinstance(record, Failure):
            reasons.add(record.message)
    return reasons.commonest()
