"""Kinds of rows and files that were read wrongly once: each is read right with a dozen of its like, or says why not."""

import json

import pytest

from engine.core.errors import BadInput, BadSetting
from engine.core.project import create
from engine.core.records import Seed
from engine.learning.evaluation import benchmark_files
from engine.seeds import encoding_doubt, import_files, importing, preview, read, reader, survey
from engine.seeds.options import options_within
from tests.support.command import within
from tests.support.seed_neighbours import (
    APART,
    BOTH_ASK,
    ENCODINGS,
    HALVES,
    LINES,
    LISTED_OPTIONS,
    MARKED_OPTIONS,
    ROWS,
    SPLITS,
    THOUGHTS,
    TRUTHS,
    UNREAL,
    Q,
    encoded,
)


def written(tmp_path, rows):
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def imported(path, tmp_path, split="train", **how):
    """The report of an import, and the seeds."""
    seeds = []
    files = list(reader.openings(path, "auto", {}, split=split, **how))
    report = importing.load(reader.taken(files), lambda batch: seeds.extend(batch) or len(batch), tmp_path / "aside")
    return import_files._told(report, files), seeds


CHOICES = MARKED_OPTIONS | {f"truth: {name}": case for name, case in TRUTHS.items()} | LISTED_OPTIONS


@pytest.mark.parametrize("name", CHOICES)
def test_options_are_found_and_the_right_one_is_known_or_said_not_to_be(tmp_path, name):
    row, options, label = CHOICES[name]
    path = written(tmp_path, [{"question": Q, **row}])
    (seed,) = read(path)
    shown = [f"({one}) {text}" for one, text in options.items()]
    assert seed.statement == "\n".join([Q, *shown])
    assert seed.answer == label
    assert preview(path).unused == ()


@pytest.mark.parametrize("name", APART)
def test_right_and_wrong_answers_in_columns_of_their_own_are_options(tmp_path, name):
    row, right = APART[name]
    path = written(tmp_path, [{"question": Q, **row}])
    (seed,) = read(path)
    options = options_within(seed.statement)
    assert len(options) >= 2
    assert options[seed.answer] == right
    assert not {"distractors", "incorrect_answers", "wrong_answers"} & set(preview(path).unused)


def test_the_right_one_of_options_that_stand_apart_is_not_always_the_first(tmp_path):
    rows = [
        {"question": f"What is {n}*9?", "correct_answer": str(9 * n), "incorrect_answers": [str(50 + n), "30", "70"]}
        for n in range(1, 10)
    ]
    assert len({seed.answer for seed in read(written(tmp_path, rows))}) > 1


def test_a_wrong_solution_of_a_pair_is_no_option(tmp_path):
    row = {
        "question": Q,
        "correct": f"{'We multiply. ' * 30}\\boxed{{54}}",
        "incorrect": f"{'We add. ' * 30}\\boxed{{15}}",
    }
    (seed,) = read(written(tmp_path, [row]))
    assert seed.statement == Q


@pytest.mark.parametrize("name", HALVES)
def test_what_is_given_stands_before_what_is_asked(tmp_path, name):
    row, wanted = HALVES[name]
    (seed,) = read(written(tmp_path, [{**row, "answer": "7"}]))
    places = [seed.statement.find(text) for text in wanted]
    assert -1 not in places
    assert places == sorted(places)
    assert seed.statement.count(wanted[-1]) == 1
    assert "Answer: 7" not in seed.statement
    assert seed.answer == "7"


@pytest.mark.parametrize("row", BOTH_ASK)
def test_of_two_columns_that_both_ask_one_is_left_out_aloud(tmp_path, row):
    path = written(tmp_path, [{**row, "answer": "7"}])
    (seed,) = read(path)
    given, asked = row
    assert seed.statement == row[given]
    assert f"{asked} is left out" in preview(path).rows[0].note
    (joined,) = read(path, mapping={"statement": f"{given} + {asked}"})
    assert joined.statement == f"{row[given]}\n{row[asked]}"


def test_an_import_says_which_columns_make_a_statement(tmp_path):
    row = {"problem": "Tom has 3 pears.", "question": "How many?", "answer": "3"}
    report, _ = imported(written(tmp_path, [row]), tmp_path)
    assert "one statement: problem + question" in report.told()


