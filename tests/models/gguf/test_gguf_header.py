"""Headers of GGUF files: read as written, on files of a few hundred bytes; what is wrong with one is a sentence."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import BadInput
from engine.models import gguf
from engine.models.gguf import header
from tests.support.gguf_files import LLAMA, WORDS, gguf_file


def test_a_header_is_read_as_written(tmp_path):
    path = gguf_file(tmp_path / "tiny.gguf", {"general.alignment": 32, "llama.rope.freq_base": 10000.0})
    said = gguf.read(path)
    assert (said.architecture, said.name, said.quantization) == ("llama", "Tiny", "F16")
    assert (said.context, said.vocabulary, said.number("block_count")) == (512, WORDS, 2)
    # 32 x 64 of two bytes, 32 x 64 in blocks of 32 with 34 bytes, 32 of four bytes.
    assert said.parameters == 32 * 64 * 2 + 32
    assert said.weights == 32 * 64 * 2 + 64 * 34 + 32 * 4
    assert said.end == said.size == path.stat().st_size
    assert said.template == "{{ messages }}"
    assert said.values["llama.rope.freq_base"] == 10000.0


def test_numbers_by_layer_and_long_vocabularies(tmp_path):
    many = {"llama.attention.head_count_kv": [2, 0], "tokenizer.ggml.tokens": ["a" * (n % 7) for n in range(5000)]}
    said = gguf.read(gguf_file(tmp_path / "m.gguf", many))
    assert said.by_layer("attention.head_count_kv") == (2, 0)
    assert said.vocabulary == 5000
    assert "tokenizer.ggml.tokens" not in said.values, "words are counted, not kept"


def test_a_file_that_changes_is_read_again(tmp_path):
    path = gguf_file(tmp_path / "m.gguf")
    assert gguf.read(path).name == "Tiny"
    gguf_file(path, {"general.name": "Another one"})
    assert gguf.read(path).name == "Another one"


def test_what_the_file_calls_itself_cannot_steer_a_terminal(tmp_path):
    said = gguf.read(gguf_file(tmp_path / "m.gguf", {"general.name": "a\x1b[2Jb\nc" + "d" * 500}))
    assert said.name.startswith("a[2Jbcdd")
    assert len(said.name) <= 120


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "no GGUF file"),
        (b"PK\x03\x04 a zip", "no GGUF file"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "Git LFS pointer"),
        (b"GGUF", "header does not end"),
        (b"GGUF" + struct.pack("<IQQ", 1, 1, 1), "version 1"),
        (b"GGUF" + struct.pack(">IQQ", 3, 1, 1), "other byte order"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1 << 60), "header does not end"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 0), "header does not end"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1 << 63), "header does not end"),
        (b"GGUF" + struct.pack("<IQQQ1sI", 3, 0, 1, 1, b"a", 99), "header does not end"),
        (b"GGUF" + struct.pack("<IQQQ1sIIQ", 3, 0, 1, 1, b"a", 9, 8, 1 << 40), "header does not end"),
        (b"GGUF" + struct.pack("<IQQQ1sI", 3, 0, 1, 1, b"a", 9) + struct.pack("<IQ", 9, 1) * 100, "does not end"),
    ],
)
def test_what_is_no_header_is_a_sentence(tmp_path, body, what):
    (tmp_path / "m.gguf").write_bytes(body)
    with pytest.raises(BadInput, match=what):
        gguf.read(tmp_path / "m.gguf")


def test_no_file_is_a_sentence(tmp_path):
    with pytest.raises(BadInput, match="No such file"):
        gguf.read(tmp_path / "none.gguf")
    with pytest.raises(BadInput, match="is no file"):
        gguf.read(tmp_path)


def test_every_cut_is_noticed(tmp_path):
    """A file that ends anywhere is either said to be cut or has all that its header tells of."""
    whole = gguf_file(tmp_path / "whole.gguf").read_bytes()
    for length in range(4, len(whole), 7):
        path = tmp_path / "cut.gguf"
        path.write_bytes(whole[:length])
        with pytest.raises(BadInput, match=r"is cut|no GGUF"):
            gguf.servable(path)


@given(st.binary(max_size=300), st.integers(24, 200))
def test_bytes_of_a_stranger_never_break_the_reader(tmp_path_factory, noise, place):
    path: Path = tmp_path_factory.mktemp("noise") / "m.gguf"
    body = bytearray(gguf_file(path).read_bytes())
    body[place : place + len(noise)] = noise
    path.write_bytes(body)
    try:
        found = header.read(path)
    except BadInput:
        return
    assert found.size == len(body)


def test_the_file_of_the_tests_is_what_a_model_has():
    """The fields that the reader asks for are those of a published file (SmolLM2-135M-Instruct)."""
    assert {"llama.block_count", "llama.context_length", "tokenizer.ggml.tokens"} <= LLAMA.keys()
