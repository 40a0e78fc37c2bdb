"""llama.cpp beside vLLM: its command, its health while it loads, its metrics and its slots, without the package."""

from __future__ import annotations

import asyncio
import os

import pytest

from engine.core import project
from engine.core.project import EngineSpec
from engine.core.protocol import Chat, Message, Probe, PromptRef, Sampling
from engine.models import model_list, serving, slots
from engine.models.registry import make
from engine.models.serving import command, failures, llamacpp_server, metrics
from engine.models.serving.servers import Server
from engine.runs.process import Process
from studio.ui.engine_lines import server_facts
from tests.support.endpoint import Endpoint, always
from tests.support.gguf_files import METRICS, gguf_file, llamacpp_pages


def test_the_command_names_the_file_and_what_was_set():
    spec = EngineSpec(kind="managed", server="llamacpp", model="~/m.gguf", max_num_seqs=2, chat_template="~/t.jinja")
    words = command.command(spec, "local", 8123)
    assert words[1:3] == ["-m", "engine.models.serving.llamacpp_server"]
    home = os.path.expanduser("~")
    pairs = {"--model": f"{home}/m.gguf", "--slots": "2", "--chat-template": f"{home}/t.jinja", "--port": "8123"}
    assert {flag: words[words.index(flag) + 1] for flag in pairs} == pairs
    assert "--threads" not in words
    assert spec.gpus == 0


def _server(url: str) -> Server:
    me = Process.of(os.getpid())
    port = int(url.rpartition(":")[2].partition("/")[0])
    return Server("local", me.pid, me.started, port, "local", "m", "/tmp", (), me.kernel_id)


def test_a_server_that_loads_is_starting_and_not_dead():
    with llamacpp_pages(loading=True) as url:
        assert serving.health(_server(url)).word == "starting"
    with llamacpp_pages() as url:
        assert serving.health(_server(url)).word == "ready"


def test_its_metrics_come_as_those_of_vllm():
    with llamacpp_pages() as url:
        said = serving.metrics.read(url)
    assert (said.running, said.waiting, said.cache_use) == (3, 5, None)
    assert (said.slots, said.context) == (4, 768)
    assert said.prefix_hits == pytest.approx(100 / 400)
    assert (said.prompt_speed, said.reply_speed) == (300 / 2.5, 800 / 40.0)
    facts = server_facts(said)
    assert facts[0] == "3 of 4 slots busy"
    assert "20 tokens a second in each reply" in facts
    assert not any("None" in fact or "KV cache" in fact for fact in facts)


def test_speeds_of_now_are_those_since_an_earlier_look():
    before = metrics.parse(METRICS)
    later = METRICS.replace("predicted_total 800", "predicted_total 900").replace(
        "seconds_total 40.0", "seconds_total 60"
    )
    now = metrics.parse(later).since(before)
    assert now.reply_speed == pytest.approx(100 / 20)
    assert before.since(metrics.parse(later)) == before, "a server that was started anew has counted from nothing"
    assert metrics.parse("vllm:num_requests_running 1\n").reply_speed is None
    vllm = "vllm:num_requests_running 1\nvllm:generation_tokens_total 90\nvllm:request_decode_time_seconds_sum 3\n"
    assert metrics.parse(vllm).reply_speed == 30


async def _probed(spec: EngineSpec, model: str = "") -> Probe:
    backend = make("local", spec)
    try:
        return await backend.probe(model)
    finally:
        await backend.aclose()


def test_the_context_is_that_of_a_slot_and_not_of_the_model():
    """The list of models says 8,192, for which the model was made; the server gives 768 tokens to each of 4 slots."""
    with llamacpp_pages() as url:
        found = asyncio.run(_probed(EngineSpec(base_url=url)))
        known = model_list.contexts({"local": EngineSpec(base_url=url)}, ["local:tiny"])
    assert (found.contexts, found.context_length, found.slots) == ((768,), 768, 4)
    assert known == {"local:tiny": 768}
    with Endpoint() as endpoint:
        assert asyncio.run(_probed(EngineSpec(base_url=endpoint.url))).slots == 0


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"total_slots": 0, "default_generation_settings": {"n_ctx": 5}}'])
def test_another_page_tells_no_slots(body):
    assert slots.parse(body) is None


