"""`lemma engines`: name, find, start, probe, stop and forget; each in a process of its own, as in a shell."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from engine.core import project
from engine.core.project import EngineSpec
from engine.models.serving import fitness
from tests.support.command import Said, lemma
from tests.support.gguf_files import gguf_file
from tests.support.listing_endpoint import Listing

SERVER = """
import http.server, json, sys
words = sys.argv
port, name = int(words[words.index("--port") + 1]), words[words.index("--served-model-name") + 1]
class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def answer(self, body):
        text = json.dumps(body).encode()
        self.send_response(200); self.send_header("Content-Length", str(len(text))); self.end_headers()
        self.wfile.write(text)
    def do_GET(self):
        self.answer({"data": [{"id": name, "max_model_len": 2048}]})
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        choice = {"message": {"content": "3/8 + 5/12 = 19/24"}, "finish_reason": "stop"}
        if asked.get("logprobs"):
            choice["logprobs"] = {"content": [{"token": "3", "logprob": -0.1}]}
        self.answer({"choices": [choice], "usage": {"prompt_tokens": 9, "completion_tokens": 12}})
    def log_message(self, *said): pass
print("loading", name, flush=True)
http.server.ThreadingHTTPServer(("127.0.0.1", port), Answer).serve_forever()
"""


@pytest.fixture
def command() -> Callable[..., Said]:
    """A server must outlive the command that started it, so each command is a process of its own."""
    return lemma


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return project.create(tmp_path / "project").root


@pytest.fixture
def python(tmp_path: Path) -> Path:
    (tmp_path / "server.py").write_text(SERVER)
    script = tmp_path / "python"
    script.write_text(f'#!/bin/sh\nshift 2\nexec {sys.executable} {tmp_path / "server.py"} "$@"\n')
    script.chmod(0o755)
    return script


@pytest.mark.slow
def test_a_server_lives_from_start_to_stop_over_many_commands(command, home, python):
    added = command(
        "engines", "add", "local", "--model", "/models/m", "--set", f"python={python}", "--set", "served_name=tiny",
        "--json", project=home,
    )  # fmt: skip
    assert (added.values["kind"], added.values["state"]) == ("managed", "stopped")
    stopped = {row["name"]: row for row in command("engines", "list", "--json", project=home).values["engines"]}
    assert stopped["local"]["state"] == "stopped"
    refused = command("engines", "probe", "local", project=home)
    assert refused.code == 1
    assert "lemma engines start local" in refused.err

    started = command("engines", "start", "local", "--json", project=home).values
    leader = psutil.Process(started["pid"])
    try:
        assert (started["state"], started["served"]) == ("ready", "tiny")
        assert command("engines", "start", "local", "--json", project=home).values["pid"] == started["pid"]
        probed = command("engines", "probe", "local", "--json", project=home).values
        assert (probed["models"], probed["context_length"]) == (["tiny"], 2048)
        assert (probed["logprobs"], probed["structured"]) == (True, False)
        assert probed["tokens_per_second"] > 0
        assert "loading tiny" in command("engines", "log", "local", project=home).out
        found = command("doctor", "--json", project=home)
        assert "engine local" in found.out
    finally:
        stopped_at = command("engines", "stop", "local", "--json", project=home)
    assert stopped_at.values["state"] == "stopped"
    assert not leader.is_running()
    assert command("engines", "remove", "local", project=home).code == 0
    assert "local" not in project.engines(project.Project(home))


@pytest.mark.slow
def test_a_server_that_was_killed_leaves_its_log_and_its_port(command, home, python):
    command("engines", "add", "local", "--model", "/models/m", "--set", f"python={python}", project=home)
    first = command("engines", "start", "local", "--json", project=home).values
    os.kill(first["pid"], signal.SIGKILL)
    until = time.monotonic() + 60
    while psutil.pid_exists(first["pid"]) and time.monotonic() < until:
        time.sleep(0.02)
    assert "loading local" in command("engines", "log", "local", project=home).out
    doctor = command("doctor", project=home)
    assert "its server has ended" in doctor.out + doctor.err
    second = command("engines", "start", "local", "--json", project=home).values
    assert second["base_url"] == first["base_url"]
    assert command("engines", "remove", "local", project=home).code == 0
    assert not psutil.pid_exists(second["pid"])


def test_a_server_that_cannot_start_says_why_in_one_line(command, home, tmp_path):
    (tmp_path / "python").write_text("#!/bin/sh\necho \"ModuleNotFoundError: No module named 'vllm'\" >&2\nexit 1\n")
    (tmp_path / "python").chmod(0o755)
    command("engines", "add", "local", "--model", "/m", "--set", f"python={tmp_path / 'python'}", project=home)
    said = command("engines", "start", "local", project=home)
    assert said.code == 1
    assert "vLLM is not installed in its interpreter" in said.err
    assert "No module named" in command("engines", "log", "local", project=home).out


def test_a_model_file_becomes_an_engine(here, tmp_path, monkeypatch):
    """`lemma engines add NAME --gguf FILE` tells what lies in the file and what it takes; the path holds anywhere."""
    path = gguf_file(tmp_path / "tiny.Q8_0.gguf")
    monkeypatch.chdir(tmp_path)
    said = here("engines", "add", "own", "--gguf", "tiny.Q8_0.gguf", "--set", "max_num_seqs=2", "--json")
    values = said.values
    assert (values["engine"], values["kind"], values["state"]) == ("own", "managed", "stopped")
    assert (values["model"], values["architecture"], values["context"]) == (str(path), "llama", 512)
    assert "2 slots of 512 tokens of context" in said.err
    listed = {row["name"]: row for row in here("engines", "list", "--json").values["engines"]}
    assert listed["own"]["where"].startswith(str(path))
    assert here("engines", "add", "same", "--model", str(path), "--json").values["engine"] == "same"
    monkeypatch.setattr(fitness, "PACKAGE", "no_such_package")
    refused = here("engines", "start", "own")
    assert refused.code == 1
    assert "lemma-studio[local]" in refused.err


def test_files_of_other_programs_are_listed(here, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("OLLAMA_MODELS", "HF_HOME", "HF_HUB_CACHE", "LLAMA_CACHE"):
        monkeypatch.delenv(name, raising=False)
    path = gguf_file(tmp_path / "home/.lmstudio/models/maker/tiny.gguf")
    rows = [row for row in here("engines", "files", "--json").values["files"] if row["owner"] == "LM Studio"]
    assert [(row["name"], row["path"], row["quantization"]) for row in rows] == [("maker/tiny.gguf", str(path), "F16")]
    assert "llama, 4.13 k parameters" in here("engines", "files").out


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("add", "x", "--gguf", "/none.gguf"), "No such file"),
        (("add", "x", "--gguf", "/m.gguf", "--url", "http://127.0.0.1:9/v1"), "Give --gguf alone"),
        (("add", "x", "--gguf", "/m-00001-of-00002.gguf"), "part 1 of 2"),
        (("add", "x"), "neither an address nor a model"),
        (("add", "x", "--url", "http://127.0.0.1:9/v1", "--set", "port=-1"), "port"),
        (("start", "abacus"), "is no server of the studio"),
        (("stop", "nobody"), "is not a known engine"),
        (("log", "abacus"), "has no log"),
        (("lineup", "nobody"), "there is no line-up 'nobody'"),
        (("lineup", "--apply", "abacus"), "say which line-up"),
    ],
)
def test_mistakes_are_one_clear_line(here, words, what):
    said = here("engines", *words)
    assert said.code == 1
    assert what in said.err
    assert len(said.err.strip().splitlines()) == 1


def test_line_ups_are_listed_and_shown_with_what_to_serve(here):
    listed = {row["name"]: row for row in here("engines", "lineup", "--json").values["lineups"]}
    assert {"gsdp", "agenticmath", "flames", "continual"} <= listed.keys()
    assert listed["continual"]["recipe"] == "continual"
    shown = here("engines", "lineup", "gsdp", "--json").values
    assert {one["role"]: one["model"] and one["model"]["printed"] for one in shown["roles"]}[
        "judge_b"
    ] == "InternLM2-20B"
    assert any(line.startswith("vllm serve deepseek-ai/deepseek-math-7b-rl") for line in shown["serve"])
    text = here("engines", "lineup", "gsdp").out
    assert "judging.weights={ judge_a = 0.4" in text
    assert "these numbers are our own" in text


def test_roles_are_mapped_to_the_models_that_an_engine_lists(command, home):
    """GSDP-26, GSDP-29: mapped roles go into the project, weights come with the command; the rest is told."""
    with Listing(names=("deepseek-ai/deepseek-math-7b-rl", "Llama-3.1-8B-Instruct", "other")) as endpoint:
        command("engines", "add", "local", "--url", endpoint.url, project=home)
        said = command("engines", "lineup", "gsdp", "--apply", "local", "--json", project=home).values
        assert not endpoint.bodies, "no model is asked anything"
        nothing = command("engines", "lineup", "flames", "--apply", "local", project=home)
    rl = "local:deepseek-ai/deepseek-math-7b-rl"
    wanted = {"extractor": rl, "writer": rl, "solver_low": rl, "judge_c": "local:Llama-3.1-8B-Instruct"}
    assert said["roles"] == wanted == project.roles(project.Project(home))
    left = " ".join(said["left"])
    assert "lists LLaMA3.1-70B" in left
    assert "Filter: GSDP 2.2" in left
    assert "judging.weights" in said["run"]
    assert nothing.code == 1
    assert "no model of flames is listed" in nothing.err
    unknown = command("engines", "lineup", "gsdp", "--apply", "nobody", project=home)
    assert "is not a known engine" in unknown.err


def test_every_reader_of_the_engines_knows_where_a_server_says_its_address(tmp_path):
    home = project.create(tmp_path / "project")
    project.save_engines(
        home, {"local": EngineSpec(kind="managed", model="/m"), "far": EngineSpec(base_url="http://h/v1")}
    )
    known = project.engines(home)
    assert Path(known["local"].state_file) == (home.servers / "local" / "server.json").resolve()
    assert known["far"].state_file == ""
    project.save_engines(home, known)
    assert "state_file" not in home.engines_file.read_text()
