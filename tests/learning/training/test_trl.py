"""Real trainings of a random model of 130,000 weights, through TRL, in the processes that users start."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson
import psutil
import pytest

pytest.importorskip("torch", reason="needs the extra train")
pytest.importorskip("trl", reason="needs the extra train")

from engine.core.errors import UserError
from engine.core.protocol import Progress
from engine.core.records import Metric
from engine.core.settings import Recipe
from engine.learning.training import (
    checkpoints,
    datasets,
    launching,
    outcome,
    preflight,
    presets,
    preview,
    program,
    trainer,
)
from engine.learning.training.folder import Folder
from engine.runs import journal, launcher
from engine.runs.plan import TrainPlan, save_plan
from engine.runs.status import Status
from tests.learning.training import losses
from tests.support import tiny_llm

pytestmark = [
    pytest.mark.models,
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),
]
SMALL = {"batch_size": 8, "device_batch": 8, "max_length": 128, "learning_rate": 3e-3}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llm.make(tmp_path_factory.mktemp("model") / "m0")


def sums(path: Path, count: int = 96) -> str:
    rng = random.Random(1)
    with path.open("wb") as file:
        for _ in range(count):
            a, b = rng.randint(1, 99), rng.randint(1, 99)
            turns = [
                {"role": "user", "content": f"Find the sum of {a} and {b}."},
                {
                    "role": "assistant",
                    "content": f"The sum is ${a} + {b} = {a + b}$. The answer is $\\boxed{{{a + b}}}$.",
                },
            ]
            file.write(orjson.dumps({"messages": turns}) + b"\n")
    return str(path)


def pairs(path: Path, count: int = 64) -> str:
    rng = random.Random(2)
    with path.open("wb") as file:
        for _ in range(count):
            a, b = rng.randint(1, 99), rng.randint(1, 99)
            asked = [{"role": "user", "content": f"Find the sum of {a} and {b}."}]
            row = {
                "prompt": asked,
                "chosen": [{"role": "assistant", "content": f"The sum is ${a + b}$."}],
                "rejected": [{"role": "assistant", "content": "It is 7 times 8."}],
            }
            file.write(orjson.dumps(row) + b"\n")
    return str(path)


def planned(folder: Path, preset: str, **settings: object) -> Path:
    run = folder / "runs" / "train-1"
    run.mkdir(parents=True)
    training = presets.resolve(preset, **(SMALL | {"out": str(folder / "out"), **settings}))
    recipe = Recipe(name=training.method, title="t", roles={})
    save_plan(run, TrainPlan(id="train-1", recipe=recipe, training=training))
    return run


def figures(run: Path, name: str) -> list[float]:
    found = {m.step: m.value for m in journal.records(run / "journal") if isinstance(m, Metric) and m.name == name}
    return [value for _, value in sorted(found.items())]


def finished(run: Path) -> Status:
    return launcher.run_foreground(run, lambda status: None)


def until(true: Callable[[], object], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)


def lines(run: Path) -> int:
    path = Folder(run).metrics
    return path.read_bytes().count(b"\n") if path.exists() else 0


def trainers(run: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if "engine.learning.training.trainer" in words and str(run.resolve()) in words:
            found.append(process)
    return found


def test_sft_lowers_the_loss_and_leaves_a_whole_model(tmp_path, model):
    """GSDP-38, CL-17: a run of kind `train` through the worker; figures in the journal, a receipt in the model."""
    run = planned(tmp_path, "tiny-sft", model=str(model), data=sums(tmp_path / "d.jsonl"), epochs=4)
    status = finished(run)
    assert (status.state, status.reason) == ("finished", "")
    loss = figures(run, "loss")
    assert len(loss) == status.phases[-1].total == 48
    assert np.mean(loss[-5:]) < 0.5 * np.mean(loss[:5])
    for name in ("learning_rate", "grad_norm", "tokens_per_second"):
        assert figures(run, name)
    told = outcome.read(tmp_path / "out")
    assert (told.run, told.base, told.rows, told.lineage) == ("train-1", str(model), 96, ())
    assert told.versions["trl"]
    assert len(checkpoints.whole(Folder(run).checkpoints)) == 4
    assert finished(run).state == "finished"
    from transformers import AutoModelForCausalLM, AutoTokenizer

    words = AutoTokenizer.from_pretrained(tmp_path / "out")
    learnt = AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    assert words.chat_template
    assert learnt.num_parameters() > 100_000


def built(tmp_path: Path, preset: str, **settings: object):
    training = presets.resolve(preset, **(SMALL | {"out": str(tmp_path / "out"), **settings}))
    folder = Folder(tmp_path / "run")
    folder.make()
    made, _ = trainer.build(training, folder, datasets.source(training.data, training.method))
    made.model.eval()
    return made


def test_the_request_is_masked_and_trl_gives_the_same_loss(tmp_path, model):
    """CL-17: what TRL computes on a batch is the mean over the answer's tokens alone, as in the reference."""
    import torch

    made = built(tmp_path, "tiny-sft", model=str(model), data=sums(tmp_path / "d.jsonl", 8))
    batch = next(iter(made.get_train_dataloader()))
    with torch.no_grad():
        theirs = float(made.compute_loss(made.model, dict(batch)))
        logits = made.model(input_ids=batch["input_ids"], attention_mask=batch.get("attention_mask")).logits
    ours, counts = [], []
    for ids, labels, scores in zip(batch["input_ids"], batch["labels"], logits, strict=True):
        text = made.processing_class.decode(ids[labels != -100])
        assert text.startswith("The sum is")
        assert text.endswith("<|end|>")
        kept = ids != 0
        logs = losses.log_probabilities(scores[kept].numpy(), ids[kept].numpy())
        answer = (labels[kept] != -100).numpy()[1:]
        ours.append(losses.sft(logs, answer) * answer.sum())
        counts.append(answer.sum())
    assert theirs == pytest.approx(sum(ours) / sum(counts), rel=1e-4)


