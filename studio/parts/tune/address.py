"""The Tune view in the page's address: policy, moved limits, comparison, panel and order, so that it can be shared.

What is not said in the address stands as the page opens. What somebody typed wrongly is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from engine.core.errors import LemmaError
from engine.core.records import Policy, Rule
from engine.curation import policy as policies
from studio.parts.tune.policy import complete

_NAMES = ("policy", "method", "with", "view", "order", "limits", "most")
_LAST = "tune.address"
_MOST_DIGITS = 12
"""A longer number is no count of rows, and one of thousands of digits cannot even be read."""


def recall() -> None:
    """Where the address says nothing of this page, say what it said at the last visit."""
    if not any(name in st.query_params for name in _NAMES):
        st.query_params.update(st.session_state.get(_LAST, {}))


def handed() -> bool:
    """Whether another page hands over a policy by the address; asked once."""
    return st.query_params.pop("handed", None) is not None


def asked(name: str, options: Iterable[str]) -> str | None:
    """Return what the address says of `name`, where it is one of `options`."""
    said = st.query_params.get(name)
    return said if said in set(options) else None


def asked_limits(start: Policy) -> Policy:
    """Return `start` with the limits that the address says; `start` where they cannot be applied."""
    moved, size = complete(start.rules), start.size
    for part in st.query_params.get("limits", "").split("~"):
        asked_of, _, limit = part.partition(":")
        moved = tuple(
            _moved(rule, limit) if name == asked_of else rule for name, rule in zip(_named(moved), moved, strict=True)
        )
    if (most := st.query_params.get("most")) is not None:
        size = int(most) if most.isdecimal() and len(most) <= _MOST_DIGITS else None
    try:
        return policies.checked(replace(start, rules=moved, size=size))
    except LemmaError:
        return start


def say(now: Policy, start: Policy, values: Mapping[str, str | None]) -> None:
    """Put the view into the address; None takes a name out of it."""
    pairs = zip(_named(now.rules), now.rules, complete(start.rules), strict=True)
    moved = [_told(name, rule) for name, rule, old in pairs if rule != old]
    most = None if now.size == start.size else str(now.size or "all")
    named = {**values, "limits": "~".join(moved) or None, "most": most}
    for name, value in named.items():
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != value:
            st.query_params[name] = value
    st.session_state[_LAST] = {name: value for name, value in named.items() if value is not None}


def _named(rules: Sequence[Rule]) -> list[str]:
    """Return a name for each rule: its score, and `score.2` for the other limit of a band."""
    names: list[str] = []
    for rule in rules:
        names.append(f"{rule.score}.2" if rule.score in names else rule.score)
    return names


def _told(name: str, rule: Rule) -> str:
    return f"{name}:{rule.limit:g}" if rule.use else f"{name}:off"


def _moved(rule: Rule, limit: str) -> Rule:
    if limit == "off":
        return replace(rule, use=False)
    try:
        return replace(rule, limit=float(limit), use=True)
    except ValueError:
        return rule
