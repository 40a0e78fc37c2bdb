"""The mixture of a run: shares of the kinds of combinations, what they come to, and what the graph has of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from engine import planning
from engine.knowledge.graph import KnowledgeGraph
from engine.knowledge.mixture import largest_remainder
from engine.records import KINDS, Kind
from engine.settings import Mixture, Recipe
from engine.store import Store
from studio import charts

FIELDS: dict[Kind, str] = {kind: kind.replace("-", "_") for kind in KINDS}
WORDS: dict[Kind, str] = {
    "one-hop": "Pairs that meet",
    "two-hop": "One step apart",
    "three-hop": "Core and far",
    "community": "Triangles",
}
"""Plain names of the kinds."""
_MARKS = ("①", "②", "③", "④")
"""Second cue beside the hues of the bar."""
_WIDTHS = (1.75, 1.25, 0.7)
_EFFORT = 20_000_000
"""Paths that are walked to count a kind; above, counts are estimates and say so."""


@dataclass(frozen=True, slots=True)
class Stock:
    """How many combinations of a kind the graph has."""

    count: int
    exact: bool


def mixture_editor(start: Mixture, items: int, stock: Mapping[Kind, Stock], *, key: str) -> dict[Kind, float]:
    """Draw the bar, a row per kind and whether they add up; return the shares in percent, whatever they add up to."""
    for kind in KINDS:
        st.session_state.setdefault(_key(key, kind), float(getattr(start, FIELDS[kind])))
    now = {kind: float(st.session_state[_key(key, kind)]) for kind in KINDS}
    charts.draw(
        charts.shares({WORDS[kind]: share for kind, share in now.items()}, marks=_MARKS),
        key=f"{key}.bar",
        alt=", ".join(f"{WORDS[kind]} {share:g} %" for kind, share in now.items()) + ".",
    )
    counts = largest_remainder(now, items) if sum(now.values()) > 0 else dict.fromkeys(KINDS, 0)
    for column, text in zip(st.columns(_WIDTHS, gap="small"), ("Kind", "Share %", "Items"), strict=True):
        column.caption(text)
    for kind, mark in zip(KINDS, _MARKS, strict=True):
        name, share, count = st.columns(_WIDTHS, vertical_alignment="center", gap="small")
        about = "about " if not stock[kind].exact else ""
        name.markdown(f"{mark} {WORDS[kind]}  \n:small[:gray[{about}{stock[kind].count:,} in the graph]]")
        share.number_input(
            WORDS[kind], 0.0, 100.0, step=5.0, format="%g", key=_key(key, kind), label_visibility="collapsed"
        )
        count.markdown(f"{counts[kind]:,}")
    _verdict(now, key)
    for line in shortages(counts, stock):
        st.caption(f":material/info: {line}")
    return now


def shortages(asked: Mapping[Kind, int], stock: Mapping[Kind, Stock]) -> list[str]:
    """Return a sentence for each kind of which the graph has less than its share asks for."""
    short = [
        f"{WORDS[kind]}: {count:,} asked, {stock[kind].count:,} in the graph. The other kinds fill up."
        for kind, count in asked.items()
        if stock[kind].exact and count > stock[kind].count
    ]
    have, wanted = sum(each.count for each in stock.values()), sum(asked.values())
    return [*short, *([f"{have:,} combinations in all: {wanted - have:,} items fewer."] if have < wanted else [])]


def adds_up(shares: Mapping[Kind, float]) -> bool:
    """Whether the shares come to 100 %."""
    return abs(sum(shares.values()) - 100) < 1e-6


@st.cache_resource(show_spinner="Reading the graph", max_entries=4)
def graph_of(_store: Store, where: str, revision: int, core_points: int, core_percentile: float) -> KnowledgeGraph:
    """Return the graph of a project at one revision of its points."""
    shape = {"core_points": core_points, "core_percentile": core_percentile}
    recipe = Recipe.model_validate({"name": "", "title": "", "roles": {}, "settings": {"graph": shape}})
    return planning.graph_of(_store, recipe)


@st.cache_data(show_spinner="Counting combinations", max_entries=8)
def stock_of(_graph: KnowledgeGraph, where: str, revision: int, core: tuple[int, float]) -> dict[Kind, Stock]:
    """Return how many combinations of each kind there are, estimated where counting would take long."""
    tallies = {kind: _graph.tally(kind, _EFFORT) for kind in KINDS}
    return {kind: Stock(tally.count, tally.exact) for kind, tally in tallies.items()}


def _verdict(now: Mapping[Kind, float], key: str) -> None:
    """Say whether the shares add up; offer to mend it where they do not."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if adds_up(now):
            st.markdown(
                ":green[:material/check_circle:] Shares add to 100 %. Counts by largest remainder.", width="stretch"
            )
            return
        total = sum(now.values())
        st.markdown(f":red[:material/error: Shares add to {total:g} %, not 100 %.]", width="stretch")
        st.button("Even out", icon=":material/balance:", key=f"{key}.even", on_click=_even_out, args=(key,))


def _even_out(key: str) -> None:
    """Scale the shares to 100 in whole percents, equal parts where all are zero."""
    now = {kind: float(st.session_state[_key(key, kind)]) for kind in KINDS}
    mended = largest_remainder(now if sum(now.values()) > 0 else dict.fromkeys(KINDS, 1.0), 100)
    for kind in KINDS:
        st.session_state[_key(key, kind)] = float(mended[kind])


def _key(key: str, kind: Kind) -> str:
    return f"{key}.{FIELDS[kind]}"
