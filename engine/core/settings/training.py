"""Settings of fine-tuning, evaluation and rounds, beside those of recipes in engine.core.settings."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from engine.core.settings import Settings, chosen, published

Method = Literal["sft", "dpo"]
ReplayWay = Literal["loss", "none", "all"]
AfterFall = Literal["stop", "skip"]
Study = Literal["both", "self-play", "agents", "sft"]


class Training(Settings):
    """One training of one model on one data set.

    The defaults are those of a laptop; `engine.learning.training.presets` holds those of the papers.
    """

    method: Method = "sft"
    """`sft` imitates solutions, `dpo` prefers chosen answers to rejected ones."""
    model: str
    """Folder of the model that is trained, or its id on the hub."""
    data: str
    """Folder of an export, or a JSONL or Parquet file."""
    out: str
    """Folder for the trained model."""
    epochs: float = published(2.0, "GSDP 3.1", "S", gt=0, le=100)
    """Passes over the data."""
    max_steps: int = chosen(0, ge=0)
    """Stop after this many optimiser steps; 0 for the epochs."""
    learning_rate: float = published(5e-6, "GSDP 3.1", "S", gt=0, le=1)
    """Peak learning rate of AdamW."""
    scheduler: Literal["cosine", "linear", "constant", "constant_with_warmup"] = published("cosine", "GSDP 3.1")
    """How the learning rate falls."""
    warmup_ratio: float = published(0.03, "GSDP 3.1", "S", ge=0, lt=1)
    """Share of the steps over which the learning rate rises."""
    weight_decay: float = chosen(0.0, ge=0, le=1)
    """Decay of the weights."""
    max_grad_norm: float = published(1.0, "Continual learning, app. J", "S", gt=0)
    """Gradients longer than this are cut to it."""
    batch_size: int = published(128, "GSDP 3.1", "S", ge=1, le=65536)
    """Samples per optimiser step, over all devices."""
    device_batch: int = chosen(4, ge=1, le=4096)
    """Samples that one device holds at a time; the rest of the batch is accumulated."""
    max_length: int = published(2048, "GSDP 3.1", "S", ge=16, le=1_048_576)
    """Longest sample in tokens; longer ones are cut."""
    beta: float = chosen(0.1, gt=0, le=10)
    """Strength of the tie to the reference model in DPO; no paper gives the number."""
    reference: str = chosen("")
    """Reference model of DPO; the model that is trained where empty, as in continual learning, eq. 2."""
    completion_only: bool = published(True, "Continual learning, eq. 1", "S")
    """Only the answer counts in the loss, not the request."""
    packing: bool = chosen(False)
    """Put several short samples into one sequence."""
    lora_rank: int = chosen(0, ge=0, le=1024)
    """Rank of LoRA adapters; 0 trains all weights."""
    lora_alpha: float = chosen(16.0, gt=0)
    """Scale of LoRA adapters."""
    lora_dropout: float = chosen(0.0, ge=0, lt=1)
    """Dropout in LoRA adapters."""
    gradient_checkpointing: bool = chosen(False)
    """Compute activations twice to save memory."""
    precision: Literal["auto", "float32", "bfloat16"] = chosen("auto")
    """Number format; auto takes bfloat16 where a GPU has it."""
    processes: int = chosen(1, ge=1, le=4096)
    """GPUs; more than one starts through accelerate."""
    zero: Literal["off", "2", "3"] = chosen("off")
    """DeepSpeed ZeRO stage; 3 is that of GSDP 3.1."""
    attention: Literal["auto", "eager", "sdpa", "flash_attention_2"] = chosen("auto")
    """How attention is computed; GSDP 3.1 took FlashAttention-2, which is a package of its own and needs a GPU."""
    checkpoints: int = published(10, "FLAMES, setup", "N", ge=0, le=1000)
    """Checkpoints over the training; 0 for the last one alone."""
    seed: int = chosen(0, ge=0)
    """Seed of order and dropout."""
    usd_per_hour: float = chosen(0.0, ge=0)
    """Price of the machine per hour, all its GPUs together; 0 where it is not known."""
    override: tuple[str, ...] = chosen(())
    """Names of red findings of the pre-flight that do not stop the launch."""


class Evaluating(Settings):
    """One evaluation of one model."""

    model: str
    """ENGINE:MODEL, or the folder of a model, which is served for the time of the evaluation."""
    benchmarks: tuple[str, ...] = ()
    """NAME of a registered benchmark or a file, or NAME=FILE."""
    requests: str = ""
    """File of held-out requests that the model answers and `judge` marks in eight dimensions; none where empty."""
    judge: str = ""
    """ENGINE:MODEL of who marks the answers to requests."""
    samples: int = chosen(1, ge=1, le=1024)
    """Answers per question; more than one gives maj@k as well as pass@1."""
    temperature: float = chosen(0.0, ge=0, le=2)
    """0 is greedy; more than one sample needs more."""
    top_p: float = chosen(1.0, gt=0, le=1)
    """Share of probability mass that is sampled from."""
    max_tokens: int = chosen(2048, ge=16, le=131072)
    """Longest answer."""
    limit: int = chosen(0, ge=0)
    """Only the first questions of each benchmark; 0 for all."""
    seed: int = chosen(0, ge=0)
    """Seed of the samples."""

    @model_validator(mode="after")
    def _varied(self) -> Evaluating:
        if self.samples > 1 and self.temperature == 0:
            raise ValueError("samples above 1 need a temperature above 0")
        if self.requests and not self.judge:
            raise ValueError("requests need a judge")
        return self


class Choosing(Settings):
    """The choice of one checkpoint of a training by its mean accuracy on two benchmarks."""

    checkpoints: tuple[str, ...]
    """Folders of the checkpoints, in the order of their steps."""
    training: str = ""
    """The run that saved them; '' where it is not known."""
    by: tuple[str, ...] = ()
    """Names of the two benchmarks that decide: gsm8k and math where both are asked, else the two that are."""
    server: dict[str, float | int | str | bool] = chosen({})
    """Settings of the server that runs the checkpoints, as for a managed engine."""


class Looping(Settings):
    """Rounds of continual learning: SFT, requests, synthesis with experts, sorting, DPO, evaluation, again."""

    model: str
    """Folder of M(0), the model that the loop starts from."""
    data: str
    """Fine-tuning data of the first round: the human seeds, or an export. Later rounds bring their own."""
    history: str = chosen("")
    """File with what earlier rounds taught, one example a line; none where this is the first round."""
    first: int = chosen(1, ge=1)
    """Number of the first round, counted from 1."""
    rounds: int = published(2, "Continual learning 2.5.2", "S", ge=1, le=100)
    """How many rounds to go through, one after the other."""
    replay: ReplayWay = published("loss", "Continual learning 2.5.1", "S")
    """What of the history is trained on again: what was hard or forgotten, nothing, or all."""
    learn: Literal["requests", "solutions", "both"] = published("requests", "Continual learning, eq. 1", "S")
    """Whether synthesised samples teach to answer requests, to solve their questions, or both."""
    study: Study = published("both", "Continual learning 4.2", "S")
    """Which examinations sort the samples: both, one of the two, or none, where all are imitated and none preferred."""
    review: bool = chosen(False)
    """Pause before sorting, so that a person can approve, edit and reject samples first."""
    preset: Literal["paper", "tiny"] = chosen("paper")
    """Hyperparameters to start from."""
    sft: dict[str, float | int | str | bool] = chosen({})
    """Settings of every SFT that differ from the preset."""
    dpo: dict[str, float | int | str | bool] = chosen({})
    """Settings of every DPO that differ from the preset."""
    server: dict[str, float | int | str | bool] = chosen({})
    """Settings of the server that runs the models of the loop, as for a managed engine."""
    benchmarks: tuple[str, ...] = chosen(())
    """What every model is evaluated on; without any, nothing can be said about gain."""
    samples: int = chosen(1, ge=1, le=1024)
    """Answers per question of the evaluation."""
    limit: int = chosen(0, ge=0)
    """Only the first questions of each benchmark; 0 for all."""
    temperature: float = chosen(0.0, ge=0, le=2)
    """Temperature of the evaluation."""
    max_tokens: int = chosen(2048, ge=16, le=131072)
    """Longest answer in the evaluation."""
    best_checkpoint: bool = chosen(False)
    """Go on with the checkpoint of each training that has the best mean of two benchmarks, not with the last one."""
    best_by: tuple[str, ...] = chosen(())
    """Names of those two benchmarks: gsm8k and math where both are asked, else the two that are."""
    judge: str = chosen("")
    """ENGINE:MODEL that marks what every model of the loop writes for the held-out requests; none where empty.

    How many are held out is `continual.evaluation_requests` of the recipe: 500, as published (3.2)."""
    least_gain: float = chosen(0.0, ge=-1, le=1)
    """A round has fallen where its mean accuracy is not more than this above the one before."""
    after_fall: AfterFall = chosen("stop")
    """What the loop does then: stop, or skip the round. The next one begins from the model and the data before it."""
    fewest: int = chosen(8, ge=1)
    """A training with fewer examples than this is left out, and the model goes on as it is."""
