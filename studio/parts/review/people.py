"""The people who read: how constant each is, how far they agree, how they do on rows whose truth is known."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import streamlit as st

from engine.curation.judge_words import scores_of
from engine.curation.review import blind_review
from engine.curation.trust.curator_noise import NoiseCorrected
from engine.curation.trust.outlook import noise_warning
from engine.curation.trust.people import CuratorStanding, PeopleStanding, people
from engine.curation.trust.reviewed import LabelledShare
from engine.curation.trust.row_scores import chance
from studio import session, workspace
from studio.parts.review.draws import make_countable, standing
from studio.parts.review.state import ReviewState
from studio.parts.review.words import span
from studio.text.markdown import escape

NOTHING = "–"


def people_expander(at: ReviewState) -> None:
    """Draw the view where somebody opens it; closed it costs nothing."""
    opened = st.expander("People", key="review.people", icon=":material/group:", on_change="rerun")
    if opened.open:
        with opened:
            people_view(at)


def people_view(at: ReviewState) -> None:
    """Draw a line for each person, what they make of the precision, and the way to labels that count."""
    store = workspace.store()
    board = scores_of(store)
    found = people(store, dict(zip(board.ids.to_pylist(), chance(board).tolist(), strict=True)))
    if not found.curators:
        st.caption("Nobody has said good or bad of a row yet.")
        return
    st.dataframe(_table(found), hide_index=True, width="stretch")
    for line in _notes(found):
        st.caption(line)
    for line in _second_line(at, found):
        st.markdown(escape(line))
    make_countable("review.people.countable")


def _table(found: PeopleStanding) -> pd.DataFrame:
    return pd.DataFrame([_row(one) for one in found.curators])


def _row(one: CuratorStanding) -> dict[str, str]:
    """Return a curator as text, each share with its interval and its count."""
    itself = one.itself
    again = NOTHING if itself is None else f"{_ends(itself.share, itself.low, itself.high)}, n {itself.repeats}"
    kappa = "" if one.others.kappa is None else f", κ {one.others.kappa:.2f}".replace("-", "−")
    others = f"{one.others.agreed} of {one.others.pairs} alike{kappa}" if one.others.pairs else NOTHING
    judged = NOTHING if one.judged is None else f"{one.judged:.2f}"
    return {
        "Person": one.name,
        "Rows": f"{one.verdicts:,}",
        "A card takes": NOTHING if one.seconds is None else span(one.seconds),
        "Met again, says the same": again,
        "With others": others,
        "Good gold rows": _said(one.gold_good),
        "Bad gold rows": _said(one.gold_bad),
        "Approves of drawn rows": _said(one.approved),
        "Judges on the same": judged,
    }


def _said(share: LabelledShare | None) -> str:
    return NOTHING if share is None else f"{_ends(share.value, share.low, share.high)}, n {share.of:,}"


def _ends(value: float, low: float, high: float) -> str:
    return f"{value:.2f} ({low:.2f} – {high:.2f})"


def _notes(found: PeopleStanding) -> Iterator[str]:
    error, both = found.error, found.together
    if both and error is not None:
        yield (
            f"{both.repeats:,} repeats of all together: as if {error:.1%} of verdicts were wrong"
            + (f" (at least {found.sure_error:.1%})" if found.sure_error is not None else "")
            + ". That is a lower limit: who errs by the same belief both times agrees with himself."
        )
    if found.alpha and found.alpha.value is not None:
        low, high = found.alpha.interval or (float("nan"), float("nan"))
        yield f"Krippendorff's α of rows that two read: {found.alpha.value:.2f} ({low:.2f} – {high:.2f}).".replace(
            "-", "−"
        )
    if found.differences:
        words = "; ".join(f"{one} / {other} {count}" for one, other, count in found.differences[:4])
        yield f"Where two differ: {escape(words)}."
    if found.averaged:
        yield "Approval intervals hold on the average over curators, not for each."


def _second_line(at: ReviewState, found: PeopleStanding) -> Iterator[str]:
    """Yield what people's own errors do to the precision; it stands below the first line and never in its place."""
    held = standing(at)
    line = found.allowing(held.found) if held else None
    if line is not None:
        yield _corrected(line)
    if warning := noise_warning(blind_review.load(session.project()).target, found.sure_error):
        yield warning


def _corrected(line: NoiseCorrected) -> str:
    if line.refusal is not None or line.value is None or line.low is None or line.high is None:
        return f"Allowing for curator error: not to be told. {escape(line.refusal.why) if line.refusal else ''}"
    return f"Allowing for curator error, by gold rows: precision {_ends(line.value, line.low, line.high)}."
