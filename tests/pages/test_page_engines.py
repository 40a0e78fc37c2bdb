"""The Engines page: cards, forms, roles; a server is started and stopped from it."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from pathlib import Path

from streamlit.testing.v1 import AppTest

from engine.core import project
from engine.core.project import EngineSpec
from engine.generation import recipes
from engine.models import serving
from engine.runs.process import Process
from engine.runs.status import Status, save_status
from studio.parts.engines import files
from studio.tasks import probe_job
from studio.text.markdown import escape
from studio.ui import plan_draft
from tests.support.gguf_files import gguf_file, llamacpp_pages
from tests.support.listing_endpoint import Listing
from tests.support.worker_runs import make_run

PAGE = Path(__file__).resolve().parents[2] / "pages" / "engines.py"


def _said(page: AppTest) -> str:
    return " ".join(text.value for text in (*page.main.markdown, *page.main.caption))


def test_every_engine_has_its_card(tmp_path, open_page):
    home = project.create(tmp_path / "p")
    priced = EngineSpec(base_url="http://127.0.0.1:9/v1", usd_per_million_in=1.5)
    project.save_engines(home, {"far": priced, "own": EngineSpec(kind="managed", model="/m", tensor_parallel=2)})
    page = open_page(home.root)
    assert not page.exception
    said = _said(page)
    assert escape("http://127.0.0.1:9/v1") in said
    assert "a million tokens" in said
    assert "2 GPUs" in said
    assert page.button(key="engines.measure.own").disabled


def test_a_server_is_started_and_stopped(tmp_path, open_page):
    """A server that cannot load its model is seen to end; the page does not fall over."""
    home = project.create(tmp_path / "p")
    project.save_engines(
        home, {"own": EngineSpec(kind="managed", model="/none", server="transformers", python=sys.executable)}
    )
    page = open_page(home.root)
    page.button(key="engines.start.own").click().run()
    assert not page.exception
    assert (home.servers / "own" / "server.log").exists()
    server = serving.find(home.servers, "own")
    if server:
        serving.stop(server)


FORM = """
from engine.core import project
from engine.core.project import Project, engines, save_engines
from pathlib import Path
from studio.parts.engines.files import new_file
home = Project(Path({root!r}))
new_file(engines(home), lambda name, spec: save_engines(home, {{**engines(home), name: spec}}))
"""
"""What the dialog holds: a page that is drawn whole after every press closes its dialogs, a browser does not."""


def test_a_model_file_is_chosen_and_saved(tmp_path, monkeypatch):
    """Files of other programs are listed, any other has its path; what lies in it and what it takes is told."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    gguf_file(tmp_path / "home/.lmstudio/models/maker/tiny.gguf")
    other = gguf_file(tmp_path / "Other.Q8_0.gguf", without=["tokenizer.chat_template"])
    home = project.create(tmp_path / "p")
    files._found.clear()
    page = AppTest.from_string(FORM.format(root=str(home.root)), default_timeout=60).run()
    assert not page.exception
    assert list(page.dataframe[0].value["Model"]) == ["maker/tiny.gguf"]
    page.text_input(key="engines.path").set_value(str(tmp_path / "none.gguf")).run()
    assert any("No such file" in error.value for error in page.error)
    page.text_input(key="engines.path").set_value(str(other)).run()
    assert not page.exception
    assert escape("no chat template: a base model?") in _said(page)
    assert escape("4 slots of 512 tokens") in _said(page)
    page.number_input(key=f"engines.file.{other}.max_num_seqs").set_value(2).run()
    assert escape("2 slots of 512 tokens") in _said(page)
    page.button(key="engines.file.save").click().run()
    made = project.engines(home)["other-q8-0"]
    assert (made.kind, made.server, made.model, made.max_num_seqs) == ("managed", "llamacpp", str(other), 2)


def test_the_card_of_a_llama_cpp_server_says_its_slots(tmp_path, open_page):
    home = project.create(tmp_path / "p")
    project.save_engines(home, {"own": EngineSpec(kind="managed", model="/m.gguf", server="llamacpp")})
    with llamacpp_pages() as url:
        me = Process.of(os.getpid())
        port = int(url.split(":")[2].split("/")[0])
        place = home.servers / "own"
        place.mkdir(parents=True)
        server = serving.Server("own", me.pid, me.started, port, "own", "/m.gguf", str(place), (), me.kernel_id)
        (place / "server.json").write_text(json.dumps(dataclasses.asdict(server)))
        page = open_page(home.root)
        assert not page.exception
        assert escape("3 of 4 slots busy") in _said(page)
        assert escape("768 tokens of context in each slot") in _said(page)