def test_a_penalty_goes_by_the_name_that_llama_cpp_knows(tmp_path, monkeypatch):
    home = project.create(tmp_path / "p")
    spec = EngineSpec(kind="managed", server="llamacpp", model="m.gguf")
    with Endpoint(always("ok")) as endpoint:
        monkeypatch.setattr(serving, "address", lambda name, spec: endpoint.url)
        for server, name in (("llamacpp", "repeat_penalty"), ("vllm", "repetition_penalty")):
            backend = make(
                "local", serving.resolved(home.servers, {"a": spec.model_copy(update={"server": server})})["a"]
            )
            sampling = Sampling(repetition_penalty=1.2, seed=len(endpoint.bodies))
            chat = Chat("writer", (Message("user", "Hello"),), PromptRef("p", ""), sampling)
            asyncio.run(_once(backend, chat))
            assert endpoint.bodies[-1][name] == 1.2
            assert len({"repeat_penalty", "repetition_penalty"} & endpoint.bodies[-1].keys()) == 1


async def _once(backend, chat):
    try:
        await backend.complete(chat, "tiny")
    finally:
        await backend.aclose()


def test_an_engine_that_starts_with_its_run_tells_the_context_of_a_slot(tmp_path):
    path = gguf_file(tmp_path / "m.gguf")
    spec = EngineSpec(kind="managed", server="llamacpp", model=str(path), on_demand=True)
    assert model_list.before_start("local", spec).contexts == (512,)


@pytest.mark.parametrize(
    ("log", "what"),
    [
        ("ModuleNotFoundError: No module named 'xllamacpp'", "llama.cpp is not installed"),
        ("E llama_model_load: error loading model: unknown model architecture: 'brandnew2'", "architecture brandnew2"),
        (
            "E ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer of size 1",
            "does not fit into memory",
        ),
        ("E start: couldn't bind HTTP server socket, hostname: 127.0.0.1, port: 80", "port is taken"),
    ],
)
def test_known_failures_are_explained(log, what):
    assert what in failures.explained(log)[0]


def test_the_chat_template_is_that_of_the_file_or_a_plain_one(tmp_path):
    own = serving_header(tmp_path / "a.gguf")
    base = serving_header(tmp_path / "b.gguf", without=["tokenizer.chat_template"])
    (tmp_path / "t.jinja").write_text("{{ messages[0].content }}")
    template = llamacpp_server._template
    assert template("", own) == ""
    assert template("", base) == template("plain", own) == llamacpp_server.PLAIN
    assert template("chatml", base) == "chatml"
    assert template(str(tmp_path / "t.jinja"), base) == "{{ messages[0].content }}"


def serving_header(path, **more):
    return serving.fitness.gguf.read(gguf_file(path, **more))


@pytest.mark.parametrize(("load", "threads"), [(0.2, 8), (2.6, 5), (40.0, 1)])
def test_threads_are_the_cores_that_nobody_uses(load, threads):
    assert llamacpp_server.free_cores(8, load) == threads
    assert llamacpp_server.free_cores(1, load) == 1


def test_the_plain_template_writes_headings():
    jinja = pytest.importorskip("jinja2")
    turns = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "3 + 4?"}]
    said = jinja.Template(llamacpp_server.PLAIN).render(messages=turns, add_generation_prompt=True)
    assert said == "### Instruction\nBe brief.\n\n### Question\n3 + 4?\n\n### Answer\n"
    assert all(stop.startswith("\n### ") for stop in llamacpp_server.PLAIN_STOPS)
