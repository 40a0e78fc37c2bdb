"""The embedded engine at the tasks of Few-Shot, Paraphrasing, the key-concept agents and QFT."""

import asyncio
import gzip
import json
import random
import re
from collections import Counter
from pathlib import Path

import pytest

from engine.abacus import rewording, workshop
from engine.abacus.backend import Abacus
from engine.abacus.personas import PERSONAS
from engine.core import prompts
from engine.core.errors import UnreadableReply
from engine.core.protocol import Chat, Sampling
from engine.generation.agents import concepts, few_shot, paraphrasing, qft, statement
from engine.knowledge.coverage import paths
from engine.knowledge.taxonomy import Taxonomy

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
GCD = "Find the greatest common divisor of $84$ and $126$."
PENS = "Ann buys 3 pens for $2 each. How much does she pay?"
ZH = "小明有3个苹果，妈妈又给他5个，他一共有多少个苹果？"
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def _shown(*examples):
    return "\n\n".join(f"Example {number}:\n{text}" for number, text in enumerate(examples, 1))


def _read(replies, read):
    """Return what could be read with the truth beside it, and how many replies could not be read."""
    good, lost = [], 0
    for reply in replies:
        try:
            good.append((read(reply.text), json.loads(reply.aside)))
        except UnreadableReply:
            lost += 1
    return good, lost


def test_fl11_nothing_said_is_answered_with_a_free_problem(ask):
    """FL-11: an empty user turn gets a bare problem, another one with every seed, from any persona."""
    for persona in PERSONAS:
        good, lost = _read(ask("agents/qft", persona.name, seeds=range(60)), qft.read)
        assert lost <= 3
        assert len({text for text, _ in good}) >= 55
        assert not any(text.startswith("Problem") for text, _ in good)
        for text, truth in good:
            if truth["flaw"] is None and not truth.get("unreadable"):
                assert workshop.solve(text).answer == truth["answer"]


def test_fl11_the_problem_depends_on_seed_and_persona_alone(ask):
    """FL-11 and X-01: equal requests get equal replies; words of any kind are no empty turn."""
    assert ask("agents/qft", seeds=range(5)) == ask("agents/qft", seeds=range(5))
    assert ask("agents/qft", "abacus-small") != ask("agents/qft", "abacus-large")
    template = prompts.load("agents/qft")
    hello = (template.fill()[0].__class__("user", "hello"),)
    reply = asyncio.run(Abacus().complete(Chat("w", hello, template.ref, Sampling()), "abacus-large"))
    assert "without a 'Task:' line" in reply.text


def test_fl02_examples_become_a_new_problem_of_their_kind(ask):
    """FL-02: with a known example mostly its own kind with other numbers; lead-ins and copies occur and are caught."""
    replies = ask("agents/few_shot_similar", "abacus-small", seeds=range(150), examples=_shown(GCD))
    good, lost = _read(replies, lambda text: few_shot.read(text, [GCD]))
    copied = sum("copied" in reply.aside for reply in replies)
    assert copied
    assert lost >= copied
    kinds = Counter("Greatest common divisor" in truth["points"] for _, truth in good)
    assert kinds[True] > 0.8 * len(good)
    assert any(not reply.text.startswith("Problem:") for reply in replies)
    assert not any("new problem" in text.lower() for text, _ in good)
    for text, truth in good:
        if truth["flaw"] is None and not truth.get("unreadable"):
            assert workshop.solve(text).answer == truth["answer"]


@pytest.mark.parametrize("example", [PENS, ZH, "What is the airspeed of a swallow?"])
def test_fl02_unknown_examples_give_a_problem_on_what_they_are_about(ask, example):
    """FL-02: seeds that Abacus cannot solve, in English or Chinese, still lead to a problem of its own."""
    good, lost = _read(
        ask("agents/few_shot_similar", seeds=range(40), examples=_shown(example)), lambda t: few_shot.read(t, [example])
    )
    assert len(good) >= 34
    assert lost <= 6
    assert sum(truth["flaw"] is None for _, truth in good) >= 24


def test_fl03_a_known_problem_keeps_its_answer_in_other_words(ask):
    """FL-03: the paraphrase solves to the same answer, but for slips, which are told aside."""
    rng = random.Random(5)
    points = workshop.all_points()
    slips = kept = 0
    for seed in range(120):
        written = workshop.write(rng.sample(points, rng.choice((1, 2))), rng)
        (reply,) = ask("agents/paraphrasing", "abacus-small", seeds=(seed,), problem=written.statement)
        truth = json.loads(reply.aside)
        assert truth["answer"] == written.worked.answer
        try:
            text = paraphrasing.read(reply.text, written.statement)
        except UnreadableReply:
            continue
        if truth["slip"]:
            slips += 1
            continue
        again = workshop.solve(text)
        kept += again is not None and again.answer == written.worked.answer
    assert 3 <= slips <= 35
    assert kept >= 0.85 * (120 - slips)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (PENS, "how much does she pay"),
        (ZH, "多少个苹果"),
        ("求 $3 \\times 4$ 的值。", "$3 \\times 4$"),
        ("Compute $2^{10}$.", "$2^{10}$"),
        (
            "Find $x$ if $\\text{find } x = 3$ [asy]draw((0,0)--(1,1)); // find[/asy].",
            "[asy]draw((0,0)--(1,1)); // find[/asy]",
        ),
    ],
)
def test_fl03_an_unknown_problem_keeps_numbers_and_formulas(problem, words):
    """FL-03: other words, the same facts; formulas and drawings are left alone."""
    for seed in range(20):
        text = rewording.reword(problem, random.Random(seed))
        assert statement.fold(text) != statement.fold(problem)
        assert sorted(NUMBER.findall(text)) == sorted(NUMBER.findall(problem))
        assert words in text


