import json
from pathlib import Path

import pytest

from engine.core.records import Seed
from engine.seeds import RefusedRow, human_points, load, preview, read, survey
from engine.seeds.aside import write
from engine.seeds.importing import BATCH
from engine.seeds.preview import flags


def lines(path: Path, rows: list[object]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


class Shelf:
    """Stores what it is given and ignores known ids, as the store does."""

    def __init__(self) -> None:
        self.seeds: dict[str, Seed] = {}
        self.batches: list[int] = []

    def add(self, batch):
        before = len(self.seeds)
        self.batches.append(len(batch))
        for seed in batch:
            self.seeds.setdefault(seed.id, seed)
        return len(self.seeds) - before


def test_each_preview_row_has_its_verdict(tmp_path):
    rows = [
        {"question": "What is 1+1?", "answer": "2"},
        {"question": "What is 1+2?"},
        {"question": "In the figure below, find x.", "answer": "2"},
        {"question": "What  is\n1+1?", "answer": "2"},
        {"question": None},
        {"question": "<b>What</b> is 1?", "answer": "1"},
        {"question": "如图，求角的度数。", "answer": "1"},
        {"question": "[asy]draw((0,0)--(1,1));[/asy] Find x.", "answer": "1"},
        {"question": "Figure out 3 < x.", "answer": "1"},
    ]
    shown = preview(lines(tmp_path / "p.jsonl", rows))
    assert [row.verdict for row in shown.rows] == [
        "ready",
        "no answer",
        "needs a picture",
        "repeats another",
        "refused",
        "ready",
        "needs a picture",
        "needs a picture",
        "needs a picture",
    ]
    assert shown.rows[3].note == "Same statement as line 1."
    assert shown.rows[4].note.startswith("no statement: question is null")
    assert shown.rows[5].note == "Holds HTML, kept as text."
    assert shown.columns == ("question", "answer")


def test_the_preview_stops_after_n_rows_and_the_survey_counts_all(tmp_path):
    path = lines(tmp_path / "p.jsonl", [{"question": f"What is {n % 90}?", "answer": "1"} for n in range(100)])
    assert len(preview(path, n=7).rows) == 7
    counted = survey(path)
    assert counted.verdicts == {"ready": 90, "repeats another": 10}
    assert counted.importable == 90


def test_less_than_signs_are_no_html():
    assert flags(Seed.make("t", "If a<b and b <c, find the least x<3.")) == ()
    assert flags(Seed.make("t", "<img src=x onerror=alert(1)>")) == ("needs a picture", "holds HTML")


@pytest.mark.parametrize(
    "text",
    ["See the Graph shown.", "as below", "右图", "![a](b)", "<IMG src=a>", r"\includegraphics{a}", "Pictures", "图示"],
)
def test_every_way_to_speak_of_a_picture_is_noticed(text):
    assert "needs a picture" in flags(Seed.make("t", text))


def test_an_import_adds_up_and_the_refused_rows_lie_aside_with_their_reasons(tmp_path):
    rows = [{"question": f"What is {n}?", "answer": "1"} for n in range(BATCH + 10)]
    rows += [{"question": "What is  3?"}, {"question": None}, {"question": "<script>x</script>"}]
    shelf, told = Shelf(), []
    report = load(read(lines(tmp_path / "in.jsonl", rows)), shelf.add, tmp_path / "aside", "in.jsonl", told.append)
    assert (report.added, report.duplicates, report.rejected) == (BATCH + 11, 1, 1)
    assert report.reasons == {"no statement": 1}
    assert report.flagged == {"holds HTML": 1}
    assert shelf.batches == [BATCH, 11]
    assert told == [BATCH]
    (kept,) = report.aside.read_text().splitlines()
    assert json.loads(kept)["line"] == BATCH + 12
    assert json.loads(kept)["field"] == "question"


def test_the_same_file_again_adds_nothing_and_leaves_no_empty_file(tmp_path):
    path, shelf = lines(tmp_path / "in.jsonl", [{"question": "What is 1?"}]), Shelf()
    load(read(path), shelf.add, tmp_path / "aside")
    again = load(read(path), shelf.add, tmp_path / "aside")
    assert (again.added, again.duplicates, again.aside) == (0, 1, None)
    assert list((tmp_path / "aside").iterdir()) == []


def test_points_of_a_repeat_go_to_the_seed_it_repeats(tmp_path):
    rows = [{"question": "q?", "tags": "a; b"}, {"question": " q?", "tags": "b; c"}]
    shelf = Shelf()
    load(read(lines(tmp_path / "in.jsonl", rows), mapping={"points": "tags"}), shelf.add, tmp_path)
    (seed,) = shelf.seeds.values()
    assert seed.points == ("a", "b", "c")


def test_a_store_that_fails_leaves_the_refused_rows_readable(tmp_path):
    def fails(batch):
        raise OSError("disk full")

    rows = [{"question": "What is 1?"}, {"question": None}]
    with pytest.raises(OSError, match="disk full"):
        load(read(lines(tmp_path / "in.jsonl", rows)), fails, tmp_path / "aside", "in")
    assert [path.name for path in (tmp_path / "aside").iterdir()] == ["in-1.jsonl"]


def test_older_files_aside_are_never_overwritten(tmp_path):
    row = RefusedRow("a.jsonl", 3, "not JSON", "column 2")
    first, second = write(tmp_path, [row], "a.jsonl"), write(tmp_path, [row], "a.jsonl")
    assert first.name == "a-1.jsonl"
    assert second.name == "a-2.jsonl"
    assert write(tmp_path, [], "a.jsonl") is None


def test_human_points_know_their_branch_and_a_topic_wins(tmp_path):
    row = {
        "problem": "p",
        "answer_option_list": [],
        "knowledge_point_routes": ["课内体系->能力->归纳", "拓展思维->拓展思维->归纳", "x->能力->运算求解"],
    }
    refused = [row | {"problem": None, "knowledge_point_routes": ["a->b->lost"]}, row | {"knowledge_point_routes": "x"}]
    areas = {point.name: point.area for point in human_points(lines(tmp_path / "t.jsonl", [row, *refused, 3]))}
    assert areas == {"归纳": "拓展思维", "运算求解": "能力"}
