"""Public Chinese problems, thousands of them: containment, repeats and drawing of whole files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from engine import seeds
from engine.core.records import BenchmarkItem, Seed
from engine.similarity import contamination, duplicates
from engine.similarity.words import words
from studio.text.markdown import pieces, rich

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not here: no Chinese files"),
]
CMATH = "benchmarks/qwen25math/cmath/test.jsonl.gz"
TRAIN = "knowledge_points/tal_scq5k/ch_single_choice_train_3K.jsonl.gz"
TEST = "knowledge_points/tal_scq5k/ch_single_choice_test_2K.jsonl.gz"


def _statements(path: str) -> list[str]:
    return [row.statement for row in seeds.read(DATA / path) if isinstance(row, Seed)]


def test_fl18_verbatim_chinese_problems_are_found_by_their_characters():
    """FL-18, FL-19, X-05: each of 600 test items is found inside other words; the index is made of characters."""
    items = _statements(CMATH)
    index = contamination.NgramIndex([BenchmarkItem.make("cmath", text) for text in items])
    for text in items:
        match = index.match(f"先读题，再回答。{text}请写出过程。")
        assert match is not None
        assert match.copied
        assert match.item.statement.strip()
        assert len(words(match.longest)) >= min(8, len(words(text)))
    unrelated = [index.match(text) for text in _statements(TRAIN)]
    assert sum(bool(match and match.copied) for match in unrelated) < 0.01 * len(unrelated)


def test_x05_chinese_training_problems_inside_the_test_file_are_found():
    """X-05: the files share at least the 171 problems that are equal letter by letter."""
    train, test = _statements(TRAIN), _statements(TEST)
    index = contamination.NgramIndex([BenchmarkItem.make("tal", text) for text in train])
    copied = [bool((match := index.match(text)) and match.copied) for text in test]
    equal = [text in set(train) for text in test]
    assert sum(equal) > 100
    assert all(found for found, same in zip(copied, equal, strict=True) if same)
    assert sum(copied) >= 171


def test_x05_chinese_repeats_are_dropped_once():
    """X-05: of 3,000 rows the letter-by-letter repeats go, and the first of each stays."""
    texts = _statements(TRAIN)
    found = duplicates.find(texts)
    repeats = {row for row, text in enumerate(texts) if text in texts[:row]}
    assert len(repeats) > 50
    assert repeats <= found.dropped
    assert len(found.dropped) < 0.15 * len(texts)


def test_formulas_of_chinese_lines_stay_in_their_lines():
    """Of 5,000 statements nearly every formula is drawn, none tears a line apart, and no text becomes markup."""
    kinds: Counter[str] = Counter()
    torn = 0
    for text in _statements(TRAIN) + _statements(TEST):
        kinds.update(piece.kind for piece in pieces(text) if piece.kind != "text")
        alone = [line for line in text.splitlines() if line.strip().startswith("$$") and line.strip().endswith("$$")]
        torn += rich(text).count("\n$$\n") // 2 > len(alone)
    assert kinds["inline"] > 35_000
    assert kinds["code"] < 0.01 * kinds["inline"]
    assert torn < 25
