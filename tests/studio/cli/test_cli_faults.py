"""What a command says when it cannot do what was asked: one clear line, the right exit code, nothing half-done."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from engine.runs.plan import load_plan
from engine.store import Store
from tests.support.command import lemma

WRONG_USE = (
    ("run",),
    ("run", "gsdp", "--items", "0"),
    ("run", "gsdp", "--set", "no-equals-sign"),
    ("run", "gsdp", "--no-such-option"),
    ("select", "--size", "0"),
    ("export", "x"),
    ("export", "x", "--out", "y", "--test-share", "0.9"),
    ("graph", "combinations"),
    ("graph", "path", "one point"),
    ("graph", "export"),
    ("seeds", "add"),
    ("decide", "P-1"),
    ("no-such-command",),
)
FAILS = (
    (("run", "no-such-recipe", "--items", "3"), "no-such-recipe"),
    (("run", "gsdp", "--set", "no.such.setting=1"), "no"),
    (("run", "gsdp", "--items", "3", "--engine", "writer=nowhere:model"), "nowhere"),
    (("run", "gsdp", "--items", "3", "--engine", "judge_b=abacus:sharp"), "roles.judge_b: Abacus has no model 'sharp'"),
    (("run", "gsdp", "--items", "3", "--dry-run", "--engine", "rater=abacus:sharp"), "abacus-judge-c"),
    (("knowledge", "build", "--engine", "*=abacus:sharp"), "abacus-large"),
    (("round", "start", "--model", "/m0", "--data", "/d", "--judge", "abacus:sharp"), "abacus-judge-a"),
    (("evaluate", "--model", "abacus:sharp", "--benchmark", "x=/no/such/file"), "no model 'sharp'"),
    (("seeds", "add", "/no/such/file.jsonl"), "/no/such/file.jsonl"),
    (("graph", "combinations", "--kind", "four-hop"), "four-hop"),
    (("graph", "path", "linear equation", "Basket weaving"), "Linear equations"),
    (("graph", "stats", "--centrality", "closeness"), "betweenness"),
    (("select", "--policy", "/no/such/policy.toml"), "/no/such/policy.toml"),
    (("decide", "P-none", "approve"), "P-none"),
    (("decide", "P-none", "praise"), "praise"),
    (("decide", "P-none", "reject", "--reason", "mood"), "mood"),
    (("decide", "P-none", "edit"), "--statement"),
    (("export", "x", "--out", "/tmp/x", "--only", "everything"), "everything"),
    (("export", "x", "--out", "/tmp/x", "--only", "approved"), "selected"),
    (("export", "x", "--out", "/tmp/x", "--format", "poem"), "poem"),
    (("runs", "show", "gsdp-9999"), "gsdp-9999"),
    (("runs", "cancel", "gsdp-9999"), "gsdp-9999"),
    (("ingest", "/no/such/run"), "/no/such/run"),
    (("bench", "no-such-benchmark"), "no-such-benchmark"),
)


@pytest.mark.parametrize("words", WRONG_USE, ids=" ".join)
def test_wrong_use_ends_with_2(words, here) -> None:
    said = here(*words)
    assert said.code == 2, said.err
    assert said.out == ""
    assert said.err.strip()


@pytest.mark.parametrize(
    ("words", "named"), FAILS, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_a_failure_is_one_line_that_names_the_cause(words, named, road, here) -> None:
    said = here(*words, "--json")
    assert said.code == 1, said.err
    lines = said.err.strip().splitlines()
    assert said.out == ""
    assert lines[-1].startswith("lemma: ")
    assert named in lines[-1]
    assert all((run / "plan.json").exists() for run in road[0].glob("runs/*"))
    assert sum(line.startswith("lemma: ") for line in lines) == 1


def test_a_real_process_ends_with_the_code_too(road) -> None:
    wrong, failed = lemma("run", project=road[0]), lemma("runs", "show", "gsdp-9999", project=road[0])
    assert (wrong.code, failed.code) == (2, 1)
    assert failed.err.strip().splitlines()[-1].startswith("lemma: ")


def test_a_command_outside_of_a_project_says_how_to_make_one(command, tmp_path) -> None:
    said = command("select", "--project", tmp_path / "nowhere")
    assert said.code == 1
    assert "lemma init" in said.err


def test_a_second_process_is_told_who_has_the_project(project, ask) -> None:
    """The lock of the database never reaches a user."""
    with Store(project / "project.duckdb"):
        said = lemma("select", project=project)
    assert said.code == 1
    waiting, failed = said.err.strip().splitlines()
    assert "waiting: the project is open by process" in waiting
    assert "Could not set lock" not in said.err
    assert "another process (" in failed
    assert "holds the store, waited" in failed
    assert ask("select").code == 0


def test_bad_rows_of_a_file_are_kept_aside_with_reasons(ask, project, tmp_path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"problem": "What is 2 + 2?", "answer": "4"}\n{broken\n{"problem": null}\n', encoding="utf-8")
    values = ask("seeds", "add", bad, "--json").values
    assert (values["added"], values["rejected"]) == (1, 2)
    assert sum(values["reasons"].values()) == 2
    assert any(path.stat().st_size for path in (project / "aside").rglob("*") if path.is_file())


def test_an_empty_and_a_strange_file_are_refused_whole(ask, tmp_path) -> None:
    empty, strange = tmp_path / "empty.jsonl", tmp_path / "strange.csv"
    empty.write_bytes(b"")
    strange.write_text("colour,size\nred,3\n", encoding="utf-8")
    for path in (empty, strange):
        said = ask("seeds", "add", path)
        assert said.code == 1
        assert path.name in said.err


def test_a_spent_budget_ends_a_run_and_resume_goes_on(project, ask) -> None:
    """A run that stops at its budget keeps what it has and can be gone on with."""
    values = ask("run", "gsdp", "--items", "30", "--budget-calls", "25", "--budget-usd", "0.5", "--json").values
    limits = load_plan(project / "runs" / values["run"]).recipe.settings.running
    assert (limits.budget_calls, limits.budget_usd) == (25, 0.5)
    assert values["state"] != "finished"
    assert 20 <= values["calls"] <= 40
    shown = ask("runs", "show", values["run"], "--json").values
    assert shown["state"] == values["state"]
    assert shown["total"] == 30
    assert shown["done"] < 30
    runs = ask("runs", "list", "--json").values["runs"]
    assert [run["run"] for run in runs][-1] == values["run"]
    assert {"state", "done", "total", "pid"} <= set(runs[0])


def test_an_export_never_takes_the_place_of_other_files(ask, tmp_path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("years of work")
    said = ask("export", "x", "--out", tmp_path / "mine")
    assert said.code == 1
    assert "Choose another folder" in said.err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.tex"]


def test_verify_finds_a_whole_store_whole(ask) -> None:
    assert ask("verify", "--json").values == {"ok": True, "problems": []}


def test_doctor_names_everything_it_looked_at(project, ask) -> None:
    """An engine that cannot be reached is named with its advice, and the rest is still looked at."""
    checks = {check["name"]: check for check in ask("doctor", "--json").values["checks"]}
    assert {"Python", "duckdb", "streamlit", "extra train", "GPU", "disk", "engine abacus"} <= set(checks)
    assert all(check["advice"] for check in checks.values() if not check["ok"])
    assert checks["engine abacus"]["ok"]


def test_an_endpoint_that_talks_nonsense_leaves_failures_and_no_crash(project, ask) -> None:
    """Any reply at all: a failure with its boundary, never a made-up score."""

    class Nonsense(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps(
                {"choices": [{"message": {"role": "assistant", "content": "<b>no"}, "finish_reason": "stop"}]}
            ).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Nonsense)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    engines = project / "engines.toml"
    engines.write_text(
        engines.read_text() + f'\n[engines.odd]\nbase_url = "http://127.0.0.1:{server.server_port}/v1"\n'
    )
    try:
        said = ask("run", "gsdp", "--items", "4", "--engine", "writer=odd:m", "--json")
    finally:
        server.shutdown()
        server.server_close()
    assert said.code == 1
    assert said.err.splitlines()[-1].startswith("lemma: gsdp-0002: no item succeeded: 4 of 4 failed, most often")
    failures = json.loads(said.out)["failures"]
    assert sum(failures.values()) == 4
    assert all("reply" in boundary for boundary in failures)
