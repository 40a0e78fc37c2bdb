"""Whether a run came to nothing, and why: the reason that most of its items failed for."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from engine.core.records import Failure
from engine.runs import journal
from engine.runs.status import BUDGET, Status

_SHOWN = 300
_WANTED = "on request"
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def fruitless(run_dir: Path, status: Status, *, may_wait: bool = False) -> str:
    """Say in one line that no item succeeded, and the most frequent reason; '' where one did or none was to be done.

    A run that was paused by its engines before the first item ended has come to nothing, too; `may_wait` is for runs
    that pause because they wait for a person.
    """
    if status.done or status.state == "cancelled":
        return ""
    if status.failed:
        reason, count = most_frequent_failure(run_dir)
        of = f"{status.failed:,} of {max(status.total, status.failed):,} failed"
        return f"no item succeeded: {of}, most often ({count:,} times) with: {reason}"
    wanted = may_wait or _WANTED in status.reason or status.reason.startswith(BUDGET)
    return f"no item was done: {status.reason}" if status.state == "paused" and not wanted else ""


def most_frequent_failure(run_dir: Path) -> tuple[str, int]:
    """Return the message of most failures and how many they are; messages that differ in numbers alone are one."""
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    for record in journal.records(run_dir / "journal"):
        if isinstance(record, Failure):
            said = " ".join(record.message.split())
            key = _NUMBER.sub("#", said)
            counts[key] += 1
            first.setdefault(key, said)
    if not counts:
        return "no reason is in the journal", 0
    key, count = counts.most_common(1)[0]
    said = first[key]
    return said if len(said) <= _SHOWN else said[:_SHOWN] + " …", count
