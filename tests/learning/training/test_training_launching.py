"""Commands, configuration files, arguments for TRL, lines of metrics, reasons of failure: all without torch."""

from __future__ import annotations

import os
import subprocess
import sys

import orjson
import pytest

from engine.core.errors import BadSetting
from engine.core.settings import Recipe
from engine.learning.training import configs, failures, launching, presets, watching
from engine.learning.training.folder import Folder
from engine.runs.plan import TrainPlan

PLACES = {"model": "m", "data": "d", "out": "o"}
KNOWN = frozenset(
    (
        "output_dir",
        "num_train_epochs",
        "max_steps",
        "learning_rate",
        "lr_scheduler_type",
        "weight_decay",
        "max_grad_norm",
        "warmup_steps",
        "per_device_train_batch_size",
        "per_device_eval_batch_size",
        "gradient_accumulation_steps",
        "gradient_checkpointing",
        "bf16",
        "use_cpu",
        "dataloader_pin_memory",
        "max_length",
        "seed",
        "data_seed",
        "save_strategy",
        "eval_strategy",
        "logging_strategy",
        "logging_steps",
        "logging_nan_inf_filter",
        "report_to",
        "disable_tqdm",
        "do_eval",
        "model_init_kwargs",
        "packing",
        "completion_only_loss",
        "beta",
    )
)
CPU = configs.Machine(gpu=False, bfloat16=False)


def plan(**changes):
    training = presets.resolve("tiny-sft", **PLACES, **changes)
    return TrainPlan(id="sft-1", recipe=Recipe(name="sft", title="t", roles={}), training=training)


def test_one_process_is_started_by_python_itself(tmp_path):
    assert launching.command(plan(), tmp_path) == (
        sys.executable,
        "-m",
        "engine.learning.training.trainer",
        str(tmp_path),
    )


def test_many_gpus_start_through_accelerate(tmp_path):
    """GSDP-38: ZeRO-3 over several GPUs, by accelerate and a DeepSpeed file; the command can be typed by hand."""
    many = plan(processes=8, zero="3", batch_size=128, device_batch=4)
    words = launching.command(many, tmp_path)
    config = tmp_path / "training" / "accelerate.yaml"
    assert words[1:5] == ("-m", "accelerate.commands.launch", "--config_file", str(config))
    launching.write_configs(many.training, tmp_path)
    text = config.read_text()
    assert "distributed_type: DEEPSPEED" in text
    assert "num_processes: 8" in text
    assert "zero3_init_flag: true" in text
    zero = orjson.loads((tmp_path / "training" / "zero.json").read_bytes())
    assert zero["zero_optimization"]["stage"] == 3
    # The trainer fills in what the settings say: numbers in two places could contradict each other.
    assert (zero["train_micro_batch_size_per_gpu"], zero["bf16"]) == ("auto", {"enabled": "auto"})


def test_several_gpus_without_zero(tmp_path):
    launching.write_configs(plan(processes=2).training, tmp_path)
    text = (tmp_path / "training" / "accelerate.yaml").read_text()
    assert "distributed_type: MULTI_GPU" in text
    assert "deepspeed_config" not in text


@pytest.mark.parametrize(
    ("batch", "device", "processes", "held", "passes"),
    [(128, 4, 1, 4, 32), (128, 4, 8, 4, 4), (4, 32, 1, 4, 1), (10, 4, 1, 4, 3), (2, 4, 4, 1, 1)],
)
def test_a_batch_is_never_smaller_than_asked_for(batch, device, processes, held, passes):
    training = plan(batch_size=batch, device_batch=device).training
    assert configs.device_batch(training, processes) == held
    assert configs.accumulation(training, processes) == passes
    assert held * passes * processes >= batch


def test_arguments_follow_the_settings(tmp_path):
    training = plan(learning_rate=5e-6, warmup_ratio=0.03, gradient_checkpointing=False).training
    found = configs.values(training, Folder(tmp_path), CPU, KNOWN, "messages")
    assert (found["learning_rate"], found["warmup_steps"], found["max_length"]) == (5e-6, 0.03, 512)
    assert (found["use_cpu"], found["bf16"], found["gradient_checkpointing"]) == (True, False, False)
    assert found["completion_only_loss"] is True
    assert found["model_init_kwargs"] == {"dtype": "float32"}


