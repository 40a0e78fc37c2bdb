"""Files of labels as other people and their tools write them: words, times, and three tools' exports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.core.errors import BadInput
from engine.core.records import LABEL_VERDICTS
from engine.curation.trust import label_rows, label_words
from engine.curation.trust.label_rows import LabelRow, UnusableLabel
from engine.curation.trust.label_words import moment, verdict


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Good", "good"), ("YES", "good"), ("1", "good"), ("1.0", "good"), ("true", "good"), ("accept", "good"),
        ("对", "good"), ("正确。", "good"), ("ＯＫ", "good"), ("✓", "good"), ("✔️", "good"), (" Correct. ", "good"),
        ("bad", "bad"), ("no", "bad"), ("0", "bad"), ("错", "bad"), ("错误", "bad"), ("✗", "bad"), ("Reject", "bad"),
        ("not_good", "bad"), ("不确定", "unsure"), ("Don’t know", "unsure"), ("ignore", "skipped"), ("跳过", "skipped"),
        ("0.87", None), ("2", None), ("good and bad", None), ("", None), ("fine", None), ("goodish", None),
    ],
)  # fmt: skip
def test_a_verdict_in_many_words_is_read_and_a_guess_is_none(said: str, meant: str | None) -> None:
    assert verdict(said) == meant


def test_every_verdict_has_words_and_none_has_two_meanings() -> None:
    assert set(label_words.WORDS.values()) == set(LABEL_VERDICTS)
    words = [word for words in label_words._SAID.values() for word in words.split()]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2026-03-01T10:00:00Z", 1772359200.0), ("2026-03-01T12:00:00+02:00", 1772359200.0),
        ("2026-03-01 10:00", 1772359200.0), ("1772359200", 1772359200.0), ("1772359200000", 1772359200.0),
        (1772359200.5, 1772359200.5), ("2026/3/1 10:00", 1772359200.0), ("2026年3月1日 10:00", 1772359200.0),
        ("01.03.2026 10:00:00", 1772359200.0), ("30/03/2026", 1774828800.0), ("3/30/2026 12:00 AM", 1774828800.0),
        ("46082.41666666666", 1772359200.0), ("", None), (None, None),
    ],
)  # fmt: skip
def test_times_as_people_and_spreadsheets_write_them(said: object, at: float | None) -> None:
    assert moment(said) == (at if at is None else pytest.approx(at, abs=1))


@pytest.mark.parametrize(
    ("said", "word"),
    [("yesterday", "no time"), ("2099-01-01", "future"), ("3/4/2026", "two months"), ("12", "no time"),
     ("2026/13/45", "no time"), ("nan", "no time"), ("1969-01-01", "no time")],
)  # fmt: skip
def test_a_time_that_is_none_or_may_be_two_is_refused(said: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        moment(said)


def _read(path: Path, curator: str = "") -> list[LabelRow | UnusableLabel]:
    return list(label_rows.read(path, curator))


def _said(found: list[LabelRow | UnusableLabel]) -> list[tuple[str, ...]]:
    return [
        (one.row_id, one.verdict, one.curator) if isinstance(one, LabelRow) else (one.row_id, one.code, one.why)
        for one in found
    ]


def test_label_studio_json(tmp_path: Path) -> None:
    path = tmp_path / "project-1.json"

    def annotation(who: object, *words: str, cancelled: bool = False) -> dict[str, object]:
        value = {"type": "choices", "from_name": "v", "to_name": "t", "value": {"choices": list(words)}}
        return {"id": 7, "completed_by": who, "result": [value] if words else [], "was_cancelled": cancelled,
                "created_at": "2024-05-01T10:00:00.123456Z", "lead_time": 4.2}  # fmt: skip

    tasks = [
        {"id": 101, "data": {"problem_id": "P-1", "text": "x"},
         "annotations": [annotation({"id": 3, "email": "ann@x.org"}, "Good"), annotation(4, "Bad")]},
        {"id": 102, "data": {"id": "P-2"},
         "annotations": [annotation(4, "Good", "Bad"), annotation(5, cancelled=True)]},
        {"id": 103, "data": {"text": "no id"}, "annotations": [annotation(4, "Good")]},
        {"id": 104, "data": {"row_id": "P-4"}, "annotations": []},
    ]  # fmt: skip
    path.write_text(json.dumps(tasks), encoding="utf-8")
    assert _said(_read(path)) == [
        ("P-1", "good", "ann@x.org"), ("P-1", "bad", "4"),
        ("P-2", "no_verdict", "says several things at once: Good, Bad"), ("P-2", "skipped", "5"),
        ("", "no_id", "names no row"), ("P-4", "no_verdict", "nobody has annotated it"),
    ]  # fmt: skip
    first = _read(path)[0]
    assert isinstance(first, LabelRow)
    assert first.at == pytest.approx(1714557600.123, abs=0.01)


def test_label_studio_csv_names_rows_by_the_data_and_not_by_its_own_task(tmp_path: Path) -> None:
    path = tmp_path / "min.csv"
    path.write_text("id,problem_id,verdict,annotator,created_at,lead_time\n17,P-1,Good,ann,2024-05-01T10:00:00Z,3\n")
    assert _said(_read(path)) == [("P-1", "good", "ann")]


def test_prodigy_lines(tmp_path: Path) -> None:
    path = tmp_path / "prodigy.jsonl"
    options = [{"id": "good", "text": "Good"}, {"id": "bad", "text": "Bad"}]
    base = {"text": "t", "_input_hash": 1, "_task_hash": 2, "_annotator_id": "db-ann", "_timestamp": 1714557600}
    tasks = [
        base | {"meta": {"id": "P-1"}, "answer": "accept"},
        base | {"meta": {"id": "P-2"}, "answer": "reject"},
        base | {"meta": {"id": "P-3"}, "answer": "ignore"},
        base | {"meta": {"id": "P-4"}, "answer": "accept", "options": options, "accept": ["bad"]},
        base | {"meta": {"id": "P-5"}, "answer": "reject", "options": options, "accept": ["bad"]},
    ]
    path.write_text("".join(json.dumps(task) + "\n" for task in tasks), encoding="utf-8")
    assert _said(_read(path)) == [
        ("P-1", "good", "db-ann"), ("P-2", "bad", "db-ann"), ("P-3", "skipped", "db-ann"), ("P-4", "bad", "db-ann"),
        ("P-5", "no_verdict", "its answer is 'reject'"),
    ]  # fmt: skip


def test_argilla_in_its_three_forms(tmp_path: Path) -> None:
    one = {"id": "uuid-1", "metadata": {"row_id": "P-1"}, "fields": {"text": "x"}, "responses": [
        {"user_id": "u1", "status": "submitted", "values": {"quality": {"value": "good"}}},
        {"user_id": "u2", "status": "discarded", "values": None},
        {"user_id": "u3", "status": "draft", "values": {"quality": {"value": "bad"}}},
    ]}  # fmt: skip
    two = {"id": "P-2", "fields": {}, "metadata": {}, "responses": {
        "quality": [{"value": "bad", "user_id": "u1", "status": "submitted"}]}}  # fmt: skip
    three = {"id": "P-3", "quality.responses": ["good", "bad"], "quality.responses.users": ["u1", "u2"],
             "quality.responses.status": ["submitted", "submitted"]}  # fmt: skip
    four = {"id": "P-4", "responses": []}
    path = tmp_path / "argilla.json"
    path.write_text(json.dumps([one, two, three, four]), encoding="utf-8")
    assert _said(_read(path)) == [
        ("P-1", "good", "u1"), ("P-1", "skipped", "u2"),
        ("P-1", "no_verdict", "is a draft answer that nobody submitted"),
        ("P-2", "bad", "u1"), ("P-3", "good", "u1"), ("P-3", "bad", "u2"),
        ("P-4", "no_verdict", "nobody has answered it"),
    ]  # fmt: skip


@pytest.mark.parametrize("made", ["utf-8-sig", "utf-16", "sep", "crlf"])
def test_spreadsheets_with_marks_separators_and_line_ends(tmp_path: Path, made: str) -> None:
    path = tmp_path / "excel.csv"
    text = "ID;判断;标注人;时间\r\nP-1;对;王\r\nP-2;错;王;2026/3/1 9:30\r\n;;;\r\n"
    text = f"sep=;\r\n{text}" if made == "sep" else text
    path.write_bytes(text.encode(made if made.startswith("utf") else "utf-8"))
    assert _said(_read(path)) == [("P-1", "good", "王"), ("P-2", "bad", "王")]


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ("id,verdict,verdict", "two columns verdict"),
        ("id,Verdict,VERDICT", "two columns verdict"),
        ("id,label,decision", "several columns that may be the verdict"),
        ("id,answer", "no column verdict"),
    ],
)
def test_a_header_that_can_be_read_in_two_ways_is_refused(tmp_path: Path, header: str, word: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(f"{header}\nP-1,good,bad\n" if header.count(",") == 2 else f"{header}\nP-1,1\n")
    with pytest.raises(BadInput, match=word):
        _read(path, "Ann")


def test_columns_that_say_nothing_of_a_label_may_come_twice(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("id,note,note,verdict,curator\nP-1,a,b,good,Ann\n")
    assert _said(_read(path)) == [("P-1", "good", "Ann")]
