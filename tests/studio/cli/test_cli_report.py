"""`lemma report`: in a process of its own once, and what it says to people."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.command import lemma


def test_gsdp45_report_writes_a_document_tables_and_figures(project, tmp_path):
    """GSDP-45: own figures and the papers' tables, each in files of their own."""
    said = lemma("report", "--out", tmp_path / "out", "--json", project=project)
    paths = [Path(path) for path in said.values["files"]]
    assert paths[0].name == "report.html"
    assert {path.parent.name for path in paths[1:]} == {"tables", "figures", "published"}
    assert all(path.stat().st_size > 0 for path in paths)
    assert said.values["sections"]["rounds"].startswith("No data yet: run `lemma run agenticmath`")
    assert "written problems were kept" in said.values["sections"]["funnel"]


def test_report_tells_people_what_it_found(ask, project):
    said = ask("report")
    assert said.code == 0
    assert str(project / "report" / "report.html") in said.out
    assert "From written to kept: " in said.out
    assert "Judges against curators: " in said.out


def test_report_without_a_project_is_one_line(command, tmp_path):
    said = command("report", project=tmp_path / "nowhere")
    assert said.code == 1
    assert len(said.err.strip().splitlines()) == 1


def test_report_shows_a_proof(ask, project, tmp_path):
    """A file that is none is one line, before anything is written; a proof stands in the tables."""
    proof = tmp_path / "results.json"
    one = {"name": "curated against raw", "rows": [9, 9], "first": [0.5, 0.6], "second": [0.3, 0.4], "gain": 0.2}
    proof.write_text(
        json.dumps({"experiments": [{**one, "low": 0.1, "high": 0.3}, {**one, "low": None, "high": None}]})
    )
    said = ask("report", "--out", tmp_path / "out", "--proof", proof)
    assert "What data teaches, over seeds: 1 of 2 differences are larger than chance" in said.out
    rows = (tmp_path / "out" / "tables" / "experiments.csv").read_text().splitlines()
    assert rows[1].endswith("more")
    assert rows[2].endswith("can't tell")
    proof.write_text("{}")
    said = ask("report", "--out", tmp_path / "none", "--proof", proof)
    assert (said.code, (tmp_path / "none").exists()) == (1, False)
    assert len(said.err.strip().splitlines()) == 1
    assert "results.json: is no outcome of comparisons" in said.err
