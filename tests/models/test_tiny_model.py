"""The tiny model is what its card says; its lessons keep to their side of the split."""

from __future__ import annotations

import json
import random
from itertools import islice

import pytest

from engine.generation.agents import request_problem
from engine.learning.training import preflight, presets
from tests.support.tiny_model import make, word_problems

FIGURES = json.loads((make.ASSET / "measured.json").read_text())


def test_lessons_never_hold_what_is_held_out():
    """Every statement in a lesson, to solve or as an answer, is of the other side."""
    rng = random.Random(5)
    held = {word_problems.drawn(rng, held_out=True).statement for _ in range(3_000)}
    for lesson in islice(word_problems.lessons(seed=6), 3_000):
        said = "\n".join([*(content for _, content in lesson.turns), lesson.answer])
        assert not any(line.removeprefix("Question: ") in held for line in said.splitlines())


def test_answers_to_requests_can_be_read():
    rng = random.Random(7)
    for _ in range(200):
        found = word_problems.answering(rng, word_problems.request(rng))
        question, solution = request_problem.read(word_problems.sample(found))
        assert (question, solution) == (found.statement, found.solution)


def test_the_asset_is_small_and_whole(tmp_path):
    assert sum(path.stat().st_size for path in make.ASSET.iterdir()) < 5_000_000
    (tmp_path / "rows.jsonl").write_text('{"text": "x"}\n')
    training = presets.resolve(
        "tiny-sft", model=str(make.ASSET), data=str(tmp_path / "rows.jsonl"), out=str(tmp_path / "out")
    )
    found = {one.name: one.severity for one in preflight.check(training)}
    assert (found["model"], found["tokenizer"], found["memory"]) == ("green", "green", "green")


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_the_model_does_what_its_card_says():
    """A new draw of held-out problems and requests gives the figures of the card, within chance."""
    pytest.importorskip("torch", reason="needs the extra train")
    from transformers import AutoModelForCausalLM, AutoTokenizer

    words = AutoTokenizer.from_pretrained(make.ASSET)
    model = AutoModelForCausalLM.from_pretrained(make.ASSET).eval()
    assert len(words) == model.config.vocab_size
    found = make.measured(model, words, count=150, seed=100)
    assert found["held_out_accuracy"] == pytest.approx(FIGURES["held_out_accuracy"], abs=0.13)
    assert found["requests_well_formed"] > 0.95
    assert found["requests_right"] == pytest.approx(FIGURES["requests_right"], abs=0.12)
