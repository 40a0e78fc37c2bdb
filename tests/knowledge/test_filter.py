"""The grey band and the classes, to the letter of the method."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import BadInput, BadSetting
from engine.knowledge.incidence import compare_filters, rewrite
from engine.knowledge.spelling import normal_form
from engine.knowledge.synonym_classes import PointPair, bands, classes, group_points, within_size


def at_cosine(cosine):
    return np.array([[1.0, 0.0], [cosine, np.sqrt(1 - cosine**2)]])


@pytest.mark.parametrize(
    ("cosine", "asked", "merged"),
    [(0.9, False, True), (0.8999, True, False), (0.7, True, False), (0.6999, False, False), (1.0, False, True)],
)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_thresholds(cosine, asked, merged, kind):
    """GSDP-07: .90 and .70 belong to the upper band; the model is asked only between them."""
    questions = []
    groups = group_points(
        ["tangent", "secant"], at_cosine(cosine).astype(kind), lambda a, b: bool(questions.append((a, b)))
    )
    assert bool(questions) is asked
    assert len(groups) == (1 if merged else 2)


@pytest.mark.parametrize(
    ("left", "right", "cosine"),
    [
        ("Sum of an arithmetic series", "Sum of a geometric series", 0.805),
        ("Area of a circle", "Circumference of a circle", 0.865),
    ],
)
def test_close_but_different_points_stay_apart(left, right, cosine):
    """GSDP-07: pairs at .805 and .865 are in the grey band, and a no keeps them two classes."""
    groups = group_points([left, right], at_cosine(cosine), lambda a, b: False)
    assert [group.members for group in groups] == [(left,), (right,)]


def test_a_yes_in_the_grey_band_merges():
    groups = group_points(["prime factorisation", "factoring into primes"], at_cosine(0.8), lambda a, b: True)
    assert [group.members for group in groups] == [("prime factorisation", "factoring into primes")]


def test_grey_pairs_over_many_blocks_equal_brute_force():
    """GSDP-06: blocked products find exactly the pairs of the full matrix."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(300, 24))
    vectors = (centres[rng.integers(0, 300, 2500)] + 0.45 * rng.normal(size=(2500, 24))).astype(np.float32)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosine = np.triu(unit @ unit.T, 1)
    found = {(pair.left, pair.right): pair.cosine for pair in bands([*map(str, range(2500))], vectors, 0.9, 0.7).grey}
    clear = np.argwhere((cosine >= 0.70001) & (cosine < 0.89999))
    assert len(clear) > 1000
    assert {tuple(pair) for pair in clear.tolist()} <= found.keys()
    assert all(0.69999 <= cosine[pair] < 0.90001 for pair in found)
    assert all(value == pytest.approx(cosine[pair], abs=1e-5) for pair, value in found.items())


def test_chain_is_one_class_and_a_no_inside_it_is_a_warning():
    """GSDP-08: A~B and B~C give one class; a pair judged different inside it is shown."""
    (group,) = classes(3, [(0, 1), (1, 2)], [(0, 2)], ["A", "B", "C"])
    assert group.members == ("A", "B", "C")
    assert group.representative is None
    assert group.conflicts == ((0, 2),)
    assert group.warnings == ("“A” and “C” were judged different.",)


def test_oversized_class_is_shown():
    """GSDP-08."""
    (group,) = classes(4, [(0, 1), (1, 2), (2, 3)], oversized=4)
    assert group.warnings == ("4 names in one class: it may be a chain of near-synonyms.",)
    assert classes(4, [(0, 1), (1, 2), (2, 3)], oversized=5)[0].warnings == ()


def test_an_oversized_class_is_split_along_its_weakest_pairs():
    """GSDP-08: the surest pairs join first; a pair judged different ends on two sides; small classes stay."""
    chain = [PointPair(0, 1, 0.95), PointPair(1, 2, 0.8), PointPair(2, 3, 0.9), PointPair(4, 5, 0.75)]
    assert within_size(6, chain, [], 5) == [(0, 1), (2, 3), (1, 2), (4, 5)]
    assert within_size(6, chain, [], 4) == [(0, 1), (2, 3), (4, 5)]
    assert within_size(6, chain, [(1, 2)], 4) == [(0, 1), (2, 3), (4, 5)]
    assert within_size(6, chain, [(0, 1)], 4) == [(2, 3), (1, 2), (4, 5)]


