"""Every gold answer of the benchmarks in its other notations, and many pairs of answers that must stay apart."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from engine.answers import equivalent, extract_answer

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
pytestmark = pytest.mark.real_data

GOLD = {
    "gsm8k": ("gsm8k/test.jsonl.gz", lambda row: row["answer"].split("####")[1]),
    "math": ("math/derived/math_test.jsonl.gz", lambda row: row["answer"]),
    "college": ("benchmarks/qwen25math/college_math/test.jsonl.gz", lambda row: row["answer"]),
    "olympiad": ("benchmarks/qwen25math/olympiadbench/test.jsonl.gz", lambda row: row["final_answer"]),
    "gaokao": ("benchmarks/qwen25math/gaokao2023en/test.jsonl.gz", lambda row: row["answer"]),
    "cmath": ("benchmarks/qwen25math/cmath/test.jsonl.gz", lambda row: row["answer"]),
    "svamp": ("benchmarks/qwen25math/svamp/test.jsonl.gz", lambda row: str(row["Answer"])),
    "mawps": ("benchmarks/qwen25math/mawps/test.jsonl.gz", lambda row: str(row["target"])),
    "asdiv": ("benchmarks/qwen25math/asdiv/test.jsonl.gz", lambda row: row["answer"]),
    "theoremqa": ("benchmarks/dart-math/theoremqa.json.gz", lambda row: str(row["Answer"])),
    "deepmind": ("benchmarks/dart-math/deepmind-mathematics.json.gz", lambda row: row["answer"]),
    "minerva": ("benchmarks/qwen25math/minerva_math/test.jsonl.gz", lambda row: extract_answer(row["solution"])),
}
_WHOLE = re.compile(r"-?\d{1,12}")
_THOUSANDS = re.compile(r"\d{1,3}(?:(?:,|\{,\}|,\\!|\\!,)\d{3})+")
_DECIMAL = re.compile(r"-?\d{1,9}\.\d{1,6}")
_FRACTION = re.compile(r"(-?)\\[dt]?frac\{(\d+)\}\{(\d+)\}")
_TUPLE = re.compile(r"\(([^()\\]+,[^()\\]+)\)")
_OPTION = re.compile(r"\(?([A-E])\)?")


def _rows(path):
    if not (DATA / path).exists():
        pytest.skip("../shared/data is not here: gold answers are not checked")
    text = gzip.decompress((DATA / path).read_bytes()).decode()
    return (
        json.loads(text) if text.lstrip().startswith("[") else [json.loads(line) for line in text.splitlines() if line]
    )


@pytest.fixture(scope="module")
def gold():
    """All gold answers with where they are from."""
    found = []
    for name, (path, read) in GOLD.items():
        for row in _rows(path):
            said = read(row)
            found += [(name, str(each).strip()) for each in (said if isinstance(said, list) else [said]) if each]
    return found


def _bare(text):
    return text.strip().strip("$").strip()


def _value(text):
    """The number that an answer plainly is, read independently of the product; None for anything else."""
    bare = _bare(text)
    if _THOUSANDS.fullmatch(bare):
        bare = re.sub(r"\D", "", bare)
    if _WHOLE.fullmatch(bare) or _DECIMAL.fullmatch(bare):
        return Fraction(bare)
    hit = _FRACTION.fullmatch(bare)
    return Fraction(int(f"{hit[1]}{hit[2]}"), int(hit[3])) if hit and int(hit[3]) else None


def _whole(value):
    n = int(value)
    yield from (f"{n:,}", f"{n:,}".replace(",", "{,}"), f"{n}.0", f"{n}.", f"+{n}" if n > 0 else f"${n}$", f"{2 * n}/2")


def _notations(text):
    """Other ways to write an answer, by what kind of answer it is."""
    bare = _bare(text)
    value = _value(text)
    if value is not None and value.denominator == 1 and abs(value) < 10**12:
        yield from _whole(value)
    elif value is not None and _FRACTION.fullmatch(bare):
        a, b = value.numerator, value.denominator
        yield from (
            rf"\dfrac{{{a}}}{{{b}}}",
            f"{a}/{b}",
            rf"\frac{{{3 * a}}}{{{3 * b}}}",
            rf"\left(\frac{{{a}}}{{{b}}}\right)",
        )
    elif value is not None:
        yield from (f"{bare}0", f"${bare}$", rf"\text{{{bare}}}")
    if bare.endswith("%"):
        yield from (bare.replace("%", r"\%").replace("\\\\", "\\"), bare.replace("%", " %").replace("\\ ", r" \ "))
    if _TUPLE.fullmatch(bare):
        inside = bare[1:-1]
        yield from (f"( {inside.replace(',', ' , ')} )", rf"\left({inside}\right)")
    if _OPTION.fullmatch(bare):
        letter = _OPTION.fullmatch(bare)[1]
        yield from (f"({letter})", rf"\text{{{letter}}}", f"{letter}.", rf"\textbf{{({letter})}}")
    if bare.lower() in ("true", "false", "yes", "no"):
        yield from (bare.upper(), rf"\text{{{bare}}}", f"{bare}.")


def test_x04_gold_answers_equal_themselves_in_other_notations(gold):
    """X-04, FL-26: thousands, decimals, fractions, percent, tuples, options, booleans; what is no such is counted."""
    unlike, kinds, said = [], Counter(), 0
    for source, text in gold:
        others = list(_notations(text))
        kinds["with other notations" if others else "words, formulas, intervals and lists"] += 1
        assert equivalent(text, text), (source, text)
        for other in others:
            said += 1
            if not equivalent(text, other):
                unlike.append((source, text, other))
    assert kinds["with other notations"] > 8_000
    assert said > 40_000
    assert unlike == []


def test_x04_different_answers_stay_apart(gold):
    """X-04: 25,000 pairs of gold answers whose values differ by an independent reading, many of them close."""
    known = [(text, value) for _, text in gold if (value := _value(text)) is not None]
    rng = random.Random(5)
    pairs = []
    while len(pairs) < 15_000:
        (a, x), (b, y) = rng.sample(known, 2)
        if x != y and abs(x - y) > Fraction(1, 1000) * max(abs(x), abs(y)):
            pairs.append((a, b))
    ordered = sorted({value: text for text, value in known}.items())
    for (x, a), (y, b) in pairwise(ordered):
        if abs(x - y) > Fraction(1, 1000) * max(abs(x), abs(y)):
            pairs.append((a, b))
    for text, value in rng.sample(known, 2_500):
        if value:
            pairs += [(text, str(-value)), (text, str(value + 1)), (text, str(10 * value))]
        if value and value not in (1, -1):
            pairs.append((text, f"{value.denominator}/{value.numerator}"))
    assert len(pairs) > 20_000
    assert [pair for pair in pairs if equivalent(*pair)] == []
