"""Forms are recognised, and a bad row is named by file, line and column before anything starts."""

from __future__ import annotations

from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.core.errors import BadInput
from engine.export.formats import CardFacts, ExportRow, export
from engine.learning.training import datasets

CHAT = [{"role": "user", "content": "What is 2 + 2?"}, {"role": "assistant", "content": "It is $\\boxed{4}$."}]
FORMS = {
    "messages": ("sft", {"messages": CHAT}),
    "prompt-completion": ("sft", {"prompt": CHAT[:1], "completion": CHAT[1:]}),
    "text": ("sft", {"text": "Problem:\n2 + 2\n\nSolution:\n4"}),
    "preference": ("dpo", {"prompt": CHAT[:1], "chosen": CHAT[1:], "rejected": [{**CHAT[1], "content": "5"}]}),
}


def written(path: Path, *rows: object) -> str:
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return str(path)


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_recognised_and_stripped_to_its_columns(tmp_path, form):
    method, row = FORMS[form]
    path = written(tmp_path / "rows.jsonl", {"id": "a", **row}, {"id": "b", **row})
    found = datasets.source(path, method)
    assert (found.form, found.rows, found.chats) == (form, 2, form != "text")
    assert set(next(datasets.rows(found.train, found.form, completion_only=False))) == set(datasets.COLUMNS[form])


def test_conversations_are_split_before_their_last_turn(tmp_path):
    """CL-17: the last turn is the answer; everything before it is the request."""
    turns = [*CHAT, {"role": "user", "content": "And 3 + 3?"}, {"role": "assistant", "content": "6"}]
    path = written(tmp_path / "rows.jsonl", {"messages": turns})
    found = datasets.source(path, "sft")
    assert list(datasets.rows(found.train, "messages")) == [{"prompt": turns[:3], "completion": turns[3:]}]


@pytest.mark.parametrize("format", ["sft", "sft-pairs", "pretrain", "preference"])
@pytest.mark.parametrize("container", ["jsonl", "parquet"])
def test_our_own_exports_are_taken(tmp_path, format, container):
    rows = [
        ExportRow(f"P-{n}", f"Find ${n} + 1$.", f"So $\\boxed{{{n + 1}}}$.", machine_solution="So 0.", seed_id=f"S-{n}")
        for n in range(40)
    ]
    done = export(
        rows, tmp_path / "out", format=format, name="n", card=CardFacts(), test_share=0.3, container=container
    )
    found = datasets.source(str(tmp_path / "out"), "dpo" if format == "preference" else "sft")
    assert (found.rows, found.test_rows) == (done.splits["train"], done.splits["test"])
    assert found.manifest == tmp_path / "out" / "manifest.json"
    assert len(list(datasets.rows(found.train, found.form))) == found.rows


def test_the_hash_follows_the_content(tmp_path):
    one = datasets.source(written(tmp_path / "a.jsonl", {"text": "x"}), "sft")
    same = datasets.source(written(tmp_path / "b.jsonl", {"text": "x"}), "sft")
    other = datasets.source(written(tmp_path / "c.jsonl", {"text": "y"}), "sft")
    assert one.sha256 == same.sha256 != other.sha256


BAD = [
    ("sft", {"question": "a", "answer": "b"}, "rows.jsonl: has the columns answer, question. Fine-tuning needs"),
    ("dpo", {"messages": CHAT}, "messages data, which is not for dpo. Use lemma train sft."),
    ("sft", FORMS["preference"][1], "preference data, which is not for sft. Use lemma train dpo."),
]


@pytest.mark.parametrize(("method", "row", "said"), BAD)
def test_other_columns_are_refused_by_name(tmp_path, method, row, said):
    with pytest.raises(BadInput) as refused:
        datasets.source(written(tmp_path / "rows.jsonl", row), method)
    assert said in str(refused.value)


SECOND = [
    ({"messages": CHAT[:1]}, "rows.jsonl:2, messages: ends with user, not with the assistant."),
    ({"messages": CHAT[1:]}, "rows.jsonl:2, messages: has an answer and no request."),
    ({"messages": []}, "rows.jsonl:2: column messages is missing or empty."),
    ({"messages": "hello"}, "rows.jsonl:2, messages: is text, not a conversation."),
    ({"messages": [{"role": "robot", "content": "x"}]}, "rows.jsonl:2, messages: has the role 'robot'."),
    ({"messages": [{"role": "user"}]}, "rows.jsonl:2, messages: has a turn without role and content."),
    ({"other": 1}, "rows.jsonl:2: column messages is missing or empty."),
    ([1], "rows.jsonl:2: is no JSON object."),
]


@pytest.mark.parametrize(("row", "said"), SECOND)
def test_a_bad_row_is_named_by_its_line(tmp_path, row, said):
    with pytest.raises(BadInput) as refused:
        datasets.source(written(tmp_path / "rows.jsonl", {"messages": CHAT}, row), "sft")
    assert said in str(refused.value)


def test_text_beside_conversations_in_one_row_is_refused(tmp_path):
    path = written(tmp_path / "rows.jsonl", {"prompt": "2 + 2", "completion": CHAT[1:]})
    with pytest.raises(BadInput, match=r"rows\.jsonl:1: mixes conversations with plain text"):
        datasets.source(path, "sft")


def test_what_is_no_data_is_refused(tmp_path):
    (tmp_path / "torn.jsonl").write_text('{"text": "x"}\n{"text": ')
    (tmp_path / "empty.jsonl").write_text("\n")
    (tmp_path / "table.csv").write_text("a,b\n")
    (tmp_path / "none").mkdir()
    (tmp_path / "not.parquet").write_text("hello")
    for name, said in (
        ("torn.jsonl", "torn.jsonl:2: is no JSON"),
        ("empty.jsonl", "holds no rows"),
        ("table.csv", "is .csv data. Give a JSONL or Parquet file."),
        ("none", "holds no JSONL or Parquet file"),
        ("not.parquet", "cannot be read"),
        ("gone", "does not exist"),
    ):
        with pytest.raises(BadInput) as refused:
            datasets.source(str(tmp_path / name), "sft")
        assert said in str(refused.value)


def test_parquet_rows_are_named_by_number(tmp_path):
    pq.write_table(pa.table({"text": ["a", None]}), tmp_path / "rows.parquet")
    with pytest.raises(BadInput, match=r"rows.parquet:2: column text is missing or empty"):
        datasets.source(str(tmp_path / "rows.parquet"), "sft")


def test_one_set_in_two_containers_is_refused(tmp_path):
    written(tmp_path / "train.jsonl", {"text": "a"})
    pq.write_table(pa.table({"text": ["a"]}), tmp_path / "train.parquet")
    with pytest.raises(BadInput, match="the same data as JSONL and as Parquet"):
        datasets.source(str(tmp_path), "sft")
