"""The twelve agents of FLAMES: listed, described, callable, and driven on the embedded engine."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import get_args

import pytest

from engine.core import prompts
from engine.core.protocol import Item, Reply, Sampling
from engine.core.records import ItemDone, Problem, ReplyRow, Seed
from engine.core.settings import Flames, RecipeSettings, Sampled
from engine.generation import agents
from engine.generation.agents.writing import AgentInfo, Category, Draft, Needs, WritingSource
from engine.generation.recipes import load
from engine.generation.record_factory import RecordFactory
from engine.runs.plan import GeneratePlan, load_plan_as, save_plan
from tests.support.driving import Drive
from tests.support.talks import play

CATEGORIES = {
    "Few-Shot": "in-domain practice",
    "Paraphrasing": "in-domain practice",
    "Key Concepts": "in-domain practice",
    "Seeded Key Concepts": "in-domain practice",
    "Suggester-Editor": "in-domain complexity",
    "IQC": "in-domain complexity",
    "Ask Me Anything": "robustness",
    "Self-Verification": "robustness",
    "FOBAR": "robustness",
    "QFT": "out-of-domain",
    "Taxonomy-Based Key Concepts": "out-of-domain",
    "Distraction Insertion": "robustness",
}
STEMS = (
    "few_shot", "paraphrasing", "key_concepts", "seeded_key_concepts", "suggester_editor", "iqc", "ask_me_anything",
    "self_verification", "fobar", "qft", "taxonomy_key_concepts", "distraction_insertion",
)  # fmt: skip
SEED = Seed.make(
    "gsm8k",
    "Ann buys 3 pens. Each pen costs $2. How much does she pay?",
    solution="She pays $3 \\cdot 2 = \\boxed{6}$.",
    answer="6",
)
SOURCE = WritingSource((SEED,), ("gsm8k",), "Arithmetic > Whole numbers", "T-0000000000000000")
HARDER = "Problem:\nAnn buys 3 pens at $2 each and pays with a note of $20. How much change does she get back?"
CONCEPTS = "1. Ratios\n2. Rates\n3. Averages\n4. Percentages"
REPLIES: dict[str, tuple[str, ...]] = {
    "few_shot": (HARDER,),
    "paraphrasing": (HARDER,),
    "key_concepts": (CONCEPTS, HARDER),
    "seeded_key_concepts": (CONCEPTS, HARDER),
    "suggester_editor": ("1. Let her pay with a note.\n2. Ask for the change.", HARDER),
    "iqc": (f"{HARDER}\nSolution: The pens cost $6$, so $\\boxed{{14}}$ is left.\nAnswer: 14",),
    "ask_me_anything": (
        "Statement: Ann buys 3 pens at $2 each and pays $6.\n"
        "Target: 3\nQuestion: Ann buys pens at $2 each and pays $6. How many pens does she buy?\n"
        "Target: 6\nQuestion: Ann buys 3 pens at $2 each. How much does she pay?",
    ),
    "self_verification": ("Statement: She pays $6.",),
    "fobar": (),
    "qft": ("What is the sum of the first 20 odd numbers?",),
    "taxonomy_key_concepts": (CONCEPTS, HARDER),
    "distraction_insertion": (
        "Problem:\nAnn buys 3 pens. Each pen costs $2. A ruler costs $5. How much does she pay?",
    ),
}
WITHOUT_INTERMEDIATE = {"few_shot", "paraphrasing", "qft"}


def _sample(salt: object) -> Sampling:
    return Sampling(seed=len(str(salt)))


def test_fl01_the_registry_holds_exactly_the_twelve():
    """FL-01: twelve agents by name, in the order of the paper."""
    assert tuple(agent.card.name for agent in agents.FLAMES) == tuple(CATEGORIES)
    assert tuple(agent.name for agent in agents.FLAMES) == STEMS
    assert set(agents.FLAMES) <= set(agents.BY_NAME.values()) <= set(agents.AGENTS)


@pytest.mark.parametrize("agent", agents.FLAMES, ids=STEMS)
def test_fl01_every_agent_says_what_it_is(agent):
    """FL-01: name, category, input kind, number of calls, prompt versions, source paper."""
    card: AgentInfo = agent.card
    assert card.category == CATEGORIES[card.name]
    assert card.category in get_args(Category)
    assert card.needs in get_args(Needs)
    assert card.calls
    assert card.paper
    hashes = prompts.hashes()
    assert all(len(hashes[prompt]) == 12 for prompt in agent.prompts)


@pytest.mark.parametrize("stem", STEMS)
def test_fl01_every_agent_can_be_called(stem):
    """FL-01: each writes from a table of replies, with no more calls than replies."""
    played = play(agents.BY_NAME[stem].talk(SOURCE, _sample, Flames()), REPLIES[stem])
    assert played.failure is None
    assert len(played.chats) == len(REPLIES[stem])
    assert played.result
    for draft in played.result:
        assert isinstance(draft, Draft)
        assert len(draft.statement) >= 20
        assert (draft.reply is None) == (not REPLIES[stem])
        assert draft.prompt in (*prompts.hashes(), "")


@pytest.mark.parametrize("stem", STEMS)
def test_fl14_every_intermediate_object_is_written(stem):
    """FL-14: concepts, suggestions, statements, masked questions, distractors come along with the draft."""
    chosen = Flames(compositions=2)
    replies = REPLIES[stem]
    if stem == "iqc":
        further = HARDER.replace("a note of $20", "two notes of $20")
        replies = (*replies, f"{further}\nSolution: $40 - 6 = \\boxed{{34}}$.\nAnswer: 34")
    played = play(agents.BY_NAME[stem].talk(SOURCE, _sample, chosen), replies)
    for draft in played.result:
        assert bool(draft.notes) == (stem not in WITHOUT_INTERMEDIATE)
        assert all(note.name and note.text for note in draft.notes)


@pytest.mark.parametrize("stem", [stem for stem in STEMS if stem != "qft"])
def test_fl15_requests_are_sampled_as_the_run_says(stem):
    """FL-15: 0.7 / 0.9 / 50 / 1 / 2,048 unless the run says otherwise; calls of one item differ in their seed."""
    drawn = Sampled()
    default = (drawn.temperature, drawn.top_p, drawn.top_k, drawn.repetition_penalty, drawn.max_tokens)
    assert default == (0.7, 0.9, 50, 1.0, 2048)
    salts: list[object] = []

    def sample(salt: object) -> Sampling:
        salts.append(salt)
        return Sampling(*default, seed=len(salts))

    played = play(agents.BY_NAME[stem].talk(SOURCE, sample, Flames()), REPLIES[stem])
    assert len(set(map(str, salts))) == len(salts)
    for chat in played.chats:
        s = chat.sampling
        assert (s.temperature, s.top_p, s.top_k, s.repetition_penalty, s.max_tokens) == default
    assert len({chat.sampling.seed for chat in played.chats}) == len(played.chats)


@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize("run", ["\n", "*\n", "Target: ", " "])
def test_a_reply_that_loops_to_its_end_holds_nobody_up(stem, run):
    """Readers run between the calls of all items: a model that fell into a loop must not stop a run."""
    began = time.process_time()
    play(agents.BY_NAME[stem].talk(SOURCE, _sample, Flames(), 0), lambda chat: f"Problem{run * 3000}:")
    assert time.process_time() - began < 2.0


def _item(stem: str, number: int) -> Item:
    def way():
        drafts = yield from agents.BY_NAME[stem].talk(
            SOURCE, lambda salt: Sampling(seed=1000 * number + len(str(salt))), Flames()
        )
        for at, draft in enumerate(drafts):
            reply: Reply | None = draft.reply
            yield Problem(
                id=f"P-{stem}-{number}-{at}", run_id="run", item_id=f"{stem}-{number}", statement=draft.statement,
                agent=stem, model=reply.model if reply else "", prompt_id=draft.prompt,
                reply_id=reply.id if reply else None, answer=draft.answer,
            )  # fmt: skip
        return "written"

    return Item(f"{stem}-{number}", way)


def test_fl01_fl15_all_twelve_run_on_the_embedded_engine(tmp_path: Path):
    """FL-01, FL-15: driven for real, each writes problems, and every reply is kept with how it was sampled."""
    drive = Drive(tmp_path, "http://unused", roles={
        "writer": "abacus:abacus-large", "question_writer": "abacus:abacus-small",
    })  # fmt: skip
    drive.run([_item(stem, number) for stem in STEMS for number in range(6)])
    written = {problem.agent for problem in drive.rows(Problem)}
    assert written == set(STEMS)
    done = {row.item_id: row.outcome for row in drive.rows(ItemDone)}
    assert len(done) == 6 * len(STEMS)
    assert sum(outcome == "written" for outcome in done.values()) >= 0.8 * len(done)
    rows = drive.rows(ReplyRow)
    for row in rows:
        sampled = json.loads(row.sampling)
        wide = row.role == "question_writer"
        assert (sampled["temperature"], sampled["top_p"], sampled["max_tokens"]) == (
            (1.0, 0.99, 1024) if wide else (0.7, 0.9, 2048)
        )
        assert (sampled["top_k"], sampled["repetition_penalty"]) == (50, 1.0)
    assert {row.prompt_id for row in rows if row.role == "question_writer"} == {"agents/qft"}


@pytest.mark.parametrize("stem", STEMS)
def test_a_plan_says_what_ran_well_enough_to_ask_it_again(stem, tmp_path: Path):
    """X-02: from plan.json alone, name and settings, comes the same talk with the very same requests."""
    chosen = Flames(shares={stem: 100.0}, examples=2)
    recipe = load("flames").model_copy(update={"settings": RecipeSettings(flames=chosen), "seed": 7})
    save_plan(tmp_path, GeneratePlan(id="run", recipe=recipe))
    again = load_plan_as(tmp_path, GeneratePlan)
    (name,) = again.recipe.settings.flames.shares
    requests = []
    for plan in (GeneratePlan(id="run", recipe=recipe), again):
        factory = RecordFactory(plan, "item")
        talk = agents.BY_NAME[name].talk(SOURCE, factory.sampling, plan.recipe.settings.flames, factory.reread)
        played = play(talk, REPLIES[stem])
        requests.append([chat.request_id("a:b") for chat in played.chats])
    assert requests[0] == requests[1]
    assert len(requests[0]) == len(REPLIES[stem])
