"""False rejection by level; advice from scores."""

import pytest

from engine.learning.evaluation.advice import NEEDS, advise, robustness_gap, unread
from engine.reporting.audit import Trusted, false_rejections


def test_fl29_published_audit_by_level():
    """FL-29: 349 of 500 accepted are 69.8 %, 68 of 134 of level 5 are 50.7 %."""
    hard = [Trusted("Level 5", n < 68) for n in range(134)]
    rest = [Trusted("Level 3", n < 349 - 68) for n in range(500 - 134)]
    low, high, every = false_rejections(hard + rest)
    assert (low.level, high.level, every.level) == ("Level 3", "Level 5", "all")
    assert round(100 * high.accepted / high.trusted, 1) == 50.7
    assert round(100 * every.accepted / every.trusted, 1) == 69.8
    assert (every.rejected, every.trusted) == (151, 500)


def test_fl29_unclear_words_are_in_no_share():
    """FL-29: what cannot be read is counted apart; levels nobody named are one row."""
    one, every = false_rejections([Trusted("", None), Trusted("", False)])
    assert one.level == "no level"
    assert (one.trusted, one.rejected, one.unclear) == (1, 1, 1)
    assert (every.trusted, every.rejected) == (1, 1)
    assert false_rejections([Trusted("1", None)])[0].trusted == 0
    assert false_rejections([]) == ()


def test_fl34_robustness_gap():
    """FL-34: GSM8K minus the distraction score."""
    assert robustness_gap(85.2, 72.2) == pytest.approx(13.0)


def test_fl35_each_signature_has_its_advice():
    """FL-35: low transfer -> taxonomy, large gap -> distraction, no gain by scale -> solver."""
    scores = {"gsm8k": 85.2, "math": 60.0, "college_math": 41.4, "olympiadbench": 26.1, "gsm_plus_distraction": 72.2}
    found = {advice.name: advice for advice in advise(scores, smaller=scores)}
    assert set(found) == {"robustness", "transfer", "scale"}
    assert "13.0" in found["robustness"].seen
    assert "Distraction" in found["robustness"].change
    assert "Taxonomy" in found["transfer"].change
    assert "solver" in found["scale"].change


def test_fl35_no_advice_without_cause():
    """FL-35: good scores and unknown scores call for nothing."""
    good = {"gsm8k": 85.0, "math": 60.0, "college_math": 60.0, "olympiadbench": 55.0, "gsm_plus_distraction": 80.0}
    assert advise(good, smaller={name: value - 3 for name, value in good.items()}) == ()
    assert advise({}) == ()
    assert [a.name for a in advise(good, gap_limit=5.0)] == ["robustness"]


def test_fl35_a_rule_that_cannot_be_read_is_named():
    """FL-35: silence is told apart from ignorance."""
    assert set(unread({})) == set(NEEDS)
    assert unread({"gsm8k": 80.0, "gsm_plus_distraction": 70.0}) == ("transfer", "scale")
    assert unread({"math": 80.0, "college_math": 70.0}, {"math": 79.0}) == ("robustness",)
