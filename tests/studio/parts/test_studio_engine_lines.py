"""The lines on the calls of a run: what is ahead of a slow one is said before its first reply has come."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from engine.runs.status import PhaseCount, Status, save_status
from studio.text.markdown import escape
from tests.support.worker_runs import make_run


def _page() -> None:
    import os
    from pathlib import Path

    from engine.runs.status import load_status
    from studio.ui.engine_lines import engine_line

    directory = Path(os.environ["LEMMA_TEST_RUN"])
    engine_line(directory, load_status(directory))


def _captions(directory: Path, status: Status, monkeypatch) -> list[str]:
    save_status(directory, status)
    monkeypatch.setenv("LEMMA_TEST_RUN", str(directory))
    page = AppTest.from_function(_page, default_timeout=60).run()
    assert not page.exception
    return [caption.value for caption in page.caption]


def test_a_slow_run_says_how_slow_before_anything_has_come(tmp_path, monkeypatch):
    directory = make_run(tmp_path / "run", "http://127.0.0.1:9/v1")
    phase = PhaseCount(name="write", done=1, failed=2, total=50)
    status = Status(
        state="running", phases=(phase,), speeds={"lo_cal": 2.0}, left_s=11_400.0, retries=3, in_flight=2,
        concurrency=2, errors={"too slow": 2, "connection refused": 1},
    )  # fmt: skip
    ahead, calls = _captions(directory, status, monkeypatch)
    assert ahead.endswith(escape("answers 2 tokens a second: 47 items will take about 3 h 10 min"))
    assert "lo\\_cal" in ahead, "the name of an engine is text, not Markdown"
    assert "2 of 2 calls in flight" in calls.replace("\\", "")
    assert escape("3 tries again (2 too slow, 1 connection refused)") in calls
    assert "Unreachable" not in ahead + calls


def test_a_run_that_knows_nothing_says_nothing(tmp_path, monkeypatch):
    directory = make_run(tmp_path / "run", "http://127.0.0.1:9/v1")
    assert _captions(directory, Status(state="running"), monkeypatch) == []


def _errors() -> None:
    from engine.store.failures import FailureCount
    from studio.ui.run_monitor import run_errors

    errors = {"HTTP 429": 12, "reply cut off": 31, "web page in place of a reply": 1}
    run_errors([FailureCount("agents/draft", "provider", 2, "local: HTTP 404: no such *model*")], 2, errors)


def test_the_page_says_by_kind_what_did_not_come_through_and_what_stopped_items():
    page = AppTest.from_function(_errors, default_timeout=60).run()
    assert not page.exception
    calls, items = (table.value for table in page.dataframe)
    assert list(zip(calls["Times"], calls["What"], strict=True)) == [
        (31, "Replies cut off"),
        (12, "Refused with 429 (too many requests)"),
        (1, "Web page in place of a reply"),
    ]
    assert list(items["Why"]) == ["No usable answer"]
    assert any("44, most of them tried again" in each.value for each in page.markdown)
