"""Two sets of data side by side: figures over equal numbers of samples, marks, one map."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core.errors import BadInput
from engine.core.records import Verdict
from engine.generation.judges import dimensions
from engine.generation.judges.dimensions import DIMENSIONS
from engine.learning.evaluation import data_quality, held_out
from engine.learning.evaluation.data_quality import QualityExample
from engine.learning.evaluation.perplexity import Likelihood
from engine.reporting import economy
from engine.runs.journal import Journal

HUMAN = [
    QualityExample(f"How many apples are {n} and {n + 1} apples?", f"They are {2 * n + 1} apples.") for n in range(60)
]
MADE = [
    QualityExample(f"A train goes {n} km in {n + 2} hours. How fast?", f"Its speed is {n}/{n + 2}.") for n in range(40)
]


def _by_words(texts):
    """Each word costs a nat and a half."""
    return [Likelihood(1.5 * len(text.split()), len(text.split())) for text in texts]


def _letters(texts):
    return [np.eye(128, dtype=np.float32)[[ord(letter) % 128 for letter in text]] for text in texts]


def test_cl31_both_sets_by_the_same_number_of_samples():
    """CL-31: perplexity and BERTScore of data and of human seeds, on equally many samples drawn by a seed."""
    rows = data_quality.table({"human": HUMAN, "synthetic": MADE}, _by_words, _letters, samples=5_000, seed=3)
    assert [(row.name, row.samples) for row in rows] == [("human", 40), ("synthetic", 40)]
    assert all(row.perplexity == pytest.approx(np.exp(1.5)) for row in rows)
    assert all(50 < row.bertscore < 100 for row in rows)
    assert rows == data_quality.table({"human": HUMAN, "synthetic": MADE}, _by_words, _letters, seed=3)
    (plain, _) = data_quality.table({"human": HUMAN, "synthetic": MADE})
    assert (plain.perplexity, plain.bertscore) == (None, None)
    with pytest.raises(BadInput, match="holds no example"):
        data_quality.table({"human": HUMAN, "synthetic": []})
    with pytest.raises(BadInput, match="none of the sets"):
        data_quality.table({"human": HUMAN, "synthetic": MADE}, human="people")


def _seen(met):
    """An encoder that keeps what it is given: candidates and references by turns."""

    def encode(texts):
        met.append(list(texts))
        return _letters(texts)

    return encode


def test_cl31_bertscore_compares_each_set_with_the_human_one():
    """CL-31: both sets meet human texts, question and answer together; the human set meets itself, no text itself."""
    met = []
    data_quality.table({"made": MADE, "people": HUMAN}, None, _seen(met), human="people")
    candidates, references = ([text for batch in met[side::2] for text in batch] for side in (0, 1))
    human = {f"{one.question}\n{one.answer}" for one in HUMAN}
    made = {f"{one.question}\n{one.answer}" for one in MADE}
    assert set(candidates[:40]) == made
    assert set(references) <= human
    assert set(candidates[40:]) <= human
    assert all(one != other for one, other in zip(candidates, references, strict=True))
    # Every human text is somebody's reference once for each set.
    assert sorted(references[:40]) == sorted(references[40:]) == sorted(candidates[40:])


def test_cl31_a_set_of_human_texts_is_nearer_than_another():
    """CL-31: the other half of the human set scores as the human set does; texts of other words score less."""
    found = data_quality.table({"human": HUMAN[::2], "other": HUMAN[1::2], "made": MADE}, None, _letters)
    human, other, made = (row.bertscore for row in found)
    assert other == pytest.approx(human, abs=0.5)
    assert made < human - 1


def test_cl31_partners_leave_no_text_in_its_place():
    for size in (2, 3, 7):
        texts = [str(place) for place in range(size)]
        moved = data_quality.partners(texts, seed=size)
        assert sorted(moved) == texts
        assert all(one != other for one, other in zip(texts, moved, strict=True))
    assert data_quality.partners([], 0) == []


def test_cl28_means_of_eight_dimensions():
    """CL-28: the mean of each dimension and of all eight."""
    marks = [dict.fromkeys(DIMENSIONS, 8.0), dict.fromkeys(DIMENSIONS, 9.0) | {"LF": 10.0}]
    means = data_quality.dimension_means(marks)
    assert (means["LF"], means["AA"]) == (9.0, 8.5)
    assert means["mean"] == pytest.approx((9.0 + 7 * 8.5) / 8)
    with pytest.raises(BadInput, match="nothing was marked"):
        data_quality.dimension_means([])


@pytest.mark.filterwarnings("ignore:Tensorflow:ImportWarning")
@pytest.mark.parametrize("method", ["pca", "tsne", pytest.param("umap", marks=pytest.mark.slow)])
def test_cl32_one_map_of_two_sets(method):
    """CL-32: 2-D places with their labels in the order given; the same seed, the same map."""
    sets = {"human": [one.question for one in HUMAN], "synthetic": [one.question for one in MADE]}
    drawn = data_quality.overlay(sets, method=method, seed=5)
    assert drawn.xy.shape == (100, 2)
    assert drawn.labels == ("human",) * 60 + ("synthetic",) * 40
    assert drawn.xy.min() >= 0
    assert drawn.xy.max() <= 1
    again = data_quality.overlay(sets, method=method, seed=5)
    np.testing.assert_array_equal(drawn.xy, again.xy)
    assert "seed 5" in drawn.map_id


def test_cl32_how_far_two_sets_mix():
    """CL-32: sets of other words are apart, halves of one set lie on each other."""
    apart = data_quality.overlay({"a": [e.question for e in HUMAN], "b": [e.question for e in MADE]}, method="pca")
    texts = [one.question for one in HUMAN]
    mixed = data_quality.overlay({"a": texts[::2], "b": texts[1::2]}, method="pca")
    assert apart.mixed < 0.1
    assert mixed.mixed > 0.7
    with pytest.raises(BadInput, match="fewer than three"):
        data_quality.overlay({"a": ["x"], "b": ["y"]})


def test_cl35_hours_times_rate():
    """CL-35: 1.5, 14 and 1.7 hours at $0.8623; synthesis is 81 % of the whole."""
    spent = {name: economy.hourly_cost(hours, 0.8623) for name, hours in {"sft": 1.5, "made": 14, "dpo": 1.7}.items()}
    assert {name: round(dollars, 2) for name, dollars in spent.items()} == {"sft": 1.29, "made": 12.07, "dpo": 1.47}
    assert round(sum(spent.values()), 2) == 14.83
    assert round(economy.cost_shares(spent)["made"], 2) == 0.81
    assert economy.hourly_cost(2, 0.35, 8) == pytest.approx(5.6)
    assert economy.cost_shares({"a": 0.0}) == {"a": 0.0}
    with pytest.raises(ValueError, match="negative"):
        economy.hourly_cost(-1, 1)


def test_cl28_held_out_means_hold_marks_of_one_prompt_only(tmp_path):
    """CL-28: rows that were written when four names stood for something else are counted, and in no mean."""
    journal = Journal(tmp_path / "journal")
    for sample, version, value in (("H1", "1", 2.0), ("H1", dimensions.version(), 8.0), ("H2", "1", 2.0)):
        for key in DIMENSIONS:
            said = f"dimension_{key}"
            journal.append(Verdict.make("run-1", "request", sample, said, "judge", value, "r", version=version))
    journal.close()
    assert held_out.means(tmp_path) == dict.fromkeys((*DIMENSIONS, "mean"), 8.0)
    assert held_out.earlier(tmp_path) == 1
