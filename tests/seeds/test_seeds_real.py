import gzip
import json
from itertools import combinations
from pathlib import Path

import pytest

from engine.core.records import Seed
from engine.seeds import human_points, load, read, survey
from engine.seeds.tal import is_ability

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not on this machine"),
]
TAL = DATA / "knowledge_points" / "tal_scq5k"


def pairs(seeds: list[Seed], without: frozenset[str] = frozenset()) -> set[tuple[str, str]]:
    return {pair for seed in seeds for pair in combinations(sorted(set(seed.points) - without), 2)}


def test_gsm8k_train_is_read_whole():
    """AM-01: 7,473 seeds, each with an answer and without notes; commas and minus signs survive as numbers."""
    found = list(read(DATA / "gsm8k" / "train.jsonl.gz"))
    assert len(found) == 7473
    assert all(seed.source == "gsm8k" and seed.answer and "<<" not in seed.solution for seed in found)
    assert all("," not in seed.answer for seed in found)
    assert sum(seed.answer.startswith("-") for seed in found) == 3


def test_math_train_is_read_whole():
    """GSDP-01: 7,500 seeds with subject; two have no level and two no answer."""
    found = list(read(DATA / "math" / "derived" / "math_train.jsonl.gz"))
    assert len(found) == 7500
    assert sum(seed.level is None for seed in found) == 2
    assert [seed.origin.rpartition(":")[2] for seed in found if seed.answer is None] == ["5342", "5344"]
    assert len({seed.subject for seed in found}) == 7
    assert survey(DATA / "math" / "derived" / "math_train.jsonl.gz").verdicts["repeats another"] == 1


def test_the_leaves_of_the_chinese_file_are_1117_points_and_1833_pairs(tmp_path):
    """CL-06: human points arrive whole; the known figures are those with no branch taken out."""
    path = TAL / "ch_single_choice_train_3K.jsonl.gz"
    stored: list[Seed] = []
    report = load(read(path), lambda batch: stored.extend(batch) or len(batch), tmp_path)
    assert (report.added, report.duplicates, report.rejected) == (2914, 86, 0)
    assert len({name for seed in stored for name in seed.points}) == 1117
    assert len(pairs(list(read(path)))) == 1833
    assert len(pairs(stored)) == 1892
    assert all(seed.language == "zh" for seed in stored)
    points = list(human_points(path))
    topics = {point.name for point in points if not is_ability(point.area)}
    assert len(pairs(list(read(path)), frozenset(point.name for point in points) - topics)) == 964
    assert len(points) == 1117
    assert sum(is_ability(point.area) for point in points) == 1117 - 1028


def test_every_other_file_of_the_folder_is_read(tmp_path):
    assert sum(1 for _ in read(TAL / "en_single_choice_train_3K.jsonl.gz")) == 3000
    first = next(read(DATA / "math" / "math500_test.jsonl.gz"))
    assert first.answer == r"\left( 3, \frac{\pi}{2} \right)"
    assert "polar coordinates" in first.solution


def test_worked_solutions_give_the_answers_that_their_files_name():
    """MATH-500 holds its answers in boxes, AQuA in a last line of words; what a file says itself is the measure."""
    truth = {seed.statement: seed.answer for seed in read(DATA / "math" / "derived" / "math_test.jsonl.gz")}
    boxed = list(read(DATA / "math" / "math500_test.jsonl.gz"))
    assert len(boxed) == 500
    assert [seed.answer for seed in boxed] == [truth[seed.statement] for seed in boxed]
    path = DATA / "benchmarks" / "qwen25math" / "aqua" / "test.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        right = [json.loads(line)["correct"] for line in file]
    pairs = [(seed.answer, letter) for seed, letter in zip(read(path), right, strict=True) if seed.answer]
    assert len(pairs) == 254
    assert [answer for answer, _ in pairs] == [letter for _, letter in pairs]
