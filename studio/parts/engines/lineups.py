"""The models of the papers by role, beside the roles of the project: which of them are here, and what to serve."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from engine.core.project import EngineSpec, Project, roles, save_roles
from engine.generation import recipes
from engine.generation.recipes.lineups import LineUp, Mapped, lineup, lineups, mapped, remarks, serving_lines
from engine.models.independence import JUDGING, doubts
from studio.tasks import probe_job
from studio.text.markdown import escape
from studio.ui.blocks import alarm, block_title

_CHOSEN, EDITED = "engines.lineup", "engines.roles"


def as_published(project: Project, named: Mapping[str, EngineSpec]) -> None:
    """Draw one line-up: role, published model, which engine has it; one click maps the roles that can be mapped."""
    block_title("As published", "the papers' models by role")
    names = [one.name for one in lineups()]
    chosen = st.selectbox("Line-up", names, format_func=_titled, key=_CHOSEN, label_visibility="collapsed")
    which = lineup(str(chosen))
    found = mapped(which, probe_job.offers(named, _asked(named)))
    st.caption(escape(f"{which.about} {which.source}."))
    st.dataframe(_rows(which, found), hide_index=True, width="stretch", height="content")
    if which.settings:
        said = " · ".join(f"{key} = {text}" for key, text in which.changes.items())
        st.caption(escape(f"Its settings: {said}. {which.settings_note}"))
    standing = roles(project)
    new = {role: where for role, where in found.roles.items() if standing.get(role) != where}
    st.button(
        f"Map {len(new)} roles" if len(new) != 1 else "Map 1 role", icon=":material/conversion_path:",
        key="engines.lineup.map", disabled=not new, on_click=_map, args=(project, new),
        help="Of the engines above, those that list a published model get its role; roles are shared by all recipes.",
    )  # fmt: skip
    _doubtful(which, standing)
    with st.expander("What to serve and install", icon=":material/terminal:"):
        beside = [
            line for one in which.beside for line in (f"# {one.task}: {one.model.printed} · {one.source}", one.way)
        ]
        st.code("\n".join((*serving_lines(which), *beside)), language="bash", wrap_lines=True)
        st.caption("Each server on GPUs of its own; they are counted for cards of 80 GiB and weights of 16 bit.")
        st.caption("  \n".join(escape(sentence) for sentence in remarks(which, found)))


def _titled(name: str) -> str:
    return lineup(name).title


def _asked(named: Mapping[str, EngineSpec]) -> list[probe_job.ProbedEngine]:
    """Return what the engines list; while one is being asked, look again every second."""
    found = probe_job.lists(named)
    if any(each.probe is None for each in found):

        @st.fragment(run_every="1s")
        def poll() -> None:
            st.caption(":material/hourglass_empty: The engines are asked for their models.")
            if all(each.probe for each in probe_job.lists(named)):
                st.rerun()

        poll()
    return found


def _rows(which: LineUp, found: Mapped) -> list[dict[str, str]]:
    return [
        {
            "Role": one.role.replace("_", " "),
            "Published": one.model.printed if one.model else "not named",
            "Here": found.roles.get(one.role, "–"),
            "Source": one.source,
        }
        for one in which.roles
    ]


def _map(project: Project, new: Mapping[str, str]) -> None:
    save_roles(project, {**roles(project), **new})
    # The table of roles would put its own edits over what was just mapped.
    st.session_state.pop(EDITED, None)
    st.toast(f"{len(new)} roles are mapped.", icon=":material/check_circle:")


def _doubtful(which: LineUp, standing: Mapping[str, str]) -> None:
    """Say which roles of the recipe ought to differ and do not, as they are mapped now."""
    recipe = recipes.load(which.recipe, standing=standing)
    for sentence in doubts(recipe.roles, (*recipe.settings.judging.weights, *JUDGING)):
        alarm(f"{recipe.title}: {sentence}")
