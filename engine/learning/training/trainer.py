"""The process that trains: `python -m engine.learning.training.trainer RUN_DIR`, started by the worker or by hand.

Reads RUN_DIR/plan.json, goes on from the last whole checkpoint, writes metrics as it goes, and puts the trained model
into its folder whole or not at all. Exit codes: 0 trained, 2 refused, 3 ended early on request with a checkpoint saved.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from engine.core.errors import LemmaError, UserError
from engine.core.files import locked
from engine.core.settings.training import Training
from engine.learning.training import checkpoints, configs, datasets, launching, outcome, watching
from engine.learning.training.folder import Folder
from engine.runs.plan import TrainPlan, load_plan_as

TRAINED, REFUSED, STOPPED = 0, 2, 3
_LOCK_S = 120.0
"""How long a trainer waits for one before it that is still saving."""


def main(arguments: list[str] | None = None) -> int:
    """Train what the run directory plans."""
    parser = argparse.ArgumentParser(
        prog="python -m engine.learning.training.trainer", description="Train one run directory."
    )
    parser.add_argument("run_dir", type=Path)
    run_dir: Path = parser.parse_args(arguments).run_dir.resolve()
    try:
        plan = load_plan_as(run_dir, TrainPlan)
        training, folder = plan.training, Folder(run_dir)
        launching.require_extra()
        folder.make()
        if outcome.made_by(Path(training.out), plan.id):
            return TRAINED
        with _alone(folder):
            return _train(plan.id, training, folder)
    except LemmaError as error:
        print(error, file=sys.stderr)
        return REFUSED


def _train(run: str, training: Training, folder: Folder) -> int:
    data = datasets.source(training.data, training.method)
    trainer, watch = build(training, folder, data)
    begun = time.time()
    last = checkpoints.resumable(folder.checkpoints)
    if last:
        print(f"resuming from {last.name}", flush=True)
    trainer.train(resume_from_checkpoint=str(last) if last else None)
    if watch.stopped:
        print(f"stopped at step {trainer.state.global_step}", flush=True)
        return STOPPED
    gpus = trainer.args.n_gpu * trainer.args.world_size
    told = outcome.receipt(run, training, data, _figures(trainer), time.time() - begun, gpus)
    outcome.save(trainer, training, told)
    return TRAINED


def build(training: Training, folder: Folder, data: datasets.TrainingData) -> tuple[Any, Any]:
    """Return TRL's trainer and its callback, ready to train.

    Raises:
        BadSetting: where the installed TRL lacks a field that the settings need.
        BadInput: where the tokenizer has no chat template and the data needs one.
    """
    import trl
    from transformers import AutoTokenizer

    config_class = trl.DPOConfig if training.method == "dpo" else trl.SFTConfig
    known = frozenset(field.name for field in dataclasses.fields(config_class))
    evaluate = data.test_rows > 0
    config = config_class(**configs.values(training, folder, machine(), known, data.form, evaluate))
    tokenizer = AutoTokenizer.from_pretrained(training.model)
    if data.chats and not tokenizer.chat_template:
        raise UserError(
            "its tokenizer has no chat template, and the data are conversations.",
            where=training.model,
            do="Take an instruction-tuned model, or export as sft-pairs or pretrain.",
        )
    watch = watching.callback(folder, training.checkpoints, evaluate)
    more: dict[str, Any] = {"peft_config": _adapter(training)} if training.lora_rank else {}
    if training.method == "dpo" and training.reference:
        more["ref_model"] = _reference(training, config)
    trainer_class = trl.DPOTrainer if training.method == "dpo" else trl.SFTTrainer
    trainer = trainer_class(
        model=training.model,
        args=config,
        train_dataset=loaded(data, data.train, training, folder),
        eval_dataset=loaded(data, data.test, training, folder) if evaluate else None,
        processing_class=tokenizer,
        callbacks=[watch],
        **more,
    )
    return trainer, watch


def machine() -> configs.Machine:
    """Return what the trainer runs on."""
    import torch

    gpu = torch.cuda.is_available()
    return configs.Machine(gpu, gpu and torch.cuda.is_bf16_supported(), int(os.environ.get("WORLD_SIZE", "1")))


def loaded(data: datasets.TrainingData, files: tuple[Path, ...], training: Training, folder: Folder) -> Any:
    """Return the rows as a data set on disk, read as a stream and named by the hash of the files."""
    from datasets import Dataset

    return Dataset.from_generator(
        datasets.rows,
        gen_kwargs={"files": files, "form": data.form, "completion_only": training.completion_only},
        cache_dir=str(folder.cache),
        fingerprint=f"{data.sha256[:24]}{'t' if files is data.test else ''}{int(training.completion_only)}",
    )


def _adapter(training: Training) -> Any:
    from peft import LoraConfig

    return LoraConfig(
        r=training.lora_rank,
        lora_alpha=training.lora_alpha,
        lora_dropout=training.lora_dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )


def _reference(training: Training, config: Any) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(training.reference, **config.model_init_kwargs)


def _figures(trainer: Any) -> dict[str, float]:
    """Return the last value of everything that was logged."""
    found: dict[str, float] = {}
    for said in trainer.state.log_history:
        found |= {name: float(value) for name, value in said.items() if isinstance(value, int | float)}
    return found


@contextmanager
def _alone(folder: Folder) -> Iterator[None]:
    """Keep other trainers of the same run out; further processes of the same training share the lock of the first."""
    if int(os.environ.get("LOCAL_RANK", "0")):
        yield
        return
    with ExitStack() as held:
        try:
            held.enter_context(locked(folder.lock, _LOCK_S))
        except TimeoutError:
            raise UserError("another trainer is at work here.", where=str(folder.root)) from None
        yield


if __name__ == "__main__":
    sys.exit(main())