@pytest.mark.parametrize("name", SPLITS)
def test_seeds_come_from_train_and_test_problems_from_test(tmp_path, name):
    held, of_seeds, of_tests = SPLITS[name]
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(held), encoding="utf-8")
    for split, (count, left) in (("train", of_seeds), ("test", of_tests)):
        report, seeds = imported(path, tmp_path, split)
        assert (len(seeds), report.left_out) == (count, left)
        assert dict(survey(path, split=split).left_out) == left
        for other, many in left.items():
            assert f"{many:,} row{'s' if many > 1 else ''} of {other} left out" in report.told()


def test_a_split_that_begins_behind_hundreds_of_other_rows_is_found(tmp_path):
    many = [{"question": f"What is {n}+1?", "answer": str(n + 1), "split": "test"} for n in range(300)]
    path = written(tmp_path, [*many, *[row | {"split": "train"} for row in ROWS]])
    report, seeds = imported(path, tmp_path)
    assert (len(seeds), report.left_out) == (6, {"test": 300})


def test_a_file_of_test_rows_alone_is_read_and_says_so(tmp_path):
    report, seeds = imported(written(tmp_path, [row | {"split": "test"} for row in ROWS]), tmp_path)
    assert len(seeds) == 6
    assert report.notes == {"of the split test: the file has no train": 6}


@pytest.mark.parametrize("name", THOUGHTS)
def test_what_a_model_thought_aloud_is_in_no_solution_and_is_counted(tmp_path, name):
    row, solution = THOUGHTS[name]
    report, (seed,) = imported(written(tmp_path, [row]), tmp_path)
    assert seed.statement == Q
    assert seed.solution == solution
    assert seed.answer == ("54" if solution else None)
    (note,) = [note for note in report.notes if "thought aloud" in note]
    assert ("nothing of it is taken" in note) == (solution is None)


def test_a_prompt_that_speaks_of_marks_of_thinking_is_whole(tmp_path):
    asked = "Think between <think> and </think>. What is 6*9?"
    (seed,) = read(written(tmp_path, [{"question": asked, "answer": "54"}]))
    assert seed.statement == asked


@pytest.mark.parametrize("options", ["", '"options": ["54", "55"], '])
@pytest.mark.parametrize("name", UNREAL)
def test_a_number_that_is_none_is_no_answer_and_says_so(tmp_path, name, options):
    value, word = UNREAL[name]
    path = tmp_path / "rows.jsonl"
    path.write_text(f'{{"question": "{Q}", {options}"answer": {value}}}\n')
    (seed,) = read(path)
    assert seed.answer is None
    (shown,) = preview(path).rows
    assert word in shown.note
    assert options or "no answer" in shown.note


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
@pytest.mark.parametrize(("language", "encoding"), ENCODINGS)
def test_an_encoding_is_told_and_named_or_asked_for(tmp_path, language, encoding, kind):
    name = ENCODINGS[language, encoding]
    path = tmp_path / f"rows.{kind}"
    path.write_bytes(encoded(language, encoding, kind))
    if not name:
        with pytest.raises(BadInput) as met:
            list(read(path))
        assert all(word in str(met.value) for word in (path.name, "can't be told", "--encoding", "iconv -f"))
    found, seeds = imported(path, tmp_path, encoding="" if name else encoding)
    assert [seed.statement for seed in seeds] == LINES[language]
    named = {"cp850": "CP850", "cp1254": "Windows-1254", "cp1250": "Windows-1250", "iso8859_2": "ISO8859-2"}
    assert found.told()[0] == f"read as {name or named[encoding]}"


def test_other_signs_behind_the_first_64_kB_are_found(tmp_path):
    path = tmp_path / "rows.csv"
    plain = "".join(f"What is {n}+1?,{n + 1}\n" for n in range(9_000))
    path.write_bytes(b"question,answer\n" + plain.encode() + encoded("ja", "cp932", "csv").partition(b"\n")[2])
    report, seeds = imported(path, tmp_path)
    assert report.encodings == ("Shift-JIS",)
    assert [seed.statement for seed in seeds[-3:]] == LINES["ja"]


