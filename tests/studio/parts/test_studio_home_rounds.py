"""Rounds on Home: accuracy, change and trend of each model, and nothing where no round ended."""

from __future__ import annotations

from pathlib import Path

import orjson
from streamlit.testing.v1 import AppTest

from engine.core.records import RoundEvent
from engine.store import Store
from studio.parts.home.needs import _round_waiting


def _report(number: int, before: float, after: float | None) -> RoundEvent:
    detail = {
        "start": f"/m{number - 1}",
        "before": {"held": before},
        "accuracy": {} if after is None else {"held": after},
    }
    return RoundEvent(f"R{number}", "round-1", number, "report", f"/m{number}", orjson.dumps(detail).decode(), at=1.0)


def _draw(path: str) -> None:
    from engine.store import Store
    from studio.parts.home.rounds import table

    with Store(path) as store:
        table(store)


def _table(path: Path) -> list[dict[str, object]]:
    page = AppTest.from_function(_draw, args=(str(path),), default_timeout=60).run()
    assert not page.exception
    return page.dataframe[0].value.to_dict("records") if page.dataframe else []


def test_rounds_are_listed_with_change_and_trend(tmp_path: Path) -> None:
    path = tmp_path / "p.duckdb"
    with Store(path) as store:
        store.rounds.add([_report(1, 0.40, 0.52), _report(2, 0.52, 0.49), _report(3, 0.49, None)])
        store.rounds.add([RoundEvent("T1", "round-1", 1, "promote", "/m1", "", at=2.0)])
        store.rounds.add([RoundEvent("T2", "round-1", 2, "skip", "/m2", "", at=3.0)])
    first, second, third = _table(path)
    assert (first["Round"], first["State"], first["Accuracy"]) == ("M1", "Promoted", 52.0)
    assert list(first["Trend"]) == [40.0, 52.0]  # type: ignore[call-overload]
    assert (second["State"], round(float(second["Change"]), 1)) == ("Skipped", -3.0)  # type: ignore[arg-type]
    assert list(second["Trend"]) == [40.0, 52.0, 49.0]  # type: ignore[call-overload]
    assert third["State"] == "Waiting"


def test_a_round_that_waits_for_a_decision_needs_somebody(tmp_path: Path) -> None:
    """A round that was measured waits until a person promotes it, skips it or takes it back."""
    with Store(tmp_path / "p.duckdb") as store:
        assert _round_waiting(store) is None
        store.rounds.add([_report(1, 0.40, None)])
        assert _round_waiting(store) is None, "there is nothing to decide on before it is measured"
        store.rounds.add([_report(2, 0.40, 0.52)])
        need = _round_waiting(store)
        assert need is not None
        assert (need.what, need.why) == ("M2 waits for a decision", "+12.0 points against its start: promote")
        store.rounds.add([RoundEvent("T", "round-1", 2, "skip", "/m2", "", at=3.0)])
        assert _round_waiting(store) is None


def test_a_project_without_rounds_shows_none(tmp_path: Path) -> None:
    Store(tmp_path / "p.duckdb").close()
    assert _table(tmp_path / "p.duckdb") == []
