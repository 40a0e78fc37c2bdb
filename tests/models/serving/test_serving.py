"""Servers as processes: started, found again, healthy, dead with a reason, stopped as a group."""

from __future__ import annotations

import http.server
import socket
import sys
import threading
from pathlib import Path

import orjson
import psutil
import pytest

from engine.core import project
from engine.core.errors import BadSetting, UserError
from engine.core.project import EngineSpec
from engine.models import serving
from engine.models.serving import command, failures, memory, metrics, servers

STAND_IN = """
import http.server, subprocess, sys, threading
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"ok")
    def log_message(self, *said): pass
print("listening", flush=True)
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Answer).serve_forever()
"""


@pytest.fixture
def interpreter(tmp_path: Path) -> str:
    """An interpreter whose server is a small web server with a child: starting and stopping are the point."""
    script = tmp_path / "python"
    script.write_text(f'#!/bin/sh\nshift 2\nexec {sys.executable} {tmp_path / "server.py"} "$@"\n')
    script.chmod(0o755)
    (tmp_path / "server.py").write_text(STAND_IN)
    return str(script)


@pytest.fixture
def spec(interpreter: str) -> EngineSpec:
    return EngineSpec(kind="managed", model="/models/m", python=interpreter)


def test_a_server_is_started_found_again_and_stopped_with_its_children(tmp_path, spec):
    home = project.create(tmp_path / "p")
    server = serving.start(home.servers, "local", spec)
    serving.wait_ready(server, 30)
    assert serving.start(home.servers, "local", spec) == server
    assert serving.find(home.servers, "local") == server
    family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    assert len(family) > 1
    serving.stop(server)
    assert serving.find(home.servers, "local") is None
    _, alive = psutil.wait_procs(family, timeout=60)
    assert alive == []


def test_a_restarted_server_takes_its_port_again(tmp_path, spec):
    first = serving.start(tmp_path, "local", spec)
    serving.wait_ready(first, 30)
    serving.stop(first)
    second = serving.start(tmp_path, "local", spec)
    try:
        assert second.port == first.port
    finally:
        serving.stop(second)


def test_a_pid_that_was_given_anew_is_not_taken_for_the_server(tmp_path, spec):
    server = serving.start(tmp_path, "local", spec)
    try:
        state = tmp_path / "local" / servers.STATE
        said = orjson.loads(state.read_bytes())
        state.write_bytes(orjson.dumps({**said, "started": said["started"] - 500, "mark": "another boot:1"}))
        assert serving.find(tmp_path, "local") is None
        state.write_bytes(orjson.dumps({**said, "started": said["started"] - 500}))
        assert serving.find(tmp_path, "local").pid == server.pid, "a clock that was set changes nothing"
        state.write_bytes(b"torn")
        assert serving.find(tmp_path, "local") is None
    finally:
        serving.stop(server)


def test_a_server_that_dies_says_why(tmp_path):
    spec = EngineSpec(kind="managed", model=str(tmp_path / "none"), server="transformers")
    server = serving.start(tmp_path, "local", spec)
    with pytest.raises(UserError, match=r"could not start: (the model is not there|its interpreter lacks)"):
        serving.wait_ready(server, 60)


def test_what_cannot_be_started_is_one_line(tmp_path, spec):
    with pytest.raises(BadSetting, match="names no model"):
        serving.start(tmp_path, "local", EngineSpec(kind="managed"))
    with pytest.raises(BadSetting, match="cannot be run"):
        serving.start(tmp_path, "local", spec.model_copy(update={"python": "/no/python"}))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(BadSetting, match="is taken"):
            serving.start(tmp_path, "local", spec.model_copy(update={"port": taken.getsockname()[1]}))


def test_an_engine_that_does_not_run_says_how_to_start_it(tmp_path, spec):
    known = serving.resolved(tmp_path, {"local": spec})["local"]
    with pytest.raises(BadSetting, match="lemma engines start local"):
        serving.address("local", known)
    server = serving.start(tmp_path, "local", spec)
    try:
        assert serving.address("local", known) == server.base_url
    finally:
        serving.stop(server)


def test_a_server_for_one_run_ends_with_it(tmp_path, spec):
    wanted = serving.resolved(tmp_path, {"run-1": spec.model_copy(update={"on_demand": True}), "local": spec})
    with serving.on_demand(wanted):
        running = serving.find(tmp_path, "run-1")
        assert serving.health(running).word == "ready"
        assert serving.find(tmp_path, "local") is None
    assert serving.find(tmp_path, "run-1") is None


