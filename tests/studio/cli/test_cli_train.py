"""`lemma train`: what it refuses in one line, what it finds, and a real training from the shell."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from engine.learning.training import launching
from tests.studio.cli.conftest import lemma, within
from tests.support import tiny_llm

CHAT = [
    {"role": "user", "content": "Find the sum of 1 and 2."},
    {"role": "assistant", "content": "The answer is $\\boxed{3}$."},
]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    assert within("init", tmp_path / "project").code == 0
    rows = [{"messages": [{**CHAT[0], "content": f"Find the sum of {n} and 2."}, CHAT[1]]} for n in range(48)]
    (tmp_path / "rows.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return tmp_path


def files_of_a_model(folder: Path) -> Path:
    """Write what is looked at without torch: a config, an empty file of weights, a vocabulary."""
    folder.mkdir()
    config = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 2}
    (folder / "config.json").write_bytes(orjson.dumps(config | {"vocab_size": 100}))
    (folder / "model.safetensors").touch()
    (folder / "tokenizer.json").write_bytes(orjson.dumps({"model": {"vocab": {"a": 0}}}))
    return folder


def checked(place: Path, method: str, *words: object):
    """Run the check; it prints one JSON object whatever it finds."""
    said = within("train", method, *words, "--out", place / "out", "--check", "--json", project=place / "project")
    assert len(said.out.strip().splitlines()) == 1, said.err
    values = orjson.loads(said.out)
    assert said.code == (1 if values["blocking"] else 0)
    return {one["name"]: one for one in values["findings"]}, values["blocking"]


def test_the_check_needs_no_model_code(place):
    model = files_of_a_model(place / "model")
    found, blocking = checked(place, "sft", "--data", place / "rows.jsonl", "--model", model, "--preset", "tiny")
    assert found["data"]["detail"] == "48 rows of messages data"
    assert found["memory"]["severity"] == "green"
    assert not {"data", "model", "tokenizer"} & set(blocking)


def test_bad_input_is_found_before_any_work(place):
    """A model path that is none, other columns, data for another method."""
    (place / "other.jsonl").write_text('{"question": "q", "answer": "a"}\n')
    rows, model = place / "rows.jsonl", files_of_a_model(place / "model")
    for method, data, given, name, said in (
        ("sft", rows, place / "gone", "model", "there is no model at"),
        ("sft", place / "other.jsonl", model, "data", "has the columns answer, question."),
        ("dpo", rows, model, "data", "is messages data, which is not for dpo."),
        ("sft", place / "nothing", model, "data", "does not exist."),
    ):
        found, blocking = checked(place, method, "--data", data, "--model", given, "--preset", "tiny")
        assert name in blocking
        assert said in found[name]["detail"]


def test_a_finding_is_overridden_by_its_name(place):
    found, blocking = checked(
        place, "sft", "--data", place / "rows.jsonl", "--model", place / "gone", "--override", "model"
    )
    assert found["model"]["severity"] == "red"
    assert "model" not in blocking


def test_both_stages_are_looked_at_before_the_first_begins(place):
    """`train sft-dpo`: findings by stage; data of one stage do not pass for those of the other."""
    model, rows = files_of_a_model(place / "model"), place / "rows.jsonl"
    words = ("train", "sft-dpo", "--data", rows, "--pairs", rows, "--model", model, "--out", place / "out")
    more = ("--preset", "tiny", "--set", "max_length=64", "--set", "dpo.beta=0.3", "--check", "--json")
    said = within(*words, *more, project=place / "project")
    assert said.code == 1, said.err
    values = orjson.loads(said.out)
    data = {one["stage"]: one["severity"] for one in values["findings"] if one["name"] == "data"}
    assert data == {"sft": "green", "dpo": "red"}
    assert "data" in values["blocking"]
    refused = within(*words, "--preset", "tiny", "--set", "sft.beta2=1", project=place / "project")
    assert (refused.code, "beta2: is not a known setting" in refused.err) == (1, True)
    assert list((place / "project" / "runs").iterdir()) == []


def test_refusals_are_one_line_and_start_nothing(place):
    words = ("train", "sft", "--data", place / "rows.jsonl", "--model", place / "gone", "--out", place / "out")
    for more, said in (
        (("--preset", "huge"), "'huge' is no preset"),
        (("--set", "learning=3"), "learning: is not a known setting"),
        (("--set", "epochs=-1"), "epochs: Input should be greater than 0"),
        ((), "pip install 'lemma-studio[train]'" if launching.missing_extra() else "there is no model at"),
    ):
        refused = within(*words, *more, project=place / "project")
        assert refused.code == 1
        assert said in refused.err
        assert len(refused.err.strip().splitlines()) == 1
    assert list((place / "project" / "runs").iterdir()) == []
    assert not (place / "out").exists()


@pytest.mark.models
@pytest.mark.slow
def test_sft_and_then_dpo_from_the_shell(place):
    """A tiny model learns twice; the figures come back as JSON, progress and loss go to stderr."""
    pytest.importorskip("trl", reason="needs the extra train")
    model, home = tiny_llm.make(place / "m0"), place / "project"
    small = ("--preset", "tiny", "--set", "batch_size=8", "--set", "max_length=128", "--set", "checkpoints=1")
    tuned = lemma(
        "train", "sft", "--data", place / "rows.jsonl", "--model", model, "--out", place / "m1", *small, "--json",
        project=home,
    )  # fmt: skip
    values = tuned.values
    assert (values["run"], values["state"], values["out"]) == ("sft-0001", "finished", str(place / "m1"))
    assert values["metrics"]["train_loss"] > 0
    assert "sft-0001 · steps, loss" in tuned.err
    pairs = [
        {
            "prompt": [{**CHAT[0], "content": f"Find {n}."}],
            "chosen": [CHAT[1]],
            "rejected": [{**CHAT[1], "content": "7"}],
        }
        for n in range(16)
    ]
    (place / "pairs.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in pairs))
    places = ("--data", place / "pairs.jsonl", "--model", place / "m1", "--out", place / "m2")
    preferred = lemma("train", "dpo", *places, *small, "--json", project=home)
    assert "rewards/margins" in preferred.values["metrics"]
    assert lemma("runs", "list", "--json", project=home).values["runs"][-1]["kind"] == "train"
    again = lemma(
        "train", "sft", "--data", place / "rows.jsonl", "--model", model, "--out", place / "m1", *small, project=home
    )
    assert again.code == 1
    assert "is there already" in again.err
