"""The export page's look at a set that may be large: gathered, looked over and drafted in a thread, and then kept.

What was found is kept by what it depends on: the state of the store and what the curator asks for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from engine import preflight
from engine.delivery import Draft, Licenses, draft
from engine.delivery.deliver import hold
from engine.delivery.sieve import Sieved
from engine.preflight import Finding
from engine.store import Store
from studio.background import Background
from studio.shipping import Wish

Mark = tuple[str, int]
_MOST = 16


@dataclass
class Drafting(Background):
    """One set on its way to its draft; `found` comes first, then `draft` or `error`."""

    store: Store
    wish: Wish
    sieved: dict[bool, Sieved] = field(default_factory=dict)
    """What is known of the texts, without and with families; shared by all drafts of one state of the store."""
    doing: str = "looking for test problems"
    rows: int = 0
    found: tuple[Finding, ...] | None = None
    draft: Draft | None = None

    @property
    def running(self) -> bool:
        """Whether it is still going on."""
        return self.draft is None and self.error is None

    def work(self) -> None:
        """Gather the set, look it over and draft it."""
        wish, tell = self.wish, self._tell
        families = wish.test_share > 0
        with hold(self.store, wish.only, wish.shape, tell, self.sieved.get(families)) as cargo:
            self.sieved[families] = cargo.found
            tests = sum(source.seeds for source in self.store.benchmarks.names())
            self.found = tuple(preflight.findings(cargo, wish.format, tests, tell))
            self.draft = draft(
                self.store, cargo, wish.name, licenses=Licenses(wish.license, dict(wish.licenses)),
                shape=wish.shape, progress=tell,
            )  # fmt: skip

    def _tell(self, rows: int, doing: str) -> None:
        self.rows, self.doing = rows, doing


def drafting(store: Store, wish: Wish, at: Mark) -> Drafting:
    """Return the draft of this wish at this state of the store, begun if it is new.

    The latest few are kept, those of an earlier state of the same store are not.
    """
    known, wish = _known(), wish.drafted
    for mark, other in [key for key in known if key[0][0] == at[0] and key[0] != at]:
        del known[mark, other]
    if (at, wish) in known and isinstance(known[at, wish].error, OSError):
        # A full disk may have room by now.
        del known[at, wish]
    if (at, wish) not in known:
        while len(known) >= _MOST:
            known.pop(next(iter(known)))
        same = (
            one.sieved
            for (mark, other), one in known.items()
            if mark == at and (other.only, other.dataset) == (wish.only, wish.dataset)
        )
        known[at, wish] = Drafting(store, wish, next(same, {})).start()
    return known[at, wish]


@st.cache_resource(show_spinner=False)
def _known() -> dict[tuple[Mark, Wish], Drafting]:
    return {}
