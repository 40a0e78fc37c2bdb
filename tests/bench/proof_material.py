"""Everything that a proof needs, made on the studio's own road and put into one folder.

`lemma run` on the embedded engine writes, solves and judges, `lemma select` decides, `lemma export` writes the rows.
The embedded engine's careless persona writes and solves, so 3 of 10 problems carry a flaw and 1 solution of 5 is wrong
on purpose; three judges and two solutions a problem are what the studio has against that.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import Any

import orjson

from engine.abacus import workshop
from engine.abacus.families import ALL
from engine.core.files import write_atomically
from engine.core.records import Problem, Solution
from engine.learning.rounds import training_rows
from engine.learning.training.replay import Preference, TrainingExample, pair_of, row_of
from engine.runs import journal
from engine.verification.answers import equivalent
from studio.cli import main as command
from tests.bench.proof_figures import balanced
from tests.bench.proof_plan import SKILLS, HeldOut, ProofFolder, ProofPlan, planned

Lengths = Callable[[Sequence[TrainingExample]], list[int]]
_MOST_RUNS = 5
_LARGEST_HELD = 0.5
"""Size of the numbers in held-out problems, of 1: what is asked is method, not sums that no small model can do."""
_CARELESS, _JUDGES = "abacus:abacus-small", ("judge_a", "judge_b", "judge_c")
_ONE_HOP = ("one_hop=100", "two_hop=0", "three_hop=0", "community=0", "repeat_by_weight=true")


def prepare(folder: ProofFolder, plan: ProofPlan, lengths: Lengths, say: Callable[[str], None] = print) -> None:
    """Make rows for every seed and held-out problems for both skills; what is there already stays."""
    for skill, count in (("first", plan.held), ("second", plan.held_second)):
        if not (folder.root / f"held-{skill}.json").exists():
            drawn = held_out(SKILLS[skill], count, set())
            folder.put(f"held-{skill}.json", [asdict(one) for one in drawn])
    held = frozenset(one.statement for skill in SKILLS for one in folder.held(skill))
    facts = []
    for seed in range(plan.seeds):
        told = folder.root / "rows" / f"{seed}.json"
        if not told.exists():
            write_atomically(told, orjson.dumps(_seed(folder, plan, seed, lengths, held)))
        facts.append(orjson.loads(told.read_bytes()))
        say(f"seed {seed}: {facts[-1]}")
    folder.put("facts.json", facts)
    # Last, because it says that everything is there.
    folder.put("plan.json", planned(plan))


def held_out(families: Iterable[str], count: int, known: set[str], seed: int = 77) -> list[HeldOut]:
    """Return problems of the families, in turn, none of which is among the `known` statements."""
    rng, found = random.Random(seed), dict[str, HeldOut]()
    chosen = [family for name in families for family in ALL if family.name == name]
    while len(found) < count:
        family = chosen[len(found) % len(chosen)]
        params = family.draw(rng, _LARGEST_HELD * rng.random())
        statement = family.state(params, rng.randrange(family.texts))
        if statement not in known:
            found[statement] = HeldOut(statement, family.solve(params).answer, family.name)
    return list(found.values())


def _seed(folder: ProofFolder, plan: ProofPlan, seed: int, lengths: Lengths, held: frozenset[str]) -> dict[str, Any]:
    """Write the rows of one seed; return what is known of them."""
    with tempfile.TemporaryDirectory(prefix="lemma-proof-") as place:
        rows = _curated_and_raw(Path(place) / "gsdp", plan, seed, lengths, held)
        rows |= _strict_and_first(Path(place) / "flames", plan, seed, lengths, held)
        rows["second"] = _second(Path(place) / "second", plan, seed, held)
    facts = {}
    for name, some in rows.items():
        training_rows.save(folder.rows(seed, name), some)
        solved = [_example(one) for one in some]
        sums = sum(lengths(solved))
        facts[name] = {"rows": len(some), "tokens": sums, "wrong": round(sum(map(_wrong, solved)) / len(some), 3)}
    return facts


def _example(row: TrainingExample | Preference) -> TrainingExample:
    return row if isinstance(row, TrainingExample) else TrainingExample(row.prompt, row.chosen, row.system)


def _wrong(row: TrainingExample) -> bool:
    """Whether the problem cannot be solved, or the answer of its solution is not the one that it has."""
    truth = workshop.solve(row.prompt)
    found = training_rows.extract_answer(row.answer)
    return truth is None or found is None or not equivalent(found, truth.answer)


def _curated_and_raw(
    place: Path, plan: ProofPlan, seed: int, lengths: Lengths, held: frozenset[str]
) -> dict[str, list[TrainingExample] | list[Preference]]:
    """GSDP: what the policy keeps; all that was written; two solutions of one problem, of which judges vetoed one."""
    need = plan.rows + plan.further
    _project(place, "first", round(1.5 * need), seed)
    for number in range(_MOST_RUNS):
        _gsdp(place, round(1.5 * need), 1 + seed + 100 * number)
        kept, pairs = _exported(place, number), [pair for pair in _pairs(place, number) if pair.prompt not in held]
        random.Random(seed).shuffle(pairs)
        pairs = pairs[: plan.further]
        asked = held | {pair.prompt for pair in pairs}
        kept = _unlike(kept, asked)
        if len(kept) >= plan.rows and len(pairs) == plan.further:
            break
    raw = _unlike(_written(place), asked)
    first, second = balanced(lengths(kept), lengths(raw), plan.rows, seed)
    chosen = [TrainingExample(pair.prompt, pair.chosen, pair.system) for pair in pairs]
    return {"curated": [kept[n] for n in first], "raw": [raw[n] for n in second], "pairs": pairs, "chosen": chosen}


def _strict_and_first(
    place: Path, plan: ProofPlan, seed: int, lengths: Lengths, held: frozenset[str]
) -> dict[str, list[TrainingExample]]:
    """FLAMES: what its keep strategies choose of the same problems (FL-20, FL-24)."""
    items = round(2.2 * plan.rows)
    _project(place, "first", items, seed)
    for number in range(_MOST_RUNS):
        shares = ("--set", "flames.shares={few_shot=100}", "--set", "flames.examples=1")
        _lemma(place, "run", "flames", "--items", items, *shares, "--set", f"seed={1 + seed + 100 * number}",
               "--engine", f"*={_CARELESS}", "--engine", "writer=abacus:abacus-large")  # fmt: skip
        out = place / f"strategies-{number}"
        _lemma(place, "export", "strategies", "--out", out, "--strategies", "own")
        files = (out / "data" / f"{name}.jsonl" for name in ("strict", "first"))
        strict, first = (_unlike(training_rows.load(file), held) for file in files)
        if min(len(strict), len(first)) >= plan.rows:
            break
    one, other = balanced(lengths(strict), lengths(first), plan.rows, seed)
    return {"strict": [strict[n] for n in one], "first": [first[n] for n in other]}


def _second(place: Path, plan: ProofPlan, seed: int, held: frozenset[str]) -> list[TrainingExample]:
    """GSDP on other families: what the policy keeps."""
    items = round(2 * plan.second)
    _project(place, "second", items, seed)
    for number in range(_MOST_RUNS):
        _gsdp(place, items, 1 + seed + 100 * number)
        kept = _unlike(_exported(place, number), held)
        if len(kept) >= plan.second:
            break
    random.Random(seed).shuffle(kept)
    return kept[: plan.second]


def _project(place: Path, skill: str, count: int, seed: int) -> None:
    """Make a project with seeds of a skill, each with its points, so that every pair of points is of one family."""
    families = [family for name in SKILLS[skill] for family in ALL if family.name == name]
    rng, lines = random.Random(1000 + seed), dict[str, bytes]()
    while len(lines) < count:
        family = families[len(lines) % len(families)]
        params = family.draw(rng, rng.random())
        statement, worked = family.state(params, rng.randrange(family.texts)), family.solve(params)
        row = {"problem": statement, "solution": worked.text, "answer": worked.answer}
        lines[statement] = orjson.dumps(row | {"knowledge_points": family.points[:2]})
    place.parent.mkdir(parents=True, exist_ok=True)
    file = place.with_name(f"{place.name}-seeds.jsonl")
    file.write_bytes(b"\n".join(lines.values()))
    _lemma(None, "init", place)
    _lemma(place, "seeds", "add", file)
    _lemma(place, "knowledge", "build")


def _gsdp(place: Path, items: int, seed: int) -> None:
    mixture = [word for one in _ONE_HOP for word in ("--set", f"mixture.{one}")]
    judges = [word for role in _JUDGES for word in ("--engine", f"{role}=abacus:abacus-{role.replace('_', '-')}")]
    _lemma(place, "run", "gsdp", "--items", items, *mixture, "--set", "routing.solutions=2", "--set", f"seed={seed}",
           "--engine", f"*={_CARELESS}", *judges)  # fmt: skip
    _lemma(place, "select")


def _exported(place: Path, number: int) -> list[TrainingExample]:
    out = place / f"selected-{number}"
    _lemma(place, "export", "selected", "--out", out, "--only", "selected")
    return list(training_rows.load(out))


def _pairs(place: Path, number: int) -> list[Preference]:
    out = place / f"pairs-{number}"
    words = ("--format", "preference", "--pairs", "solutions", "--only", "selected")
    _lemma(place, "export", "pairs", "--out", out, *words)
    rows = [orjson.loads(line) for line in (out / "data" / "train.jsonl").read_bytes().splitlines()]
    said = [[row[side][-1]["content"] for side in ("prompt", "chosen", "rejected")] for row in rows]
    return [Preference(*one) for one in said]


def _written(place: Path) -> list[TrainingExample]:
    """Return every problem with its first solution, whatever either says and whatever was said about them."""
    statements, texts = dict[str, str](), dict[str, str]()
    for directory in sorted((place / "runs").glob("gsdp-*")):
        for record in journal.records(directory / "journal"):
            if isinstance(record, Problem):
                statements[record.id] = record.statement
            elif isinstance(record, Solution) and record.index == 0:
                texts[record.problem_id] = record.text
    return [TrainingExample(statements[one], text) for one, text in texts.items()]


def _unlike(rows: Iterable[TrainingExample], others: Collection[str]) -> list[TrainingExample]:
    """Return the rows without repeated statements and without those of `others`, in their order."""
    return list({row.prompt: row for row in rows if row.prompt not in others}.values())


def _lemma(project: Path | None, *words: object) -> None:
    """Run a command of the studio in this process; RuntimeError with its words where it fails."""
    said = StringIO()
    more = () if project is None else ("--project", str(project))
    with redirect_stdout(said), redirect_stderr(said):
        code = command._run([str(word) for word in (*words, *more)], False)
    if code:
        raise RuntimeError(f"lemma {' '.join(map(str, words))}: {said.getvalue()[-1500:]}")


def counting(student: Path) -> Lengths:
    """Return how to count the tokens of rows, requests and template included."""
    from transformers import AutoTokenizer

    from engine.learning.training.preview import length

    tokenizer = AutoTokenizer.from_pretrained(student)
    return lambda rows: [length(tokenizer, row_of(row)) for row in rows]


def convert(gguf: Path, out: Path) -> None:
    """Write the weights of a GGUF file, dequantised, as a folder that transformers and TRL read."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    if (out / "config.json").exists():
        return
    fresh = out.with_name(f".{out.name}.new")
    fresh.mkdir(parents=True, exist_ok=True)
    where: dict[str, Any] = {"gguf_file": gguf.name}
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, **where)
    if not tokenizer.chat_template:
        tokenizer.chat_template = _PLAIN
    model = AutoModelForCausalLM.from_pretrained(gguf.parent, dtype=torch.float32, **where)
    # The weights are plain now; what says that they are quantised keeps transformers from writing them.
    model.hf_quantizer, model.is_quantized = None, False
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.save_pretrained(fresh)
    tokenizer.save_pretrained(fresh)
    fresh.rename(out)


_PLAIN = (
    "{% for message in messages %}{{ message['role'] + ': ' + message['content'] + (eos_token if message['role'] == "
    "'assistant' else '') + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}"
)
"""For a base model, which has no template of its own."""


def tokens_of_pairs(pairs: Sequence[Preference], lengths: Lengths) -> int:
    """Return the tokens that a pass over pairs reads: request and answer, once for each of the two."""
    rejected = [TrainingExample(pair_of(one)["prompt"][-1]["content"], one.rejected, one.system) for one in pairs]
    return sum(lengths([_example(one) for one in pairs])) + sum(lengths(rejected))
