"""The way from a number that cannot be said to the labels that would let it be said: a random draw, at the desk."""

from __future__ import annotations

from math import ceil

import streamlit as st

from engine.core.errors import LemmaError
from engine.core.settings.trust import TrustSettings
from engine.curation.review import queues
from engine.curation.trust import drawing
from engine.curation.trust.estimated import NotShown
from engine.store import Store
from studio import navigation, session
from studio.ui.blocks import failure

MOST = 500
"""Rows of one draw at most; nobody labels more at a sitting."""


def label_more(store: Store, refusal: NotShown | None, kept: int, *, key: str, quiet: bool = False) -> None:
    """Offer to label drawn rows that wait, else to draw as many as `refusal` asks for and go to them.

    `kept` is how many rows the number is about: a uniform draw of the project falls among them by that share.
    """
    waiting, rows = len(store.draws.open()), store.problems.count()
    count = waiting or wanted(refusal, kept / max(rows, 1), len(store.draws.all()), rows)
    words = f"Label {count:,} drawn rows" if waiting else f"Label {count:,} more at random"
    drawn = None if waiting else f"Draws {count:,} rows at random from all rows; the first ones uniformly."
    if st.button(words, icon=":material/casino:", key=key, help=drawn, type="tertiary" if quiet else "secondary"):
        try:
            if not waiting:
                drawing.draw(store, queues.policy_for(store), count, by=session.curator())
        except LemmaError as error:
            failure(error, key=key)
            return
        navigation.go("review", queue="draw")


def wanted(refusal: NotShown | None, share: float, draws: int, rows: int, settings: TrustSettings | None = None) -> int:
    """Return how many of all `rows` to draw: a batch, or as many as bring enough of them where they are missing."""
    known = settings or TrustSettings()
    batch = known.batch if draws else known.first_batch
    asked = ceil(refusal.labels / share) if refusal and share > 0 and refusal.code != "not_random" else 0
    return max(min(max(batch, asked), MOST, rows), 1)
