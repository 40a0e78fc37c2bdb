"""Who does what in a run: a model for each role, what the engines said, and which roles are not independent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from engine.core.project import EngineSpec, Project, engines
from engine.generation.recipes import KNOWLEDGE_ROLES
from engine.models.independence import JUDGING, doubts
from studio.parts.generate.lineups import published_lineup
from studio.tasks.probe_job import ProbedEngine, ask_again, findings, lists, offers
from studio.text.markdown import escape
from studio.ui.blocks import alarm
from studio.ui.plan_draft import PlanDraft

WORDS = {
    "writer": "Writer",
    "rater": "Rater",
    "solver_low": "Easy solver",
    "solver_high": "Hard solver",
}
"""Plain names of the roles; others are named after themselves."""


def role_models(project: Project, start: PlanDraft) -> tuple[dict[str, str], list[ProbedEngine], list[str]]:
    """Draw step 3 of a plan: models by role, which of them are not independent, and what their engines said.

    Returns the models, what the engines said, and what may be chosen for a role.
    """
    known = engines(project)
    st.caption("3 · Models by role")
    listed = lists(known)
    options = options_of(listed, start.recipe.roles)
    roles = models_by_role(start.recipe.roles, options, key="generate.role")
    independence(roles, (*start.recipe.settings.judging.weights, *JUDGING))
    found = engine_lines(known, in_use(roles), listed, start.recipe.settings.running.schemas)
    published_lineup(start, offers(known, listed), role_word)
    return roles, found, options


def in_use(roles: Mapping[str, str]) -> dict[str, str]:
    """Return the roles that write, solve or judge; those that build the graph are left out."""
    return {role: where for role, where in roles.items() if role not in KNOWLEDGE_ROLES}


def models_by_role(start: Mapping[str, str], options: Sequence[str], *, key: str) -> dict[str, str]:
    """Draw a list of models for each role that writes, solves or judges; any ENGINE:MODEL may be typed in."""
    said = dict(start)
    for role in (role for role in start if role not in KNOWLEDGE_ROLES):
        held = f"{key}.{role}"
        st.session_state.setdefault(held, start[role])
        now = st.session_state[held] or start[role]
        name, field = st.columns([1, 1.7], vertical_alignment="center", gap="small")
        name.markdown(escape(role_word(role)))
        chosen = field.selectbox(
            escape(role_word(role)),
            list(dict.fromkeys((now, *options))),
            format_func=lambda where: where.removeprefix("abacus:"),
            key=held,
            accept_new_options=True,
            label_visibility="collapsed",
            placeholder="ENGINE:MODEL",
        )
        said[role] = (chosen or start[role]).strip()
    return said


def independence(roles: Mapping[str, str], judges: Sequence[str]) -> None:
    """Draw a warning for each pair of roles that share a model although one should check the other."""
    for sentence in doubts(roles, judges):
        alarm(sentence)


def said_of_schemas(enforced: bool, sent: bool) -> str:
    """Say how replies of an engine are read, by whether it enforces schemas and the run sends them."""
    if enforced and sent:
        return "verdicts and lists are held to schemas, problems and solutions are free text"
    return "schemas are enforced, and this run sends none" if enforced else "free text, read by tolerant parsers"


def role_word(role: str) -> str:
    """Return a role as people say it: judge_a becomes Judge A."""
    first, *rest = role.split("_")
    words = (first.capitalize(), *(word.upper() if len(word) == 1 else word for word in rest))
    return WORDS.get(role, " ".join(words))


def options_of(found: Sequence[ProbedEngine], roles: Mapping[str, str]) -> list[str]:
    """Return what may be chosen: the models that the engines listed, then what roles have already."""
    listed = [f"{each.engine}:{model}" for each in found if each.probe for model in each.probe.models]
    return list(dict.fromkeys((*listed, *roles.values())))


def engine_lines(
    known: Mapping[str, EngineSpec], roles: Mapping[str, str], listed: Sequence[ProbedEngine], schemas: bool
) -> list[ProbedEngine]:
    """Draw what each engine turned out to be; while one is being asked, look again every second.

    `listed` is what all engines have said of their models so far, `schemas` whether the run sends schemas where they
    are enforced.
    """
    found = findings(known, roles)
    # An engine that no role uses yet is offered as soon as it has said what it has.
    waiting = _asked(found) or _asked(listed)

    @st.fragment(run_every="1s" if waiting else None)
    def poll() -> None:
        now = findings(known, roles)
        _lines(now, schemas)
        # Each engine that has not answered is waited for a moment, so nobody asks while nothing is open.
        open_lists = _asked(lists(known)) if waiting else []
        others = [name for name in open_lists if name not in {each.engine for each in now}]
        if others:
            st.caption(f":material/hourglass_empty: asking {escape(', '.join(others))} for models …")
        if waiting and not others and not _asked(now):
            st.rerun()

    poll()
    if any(each.probe and not each.probe.ok for each in found):
        st.button("Ask again", icon=":material/refresh:", type="tertiary", key="generate.probe", on_click=ask_again)
    return found


def _asked(found: Sequence[ProbedEngine]) -> list[str]:
    """Return the engines that have not answered yet."""
    return [each.engine for each in found if each.probe is None]


def _lines(findings: Sequence[ProbedEngine], schemas: bool) -> None:
    for each in findings:
        name = f"**{escape(each.engine)}**"
        if each.probe is None:
            st.caption(f":material/hourglass_empty: {name} · asking whether it answers …")
        elif not each.probe.ok:
            st.markdown(f":red[:material/error:] :small[{name} · {escape(each.probe.detail)}]")
        else:
            if each.later:
                st.caption(f":gray[:material/schedule:] {name} starts with the run, and stops with it.")
                continue
            held = said_of_schemas(each.probe.structured, schemas)
            held = "too slow to tell whether it obeys schemas" if each.probe.unmeasured else held
            st.caption(f":green[:material/check_circle:] {name} answers in {each.probe.seconds:.2f} s · {held}")
            for model in each.missing:
                alarm(f"{each.engine} does not list {model}.")
