"""Compare on Tune says what would tell two policies apart, and draws it (CAL-30)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from engine.core.records import Rule
from engine.curation import policy as policies
from engine.curation.table import ScoreTable
from engine.store import BatchDecision, Store
from tests.support.page_project import filled, opened

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    root = filled(tmp_path / "project")
    monkeypatch.setenv("LEMMA_PROJECT", str(root))
    with opened(root) as found:
        yield found


def test_cal30_compare_names_the_labels_that_tell_policies_apart_and_draws_them(store: Store) -> None:
    table = ScoreTable.of(store.problems.scoreboard())
    half = round(float(np.nanmedian(table.scores["judge_score"])), 2)
    store.policies.save(policies.make("Strict", (Rule("judge_score", "at least", half, "drop"),)))
    store.decisions.decide_all([BatchDecision(one, "approve") for one in table.ids.to_pylist()[:9]], "Ann")
    page = AppTest.from_file(str(ROOT / "studio" / "app.py"), default_timeout=90).run()
    page.switch_page(str(ROOT / "pages" / "tune.py"))
    page.query_params.update({"with": "Strict", "view": "Compare"})
    page.run()
    assert not page.exception
    said = " ".join(each.value for each in page.caption).replace("\\", "")
    assert "Which is more precise cannot be told." in said
    assert "more labels would tell them apart (" in said
    assert "its labels count for every policy" in said
    page.button(key="tune.compare.draw").click().run()
    assert not page.exception
    (made,) = store.draws.all()
    assert 0 < made.drawn <= len(table)
    assert page.query_params["queue"] in ("draw", ["draw"])
