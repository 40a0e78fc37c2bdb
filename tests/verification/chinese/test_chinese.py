"""Chinese goes the whole way: import, words, containment, answers, requests, graph, runs, rendering."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from engine import seeds
from engine.core.records import BenchmarkItem, Seed
from engine.core.resources import shipped
from engine.generation.methods.registry import reached
from engine.generation.recipes import load
from engine.planning.run_in_process import run
from engine.seeds.columns import language_of
from engine.similarity import contamination
from engine.similarity.words import words
from engine.verification.answers import equivalent
from engine.verification.checks import form
from studio.text.markdown import rich

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
ASKED = "小明有 3 盒铅笔，每盒 12 支，送给小红 5 支以后，又买了 2 盒同样的铅笔，现在一共有多少支铅笔？"


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("path", "count", "chinese", "answered"),
    [
        ("benchmarks/qwen25math/cmath/test.jsonl.gz", 600, 600, 600),
        ("benchmarks/qwen25math/gaokao_math_qa/test.jsonl.gz", 351, 343, 351),
        ("benchmarks/qwen25math/gaokao_math_cloze/test.jsonl", 118, 117, 118),
        ("benchmarks/qwen25math/cn_middle_school/test.jsonl", 101, 101, 101),
        ("knowledge_points/tal_scq5k/ch_single_choice_train_3K.jsonl.gz", 3000, 3000, 3000),
    ],
)
def test_chinese_files_are_read_whole(path, count, chinese, answered):
    """Every row becomes a seed in its language with its answer; of gaokao choices the letter and the options."""
    if not DATA.exists():
        pytest.skip("../shared/data is not here")
    rows = list(seeds.read(DATA / path))
    found = [row for row in rows if isinstance(row, Seed)]
    assert len(found) == len(rows) == count
    assert Counter(seed.language for seed in found)["zh"] == chinese
    assert sum(seed.answer is not None for seed in found) == answered


@pytest.mark.real_data
def test_choices_are_part_of_the_statement():
    if not DATA.exists():
        pytest.skip("../shared/data is not here")
    first = next(iter(seeds.read(DATA / "benchmarks" / "qwen25math" / "gaokao_math_qa" / "test.jsonl.gz")))
    assert isinstance(first, Seed)
    assert first.answer == "D"
    assert first.statement.splitlines()[-1].startswith("(D) ")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ASKED, "zh"),
        (r"已知 $a \in \mathbb{R}, (1+a i) i = 3+i$, 则 $a=$ ( )", "zh"),
        ("What is 3 + 4?", "en"),
        ("The character 中 means middle. How many strokes does it have?", "en"),
        (r"$\frac{1}{2} + \frac{1}{3}$", "en"),
    ],
)
def test_the_language_is_told_by_the_words_beside_the_formulas(text, language):
    assert language_of(text) == language


def test_fl19_characters_are_words_and_copies_are_found():
    """FL-18, FL-19: a Chinese test item inside another text is a copy, another problem is none."""
    assert words("每盒 12 支，共多少支？") == ["每", "盒", "12", "支", "共", "多", "少", "支"]
    index = contamination.NgramIndex([BenchmarkItem.make("cmath", ASKED)])
    match = index.match(f"请认真读题。{ASKED}")
    assert match is not None
    assert match.copied
    other = index.match("一个长方形的长是宽的三倍，周长是五十六厘米，求它的面积。")
    assert other is None or not other.copied


def test_form_and_answers_of_chinese_texts():
    assert form.of_statement(ASKED) == ()
    assert equivalent("5", "5．") or equivalent("5", "5。")
    assert equivalent("(A)", "A")


@pytest.mark.parametrize("recipe", ["gsdp", "agenticmath", "flames", "house"])
def test_chinese_seeds_go_the_whole_way(tmp_path, recipe):
    """Every method takes Chinese seeds: items end, none is lost to a text that could not be handled."""
    found = [row for file in sorted(shipped("seeds").glob("*.jsonl")) for row in seeds.read(file)]
    chinese = [row for row in found if isinstance(row, Seed) and row.language == "zh"]
    assert len(chinese) >= 25
    done = run(load(recipe, {"items": "20"}), chinese, tmp_path)
    assert done.status.state == "finished"
    stages = reached(done.status.funnel, recipe)
    assert stages["written"] >= 10, done.failures
    assert {failure.boundary for failure in done.failures} <= {"reply"}


def test_chinese_requests_are_answered(tmp_path):
    """CL-04: requests in Chinese reach the writer, type and points are read from them."""
    done = run(load("continual", {"items": "20", "continual.language": "zh"}), [], tmp_path)
    assert done.status.state == "finished"
    assert reached(done.status.funnel, "continual")["written"] >= 15


@pytest.mark.parametrize(
    "text", ["求 $$x^2=4$$ 的解", "若$a=1$，则$$a+1$$等于（ ）", "<b>甲</b>比乙多 $\\frac{1}{2}$ 倍"]
)
def test_formulas_inside_chinese_text_are_drawn_and_nothing_else_is_markup(text):
    drawn = rich(text)
    assert drawn.count("$") % 2 == 0
    assert "<b>" not in drawn