def test_trl_gives_the_same_dpo_loss(tmp_path, model):
    """CL-18: ln 2 before anything is learnt; away from the reference the loss of the formula."""
    import torch

    made = built(tmp_path, "tiny-dpo", model=str(model), data=pairs(tmp_path / "p.jsonl", 8), beta=0.3)
    batch = next(iter(made.get_train_dataloader()))
    with torch.no_grad():
        assert float(made.compute_loss(made.model, dict(batch))) == pytest.approx(0.693147, abs=1e-5)
        before = _sums(made.model, batch)
        torch.manual_seed(3)
        for weights in made.model.parameters():
            weights.add_(0.01 * torch.randn_like(weights))
        theirs = float(made.compute_loss(made.model, dict(batch)))
        after = _sums(made.model, batch)
    half = len(before) // 2
    ours = losses.dpo(after[:half], after[half:], before[:half], before[half:], 0.3)
    assert abs(theirs - 0.693147) > 1e-3
    assert theirs == pytest.approx(ours.mean(), rel=1e-4)


def _sums(model, batch) -> np.ndarray:
    """Return the summed log-probabilities of the answers, chosen ones first."""
    scores = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits.numpy()
    found = []
    for ids, mask, kept, row in zip(
        batch["input_ids"].numpy(),
        batch["completion_mask"].numpy(),
        batch["attention_mask"].numpy(),
        scores,
        strict=True,
    ):
        real = kept.astype(bool)
        logs = losses.log_probabilities(row[real], ids[real])
        found.append(logs[mask[real].astype(bool)[1:]].sum())
    return np.array(found)


