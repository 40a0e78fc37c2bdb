"""A project in which people labelled only what they picked, and all that its pages show of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pandas as pd
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from engine.core.project import Project
from engine.curation import policy as policies
from engine.curation.apply_policy import select
from engine.curation.review import blind_review, queues
from engine.curation.review.blind_review import Reviewing
from engine.curation.trust import label_files
from engine.reporting.published import LABEL
from engine.store import Store
from tests.support import label_shares

READ = 50
"""Problems that the first of two people decides: enough for whatever asks for labels."""
TWICE = 8
"""Those of them that the second reads, too, without seeing what the first said."""
_FIGURES = ("plotly_chart",)
_VIEWS = ("view", "chapter")
"""How the keys of controls end that choose what a page shows."""


def label_picked(home: Project, store: Store) -> None:
    """Let two people decide problems of a queue, some twice and unseen, and add a file of labels; nothing is drawn."""
    blind_review.save(home, Reviewing(second_readers=0, repeats=0))
    select(store, policies.gsdp(), by="Bo")
    every = [row["id"] for row in store.problems.scoreboard().to_pylist()]
    ids = list(dict.fromkeys((*queues.make(store, "borderline", policies.gsdp(), "Bo").ids, *every)))[:READ]
    assert len(ids) == READ < len(every)
    for place, ident in enumerate(ids):
        first = store.decisions.decide(ident, "Bo", "approve" if place % 4 else "reject", reason="trivial")
        if place < TWICE:
            act = "reject" if place % 3 == 0 else "approve"
            store.decisions.decide(ident, "Ada", act, reason="trivial", expected=first.id, queue="double")  # type: ignore[arg-type]
    others = [ident for ident in every if ident not in ids][:6]
    path = home.root / "labels.csv"
    lines = "".join(f"{ident},{'good' if place % 2 else 'bad'},Cy\n" for place, ident in enumerate(others))
    path.write_text(f"id,verdict,curator\n{lines}", encoding="utf-8")
    label_files.add(store, path)
    assert not store.draws.all()
    assert store.labels.counts().keys().isdisjoint({"draw"})


def shown(page: AppTest) -> list[str]:
    """Return all shares and intervals of measures that a page shows; what papers report is labelled and left out."""
    return [fault for node in _nodes(page.main) for fault in _of(node)]


def views(page: AppTest) -> Iterator[str]:
    """Open every view of a page in turn, and yield its name; the page as it is first."""
    yield "first"
    for control in [one for one in page.segmented_control if str(one.key).endswith(_VIEWS)]:
        key = str(control.key)
        for name in control.options:
            # A control that shows its options by other words is set by the option, which such a word is not.
            with suppress(KeyError, ValueError):
                page.segmented_control(key=key).set_value(name).run()
                yield f"{key}={name}"


def _nodes(block: Any) -> Iterator[Any]:
    for child in block.children.values():
        if hasattr(child, "children"):
            if LABEL not in _label(child):
                yield from _nodes(child)
        else:
            yield child


def _label(block: Any) -> str:
    """Return the title of an expander or a tab, '' for other blocks."""
    return str(getattr(block.proto, "label", "") or getattr(getattr(block.proto, "expandable", None), "label", ""))


def _of(node: Any) -> list[str]:
    if node.type == "metric":
        return label_shares.in_text(str(node.proto.body), str(node.proto.label))
    if node.type in ("arrow_data_frame", "arrow_table", "dataframe", "table"):
        frame = node.value
        return label_shares.in_rows(list(map(str, frame.columns)), _plain(frame))
    if node.type in _FIGURES:
        return label_shares.in_figure(json.loads(node.proto.spec))
    return [fault for text in _texts(node.proto) for fault in _read(text)]


def _plain(frame: pd.DataFrame) -> list[list[Any]]:
    return [
        [None if cell is None or cell is pd.NA else cell for cell in row] for row in frame.astype(object).to_numpy()
    ]


def _texts(proto: Message) -> Iterator[str]:
    for field, value in proto.ListFields():
        if field.name in ("help", "spec", "config", "id", "data"):
            continue
        for one in [value] if isinstance(value, str | Message) else value if _is_list(value) else []:
            if isinstance(one, str):
                yield one
            elif isinstance(one, Message):
                yield from _texts(one)


def _is_list(value: Any) -> bool:
    return hasattr(value, "__iter__") and not isinstance(value, bytes | dict)


def _read(text: str) -> list[str]:
    """Read a text as it is, or as JSON where it is what a component is told."""
    if text[:1] in "{[":
        with suppress(ValueError):
            return label_shares.in_json(json.loads(text))
    return label_shares.in_text(text.replace("\\", ""))