def test_an_engine_that_does_not_answer_says_so(tmp_path, open_page):
    home = project.create(tmp_path / "p")
    project.save_engines(home, {"far": EngineSpec(base_url="http://127.0.0.1:9/v1")})
    page = open_page(home.root)
    page.button(key="engines.measure.far").click().run()
    for _ in range(50):
        if "no whole answer" in _said(page):
            break
        page.run()
    assert "no whole answer" in _said(page)


def test_roles_are_mapped_once_for_all_recipes(tmp_path, monkeypatch):
    home = project.create(tmp_path / "p")
    project.save_roles(home, {"writer": "far:big", "judge_a": ""})
    assert project.roles(home) == {"writer": "far:big"}
    project.save_engines(home, {"far": EngineSpec(base_url="http://127.0.0.1:9/v1")})
    assert project.roles(home) == {"writer": "far:big"}
    shipped = recipes.load("gsdp").roles
    mapped = recipes.load("gsdp", standing=project.roles(home)).roles
    assert {role for role in shipped if shipped[role] != mapped[role]} == {"writer"}
    assert (
        recipes.load("gsdp", None, {"writer": "abacus:abacus-small"}, project.roles(home)).roles["writer"]
        == "abacus:abacus-small"
    )
    monkeypatch.setenv("LEMMA_PROJECT", str(home.root))
    assert "far:big" in plan_draft.command(plan_draft.PlanDraft(plan_draft.shipped("gsdp")), home.root)


def test_published_line_ups_stand_beside_the_roles_and_are_mapped_by_a_click(tmp_path, open_page):
    """CL-37, AM-23: what is here is mapped, one model in two roles is named, and the rest says what to serve."""
    probe_job.ask_again()
    home = project.create(tmp_path / "p")
    with Listing(names=("Qwen/Qwen2-72B-Instruct", "Qwen2.5-72B-Instruct", "gpt-4o-mini")) as endpoint:
        project.save_engines(home, {"local": EngineSpec(base_url=endpoint.url)})
        page = open_page(home.root)
        page.selectbox(key="engines.lineup").set_value("continual").run()
        for _ in range(50):
            if not page.button(key="engines.lineup.map").disabled:
                break
            page.run()
        assert page.button(key="engines.lineup.map").label == "Map 2 roles"
        assert escape("no engine here lists Qwen1.5-72B-Chat") in _said(page)
        assert "vllm serve Qwen/Qwen1.5-72B-Chat" in " ".join(block.value for block in page.code)
        page.button(key="engines.lineup.map").click().run()
        assert not page.exception
        wanted = {"expert_b": "local:Qwen/Qwen2-72B-Instruct", "arbiter": "local:Qwen2.5-72B-Instruct"}
        assert project.roles(home) == wanted
        assert page.button(key="engines.lineup.map").disabled
        assert "It judges its own" not in _said(page)
        page.selectbox(key="engines.lineup").set_value("agenticmath").run()
        page.button(key="engines.lineup.map").click().run()
        assert project.roles(home)["evaluator"] == project.roles(home)["writer"] == "local:gpt-4o-mini"
        assert "It judges its own problems, revisions and solutions" in _said(page)
        assert not endpoint.bodies, "no model is asked anything"


def test_what_a_run_learnt_of_a_model_stands_on_its_card(tmp_path, open_page):
    """The newest run that asked this very address counts; words of a server cannot write into the page."""
    home = project.create(tmp_path / "p")
    project.save_engines(home, {"far": EngineSpec(base_url="http://127.0.0.1:9/v1")})
    place = make_run(home.runs / "run", "http://127.0.0.1:9/v1")
    plan = json.loads((place / "plan.json").read_text())
    plan["engines"]["far"] = plan["engines"].pop("local")
    (place / "plan.json").write_text(json.dumps(plan))
    save_status(place, Status(state="finished", learnt={"far:m*x*": "takes no system turn; temperature only 1"}))
    page = open_page(home.root)
    assert not page.exception
    assert escape("m*x*: takes no system turn; temperature only 1") in _said(page)
