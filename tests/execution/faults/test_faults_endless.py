"""Replies of a GiB, heads without an end and bytes that dribble: cut off at once, and none of it is kept."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from engine.core.protocol import Item, Sampling, Way, ask
from engine.core.records import Failure, ItemDone
from tests.support.driving import Drive
from tests.support.endless_replies import ENDLESS
from tests.support.endpoint import Endpoint, always
from tests.support.run_programs import chains, chat

ITEMS = 500
MEMORY_MB = 200


@pytest.mark.parametrize("behaviour", [name for name in ENDLESS if name != "dribble"])
def test_what_is_too_long_is_cut_off_and_says_so(tmp_path: Path, behaviour: str) -> None:
    with Endpoint(always(behaviour)) as endpoint:
        drive = Drive(tmp_path, endpoint.url, concurrency=1, retries=0)
        drive.run(chains("run", 1), total=1)
    (failure,) = drive.rows(Failure)
    assert "the answer is longer than 0.56 MiB, and was cut off" in failure.message


@pytest.mark.slow
def test_a_run_of_endless_replies_stays_small(tmp_path: Path) -> None:
    """500 items, four answers of five too long or endless, in a process of its own beside the server's."""
    with Endpoint(_mostly_endless) as endpoint:
        words = [sys.executable, "-m", __spec__.name, str(tmp_path), endpoint.url]  # type: ignore[name-defined]
        done = subprocess.run(words, capture_output=True, text=True, timeout=500, cwd=Path(__file__).parents[3])
        assert done.returncode == 0, done.stderr
        assert all(endpoint.behaviours[name] for name in ENDLESS)
    drive = Drive(tmp_path, endpoint.url)
    ended = Counter(row.item_id for row in drive.rows(ItemDone))
    assert len(ended) == ITEMS
    assert set(ended.values()) == {1}
    failed = {row.item_id for row in drive.rows(ItemDone) if row.outcome == "failed"}
    assert failed == {row.item_id for row in drive.rows(Failure)}
    assert float(done.stdout) < MEMORY_MB


def _mostly_endless(body: dict[str, Any], before: int) -> str:
    dice = random.Random(f"{body['messages']}{body['seed']}{before}")
    return (
        dice.choice([name for name in ENDLESS if name != "dribble" or dice.random() < 0.1])
        if dice.random() < 0.8
        else "ok"
    )


def _long(number: int) -> Way[str]:
    """A call that may have an answer of 2,048 tokens, as the calls of recipes may."""
    yield from ask(replace(chat(f"draft {number}"), sampling=Sampling(max_tokens=2048)), str)
    return "written"


def _items(count: int) -> Iterator[Item]:
    for number in range(count):
        yield Item(f"item-{number}", partial(_long, number))


def _peak_mb() -> float:
    said = Path("/proc/self/status").read_text(encoding="ascii")
    return int(said.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    place, url = sys.argv[1:]
    Drive(Path(place), url, concurrency=48, retries=1, timeout_s=2.0).run(_items(ITEMS), total=ITEMS)
    print(_peak_mb())
