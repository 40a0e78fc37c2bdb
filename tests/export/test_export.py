import csv
import json
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import BadSetting, UserError
from engine.curation.policy import gsdp
from engine.export.card_overlap import plain
from engine.export.files import cell
from engine.export.formats import FORMATS
from engine.export.rows import CardFacts, ExportRow
from engine.export.shards import CONTAINERS
from engine.export.split import split_of
from engine.export.writer import export
from engine.seeds import read
from engine.verification.answers.sentinels import says_no_answer
from tests.support.went_out import ids as ids_of

CARD = CardFacts(title="Small set", license="apache-2.0", sources=("gsm8k",), policy=gsdp(), funnel={"written": 300})


def row(number: int = 0, **more) -> ExportRow:
    given = {"solution": rf"It is \boxed{{{number}}}.", "answer": str(number)} | more
    return ExportRow(f"Q-{number}", f"What is {number}?", **given)


def written(folder: Path, split: str = "train") -> list[dict]:
    return [json.loads(line) for line in (folder / "data" / f"{split}.jsonl").read_text().splitlines()]


def give(tmp_path, rows, format="sft", **more):
    return export(rows, tmp_path / "out", format=format, name="small", card=CARD, **more)


def test_fine_tuning_rows_are_conversations_or_pairs(tmp_path):
    give(tmp_path, [row(4)])
    assert written(tmp_path / "out") == [
        {
            "id": "Q-4",
            "messages": [
                {"role": "user", "content": "What is 4?"},
                {"role": "assistant", "content": r"It is \boxed{4}."},
            ],
        }
    ]
    give(tmp_path, [row(4)], "sft-pairs")
    assert written(tmp_path / "out") == [{"id": "Q-4", "prompt": "What is 4?", "completion": r" It is \boxed{4}."}]


def test_pretraining_text_is_two_labelled_sections_with_a_blank_line(tmp_path):
    """GSDP-39: the exact string."""
    give(tmp_path, [row(4)], "pretrain")
    assert written(tmp_path / "out")[0]["text"] == "Problem:\nWhat is 4?\n\nSolution:\nIt is \\boxed{4}."


def test_edits_become_pairs_with_the_machine_text_rejected(tmp_path):
    rows = [
        row(1, machine_solution="It is 2."),
        row(2, machine_statement="What are 2?", machine_solution="Two", points=("Sums", "Units")),
        row(3, machine_solution="It  is \\boxed{3}.\n"),
        row(4),
    ]
    report = give(tmp_path, rows, "preference")
    first, second = written(tmp_path / "out")
    assert (first["about"], first["rejected"][0]["content"]) == ("solution", "It is 2.")
    assert first["chosen"][0]["content"] == r"It is \boxed{1}."
    assert (second["about"], second["chosen"][0]["content"]) == ("problem", "What is 2?")
    assert "Sums; Units" in second["prompt"][0]["content"]
    assert report.left_out == {"not edited": 2}


def test_reinforcement_prompts_need_an_answer(tmp_path):
    report = give(tmp_path, [row(7, difficulty=0.5), row(8, answer=" ")], "rl")
    (entry,) = written(tmp_path / "out")
    assert (entry["answer"], entry["difficulty"]) == ("7", 0.5)
    assert entry["prompt"][0]["content"].endswith(r"Put the final answer in \boxed{}.")
    assert report.left_out == {"no answer to verify": 1}


def test_raw_rows_carry_their_lineage(tmp_path):
    """GSDP-44: points, type, distance, weight, prompt version, generator, difficulty, judge scores."""
    given = row(
        1,
        points=("a", "b"),
        kind="two-hop",
        distance=2,
        weight=0,
        prompt_hash="abc",
        model="m",
        difficulty=0.4,
        scores=(("judge_score", 0.9),),
        combination_id="C-1",
    )
    give(tmp_path, [given], "raw")
    (entry,) = written(tmp_path / "out")
    assert entry["scores"] == [{"name": "judge_score", "value": 0.9}]
    for name in ("points", "kind", "distance", "weight", "prompt_hash", "model", "difficulty", "combination_id"):
        value = getattr(given, name)
        assert entry[name] == (list(value) if isinstance(value, tuple) else value)


