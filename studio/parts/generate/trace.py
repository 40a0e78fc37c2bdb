"""A dry run looked at item by item: every step with who spoke, what it cost, what was said and what was made of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from engine.core.records import KINDS, Intermediate, Problem, Solution, Verdict
from engine.generation import trace
from engine.generation.agents import BY_NAME
from engine.generation.trace import Heard, Product, Traced, TraceStep
from engine.runs import launcher
from engine.runs.ahead import ahead
from engine.runs.status import Status
from studio.parts.generate.mixture import WORDS
from studio.parts.generate.models import role_word
from studio.text.markdown import code, escape, plain, rich
from studio.ui.run_monitor import LIVE, duration, label, run_state, short

_STEPS = {
    "agents/graph_problem": ("Problem writer", ":material/edit_note:"),
    "agents/rephrase": ("Variants", ":material/edit_note:"),
    "agents/revise": ("Reviser", ":material/healing:"),
    "agents/request_problem": ("Writer by request", ":material/edit_note:"),
    "agents/self_refine": ("Self-refinement", ":material/healing:"),
    "solving/difficulty": ("Difficulty rater", ":material/speed:"),
    "solving/solve": ("Solver", ":material/calculate:"),
    "solving/one_shot": ("Solver", ":material/calculate:"),
    "solving/self_play": ("Self-play", ":material/calculate:"),
    "judges/problem": ("Problem judges", ":material/balance:"),
    "judges/problem_alone": ("Problem judges", ":material/balance:"),
    "judges/solution": ("Solution judges", ":material/gavel:"),
    "judges/seed_rating": ("Seed rating", ":material/balance:"),
    "judges/review": ("Reviewer", ":material/rate_review:"),
    "judges/joint": ("Joint evaluation", ":material/balance:"),
    "judges/solvability": ("Solvability judge", ":material/gavel:"),
    "judges/reward": ("Reward model", ":material/balance:"),
    "judges/distraction": ("Distraction judge", ":material/gavel:"),
    "judges/consistency": ("Consistency judge", ":material/balance:"),
    "judges/expert": ("Experts", ":material/gavel:"),
    "judges/arbiter": ("Arbiter", ":material/gavel:"),
    "judges/dimensions": ("Eight dimensions", ":material/balance:"),
}
"""Name and icon of the steps, by prompt; agents are named by their cards."""
_OPEN = ("agents/", "solving/solve", "solving/one_shot")
"""Beginnings of the prompts whose steps are open at first, because a curator wants to read them."""


@st.cache_data(show_spinner=False, max_entries=8)
def traced(directory: Path, done: int, state: str, calls: int) -> tuple[Traced, ...]:
    """Return the items of a small run; read again when it has moved on."""
    return trace.items(directory)


def wait_for_end(directory: Path, status: Status) -> None:
    """Draw how far a dry run is; while it goes on, the page is drawn again with every item that ends."""
    seen = (status.state, status.done + status.failed)

    @st.fragment(run_every="1s" if status.state in LIVE else None)
    def poll() -> None:
        now = launcher.state(directory)
        if (now.state, now.done + now.failed) != seen:
            st.rerun()
        run_state(now)
        st.caption(f"{now.done + now.failed:,} of {now.total:,} items went through every stage. None of them is saved.")
        if to_come := ahead(now):
            st.caption(f":material/speed: {escape(to_come)}.")

    poll()


def item_picker(items: Sequence[Traced], *, key: str) -> Traced:
    """Draw the items with what became of them and return the chosen one."""
    place = st.radio(
        "Item",
        range(len(items)),
        format_func=lambda n: f"{n + 1} · {escape(kind_word(items[n].kind))}",
        captions=[outcome_line(item) for item in items],
        key=key,
    )
    return items[place or 0]


def totals(items: Sequence[Traced]) -> str:
    """Return what the items cost in one line: 31 calls · 46 k tokens · 22 s of answers."""
    replies = [reply for item in items for reply in item.replies]
    tokens = sum(reply.tokens_in + reply.tokens_out for reply in replies)
    seconds = sum(reply.seconds for reply in replies)
    return f"{len(replies):,} calls · {short(tokens)} tokens · {duration(seconds)} of answers"


def outcome_line(item: Traced) -> str:
    """Return what became of an item as icon and words, with its score."""
    score = next((verdict.value for verdict in item.rules if verdict.name == "problem_score"), None)
    rest = f", score {score:.2f}" if score is not None else ""
    if item.outcome in ("rated", "rephrased", "resolved"):
        return f":gray[:material/check:] {escape(item.outcome)}"
    if item.outcome == "kept":
        return f":green[:material/check:] kept{rest}"
    if not item.outcome:
        return ":gray[:material/hourglass_empty: on its way]"
    return f":red[:material/close:] dropped: {escape(_DROPPED.get(item.outcome, item.outcome))}{rest}"


_DROPPED = {
    "written": "a copy of a test problem",
    "not a copy": "no solution with an answer",
    "solved": "below the limit",
    "score reached": "vetoed by a judge",
    "examined": "discarded, or left out by a filter",
    "passed review": "a copy, or without a majority",
    "agreed": "below the limit",
    "failed": "no problem was written",
}


def trace_steps(item: Traced) -> None:
    """Draw every step of an item."""
    with st.expander(f"**{escape(kind_word(item.kind))}** · no model · 0 tokens", icon=":material/hub:"):
        st.markdown(" + ".join(rich(point) for point in item.points) or ":gray[No knowledge points are given.]")
    for step in item.steps:
        _step(step)
    if item.rules:
        _checks(item.rules)
    for failure in item.failures:
        with st.expander(
            f"**Failed** · {escape(failure.stage)} · {escape(failure.boundary)}", True, icon=":material/error:"
        ):
            st.markdown(f":red[{escape(failure.message)}]")
            if failure.raw:
                st.code(failure.raw[:4_000], language=None, wrap_lines=True, height=160)


def kind_word(kind: str) -> str:
    """Return the plain name of what an item is written from: a kind of combination, an agent, a step of a method."""
    if kind in BY_NAME:
        return BY_NAME[kind].card.name
    return next((WORDS[each] for each in KINDS if each == kind), kind[:1].upper() + kind[1:])


def step_word(prompt_id: str) -> tuple[str, str]:
    """Return name and icon of a step; a step of an agent with several prompts says which."""
    if prompt_id in _STEPS:
        return _STEPS[prompt_id]
    stem = prompt_id.partition("/")[2]
    for agent in BY_NAME.values():
        if prompt_id in agent.prompts:
            rest = stem.removeprefix(agent.name).strip("_").replace("_", " ")
            return f"{agent.card.name}{f': {rest}' if rest else ''}", ":material/edit_note:"
    return prompt_id, ":material/chat:"


def _step(step: TraceStep) -> None:
    name, icon = step_word(step.prompt_id)
    unread = sum(not heard.made for heard in step.heard)
    with st.expander(_head(name, step), step.prompt_id.startswith(_OPEN) or bool(unread), icon=icon):
        for number, heard in enumerate(step.heard):
            if number:
                st.divider()
            _reply(heard, several=len(step.heard) > 1)


def _head(name: str, step: TraceStep) -> str:
    """Return the line of a step: who, which model, tokens, seconds."""
    replies = [heard.reply for heard in step.heard]
    models = list(dict.fromkeys(reply.model for reply in replies))
    who = escape(models[0]) if len(models) == 1 else f"{len(models)} models"
    tokens = sum(reply.tokens_in + reply.tokens_out for reply in replies)
    # Replies of one step are asked for at the same time, so the longest is what it took.
    seconds = max(reply.seconds for reply in replies)
    unread = sum(not heard.made for heard in step.heard)
    rest = f" · :red[{unread} unreadable]" if unread else ""
    return f"**{escape(name)}** · {who} · {tokens:,} tokens · {seconds:.2f} s{rest}"


def _reply(heard: Heard, *, several: bool) -> None:
    reply, made = heard.reply, heard.made
    left, right = st.columns([2, 1], gap="medium")
    with left:
        if several:
            st.caption(f"{escape(role_word(reply.role))} · {escape(reply.model)} · {reply.seconds:.2f} s")
        if not made:
            st.markdown(":red[:material/error: This reply could not be read. It was asked for again or left out.]")
            st.code(reply.text or "(nothing)", language=None, wrap_lines=True)
        for each in made:
            _product(each)
    with right:
        st.caption(f"Prompt {code(reply.prompt_id)} {code(reply.prompt_hash)} · try {reply.attempt + 1}")
        for each in made:
            st.code(json.dumps(parsed(each), ensure_ascii=False, indent=1), language="json", wrap_lines=True)
        with st.popover("Raw", icon=":material/visibility:"):
            for turn, text in json.loads(reply.request):
                st.caption(escape(turn))
                st.code(text, language=None, wrap_lines=True)
            st.caption("reply")
            st.code(reply.text, language=None, wrap_lines=True)


def _product(made: Product) -> None:
    """Draw one thing that a reply gave."""
    if isinstance(made, Verdict):
        st.markdown(f"{_value(made)} **{escape(label(made.name))}** {rich(made.reason)}")
    elif isinstance(made, Intermediate):
        st.caption(escape(label(made.name)))
        st.markdown(rich(made.text))
    else:
        st.markdown(rich(made.statement if isinstance(made, Problem) else made.text))


def parsed(made: Product) -> dict[str, object]:
    """Return what was read out of a reply, short enough to stand beside it."""
    if isinstance(made, Problem):
        return {"statement": _cut(plain(made.statement))}
    if isinstance(made, Solution):
        return {"answer": made.answer}
    if isinstance(made, Intermediate):
        return {made.name: _cut(made.text)}
    return {"value": bool(made.value) if made.kind == "bool" else made.value, "reason": _cut(made.reason)}


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


def _value(verdict: Verdict) -> str:
    if verdict.value is None:
        return ":gray[:material/help: can't tell]"
    if verdict.kind == "bool":
        return ":green[:material/check:]" if verdict.value else ":red[:material/close:]"
    return f"**{verdict.value:.2f}**"


def _checks(rules: Sequence[Verdict]) -> None:
    with st.expander(f"**Checks** · rules · 0 tokens · {len(rules)} verdicts", icon=":material/check_circle:"):
        for verdict in rules:
            st.markdown(f"{_value(verdict)} **{escape(label(verdict.name))}** :gray[· {escape(verdict.reason)}]")
