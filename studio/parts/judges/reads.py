"""What the page reads, kept until what it rests on changes; nothing of it is worked out while a page is drawn again."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.curation.review.disagreements import Disagreements, disagreements
from engine.curation.trust.from_ledger import FAMILIES
from engine.reporting import judge_standings
from engine.reporting.judge_drift import JudgeDrift, judge_drift
from engine.reporting.judge_panels import VotedPanel
from engine.reporting.judge_standings import CheckedJudge, JudgeReport
from engine.reporting.panel_reliability import PanelReliability, panel_reliability
from engine.store import Store

_RESTS_ON = ("judges", "runs", *FAMILIES)


def report(store: Store) -> JudgeReport:
    """Return all that is known of the judges beside people."""
    return _report(store.path, store.revision_of(*_RESTS_ON), store)


def misjudged(store: Store, one: CheckedJudge) -> pd.DataFrame:
    """Return rows on which a judge said another thing than people, or nothing readable."""
    return _misjudged(
        store.path, store.revision_of("judges"), (one.judge, one.model, one.version, one.source), store
    )  # fmt: skip


def reliability(store: Store, panel: VotedPanel, judge: int | None) -> PanelReliability:
    """Return how far the score of a panel, or of one of its judges, can be believed."""
    return _reliability(store.path, store.revision_of(*_RESTS_ON), panel.key, judge, panel)


def differing(store: Store) -> Disagreements:
    """Return the rows on which judges, checks or solvers differ."""
    return _differing(store.path, store.revision_of(*_RESTS_ON), store)


def drift(store: Store, panel: VotedPanel) -> JudgeDrift:
    """Return how the judges of a panel change."""
    return _drift(store.path, store.revision_of(*_RESTS_ON), panel.key, store, panel)


@st.cache_resource(show_spinner="Judges and labels are read", max_entries=2)
def _report(path: str, revision: int, _store: Store) -> JudgeReport:
    return judge_standings.judge_report(_store)


@st.cache_data(show_spinner=False, max_entries=16)
def _misjudged(path: str, revision: int, key: tuple[str, str, str, str], _store: Store) -> pd.DataFrame:
    return _store.judged.misjudged(*key)


@st.cache_resource(show_spinner=False, max_entries=16)
def _reliability(path: str, revision: int, key: str, judge: int | None, _panel: VotedPanel) -> PanelReliability:
    return panel_reliability(_panel, judge)


@st.cache_resource(show_spinner="Witnesses are compared", max_entries=2)
def _differing(path: str, revision: int, _store: Store) -> Disagreements:
    return disagreements(_store)


@st.cache_resource(show_spinner="Rounds are compared", max_entries=4)
def _drift(path: str, revision: int, key: str, _store: Store, _panel: VotedPanel) -> JudgeDrift:
    return judge_drift(_store, _panel)
