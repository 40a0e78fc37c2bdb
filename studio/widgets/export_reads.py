"""What the export page reads, kept until the store has changed."""

from __future__ import annotations

import streamlit as st

from engine import preflight
from engine.delivery import Cargo, Draft, Only, draft, gather
from engine.errors import LemmaError
from engine.preflight import Finding
from engine.store import Store
from studio.shipping import Wish

Mark = tuple[str, int]


def revision(store: Store) -> Mark:
    """Return what changes with anything that an export is made of."""
    families = ("seeds", "problems", "verdicts", "decisions", "selections", "policies", "benchmarks")
    return str(store.path), store.revision_of(*families)


@st.cache_data(max_entries=16, show_spinner=False)
def sizes(_store: Store, at: Mark) -> dict[Only, int]:
    """Return how many problems are approved and how many are selected."""
    return {"approved": _store.exports.rows("approved").num_rows, "selected": _store.exports.rows("selected").num_rows}


@st.cache_data(max_entries=16, show_spinner=False)
def cargo(_store: Store, only: Only, format: str, at: Mark) -> tuple[Finding, ...]:
    """Return the findings about the problems that would go out."""
    tests = sum(source.seeds for source in _store.benchmarks.names())
    return tuple(preflight.findings(_gathered(_store, only, at), format, tests))


def drafted(store: Store, wish: Wish, at: Mark) -> Draft | LemmaError:
    """Return the export as it would be, or why there would be none."""
    try:
        return _drafted(store, wish, at)
    except LemmaError as error:
        return error


@st.cache_data(max_entries=8, show_spinner="Drafting the set")
def _drafted(_store: Store, wish: Wish, at: Mark) -> Draft:
    held = _gathered(_store, wish.only, at)
    return draft(
        _store, held, wish.name, format=wish.format, test_share=wish.test_share, container=wish.container,
        license=wish.license,
    )  # fmt: skip


@st.cache_resource(max_entries=2, show_spinner=False)
def _gathered(_store: Store, only: Only, at: Mark) -> Cargo:
    return gather(_store, only)
