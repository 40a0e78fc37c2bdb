"""The export page's look at a set that may be large: gathered, looked over and drafted in a thread, and then kept.

What was found is kept by what it depends on: the state of the store and what the curator asks for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from engine.export import ExportDraft, Licenses, draft, preflight
from engine.export.dedup import DedupResult
from engine.export.finding import ExportFinding
from engine.export.write_export import hold
from engine.store import Store
from studio.tasks.background import Background
from studio.tasks.export_job import ExportWish

Mark = tuple[str, int]
_MOST = 16


@dataclass
class ExportDraftJob(Background):
    """One set on its way to its draft; `found` comes first, then `draft` or `error`."""

    changes = False

    store: Store
    wish: ExportWish
    dedup_result: dict[bool, DedupResult] = field(default_factory=dict)
    """What is known of the texts, without and with families; shared by all drafts of one state of the store."""
    doing: str = "looking for test problems"
    rows: int = 0
    found: tuple[ExportFinding, ...] | None = None
    draft: ExportDraft | None = None

    @property
    def running(self) -> bool:
        """Whether it is still going on."""
        return self.draft is None and self.error is None

    def work(self) -> None:
        """Gather the set, look it over and draft it."""
        wish, tell = self.wish, self._tell
        families = wish.test_share > 0
        with hold(self.store, wish.only, wish.shape, tell, self.dedup_result.get(families)) as outgoing_rows:
            self.dedup_result[families] = outgoing_rows.found
            tests = sum(source.seeds for source in self.store.benchmarks.names())
            self.found = tuple(preflight.findings(outgoing_rows, wish.format, tests, tell, unanswered=wish.unanswered))
            self.draft = draft(
                self.store, outgoing_rows, wish.name, licenses=Licenses(wish.license, dict(wish.licenses)),
                shape=wish.shape, progress=tell,
            )  # fmt: skip

    def _tell(self, rows: int, doing: str) -> None:
        self.rows, self.doing = rows, doing


def drafting(store: Store, wish: ExportWish, at: Mark) -> ExportDraftJob:
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
            one.dedup_result
            for (mark, other), one in known.items()
            if mark == at and _problems(other) == _problems(wish)
        )
        known[at, wish] = ExportDraftJob(store, wish, next(same, {})).start()
    return known[at, wish]


def _problems(wish: ExportWish) -> tuple[object, ...]:
    """Return what decides which rows are gathered, in which order."""
    # Strategies at equal size take only what can go out, which the form decides as well.
    form = (wish.format, wish.unanswered) if wish.strategies == "equal" else ()
    return wish.only, wish.dataset, wish.components, wish.strategies, wish.tiers, form


@st.cache_resource(show_spinner=False)
def _known() -> dict[tuple[Mark, ExportWish], ExportDraftJob]:
    return {}
