"""Tiny GGUF files, written byte by byte after the format's description, and what a llama.cpp server says of itself."""

from __future__ import annotations

import http.server
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

WORDS = 64
LLAMA: dict[str, Any] = {
    "general.architecture": "llama", "general.name": "Tiny", "general.file_type": 1, "llama.block_count": 2,
    "llama.context_length": 512, "llama.embedding_length": 32, "llama.feed_forward_length": 64,
    "llama.attention.head_count": 4, "llama.attention.head_count_kv": 2, "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.tokens": [f"w{n}" for n in range(WORDS)], "tokenizer.chat_template": "{{ messages }}",
}  # fmt: skip
TENSORS = (
    ("token_embd.weight", (32, WORDS), 1),
    ("blk.0.ffn_up.weight", (32, 64), 8),
    ("output_norm.weight", (32,), 0),
)
"""Name, shape, number format (F16, Q8_0, F32)."""
BYTES = {0: (1, 4), 1: (1, 2), 8: (32, 34)}


def gguf_file(
    path: Path,
    more: Mapping[str, Any] | None = None,
    *,
    without: Sequence[str] = (),
    tensors: Sequence[tuple[str, tuple[int, ...], int]] = TENSORS,
    version: int = 3,
) -> Path:
    """Write a file of the shape of a small llama; `more` adds fields, `without` leaves some out."""
    fields = {name: value for name, value in {**LLAMA, **(more or {})}.items() if name not in without}
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(fields))
    head += b"".join(_text(name) + _value(value) for name, value in fields.items())
    place, body = 0, b""
    for name, shape, kind in tensors:
        size = 1
        for side in shape:
            size *= side
        block, each = BYTES[kind]
        head += _text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, place)
        body += bytes(size // block * each)
        body += bytes(-len(body) % 32)
        place = len(body)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head + bytes(-len(head) % 32) + body)
    return path


def _text(said: str) -> bytes:
    return struct.pack("<Q", len(said.encode())) + said.encode()


def _value(value: Any) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    if isinstance(value, str):
        return struct.pack("<I", 8) + _text(value)
    kind = {bool: 7, int: 4, float: 6, str: 8}[type(value[0])]
    inner = b"".join(_value(one)[4:] for one in value)
    return struct.pack("<IIQ", 9, kind, len(value)) + inner


METRICS = """# HELP llamacpp:prompt_tokens_total Number of prompt tokens processed, excluding cached tokens
# TYPE llamacpp:prompt_tokens_total counter
llamacpp:prompt_tokens_total 300
llamacpp:prompt_tokens_cached_total 100
llamacpp:prompt_seconds_total 2.5
llamacpp:tokens_predicted_total 800
llamacpp:tokens_predicted_seconds_total 40.0
llamacpp:n_decode_total 8
llamacpp:prompt_tokens_seconds 88.5716
llamacpp:predicted_tokens_seconds 41.2247
llamacpp:requests_processing 3
llamacpp:requests_deferred 5
llamacpp:n_busy_slots_per_decode 1
"""
"""The page of xllamacpp 2026.10.11549, with other numbers."""
PROPS = {"default_generation_settings": {"params": {"seed": 1}, "n_ctx": 768}, "total_slots": 4, "model_alias": "tiny"}
MODELS = {"object": "list", "data": [{"id": "tiny", "owned_by": "llamacpp", "meta": {"n_ctx_train": 8192}}]}
LOADING = {"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}}


class _Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    pages: Mapping[str, tuple[int, bytes]] = {}

    def do_GET(self) -> None:
        status, body = self.pages.get(self.path, (404, b"{}"))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def llamacpp_pages(*, loading: bool = False) -> Iterator[str]:
    """Serve the pages on which llama.cpp tells about itself; yields its address up to and including /v1."""
    health = (503, orjson.dumps(LOADING)) if loading else (200, b'{"status":"ok"}')
    pages = {
        "/health": health, "/metrics": (200, METRICS.encode()), "/props": (200, orjson.dumps(PROPS)),
        "/v1/models": (200, orjson.dumps(MODELS)),
    }  # fmt: skip
    handler = type("Pages", (_Pages,), {"pages": pages})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as there:
        thread = threading.Thread(target=there.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{there.server_port}/v1"
        finally:
            there.shutdown()
            thread.join()
