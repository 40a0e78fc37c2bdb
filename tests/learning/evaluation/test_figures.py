"""Accuracy with intervals, majority, pass@k, and two models side by side."""

from __future__ import annotations

import pytest

from engine.core.records import GradedAnswer
from engine.learning.evaluation import figures


def _said(item, *rights, benchmark="gsm8k", answers=None, subject=""):
    texts = answers or ["1" if right else "2" for right in rights]
    return [
        GradedAnswer("e", benchmark, item, n, "q", "1", "t", text, right, "m", subject=subject)
        for n, (right, text) in enumerate(zip(rights, texts, strict=True))
    ]


def test_pass_and_majority():
    """pass@1 is the mean over samples, maj@k the largest group, pass@k unbiased."""
    answers = [
        *_said("a", True, True, False, False),
        *_said("b", False, False, False, True),
        *_said("c", True, True, True, True),
    ]
    (one,) = figures.scores(answers)
    assert (one.questions, one.samples) == (3, 4)
    assert one.pass_1 == pytest.approx((0.5 + 0.25 + 1) / 3)
    assert one.maj_k == pytest.approx(2 / 3)
    assert one.pass_k == 1.0
    assert one.low < one.pass_1 < one.high


def test_unbiased_pass_at_k():
    assert figures.pass_at(10, 3, 1) == pytest.approx(0.3)
    assert figures.pass_at(10, 3, 5) == pytest.approx(1 - 21 / 252)
    assert figures.pass_at(0, 0, 1) == 0


def test_questions_without_an_answer_count_as_wrong():
    (one,) = figures.scores(_said("a", True), {"gsm8k": 4})
    assert (one.questions, one.pass_1, one.lost) == (4, 0.25, 3)
    (half,) = figures.scores([*_said("a", True), *_said("b", True, False)], {"gsm8k": 2}, 2)
    assert (half.pass_1, half.lost, half.samples) == (0.5, 1, 2)
    (nothing,) = figures.scores([], {"gsm8k": 4}, 2)
    assert (nothing.questions, nothing.pass_1, nothing.lost) == (4, 0.0, 8)
    (unread,) = figures.scores(_said("a", False, answers=[None]))
    assert (unread.unread, unread.maj_k) == (1, 0.0)


def test_models_are_compared_on_shared_questions():
    before = [answer for n in range(40) for answer in _said(f"{n}", n < 10)]
    after = [answer for n in range(5, 45) for answer in _said(f"{n}", n < 30)]
    (one,) = figures.compare(before, after)
    assert one.questions == 35
    assert one.gain == pytest.approx(20 / 35)
    assert 0.35 < one.low < one.gain < one.high < 0.75
    assert one.p < 0.001
    (same,) = figures.compare(before, before)
    assert (same.gain, same.p) == (0.0, 1.0)


def test_by_level_and_robustness():
    """FL-33: the gap between a benchmark and its perturbed twin."""
    answers = [*_said("a", True, subject="Ratios"), *_said("b", False, subject="Ratios"), *_said("c", True)]
    assert figures.by(answers, lambda one: one.subject) == {"Ratios": (2, 0.5)}
    both = figures.scores([*_said("a", True), *_said("b", False, benchmark="gsm_plus")])
    assert figures.robustness_gap(both) == 1.0
    assert figures.robustness_gap(both[:1]) is None
