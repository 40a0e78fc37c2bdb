"""The embedded engine as suggester, editor, composer, questioner, and as writer and judge of distractions."""

import asyncio
import gzip
import json
import random
import zlib
from pathlib import Path

import pytest

from engine.abacus import telling, workshop
from engine.abacus.backend import Abacus
from engine.core.errors import UnreadableReply
from engine.core.protocol import Sampling
from engine.core.records import Seed
from engine.core.settings import Flames
from engine.generation import agents
from engine.generation.agents.writing import WritingSource
from engine.generation.judges import distraction
from engine.verification.answers import equivalent
from tests.support.talks import play

ROOT = Path(__file__).resolve().parents[2]
GSM8K = ROOT.parent / "shared" / "data" / "gsm8k" / "train.jsonl.gz"
STEMS = ("suggester_editor", "iqc", "ask_me_anything", "self_verification", "fobar", "distraction_insertion")


def _write(stem, seed, model="abacus-large", **chosen):
    """Have an agent write from a seed, with the embedded engine answering every chat."""
    engine = Abacus()

    def sample(salt):
        return Sampling(seed=zlib.crc32(repr((seed.id, salt)).encode()))

    def answer(chat):
        return asyncio.run(engine.complete(chat.plain(), model)).text

    return play(agents.BY_NAME[stem].talk(WritingSource(seeds=(seed,)), sample, Flames(**chosen)), answer)


def _known(count, salt=0):
    """Seeds that the engine can solve, with their worked solutions."""
    rng = random.Random(salt)
    made = [workshop.write((rng.choice(workshop.all_points()),), rng) for _ in range(count)]
    return [Seed.make("made", w.statement, solution="\n".join(w.worked.steps), answer=w.worked.answer) for w in made]


