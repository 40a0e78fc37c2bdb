import contextlib
import csv
import gzip
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import BadInput, BadSetting
from engine.core.records import Seed
from engine.seeds import RefusedRow, local_hub, preview, read
from engine.verification.answers import extract_answer
from engine.verification.answers.sentinels import says_no_answer

GSM = {"question": "Tim has 3 boxes of 400 pens. How many?", "answer": "3*400=<<3*400=1200>>1200 pens\n#### 1,200"}
MATH = {"problem": "Find $1+1$.", "level": "Level 2", "type": "Algebra", "answer": "2"}
TAL = {
    "dataset_name": "prime_math_competition_ch_single_choice_3.2K_dev",
    "difficulty": "2",
    "problem": "一加一等于几？",
    "answer_option_list": [[{"aoVal": "A", "content": "一 "}], [{"aoVal": "B", "content": "二 "}]],
    "knowledge_point_routes": ["拓展思维->计算模块->加法", "课内体系->能力->运算求解", "竞赛->知识点->加法"],
    "answer_analysis": ["一加一得二"],
    "answer_value": "B",
}


def lines(path: Path, rows: list[object]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def seeds(found) -> list[Seed]:
    return [outcome for outcome in found if isinstance(outcome, Seed)]


def refused(found) -> list[RefusedRow]:
    return [outcome for outcome in found if isinstance(outcome, RefusedRow)]


def test_gsm8k_notes_leave_the_solution_and_the_answer_comes_from_the_mark(tmp_path):
    """AM-01: seeds in GSM8K form carry a source tag; the calculator notes are gone."""
    (seed,) = read(lines(tmp_path / "train.jsonl", [GSM]))
    assert (seed.source, seed.answer) == ("gsm8k", "1200")
    assert seed.solution == "3*400=1200 pens"
    assert seed.origin == "train.jsonl:1"


def test_math_rows_keep_subject_and_level_and_unknown_levels_are_none(tmp_path):
    """GSDP-01: the loader keeps subject and level; AM-01: MATH form carries its tag."""
    rows = [MATH, MATH | {"problem": "Other", "level": "Level ?", "answer": ""}]
    first, second = read(lines(tmp_path / "m.jsonl", rows))
    assert (first.source, first.subject, first.level, first.answer) == ("math", "Algebra", "Level 2", "2")
    assert (second.level, second.answer) == (None, None)


def test_a_math_row_with_a_worked_solution_gets_its_answer_from_the_last_box(tmp_path):
    row = {"problem": "Find x.", "level": "Level 1", "type": "Algebra", "solution": r"So $\boxed{\frac{1}{2}}$."}
    (seed,) = read(lines(tmp_path / "m.jsonl", [row]))
    assert seed.answer == r"\frac{1}{2}"


@pytest.mark.parametrize(
    ("solution", "answer"),
    [
        (r"\boxed{1} then \boxed{\frac{2}{3}}", r"\frac{2}{3}"),
        (r"\boxed{\{1, 2\}}", r"\{1, 2\}"),
        (r"\boxed 5", "5"),
        (r"\boxed {5}", "5"),
        (r"\fbox{5}", "5"),
        (r"\boxed{5} and, cut off, \boxed{6", "5"),
        (r"$\boxed{2}$ and $\boxed{7}$", "2, 7"),
        ("2 + 3 = 5\n#### 5", "5"),
        ("We add. The answer is: 5", "5"),
        ("所以答案是5。", "5"),
        (r"\boxed{never closed", None),
        (r"\boxed{}", None),
        ("We add.", None),
    ],
)
def test_every_shape_finds_the_answer_that_a_solution_ends_with(tmp_path, solution, answer):
    math = {"problem": "Find x.", "level": "Level 1", "type": "Algebra", "solution": solution}
    (seed,) = read(lines(tmp_path / "math.jsonl", [math]))
    assert (seed.source, seed.answer, seed.solution) == ("math", answer, solution)
    (seed,) = read(lines(tmp_path / "table.jsonl", [{"question": "Find x.", "rationale": solution}]))
    assert (seed.source, seed.answer, seed.solution) == ("table", answer, solution)
    # A table with one column for both.
    (seed,) = read(lines(tmp_path / "one.jsonl", [{"question": "Find x.", "response": solution}]))
    assert (seed.answer, seed.solution) == (answer, solution)
    both = {"problem": "Find x.", "final_answer": solution}
    (seed,) = read(lines(tmp_path / "both.jsonl", [both]))
    kept = None if says_no_answer(solution) else solution
    assert (seed.answer, seed.solution) == ((answer, solution) if answer else (kept, None))


def test_an_answer_that_is_one_already_stays_as_it_is(tmp_path):
    rows = [{"question": f"Find {said}.", "answer": said} for said in ("5", "x = 5", "Yes", r"\frac{1}{2}", "#", "B")]
    seeds = list(read(lines(tmp_path / "table.jsonl", rows)))
    assert [(seed.answer, seed.solution) for seed in seeds] == [(row["answer"], None) for row in rows]


def test_a_gsm8k_row_without_a_figure_after_the_mark_is_read_from_its_solution(tmp_path):
    rows = [{"question": "How many?", "answer": r"So \boxed{5}. ####"}]
    (seed,) = read(lines(tmp_path / "g.jsonl", rows))
    assert (seed.source, seed.answer) == ("gsm8k", "5")


def test_tal_rows_hold_options_and_leaf_points(tmp_path):
    """CL-06: a human seed carries statement, points, difficulty, solution and answer."""
    (seed,) = read(lines(tmp_path / "t.jsonl", [TAL]))
    assert seed.statement == "一加一等于几？\nA. 一\nB. 二"
    assert seed.points == ("加法", "运算求解")
    assert (seed.language, seed.answer, seed.level, seed.solution) == ("zh", "B", "2", "一加一得二")


@pytest.mark.parametrize("broken", [None, [["A"]], [[{"aoVal": "A"}]], "AB", [[{"aoVal": "A", "content": 3}]]])
def test_tal_rows_with_broken_options_are_refused_or_bare(tmp_path, broken):
    found = list(read(lines(tmp_path / "t.jsonl", [TAL, TAL | {"answer_option_list": broken}])))
    assert isinstance(found[0], Seed)
    assert found[1].statement == "一加一等于几？" if broken is None else found[1].field == "answer_option_list"


def test_own_seed_files_read_as_tables_and_their_points_are_not_taken_unasked(tmp_path):
    row = {
        "problem": "What is 2+2?",
        "solution": r"It is \boxed{4}.",
        "answer": "4",
        "level": "primary",
        "subject": "Arithmetic",
        "language": "en",
        "knowledge_points": ["Addition"],
    }
    path = lines(tmp_path / "arithmetic.jsonl", [row])
    (seed,) = read(path)
    assert (seed.source, seed.answer, seed.level, seed.points) == ("arithmetic", "4", "primary", ())
    (mapped,) = read(path, mapping={"points": "knowledge_points"})
    assert mapped.points == ("Addition",)


def test_gzip_is_unpacked_whatever_the_name(tmp_path):
    path = tmp_path / "packed.jsonl"
    path.write_bytes(gzip.compress(json.dumps(GSM).encode()))
    assert [seed.answer for seed in read(path)] == ["1200"]


def test_csv_with_semicolons_quotes_and_line_ends_in_cells(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('\ufeffAufgabe;answer\n"Was ist ""1+1""?\nRechne.";2\nWas ist 3?;3\n', encoding="utf-8")
    first, second = read(path, mapping={"statement": "Aufgabe"})
    assert (first.statement, first.answer, first.origin) == ('Was ist "1+1"?\nRechne.', "2", "t.csv:2")
    assert second.origin == "t.csv:4"


def test_parquet_and_arrow_give_the_same_seeds_as_json_lines(tmp_path):
    rows = [GSM, GSM | {"question": "Another?"}]
    table = pa.Table.from_pylist(rows)
    pq.write_table(table, tmp_path / "a.parquet")
    with pa.OSFile(str(tmp_path / "a.arrow"), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    expected = [seed.id for seed in read(lines(tmp_path / "a.jsonl", rows))]
    assert [seed.id for seed in read(tmp_path / "a.parquet")] == expected
    assert [seed.id for seed in read(tmp_path / "a.arrow")] == expected


def test_a_json_array_is_read_like_json_lines(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps([GSM, 3]))
    found = list(read(path))
    assert [type(outcome) for outcome in found] == [Seed, RefusedRow]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"  \n\n ", "is empty"),
        (b"\x7fELF\0\0\0", "binary file"),
        (b"\xff\xfe{\0", "holds no readable row"),
        (b"PAR1 and no more", "damaged Parquet"),
        (b"\x1f\x8b no gzip", "cannot be unpacked"),
        (b"[{]", "not valid JSON"),
        (b'{"a": 1}\n', "no column that looks like a problem statement"),
        (b'{"a" 1}\n{"b"\n', "holds no readable row"),
    ],
)
def test_a_useless_file_is_named_with_what_to_do(tmp_path, content, words):
    path = tmp_path / "bad.jsonl"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=words) as caught:
        list(read(path))
    assert caught.value.where.startswith(str(path))
    assert caught.value.do


