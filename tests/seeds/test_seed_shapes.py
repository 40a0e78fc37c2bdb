"""Rows in the shapes that others write: nothing of a problem is lost, and nothing is guessed."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.records import Seed
from engine.seeds import RefusedRow, preview, read, survey
from engine.seeds.options import chosen, options_of, options_within
from engine.seeds.topic_paths import parts, slashes_part
from tests.support.seed_shapes import CONVERSATIONS, NO_CHOICE, OPTIONS, PARTS, REAL_ANSWERS, SENTINELS, TOPICS


def seeds_of(tmp_path, rows, **how):
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return list(read(path, **how))


@pytest.mark.parametrize("name", PARTS)
def test_both_halves_of_a_problem_are_in_its_seed(tmp_path, name):
    rows, wanted = PARTS[name]
    found = seeds_of(tmp_path, rows)
    assert len(found) == len(wanted)
    assert len({seed.id for seed in found}) == len(wanted)
    for seed, (texts, answer) in zip(found, wanted, strict=True):
        places = [seed.statement.find(text) for text in texts]
        assert -1 not in places
        assert places == sorted(places)
        assert seed.answer.removesuffix(" (pears)") == answer
        assert seed.statement.count(texts[-1]) == 1


@pytest.mark.parametrize("name", OPTIONS)
def test_options_are_shown_and_the_answer_is_a_letter(tmp_path, name):
    row, options, letter, text = OPTIONS[name]
    (seed,) = seeds_of(tmp_path, [row])
    assert seed.answer == letter
    assert options_within(seed.statement) == dict(options) or [label for label, _ in options] == ["1", "2"]
    assert all(shown in seed.statement for _, shown in options)
    assert ", ".join(dict(options)[label] for label in letter) == text


@pytest.mark.parametrize("name", NO_CHOICE)
def test_an_answer_that_is_none_of_the_options_is_no_answer(tmp_path, name):
    row = NO_CHOICE[name]
    (seed,) = seeds_of(tmp_path, [row])
    assert seed.answer is None
    assert "(A) " in seed.statement
    (shown,) = preview(tmp_path / "rows.jsonl").rows
    assert row["answer"] is None or str(row["answer"]) in shown.note


def test_numbers_count_from_where_the_file_shows_it(tmp_path):
    one = [{"question": f"{n}?", "option1": "x", "option2": "y", "answer": n} for n in ("1", "2")]
    assert [seed.answer for seed in seeds_of(tmp_path, one)] == ["A", "B"]
    zero = [{"question": f"{n}?", "option1": "x", "option2": "y", "answer": n} for n in ("1", "0")]
    assert [seed.answer for seed in seeds_of(tmp_path, zero)] == ["B", "A"]


@settings(deadline=None)
@given(st.lists(st.text(alphabet="abcxyz", min_size=1, max_size=5), min_size=2, max_size=6, unique=True), st.data())
def test_every_way_to_name_an_option_names_it(texts, data):
    place = data.draw(st.integers(0, len(texts) - 1))
    letter = "ABCDEF"[place]
    found = options_of({"options": texts})
    ways = [
        place,
        letter,
        f"({letter})",
        f"{letter}.",
        f"{letter}. {texts[place]}",
        f"Option {letter}",
        rf"\boxed{{{letter}}}",
    ]
    single = [text for text in texts if len(text) > 1 or text.upper() not in "ABCDEF"]
    for said in ways + ([texts[place]] if texts[place] in single else []):
        assert chosen(found, said) == (letter, "") or texts[place].upper() in "ABCDEF" or said == texts[place]


@pytest.mark.parametrize("text", SENTINELS)
@pytest.mark.parametrize("solution", ["", "So it is \\boxed{7}."])
def test_a_word_for_no_answer_leaves_the_answer_to_the_solution(tmp_path, text, solution):
    (seed,) = seeds_of(tmp_path, [{"problem": "Show it.", "answer": text, "solution": solution}])
    assert seed.answer == ("7" if solution else None)
    (shown,) = preview(tmp_path / "rows.jsonl").rows
    assert bool(solution) or "no answer" in shown.note


@pytest.mark.parametrize("text", REAL_ANSWERS)
def test_an_answer_that_sounds_empty_stays(tmp_path, text):
    assert seeds_of(tmp_path, [{"problem": "Find it.", "answer": text}])[0].answer == text


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_conversations_are_read_back(tmp_path, name):
    row, statement, said, answer = CONVERSATIONS[name]
    (seed,) = seeds_of(tmp_path, [row])
    assert seed.statement == statement
    assert said in (seed.solution or "")
    assert (seed.answer or "") == answer


@pytest.mark.parametrize("name", TOPICS)
def test_topics_become_paths_where_they_are_paths(tmp_path, name):
    topics, paths = TOPICS[name]
    slashes = slashes_part(topics)
    assert [list(parts(topic, slashes)) for topic in topics] == paths
    found = seeds_of(tmp_path, [{"problem": f"{n}?", "topic": topic} for n, topic in enumerate(topics)])
    assert [seed.subject for seed in found] == [" > ".join(path) for path in paths]
    tagged = seeds_of(
        tmp_path, [{"problem": f"{n}?", "tag": one} for n, one in enumerate(topics)], mapping={"points": "tag"}
    )
    assert [seed.points for seed in tagged] == [(path[-1],) for path in paths]


@pytest.mark.parametrize(
    "row",
    [
        {"cate0": "Algebra", "cate1": "Equations", "cate2": "Linear"},
        {"level_1": "Algebra", "level_2": "Equations", "level_3": "Linear"},
        {"cat1": "Algebra", "cat2": "Equations", "cat3": "Linear"},
        {"topic_0": "Algebra", "topic_1": "Equations", "topic_2": "Linear"},
        {"category": "Algebra > Equations", "subcategory": "Linear"},
        {"subject": "Algebra->Equations", "sub_subject": "Linear"},
    ],
)  # fmt: skip
def test_levels_in_columns_of_their_own_are_one_path(tmp_path, row):
    (seed,) = seeds_of(tmp_path, [{"problem": "1?", **row}])
    assert seed.subject == "Algebra > Equations > Linear"
    assert preview(tmp_path / "rows.jsonl").unused == ()


FOLLOW_UPS = [
    {"problem": "Tom has 3 pears.", "answer": "3", "followup": "He eats 1. How many are left?", "followup_answer": "2"},
    {"problem": "Tom has 3 pears.", "answer": "3",
     "follow_up_questions": ["He eats 1. How many are left?"], "follow_up_answers": ["2"]},
    {"problem": "Tom has 3 pears.", "answer": "3",
     "sub_questions": [{"question": "He eats 1. How many are left?", "answer": "2"}]},
    {"context": "Tom has 3 pears.", "questions": [{"question": "He eats 1. How many are left?", "answer": 2}]},
    {"passage": "Tom has 3 pears.", "qa_pairs": [{"question": "He eats 1. How many are left?", "answer": "2"}]},
    {"messages": [
        {"role": "user", "content": "Tom has 3 pears."}, {"role": "assistant", "content": "\\boxed{3}"},
        {"role": "user", "content": "He eats 1. How many are left?"}, {"role": "assistant", "content": "\\boxed{2}"}]},
    {"conversations": [
        {"from": "human", "value": "Tom has 3 pears."}, {"from": "gpt", "value": "\\boxed{3}"},
        {"from": "human", "value": "He eats 1. How many are left?"}, {"from": "gpt", "value": "\\boxed{2}"}]},
    {"parent_question": "Tom has 3 pears.", "question": "He eats 1. How many are left?", "answer": "2"},
    {"main_problem": "Tom has 3 pears.", "question": "He eats 1. How many are left?", "answer": "2"},
]  # fmt: skip


@pytest.mark.parametrize("row", FOLLOW_UPS)
def test_a_question_that_follows_up_keeps_the_text_before_it(tmp_path, row):
    found = seeds_of(tmp_path, [{"id": "a", **row}])
    assert found[-1].statement == "Tom has 3 pears.\nHe eats 1. How many are left?"
    assert found[-1].answer == "2"
    assert [seed.answer for seed in found[:-1]] == ["3"] * (len(found) - 1)
    assert set(preview(tmp_path / "rows.jsonl").unused) <= {"id"}


def test_a_parent_is_found_by_its_id_or_missed_aloud(tmp_path):
    rows = [
        {"id": 1, "parent_id": None, "question": "Tom has 3 pears. How many?", "answer": "3"},
        {"id": 2, "parent_id": 1, "question": "And if he eats 1?", "answer": "2"},
        {"id": 3, "parent_id": 2, "question": "And if he eats another?", "answer": "1"},
        {"id": 4, "parent_id": 9, "question": "And then?", "answer": "0"},
    ]
    *found, lost = seeds_of(tmp_path, rows)
    assert found[2].statement == "Tom has 3 pears. How many?\nAnd if he eats 1?\nAnd if he eats another?"
    assert isinstance(lost, RefusedRow)
    assert lost.reason == "no parent"


def test_columns_that_go_into_no_seed_are_named(tmp_path):
    rows = [{"question": "1?", "answer": "1", "hint": "", "note": None}] * 300
    rows.append({"question": "2?", "answer": "2", "hint": "think", "figure": {"url": "x"}, "tags": ["a"]})
    seeds_of(tmp_path, rows)
    path = tmp_path / "rows.jsonl"
    assert survey(path).unused == ("hint", "figure.url", "tags")


values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
COLUMNS = [
    "question",
    "options",
    "choices",
    "answer",
    "messages",
    "prompt",
    "table",
    "context",
    "followup",
    "A",
    "B",
    "reward_model",
    "topic",
]


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(st.sampled_from(COLUMNS), values))
def test_a_row_of_any_columns_is_read_or_refused(tmp_path_factory, row):
    path = tmp_path_factory.mktemp("rows") / "a.jsonl"
    path.write_text(json.dumps({"problem": "1?", "answer": "1"}) + "\n" + json.dumps({"problem": "1+1?", **row}) + "\n")
    first, *rest = read(path)
    assert isinstance(first, Seed)
    assert rest
    assert all(isinstance(one, Seed | RefusedRow) for one in rest)