def test_dpo_raises_the_margin_with_an_adapter_and_merges_it(tmp_path, model):
    """CL-18, part LoRA: chosen answers gain on rejected ones; the folder holds adapter and merged model."""
    run = planned(
        tmp_path, "tiny-dpo", model=str(model), data=pairs(tmp_path / "p.jsonl"), lora_rank=8, epochs=3
    )  # fmt: skip
    assert finished(run).reason == ""
    margin = figures(run, "rewards_margins")
    assert np.mean(margin[-3:]) > np.mean(margin[:3]) + 0.05
    assert figures(run, "rewards_accuracies")[-1] > 0.8
    out = tmp_path / "out"
    assert (out / "adapter" / "adapter_model.safetensors").exists()
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    ids = torch.arange(5, 25).unsqueeze(0)
    base = AutoModelForCausalLM.from_pretrained(model)
    plain = base(ids).logits
    adapted = PeftModel.from_pretrained(base, out / "adapter")(ids).logits
    merged = AutoModelForCausalLM.from_pretrained(out)(ids).logits
    assert torch.allclose(adapted, merged, atol=1e-3)
    assert not torch.allclose(plain, merged, atol=1e-2)


def test_lineage_goes_on_from_the_base(tmp_path, model):
    first = planned(tmp_path / "a", "tiny-sft", model=str(model), data=sums(tmp_path / "d.jsonl", 16))
    assert finished(first).reason == ""
    second = planned(
        tmp_path / "b", "tiny-dpo", model=str(tmp_path / "a" / "out"), data=pairs(tmp_path / "p.jsonl", 16)
    )
    assert finished(second).reason == ""
    assert outcome.read(tmp_path / "b" / "out").lineage == ("train-1",)


@pytest.fixture
def long_run(tmp_path, model):
    run = planned(tmp_path, "tiny-sft", model=str(model), data=sums(tmp_path / "d.jsonl"), max_steps=80, checkpoints=16)
    launcher.launch(run)
    until(lambda: len(checkpoints.whole(Folder(run).checkpoints)) >= 2)
    yield run
    launcher.kill(run)


def resumed(run: Path) -> None:
    """Resume, and see that it went on from a checkpoint to the same end."""
    assert finished(run).state == "finished"
    assert "resuming from checkpoint-" in Folder(run).output.read_text()
    assert len(figures(run, "loss")) == 80
    assert outcome.read(Path(run).parents[1] / "out").run == "train-1"


def test_resume_after_the_trainer_is_killed(long_run):
    (victim,) = trainers(long_run)
    victim.send_signal(signal.SIGKILL)
    until(lambda: not launcher.is_alive(long_run))
    status = launcher.state(long_run)
    assert status.state == "failed"
    assert "the system killed it" in status.reason
    resumed(long_run)


def test_a_trainer_outlives_a_killed_worker_only_to_save(long_run):
    os.kill(launcher.state(long_run).pid, signal.SIGKILL)
    until(lambda: not trainers(long_run))
    assert "stopped at step" in Folder(long_run).output.read_text()
    assert launcher.state(long_run).state == "lost"
    resumed(long_run)


def test_a_pause_saves_a_checkpoint_and_ends_the_trainer(long_run):
    launcher.pause(long_run)
    until(lambda: launcher.state(long_run).state == "paused")
    assert not trainers(long_run)
    last = checkpoints.resumable(Folder(long_run).checkpoints)
    assert last is not None
    assert checkpoints.step_of(last) == lines(long_run) < 80
    resumed(long_run)


def test_what_is_in_the_way_is_said_before_anything_starts(tmp_path, model):
    """Bad input: a tokenizer without template, samples that are cut, an occupied folder, other columns."""
    mute = tiny_llm.make(tmp_path / "mute", template=False)
    data = sums(tmp_path / "d.jsonl")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").write_text("x")
    other = tiny_llm.make(tmp_path / "other", vocabulary=300)
    cases = [
        ({"model": str(mute)}, "template: the tokenizer has no chat template"),
        ({"max_length": 20}, "are longer than 20 tokens and would be cut"),
        ({"out": str(tmp_path / "taken")}, "is there already"),
        ({"model": str(other)}, "it is another model's"),
        ({"method": "dpo"}, "Use lemma train sft"),
    ]
    for change, said in cases:
        settings = {"model": str(model), "data": data, "out": str(tmp_path / "out"), **change}
        with pytest.raises(UserError) as refused:
            program.require_ready(presets.resolve("tiny-sft", **(SMALL | settings)))
        assert said in str(refused.value)
        assert "\n" not in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_a_template_that_refuses_the_rows_is_said(tmp_path):
    """Some templates know no system turn; TRL would die of it in the middle of its preparation."""
    from transformers import AutoTokenizer

    strict = tiny_llm.make(tmp_path / "strict")
    words = AutoTokenizer.from_pretrained(strict)
    words.chat_template = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system turn') }}{% endif %}"
    words.save_pretrained(strict)
    turns = [{"role": role, "content": "x"} for role in ("system", "user", "assistant")]
    (tmp_path / "d.jsonl").write_bytes(orjson.dumps({"messages": turns}))
    settings = {"model": str(strict), "data": str(tmp_path / "d.jsonl"), "out": str(tmp_path / "out")}
    found = [one for one in preflight.check(presets.resolve("tiny-sft", **settings)) if one.name == "template"]
    assert [one.severity for one in found] == ["red"]
    assert "no system turn" in found[0].detail