def test_a_folder_a_missing_file_and_an_unknown_format_are_named(tmp_path):
    with pytest.raises(BadInput, match="is a folder"):
        list(read(tmp_path))
    with pytest.raises(BadInput, match="does not exist"):
        list(read(tmp_path / "none.jsonl"))
    with pytest.raises(BadSetting, match="excel is no format"):
        list(read(tmp_path, format="excel"))


def test_missing_columns_are_named_with_those_found(tmp_path):
    path = lines(tmp_path / "x.jsonl", [{"frage": "1+1?", "wert": "2"}])
    with pytest.raises(BadInput, match="Columns found: frage, wert"):
        list(read(path))
    with pytest.raises(BadInput, match=r"has no column 'problem'.*Columns found: frage, wert"):
        list(read(path, mapping={"statement": "problem"}))
    with pytest.raises(BadSetting, match="hint is no field"):
        list(read(path, mapping={"hint": "frage"}))
    with pytest.raises(BadInput, match="does not look like gsm8k"):
        list(read(path, format="gsm8k"))
    with pytest.raises(BadInput, match="is jsonl, not csv"):
        list(read(path, format="csv"))


def test_bad_lines_are_refused_with_line_and_reason_and_the_good_ones_come_through(tmp_path):
    path = tmp_path / "mixed.jsonl"
    good = json.dumps(MATH).encode()
    bad = [
        b'{"problem": "caf\xe9"}',
        b'{"problem": "x",',
        b"[1, 2]",
        json.dumps(MATH | {"problem": None}).encode(),
        json.dumps(MATH | {"problem": "  "}).encode(),
        json.dumps(MATH | {"problem": "x" * 100_001}).encode(),
        json.dumps(MATH | {"problem": {"text": "x"}}).encode(),
        json.dumps(MATH | {"problem": "a\0b"}).encode(),
        json.dumps({"level": "Level 1", "type": "Algebra"}).encode(),
        b'{"problem": "' + b"y" * 2_000_000 + b'"}',
    ]
    path.write_bytes(b"\n".join([good, *bad, b"", good.replace(b"Find", b"Give")]) + b"\n")
    found = list(read(path))
    assert [seed.origin for seed in seeds(found)] == ["mixed.jsonl:1", "mixed.jsonl:13"]
    rows = refused(found)
    assert [row.line for row in rows] == list(range(2, 12))
    assert [row.reason for row in rows] == [
        "wrong encoding",
        "not JSON",
        "not JSON",
        "no statement",
        "no statement",
        "too long",
        "not text",
        "not text",
        "missing field",
        "too long",
    ]
    assert rows[0].detail == "byte 0xE9 at position 17 is not UTF-8"
    assert "100,001 characters" in rows[5].detail
    assert rows[5].where == "mixed.jsonl, line 7, field problem"
    assert all(len(row.text) <= 2_000 for row in rows)


