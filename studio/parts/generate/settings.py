"""Every setting of a recipe that has no place of its own on the plan, a tab for each section that its method reads."""

from __future__ import annotations

import streamlit as st
from pydantic import ValidationError

from engine.core.settings import AgenticMath, Combined, Flames, Settings, explain
from studio.parts.generate.stages import SWITCHES
from studio.text.markdown import escape
from studio.ui.plan_draft import PlanDraft
from studio.ui.settings_form import settings_form


def _without(section: type[Settings], *drawn: str) -> tuple[str, ...]:
    """Return the fields of a section that are not drawn elsewhere on the page."""
    return tuple(name for name in section.model_fields if name not in drawn)


_SECTIONS: dict[str, tuple[str, tuple[str, ...] | None]] = {
    "sampling": ("Sampling", None),
    "routing": ("Solvers", ("low_until", "high_from")),
    "judging": ("Judging", None),
    "graph": ("Core concepts", None),
    "mixture": ("Draw", ("repeat_by_weight", "even_clusters", "random_pairs")),
    "agenticmath": ("Review and revise", _without(AgenticMath, "solutions", "pairs", *SWITCHES)),
    "curation": ("Score curation", None),
    "flames": ("Agents", _without(Flames, "shares", "solutions")),
    "continual": ("Requests and experts", None),
    "house": ("House blend", _without(Combined, "solutions")),
    "decontamination": ("Test problems", None),
    "repeats": ("Repeats", None),
    "running": ("Pace", ("concurrency", "timeout_s", "longest_s", "patience", "retries", "slow_retries", "reread")),
}
"""Sections of the settings: the tab, and the fields that are not drawn elsewhere on the page."""
_SHARED = ("sampling", "decontamination", "repeats", "running")
_OF_WAY: dict[str, tuple[str, ...]] = {
    "gsdp": ("sampling", "routing", "judging", "decontamination", "repeats", "graph", "mixture", "running"),
    "agenticmath": ("agenticmath", "curation", *_SHARED),
    "flames": ("flames", *_SHARED),
    "continual": ("continual", *_SHARED),
    "house": ("house", "judging", "agenticmath", "graph", "mixture", *_SHARED),
}
"""Which sections a method reads."""


def settings_tabs(start: PlanDraft) -> tuple[dict[str, Settings], str]:
    """Draw the tabs; return the sections as they are now, and the first thing that is wrong, '' for nothing."""
    sections: dict[str, Settings] = {}
    wrong = ""
    with st.expander("Settings", icon=":material/tune:"):
        names = _OF_WAY[start.recipe.way]
        for tab, name in zip(st.tabs([_SECTIONS[name][0] for name in names]), names, strict=True):
            only = _SECTIONS[name][1]
            now: Settings = getattr(start.recipe.settings, name)
            with tab:
                said = settings_form(type(now), now, key=f"generate.set.{name}", columns=4, only=only)
                if isinstance(said, ValidationError):
                    wrong = wrong or str(explain(said, where=name))
                    st.error(escape(str(explain(said, where=name))), icon=":material/error:")
                else:
                    sections[name] = said
    return sections, wrong
