"""The progress of a slow run on the command line: speed and time to come, and what did not come through."""

from __future__ import annotations

from engine.runs.status import PhaseCount, Status
from studio.cli.console import Console
from studio.cli.running import _note


def _status(**said: object) -> Status:
    phase = PhaseCount(name="write", done=3, total=50)
    return Status.model_validate(
        {"state": "running", "done": 3, "phases": (phase,), "speeds": {"local": 2.0}, "left_s": 7200.0, **said}
    )


def test_a_slow_run_says_how_long_and_why() -> None:
    assert _note(_status()) == "local answers 2 tokens a second: 47 items will take about 2 h 00 min"
    assert _note(_status(errors={"too slow": 4})).endswith("about 2 h 00 min; 4 too slow")
    first = _status(done=0, left_s=0.0, phases=(PhaseCount(name="write", total=50),))
    assert _note(first) == "local answers 2 tokens a second: 50 items to come, none has ended yet"


def test_a_quick_run_says_nothing_of_it() -> None:
    assert _note(_status(left_s=20.0)) == ""


def test_the_line_ends_with_the_note(capsys) -> None:
    with Console().progress("gsdp-0001") as advance:
        advance(3, 50, "write", "local answers 2 tokens a second")
        advance(50, 50, "write", "")
    first, last = capsys.readouterr().err.splitlines()
    assert first == "gsdp-0001 · write: 3 of 50 · local answers 2 tokens a second"
    assert last.startswith("gsdp-0001 · write: 50 of 50 · ")
