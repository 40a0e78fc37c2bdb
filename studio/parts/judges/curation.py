"""Score curation: how raters err by their ratings' neighbours, scores before and after, and which would be changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from engine.core.settings import RecipeSettings
from engine.curation.correct_ratings import SCORES, Rescored
from engine.curation.ds2.transition import FEW
from engine.store import Store
from studio.charts import draw, figure
from studio.tasks import curation_job
from studio.text.markdown import escape, plain
from studio.theme import tokens
from studio.ui.blocks import block_title, failure

SHOWN = 200
_STORED = {"seed_rating": "seed_curated", "joint": "joint_curated"}
_FAMILIES = ("verdicts", "problems", "seeds")


def ratings_there(store: Store) -> dict[str, int]:
    """Return the kinds of ratings from 0 to 5 that a project holds, and how many of each."""
    counts = {name: store.verdicts.count_of(name) for name in SCORES}
    return {name: count for name, count in counts.items() if count}


def curation_view(store: Store, settings: RecipeSettings, runs: Path) -> None:
    """Draw the ratings of one kind, once their neighbours have been asked; that is a job of its own."""
    there = ratings_there(store)
    if not there:
        st.caption("No ratings from 0 to 5 yet: lemma run agenticmath rates seeds and problems.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        name = st.selectbox(
            "Ratings", list(there), key="judges.curated", label_visibility="collapsed", width=340,
            format_func=lambda one: f"{there[one]:,} {SCORES[one]}",
        )  # fmt: skip
        asked = (store.path, store.revision_of(*_FAMILIES), name)
        job = curation_job.curated(asked)
        if job is None and st.button("Ask the neighbours", icon=":material/hub:", key="judges.curate"):
            curation_job.begin(asked, store, settings, runs / ".embeddings")
            job = curation_job.curated(asked)
    for run, count, changed in store.verdicts.overwritten(_STORED[name]) if name in _STORED else ():
        st.caption(escape(f"{run} overwrote {changed:,} of {count:,} of these ratings; that stands in the store."))
    if job is None:
        st.caption("Neighbours by meaning should be rated alike; where they are not, ratings can be corrected.")
        return
    job.wait(1.5)
    if job.going:
        _wait(asked)
    elif job.error is not None:
        failure(job.error, key="judges.curate.failed")
    elif job.found is not None:
        _found(job.found, store, settings)


@st.fragment(run_every="2s")
def _wait(asked: curation_job.Asked) -> None:
    job = curation_job.curated(asked)
    st.caption("Neighbours are looked for …")
    if job is None or not job.going:
        st.rerun()


def _found(found: Rescored, store: Store, settings: RecipeSettings) -> None:
    done = found.curated
    limit = st.slider(
        "Overwrite from this confidence on", 0.0, 1.0, settings.curation.min_confidence, 0.01, key="judges.confidence"
    )
    changed = np.flatnonzero((done.scores != done.reported) & (done.confidence >= limit))
    scores = done.reported.copy()
    scores[changed] = done.scores[changed]
    if found.doubt:
        st.markdown(f":orange[:material/warning: {escape(f'A run would overwrite nothing: {found.doubt}.')}]")
    left, middle, right = st.columns([1, 1, 1.2], gap="large")
    with left:
        _matrix(found)
    with middle:
        _before_and_after(done.reported, scores)
    with right:
        _changed(found, changed, store, limit)
        _worth(found)


def _matrix(found: Rescored) -> None:
    block_title("Reported against true score", "rows sum to 1")
    count, known = len(found.subjects), found.curated.estimate
    if count < FEW:
        st.warning(f"{count:,} ratings; a matrix of six scores is a guess below {FEW:,}.", icon=":material/warning:")
        return
    now = tokens()
    made = figure(300, now)
    names = [str(score) for score in range(len(known.p))]
    # The estimate has a row for a score that nobody reports, too, and nothing was learnt from it.
    unseen = [one.score for one in found.curated.classes if not one.rows]
    shares = known.T.copy()
    shares[unseen] = np.nan
    made.add_heatmap(
        z=shares, x=names, y=names, colorscale=[[0, now.panel], [1, now.kept]], showscale=False, zmin=0, zmax=1,
        xgap=2, ygap=2,
        text=[[f"{share:.2f}".lstrip("0") if share >= 0.005 else "" for share in row] for row in shares],
        texttemplate="%{text}", hovertemplate="true %{y}, reported %{x}: %{z:.2f}<extra></extra>",
    )  # fmt: skip
    made.update_xaxes(title="reported", type="category")
    made.update_yaxes(title="true", type="category", autorange="reversed")
    diagonal = float(np.nanmean(np.diag(shares)))
    draw(made, key="judges.matrix", alt=f"On average {diagonal:.2f} of a true score is reported as it is.")
    if unseen:
        st.caption(f"Never reported, so nothing is known of them: {', '.join(f'{score:d}' for score in unseen)}.")


def _before_and_after(reported: np.ndarray, scores: np.ndarray) -> None:
    block_title("Scores before and after")
    now = tokens()
    made = figure(300, now)
    names = [str(score) for score in range(6)]
    for name, values, colour in (("reported", reported, now.mute), ("curated", scores, now.kept)):
        share = np.bincount(values, minlength=6) / max(len(values), 1)
        made.add_bar(
            x=names, y=share.tolist(), name=name, marker_color=colour,
            hovertemplate="score %{x}: %{y:.1%}<extra></extra>",
        )  # fmt: skip
    made.update_layout(barmode="group")
    made.update_yaxes(tickformat=".0%", showgrid=True, gridcolor=now.line)
    made.update_xaxes(title="score", type="category")
    draw(made, key="judges.before", alt=f"{int((reported != scores).sum()):,} of {len(scores):,} scores change.")


def _changed(found: Rescored, changed: np.ndarray, store: Store, limit: float) -> None:
    done = found.curated
    block_title("Changed scores", f"{len(changed):,} of {len(done.scores):,}, confidence at least {limit:.2f}")
    order = changed[np.argsort(-done.confidence[changed], kind="stable")][:SHOWN]
    if not len(order):
        st.caption("No score would change.")
        return
    texts = _texts(found, [found.subjects[n] for n in order.tolist()], store)
    rows = [
        {
            "Was": int(done.reported[n]),
            "Now": int(done.scores[n]),
            "Conf.": float(done.confidence[n]),
            "Problem": plain(text)[:200],
        }
        for n, text in zip(order.tolist(), texts, strict=True)
    ]
    columns = {"Conf.": st.column_config.NumberColumn(format="%.2f"), "Problem": st.column_config.Column(width=230)}
    st.dataframe(rows, hide_index=True, height=230, column_config=columns, key="judges.changed")


def _texts(found: Rescored, ids: list[str], store: Store) -> list[str]:
    if found.name == "seed_rating":
        known = {seed.id: seed.statement for seed in store.seeds.many(ids)}
        return [known.get(ident, ident) for ident in ids]
    about = {
        row["subject_id"]: row["problem_id"] or row["subject_id"]
        for row in store.verdicts.arrow(found.name).to_pylist()
    }
    problems = [about.get(ident, ident) for ident in ids]
    texts = {row["id"]: row["statement"] for row in store.problems.texts(sorted(set(problems))).to_pylist()}
    return [str(texts.get(problem, problem)) for problem in problems]


def _worth(found: Rescored) -> None:
    """Say whether the estimate can be relied on, and how often neighbours agree."""
    done = found.curated
    if not found.doubt and done.estimate.reliable:
        st.markdown(":green[:material/check_circle: Estimate reliable: every row peaks on the diagonal.]")
    elif not found.doubt:
        st.markdown(f":orange[:material/warning: {escape(done.estimate.warning or 'Estimate unreliable.')}]")
    st.caption(f"The two nearest neighbours agree in {done.estimate.clusterable:.0%} of items.")
    for one in done.classes:
        if one.doubt and one.rows:
            st.caption(escape(f"Score {one.score}: {one.doubt}."))
