"""Which embedder is taken when, and model files that are refused; none of it needs a model."""

from __future__ import annotations

import json

import pytest

from engine.core import prompts
from engine.core.errors import BadSetting, MissingExtra
from engine.generation import recipes
from engine.runs.plan import fingerprint
from engine.similarity import embedder, onnx_files


@pytest.fixture
def nothing_installed(monkeypatch):
    monkeypatch.setattr(onnx_files, "minilm", lambda: None)
    embedder._model.cache_clear()
    yield
    embedder._model.cache_clear()


def test_without_a_model_hashing_is_what_is_left(nothing_installed):
    assert embedder.standing() == "hashing"
    assert recipes.load("gsdp").settings.filter.embedder == "hashing"
    for name in ("hashing", "auto"):
        assert embedder.choose(name, ["ratio"]).name == embedder.named(name, ["ratio"]) == "hashing"
    with pytest.raises(MissingExtra, match="minilm"):
        embedder.load("minilm")


def test_a_recipe_takes_what_is_installed_unless_somebody_chose(nothing_installed, monkeypatch):
    before = fingerprint(recipes.load("gsdp"), "", prompts.hashes())
    assert before == fingerprint(recipes.load("gsdp", {"filter.embedder": "hashing"}), "", prompts.hashes())
    monkeypatch.setattr(embedder, "standing", lambda: "auto")
    assert recipes.load("gsdp").settings.filter.embedder == "auto"
    assert recipes.load("gsdp", {"filter.embedder": "hashing"}).settings.filter.embedder == "hashing"
    assert fingerprint(recipes.load("gsdp"), "", prompts.hashes()) != before


def test_a_language_model_is_no_embedder(tmp_path):
    with pytest.raises(BadSetting, match="GGUF"):
        embedder.load(str(tmp_path / "model.gguf"))


def _folder(folder, **files):
    (folder / "onnx").mkdir(parents=True)
    (folder / "onnx" / "model.onnx").write_bytes(b"no graph")
    for name, said in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".json").write_text(json.dumps(said))
    return folder


def test_a_folder_says_how_its_model_is_read(tmp_path):
    pooling = {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
    layers = [{"type": f"sentence_transformers.models.{name}"} for name in ("Transformer", "Pooling", "Dense")]
    home = _folder(
        tmp_path / "bge", tokenizer={}, **{"1_Pooling__config": pooling},
        sentence_bert_config={"max_seq_length": 8192}, modules=layers,
    )  # fmt: skip
    found = onnx_files.in_folder(str(home))
    assert (found.label, found.pooling, found.longest, found.more) == ("bge", "cls", 8192, "Dense")
    assert onnx_files.in_folder(str(home / "onnx" / "model.onnx")) == found
    plain = onnx_files.in_folder(str(_folder(tmp_path / "plain", tokenizer={})))
    assert (plain.pooling, plain.longest, plain.more) == ("mean", onnx_files.LONGEST, "")
    assert onnx_files.in_folder(str(tmp_path)) is None


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({}, "tokenizer.json"),
        ({"tokenizer": {}, "1_Pooling__config": {"pooling_mode_max_tokens": True}}, "max_tokens"),
        ({"tokenizer": {}, "1_Pooling__config": {"pooling_mode": "lasttoken"}}, "lasttoken"),
    ],
)
def test_a_folder_that_would_be_read_wrongly_is_refused(tmp_path, files, why):
    with pytest.raises(BadSetting, match=why):
        onnx_files.in_folder(str(_folder(tmp_path / "model", **files)))
