"""What needs the curator now: at most five cards, each with one act; and what is running."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from engine.core.errors import LemmaError
from engine.curation.review import queues
from engine.learning.rounds import promotion_state
from engine.runs import launcher
from engine.runs.status import Status
from engine.store import RunNow, Store
from studio import navigation, session
from studio.parts.home.engines import engine_strip, working
from studio.text.markdown import escape
from studio.ui.blocks import block_title
from studio.ui.round_state import round_state
from studio.ui.run_monitor import LIVE, pace_text, state_word
from studio.workspace import Workspace

MOST = 5
ENOUGH_LABELS = 50


@dataclass(frozen=True, slots=True)
class NeedCard:
    """One card: what it is, why, and the page and address of its act."""

    icon: str
    what: str
    why: str
    act: str
    page: str
    carry: tuple[tuple[str, str], ...] = ()
    builds: bool = False
    """Whether the act is to build the graph, not only to go there."""


def needs(shared: Workspace) -> None:
    """Draw the cards, or say that there are none."""
    block_title("Needs you")
    found = list(_found(shared))[:MOST]
    if not found:
        _suggest(shared.store)
        return
    for number, need in enumerate(found):
        with st.container(border=True):
            left, right = st.columns([2.2, 1], vertical_alignment="center")
            left.markdown(f":material/{need.icon}: **{escape(need.what)}**  \n{escape(need.why)}")
            if right.container(horizontal_alignment="right").button(escape(need.act), key=f"home.need.{number}"):
                st.session_state[navigation.BUILD] = need.builds
                navigation.go(need.page, **dict(need.carry))


def _suggest(store: Store) -> None:
    """Say that nothing waits, and name the one thing that would move the project on."""
    st.caption("Nothing needs you.")
    figures = store.home.funnel()
    if figures.approved > figures.exported:
        navigation.link("export", f"Export {figures.approved:,} approved problems", icon=":material/upload:")
    else:
        navigation.link("generate", "Write more problems", icon=":material/auto_awesome:")


def _round_waiting(store: Store) -> NeedCard | None:
    events = store.rounds.events()
    rounds = promotion_state.outcomes(events)
    last = rounds[-1] if rounds else None
    gain = last.gain if last else None
    if last is None or gain is None or round_state(last, events, promotion_state.current(events))[0] != "Waiting":
        return None
    why = f"{100 * gain:+.1f} points against its start: {last.advice}"
    return NeedCard("autorenew", f"M{len(rounds)} waits for a decision", why, "Look", "rounds")


def _stuck(shared: Workspace) -> Iterator[NeedCard]:
    for run in _runs(shared):
        state = launcher.state(shared.project.runs / run.id)
        if state.state in ("lost", "failed", "paused"):
            yield NeedCard(
                "error",
                f"{run.id} is {state.state}",
                state.reason,
                "Look",
                "generate",
                (("view", "live"), ("run", run.id)),
            )


def _half_edited(store: Store) -> NeedCard | None:
    half = store.decisions.waiting()
    if not half:
        return None
    what = f"{len(half):,} edited statement{'' if len(half) == 1 else 's'} without a solution"
    carry = (("queue", "ids"), ("ids", ",".join(half[:200])))
    return NeedCard("rule", what, "Nothing half-edited is exported", "Complete", "review", carry)


def _found(shared: Workspace) -> Iterator[NeedCard]:
    store = shared.store
    yield from _stuck(shared)
    if turn := _half_edited(store):
        yield turn
    asked = _second_opinions(store)
    if asked:
        yield NeedCard(
            "group", f"{asked:,} second opinions", "Asked by other curators", "Open", "review", (("queue", "second"),)
        )
    if turn := _round_waiting(store):
        yield turn
    figures = store.home.funnel()
    if figures.seeds and not store.points.count():
        yield NeedCard(
            "hub", "No knowledge graph yet", f"{figures.seeds:,} seeds are waiting", "Build", "graph", builds=True
        )
    if figures.judged and not figures.selected:
        yield NeedCard("tune", "No limits applied yet", f"{figures.judged:,} problems are judged", "Tune", "tune")
    if figures.selected > figures.approved:
        waiting = figures.selected - figures.approved
        yield NeedCard("fact_check", f"{waiting:,} selected problems to review", "Borderline first", "Review", "review")
    if figures.judged and (turn := _unmeasured(store)):
        yield turn
    thin = len(store.home.thin(1000)) if figures.selected else 0
    if thin:
        yield NeedCard("hub", f"{thin:,} concepts are thin", "Fewer than 30 kept problems", "See", "graph")


def _unmeasured(store: Store) -> NeedCard | None:
    """Return a card while there are fewer random labels than a first draw has; others say nothing of the kept set."""
    labels = store.labels.counts().get("draw", 0)
    if labels >= ENOUGH_LABELS:
        return None
    why = f"{labels} random label{'' if labels == 1 else 's'}; {ENOUGH_LABELS} say how good the kept set is"
    return NeedCard("balance", "Precision is not known", why, "Label", "review", (("queue", "draw"),))


def _second_opinions(store: Store) -> int:
    try:
        queue = queues.make(store, "second", queues.policy_for(store), session.curator())
    except LemmaError:
        return 0
    return len(queues.waiting(store, queue))


def _runs(shared: Workspace) -> list[RunNow]:
    return [run for run in shared.store.runs.list(dry=False) if (shared.project.runs / run.id).exists()][:20]


def running(shared: Workspace) -> None:
    """Draw the runs that go on and the engines at work; the page polls only while there are any."""
    active = [run.id for run in _runs(shared) if _state(shared, run).state in launcher.ACTIVE]
    if active or working(shared.project, []):
        block_title("Running")
        _poll(shared, active)


@st.fragment(run_every="2s")
def _poll(shared: Workspace, ids: list[str]) -> None:
    states = {ident: launcher.state(shared.project.runs / ident) for ident in ids}
    if states and not any(state.state in launcher.ACTIVE for state in states.values()):
        st.rerun()
    with st.container(border=True):
        for ident, state in states.items():
            _run(ident, state)
        live = [shared.project.runs / ident for ident, one in states.items() if one.state in LIVE]
        engine_strip(shared.project, live)


def _run(ident: str, status: Status) -> None:
    """Draw a run over its bar: there is no room for both side by side."""
    ended = status.done + status.failed
    share = min(1.0, ended / status.total) if status.total else 0.0
    facts = [state_word(status.state).lower(), f"{ended:,} of {status.total:,}", pace_text(status)]
    st.progress(share, text=f"**{escape(ident)}** · {escape(' · '.join(fact for fact in facts if fact))}")


def _state(shared: Workspace, run: RunNow) -> Status:
    return launcher.state(shared.project.runs / run.id)
