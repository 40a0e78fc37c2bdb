"""How far people agree, at the end of a queue: with each other, and with themselves where a card came back unseen."""

from __future__ import annotations

import streamlit as st

from engine.curation.review import blind_review
from engine.curation.review.blind_review import Reviewing
from engine.curation.trust.intervals import wilson
from engine.store import ReaderAgreement
from studio import session, workspace
from studio.parts.review import state as acts
from studio.ui.blocks import block_title


def agreement_block() -> None:
    """Draw both agreements with their counts, and the way to what two people see differently."""
    store, how = workspace.store(), blind_review.load(session.project())
    block_title("Agreement", "from blind readings")
    drawn = bool(store.draws.all())
    both, again = store.readings.agreement(), store.readings.self_agreement(session.curator())
    st.markdown(f"**Two people** · {said(both, _none_yet(how), interval=drawn)}")
    st.markdown(f"**You, met again** · {said(again, _not_met(how), interval=drawn)}")
    if not drawn and both.pairs + again.pairs:
        st.caption("Counts of rows that somebody picked; they say nothing of the others.")
    differing = len(store.readings.differing())
    if differing:
        noun = "problem" if differing == 1 else "problems"
        st.button(
            f"Settle {differing} {noun}", key="review.settle", icon=":material/group:",
            on_click=acts.open_queue, args=("differ",),
            help="Two people decided differently, each unseen by the other.",
        )  # fmt: skip


def said(counts: ReaderAgreement, none: str, *, interval: bool = True) -> str:
    """Return an agreement in words: counts, and kappa and the interval of the share where rows were drawn."""
    if not counts.pairs:
        return f":gray[{none}]"
    if not interval:
        return f"{counts.agreed:,} of {counts.pairs:,} alike"
    low, high = wilson(counts.agreed, counts.pairs)
    kappa = (
        "κ\N{NO-BREAK SPACE}has no value while all say the same"
        if counts.kappa is None
        else f"κ\N{NO-BREAK SPACE}{counts.kappa:.2f}"
    )
    return f"{counts.agreed:,} of {counts.pairs:,} alike, {low:.2f} – {high:.2f} · {kappa}".replace("-", "−")


def _none_yet(how: Reviewing) -> str:
    if not how.second_readers:
        return "second readings are switched off in the settings."
    return f"nothing was read by two people yet; {how.second_readers:.0%} of the problems will be."


def _not_met(how: Reviewing) -> str:
    if not how.repeats:
        return "repeats are switched off in the settings."
    return f"no card has come back yet; {how.repeats:.0%} of them will, unannounced."