def test_gsdp24_rows_from_test_problems_are_blocked_and_counted_by_test_set(tmp_path):
    """GSDP-24: each test set has its count; a copy is counted as a copy."""
    rows = [row(1), row(2, test_seed="math500"), row(3, test_seed="gsm8k"), row(4, test_seed="math500")]
    report = give(tmp_path, [*rows, row(5, test_seed="gsm8k", contaminated="MATH test 17")])
    assert report.left_out == {
        "copies a test problem": 1,
        "written from a test problem of gsm8k": 1,
        "written from a test problem of math500": 2,
    }
    assert ids_of(report) == (("Q-1", "train"),)


def test_contaminated_rows_are_blocked_and_counted(tmp_path):
    report = give(tmp_path, [row(1), row(2, contaminated="MATH test 17")])
    assert report.left_out == {"copies a test problem": 1}
    assert ids_of(report) == (("Q-1", "train"),)
    assert "Q-2" not in (tmp_path / "out" / "data" / "train.jsonl").read_text()


@pytest.mark.parametrize("rows", [[], [row(1, contaminated="x")], [row(1, solution=None)]])
def test_nothing_to_export_is_said_and_nothing_is_left_behind(tmp_path, rows):
    with pytest.raises(UserError, match="nothing to export"):
        give(tmp_path, rows)
    assert list(tmp_path.iterdir()) == []


def test_a_source_that_breaks_in_the_middle_leaves_the_earlier_export_whole(tmp_path):
    give(tmp_path, [row(1)])
    before = (tmp_path / "out" / "manifest.json").read_bytes()

    def breaks():
        yield row(2)
        raise OSError("lost")

    with pytest.raises(OSError, match="lost"):
        give(tmp_path, breaks())
    assert (tmp_path / "out" / "manifest.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_of_other_things_is_never_replaced(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("x")
    with pytest.raises(UserError, match="is there already"):
        give(tmp_path, [row(1)])
    assert (tmp_path / "out" / "thesis.tex").exists()


def test_unknown_formats_containers_and_shares_are_named(tmp_path):
    for more, words in (
        ({"format": "xml"}, "xml is no format"),
        ({"container": "zip"}, "zip is no container"),
        ({"test_share": 1.0}, "1 is not allowed"),
    ):
        with pytest.raises(BadSetting, match=words):
            give(tmp_path, [row(1)], **{"format": "sft"} | more)


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("format", FORMATS)
def test_the_same_input_gives_the_same_bytes(tmp_path, format, container):
    rows = [row(n, machine_solution=f"It is {n + 1}.", seed_id=f"S-{n % 9}") for n in range(60)]
    reports = [
        export(rows, tmp_path / place, format=format, name="n", card=CARD, test_share=0.3, container=container)
        for place in ("a", "b")
    ]
    assert reports[0].sha256 == reports[1].sha256
    assert reports[0].manifest == reports[1].manifest
    for path in (tmp_path / "a").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()


def test_the_manifest_names_every_file_with_its_hash(tmp_path):
    report = give(tmp_path, [row(n, seed_id=f"S-{n}") for n in range(40)], test_share=0.25)
    told = json.loads(report.manifest)
    assert told["rows"] == report.rows == 40
    assert {entry["split"] for entry in told["files"]} == {"train", "test"}
    for entry in told["files"]:
        body = (tmp_path / "out" / entry["path"]).read_bytes()
        assert (entry["sha256"], entry["bytes"]) == (sha256(body).hexdigest(), len(body))
        assert entry["rows"] == body.count(b"\n")
    assert told["policy"]["name"] == "gsdp"
    assert all(path.exists() for path in report.files)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=60), st.integers(0, 9))
def test_variants_of_one_family_never_straddle_the_split(tmp_path_factory, drawn, seed):
    rows = [
        row(n, seed_id=f"S-{family}") if by_seed else row(n, combination_id=f"C-{family}")
        for n, (family, by_seed) in enumerate(drawn)
    ]
    out = tmp_path_factory.mktemp("split") / "out"
    report = export(rows, out, format="sft", name="n", card=CARD, test_share=0.4, seed=seed)
    splits: dict[str, set[str]] = {}
    for made, (_, split) in zip(rows, ids_of(report), strict=True):
        splits.setdefault(made.family, set()).add(split)
    assert all(len(found) == 1 for found in splits.values())