def test_wrong_bytes_in_csv_name_byte_and_line(tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes(b"question,answer\nWhat is 1?,1\ncaf\xe9?,2\nWhat is 3?,3\n")
    first, wrong, last = read(path)
    assert (first.answer, last.answer) == ("1", "3")
    assert (wrong.line, wrong.reason, wrong.detail) == (3, "wrong encoding", "byte 0xE9 is not UTF-8")


def test_csv_rows_of_the_wrong_width_and_unclosed_quotes_are_refused(tmp_path):
    path = tmp_path / "w.csv"
    path.write_text('question,answer\nWhat?,1,2\nWhat is 3?,3\nWhat is 4?,"4" 5\n')
    wide, good, unclosed = read(path)
    assert (wide.line, wide.detail) == (2, "3 cells under 2 columns")
    assert good.answer == "3"
    assert (unclosed.line, unclosed.reason) == (4, "not CSV")


def test_a_torn_gzip_file_gives_its_good_rows_and_says_where_it_ends(tmp_path):
    path = tmp_path / "torn.jsonl.gz"
    body = "".join(json.dumps(GSM | {"question": f"{n} {hash(str(n))}?"}) + "\n" for n in range(5000))
    packed = gzip.compress(body.encode())
    path.write_bytes(packed[: len(packed) // 2])
    found = list(read(path))
    assert 500 < len(seeds(found)) < 5000
    assert found[-1].reason in ("file ends early", "not JSON")
    assert refused(found)[-1].reason == "file ends early"


def test_statements_with_html_stay_text(tmp_path):
    text = "<script>alert(1)</script> What is <b>2</b>?"
    (seed,) = read(lines(tmp_path / "h.jsonl", [{"question": text, "answer": "2"}]))
    assert seed.statement == text


def test_the_human_answer_does_not_touch_identity(tmp_path):
    """AM-01: with the answers deleted from the input the seeds are the same."""
    with_answer, without = MATH, {key: value for key, value in MATH.items() if key != "answer"}
    (a,) = read(lines(tmp_path / "a.jsonl", [with_answer]))
    (b,) = read(lines(tmp_path / "b.jsonl", [without]))
    assert (a.id, a.statement) == (b.id, b.statement)


def test_limit_counts_seeds(tmp_path):
    path = lines(tmp_path / "m.jsonl", [MATH, {"problem": None}, *(MATH | {"problem": f"p{n}"} for n in range(5))])
    assert len(seeds(read(path, limit=3))) == 3
    assert list(read(path, limit=0)) == []


def test_a_mapping_can_switch_a_guess_off(tmp_path):
    (seed,) = read(lines(tmp_path / "x.jsonl", [{"question": "1?", "label": "3"}]), mapping={"answer": ""})
    assert seed.answer is None


def test_the_local_cache_is_read_by_id_and_what_is_there_is_listed(tmp_path, monkeypatch):
    for name in ("HF_HUB_CACHE", "HF_DATASETS_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    snapshot = tmp_path / "hub" / "datasets--acme--sums" / "snapshots" / "abc" / "data"
    snapshot.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist([GSM]), snapshot / "train-00000.parquet")
    pq.write_table(pa.Table.from_pylist([GSM | {"question": "Held out?"}]), snapshot / "test-00000.parquet")
    assert local_hub.available() == ("acme/sums",)
    assert [seed.statement for seed in read("acme/sums", format="hf")] == [GSM["question"]]
    assert [seed.statement for seed in read("acme/sums", format="hf", split="test")] == ["Held out?"]
    with pytest.raises(BadInput, match=r"nothing is fetched.*acme/sums"):
        list(read("acme/other", format="hf"))


def test_a_data_set_saved_by_the_datasets_package_is_read(tmp_path):
    import datasets

    datasets.Dataset.from_list([MATH]).save_to_disk(str(tmp_path / "saved"))
    (seed,) = read(tmp_path / "saved", format="hf")
    assert (seed.statement, seed.subject) == ("Find $1+1$.", "Algebra")


def test_a_file_of_200_megabytes_needs_little_memory(tmp_path):
    path = tmp_path / "big.jsonl"
    row = json.dumps({"question": "y" * 9_900, "answer": "1"}) + "\n"
    with path.open("w") as file:
        for number in range(20_500):
            file.write(row.replace("yyyyyy", f"{number:06}", 1))
    assert path.stat().st_size > 200_000_000
    program = (
        "import resource, sys; from engine.seeds import read\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "count = sum(1 for _ in read(sys.argv[1]))\n"
        "print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    count, kilobytes = map(int, done.stdout.split())
    assert count == 20_500
    assert kilobytes < 30_000


words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=60)


@settings(deadline=None)
@given(st.lists(st.tuples(words, words), min_size=1, max_size=8))
def test_csv_and_json_lines_give_back_any_text(tmp_path_factory, pairs):
    pairs = [(q, a) for q, a in pairs if q.strip() and a.strip() and "####" not in a and extract_answer(a) is None]
    pairs = [(q, a) for q, a in pairs if not says_no_answer(a)]
    if not pairs:
        return
    folder = tmp_path_factory.mktemp("any")
    rows = [{"question": q, "answer": a} for q, a in pairs]
    expected = [(q.strip(), a.strip()) for q, a in pairs]
    assert [(s.statement, s.answer) for s in read(lines(folder / "a.jsonl", rows))] == expected
    with (folder / "a.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerows([("question", "answer"), *pairs])
    got = [(s.statement, s.answer) for s in read(folder / "a.csv", format="csv")]
    assert got == expected


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_rows_or_a_clear_error(tmp_path_factory, body):
    path = tmp_path_factory.mktemp("bytes") / "any.bin"
    path.write_bytes(body)
    with contextlib.suppress(BadInput):
        assert list(read(path))


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from([GSM, MATH, TAL, {"prompt": "1?", "points": "a"}]), st.data())
def test_a_row_of_any_shape_is_a_seed_or_a_refusal_and_never_a_crash(tmp_path_factory, good, data):
    field = data.draw(st.sampled_from(sorted(good)))
    path = tmp_path_factory.mktemp("shape") / "a.jsonl"
    path.write_text(json.dumps(good) + "\n" + json.dumps(good | {field: data.draw(values)}) + "\n")
    mapping = {"points": "points"} if "points" in good else {}
    first, second = read(path, mapping=mapping)
    assert isinstance(first, Seed)
    assert isinstance(second, Seed | RefusedRow)


@pytest.mark.parametrize(
    ("value", "text"),
    [(145.0, "145"), (1234567.5, "1234567.5"), (1e20, "100000000000000000000"), (["1", 2.0], "1, 2"), (True, "True")],
)
def test_answers_that_are_no_text_become_what_a_person_would_write(tmp_path, value, text):
    (seed,) = read(lines(tmp_path / "v.jsonl", [{"question": "q?", "answer": value}]))
    assert seed.answer == text


def test_guesses_come_with_candidates(tmp_path):
    path = lines(tmp_path / "c.jsonl", [{"prompt": "1?", "question": "2?", "final_answer": "3", "tags": ["a"]}])
    guesses = {guess.field: guess for guess in preview(path).guesses}
    assert (guesses["statement"].column, guesses["statement"].candidates) == ("question", ("question", "prompt"))
    assert guesses["answer"].column == "final_answer"
    assert (guesses["points"].column, guesses["points"].candidates) == (None, ("tags",))
