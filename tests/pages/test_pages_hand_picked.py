"""Labels of picked rows alone: no page shows a percentage or an interval of precision, recall or agreement (CAL-08)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.core.project import Project
from studio.navigation import ROAD
from studio.parts.report.view import PUBLISHED
from studio.tasks import export_draft_job
from studio.tasks.report_job import counting
from tests.support import hand_picked, label_shares
from tests.support.page_project import filled, opened

FRAME = Path(__file__).resolve().parents[2] / "studio" / "app.py"
ASKED: dict[str, tuple[dict[str, str], ...]] = {
    "review": ({}, {"queue": "split"}, {"queue": "draw"}),
    "tune": ({"with": "Published limits"},),
}
"""Addresses beyond the plain one: queues that are at their end, a policy to compare with."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = filled(tmp_path / "project")
    with opened(made) as store:
        hand_picked.label_picked(Project(made), store)
    return made


@pytest.fixture
def open_page(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    with ExitStack() as stack:
        monkeypatch.setenv("LEMMA_PROJECT", str(root))
        stack.enter_context(opened(root))

        def open_one(name: str, asked: dict[str, str]) -> AppTest:
            path = next(stop.path for stop in ROAD if stop.name == name)
            page = AppTest.from_file(str(FRAME), default_timeout=90).run().switch_page(str(path))
            page.query_params.update(asked)
            page.run()
            if name == "report":
                counting(str(root.resolve())).wait(120)
                page.run()
            return page

        yield open_one
        for job in list(export_draft_job._known().values()):
            job.wait(60)


def _pages() -> list[object]:
    return [pytest.param(stop.name, id=stop.name) for stop in ROAD]


@pytest.mark.parametrize("name", _pages())
def test_cal08_no_page_gives_a_share_or_an_interval_of_picked_labels(
    name: str, open_page: Callable[..., AppTest]
) -> None:
    found = {}
    for asked in ASKED.get(name, ({},)):
        page = open_page(name, asked)
        for view in hand_picked.views(page):
            assert not page.exception, (asked, view, page.exception)
            if view.endswith(f"={PUBLISHED}"):
                continue  # Nothing there was measured here, and each table says so.
            if faults := hand_picked.shown(page):
                found[str(asked), view] = faults
    assert not found


def test_cal08_the_walk_finds_what_is_planted(
    open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same page with one sentence, one figure beside its name, and one column too many."""
    from studio.parts.home import figures

    def planted(store: object) -> None:
        figures.st.caption("Precision of the kept set: 0.93 (0.88 – 0.96)")
        figures.st.metric("Recall", "71 %")
        figures.st.dataframe({"Judge": ["a"], "κ": [0.41]})

    page = open_page("home", {})
    assert hand_picked.shown(page) == []
    monkeypatch.setattr(figures, "changes", planted)
    page.run()
    assert len(hand_picked.shown(page)) == 3


@pytest.mark.parametrize(
    "text",
    [
        "Precision .93", "Precision 93 %", "precision of the rules: 93.1% (88.0% to 96.2%)", "Recall\n0.71",
        "5 of 8 alike, 0.31 – 0.86", "κ\N{NO-BREAK SPACE}0.25", "They agree on 83 % of the rows.",
    ],
)  # fmt: skip
def test_cal08_a_share_is_found_in_a_sentence(text: str) -> None:
    assert label_shares.in_text(text, "Recall" if text.startswith("Recall") else "")


@pytest.mark.parametrize(
    "text",
    [
        "37 of 52 hand-reviewed rows were good (not a random sample).", "Precision (95 %)",
        "60 % of all rows are kept.", "Precision with its 95 % interval needs random labels.", "5 of 8 alike",
        "Recall needs 20 good rows.",
    ],
)  # fmt: skip
def test_cal08_counts_and_retention_are_no_share(text: str) -> None:
    assert not label_shares.in_text(text)


def test_cal08_a_share_is_found_in_tables_and_json() -> None:
    assert label_shares.in_rows(["Judge", "κ"], [["a", 0.4]])
    assert label_shares.in_rows(["what", "value"], [["precision", 0.93]])
    assert label_shares.in_rows(["", "A"], [["Precision (95 %)", "0.93 (0.88 – 0.96)"]])
    assert not label_shares.in_rows(["what", "value", "rows"], [["precision", None, 31.0], ["retention", 0.4, 7.0]])
    assert label_shares.in_rows(["what", "random labels"], [["precision", 0.5]])
    assert label_shares.in_json({"precision": {"value": 0.9, "low": None, "high": None}})
    assert label_shares.in_json({"judges": [{"kappa": 0.2}]})
    assert label_shares.in_json({"any": {"low": 0.1, "high": 0.2}})
    assert not label_shares.in_json({"precision": {"value": None, "good": 5, "decided": 7, "labels": {"random": 0}}})
    assert label_shares.in_figure({"data": [{"name": "precision", "x": [1], "y": [0.9]}], "layout": {}})
