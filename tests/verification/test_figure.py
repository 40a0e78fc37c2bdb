"""Statements that point at a picture, and trusted statements that must pass."""

import gzip
import json
from pathlib import Path

import pytest

from engine.verification.checks import figure, form

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("如图，三角形的面积是多少？", "如图"),
        ("The graph below shows sales.", "graph below"),
        ("Refer to Figure 3 and find x.", "Figure 3"),
        ("Find the figure with the largest area.", None),
        ("She draws a picture of a tree.", None),
    ],
)
def test_reference_to_a_picture(statement, words):
    assert figure.reference(statement) == words


def test_a_missing_picture_is_a_fault_and_a_drawn_one_is_not():
    assert "speaks of a picture that is not there" in form.of_statement("As shown in the figure, find the area of ABC.")
    assert form.of_statement("Find the area of the triangle shown below. [asy] draw((0,0)--(1,1)); [/asy]") == ()


def test_money_is_no_open_formula():
    assert form.of_statement("A soda costs $.25 an ounce. How much are 8 ounces?") == ()


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("path", "field", "at_most"),
    [("gsm8k/train.jsonl.gz", "question", 10), ("math/derived/math_train.jsonl.gz", "problem", 60)],
)
def test_trusted_problems_are_hardly_ever_at_fault(path, field, at_most):
    if not (DATA / path).exists():
        pytest.skip("../shared/data is not here: trusted problems are not checked")
    lines = gzip.decompress((DATA / path).read_bytes()).decode().splitlines()
    faulty = [faults for line in lines if (faults := form.of_statement(json.loads(line)[field]))]
    assert len(faulty) <= at_most, faulty
