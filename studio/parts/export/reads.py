"""What the export page reads, kept until the store has changed."""

from __future__ import annotations

import streamlit as st

from engine.export import Only
from engine.store import Store
from studio.tasks.export_draft_job import Mark


def revision(store: Store) -> Mark:
    """Return what changes with anything that an export is made of."""
    families = (
        "seeds",
        "problems",
        "verdicts",
        "decisions",
        "selections",
        "policies",
        "benchmarks",
        "labels",
        "draws",
        "audits",
    )
    return str(store.path), store.revision_of(*families)


@st.cache_data(max_entries=16, show_spinner=False)
def sizes(_store: Store, at: Mark) -> dict[Only, int]:
    """Return how many problems are approved and how many are selected."""
    return {"approved": _store.exports.count("approved"), "selected": _store.exports.count("selected")}