def test_commands_are_those_of_the_servers():
    spec = EngineSpec(
        kind="managed",
        model="/m",
        tensor_parallel=4,
        quantization="awq",
        max_model_len=8192,
        extra_args=("--seed", "1"),
    )
    words = command.command(spec, "m", 8123)
    assert words[1:4] == ["-m", "vllm.entrypoints.openai.api_server", "--model"]
    for pair in (
        ("--tensor-parallel-size", "4"),
        ("--quantization", "awq"),
        ("--max-model-len", "8192"),
        ("--seed", "1"),
    ):
        assert words[words.index(pair[0]) + 1] == pair[1]
    assert "--enable-prefix-caching" in words
    assert "--data-parallel-size" not in words
    own = command.command(spec.model_copy(update={"server": "transformers", "python": "/p"}), "m", 1)
    assert own[:3] == ["/p", "-m", "engine.models.serving.transformers_server"]


@pytest.mark.parametrize(
    ("log", "what"),
    [
        ("OSError: [Errno 98] Address already in use", "port is taken"),
        ("torch.OutOfMemoryError: CUDA out of memory. Tried", "does not fit"),
        ("ModuleNotFoundError: No module named 'vllm'", "not installed"),
        ("ValueError: Head size 16 is not supported", "head size"),
        ("APIServer WARNING ulimit: `OSError: [Errno 24] Too many open files`\nbye", "it ended without saying why"),
        ("api_server.py: error: unrecognized arguments: --odd 3", "does not know --odd 3"),
        (
            "Value error, User-specified max_model_len (9999) is greater than the derived max_model_len "
            "(max_position_embeddings=512.0 or model_max_length=None in model's config.json).",
            "a context of 9999 tokens is longer than the model's 512",
        ),
        ("Value error, Cannot find the config file for awq [type=value_error", "not packed as awq"),
        ("ValueError: Available memory on kv cache allocation is less than requested memory for kv", "does not fit"),
        ("huggingface_hub.errors.HFValidationError: Repo id must be in the form", "is not there"),
        ("ValueError: a\nRuntimeError: core failed. See root cause above.\n", "ValueError: a"),
        ("something odd\nat last\n", "at last"),
        ("", "it said nothing"),
    ],
)
def test_known_failures_are_explained(log, what):
    assert what in failures.explained(log)[0]


LLAMA_8B = {
    "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
    "intermediate_size": 14336, "vocab_size": 128256, "max_position_embeddings": 8192,
}  # fmt: skip
QWEN_05B = {
    "hidden_size": 896, "num_hidden_layers": 24, "num_attention_heads": 14, "num_key_value_heads": 2,
    "intermediate_size": 4864, "vocab_size": 151936, "max_position_embeddings": 32768, "tie_word_embeddings": True,
}  # fmt: skip


def test_parameters_of_known_models():
    """8.03 and 0.49 billion are what their makers print."""
    assert memory.parameters(LLAMA_8B) == pytest.approx(8.03e9, rel=0.002)
    assert memory.parameters(QWEN_05B) == pytest.approx(0.494e9, rel=0.002)


def test_memory_is_weights_cache_and_overhead(tmp_path):
    (tmp_path / "config.json").write_bytes(orjson.dumps(LLAMA_8B))
    need = memory.estimate(EngineSpec(kind="managed", model=str(tmp_path), dtype="bfloat16"))
    assert need.weights == pytest.approx(14.96, abs=0.05)
    # 2 x 32 layers x 8 heads x 128 x 2 bytes = 128 KiB a token.
    assert need.cache_per_1k == pytest.approx(1000 * 128 / 1024 / 1024, rel=0.01)
    assert need.needed == pytest.approx(need.weights + 1.0 + 1.0, abs=0.05)
    half = memory.estimate(EngineSpec(kind="managed", model=str(tmp_path), tensor_parallel=2, quantization="awq"))
    assert half.weights == pytest.approx(need.weights * 4.5 / 16 / 2, rel=0.01)


def test_metrics_are_read_from_the_page():
    page = (
        "# HELP vllm:num_requests_running\n"
        'vllm:num_requests_running{engine="0",model_name="m"} 3.0\nvllm:num_requests_running{engine="1"} 2.0\n'
        "vllm:num_requests_waiting 4\nvllm:kv_cache_usage_perc 0.25\n"
        "vllm:prefix_cache_queries_total 200\nvllm:prefix_cache_hits_total 150\nvllm:generation_tokens_total 1.5e+03\n"
    )
    said = metrics.parse(page)
    assert (said.running, said.waiting, said.cache_use, said.prefix_hits, said.tokens_out) == (5, 4, 0.25, 0.75, 1500)
    assert metrics.parse("python_info 1\n") is None
    assert metrics.read("http://127.0.0.1:9/v1") is None


class _Models(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"data": [{"id": "tiny"}]}')

    def log_message(self, *_):
        pass


def test_servers_on_usual_ports_are_found():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Models) as there:
        threading.Thread(target=there.serve_forever, daemon=True).start()
        (one,) = serving.discover(((there.server_port, "vllm"), (9, "ollama")))
        there.shutdown()
    assert (one.name, one.models) == ("vllm", ("tiny",))
    assert one.spec.base_url == f"http://127.0.0.1:{there.server_port}/v1"
