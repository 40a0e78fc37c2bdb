"""The pre-flight of a training: findings, what is behind them, and overrides by name."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine.core.settings.training import Training
from engine.learning.training import preflight
from engine.learning.training.preflight import TrainingFinding
from engine.learning.training.program import TITLES
from studio.tasks import preflight_job
from studio.text.markdown import escape
from studio.ui.blocks import block_title, failure

_LOOK = {
    "green": ":green[:material/check_circle:]",
    "amber": ":orange[:material/warning:]",
    "red": ":red[:material/error:]",
}
_WORDS = {"red": "blocks launch", "amber": "look at it", "green": ""}


def train_checks(stages: Sequence[Training]) -> tuple[tuple[Training, ...], str]:
    """Draw the findings of every stage; return the stages with the overrides that were given, and what blocks them.

    '' where nothing does.
    """
    if not stages:
        block_title("Pre-flight")
        st.caption("The list appears when model and data are chosen.")
        return (), "Choose a base model and data first."
    block_title("Pre-flight")
    cells = st.tabs([TITLES[training.method] for training in stages]) if len(stages) > 1 else [st.container()]
    drawn = []
    for cell, training in zip(cells, stages, strict=True):
        with cell:
            drawn.append(_stage(training))
    blocked = (f"{TITLES[one.method]} · {why}" if len(stages) > 1 else why for one, why in drawn if why)
    return tuple(training for training, _ in drawn), next(blocked, "")


def _stage(training: Training) -> tuple[Training, str]:
    look = preflight_job.look(training)
    look.wait(0.5)
    if look.running:
        _wait(look)
        return training, "The pre-flight is still going on."
    if look.error:
        failure(look.error, key=f"train.preflight.{training.method}")
        preflight_job.forget(training)
        return training, "The pre-flight failed."
    found = look.found or ()
    for one in found:
        _line(one, training.method)
    given, left = _overrides(training, found)
    return training.model_copy(update={"override": given}), left


@st.fragment(run_every="1s")
def _wait(look: preflight_job.PreflightJob) -> None:
    st.caption(":material/hourglass_empty: Looking at model and data.")
    if not look.running:
        st.rerun()


def _line(one: TrainingFinding, method: str) -> None:
    word = f" :gray[· {_WORDS[one.severity]}]" if _WORDS[one.severity] else ""
    st.markdown(f"{_LOOK[one.severity]} **{escape(one.name.replace('_', ' ').capitalize())}**{word}")
    st.caption(escape(f"{one.detail}. {one.do}".replace("..", ".").strip()))
    if one.evidence:
        with st.popover("Show", icon=":material/visibility:", key=f"train.evidence.{method}.{one.name}"):
            for text in one.evidence:
                st.code(text, language=None, wrap_lines=True)


def _overrides(training: Training, found: tuple[TrainingFinding, ...]) -> tuple[tuple[str, ...], str]:
    red = [one.name for one in preflight.blocking(found)]
    given: list[str] = []
    if red:
        key = f"train.override.{training.method}"
        given = st.multiselect("Go on all the same with", red, key=key, placeholder="Override by name")
    if st.button("Look again", icon=":material/refresh:", type="tertiary", key=f"train.again.{training.method}"):
        preflight_job.forget(training)
        st.rerun()
    left = preflight.blocking(found, given)
    return tuple(given), f"{left[0].name}: {left[0].detail}" if left else ""
