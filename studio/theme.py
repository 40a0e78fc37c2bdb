"""The only place of a colour: tokens with one meaning each, for light and dark.

Charts and components ask `tokens()` in every run and never hold a hex value, so a change of theme
reaches everything. `.streamlit/config.toml` repeats the tokens that Streamlit itself paints with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import streamlit as st

Mode = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours of one theme, `#RRGGBB`. Comments name the second cue that always goes with a colour."""

    mode: Mode
    ink: str
    paper: str
    panel: str
    line: str
    kept: str
    """Kept by the policy, selected, policy A: a dot."""
    dropped: str
    """Dropped by the policy, background population: drawn below kept. Marks only, never text."""
    other: str
    """The other policy, loss, what fell: dashed. Marks only, never text."""
    both: str
    good: str
    """Approved, passed: a check."""
    bad: str
    """Rejected, failed: a cross."""
    warn: str
    """Look at it, community edge: a triangle."""
    edit: str
    """Edited by a person, implicit edge: dashed."""
    mute: str
    """Captions, axis text, skipped."""
    areas: tuple[str, ...]
    ramp: tuple[str, ...]
    """Scores, low to high."""
    diverging: tuple[str, ...]
    """Differences, minus to plus."""


LIGHT = Tokens(
    mode="light",
    ink="#23272F",
    paper="#FDFCFA",
    panel="#F4F2ED",
    line="#E2DED5",
    kept="#2B5FC7",
    dropped="#C4BCAE",
    other="#D9730D",
    both="#484E5A",
    good="#0B7A6B",
    bad="#B8420A",
    warn="#8A6100",
    edit="#6C4BB6",
    mute="#6B6F76",
    areas=("#2B5FC7", "#D9730D", "#0B7A6B", "#6C4BB6", "#C9A227", "#7F8794", "#B0447A", "#4FA3C7"),
    ramp=(
        *("#EFF3FB", "#DCE6F6", "#C2D4F0", "#A3BEE8", "#83A6DF"),
        *("#638DD5", "#4675CB", "#2B5FC7", "#1F48A0", "#153276"),
    ),
    diverging=(
        *("#8F3A08", "#B8420A", "#D9730D", "#E9A86B", "#F4DCC4"),
        *("#DCE6F6", "#A3BEE8", "#638DD5", "#2B5FC7", "#1F48A0"),
    ),
)

DARK = Tokens(
    mode="dark",
    ink="#E4E2DD",
    paper="#15171B",
    panel="#1E2126",
    line="#31353C",
    kept="#7EA6F5",
    dropped="#62666F",
    other="#F08A4B",
    both="#C8CBD2",
    good="#3FBFA9",
    bad="#F08A4B",
    warn="#E2B93B",
    edit="#A98EE8",
    mute="#9A9FA8",
    areas=("#7EA6F5", "#F08A4B", "#3FBFA9", "#A98EE8", "#E2B93B", "#9A9FA8", "#E07BAE", "#7CC4E0"),
    ramp=(
        *("#1B2333", "#22304C", "#2A3E66", "#334E82", "#3D5F9F"),
        *("#4A72BC", "#5F89D8", "#7EA6F5", "#A5C1F9", "#CDDDFC"),
    ),
    diverging=(
        *("#F7B88E", "#F08A4B", "#C26A33", "#8A4E2A", "#4A3A32"),
        *("#2F3A50", "#3D5F9F", "#5F89D8", "#7EA6F5", "#A5C1F9"),
    ),
)


def tokens() -> Tokens:
    """Return the colours of the theme that the browser shows now."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def fade(colour: str, share: float) -> str:
    """Return `#RRGGBB` as `rgba(...)` with opacity `share` in 0..1."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share:g})"


def on(colour: str) -> str:
    """Return the colour of text on `colour`: ink or white, whichever reads better."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return LIGHT.ink if luminance > 0.25 else "#FFFFFF"
