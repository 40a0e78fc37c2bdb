"""Names that would be links, pictures and markup are letters on every page, whatever they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from engine.core.records import Policy
from engine.store import Store
from studio import navigation
from studio.tasks.report_job import counting
from tests.support.page_project import filled, opened

FRAME = Path(__file__).resolve().parents[2] / "studio" / "app.py"
_TRAP = r"[click](https://evil.example) www.evil.example <img src=x> :red-badge[x] $\href{https://evil.example}{x}$"
_LIVE = re.compile(r"(?<!\\)\[click|https://evil|www\.evil|(?<!\\)<img|:red-badge\[|(?<!\\)\$\\href")
_CODE = re.compile(r"(?<!\\)(`+) .*? \1(?!`)")
"""Code inside a line, where nothing is read."""
_DRAWN = frozenset(("body", "label", "help", "captions", "caption", "text", "title", "content"))
"""Fields of Streamlit's messages that a browser reads as Markdown."""
_PLAIN = frozenset(("Text", "Json", "Code", "TextArea", "ArrowData", "PlotlyChart"))
KINDS = ("point", "engine", "model", "judge")
"""Whose names at least one page shows in a place that reads Markdown; the others stand in cells and choices."""


def trap(kind: str) -> str:
    """Return the name of a thing of this kind."""
    return f"{kind}trap {_TRAP}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A real project whose names a stranger chose."""
    made = filled(tmp_path / "project")
    with duckdb.connect(str(made / "project.duckdb")) as base:
        point = base.execute("select points[1] from problems group by 1 order by count(*) desc limit 1").fetchall()[0][
            0
        ]
        base.execute("update knowledge_points set name = ? where name = ?", [trap("point"), point])
        for table in ("problems", "combinations"):
            swapped = "list_transform(points, lambda p: case when p = ? then ? else p end)"
            base.execute(f"update {table} set points = {swapped}", [point, trap("point")])
        base.execute("update problems set model = ?", [trap("model")])
        base.execute("update solutions set model = ?", [trap("model")])
        base.execute(
            'update verdicts set reason = ?, model = ? where "by" <> ?', [trap("judge"), trap("judge"), "rule"]
        )
        base.execute("update seeds set source = ?", [trap("source")])
        base.execute("update runs set title = ?", [trap("run")])
        problem = base.execute("select id from problems order by id limit 1").fetchall()[0][0]
    with Store(made / "project.duckdb") as store:
        store.policies.save(Policy("trap-policy", trap("policy"), ()))
        store.decisions.decide(problem, trap("curator"), "approve")
    with (made / "engines.toml").open("a", encoding="utf-8") as engines:
        engines.write(f"\n[engines.'{trap('engine')}']\nkind = \"abacus\"\n")
    return made


def drawn(node: Any) -> Iterator[str]:
    """Yield every text below a node that the browser reads as Markdown."""
    proto = getattr(node, "proto", None)
    if proto is not None:
        yield from _texts(proto)
    for child in getattr(node, "children", {}).values():
        yield from drawn(child)


def _texts(message: Any) -> Iterator[str]:
    if message.DESCRIPTOR.name in _PLAIN:
        return
    for field, value in message.ListFields():
        many = value if field.is_repeated else [value]
        if field.message_type is not None and not field.message_type.GetOptions().map_entry:
            for each in many:
                yield from _texts(each)
        elif field.name in _DRAWN or (field.name == "options" and message.DESCRIPTOR.name == "Radio"):
            yield from (each for each in many if isinstance(each, str))


@pytest.mark.slow
def test_names_are_letters_on_every_page(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEMMA_PROJECT", str(root))
    said: dict[str, list[str]] = {}
    with opened(root):
        page = AppTest.from_file(str(FRAME), default_timeout=120).run()
        for stop in navigation.ROAD:
            page = page.switch_page(str(stop.path)).run()
            assert not page.exception, (stop.name, page.exception)
            if stop.name == "report":
                counting(str(root.resolve())).wait(120)
                page = page.run()
            said[stop.name] = list(drawn(page._tree))
    assert all(said.values())
    live = {name: [text for text in texts if _LIVE.search(_CODE.sub("", text))] for name, texts in said.items()}
    assert {name: texts for name, texts in live.items() if texts} == {}
    everything = "\n".join(text for texts in said.values() for text in texts)
    assert {kind for kind in KINDS if f"{kind}trap" in everything} == set(KINDS)
