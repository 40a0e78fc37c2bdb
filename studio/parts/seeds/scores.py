"""The scores of seeds against a limit: how they spread, how many each limit keeps, and where the kept ones fall."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from engine.core.settings import AgenticMath
from engine.curation.ratings import CLOSE, HIGHEST, limits, sweep
from engine.generation import recipes
from engine.generation.methods.agenticmath_ratings import rated_anew
from engine.store import Store
from engine.store.seeds import SourceCount
from studio import navigation
from studio.charts import BandedLine, bars, draw, figure, lines
from studio.text.markdown import escape
from studio.theme import tokens
from studio.ui import plan_draft
from studio.ui.blocks import block_title
from studio.ui.plan_draft import PlanDraft, begin_from

LIMIT, GO, WEIGHT = "seeds.limit", "seeds.plan", "seeds.weight."
RESPECTS = {"complexity": "Complexity", "information": "Information value", "clarity": "Clarity"}
_HEIGHT = 240
_MOST_SUBJECTS = 12


def scores_row(store: Store) -> bool:
    """Draw scores, the count that each limit keeps, and subjects; without any score say what gives some.

    Return whether there are scores.
    """
    if st.session_state.pop(GO, False):
        navigation.go("generate", view="plan")
    found = _scores(store, store.path, store.revision_of("seeds", "verdicts"))
    if found.empty:
        _no_scores()
        return False
    start = _weighed(recipes.load("agenticmath").settings.agenticmath)
    found = found.assign(rated=rated_anew(found, start))
    limit = float(st.session_state.setdefault(LIMIT, start.seed_limit))
    kept = found["score"] >= limit - CLOSE
    left, middle, right = st.columns(3, gap="medium")
    with left:
        block_title("Seed score", "curated, 0 to 5")
        _histogram(found, limit)
        st.slider("Keep at least", 0.0, float(HIGHEST), limit, step=1.0, format="%g", key=LIMIT)
        for note in _uncurated(store, store.path, store.revision_of("verdicts")):
            st.caption(f":orange[:material/warning: {escape(note)}]")
    with middle:
        block_title("Kept by limit", f"of {len(found):,} rated seeds")
        _curve(found, limit, start)
        _weights()
        _in_words(found, limit, start)
    with right:
        block_title("Where they fall", "rated seeds per subject")
        _subjects(found, kept)
    return True


def subject_bars(subjects: Sequence[SourceCount]) -> None:
    """Draw the largest subjects, where nothing is known of scores."""
    if not subjects:
        st.caption("These seeds carry no subject.")
        return
    largest = subjects[:_MOST_SUBJECTS]
    names, sizes = [one.name for one in largest], [one.seeds for one in largest]
    finding = f"{names[0]} is the largest subject with {sizes[0]:,} seeds."
    drawn = bars(names, {"seeds": sizes}, [tokens().kept], horizontal=True, height=_height(len(names)))
    draw(drawn, key="seeds.subjects", alt=finding)


def _height(subjects: int) -> int:
    return max(_HEIGHT, 20 * subjects + 60)


@st.cache_data(show_spinner=False, max_entries=4)
def _scores(_store: Store, where: str, revision: int) -> pd.DataFrame:
    return _store.seeds.scores()


@st.cache_data(show_spinner=False, max_entries=4)
def _uncurated(_store: Store, where: str, revision: int) -> list[str]:
    return [note for note in _store.verdicts.uncurated() if note.startswith("Ratings of seeds")]


def _no_scores() -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            "**Seed score** :gray[· No seed is rated yet. Review and revise rates seeds, and rephrases the good ones.]",
            width="stretch",
        )
        st.button("Plan it", icon=":material/balance:", key="seeds.rate", on_click=_plan, args=(None,))


def _weighed(start: AgenticMath) -> AgenticMath:
    """Return the settings with the weights on the page; equal ones are the mean (AM-03)."""
    said = {f"weight_{name}": float(st.session_state.get(f"{WEIGHT}{name}", 1.0)) for name in RESPECTS}
    if len(set(said.values())) == 1 or not any(said.values()):
        return start
    return start.model_copy(update={"rating": "weighted", **said})


def _weights() -> None:
    """Draw a weight for each respect of a rating; the dashed curve and a plan follow them."""
    with st.popover("Weights", icon=":material/balance:"):
        st.caption("How much each respect counts in a seed's rating. Equal weights are the mean.")
        for name, word in RESPECTS.items():
            st.slider(word, 0.0, 5.0, 1.0, step=0.5, format="%g", key=f"{WEIGHT}{name}")
        st.caption("The dashed curve follows at once; curated scores follow when a run rates seeds anew.")


def _plan(limit: float | None) -> None:
    """Begin a plan of review and revise, with this limit where one is given; the page leaves once this is over."""
    recipe = plan_draft.shipped("agenticmath")
    if limit is not None:
        chosen = _weighed(recipe.settings.agenticmath).model_copy(update={"seed_limit": limit})
        recipe = recipe.model_copy(update={"settings": recipe.settings.model_copy(update={"agenticmath": chosen})})
    begin_from(PlanDraft(recipe))
    st.session_state[GO] = True


def _histogram(found: pd.DataFrame, limit: float) -> None:
    now = tokens()
    # A mean of 2.67 stands under 2: it reaches no limit of 3.
    counts = np.floor(found["score"] + CLOSE).astype(int).value_counts().reindex(range(HIGHEST + 1), fill_value=0)
    made = figure(_HEIGHT, now)
    made.add_bar(
        x=list(counts.index), y=list(counts), text=[f"{count:,}" for count in counts], textposition="outside",
        marker_color=[now.kept if score >= limit - CLOSE else now.dropped for score in counts.index],
        cliponaxis=False, hoverinfo="skip",
    )  # fmt: skip
    made.add_vline(limit - 0.5, line={"color": now.ink, "width": 2})
    made.update_xaxes(tickvals=list(counts.index), range=[-0.6, HIGHEST + 0.6])
    made.update_yaxes(visible=False)
    made.update_layout(showlegend=False)
    best = int(counts.to_numpy().argmax())
    draw(made, key="seeds.scores", alt=f"Most seeds score {best}: {int(counts[best]):,} of {len(found):,}.")


def _curve(found: pd.DataFrame, limit: float, start: AgenticMath) -> None:
    now = tokens()
    curated, rated = sweep(found["score"], limits(0.25)), sweep(found["rated"], limits(0.25))
    at = sweep(found["score"], [limit])[limit]
    made = lines(
        [
            BandedLine("curated", list(curated), list(curated.values()), now.kept),
            BandedLine(
                "as rated" if start.rating == "mean" else "weighted",
                list(rated),
                list(rated.values()),
                now.mute,
                dashed=True,
            ),
        ],
        x_title="limit",
        height=_HEIGHT + 24,
        limit=limit,
    )
    made.add_scatter(
        x=[limit], y=[at], mode="markers+text", text=[f" {at:,}"], textposition="middle right", showlegend=False,
        marker={"size": 10, "color": now.kept, "line": {"color": now.paper, "width": 2}}, hoverinfo="skip",
        cliponaxis=False,
    )  # fmt: skip
    made.update_xaxes(tickvals=list(range(HIGHEST + 1)), range=[-0.2, HIGHEST + 0.4])
    made.update_yaxes(rangemode="tozero", nticks=4)
    draw(made, key="seeds.sweep", alt=f"The limit {limit:g} keeps {at:,} of {len(found):,} rated seeds.")


def _in_words(found: pd.DataFrame, limit: float, start: AgenticMath) -> None:
    lower, higher = max(0.0, limit - 1), min(float(HIGHEST), limit + 1)
    counts = sweep(found["score"], [lower, limit, higher])
    kept = counts[limit]
    rated = sweep(found["rated"], [limit])[limit]
    weighed = "" if start.rating == "mean" else f" The weights alone would keep {rated:,}."
    beside = [f"{counts[other]:,} from {other:g} on" for other in (lower, higher) if other != limit]
    st.markdown(
        f"Keeps **{kept:,}** of {len(found):,}: {kept * start.variants:,} variants at {start.variants} each.{weighed} "
        f":gray[{'; '.join(beside)}. The method used {start.seed_limit:g} and kept 7,001 of 15,000.]"
    )
    st.button(
        f"Plan with limit {limit:g}", icon=":material/auto_awesome:", key="seeds.with", on_click=_plan, args=(limit,)
    )


def _subjects(found: pd.DataFrame, kept: pd.Series[bool]) -> None:
    named = found[found["subject"] != ""]
    sizes = named["subject"].value_counts().head(_MOST_SUBJECTS)
    if sizes.empty:
        st.caption("These seeds carry no subject.")
        return
    good = named[kept].groupby("subject").size().reindex(sizes.index, fill_value=0)
    now = tokens()
    names = [str(name) for name in sizes.index]
    series = {"all": [int(size) for size in sizes], "kept": [int(size) for size in good]}
    finding = f"{names[0]} has {series['all'][0]:,} rated seeds, {series['kept'][0]:,} of them kept."
    drawn = bars(names, series, [now.dropped, now.kept], horizontal=True, height=_height(len(names)))
    draw(drawn, key="seeds.kept", alt=finding)