def test_a_slip_changes_one_number():
    text = rewording.misquote(PENS, random.Random(1))
    assert sum(a != b for a, b in zip(NUMBER.findall(text), NUMBER.findall(PENS), strict=True)) == 1
    assert rewording.misquote("What is the airspeed of a swallow?", random.Random(1)) is None


@pytest.mark.parametrize(
    ("topic", "some"),
    [
        ("Geometry > Circles", {"Area of a circle", "Circumference of a circle", "Equation of a circle"}),
        ("Probability and statistics > Conditional probability", {"Conditional probability"}),
        ("Linear algebra > Determinants", {"Determinants", "Cofactor expansion"}),
        ("代数 > 勾股定理", {"Pythagorean theorem"}),
    ],
)
def test_fl12_a_topic_gets_its_own_concepts(ask, topic, some):
    """FL-12: the concepts belong to the topic, at most as many as asked for."""
    for reply in ask("agents/taxonomy_key_concepts_list", "abacus-judge-a", seeds=range(12), topic=topic, limit=12):
        if "unreadable" in reply.aside:
            continue
        names = concepts.read(reply.text, 12)
        assert 8 <= len(names) <= 12
        assert some & set(names)


def test_fl12_every_topic_of_the_shipped_taxonomy_gives_concepts_and_a_problem(ask):
    """FL-12: no topic is a dead end."""
    for seed, topic in enumerate(paths(Taxonomy.load())):
        (reply,) = ask("agents/taxonomy_key_concepts_list", seeds=(seed,), topic=topic, limit=12)
        assert len(json.loads(reply.aside)["points"]) >= 8
        listed = prompts.listed(json.loads(reply.aside)["points"][:3])
        (written,) = ask("agents/taxonomy_key_concepts_write", seeds=(seed,), topic=topic, concepts=listed, count=3)
        assert json.loads(written.aside)["points"]


def test_fl04_domains_differ(ask):
    """FL-04: grade school and competition mathematics do not share their concepts; any domain has some."""

    def named(domain):
        replies = ask("agents/key_concepts_list", seeds=range(30), domain=domain, limit=15)
        return {name for reply in replies for name in json.loads(reply.aside)["points"]}

    school, contest = named("gsm8k-style problems"), named("competition mathematics olympiad")
    assert len(school & contest) < 0.5 * min(len(school), len(contest))
    assert len(named("alchemy")) > 50


def test_fl05_concepts_of_a_seed_are_those_of_the_problem(ask):
    """FL-05: the first call of Seeded Key Concepts names what the seed rests on; nothing given, nothing named."""
    for reply in ask("agents/seeded_key_concepts_list", seeds=range(10), problem=GCD, solution="42", limit=8):
        assert "Greatest common divisor" in json.loads(reply.aside)["points"]
    (reply,) = ask("agents/key_concepts_list", domain="", limit=5)
    assert "no concepts to name" in reply.text


@pytest.mark.parametrize("prompt", ["key_concepts_write", "seeded_key_concepts_write", "taxonomy_key_concepts_write"])
def test_fl04_concepts_become_a_problem_and_no_concepts_none(ask, prompt):
    """FL-04, FL-05, FL-12: two to ten concepts give one problem after the marker."""
    rng = random.Random(2)
    holes = {"key_concepts_write": {"domain": "x"}, "taxonomy_key_concepts_write": {"topic": "x"}}.get(prompt, {})
    for seed in range(25):
        names = rng.sample((*workshop.all_points(), "Hensel lifting", "勾股定理"), rng.randint(2, 10))
        listed = prompts.listed(names)
        (reply,) = ask(f"agents/{prompt}", seeds=(seed,), concepts=listed, count=len(names), **holes)
        assert reply.text.startswith("Problem:")
    (reply,) = ask(f"agents/{prompt}", concepts="", count=0, **holes)
    assert "no concepts" in reply.text


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("file", "field"),
    [("gsm8k/train.jsonl.gz", "question"), ("knowledge_points/tal_scq5k/ch_single_choice_test_2K.jsonl.gz", "problem")],
)
def test_fl03_real_problems_are_reworded_with_all_their_numbers(file, field):
    """FL-03: 500 problems of GSM8K and of TAL (Chinese) get other words and keep every number."""
    path = DATA / file
    if not path.exists():
        pytest.skip(f"no real data at {path}")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        problems = [json.loads(line)[field] for _, line in zip(range(500), lines, strict=False)]
    for seed, problem in enumerate(problems):
        text = rewording.reword(problem, random.Random(seed))
        assert sorted(NUMBER.findall(text)) == sorted(NUMBER.findall(problem))
        assert paraphrasing.read(f"Problem:\n{text}", problem)
