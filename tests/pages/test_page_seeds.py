"""Seeds on a real store: without scores, with them, and on the way to a plan."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from engine.core.records import BenchmarkItem, Verdict
from studio import workspace
from studio.tasks import overlap_job
from tests.support.page_project import filled
from tests.support.seed_neighbours import encoded

PAGE = Path(__file__).resolve().parents[2] / "pages" / "seeds.py"


def _said(page: AppTest) -> str:
    return " ".join(block.value for block in (*page.main.markdown, *page.main.caption))


def _rate(root: Path) -> int:
    """Rate every second seed, one in three of them badly; return how many are rated."""
    store = workspace._open(str(root.resolve())).store
    ids = [seed.id for seed in store.seeds.records()][::2]
    for place, ident in enumerate(ids):
        rated, curated = (2.0, 2.0) if place % 3 == 0 else (3.4, 4.0)
        marks = (("seed_complexity", 1.0), ("seed_information", rated), ("seed_clarity", 5.0))
        for name, value in (("seed_rating", rated), ("seed_curated", curated), *marks):
            store.verdicts.add([Verdict.make("run", "seed", ident, name, "evaluator", value, "why", kind="rating")])
    return len(ids)


def test_without_a_score_the_way_to_one_is_offered(tmp_path: Path, open_page: Callable[[Path], AppTest]) -> None:
    page = open_page(filled(tmp_path / "full"))
    assert not page.exception
    assert "No seed is rated yet" in _said(page)
    page.button(key="seeds.rate").click().run()
    assert not page.exception
    assert any("lemma run agenticmath" in code.value for code in page.code), "the plan is on screen"


def test_am22_the_limit_is_tried_and_taken_into_a_plan(tmp_path: Path, open_page: Callable[[Path], AppTest]) -> None:
    """AM-22: counts in words follow the limit, never more for a higher one, and the limit goes into the plan."""
    root = filled(tmp_path / "full")
    page = open_page(root)
    rated = _rate(root)
    page.run()
    assert not page.exception
    good = rated - -(-rated // 3)
    assert f"Keeps **{good:,}** of {rated:,}: {6 * good:,} variants at 6 each." in _said(page)
    counts = []
    for limit in (2.0, 4.0, 5.0):
        page.slider(key="seeds.limit").set_value(limit).run()
        counts.append(int(_said(page).partition("Keeps **")[2].partition("**")[0].replace(",", "")))
    assert counts == [rated, good, 0]
    page.slider(key="seeds.limit").set_value(4.0).run()
    page.button(key="seeds.with").click().run()
    assert not page.exception
    assert any("agenticmath.seed_limit=4.0" in code.value for code in page.code)


def test_am03_weights_are_tried_and_taken_into_a_plan(tmp_path: Path, open_page: Callable[[Path], AppTest]) -> None:
    """AM-03: with complexity alone no seed reaches the limit, with clarity alone all do; the plan takes the weights."""
    root = filled(tmp_path / "full")
    page = open_page(root)
    rated = _rate(root)
    page.run()
    assert "The weights alone" not in _said(page)
    page.slider(key="seeds.weight.information").set_value(0.0)
    page.slider(key="seeds.weight.clarity").set_value(0.0).run()
    assert not page.exception
    assert "The weights alone would keep 0." in _said(page)
    page.slider(key="seeds.weight.complexity").set_value(0.0)
    page.slider(key="seeds.weight.clarity").set_value(2.0).run()
    assert f"The weights alone would keep {rated:,}." in _said(page)
    page.button(key="seeds.with").click().run()
    assert not page.exception
    said = " ".join(code.value for code in page.code)
    assert "agenticmath.rating=weighted" in said
    assert "agenticmath.weight_clarity=2.0" in said


def test_seeds_are_held_against_test_problems_beside_the_page(
    tmp_path: Path, open_page: Callable[[Path], AppTest]
) -> None:
    root = filled(tmp_path / "full")
    page = open_page(root)
    store = workspace._open(str(root.resolve())).store
    copied, changed = [seed.statement for seed in store.seeds.records() if len(seed.statement.split()) > 14][:2]
    other = re.sub(r"\d+", lambda hit: str(int(hit[0]) + 11), changed)
    assert other != changed
    store.benchmarks.add(BenchmarkItem.make("held", text, "1") for text in (copied, other))
    job = overlap_job.look(store)
    page.run()
    assert not page.exception
    job.wait(60)
    page.run()
    assert not page.exception
    assert job.error is None
    tables = [frame.value for frame in page.dataframe if "Other numbers" in frame.value.columns]
    (row,) = tables[0].to_dict("records")
    assert (row["Benchmark"], row["Items"], row["Matches"], row["Other numbers"]) == ("held", 2, 1, 1)
    assert "1 seed matches a test set" in _said(page)
    assert overlap_job.look(store) is job, "what was compared is kept until seeds or test problems change"


def test_a_file_whose_encoding_cannot_be_told_is_asked_about(
    tmp_path: Path, open_page: Callable[[Path], AppTest]
) -> None:
    """It says what a file is read as, refuses what can't be told, reads what is named, tells what it leaves out."""
    page = open_page(filled(tmp_path / "full"))
    page.toggle(key="seeds.open").set_value(True).run()
    upload = lambda name, body: page.file_uploader(key="seeds.import.file").set_value((name, body, "text/csv")).run()  # noqa: E731
    upload("ja.csv", encoded("ja", "cp932", "csv"))
    assert not page.exception
    assert "Read as Shift-JIS." in _said(page).replace("\\", "")
    upload("cs.csv", encoded("cs", "cp1250", "csv"))
    assert not page.exception
    assert any("can't be told" in error.value for error in page.error)
    page.selectbox(key="seeds.import.encoding").set_value("Windows-1250").run()
    assert not page.exception
    assert "Read as Windows-1250." in _said(page).replace("\\", "")
    rows = [{"question": f"{n}+3?", "answer": "1", "split": "test" if n else "train"} for n in range(3)]
    upload("rows.jsonl", "\n".join(map(json.dumps, rows)).encode())
    assert not page.exception
    assert "2 rows of test left out" in _said(page).replace("\\", "")
