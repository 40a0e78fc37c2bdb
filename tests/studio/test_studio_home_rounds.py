"""Rounds on Home: accuracy, change and trend of each model, and nothing where no round ended."""

from __future__ import annotations

from pathlib import Path

import orjson
from streamlit.testing.v1 import AppTest

from engine.records import RoundEvent
from engine.store import Store


def _report(number: int, before: float, after: float | None) -> RoundEvent:
    detail = {
        "start": f"/m{number - 1}",
        "before": {"held": before},
        "accuracy": {} if after is None else {"held": after},
    }
    return RoundEvent(f"R{number}", "round-1", number, "report", f"/m{number}", orjson.dumps(detail).decode(), at=1.0)


def _draw(path: str) -> None:
    from engine.store import Store
    from studio.widgets.home_rounds import table

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
    first, second, third = _table(path)
    assert (first["Round"], first["State"], first["Accuracy"]) == ("M1", "promote", 52.0)
    assert list(first["Trend"]) == [40.0, 52.0]  # type: ignore[call-overload]
    assert (second["State"], round(float(second["Change"]), 1)) == ("do not promote", -3.0)  # type: ignore[arg-type]
    assert list(second["Trend"]) == [40.0, 52.0, 49.0]  # type: ignore[call-overload]
    assert third["State"] == "not evaluated"


def test_a_project_without_rounds_shows_none(tmp_path: Path) -> None:
    Store(tmp_path / "p.duckdb").close()
    assert _table(tmp_path / "p.duckdb") == []
