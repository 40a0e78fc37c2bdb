"""The processes of a server, when things go wrong: a killed leader, two starts at once, names that lead elsewhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from engine.core.errors import BadInput, BadSetting
from engine.core.project import EngineSpec
from engine.models import serving
from engine.models.serving import command, http_get, process_group
from engine.runs.process import Process

SERVER = """
import http.server, os, subprocess, sys
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", deaf])
status = int(os.environ.get("STATUS", "200"))
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(status); self.end_headers(); self.wfile.write(b"ok")
    def log_message(self, *said): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Answer).serve_forever()
"""


@pytest.fixture
def spec(tmp_path: Path) -> EngineSpec:
    """A web server with a child that does not listen to SIGTERM, as engines that compute do not."""
    (tmp_path / "server.py").write_text(SERVER)
    script = tmp_path / "python"
    script.write_text(f'#!/bin/sh\nshift 2\nexec {sys.executable} {tmp_path / "server.py"} "$@"\n')
    script.chmod(0o755)
    return EngineSpec(kind="managed", model="/models/m", python=str(script))


def _orphans(server: serving.Server) -> list[psutil.Process]:
    """Kill the leader and return the children that live on without it."""
    children = psutil.Process(server.pid).children(recursive=True)
    os.kill(server.pid, signal.SIGKILL)
    until = time.monotonic() + 60
    while serving.health(server).word != "dead" and time.monotonic() < until:
        time.sleep(0.02)
    assert all(child.is_running() for child in children)
    return children


def test_stop_ends_what_a_killed_server_left(tmp_path, spec):
    server = serving.start(tmp_path, "local", spec)
    serving.wait_ready(server, 30)
    left = _orphans(server)
    assert left
    assert serving.find(tmp_path, "local") is None
    assert serving.last(tmp_path, "local") == server
    assert "it said nothing" in serving.health(server).reason
    serving.stop(server, grace=0.5)
    assert psutil.wait_procs(left, timeout=60)[1] == []
    assert serving.last(tmp_path, "local") is None


def test_a_start_clears_away_what_a_killed_server_left(tmp_path, spec, monkeypatch):
    monkeypatch.setattr("engine.models.serving.servers.GRACE_S", 0.5)
    first = serving.start(tmp_path, "local", spec)
    serving.wait_ready(first, 30)
    left = _orphans(first)
    second = serving.start(tmp_path, "local", spec)
    try:
        assert psutil.wait_procs(left, timeout=60)[1] == []
        serving.wait_ready(second, 30)
        assert (second.port, second.pid != first.pid) == (first.port, True)
    finally:
        serving.stop(second, grace=0.5)


def test_the_session_of_a_stranger_is_left_alone():
    """A process that got the pid of a dead server, and its children, are no server of ours."""
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    with subprocess.Popen([sys.executable, "-c", code], start_new_session=True) as other:
        real = Process.of(other.pid)
        try:
            until = time.monotonic() + 60
            while len(process_group.members(real)) < 2 and time.monotonic() < until:
                time.sleep(0.02)
            assert len(process_group.members(real)) == 2
            stranger = Process(other.pid, real.started - 900, "another boot:1")
            assert process_group.members(stranger) == []
            process_group.end(stranger, 0.1)
            assert other.poll() is None
        finally:
            process_group.end(real, 5)


def test_two_starts_at_once_make_one_server(tmp_path, spec):
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: serving.start(tmp_path, "local", spec), range(6)))
    try:
        assert len({server.pid for server in made}) == 1
    finally:
        serving.stop(made[0], grace=0.5)


def test_a_server_is_found_from_another_process(tmp_path, spec):
    """A studio that was killed and started again finds its servers."""
    code = (
        "import sys; from pathlib import Path\n"
        "from engine.models import serving; from engine.core.project import EngineSpec\n"
        "spec = EngineSpec.model_validate_json(sys.argv[2]);"
        "server = serving.start(Path(sys.argv[1]), 'local', spec); serving.wait_ready(server, 30); print(server.pid)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), spec.model_dump_json()],
        capture_output=True, text=True, timeout=60, check=True, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    server = serving.find(tmp_path, "local")
    assert server is not None
    try:
        assert server.pid == int(said.stdout)
        assert serving.health(server).word == "ready"
    finally:
        serving.stop(server, grace=0.5)


def test_an_engine_that_ended_behind_its_page_is_dead(tmp_path, spec):
    server = serving.start(tmp_path, "local", spec.model_copy(update={"env": ("STATUS=503",)}))
    try:
        until = time.monotonic() + 30
        while serving.health(server).word == "starting" and time.monotonic() < until:
            time.sleep(0.05)
        assert serving.health(server).word == "dead"
    finally:
        serving.stop(server, grace=0.5)


@pytest.mark.parametrize("name", ["../out", "a/b", "", ".hidden", "x" * 101])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, spec, name):
    with pytest.raises(BadSetting, match="cannot name a server"):
        serving.start(tmp_path / "servers", name, spec)
    assert not (tmp_path / "out").exists()


def test_no_proxy_stands_before_a_server(tmp_path, spec, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server = serving.start(tmp_path, "local", spec)
    try:
        serving.wait_ready(server, 30)
        assert http_get.get(server.base_url, 2).status == 200
    finally:
        serving.stop(server, grace=0.5)


def test_prompts_are_read_whole_where_there_is_no_gpu():
    spec = EngineSpec(kind="managed", model="/m", extra_args=("--enable-chunked-prefill",))
    words = command.command(spec, "m", 1, gpu=False)
    assert words[-2:] == ["--no-enable-chunked-prefill", "--enable-chunked-prefill"]
    assert "--no-enable-chunked-prefill" not in command.command(spec, "m", 1)


def test_adapters_and_environment_come_to_the_server(tmp_path):
    (tmp_path / "adapter_config.json").write_text('{"r": 20}')
    given = {"kind": "managed", "model": "/m", "lora": f"maths={tmp_path}", "env": "A=1 B='two words'"}
    spec = EngineSpec.model_validate({**given, "max_num_seqs": 64, "extra_args": "--seed 1"})
    words = command.command(spec, "m", 1)
    assert words[words.index("--max-lora-rank") + 1] == "32"
    assert words[words.index("--lora-modules") + 1] == f"maths={tmp_path}"
    assert words[words.index("--max-num-seqs") + 1] == "64"
    assert words[-2:] == ["--seed", "1"]
    assert spec.environment == {"A": "1", "B": "two words"}
    assert command.environment(spec)["B"] == "two words"
    with pytest.raises(BadInput, match="LoRA"):
        command.command(spec.model_copy(update={"lora": ("maths=/none",)}), "m", 1)
    with pytest.raises(ValueError, match="is not NAME=VALUE"):
        EngineSpec.model_validate({**given, "env": "lonely"})
