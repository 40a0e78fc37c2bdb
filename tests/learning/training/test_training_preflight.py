"""What is found before a training, with files alone: no torch is needed for any of it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from engine.learning.training import preflight, presets, vram

QWEN_7B = {
    "hidden_size": 3584,
    "intermediate_size": 18944,
    "num_hidden_layers": 28,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "vocab_size": 152064,
    "tie_word_embeddings": False,
}
LLAMA_8B = {
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "vocab_size": 128256,
    "tie_word_embeddings": False,
}
TINY = QWEN_7B | {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "vocab_size": 400}


def model(folder: Path, config: dict | None = None, tokens: int = 400) -> str:
    folder.mkdir(parents=True)
    (folder / "config.json").write_bytes(orjson.dumps(config or TINY))
    (folder / "model.safetensors").write_bytes(b"")
    vocabulary = {"model": {"vocab": {f"t{n}": n for n in range(tokens)}}, "added_tokens": []}
    (folder / "tokenizer.json").write_bytes(orjson.dumps(vocabulary))
    return str(folder)


def chat(question: str, answer: str) -> dict:
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]}


def data(path: Path, *rows: dict) -> str:
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return str(path)


def findings(tmp_path: Path, *rows: dict, method: str = "sft", **changes) -> dict[str, preflight.TrainingFinding]:
    given = {"model": str(tmp_path / "model"), "out": str(tmp_path / "out"), **changes}
    if not Path(given["model"]).exists() and "model" not in changes:
        model(tmp_path / "model")
    given.setdefault("data", data(tmp_path / "rows.jsonl", *rows) if rows else str(tmp_path / "none"))
    return {one.name: one for one in preflight.check(presets.resolve(f"tiny-{method}", **given))}


def pair(chosen: str, rejected: str) -> dict:
    turns = {
        name: [{"role": "assistant", "content": text}] for name, text in (("chosen", chosen), ("rejected", rejected))
    }
    return {"prompt": [{"role": "user", "content": "What is 1 + 1?"}], **turns}


def test_good_data_and_a_model(tmp_path):
    rows = [chat(f"What is {n} + 1?", f"It is $\\boxed{{{n + 1}}}$.") for n in range(40)]
    found = findings(tmp_path, *rows)
    for name in ("data", "model", "tokenizer", "memory", "duplicates", "boxes", "language"):
        assert found[name].severity == "green", found[name]
    assert found["data"].detail == "40 rows of messages data"
    assert found["language"].detail == "en 100%"
    assert found["contamination"].severity == "amber"


def test_repeats_boxes_and_languages_are_counted(tmp_path):
    rows = [chat(f"What is {n}?", f"It is $\\boxed{{{n}}}$.") for n in range(8)]
    rows += [chat("What is  0?", "It is $\\boxed{0}$."), chat("求和。", "答案是三十。")]
    found = findings(tmp_path, *rows)
    assert (found["duplicates"].severity, found["duplicates"].detail) == (
        "amber", "1 of 10 rows (10.0%) repeat another row"
    )  # fmt: skip
    assert found["boxes"].evidence == ("row 10",)
    assert (found["language"].severity, found["language"].detail) == ("amber", "en 90%, zh 10%")


def test_many_repeats_stop_the_launch(tmp_path):
    found = findings(tmp_path, *[chat("What is 1?", "$\\boxed{1}$")] * 4)
    assert found["duplicates"].severity == "red"


def test_a_pair_of_equals_stops_the_launch_until_it_is_overridden(tmp_path):
    found = findings(tmp_path, pair("a $\\boxed{1}$", "b"), pair("same", "same"), method="dpo")
    assert found["pairs"].detail == "1 of 2 rows (50.0%) prefer an answer to itself"
    assert found["pairs"].evidence == ("row 2",)
    every = tuple(found.values())
    assert "pairs" in [one.name for one in preflight.blocking(every)]
    assert "pairs" not in [one.name for one in preflight.blocking(every, ("pairs",))]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("/nowhere/model", "there is no model at /nowhere/model"),
        ("no-such-folder", "there is no model at no-such-folder"),
        ("a/b/c", "there is no model at a/b/c"),
    ],
)
def test_a_path_that_is_no_model_is_red(tmp_path, given, said):
    found = findings(tmp_path, chat("q", "a"), model=given)["model"]
    assert (found.severity, found.detail) == ("red", said)


def test_an_id_on_the_hub_is_not_looked_at(tmp_path):
    assert findings(tmp_path, chat("q", "a"), model="Qwen/Qwen2.5-7B")["model"].severity == "amber"


def test_folders_that_are_no_whole_model(tmp_path):
    adapter, bare, config = (tmp_path / name for name in ("adapter", "bare", "config"))
    for folder in (adapter, bare, config):
        folder.mkdir()
    (adapter / "adapter_config.json").write_text("{}")
    (config / "config.json").write_bytes(orjson.dumps(TINY))
    for folder, said in ((adapter, "holds an adapter"), (bare, "it has no config.json"), (config, "holds no weights")):
        found = findings(tmp_path, chat("q", "a"), model=str(folder))["model"]
        assert found.severity == "red"
        assert said in found.detail


def test_the_tokenizer_of_another_model_is_red(tmp_path):
    place = model(tmp_path / "other", tokens=500)
    found = findings(tmp_path, chat("q", "a"), model=place)["tokenizer"]
    assert (found.severity, found.detail) == (
        "red", "the tokenizer has 500 tokens, the model 400: it is another model's"
    )  # fmt: skip


def test_too_little_memory_is_red_and_says_what_to_set(tmp_path):
    place = model(tmp_path / "large", LLAMA_8B | {"num_hidden_layers": 320})
    found = findings(tmp_path, chat("q", "a"), model=place)["memory"]
    assert found.severity == "red"
    assert "lora_rank" in found.do


def test_data_that_cannot_be_used_is_one_red_line(tmp_path):
    found = findings(tmp_path, {"question": "q", "answer": "a"})["data"]
    assert found.severity == "red"
    assert "has the columns answer, question" in found.detail


def test_less_than_a_batch_is_said(tmp_path):
    assert "fewer than one batch" in findings(tmp_path, chat("q", "a"))["data"].detail


def test_contamination_is_taken_from_the_manifest(tmp_path):
    folder = tmp_path / "export"
    (folder / "data").mkdir(parents=True)
    data(folder / "data" / "train.jsonl", chat("q", "a"))
    said = {"left_out": {"copies a test problem": 3, "no solution": 1}, "contamination": {"benchmarks": {"math": 500}}}
    (folder / "manifest.json").write_bytes(orjson.dumps(said))
    found = findings(tmp_path, data=str(folder))["contamination"]
    assert (found.severity, found.detail) == ("green", "checked at export, which left 3 copies of test problems out")
    (folder / "manifest.json").write_bytes(orjson.dumps(said | {"contamination": {"benchmarks": {}}}))
    found = findings(tmp_path, data=str(folder))["contamination"]
    assert (found.severity, found.detail[:9]) == ("amber", "not known")


def test_rr19_rows_that_an_export_warned_of_are_told_before_training(tmp_path):
    """RR-19: the export counted them and let them out."""
    folder = tmp_path / "export"
    (folder / "data").mkdir(parents=True)
    data(folder / "data" / "train.jsonl", chat("q", "a"))
    said = {
        "left_out": {"copies a test problem": 3, "is a test problem with other numbers": 4},
        "warned": {"is near a test problem": 2},
        "contamination": {"benchmarks": {"math": 500}, "tiers": {"near": "warn"}},
    }
    (folder / "manifest.json").write_bytes(orjson.dumps(said))
    found = findings(tmp_path, data=str(folder))["contamination"]
    assert found.severity == "amber"
    assert found.detail.startswith(
        "checked at export, which left 7 test problems out; among the rows are 2 each of which"
    )
    (folder / "manifest.json").write_bytes(orjson.dumps(said | {"warned": {}}))
    assert findings(tmp_path, data=str(folder))["contamination"].severity == "green"
    (folder / "manifest.json").write_bytes(orjson.dumps(said | {"warned": [1]}))
    assert "cannot be read" in findings(tmp_path, data=str(folder))["contamination"].detail


def test_parameters_of_known_models():
    """Qwen2.5-7B has 7.615 B and Llama-3-8B 8.030 B weights; biases and the like are left out."""
    qwen, llama = shape_of(QWEN_7B), shape_of(LLAMA_8B)
    assert qwen.parameters == pytest.approx(7.615e9, rel=0.001)
    assert llama.parameters == pytest.approx(8.030e9, rel=0.001)


def shape_of(config: dict) -> vram.ModelShape:
    heads = config["num_attention_heads"]
    return vram.ModelShape(
        config["num_hidden_layers"],
        config["hidden_size"],
        config["intermediate_size"],
        config["vocab_size"],
        heads,
        config["num_key_value_heads"],
        config["hidden_size"] // heads,
        config["tie_word_embeddings"],
    )


def test_memory_of_a_full_training_by_hand():
    """Sixteen bytes a weight in mixed precision: 4 weights, 4 gradients, 8 moments; DPO adds its reference."""
    qwen = shape_of(QWEN_7B)
    t = presets.resolve("", model="m", data="d", out="o")
    need = vram.need(qwen, t, gpu=True)
    assert need.weights + need.gradients + need.optimiser == pytest.approx(16 * qwen.parameters)
    pairs = vram.need(qwen, t.model_copy(update={"method": "dpo"}), gpu=True)
    assert pairs.reference == pytest.approx(4 * qwen.parameters)


def test_memory_shrinks_with_adapters_zero_and_checkpointing():
    qwen = shape_of(QWEN_7B)
    t = presets.resolve("", model="m", data="d", out="o")
    full = vram.need(qwen, t, gpu=True)
    lora = vram.need(qwen, t.model_copy(update={"lora_rank": 16}), gpu=True)
    # LoRA of rank 16 on all linear layers of Qwen2.5-7B trains 40.4 M weights.
    assert lora.gradients / 4 == pytest.approx(40.4e6, rel=0.01)
    assert lora.weights == pytest.approx(2 * qwen.parameters)
    shared = vram.need(qwen, t.model_copy(update={"processes": 8, "zero": "3"}), gpu=True)
    assert shared.weights == pytest.approx(full.weights / 8)
    less = vram.need(qwen, t.model_copy(update={"gradient_checkpointing": True}), gpu=True)
    assert less.activations < full.activations / 3
