"""What is ahead of a run, in words."""

from __future__ import annotations

from engine.runs.ahead import ahead
from engine.runs.status import PhaseCount, Status


def _status(**said: object) -> Status:
    phase = PhaseCount(name="write", done=2, failed=1, total=50)
    return Status.model_validate({"state": "running", "phases": (phase,), "speeds": {"local": 2.04}, **said})


def test_a_slow_run_says_how_fast_and_how_long() -> None:
    assert ahead(_status(left_s=11_400.0)) == "local answers 2 tokens a second: 47 items will take about 3 h 10 min"
    assert ahead(_status()) == "local answers 2 tokens a second: 47 items to come, none has ended yet"
    both = _status(speeds={"local": 2.04, "far": 310.4}, left_s=60.0)
    assert ahead(both).startswith("far answers 310 tokens a second, local 2: 47 items")


def test_nothing_is_said_of_what_is_not_known_or_over() -> None:
    assert ahead(_status(speeds={})) == ""
    late = _status(speeds={}, errors={"too slow": 2})
    assert ahead(late) == "no reply has come yet: 2 calls were too slow, and the next get more time"
    assert ahead(_status(state="finished", left_s=5.0)) == ""
    assert ahead(_status(phases=())) == ""
    assert ahead(_status(phases=(PhaseCount(name="write", done=3, total=3),))) == ""