def test_the_held_out_share_is_about_what_was_asked():
    found = [split_of(f"S-{n}", 0.2) for n in range(20_000)]
    assert 0.19 < found.count("test") / len(found) < 0.21
    assert {split_of("S-1", 0.0), split_of("S-2", 0.0)} == {"train"}


def test_hubs_read_the_card_and_the_files(tmp_path):
    """An export loads with the `datasets` package, splits and all, without a network."""
    import datasets

    rows = [row(n, seed_id=f"S-{n}") for n in range(40)]
    for container in ("jsonl", "parquet"):
        report = give(tmp_path, rows, test_share=0.25, container=container)
        loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / f"cache-{container}"))
        assert {name: split.num_rows for name, split in loaded.items()} == report.splits
        assert loaded["train"][0]["messages"][0]["role"] == "user"


def test_hostile_names_cannot_break_the_card(tmp_path):
    import yaml

    nasty = 'a: "b"\n---\n<script>alert(1)</script> [x](javascript:1) | `'
    card = CardFacts(title=nasty, about=nasty, license=nasty, sources=(nasty,), funnel={nasty: 3}, tags=(nasty,))
    name = nasty.replace("\n", " ")
    export([row(1, solution="``````\n<b>")], tmp_path / "out", format="sft", name=name, card=card)
    text = (tmp_path / "out" / "README.md").read_text()
    _, head, body = text.split("---\n", 2)
    assert yaml.safe_load(head)["pretty_name"] == nasty
    assert yaml.safe_load(head)["configs"][0]["data_files"] == [{"split": "train", "path": "data/train.jsonl"}]
    assert "<script>" not in body.partition("## A row")[0]
    assert "\n```````json\n" in body
    assert plain("a|b*c") == r"a\|b\*c"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-5", "-5"),
        ("-2+3", "'-2+3"),
        ("\tx", "'\tx"),
        ("plain", "plain"),
        (None, ""),
        (0.5, "0.5"),
        (["a"], '["a"]'),
    ],
)
def test_cells_are_no_formulas(value, text):
    assert cell(value) == text


def test_csv_holds_what_was_given(tmp_path):
    give(tmp_path, [row(1, solution='=HYPERLINK("x")\nnext, line')], "pretrain", container="csv")
    with (tmp_path / "out" / "data" / "train.csv").open(newline="") as file:
        (entry,) = csv.DictReader(file)
    assert entry["text"] == 'Problem:\nWhat is 1?\n\nSolution:\n=HYPERLINK("x")\nnext, line'


def test_parquet_keeps_types(tmp_path):
    give(tmp_path, [row(n, points=("p",), difficulty=None) for n in range(2_100)], "raw", container="parquet")
    table = pq.read_table(tmp_path / "out" / "data" / "train.parquet")
    assert table.num_rows == 2_100
    assert table["points"][0].as_py() == ["p"]
    assert table["difficulty"].null_count == 2_100


texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=80).filter(
    # Words that stand for "no answer" are read as none.
    lambda text: text.strip() and not says_no_answer(text)
)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=6),
    st.sampled_from(["raw", "sft-pairs"]),
    st.sampled_from(["jsonl", "parquet"]),
)
def test_what_is_exported_can_be_imported_again(tmp_path_factory, drawn, format, container):
    """CL-06, AM-26: statement, solution and answer survive the way out and back."""
    rows = [ExportRow(f"Q-{n}", *texts) for n, texts in enumerate(drawn)]
    out = tmp_path_factory.mktemp("trip") / "out"
    report = export(rows, out, format=format, name="n", card=CARD, container=container)
    back = list(read(report.files[0]))
    # A reply that is nothing but a value is read as the answer.
    assert [(s.statement, s.solution or s.answer) for s in back] == [(s.strip(), w.strip()) for s, w, _ in drawn]
    if format == "raw":
        assert [s.answer for s in back] == [a.strip() for _, _, a in drawn]


def test_rows_are_written_as_they_come(tmp_path):
    """The source is not gathered first: data is on the disk while rows are still coming."""
    sizes = []

    def many():
        for number in range(10_000):
            if number == 9_999:
                sizes.extend(path.stat().st_size for path in tmp_path.rglob("train-00000.open"))
            yield row(number)

    assert give(tmp_path, many()).rows == 10_000
    assert len(sizes) == 1
    assert sizes[0] > 100_000
