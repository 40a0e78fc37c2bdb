"""Whether two names mean one knowledge point: by the lexicon where it knows them, else by their telling words."""

from __future__ import annotations

import json

from engine.abacus.lexicon import key, lexicon
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "decide whether two knowledge points are the same"


def respond(brief: Brief) -> TaskAnswer:
    """Return Same: Yes or No with the reason."""
    first, second = (" ".join(brief.block(name).split()) for name in ("first", "second"))
    truth, reason = compare(first, second)
    said = truth
    if brief.slips(brief.persona.wrong_same):
        said = not truth
        wrong = "mean the same in practice" if said else "are treated under different headings"
        reason = f"“{first[:80]}” and “{second[:80]}” {wrong}."
    return TaskAnswer.of(("Same", "Yes" if said else "No"), ("Reason", reason), truth=json.dumps({"truth": truth}))


def compare(first: str, second: str) -> tuple[bool, str]:
    """Return whether the names mean one point, and why."""
    one, two = lexicon().named(first), lexicon().named(second)
    shown = f"“{first[:80]}” and “{second[:80]}”"
    if one and two:
        if one is two:
            return True, f"{shown} are both names for {one.name}."
        return False, f"{shown} are two topics: {one.name} and {two.name}."
    if key(first) == key(second) and key(first):
        return True, f"{shown} use the same words for the same idea."
    apart = sorted(set(key(first).split()) ^ set(key(second).split()))
    telling = f": only one of them speaks of {apart[0]}" if apart else ""
    return False, f"{shown} do not cover the same ground{telling}."
