"""The mixture of a run: shares of the kinds of combinations, what they come to, and what the graph has of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from engine import planning
from engine.core.records import KINDS, Kind
from engine.core.settings import Mixture, Recipe
from engine.generation.agents import BY_NAME
from engine.knowledge.graph import KnowledgeGraph
from engine.knowledge.mixture import largest_remainder
from engine.store import Store
from studio import charts
from studio.text.markdown import escape

FIELDS: dict[Kind, str] = {kind: kind.replace("-", "_") for kind in KINDS}
WORDS: dict[Kind, str] = {
    "one-hop": "Pairs that meet",
    "two-hop": "One step apart",
    "three-hop": "Core and far",
    "community": "Triangles",
}
"""Plain names of the kinds."""
_MARKS = tuple("①②③④⑤⑥⑦⑧⑨⑩⑪⑫")
"""Second cue beside the hues of the bar."""
_WIDTHS = (1.7, 1.1, 0.9)
_EFFORT = 20_000_000
"""Paths that are walked to count a kind; above, counts are estimates and say so."""


@dataclass(frozen=True, slots=True)
class Stock:
    """How many combinations of a kind the graph has."""

    count: int
    exact: bool


@dataclass(frozen=True, slots=True)
class MixturePart:
    """One part of a mixture: its name in the settings, its plain name, and a remark below it."""

    name: str
    word: str
    about: str


def mixture_editor(start: Mixture, items: int, stock: Mapping[Kind, Stock], *, key: str) -> dict[Kind, float]:
    """Draw the shares of the kinds of combinations; return them in percent, whatever they add up to."""
    parts = [
        MixturePart(
            FIELDS[kind], WORDS[kind], f"{'' if stock[kind].exact else 'about '}{stock[kind].count:,} in the graph"
        )
        for kind in KINDS
    ]
    said = shares_editor(start.model_dump(), items, parts, key=key)
    now = {kind: said[FIELDS[kind]] for kind in KINDS}
    counts = largest_remainder(now, items) if sum(now.values()) > 0 else dict.fromkeys(KINDS, 0)
    for line in shortages(counts, stock):
        st.caption(f":material/info: {line}")
    return now


def agents_editor(start: Mapping[str, float], items: int, *, key: str) -> dict[str, float]:
    """Draw which agents write and their shares; return them in percent, whatever they add up to."""
    held = f"{key}.agents"
    chosen = st.multiselect(
        "Agents",
        list(BY_NAME),
        st.session_state.setdefault(held, [agent for agent in BY_NAME if start.get(agent, 0) > 0]),
        format_func=lambda agent: BY_NAME[agent].card.name,
        key=held,
        label_visibility="collapsed",
        placeholder="Choose agents",
    )
    parts = [MixturePart(agent, BY_NAME[agent].card.name, BY_NAME[agent].card.category) for agent in chosen]
    return shares_editor(start, items, parts, key=key) if parts else {}


def shares_editor(
    start: Mapping[str, float], items: int, parts: Sequence[MixturePart], *, key: str, noun: str = "Items"
) -> dict[str, float]:
    """Draw the bar, a row per part and whether they add up; return the shares in percent, whatever they add up to."""
    for part in parts:
        st.session_state.setdefault(f"{key}.{part.name}", float(start.get(part.name, 0.0)))
    now = {part.name: float(st.session_state[f"{key}.{part.name}"]) for part in parts}
    marks = _MARKS[: len(parts)]
    charts.draw(
        charts.shares({part.word: now[part.name] for part in parts}, marks=marks),
        key=f"{key}.bar",
        alt=", ".join(f"{part.word} {now[part.name]:g} %" for part in parts) + ".",
    )
    counts = largest_remainder(now, items) if sum(now.values()) > 0 else dict.fromkeys(now, 0)
    for column, text in zip(st.columns(_WIDTHS, gap="small"), ("Kind", "Share %", noun), strict=True):
        column.caption(text)
    for part, mark in zip(parts, marks, strict=True):
        name, share, count = st.columns(_WIDTHS, vertical_alignment="center", gap="small")
        name.markdown(f"{mark} {escape(part.word)}  \n:small[:gray[{escape(part.about)}]]")
        share.number_input(
            escape(part.word),
            0.0,
            100.0,
            now[part.name],
            5.0,
            "%g",
            key=f"{key}.{part.name}",
            label_visibility="collapsed",
        )
        count.markdown(f"{counts[part.name]:,}")
    _verdict(now, key)
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


def adds_up(shares: Mapping[str, float] | Mapping[Kind, float]) -> bool:
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


def _verdict(now: Mapping[str, float], key: str) -> None:
    """Say whether the shares add up; offer to mend it where they do not."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if adds_up(now):
            st.markdown(
                ":green[:material/check_circle:] Shares add to 100 %. Counts by largest remainder.", width="stretch"
            )
            return
        total = sum(now.values())
        st.markdown(f":red[:material/error: Shares add to {total:g} %, not 100 %.]", width="stretch")
        st.button("Even out", icon=":material/balance:", key=f"{key}.even", on_click=_even_out, args=(key, tuple(now)))


def _even_out(key: str, names: tuple[str, ...]) -> None:
    """Scale the shares to 100 in whole percents, equal parts where all are zero."""
    now = {name: float(st.session_state[f"{key}.{name}"]) for name in names}
    mended = largest_remainder(now if sum(now.values()) > 0 else dict.fromkeys(names, 1.0), 100)
    for name in names:
        st.session_state[f"{key}.{name}"] = float(mended[name])
