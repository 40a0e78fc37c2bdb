"""How neighbours vote for the score of an item, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from engine.curation.ds2.detection import of_votes, voted
from engine.curation.ds2.draws import DrawnRows
from engine.similarity.neighbours import Near


def _drawn(rows, index, cosine):
    return DrawnRows(np.array(rows), Near(np.array(index), np.array(cosine, dtype=np.float32)))


@pytest.mark.parametrize(
    ("index", "cosine", "votes"),
    [
        # Row 4 reports 1: distances .2 and .5, own 2 * .2 - .5 = -.1, so its own vote weighs 1.1.
        ([[0, 2]], [[0.8, 0.5]], [[0.8, 1.1, 0.5]]),
        # One neighbour: d2 is d1, so the own vote weighs as much as the neighbour's.
        ([[1]], [[0.6]], [[0.6, 0.6, 0.0]]),
        # Neighbours of one report add up; a third one counts and does not move the own vote.
        ([[0, 1, 3]], [[0.9, 0.9, 0.25]], [[1.8, 0.9 + 0.25, 0.0]]),
    ],
    ids=["two neighbours", "one neighbour", "three neighbours"],
)
def test_sc06_neighbours_vote_with_their_nearness_and_an_item_for_itself(index, cosine, votes):
    """SC-06: weights are 1 - distance; the item's own distance is replaced by 2 d1 - d2."""
    reports = np.array([0, 0, 2, 1, 1])
    found = voted(_drawn([4], index, cosine), reports, 3)
    expected = of_votes(np.array(votes), np.array([1]))
    assert found.badness == pytest.approx(expected.badness, abs=1e-6)
    assert found.predicted.tolist() == expected.predicted.tolist()


def test_sc06_votes_for_a_score_weigh_as_the_score_does_and_rows_keep_to_themselves():
    """SC-06, SC-07: two items of one draw; the votes for the rare score are doubled."""
    reports = np.array([0, 0, 2, 1, 1])
    found = voted(_drawn([2, 4], [[0, 4], [0, 2]], [[0.8, 0.5], [0.8, 0.5]]), reports, 3, np.array([1.0, 1.0, 2.0]))
    expected = of_votes(np.array([[0.8, 0.5, 2.2], [0.8, 1.1, 1.0]]), np.array([2, 1]))
    assert found.badness == pytest.approx(expected.badness, abs=1e-6)
    assert found.predicted.tolist() == [2, 1]