@given(st.integers(2, 6), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.floats(0.7, 1)), max_size=40))
def test_no_class_reaches_the_size_and_each_lies_in_one_of_before(oversized, said):
    """GSDP-08: splitting only ever takes classes apart."""
    pairs = [PointPair(min(a, b), max(a, b), cosine) for a, b, cosine in said if a != b]
    whole = classes(12, [(a, b) for a, b, _ in pairs])
    of = {row: place for place, group in enumerate(whole) for row in group.rows}
    for group in classes(12, within_size(12, pairs, [], oversized)):
        assert len(group.rows) < oversized
        assert len({of[row] for row in group.rows}) == 1


@given(st.integers(1, 12), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11))))
def test_classes_are_a_partition(n, pairs):
    pairs = [(a, b) for a, b in pairs if a < n and b < n]
    groups = classes(n, pairs)
    assert sorted(row for group in groups for row in group.rows) == list(range(n))
    where = {row: place for place, group in enumerate(groups) for row in group.rows}
    assert all(where[a] == where[b] for a, b in pairs)
    assert [group.rows[0] for group in groups] == sorted(min(group.rows) for group in groups)


def test_names_spelled_alike_are_merged_without_asking():
    names = ["Vieta's formulas", "Vieta’s Formula", "the Vieta formulas"]
    found = bands(names, np.eye(3))
    assert found.same == ((0, 1),)
    assert len(bands(names, np.eye(3), fold=False).same) == 0
    assert len(group_points(names, np.eye(3), lambda a, b: False)) == 2


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Linear equations", "linear equation"),
        ("The Pythagorean Theorem", "Pythagorean theorem."),
        ("Least-common multiple", "least common multiple"),
        ("Area of a triangle", "area of triangles"),
        ("Probabilities", "probability"),
        ("Boxes", "box"),
    ],
)
def test_spelled_alike(left, right):
    assert normal_form(left) == normal_form(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a^2 + b^2", "a^2 - b^2"),
        ("Angle A", "Angle B"),
        ("Sine rule", "Cosine rule"),
        ("等差数列", "等比数列"),
        ("Gas", "Ga"),
    ],
)
def test_spelled_differently(left, right):
    assert normal_form(left) != normal_form(right)


def test_wrong_shapes_and_thresholds_are_refused():
    with pytest.raises(BadInput, match=r"2 names came with embeddings of shape \(3, 3\)"):
        group_points(["a", "b"], np.eye(3), lambda a, b: True)
    with pytest.raises(BadSetting, match="do not fit"):
        bands([*"abc"], np.eye(3), merge_at=0.6, ask_from=0.7)


def test_points_without_a_vector_are_close_to_nothing():
    assert len(bands([*"abc"], np.zeros((3, 4))).grey) == 0
    assert group_points([], np.zeros((0, 4)), lambda a, b: True) == ()


def test_synonyms_collapse_inside_a_problem():
    """GSDP-10: weights are unaffected by synonyms, dropped points vanish."""
    now = {"sum of angles": "Angle sum", "angle sum": "Angle sum", "thinking": None}
    pairs = [("p", "sum of angles"), ("p", "angle sum"), ("p", "thinking"), ("q", "Area")]
    assert rewrite(pairs, now) == (("p", "Angle sum"), ("q", "Area"))


def test_comparison_of_the_two_filters():
    """GSDP-11: share of problems whose points meet a standard, embeddings alone against the dual filter."""
    pairs = [("p", "LCM"), ("p", "least common multiple"), ("q", "logical thinking"), ("q", "area"), ("r", "area")]
    dual = {"LCM": "Least common multiple", "least common multiple": "Least common multiple", "logical thinking": None}

    def standard(points):
        return len({point.lower().replace("lcm", "least common multiple") for point in points}) == len(points) and (
            "logical thinking" not in points
        )

    report = compare_filters(pairs, {}, dual, standard)
    assert report.problems == 3
    assert report.embedding_only == pytest.approx(1 / 3)
    assert report.dual == 1
    assert report.published == (0.26, 0.45)
    assert compare_filters([], {}, {}, standard).dual == 0
