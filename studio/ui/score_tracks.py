"""Scores as dots on tracks with their limits, drawn by the browser: light enough to be drawn ahead for many cards."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from studio.charts import Track
from studio.theme import tokens

_HERE = Path(__file__).parent


def scores(tracks: Sequence[Track], *, key: str) -> None:
    """Draw the scores; the words beside the picture say which rules fail."""
    failed = [track.label for track in tracks if not track.passes]
    alt = f"Fails {', '.join(failed)}." if failed else "Every score keeps its limit."
    now = tokens()
    colours = {name: getattr(now, name) for name in ("ink", "line", "dropped", "kept", "bad")}
    _component()(key=key, data={"alt": alt, "rows": [_row(track) for track in tracks], "colours": colours})


def _row(track: Track) -> dict[str, Any]:
    return {
        "label": track.label,
        "value": None if track.value is None else track.share(track.value),
        "limit": None if track.limit is None else track.share(track.limit),
        "atLeast": track.at_least,
        "passes": track.passes,
        "text": "–" if track.value is None else f"{track.value:.2f}",
    }


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    read = {name: (_HERE / name).read_text(encoding="utf-8") for name in ("score_tracks.css", "score_tracks.js")}
    return st.components.v2.component(
        "lemma_score_tracks", html='<div class="tracks" role="img"></div>', css=read["score_tracks.css"],
        js=read["score_tracks.js"],
    )  # fmt: skip