def test_cl18_the_tie_to_the_reference_reaches_the_trainer_and_the_other_method_has_none(tmp_path):
    """CL-18: beta is DPO's alone, and what is masked or packed is SFT's."""
    training = presets.resolve("tiny-dpo", **PLACES, beta=0.37)
    found = configs.values(training, Folder(tmp_path), CPU, KNOWN, "preference")
    assert found["beta"] == 0.37
    assert not {"packing", "completion_only_loss"} & set(found)
    assert "beta" not in configs.values(plan().training, Folder(tmp_path), CPU, KNOWN, "messages")


def test_the_names_of_other_versions_are_used_where_they_are_known(tmp_path):
    known = KNOWN - {"warmup_steps"} | {"warmup_ratio"}
    found = configs.values(plan(warmup_ratio=0.1).training, Folder(tmp_path), CPU, known, "text")
    assert found["warmup_ratio"] == 0.1
    assert "completion_only_loss" not in found
    newer = configs.values(plan().training, Folder(tmp_path), CPU, KNOWN | {"activation_checkpointing"}, "text")
    assert newer["activation_checkpointing"] is False
    assert "gradient_checkpointing" not in newer


def test_a_field_that_trl_does_not_know_is_refused_before_launch(tmp_path):
    with pytest.raises(BadSetting, match="knows no packing for sft"):
        configs.values(plan().training, Folder(tmp_path), CPU, KNOWN - {"packing"}, "text")


def test_adapters_are_trained_over_weights_that_are_only_read():
    lora, full = plan(precision="bfloat16", lora_rank=8).training, plan(precision="bfloat16").training
    assert configs.loading(lora, half=True)["dtype"] == "bfloat16"
    assert configs.loading(full, half=True)["dtype"] == "float32"


def test_lines_of_metrics():
    clock = watching.Clock()
    said = {"loss": 0.5, "rewards/margins": 0.2, "epoch": 0.1, "num_tokens": 100.0}
    first = watching.line(3, 10, said, clock)
    assert (first["step"], first["total"], first["loss"], first["rewards_margins"]) == (3, 10, 0.5, 0.2)
    assert "epoch" not in first
    assert "tokens_per_second" not in first
    assert watching.line(4, 10, {"num_tokens": 300.0}, clock)["tokens_per_second"] > 0
    assert watching.line(4, 10, {"train_runtime": 3.0}, clock) is None


def test_a_trainer_ends_where_it_is_asked_to(tmp_path):
    folder = Folder(tmp_path)
    folder.make()
    assert not watching.Guard(folder, "").ends()
    folder.stop.touch()
    assert watching.Guard(folder, "").ends()


def test_a_trainer_ends_with_its_worker(tmp_path):
    folder = Folder(tmp_path)
    worker = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        import psutil

        tie = f"{worker.pid} {psutil.Process(worker.pid).create_time()}"
        assert not watching.Guard(folder, tie).ends()
        # Another process under the same number is not the worker.
        assert watching.Guard(folder, f"{os.getpid()} 1.0").ends()
    finally:
        worker.kill()
        worker.communicate()
    assert watching.Guard(folder, tie).ends()


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate", "out of memory. Set a smaller device_batch"),
        ("RuntimeError: [enforce fail] DefaultCPUAllocator: can't allocate memory", "out of memory"),
        ("ValueError: tokenizer.chat_template is not set and no template", "no chat template"),
        ("ImportError: FlashAttention2 has been toggled on, but it cannot be used", "attention = sdpa"),
        ("ModuleNotFoundError: No module named 'deepspeed'", "a package is missing: deepspeed"),
        ("IndexError: index out of range in self", "belongs to another model"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("Traceback\nValueError: something else", "ValueError: something else"),
    ],
)
def test_a_dead_training_gets_one_line(output, said):
    told = failures.explained(output, 1)
    assert said in told
    assert "\n" not in told


def test_a_killed_or_silent_training_gets_a_line_too():
    assert "killed it" in failures.explained("", -9)
    assert failures.explained("", 7) == "it ended with code 7 and said nothing."
