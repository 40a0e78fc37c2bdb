"""What the page reads, kept until what it rests on changes."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.reporting import judge_standings
from engine.reporting.judge_standings import CheckedJudge, JudgeReport
from engine.store import Store

_RESTS_ON = ("judges", "verdicts", "decisions", "problems", "runs")


def report(store: Store) -> JudgeReport:
    """Return all that is known of the judges beside people."""
    return _report(store.path, store.revision_of(*_RESTS_ON), store)


def misjudged(store: Store, one: CheckedJudge) -> pd.DataFrame:
    """Return rows on which a judge said another thing than people, or nothing readable."""
    return _misjudged(
        store.path, store.revision_of("judges"), (one.judge, one.model, one.version, one.source), store
    )  # fmt: skip


@st.cache_data(show_spinner=False, max_entries=4)
def _report(path: str, revision: int, _store: Store) -> JudgeReport:
    return judge_standings.judge_report(_store)


@st.cache_data(show_spinner=False, max_entries=16)
def _misjudged(path: str, revision: int, key: tuple[str, str, str, str], _store: Store) -> pd.DataFrame:
    return _store.judged.misjudged(*key)
