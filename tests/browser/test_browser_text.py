"""What the browser makes of model text: no KaTeX error, no element that a model asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Locator, Page

from engine.core.resources import shipped
from tests.studio.text.test_studio_diff import pairs
from tests.studio.text.test_studio_latex import HOSTILE
from tests.support.browser import Server, Watch, settle

SHOW = """
import json
from pathlib import Path
import streamlit as st
from studio.text.diff import changes
from studio.text.markdown import escape, plain, rich
texts = json.loads(Path({path!r}).read_text())
start = int(st.query_params.get("start", 0))
texts = {{name: found[start:start + {step}] for name, found in texts.items()}}
with st.container(key="shown"):
    for text in texts["rich"]:
        st.markdown(rich(text))
        st.markdown(escape(text))
        st.caption(escape(plain(text)))
    for before, after in texts["pairs"]:
        both = changes(before, after)
        st.markdown(both.before)
        st.markdown(both.after)
st.caption("all shown")
"""


STEP = 50
"""Texts or pairs on one page: Streamlit's time for a page grows with the square of its elements."""


def show(run_script: Callable[[str], Server], tmp_path: Path, **texts: object) -> str:
    path = tmp_path / "texts.json"
    path.write_text(json.dumps({"rich": [], "pairs": [], **texts}))
    return run_script(SHOW.format(path=str(path), step=STEP)).url


def _leaves(open_page: Callable[..., Page], url: str, count: int) -> Iterator[Locator]:
    """Show `count` texts page by page; yield what is shown of each."""
    page = open_page(url)
    for start in range(0, count, STEP):
        page.goto(f"{url}?start={start}")
        page.get_by_text("all shown").wait_for()
        settle(page)
        yield page.locator(".st-key-shown")


def test_500_pairs_show_no_katex_error(
    run_script: Callable[[str], Server], open_page: Callable[..., Page], tmp_path: Path, watch: Watch
) -> None:
    formulas, wrong = 0, []
    for shown in _leaves(open_page, show(run_script, tmp_path, pairs=pairs(500)), 500):
        formulas += shown.locator(".katex").count()
        wrong += shown.locator(".katex-error").evaluate_all("nodes => nodes.map(node => node.title)")
    assert formulas > 2_500
    assert wrong == []
    assert watch.errors == []


def test_shipped_seeds_are_drawn_without_an_error(
    run_script: Callable[[str], Server], open_page: Callable[..., Page], tmp_path: Path
) -> None:
    texts: list[str] = []
    for path in sorted(shipped("seeds").glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[:25] if line.strip()]
        texts += [row[field] for row in rows for field in ("problem", "solution")]
    formulas, source = 0, []
    for shown in _leaves(open_page, show(run_script, tmp_path, rich=texts), len(texts)):
        formulas += shown.locator(".katex").count()
        assert shown.locator(".katex-error").count() == 0
        source += shown.locator("code").all_inner_texts()
    assert formulas > 100
    assert len(source) <= len(texts) // 50, source[:20]


def test_a_model_cannot_draw_elements(
    run_script: Callable[[str], Server], open_page: Callable[..., Page], tmp_path: Path, watch: Watch
) -> None:
    page = open_page(show(run_script, tmp_path, rich=[*HOSTILE, *(f"{text} and $x^2$" for text in HOSTILE)]))
    page.get_by_text("all shown").wait_for()
    settle(page)
    shown = page.locator(".st-key-shown")
    for element in ("a", "img", "h1", "h2", "h3", "table", "script", "blockquote", "hr", "li", "em", "del", "iframe"):
        assert shown.locator(element).count() == 0, element
    assert shown.locator(".katex-error").count() == 0
    assert shown.get_by_role("img").count() == 0
    text = shown.inner_text()
    assert "<script>alert(1)</script>" in text
    assert "smile" in text
    assert watch.outside == []
