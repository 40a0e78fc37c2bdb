"""How far two sets of texts mix on their map, told by hand (CL-32)."""

from __future__ import annotations

import numpy as np
import pytest

from engine.learning.evaluation import data_quality


def _along_an_arc(count):
    places = np.linspace(0.0, 1.0, count) ** 2
    return np.column_stack([np.cos(places), np.sin(places)]).astype(np.float32), places


def test_cl32_mixing_is_the_share_of_other_labels_among_the_five_nearest_against_chance():
    """CL-32: 1 is as mixed as by lot; here 8 and 4 texts lie on an arc, and each one's nearest are told by hand."""
    vectors, places = _along_an_arc(12)
    labels = ["a", "a", "b"] * 4
    shares = []
    for row, place in enumerate(places):
        near = sorted((n for n in range(12) if n != row), key=lambda n: abs(places[n] - place))[:5]
        shares.append(sum(labels[n] != labels[row] for n in near) / 5)
    chance = 1 - (8 / 12) ** 2 - (4 / 12) ** 2
    assert data_quality._mixed(vectors, labels) == pytest.approx(np.mean(shares) / chance)


def test_cl32_few_texts_and_one_set_can_be_told():
    """CL-32: of three texts each has two neighbours; where there is one set alone, nothing is mixed."""
    vectors, _ = _along_an_arc(3)
    assert data_quality._mixed(vectors, ["a", "b", "a"]) == pytest.approx((0.5 + 1 + 0.5) / 3 / (4 / 9))
    assert data_quality._mixed(vectors, ["a"] * 3) == 0.0
