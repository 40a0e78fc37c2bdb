"""What Tune's header says of an estimate: interval, counts or a reason, never a share that looks surer than it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.curation.trust.estimate import estimate
from engine.curation.trust.estimated import Estimated, NotShown
from engine.curation.trust.label_set import LabelSet
from studio.parts.tune.draw_more import MOST, wanted
from studio.parts.tune.figures import figure, labels_of, rests_on, share

KEPT = np.arange(5000) < 1000


def told(labels: LabelSet) -> Estimated:
    return estimate("precision", KEPT, labels)


def uniform(count: int, good: int) -> LabelSet:
    return LabelSet.uniform(np.arange(count), np.arange(count) < good, 5000)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"),
        (1.0, "1.00"),
        (0.75, ".75"),
        (0.996, ".996"),
        (0.9999, ">.999"),
        (0.0001, "<.001"),
        (0.004, ".004"),
    ],
)
def test_a_share_is_never_rounded_to_certainty(value: float, text: str) -> None:
    assert share(value) == text


def test_cal08_hand_picked_rows_are_counted() -> None:
    said = figure(told(LabelSet.convenience(np.arange(52), np.arange(52) < 37)))
    assert f"{said.value} {said.remark}" == "37 of 52 hand-reviewed rows were good (not a random sample)"
    assert "%" not in said.about
    assert "52 hand-picked" in said.about


def test_a_number_comes_with_interval_labels_and_what_it_rests_on() -> None:
    found = told(uniform(100, 90))
    said = figure(found)
    assert said.value == ".90"
    assert said.remark.startswith(f"{share(found.low or 0)} – {share(found.high or 0)} · 100 labels")
    about = "\n".join(rests_on(found))
    for word in ("Wilson", "one policy chosen beforehand", "100 drawn", "verdicts taken as true", "To narrow it"):
        assert word in about
    assert figure(told(uniform(20, 18))).rough
    assert figure(told(uniform(20, 18))).remark.endswith("rough")
    assert labels_of(replace(found, effective=310.0)) == "100 labels, worth 310"
    assert labels_of(replace(found, effective=105.0)) == "100 labels"


def test_cal09_a_refusal_is_said_with_its_price() -> None:
    found = told(uniform(7, 6))
    assert figure(found).value == "–"
    assert figure(found).remark == "7 random labels among the kept rows; 10 are needed."
    assert "3 random labels there would change that" in figure(found).about


def test_a_draw_brings_enough_rows_to_where_they_are_missing() -> None:
    few = NotShown("too_few", "", 12)
    assert wanted(NotShown("not_random", "", 60), 0.2, 0, 9000) == 60
    assert wanted(few, 0.1, 1, 9000) == 120
    assert wanted(few, 0.9, 1, 9000) == 40
    assert wanted(few, 0.001, 1, 9000) == MOST
    assert wanted(few, 0.001, 1, 31) == 31
    assert wanted(None, 0.0, 0, 0) == 1