def test_an_encoding_that_is_named_wrongly_says_so(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(encoded("ru", "cp1251", "csv"))
    with pytest.raises(BadSetting, match="no encoding"):
        list(read(path, encoding="cyrillic-of-old"))
    with pytest.raises(BadInput, match="Shift-JIS, but is not"):
        list(read(path, encoding="Shift-JIS"))


def test_one_broken_row_of_a_plain_file_is_refused_alone(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(b"question,answer\n" + b"".join(b"What is %d?,1\n" % n for n in range(40)) + b"caf\xe9 \x81?,2\n")
    *good, bad = read(path)
    assert len(good) == 40
    assert all(isinstance(seed, Seed) for seed in good)
    assert bad.reason == "wrong encoding"


def test_escapes_in_doubt_are_left_and_counted(tmp_path):
    path = tmp_path / "rows.jsonl"
    rows = [
        r'{"question": "Let x = 5\nu = 3. Find \\frac{x}{u}.", "answer": "1"}',
        r'{"question": "Let x = 5\nu = 3.", "answer": "2"}',
        r'{"question": "Find $\nu$ and \theta.", "answer": "3"}',
    ]
    path.write_text("\n".join(rows))
    report, seeds = imported(path, tmp_path)
    assert [seed.statement for seed in seeds] == [
        "Let x = 5\nu = 3. Find \\frac{x}{u}.", "Let x = 5\nu = 3.", r"Find $\nu$ and \theta.",
    ]  # fmt: skip
    assert [count for note, count in report.notes.items() if "lost backslash" in note] == [1]


def test_a_benchmark_asks_its_test_rows_alone(tmp_path):
    path = tmp_path / "sums.json"
    path.write_text(json.dumps({"train": ROWS[:4], "test": ROWS[4:]}), encoding="utf-8")
    loaded = benchmark_files.load(f"sums={path}")
    assert [question.text for question in loaded.questions] == [row["question"] for row in ROWS[4:]]
    assert "4 rows of train left out" in loaded.warnings


def test_the_command_takes_an_encoding_and_tells_what_it_left_out(tmp_path):
    home = create(tmp_path / "project").root
    path = tmp_path / "old.csv"
    path.write_bytes(encoded("cs", "cp1250", "csv"))
    refused = within("seeds", "add", path, project=home)
    assert refused.code == 1
    assert "old.csv" in refused.err
    assert "--encoding" in refused.err
    said = within("seeds", "add", path, "--encoding", "Windows-1250", project=home)
    assert "read as Windows-1250" in said.err
    assert within("seeds", "add", path, "--encoding", "windows-1250", "--json", project=home).values["duplicates"] == 3
    both = tmp_path / "both.json"
    both.write_text(json.dumps({"train": ROWS[:4], "test": ROWS[4:]}), encoding="utf-8")
    said = within("benchmarks", "add", both, "--json", project=home).values
    assert (said["added"], said["left_out"]) == (2, {"train": 4})
    assert "2 rows of test left out" in within("seeds", "add", both, project=home).err


def test_where_the_bytes_are_not_utf8_the_page_asks(tmp_path):
    path = tmp_path / "rows.csv"
    for language, encoding, doubt in (("pl", "utf-8", None), ("ja", "cp932", "Shift-JIS"), ("cs", "cp1250", "")):
        path.write_bytes(encoded(language, encoding, "csv"))
        assert encoding_doubt(path) == doubt


@pytest.mark.parametrize(
    ("text", "worked"),
    [
        ("She has 3 pens and buys 4 more pens in the shop, which makes seven pens in all.", True),
        ("他原来有 3 支 笔 又 买 了 4 支 所以 他 现在 有 七 支 笔 。", True),
        ("x is any real number greater than 2.", False),
        ("All triples (a, b, c) of positive integers with a + b = c and c at most ten", False),
    ],
)
def test_worked_text_in_the_column_of_answers_is_a_solution(tmp_path, text, worked):
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({"question": "How many are there?", "answer": text}), encoding="utf-8")
    (row,) = reader.taken(reader.openings(path, "auto", {}))
    assert (row.seed.answer, row.seed.solution) == ((None, text) if worked else (text, None))
    assert any("worked text" in note for note in row.notes) is worked


def test_half_a_sign_refuses_its_row_and_no_other(tmp_path):
    path = tmp_path / "cut.jsonl"
    rows = [{"question": "Find x \ud83d with x + 1 = 3.", "answer": "2"}, {"question": "And y?", "answer": "3"}]
    path.write_text("\n".join(json.dumps(row).replace("\\\\", "\\") for row in rows), encoding="utf-8")
    refused, taken = read(path)
    assert refused.reason == "not text"
    assert "half a sign" in refused.detail
    assert taken.statement == "And y?"
