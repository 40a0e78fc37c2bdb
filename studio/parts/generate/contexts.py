"""Replies that models cannot hold: said before the launch, with the value that fits as one click."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import streamlit as st

from engine.models import context_limits
from studio.parts.generate.models import in_use
from studio.parts.generate.recipe import begin_from
from studio.tasks.probe_job import ProbedEngine
from studio.ui.blocks import alarm
from studio.ui.plan_draft import PlanDraft


def context_alarms(now: PlanDraft, found: Iterable[ProbedEngine]) -> None:
    """Draw a line for each model that refuses replies as long as the plan asks for, and the way out."""
    known = {where: context for each in found for where, context in each.contexts.items()}
    sampling = now.recipe.settings.sampling
    short = context_limits.tight(in_use(now.recipe.roles), sampling.max_tokens, known)
    if not short:
        return
    for each in short:
        alarm(each.sentence)
    fits = context_limits.lowered(short)
    settings = now.recipe.settings.model_copy(update={"sampling": sampling.model_copy(update={"max_tokens": fits})})
    st.button(
        f"Ask for {fits:,} tokens", icon=":material/vertical_align_bottom:", key="generate.fit", on_click=begin_from,
        args=(replace(now, recipe=now.recipe.model_copy(update={"settings": settings})),),
        help="Or serve the model with a longer context, or choose another one: its server refuses such requests.",
    )  # fmt: skip
