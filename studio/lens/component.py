"""Mounts the lens and turns what the browser says into records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from studio.lens import modules
from studio.theme import tokens

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class LensRule:
    """One limit as the lens shows it."""

    score: str
    limit: float
    use: bool = True
    if_missing: Literal["drop", "keep", "review"] = "keep"
    op: Literal["at least", "at most", ""] = ""
    """The side of the limit that is kept; '' for the score's usual one."""


@dataclass(frozen=True, slots=True)
class LensState:
    """What the curator last did, sent on release only."""

    rules: tuple[LensRule, ...]
    """All limits as they stand; empty until something was moved."""
    lasso: tuple[tuple[float, float], ...] | None
    """At most 60 vertices in the units of the payload, 0..65535."""
    concept: int | None
    """Index of the picked concept in the head's list."""
    kept: int | None
    """How many rows the browser counted as kept: a preview of the exact count."""
    after: int | None
    """Number of the last order that the browser had carried out when it said this."""
    whole: bool = True
    """Whether `kept` counts all rows, not a selection."""
    other: tuple[LensRule, ...] = ()
    """The limits of the other side after a swap; empty while it is what `compare` gave."""


@dataclass(frozen=True, slots=True)
class LensFigure:
    """One number of the header, in words that are ready to be read."""

    value: str
    remark: str
    about: str = ""
    """What it rests on, a line each: shown when somebody points at it."""
    rough: bool = False
    """To be shown in grey."""


@dataclass(frozen=True, slots=True)
class LensFigures:
    """What the server says of one set of limits; the lens dims it while other limits are in hand."""

    rules: tuple[LensRule, ...]
    precision: LensFigure
    recall: LensFigure


def lens(
    payload: bytes,
    *,
    key: str,
    rules: Sequence[LensRule] | None = None,
    order: int = 0,
    compare: Sequence[LensRule] | None = None,
    figures: LensFigures | None = None,
) -> LensState:
    """Draw the lens over `payload` and return what was last done in it.

    `rules` replace the limits in the browser whenever `order` is a new number; `compare` is the policy to draw beside,
    `figures` what the server says of the limits that were last released. With the same `key` and bytes the mounted view
    stays.
    """
    with st.container(gap=None):
        # The order goes first: a view that is mounted in this run then finds it waiting.
        _command_component()(
            key=f"{key}_order",
            data={
                "lens": key,
                "id": order,
                "rules": None if rules is None else [asdict(rule) for rule in rules],
                "compare": None if compare is None else [asdict(rule) for rule in compare],
                "figures": None if figures is None else asdict(figures),
                "colours": _colours(),
            },
            height=1,
        )
        said = _lens_component()(
            key=key,
            data=payload,
            default={"policy": None, "lasso": None, "concept": None},
            on_policy_change=_nothing,
            on_lasso_change=_nothing,
            on_concept_change=_nothing,
        )
    return lens_state(said)


def lens_state(said: Any) -> LensState:
    """Read what the browser sent; anything of a wrong shape counts as nothing said."""
    policy, lasso, concept = (said.get(name) for name in ("policy", "lasso", "concept"))
    told = policy if isinstance(policy, Mapping) else {}
    return LensState(
        rules=_rules(told.get("rules")),
        lasso=tuple((float(x), float(y)) for x, y in lasso[:60]) if lasso else None,
        concept=int(concept) if isinstance(concept, (int, float)) else None,
        kept=told.get("kept"),
        after=told.get("after"),
        whole=bool(told.get("whole", True)),
        other=_rules(told.get("other")),
    )


def _rules(said: Any) -> tuple[LensRule, ...]:
    rules = said if isinstance(said, Sequence) else ()
    return tuple(
        LensRule(str(rule["score"]), float(rule["limit"]), bool(rule["use"]), rule["if_missing"], rule.get("op", ""))
        for rule in rules
    )


def _colours() -> dict[str, Any]:
    now = tokens()
    names = ("ink", "paper", "line", "kept", "dropped", "other", "both")
    return {**{name: getattr(now, name) for name in names}, "areas": list(now.areas)}


def _nothing() -> None:
    """A state needs a callback to have a default."""


@st.cache_resource(show_spinner=False)
def _lens_component() -> Any:
    style = (_HERE / "lens.css").read_text(encoding="utf-8")
    return st.components.v2.component("lemma_lens", html='<div class="lens"></div>\n', css=style, js=modules.script())


@st.cache_resource(show_spinner=False)
def _command_component() -> Any:
    return st.components.v2.component("lemma_lens_cmd", js=(_HERE / "lens_cmd.js").read_text(encoding="utf-8"))