def _chinese():
    lines = (ROOT / "data" / "seeds" / "zh_primary.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Seed.make("zh", r["problem"], solution=r["solution"], answer=r["answer"], language="zh") for r in rows]


def test_fl06_edited_problems_are_harder_and_can_be_solved():
    """FL-06: a problem of one step becomes one of several; those without a flaw have an answer."""
    harder = solved = 0
    for seed in _known(40):
        played = _write("suggester_editor", seed, edit_rounds=1)
        statement = played.result[0].statement
        solved += workshop.solve(statement) is not None
        harder += (workshop.difficulty_of(statement) or 0) > workshop.difficulty_of(seed.statement)
    assert solved >= 28
    assert harder >= 30


def test_fl06_an_edited_problem_has_flaws_at_times():
    """FL-06: reviewers have something to find, more of it from the careless persona."""
    flawed = {}
    for model in ("abacus-small", "abacus-large"):
        written = [_write("suggester_editor", seed, model).result for seed in _known(60, 1)]
        flawed[model] = sum(bool(workshop.inspect(d[0].statement, ()).flaw) for d in written if d)
    assert flawed["abacus-small"] > flawed["abacus-large"] > 0


def test_an_embedding_has_the_given_problem_as_its_first_step():
    rng = random.Random(5)
    done = 0
    for seed in _known(40, 2):
        written = workshop.embed(seed.statement, rng)
        if written is None:
            continue
        done += 1
        assert set(workshop.points_of(seed.statement)) < set(written.points)
        known = [step for step in written.worked.steps if step[:4] == "So $" and step.endswith(f" = {seed.answer}$.")]
        assert known
        assert written.difficulty > workshop.difficulty_of(seed.statement)
    assert done >= 28


def test_fl07_compositions_chain_and_are_mostly_right():
    """FL-07: the answer of a composition is what the engine finds by solving its statement; some are wrong."""
    right = wrong = 0
    for seed in _known(60, 3):
        played = _write("iqc", seed, "abacus-small", compositions=2)
        (draft,) = played.result
        assert [note.name for note in draft.notes] == ["composed draft", "draft solution"]
        worked = workshop.solve(draft.statement)
        if worked:
            same = equivalent(worked.answer, draft.answer)
            right, wrong = right + same, wrong + (not same)
    assert right >= 30
    assert wrong >= 3


def test_fl07_unknown_problems_are_gone_on_with_from_their_answer():
    """FL-07: the further step is computed from the answer that came with the problem."""
    seed = Seed.make("s", "Ida has 3 pens and a dozen cats. How many legs?", solution="12 * 4 + 2", answer="50")
    played = _write("iqc", seed)
    (draft,) = played.result
    assert draft.statement.startswith(seed.statement)
    onward = draft.statement.rpartition("What is $")[2].removesuffix("$?")
    factor, summand = (int("".join(filter(str.isdigit, part))) for part in onward.split("+"))
    assert draft.answer == str(50 * factor + summand)


def test_fl08_every_number_is_asked_for_and_a_spoilt_block_costs_only_itself():
    """FL-08: as many problems as numbers before the question, and the original."""
    seed = Seed.make("s", "A shelf holds 12 red and 7 blue books. How many books are there?", answer="19")
    counts = set()
    for number in range(40):
        drafts = _write("ask_me_anything", Seed.make(f"s{number}", seed.statement, answer="19"), "abacus-small").result
        counts.add(len(drafts))
        if len(drafts) == 3:
            assert drafts[0].statement == (
                "A shelf holds k red and 7 blue books. The answer to the question"
                " “How many books are there?” is 19. What is k?"
            ) or drafts[0].statement.startswith("A shelf holds k red and 7 blue books. There are 19 books.")
            assert drafts[2].statement == seed.statement
    assert counts >= {2, 3}


def test_fl13_distractions_mostly_leave_the_answer_alone_and_judges_veto_the_rest():
    """FL-13: the engine re-solves what its own idle sentences lengthen; sentences that meddle are found."""
    engine = Abacus()
    vetoes = meddled = kept = idle = 0
    for seed in _known(80, 4):
        drafts = _write("distraction_insertion", seed, "abacus-small").result
        if not drafts:
            continue
        longer = drafts[0].statement
        talk = distraction.judge(seed.statement, longer, "judge", Sampling(seed=zlib.crc32(longer.encode())))
        ruling = play(talk, lambda chat: asyncio.run(engine.complete(chat.plain(), "abacus-judge-a")).text).result
        if telling.meddles(longer):
            meddled, vetoes = meddled + 1, vetoes + (not ruling.unchanged)
        else:
            idle, kept = idle + 1, kept + ruling.unchanged
            worked = workshop.solve(longer)
            assert worked is None or equivalent(worked.answer, seed.answer)
    assert meddled >= 10
    assert vetoes >= 0.8 * meddled
    assert kept >= 0.85 * idle


def test_fl13_a_judge_names_what_changed(ask):
    """FL-13: another answer, a lost number, another question; the reason says which."""
    gcd = "Find the greatest common divisor of $84$ and $126$."
    for changed, unchanged, words in (
        (f"Omar has already solved 5 other problems today. {gcd}", True, "give $42$"),
        ("Find the greatest common divisor of $84$ and $128$.", False, "the second $4$"),
        (f"{telling.MEDDLING[0]} {gcd}", False, "changes every quantity"),
        ("What of 84?", False, "The number 126"),
        ("Of $84$ and $126$, which is larger?", False, "the same question"),
        (f"A cat sleeps. {gcd} Take your time.", False, "the same question"),
        ("", False, "empty"),
    ):
        replies = ask("judges/distraction", "abacus-judge-a", seeds=range(12), original=gcd, changed=changed)
        fair = [r.text for r in replies if not json.loads(r.aside)["slip"] and r.text.startswith("Unchanged: ")]
        assert len(fair) >= 8
        assert all(distraction.read(text)[0] is unchanged and words in text for text in fair), changed


@pytest.mark.parametrize("stem", ["suggester_editor", "iqc", "ask_me_anything", "distraction_insertion"])
def test_what_asks_for_nothing_is_refused_in_words_that_no_reader_takes_for_a_problem(stem):
    seed = Seed.make("s", "The cat sat on the mat all day long.", solution="It slept.", answer="a cat")
    assert isinstance(_write(stem, seed).failure, UnreadableReply)


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("Find the sum of $3$ and $4$.", "The sum of $3$ and $4$ is 7."),
        ("What is the area?", "The area is 7."),
        ("How many books are there?", "There are 7 books."),
        ("How many pens are left?", "7 pens are left."),
        ("How much did she earn?", "The answer to the question “How much did she earn?” is 7."),
        ("她一共看了多少页？", "她一共看了7页。"),
        ("还剩几个？", "还剩7个。"),
        ("求三角形的面积。", "三角形的面积等于7。"),
        ("谁最高？", "“谁最高”的答案是7。"),
    ],
)
def test_fl09_questions_become_statements(ask, question, statement):
    """FL-09: one declarative sentence; in a share of the replies it tells another answer."""
    replies = ask("agents/self_verification", seeds=range(30), question=question, answer="7")
    said = [reply.text for reply in replies]
    assert said.count(f"Statement: {statement}") >= 24


@pytest.mark.parametrize("stem", STEMS)
def test_chinese_seeds_are_written_from_in_chinese(stem):
    """FL-06 to FL-10 and FL-13: the shipped Chinese seeds give Chinese problems."""
    written = [_write(stem, seed) for seed in _chinese()]
    drafts = [draft for played in written for draft in played.result or ()]
    assert sum(played.failure is None for played in written) >= 0.75 * len(written)
    assert all(telling.chinese(draft.statement) for draft in drafts)
    assert len(drafts) >= 20


@pytest.mark.real_data
@pytest.mark.skipif(not GSM8K.exists(), reason="the optional folder ../shared/data is not there")
@pytest.mark.parametrize(("stem", "share"), list(zip(STEMS, (0.98, 0.95, 0.95, 0.85, 0.95, 0.95), strict=True)))
def test_real_seeds_that_nobody_here_can_solve_are_written_from(stem, share):
    """FL-06 to FL-10 and FL-13: text alone is enough for almost every problem of GSM8K."""
    with gzip.open(GSM8K, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for _, line in zip(range(120), lines, strict=False)]
    seeds = [
        Seed.make("gsm8k", row["question"], solution=solution, answer=answer.strip().replace(",", ""))
        for row in rows
        for solution, _, answer in [row["answer"].rpartition("####")]
    ]
    written = [_write(stem, seed) for seed in seeds]
    assert sum(played.failure is None for played in written) >= share * len(seeds)
    for seed, played in zip(seeds, written, strict=True):
        for draft in played.result or ():
            assert draft.notes
            if stem == "distraction_insertion":
                assert draft.answer == seed.answer
