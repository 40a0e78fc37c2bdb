"""Where the shipped tree of knowledge points puts a concept that names no area of its own."""

from __future__ import annotations

import streamlit as st

from engine.knowledge.taxonomy import Taxonomy


def area_of(concept: str) -> str:
    """Return the name of the concept's area; '' where the tree does not know it."""
    return _taxonomy().area_of(concept)


@st.cache_resource(show_spinner=False)
def _taxonomy() -> Taxonomy:
    return Taxonomy.load()
