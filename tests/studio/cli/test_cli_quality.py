"""`lemma evaluate quality`: sets of data side by side, by models where they are given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.core import project
from engine.core.errors import BadInput
from engine.learning.evaluation import quality_files, rewards
from engine.reporting import preferences
from tests.support.command import lemma

ASSET = Path(__file__).resolve().parents[2] / "assets" / "tiny"


def _write(path, rows):
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.fixture
def human(tmp_path):
    rows = [
        {"question": f"How many are {n} and {n}?", "answer": f"They are {n} + {n} = {2 * n}.\n#### {2 * n}"}
        for n in range(30)
    ]
    return _write(tmp_path / "human.jsonl", rows)


@pytest.fixture
def made(tmp_path):
    turns = [
        [{"role": "user", "content": f"A train needs {n + 1} hours for {60 * n} km. How fast is it?"},
         {"role": "assistant", "content": f"It goes \\boxed{{{60 * n}/{n + 1}}}"}] for n in range(20)
    ]  # fmt: skip
    return _write(tmp_path / "made.jsonl", [{"messages": some} for some in turns])


def test_cl31_cl32_two_sets_without_any_model(here, human, made, tmp_path):
    """CL-31, CL-32: equally many samples, one map of all, written as a table."""
    said = here(
        "evaluate", "quality", "--data", f"human={human}", "--data", f"made={made}", "--method", "pca", "--out",
        tmp_path / "map.csv", "--json",
    ).values  # fmt: skip
    assert [(row["name"], row["samples"], row["perplexity"]) for row in said["sets"]] == [
        ("human", 20, None), ("made", 20, None),
    ]  # fmt: skip
    assert 0 <= said["mixed"] < 0.5
    lines = (tmp_path / "map.csv").read_text().splitlines()
    assert lines[0] == "set,x,y"
    assert [line.partition(",")[0] for line in lines[1:]] == ["human"] * 30 + ["made"] * 20


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--data", "a={empty}"), "holds no question with an answer"),
        (("--data", "a={human}", "--method", "cube"), "no map"),
        (("--data", "a={human}", "--pairs", "{human}"), "go together"),
        (("--data", "a={human}", "--model", "nowhere:x"), "no engine with an address"),
        (("--data", "a={human}", "--model", "abacus:abacus-small"), "no engine with an address"),
    ],
)
def test_wrong_words_are_one_line(words, says, here, human, tmp_path):
    empty = _write(tmp_path / "empty.jsonl", [{"question": "?"}])
    said = here("evaluate", "quality", *(word.format(human=human, empty=empty) for word in words))
    assert said.code == 1
    assert says in said.err
    assert len(said.err.strip().splitlines()) == 1


def test_evaluate_without_a_model_is_wrong_usage(here):
    said = here("evaluate", "--benchmark", "x")
    assert said.code == 2
    assert "--model" in said.err


def test_examples_and_pairs_of_every_shape(tmp_path):
    """What exports write is read back: conversations, plain pairs, preference pairs."""
    plain = _write(tmp_path / "plain.jsonl", [{"prompt": "Q?", "completion": " A."}])
    talk = [{"role": "user", "content": "Q?"}], [{"role": "assistant", "content": "A."}]
    turned = _write(tmp_path / "turned.jsonl", [{"prompt": talk[0], "completion": talk[1]}])
    for path in (plain, turned):
        (one,) = quality_files.examples(path)
        assert (one.question, one.answer) == ("Q?", "A.")
    other = [{"role": "assistant", "content": "B."}]
    chosen = _write(tmp_path / "chosen.jsonl", [{"prompt": talk[0], "chosen": talk[1], "rejected": other}])
    (pair,) = quality_files.pairs(chosen)
    assert (pair.prompt, pair.chosen, pair.rejected) == ("Q?", "A.", "B.")
    with pytest.raises(BadInput, match="line 1, field chosen"):
        list(quality_files.pairs(plain))


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_cl30_cl31_by_local_models(human, made, tmp_path):
    """CL-30, CL-31: perplexity, BERTScore and reward wins by models of this machine."""
    pytest.importorskip("torch", reason="needs the extra train")
    from transformers import AutoTokenizer, Qwen2Config, Qwen2ForSequenceClassification

    reward = tmp_path / "reward"
    Qwen2ForSequenceClassification(Qwen2Config.from_pretrained(ASSET, num_labels=1)).save_pretrained(reward)
    AutoTokenizer.from_pretrained(ASSET).save_pretrained(reward)
    pairs = _write(
        tmp_path / "pairs.jsonl",
        [{"prompt": f"What is {n} + 1?", "chosen": f"{n + 1}", "rejected": f"{n + 20}"} for n in range(9)],
    )
    said = lemma(
        "evaluate", "quality", "--data", f"human={human}", "--data", f"made={made}", "--model", ASSET, "--encoder",
        ASSET, "--pairs", pairs, "--reward", reward, "--method", "pca", "--json",
    ).values  # fmt: skip
    assert all(1 < row["perplexity"] < 1e6 and 0 < row["bertscore"] < 100 for row in said["sets"])
    assert said["wins"]["pairs"] == 9
    assert 0 <= said["wins"]["low"] <= said["wins"]["share"] <= said["wins"]["high"] <= 1


def test_cl44_what_a_reward_model_prefers_is_kept_for_the_report(here, human, made, tmp_path, monkeypatch):
    """CL-44: from the command to the figure; the reward here is how long an answer is."""
    by_length = lambda folder, trust: lambda asked: [float(len(answer)) for _, answer in asked]  # noqa: E731
    monkeypatch.setattr(rewards, "reward_model", by_length)
    chosen = ["longer", "so", "as long"]
    pairs = _write(
        tmp_path / "mended.jsonl", [{"prompt": "?", "chosen": text, "rejected": "as soon"} for text in chosen]
    )
    said = here(
        "evaluate", "quality", "--data", f"human={human}", "--data", f"made={made}", "--method", "pca", "--pairs",
        pairs, "--reward", tmp_path / "rm", "--keep", "--json",
    ).values  # fmt: skip
    assert (said["wins"]["of"], said["wins"]["reward"]) == ("mended", "rm")
    home = Path(said["files"][0]).parents[1]
    section = preferences.preferences(project.find(home))
    assert [row[:6] for row in section.table.rows] == [("mended", "rm", 3, 0, 1, 0.0)]
    for path in said["files"]:
        Path(path).unlink()
