"""Models that a project has made, to choose from: outcomes of trainings and rounds, and chosen checkpoints."""

from __future__ import annotations

import streamlit as st

from engine.core.project import Project
from engine.learning.rounds import checkpoint_choice

LONGEST = 32
"""Characters of a path that are shown."""


def model_choice(
    project: Project, label: str, hint: str, *, key: str | None = None, start: str = "", newest: bool = False
) -> str:
    """Draw the choice of a model and return its path, or whatever was typed; '' where there is none.

    `start` is chosen at first, or the newest model where `newest` says so.
    """
    named = checkpoints(project)
    options = list(dict.fromkeys([*([start] if start else []), *models(project), *named]))
    first = 0 if options and (start or newest) else None
    found = st.selectbox(
        label, options, first, placeholder=hint, accept_new_options=True, key=key,
        format_func=lambda path: named.get(path) or shortened(path, project),
    )  # fmt: skip
    return str(found or "").strip()


def models(project: Project) -> list[str]:
    """Return the models that were trained in the project, newest first."""
    found = [path.parent for path in (project.root / "models").glob("*/config.json")]
    found += [path.parent for path in project.runs.glob("round-*/rounds/*/*/config.json")]
    return [str(path.resolve()) for path in sorted(found, key=lambda path: -path.stat().st_mtime)]


def checkpoints(project: Project) -> dict[str, str]:
    """Return the checkpoints that were chosen as the best of their training: folder -> what it is."""
    return {
        one.model: f"Best of {one.training or one.run} · step {one.best}"
        for one in reversed(checkpoint_choice.all_of(project.runs))
        if one.model
    }


def shortened(path: str, project: Project) -> str:
    """Return a path as it is read best: within the project from there on, else the end of it where it is long."""
    inside = path.removeprefix(f"{project.root.resolve()}/")
    return inside if len(inside) < LONGEST or inside != path else f"…{path[2 - LONGEST :]}"
