"""Which files can be served: a sentence for each that cannot, and where the files of other programs lie."""

from __future__ import annotations

import os

import orjson
import pytest

from engine.core.errors import BadInput
from engine.models import gguf
from tests.support.gguf_files import gguf_file


def test_a_model_says_what_people_ask(tmp_path):
    facts = gguf.servable(gguf_file(tmp_path / "m.gguf")).facts
    assert facts[0] == "llama"
    assert facts[2] == "F16"
    assert facts[-2:] == ("512 tokens of context", "chat template")
    base = gguf.servable(gguf_file(tmp_path / "b.gguf", without=["tokenizer.chat_template"]))
    assert "base model" in base.facts[-1]


@pytest.mark.parametrize(
    ("name", "more", "what"),
    [
        ("m-00001-of-00002.gguf", {}, "part 1 of 2"),
        ("m-00002-of-00002.gguf", {}, "part 2 of 2"),
        ("renamed.gguf", {"split.count": 3, "split.no": 1}, "part 2 of 3"),
        ("m.gguf", {"general.type": "adapter"}, "adapter"),
        ("m.gguf", {"general.type": "mmproj"}, "sees pictures"),
        ("m.gguf", {"general.architecture": "clip"}, "sees pictures"),
        ("m.gguf", {"llama.attention.causal": False}, "makes embeddings"),
        ("m.gguf", {"general.architecture": "other"}, "does not say its layers"),
    ],
)
def test_what_is_no_language_model_is_refused(tmp_path, name, more, what):
    with pytest.raises(BadInput, match=what):
        gguf.servable(gguf_file(tmp_path / name, more))


def test_a_vocabulary_alone_is_refused(tmp_path):
    with pytest.raises(BadInput, match="vocabulary and no weights"):
        gguf.servable(gguf_file(tmp_path / "ggml-vocab-tiny.gguf", tensors=()))


def test_a_file_without_its_last_byte_is_cut(tmp_path):
    path = gguf_file(tmp_path / "m.gguf", tensors=[("a", (32,), 0)])
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BadInput, match=r"is cut: its header tells of [\d,]+ bytes, [\d,]+ are there"):
        gguf.servable(path)


def test_files_of_other_programs_are_found(tmp_path):
    home = tmp_path / "home"
    blob = gguf_file(home / ".ollama/models/blobs/sha256-1", {"general.name": "Blob"})
    manifest = home / ".ollama/models/manifests/registry.ollama.ai/library/tiny/135m"
    manifest.parent.mkdir(parents=True)
    layers = [
        {"mediaType": "application/vnd.ollama.image.license", "digest": "sha256:0"},
        {"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:1"},
    ]
    manifest.write_bytes(orjson.dumps({"layers": layers}))
    gguf_file(home / ".lmstudio/models/maker/name/m.Q8_0.gguf", {"general.name": "Studio"})
    snapshot = home / ".cache/huggingface/hub/models--org--tiny-GGUF/snapshots/abc"
    snapshot.mkdir(parents=True)
    real = gguf_file(home / ".cache/huggingface/hub/models--org--tiny-GGUF/blobs/f00d")
    (snapshot / "tiny.gguf").symlink_to(real)
    (home / ".lmstudio/models/broken.gguf").write_bytes(b"half")
    rows = {(one.owner, one.name): one for one in gguf.found({}, home)}
    assert rows["Ollama", "tiny:135m"].path == blob
    assert rows["Ollama", "tiny:135m"].file.header.name == "Blob"
    assert rows["LM Studio", os.path.join("maker", "name", "m.Q8_0.gguf")].file.header.name == "Studio"
    assert rows["Hugging Face", "org/tiny-GGUF/tiny.gguf"].file is not None
    assert "no GGUF file" in rows["LM Studio", "broken.gguf"].fault
    assert len(rows) == 4


def test_folders_that_the_environment_names_are_looked_into(tmp_path):
    gguf_file(tmp_path / "llama" / "m.gguf")
    gguf_file(tmp_path / "hub/models--a--b/snapshots/1/deep/n.gguf", {"general.name": "N"})
    found = gguf.found({"LLAMA_CACHE": str(tmp_path / "llama"), "HF_HUB_CACHE": str(tmp_path / "hub")}, tmp_path / "no")
    assert {(one.owner, one.name) for one in found} == {("llama.cpp", "m.gguf"), ("Hugging Face", "a/b/deep/n.gguf")}


@pytest.mark.parametrize("digest", ["sha256:../../../secret", 3, None])
def test_a_manifest_cannot_name_a_file_elsewhere(tmp_path, digest):
    gguf_file(tmp_path / "secret")
    base = tmp_path / "ollama"
    (base / "blobs").mkdir(parents=True)
    manifest = base / "manifests/registry/library/x/latest"
    manifest.parent.mkdir(parents=True)
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": digest}
    manifest.write_bytes(orjson.dumps({"layers": [layer]}))
    assert gguf.found({"OLLAMA_MODELS": str(base)}, tmp_path / "no") == ()
