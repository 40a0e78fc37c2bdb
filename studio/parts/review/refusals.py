"""Acts that this studio has refused: one that was refused once is never written, however often it is sent again.

A browser shows a refused act as not saved and the card as open again, while the same act may still be on its way a
second time. Judged anew it might be written behind the curator's back: after a restart, for instance, when the card has
been given out again in the meantime.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import streamlit as st

from engine.store.desk_acts import DeskAnswer

REMEMBERED = 20_000
"""So many refusals are known at a time, of all browsers together."""


@dataclass
class Refusals:
    """What was refused, by token and number; `lock` is held from the question to the answer."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    known: OrderedDict[tuple[str, int], DeskAnswer] = field(default_factory=OrderedDict)

    def told(self, token: str, numbers: Iterable[int]) -> dict[int, DeskAnswer]:
        """Return those of these acts that were refused before."""
        return {number: self.known[token, number] for number in numbers if (token, number) in self.known}

    def keep(self, token: str, answers: Sequence[DeskAnswer]) -> Sequence[DeskAnswer]:
        """Remember which of these answers are refusals; return all of them."""
        self.known.update({(token, answer.number): answer for answer in answers if answer.outcome == "refused"})
        while len(self.known) > REMEMBERED:
            self.known.popitem(last=False)
        return answers


@st.cache_resource(show_spinner=False)
def refusals() -> Refusals:
    """Return the refusals of this studio; a tab that connects anew may be served by another thread."""
    return Refusals()
