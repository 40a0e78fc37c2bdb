"""Which model stands, what a round gained, when the loop ends."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from engine.core.errors import UserError
from engine.core.records import RoundEvent
from engine.core.settings.training import Looping
from engine.learning.rounds import promotion_state
from engine.learning.rounds.program import State, go_through
from engine.reporting.published import table


def _report(number, accuracy, before, run="round-0001"):
    detail = {"start": f"/m{number - 1}", "accuracy": accuracy, "before": before}
    return RoundEvent(f"R{run}{number}", run, number, "report", f"/m{number}", orjson.dumps(detail).decode())


def _turn(number, act, run="round-0001"):
    return RoundEvent(f"T{number}{act}", run, number, act, "")


TWO = [_report(1, {"gsm8k": 0.5, "math": 0.3}, {"gsm8k": 0.4, "math": 0.3}), _report(2, {"gsm8k": 0.4}, {"gsm8k": 0.5})]


def test_gain_and_what_fell():
    """CL-39, CL-45: a round whose metrics fell is not to be promoted."""
    first, second = promotion_state.outcomes(TWO)
    assert (first.gain, first.fell, first.advice) == (pytest.approx(0.05), (), "promote")
    assert (second.fell, second.advice) == (("gsm8k",), "do not promote")
    assert promotion_state.outcomes([_report(3, {}, {})])[0].advice == ""


def test_promotions_can_be_turned_back():
    """CL-19, CL-45: the promoted model starts the next round; rolling back gives the one before."""
    assert promotion_state.current(TWO) is None
    events = [*TWO, _turn(1, "promote"), _turn(2, "promote")]
    assert promotion_state.current(events).model == "/m2"
    events.append(_turn(2, "rollback"))
    assert promotion_state.current(events).model == "/m1"
    events.append(_turn(1, "rollback"))
    assert promotion_state.current(events) is None


def test_only_a_finished_round_can_be_promoted():
    assert promotion_state.turnable(TWO).number == 2
    assert promotion_state.turnable(TWO, "round-0001", 1).number == 1
    with pytest.raises(UserError, match=r"no finished round of round-0002\."):
        promotion_state.turnable(TWO, "round-0002")
    with pytest.raises(UserError, match=r"^there is no finished round\.") as told:
        promotion_state.turnable([])
    assert told.value.do == "See them with: lemma round status"
    with pytest.raises(UserError, match=r"no finished round with the number 7\."):
        promotion_state.turnable(TWO, number=7)
    with pytest.raises(UserError, match=r"no finished round of round-0001 with the number 7\."):
        promotion_state.turnable(TWO, "round-0001", 7)


def test_the_published_loop_ends_with_two_rounds():
    """CL-27: 45.933 -> 52.389 -> 55.411 -> 55.044; the third round gains nothing, the second is the best."""
    published = table("continual_rounds").column("average")
    assert promotion_state.best(published) == 2
    assert promotion_state.stops(published[:2], most_rounds=3) == ""
    assert promotion_state.stops(published[:3], most_rounds=2) == "2 of 2 rounds are made"
    assert "gained -0.367" in promotion_state.stops(published, most_rounds=9)
    assert promotion_state.best([0.5, 0.5]) == 0


def test_fl35_a_round_is_told_what_its_scores_call_for():
    """FL-34, FL-35: the start of a round is its smaller data; the gap is in points."""
    said = {"gsm8k": 0.80, "gsm_plus_distraction": 0.66, "college_math": 0.40}
    (one,) = promotion_state.outcomes([_report(1, said, {**said, "gsm8k": 0.79})])
    found = promotion_state.what_next(one)
    assert found.gap == pytest.approx(14.0)
    assert [each.name for each in found.advice] == ["robustness", "transfer", "scale"]
    assert found.unread == ()
    (blind,) = promotion_state.outcomes([_report(1, {"math": 0.5}, {"math": 0.3})])
    assert promotion_state.what_next(blind).advice == ()
    assert len(promotion_state.what_next(blind).unread) == 2


class _Scored:
    """A round that gives what it was told to give, and remembers from where it began."""

    def __init__(self, number, gains, begun):
        self.number, self.gains, self.begun = number, gains, begun

    def go(self, state):
        self.begun.append(state.model.name)
        yield from ()
        before, after = self.gains[self.number - 1]
        return State(Path(f"/m{self.number}"), (), ()), [before, after]

    def skipped(self, state):
        yield RoundEvent(f"S{self.number}", "r", self.number, "skip", str(state.model))


@pytest.mark.parametrize(
    ("after_fall", "begun", "skipped"),
    [("stop", ["m0", "m1"], []), ("skip", ["m0", "m1", "m1", "m3"], [2])],
)
def test_cl45_a_round_that_fell_ends_the_loop_or_is_skipped(after_fall, begun, skipped):
    """CL-45: the round after a skipped one begins from the model before it, and is measured against that."""
    loop = Looping(model="/m0", data="/d", rounds=4, after_fall=after_fall)
    gains = [(0.4, 0.5), (0.5, 0.45), (0.5, 0.6), (0.6, 0.7)]
    seen: list[str] = []
    said = list(go_through(loop, State(Path("/m0"), (), ()), lambda number: _Scored(number, gains, seen)))
    assert seen == begun
    assert [event.number for event in said if event.act == "skip"] == skipped


def test_cl45_a_skipped_round_is_promoted_by_its_number_alone():
    """CL-45: what was passed over is not offered by itself."""
    events = [*TWO, _turn(2, "skip")]
    assert promotion_state.turnable(events).number == 1
    assert promotion_state.turnable(events, number=2).number == 2
    assert promotion_state.current(events) is None
