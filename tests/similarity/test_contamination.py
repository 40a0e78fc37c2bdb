"""Decontamination to the letter, and the known counts of public data."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import BadSetting
from engine.core.records import BenchmarkItem, Problem
from engine.similarity.contamination import Limits, NgramIndex, find, needed
from engine.similarity.words import words

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def item(count):
    return [f"w{i}" for i in range(count)]


def changed(said, at):
    return " ".join([*said[:at], "other", *said[at + 1 :]])


def test_verbatim_copy_is_found_inside_a_longer_problem():
    """FL-18, GSDP-24: what stands around the item does not matter."""
    (found,) = find([f"Before it. {' '.join(item(20))} And after."], [" ".join(item(20))])
    assert (found.row, found.match.share, found.match.shared, found.match.total) == (0, 1.0, 13, 13)
    assert found.match.longest == " ".join(item(20))


def test_twenty_words_need_all_thirteen():
    """FL-18: 12.35 is rounded up, so one changed middle word keeps the problem."""
    assert needed(13, 0.95) == 13
    assert find([changed(item(20), 10)], [" ".join(item(20))]) == ()


def test_hundred_words_need_eighty_nine():
    """FL-18: a changed first word leaves 92 (a copy), a changed middle word 85 (none)."""
    assert needed(93, 0.95) == 89
    (found,) = find([changed(item(100), 0)], [" ".join(item(100))])
    assert (found.match.shared, found.match.total) == (92, 93)
    assert find([changed(item(100), 50)], [" ".join(item(100))]) == ()
    match = NgramIndex([BenchmarkItem.make("test", " ".join(item(100)))]).match(changed(item(100), 50))
    assert (match.shared, match.copied) == (85, False)
    assert match.reason == "holds 85 of the 93 8-grams of an item of test, too few for a copy"


def test_short_items_are_compared_whole():
    """FL-18: fewer than eight words are a copy only as a whole, punctuation aside."""
    short = "What is 2 + 2?"
    (found,) = find(["what is 2+2", "Tell me: what is 2 + 2?"], [short])
    assert found.row == 0
    assert found.match.reason == "is word for word an item of a test set that is shorter than 8 words"


def test_words_of_the_ngrams():
    """FL-19: lower-case words, punctuation-insensitive, Chinese characters one by one."""
    assert words("Find $\\frac{1}{2}$, of THE sum!") == ["find", "frac", "1", "2", "of", "the", "sum"]
    assert words("小明有3个苹果。") == ["小", "明", "有", "3", "个", "苹", "果"]
    long = "Tom buys three red apples and four green pears today"
    assert len(find([long.upper().replace(" ", " - ") + "!"], [long])) == 1


def test_records_keep_their_ids_and_evidence_names_the_item():
    """GSDP-24: evidence a curator can read."""
    test = BenchmarkItem.make("MATH test", " ".join(item(12)))
    problem = Problem("P-1", "R", "I", test.statement, "writer")
    (found,) = find([problem], [test])
    assert found.problem_id == "P-1"
    assert found.match.reason == "holds 5 of the 5 8-grams of an item of MATH test, which makes it a copy"
    evidence = json.loads(found.match.evidence)
    assert (evidence["item"], evidence["longest"]) == (test.id, test.statement)


@given(
    st.lists(st.sampled_from("abcd"), max_size=30),
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=20),
    st.integers(1, 4),
)
def test_shares_equal_the_definition(said, test, n):
    """X-05: against brute force over sets of n-grams."""

    def grams(these):
        return {tuple(these[i : i + n]) for i in range(len(these) - n + 1)}

    match = NgramIndex([BenchmarkItem.make("t", " ".join(test))], Limits(n, 0.5)).match(" ".join(said))
    both = grams(said) & grams(test)
    if len(test) < n:
        assert (match is not None) == (said == test)
    else:
        assert (match.shared if match else 0) == len(both)
        assert (match is not None and match.copied) == (len(both) / len(grams(test)) >= 0.5)


def test_limits_are_checked_and_named_in_the_version():
    with pytest.raises(BadSetting, match="do not fit"):
        Limits(0, 0.95)
    assert NgramIndex([], Limits(10, 0.9)).version == "ngram-1-n10-s0.9"
    assert NgramIndex([]).match("anything at all") is None
    assert find([""], ["", "a"]) == ()


def rows(path, field):
    if not (DATA / path).exists():
        pytest.skip("../shared/data is not here: known overlaps are not checked")
    text = gzip.decompress((DATA / path).read_bytes()).decode()
    records = (
        json.loads(text) if text.lstrip().startswith("[") else map(json.loads, filter(str.strip, text.splitlines()))
    )
    return [record[field] for record in records]


def sharing(train, test, n):
    """Number of test items that share at least one n-gram with the training set."""
    index = NgramIndex((BenchmarkItem.make("", text) for text in train), Limits(n, 1.0))
    return sum(bool((match := index.match(text)) and match.shared) for text in test)


@pytest.mark.real_data
def test_gsm8k_train_against_test():
    """FL-18, FL-19: 80, 9 and 3 items share an 8-, 10- and 13-gram; none is a copy."""
    train, test = rows("gsm8k/train.jsonl.gz", "question"), rows("gsm8k/test.jsonl.gz", "question")
    assert [sharing(train, test, n) for n in (8, 10, 13)] == [80, 9, 3]
    assert find(test, train) == ()


@pytest.mark.real_data
def test_math_train_against_test():
    """FL-18, FL-19: the positive control."""
    train, test = (
        rows("math/derived/math_train.jsonl.gz", "problem"),
        rows("math/derived/math_test.jsonl.gz", "problem"),
    )
    assert [sharing(train, test, n) for n in (10, 13, 20)] == [1198, 589, 245]


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("test", "field", "source", "source_field", "count"),
    [
        ("math/math500_test.jsonl.gz", "question", "math/derived/math_test.jsonl.gz", "problem", 500),
        ("judged/processbench/gsm8k.json.gz", "problem", "gsm8k/test.jsonl.gz", "question", 400),
    ],
)
def test_known_copies_are_all_found(test, field, source, source_field, count):
    """GSDP-24: 500 of 500 and 400 of 400."""
    assert len(find(rows(test, field), rows(source, source_field))) == count


@pytest.mark.real_data
@pytest.mark.parametrize(("language", "exact"), [("ch", 165), ("en", 31)])
def test_known_copies_of_tal_are_found(language, exact):
    """GSDP-24: every stem that stands in train and test is flagged, and so are near copies."""
    folder = "knowledge_points/tal_scq5k"
    train = rows(f"{folder}/{language}_single_choice_train_3K.jsonl.gz", "problem")
    test = rows(f"{folder}/{language}_single_choice_test_2K.jsonl.gz", "problem")
    known = {text.strip() for text in train}
    copies = {row for row, text in enumerate(test) if text.strip() in known}
    assert len(copies) == exact
    assert copies <= {found.row for found in find(test, train)}
