"""The strip of engines on Home: what a real server's metrics page and a real run's journal say, in one line each."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orjson
import pytest

from engine.core import project
from engine.core.project import EngineSpec
from engine.core.settings import Recipe
from engine.runs.plan import GeneratePlan, save_plan
from studio.parts.home.engines import Working, _silent, facts, working

METRICS = """# HELP vllm:num_requests_running Number of requests in model execution batches.
vllm:num_requests_running{engine="0",model_name="tiny"} 12.0
vllm:num_requests_waiting{engine="0",model_name="tiny"} 3.0
vllm:kv_cache_usage_perc{engine="0",model_name="tiny"} 0.714
vllm:prefix_cache_queries_total{engine="0",model_name="tiny"} 1000.0
vllm:prefix_cache_hits_total{engine="0",model_name="tiny"} 830.0
vllm:generation_tokens_total{engine="0",model_name="tiny"} 5000.0
"""


class _Server(ThreadingHTTPServer):
    asked = 0
    page = METRICS


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked += 1  # type: ignore[attr-defined]
        text = self.server.page.encode()  # type: ignore[attr-defined]
        self.send_response(200 if self.path == "/metrics" and text else 404)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[_Server]:
    with _Server(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _run(home: project.Project, specs: dict[str, EngineSpec], roles: dict[str, str]) -> Path:
    directory = home.runs / "gsdp-0001"
    recipe = Recipe(name="test", title="Test", roles=roles)
    save_plan(directory, GeneratePlan(id="gsdp-0001", recipe=recipe, engines=specs))
    rows = [
        {"at": 1000.0 + n, "seconds": 1.0, "tokens_out": 40, "role": "writer", "attempt": int(n % 10 == 0)}
        for n in range(100)
    ] + [{"at": 1050.0, "seconds": 2.0, "tokens_out": 7, "role": "judge_a", "attempt": 0}]
    journal = directory / "journal" / "replies.jsonl"
    journal.parent.mkdir(parents=True)
    journal.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return directory


def test_an_engine_in_use_tells_its_queue_cache_speed_and_form(tmp_path: Path, server: _Server) -> None:
    home = project.create(tmp_path / "p")
    local = EngineSpec(base_url=f"http://127.0.0.1:{server.server_port}/v1")
    specs = {"local": local, "abacus": EngineSpec(kind="abacus"), "idle": local}
    run = _run(home, specs, {"writer": "local:tiny", "solver_low": "local:tiny", "judge_a": "abacus:abacus-judge-a"})
    found = working(home, [run])
    assert set(found) == {"local", "abacus"}, "an engine that speaks for no role is not at work"
    assert found["local"].runs == [(run, frozenset({"writer", "solver_low"}))]
    said = " · ".join(facts("local", found["local"]))
    assert said.startswith("12 running · 3 waiting · 71% of the KV cache · 83% prefix hits · 40 tokens a second")
    assert said.endswith("10.0% unreadable")
    assert facts("abacus", found["abacus"])[-1] == "all replies readable"


def test_a_server_without_metrics_is_left_alone_for_a_while(server: _Server) -> None:
    _silent.clear()
    server.page = ""
    spec = EngineSpec(base_url=f"http://127.0.0.1:{server.server_port}/v1")
    assert [facts("hosted", Working(spec)) for _ in range(3)] == [["up, and in no use"]] * 3
    assert server.asked == 1


def test_before_the_first_reply_there_is_nothing_to_say(tmp_path: Path) -> None:
    home = project.create(tmp_path / "p")
    run = _run(home, {"abacus": EngineSpec(kind="abacus")}, {"writer": "abacus:abacus-small"})
    (run / "journal" / "replies.jsonl").write_bytes(b"")
    assert facts("abacus", working(home, [run])["abacus"]) == ["no reply yet"]
