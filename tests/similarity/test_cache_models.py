"""Vectors are kept by their text; real models are loaded by folder."""

from __future__ import annotations

import multiprocessing
import sqlite3

import numpy as np
import pytest

from engine.core.errors import BadSetting, MissingExtra
from engine.similarity import embedder
from engine.similarity.hashing import Hashing
from engine.similarity.vector_cache import Cached


class Counting(Hashing):
    """Hashing under another name that counts what it is asked."""

    def __init__(self, name="model/α β"):
        super().__init__()
        self.name, self.asked = name, []

    def embed(self, texts):
        self.asked += list(texts)
        return super().embed(texts)


def test_x06_a_text_is_embedded_once(tmp_path):
    """X-06: the same vectors as without the cache, and no text twice, across instances."""
    inside = Counting()
    cached = Cached(inside, tmp_path)
    texts = ["one problem", "another", "one problem", "", "数学题 \ud800"[:4]]
    np.testing.assert_array_equal(cached.embed(texts), Hashing().embed(texts))
    assert len(inside.asked) == len(set(texts))
    again = Counting()
    np.testing.assert_array_equal(Cached(again, tmp_path).embed(texts[::-1]), Hashing().embed(texts[::-1]))
    assert again.asked == []
    assert cached.embed([]).shape == (0, cached.dim)


def test_models_do_not_share_a_file(tmp_path):
    assert Cached(Counting("a/b"), tmp_path).path != Cached(Counting("a:b"), tmp_path).path


def test_a_vector_of_another_length_is_made_anew(tmp_path):
    """A model that was replaced under the same name leaves vectors that no longer fit."""
    inside = Counting()
    cached = Cached(inside, tmp_path)
    cached.embed(["a text"])
    with sqlite3.connect(cached.path) as base:
        base.execute("update vectors set vector = ?", [b"1234"])
    np.testing.assert_array_equal(cached.embed(["a text"]), Hashing().embed(["a text"]))
    assert inside.asked == ["a text", "a text"]


def _fill(folder, start):
    Cached(Counting(), folder).embed([f"text {n}" for n in range(start, start + 400)])


def test_two_processes_write_at_the_same_time(tmp_path):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_fill, args=(tmp_path, start)) for start in (0, 200)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    inside = Counting()
    Cached(inside, tmp_path).embed([f"text {n}" for n in range(600)])
    assert inside.asked == []


def test_hashing_is_not_cached(tmp_path):
    assert isinstance(embedder.load("hashing", cache=tmp_path), Hashing)
    assert list(tmp_path.iterdir()) == []


def test_a_model_without_its_library_or_files_is_a_clear_error(tmp_path):
    with pytest.raises((MissingExtra, BadSetting), match="embedder"):
        embedder.load(str(tmp_path / "no-model"))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A real sentence-transformers model of one small layer, made on the spot."""
    pytest.importorskip("sentence_transformers", reason="sentence-transformers is not installed: extra `embed`")
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules as models
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *"abcdefghijklmnopqrstuvwxyz",
        *(f"##{c}" for c in "aeiourst"),
    ]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    size = BertConfig(vocab_size=len(words), hidden_size=32, num_hidden_layers=1, num_attention_heads=1)
    BertModel(size).save_pretrained(folder / "bert")
    part = models.Transformer(str(folder / "bert"))
    pooled = models.Pooling(part.get_embedding_dimension())
    SentenceTransformer(modules=[part, pooled], device="cpu").save(str(folder / "model"))
    return folder / "model"


def test_a_real_model_by_its_folder(tiny, tmp_path):
    """X-06, GSDP-06: unit vectors of the model's own length, kept by content."""
    loaded = embedder.load(str(tiny), cache=tmp_path)
    found = loaded.embed(["ratio of two numbers", "area of a circle"])
    assert found.shape == (2, 32) == (2, loaded.dim)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(embedder.load(str(tiny)).embed(["area of a circle"])[0], found[1], atol=1e-5)