def test_red_findings_can_be_overridden_by_name(tmp_path, model):
    short = {"max_length": 20, "override": ("truncation",), "out": str(tmp_path / "out")}
    training = presets.resolve(
        "tiny-sft", **(SMALL | short | {"model": str(model), "data": sums(tmp_path / "d.jsonl")})
    )
    program.require_ready(training)


def test_the_preview_shows_what_is_trained(tmp_path, model):
    """The masked tokens of three samples, as the model sees them."""
    settings = {"model": str(model), "data": sums(tmp_path / "d.jsonl"), "out": str(tmp_path / "out")}
    found = {one.name: one for one in preflight.check(presets.resolve("tiny-sft", **(SMALL | settings)))}
    assert found["mask"].severity == "green"
    assert len(found["mask"].evidence) == 3
    for text in found["mask"].evidence:
        before, _, trained = text.partition(preview.OPEN)
        assert "<|user|>Find the sum of" in before
        assert trained.startswith("The sum is")
        assert trained.endswith(f"<|end|>{preview.CLOSE}")
    assert found["truncation"].severity == "green"


def test_progress_is_said_while_it_trains(tmp_path, model):
    run = planned(tmp_path, "tiny-sft", model=str(model), data=sums(tmp_path / "d.jsonl", 32))
    from engine.runs.plan import load_plan

    said = [one for one in program.program(load_plan(run), run) if isinstance(one, Progress)]
    assert (said[-1].name, said[-1].done, said[-1].total) == ("train", 4, 4)


@pytest.mark.parametrize(
    "settings", [{}, {"processes": 2}, {"processes": 8, "zero": "3"}, {"processes": 8, "zero": "2"}]
)
def test_accelerate_takes_our_configuration(tmp_path, settings):
    """GSDP-38: the emitted files are read by accelerate as they are meant."""
    from accelerate.commands.config.config_args import load_config_from_file

    training = presets.resolve("tiny-sft", model="m", data="d", out="o", **settings)
    launching.write_configs(training, tmp_path)
    found = load_config_from_file(str(Folder(tmp_path).accelerate))
    assert found.num_processes == training.processes
    if training.zero != "off":
        assert found.deepspeed_config["deepspeed_config_file"] == str(Folder(tmp_path.resolve()).zero)
        assert found.deepspeed_config["zero3_init_flag"] is (training.zero == "3")


def test_two_processes_train_one_model(tmp_path, model):
    """What accelerate starts on many GPUs: the same module in every process; here two of them on the CPU."""
    run = planned(tmp_path, "tiny-sft", model=str(model), data=sums(tmp_path / "d.jsonl", 64), checkpoints=2)
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2", "--master_port", "29517"]
    done = subprocess.run(
        [*command, "-m", "engine.learning.training.trainer", str(run)], capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr[-2000:]
    # 64 samples in batches of 8 over both processes: eight steps, logged once each.
    assert lines(run) == 8
    assert outcome.read(tmp_path / "out").rows == 64
    assert len(checkpoints.whole(Folder(run).checkpoints)) == 2
