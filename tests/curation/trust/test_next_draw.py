"""What to draw next and when to stop: mixtures with their reasons, forecasts, and the meter over drawn rows."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import numpy as np
import pyarrow as pa
import pytest
from pydantic import ValidationError

from engine.core.settings.trust import TrustSettings
from engine.curation import policy as policies
from engine.curation.review import batches
from engine.curation.review.blind_review import Reviewing
from engine.curation.trust import drawing
from engine.curation.trust.draw_meter import DrawMeter, draw_meter
from engine.curation.trust.draws import UNIFORM, DrawMixture
from engine.curation.trust.estimate import estimate
from engine.curation.trust.forecast import labels_to_width
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.meter import evidence, full
from engine.curation.trust.next_draw import kept_of_draw, next_draw
from engine.curation.trust.outlook import LabelGoal, noise_warning, outlook
from engine.store import Store
from tests.support.store_factories import a_score, fill

POLICY = policies.make("ours", (policies.gsdp().rules[0],))
GOAL = LabelGoal(0.05, 0.9)


@pytest.fixture
def store() -> Store:
    with Store(":memory:") as opened:
        yield opened


def _found(good: int, labels: int, rows: int = 100_000):
    return estimate("precision", np.ones(rows, bool), LabelSet.uniform(range(labels), np.arange(labels) < good, rows))


def _filled(store: Store, count: int) -> list[str]:
    problems = fill(store, count)
    store.verdicts.add(
        replace(a_score(one, 0.5 + (n * 7 % 50) / 100, at=9_000.0), id=f"V-own-{n}") for n, one in enumerate(problems)
    )
    return [problem.id for problem in problems]


def test_cal26_the_first_draw_is_uniform_and_later_ones_are_mixed_with_more_control_where_precision_is_high():
    first = next_draw(0, _found(0, 0), 0.5, 1000)
    assert (first.size, first.mixture.uniform) == (TrustSettings().first_batch, True)
    mixed = next_draw(60, _found(42, 60), 0.5, 1000)
    assert (mixed.size, mixed.mixture.control) == (40, pytest.approx(0.3))
    sure = next_draw(60, _found(57, 60), 0.5, 1000, batch=30)
    assert (sure.size, sure.mixture.control) == (30, pytest.approx(0.5))
    assert "50% evenly" in sure.why
    assert "0.95" in sure.why
    assert sure.mixture.uncertainty / sure.mixture.coverage == pytest.approx(2.5)
    assert next_draw(60, _found(57, 60), 0.5, 1000, doubtful=False).mixture.uniform
    assert next_draw(0, _found(0, 0), 0.5, 12).size == 12
    with pytest.raises(ValidationError):
        DrawMixture().with_control(0.19)


def test_cal26_the_gain_is_the_half_width_of_as_many_labels_more():
    found = _found(42, 60)
    told = next_draw(60, found, 1.0, 100_000, doubtful=False).gain
    after = _found(70, 100)
    assert f"±{found.half_width:.3f}" in told
    assert float(told.rsplit("±", 1)[1].rstrip(".")) == pytest.approx(after.half_width, abs=0.002)
    assert "10 are needed" in next_draw(0, _found(0, 0), 0.5, 1000).gain


def test_the_doubtful_part_of_a_draw_looks_at_kept_rows_first():
    assert kept_of_draw(UNIFORM, 0.2) == pytest.approx(0.2)
    assert kept_of_draw(DrawMixture(), 0.2) == pytest.approx(0.5 * 0.2 + 0.5 * 0.2 / (0.2 + 0.25 * 0.8))
    assert kept_of_draw(DrawMixture(), 0.0) == 0.0


def test_cal28_the_forecast_counts_rows_to_read_and_not_only_kept_ones():
    found = _found(90, 100)
    whole, half = (outlook(found, 100_000, share, GOAL) for share in (1.0, 0.5))
    more = labels_to_width(0.9, 0.05, 100_000) - 100
    assert whole.to_width is not None
    assert half.to_width is not None
    assert whole.to_width.more == pytest.approx(more, abs=2)
    assert half.to_width.more == pytest.approx(2 * more, abs=3)
    assert f"about {whole.to_width.more} more" in " ".join(whole.sentences())
    assert whole.alone is None


def test_cal28_labels_that_judges_help_say_what_it_takes_without_them():
    helped = replace(_found(90, 100), effective=180.0)
    told = outlook(helped, 100_000, 1.0, LabelGoal(0.03, 0.9))
    assert told.to_width is not None
    assert told.alone is not None
    plain = labels_to_width(0.9, 0.03, 100_000)
    assert told.alone.labels == pytest.approx(plain - 100, abs=2)
    assert told.to_width.labels == pytest.approx(ceil(plain / 1.8) - 100, abs=3)
    assert "without the judges" in " ".join(told.sentences())


def test_cal27_stops_by_width_says_what_is_impossible_and_never_says_success_by_an_interval():
    known = outlook(_found(380, 400), 100_000, 1.0, GOAL)
    assert known.stop == "known"
    assert known.found.low > GOAL.target, "the interval lies above the target, which proves nothing by itself"
    assert "prove" in " ".join(known.sentences())
    assert outlook(_found(19, 20), 100_000, 1.0, LabelGoal(0.2, 0.9)).stop == "", "not before fifty labels"
    lost = outlook(_found(300, 400), 100_000, 1.0, GOAL)
    assert lost.stop == "out_of_reach"
    assert "cannot reach 90%" in lost.sentences()[0]
    proven = outlook(_found(380, 400), 100_000, 1.0, GOAL, DrawMeter(0.9, 380, 400, 5.0, full(0.05)))
    assert proven.stop == "proven"


def test_cal29_noise_of_people_may_put_a_target_out_of_reach():
    assert noise_warning(0.99, 0.02)
    assert noise_warning(0.95, 0.02) == ""
    assert noise_warning(0.95, None) == ""


def _read(store: Store, good: int, queue: str = "draw") -> None:
    for place, row in enumerate(store.draws.open()):
        store.decisions.decide(row.row_id, "Ann", "approve" if place < good else "reject", queue=queue)


def test_cal27_the_meter_counts_rows_of_this_policy_in_their_order_up_to_the_first_unread(store: Store):
    ids = pa.array(_filled(store, 120))
    assert draw_meter(store, POLICY, ids, 0.8) is None
    drawing.draw(store, POLICY, 40, salt="one")
    waiting = store.draws.open()
    for place, row in enumerate(waiting):
        if place != 5:
            store.decisions.decide(row.row_id, "Ann", "approve", queue="draw")
    part = draw_meter(store, POLICY, ids, 0.8)
    assert part is not None
    assert (part.good, part.labels) == (5, 5), "what lies behind an unread row was not read in order"
    store.decisions.decide(waiting[5].row_id, "Ann", "reject", reason="trivial", queue="draw")
    whole = draw_meter(store, POLICY, ids, 0.8)
    assert whole is not None
    assert (whole.good, whole.labels) == (len(waiting) - 1, len(waiting))
    best = max(evidence(n if n < 6 else n - 1, n, 0.8) for n in range(1, len(waiting) + 1))
    assert whole.reading == pytest.approx(best)
    assert draw_meter(store, policies.make("other", POLICY.rules), ids, 0.8) is None


def test_cal27_the_meter_is_refused_where_rows_were_picked_between_draws_and_counts_known_rows(store: Store):
    given = _filled(store, 120)
    ids = pa.array(given)
    for ident in given[:10]:
        store.decisions.decide(ident, "Ann", "reject", reason="trivial")
    drawing.draw(store, POLICY, 30, salt="one")
    _read(store, 1000)
    found = draw_meter(store, POLICY, ids, 0.8)
    assert found is not None
    tau = 0.8 * 120 / 110
    best = max(evidence(n, n, tau) for n in range(1, found.labels + 1))
    assert found.reading == pytest.approx(best), "ten rows are known to be bad: the others have to be better"
    rest = next(ident for ident in given[10:] if ident not in store.draws.counting(given))
    store.decisions.decide(rest, "Ann", "reject", reason="trivial")
    drawing.draw(store, POLICY, 30, salt="two")
    refused = draw_meter(store, POLICY, ids, 0.8)
    assert refused is not None
    assert "picked" in refused.refused
    assert not refused.reached


def test_a_project_knows_what_to_draw_next_and_when_it_has_picked_labels_only(store: Store):
    given = _filled(store, 200)
    how = Reviewing()
    assert batches.only_picked(store) == 0
    kept = next(ident for n, ident in enumerate(given) if 0.5 + (n * 7 % 50) / 100 > 0.9)
    store.decisions.decide(kept, "Ann", "approve")
    assert batches.only_picked(store) == 1
    first = batches.batch_standing(store, POLICY, how)
    assert (first.rows, first.proposed.mixture.uniform, first.found.refusal.code) == (200, True, "not_random")
    made = batches.draw_next(store, POLICY, how, "Ann")
    assert (made.size, batches.place_of(store, made.id), batches.only_picked(store)) == (60, 1, 0)
    _read(store, 1000)
    then = batches.batch_standing(store, POLICY, how)
    assert then.found.value is not None
    assert then.proposed.mixture.control == pytest.approx(0.5), "all are good so far: more than .85"
    assert batches.batch_standing(store, POLICY, how.model_copy(update={"batch": 25})).proposed.size == 25
