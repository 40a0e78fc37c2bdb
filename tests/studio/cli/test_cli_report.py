"""`lemma report`: in a process of its own once, and what it says to people."""

from __future__ import annotations

from pathlib import Path

from tests.studio.cli.conftest import lemma


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
    assert "Judges against curators: No data yet" in said.out


def test_report_without_a_project_is_one_line(command, tmp_path):
    said = command("report", project=tmp_path / "nowhere")
    assert said.code == 1
    assert len(said.err.strip().splitlines()) == 1
