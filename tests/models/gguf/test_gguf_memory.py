"""Memory from the header: weights, the cache of each slot by layers, heads and windows, buffers."""

from __future__ import annotations

import pytest

from engine.core.errors import BadInput, BadSetting
from engine.core.project import EngineSpec
from engine.models import gguf, serving
from engine.models.gguf import memory
from engine.models.serving import fitness
from engine.models.serving import memory as of_engines
from tests.support.gguf_files import gguf_file


def _cache(path, more, context):
    return memory.cache(gguf.read(gguf_file(path, more)), context)


def test_the_cache_is_keys_and_values_of_every_layer(tmp_path):
    """Two layers, two heads of their own, 8 numbers each for key and value, two bytes: 128 bytes a token."""
    assert _cache(tmp_path / "m.gguf", {}, 512) == 512 * 2 * 2 * (8 + 8) * 2
    # 300 tokens get two steps of 256.
    assert _cache(tmp_path / "m.gguf", {}, 300) == 512 * 2 * 2 * (8 + 8) * 2
    assert memory.cells(300) == 512


def test_heads_by_layer_and_widths_of_their_own(tmp_path):
    only = {"llama.attention.head_count_kv": [2, 0]}
    assert _cache(tmp_path / "a.gguf", only, 256) == 256 * 2 * (8 + 8) * 2
    wide = {"llama.attention.key_length": 24, "llama.attention.value_length": 16}
    assert _cache(tmp_path / "b.gguf", wide, 256) == 256 * 2 * 2 * (24 + 16) * 2


def test_windows_keep_no_more_than_the_window(tmp_path):
    """gemma3 looks at everything in each sixth layer and 512 tokens back in the others."""
    gemma = {
        "general.architecture": "gemma3", "gemma3.block_count": 18, "gemma3.embedding_length": 640,
        "gemma3.attention.head_count": 4, "gemma3.attention.head_count_kv": 1, "gemma3.attention.key_length": 256,
        "gemma3.attention.value_length": 256, "gemma3.attention.sliding_window": 512, "gemma3.context_length": 32768,
    }  # fmt: skip
    each = 1 * (256 + 256) * 2
    assert _cache(tmp_path / "g.gguf", gemma, 8192) == (3 * 8192 + 15 * 1024) * each
    assert _cache(tmp_path / "s.gguf", gemma, 512) == 18 * 512 * each
    said = {**gemma, "gemma3.attention.sliding_window_pattern": [True, False] * 9}
    assert _cache(tmp_path / "p.gguf", said, 8192) == (9 * 8192 + 9 * 1024) * each
    unknown = {"llama.attention.sliding_window": 512}
    assert _cache(tmp_path / "u.gguf", unknown, 8192) == 2 * 8192 * 2 * (8 + 8) * 2


def test_an_engine_needs_more_with_more_slots(tmp_path):
    path = gguf_file(tmp_path / "m.gguf", {"llama.context_length": 16384})
    one = serving.estimate(EngineSpec(kind="managed", server="llamacpp", model=str(path), max_num_seqs=1))
    usual = serving.estimate(EngineSpec(kind="managed", server="llamacpp", model=str(path)))
    assert (usual.slots, usual.context, usual.gpu) == (of_engines.SLOTS, 8192, False)
    added = (usual.needed - one.needed) * of_engines.GIB
    assert added == pytest.approx((of_engines.SLOTS - 1) * 8192 * 128, rel=0.01)
    assert usual.free > 0
    assert "4 slots of 8,192 tokens" in usual.sentence


def _spec(path, **more):
    return EngineSpec.model_validate({"kind": "managed", "server": "llamacpp", "model": str(path), **more})


@pytest.fixture
def installed(monkeypatch):
    """As on a machine that has the package, by the name of one that is always there: it is not what is asked here."""
    monkeypatch.setattr(fitness, "PACKAGE", "orjson")


def test_a_missing_package_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(fitness, "PACKAGE", "no_such_package")
    with pytest.raises(BadSetting, match=r"lemma-studio\[local\]"):
        serving.start(tmp_path / "servers", "local", _spec(gguf_file(tmp_path / "m.gguf")))
    assert not (tmp_path / "servers/local/server.log").exists(), "nothing was started"


@pytest.mark.usefixtures("installed")
def test_too_little_memory_is_said_before_anything_waits(tmp_path, monkeypatch):
    monkeypatch.setattr(of_engines, "free_ram_gib", lambda: 0.12)
    monkeypatch.setattr(fitness.command, "has_gpu", lambda: False)
    path = gguf_file(tmp_path / "m.gguf", {"llama.context_length": 131072})
    with pytest.raises(BadInput, match=r"about 0\.\d+ GiB of memory .*4 slots of 65,536 tokens.*0\.12 GiB are free"):
        serving.start(tmp_path / "servers", "local", _spec(path, max_model_len=65536))
    assert not (tmp_path / "servers/local/server.log").exists()
    monkeypatch.setattr(of_engines, "free_ram_gib", lambda: 64.0)
    fitness.check("local", _spec(path, max_model_len=65536))


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"max_model_len": 4096}, "made for 512 tokens"),
        ({"chat_template": "/no/such.jinja"}, "cannot be read"),
        ({"chat_template": "alpaca"}, "chatml or plain"),
    ],
)
def test_settings_that_cannot_be_are_said_before_anything_waits(tmp_path, more, what):
    with pytest.raises(BadSetting, match=what):
        serving.start(tmp_path / "servers", "local", _spec(gguf_file(tmp_path / "m.gguf"), **more))


@pytest.mark.usefixtures("installed")
def test_a_file_that_cannot_be_served_is_said_before_anything_waits(tmp_path):
    for name, body in (("none.gguf", None), ("m-00001-of-00002.gguf", b"GGUF"), ("text.gguf", b"hello")):
        if body:
            (tmp_path / name).write_bytes(body)
        with pytest.raises(BadInput):
            serving.start(tmp_path / "servers", "local", _spec(tmp_path / name))
    assert not (tmp_path / "servers/local/server.log").exists()


@pytest.mark.parametrize(
    ("limit", "used", "idle", "free"),
    [("max", "1", "0", None), ("3221225472", "2147483648", "536870912", 1.5), ("1073741824", "1073741824", "0", 0.0)],
)
def test_the_limit_of_a_container_counts(tmp_path, monkeypatch, limit, used, idle, free):
    (tmp_path / "memory.max").write_text(limit)
    (tmp_path / "memory.current").write_text(used)
    (tmp_path / "memory.stat").write_text(f"anon 1\ninactive_file {idle}\n")
    whole = of_engines.free_ram_gib()
    monkeypatch.setattr(of_engines, "_GROUP", tmp_path)
    found = of_engines.free_ram_gib()
    assert (
        found == pytest.approx(whole, rel=0.5) if free is None else found == pytest.approx(min(whole, free), abs=0.01)
    )
