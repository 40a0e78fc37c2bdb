"""Kinds of answers that were taken for equal, or were not seen to be: a hundred pairs of each (X-04, RR-12)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.verification.answers import compare
from tests.support.answer_kinds import DIFFERENT, SAME, Pairs


@pytest.mark.parametrize("kind", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_what_only_looks_alike_is_not_the_same(kind: Callable[[], Pairs]) -> None:
    pairs = kind()
    assert len(set(pairs)) >= 100
    assert [pair for pair in pairs if "same" in (compare(*pair), compare(*pair[::-1]))] == []
    assert [text for pair in pairs for text in pair if compare(text, f" {text} ") != "same"] == []


@pytest.mark.parametrize("kind", SAME.values(), ids=SAME.keys())
def test_what_only_looks_unlike_is_the_same(kind: Callable[[], Pairs]) -> None:
    pairs = kind()
    assert len(set(pairs)) >= 100
    assert [pair for pair in pairs if {compare(*pair), compare(*pair[::-1])} != {"same"}] == []
