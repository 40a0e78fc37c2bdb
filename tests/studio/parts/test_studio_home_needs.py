"""What Home asks for: random labels, until there are as many as a first draw has."""

from __future__ import annotations

from engine.curation import policy as policies
from engine.curation.trust import drawing
from engine.store import BatchDecision, Store
from engine.store.labelling import DRAW
from studio.parts.home.needs import ENOUGH_LABELS, _unmeasured
from tests.support.store_factories import fill


def test_cal08_hand_picked_rows_do_not_make_precision_known() -> None:
    with Store(":memory:") as store:
        ids = [problem.id for problem in fill(store, 200)]
        store.decisions.decide_all([BatchDecision(one, "approve") for one in ids[:60]], "Ann")
        card = _unmeasured(store)
        assert card is not None
        assert (card.why, card.carry) == ("0 random labels; 50 say how good the kept set is", (("queue", "draw"),))
        drawing.draw(store, policies.gsdp(), 140, salt="a")
        rows = store.draws.open()
        store.decisions.decide_all([BatchDecision(row.row_id, "approve") for row in rows[:1]], "Ann", queue=DRAW)
        assert _unmeasured(store).why.startswith("1 random label;")  # type: ignore[union-attr]
        store.decisions.decide_all([BatchDecision(row.row_id, "approve") for row in rows[1:]], "Ann", queue=DRAW)
        assert len(rows) >= ENOUGH_LABELS
        assert _unmeasured(store) is None
