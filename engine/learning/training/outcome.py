"""The trained model on disk: written beside its place and put there whole, with a receipt of how it came about."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import orjson

from engine.core.errors import BadInput, UserError
from engine.core.settings.training import Training
from engine.learning.training.datasets import TrainingData
from engine.learning.training.folder import RECEIPT

_VERSIONED = ("lemma-studio", "torch", "transformers", "trl", "peft", "accelerate", "datasets")


@dataclass(frozen=True, slots=True)
class Receipt:
    """How a model came about."""

    run: str
    settings: dict[str, Any]
    base: str
    """The model that was trained."""
    data: str
    data_sha256: str
    rows: int
    metrics: dict[str, float]
    """Last value of everything that was logged."""
    seconds: float
    """Of the last start; the starts before it are in the run's log."""
    versions: dict[str, str] = field(default_factory=dict)
    gpus: int | None = None
    """GPUs that it ran on, 0 for a processor; None where an earlier version trained it."""
    lineage: tuple[str, ...] = ()
    """Runs that made the base model, the first one first."""


def receipt(
    run: str, training: Training, data: TrainingData, metrics: dict[str, float], seconds: float, gpus: int
) -> Receipt:
    """Return the receipt of a training; the lineage goes on from that of its base model."""
    before = read(Path(training.model)) if (Path(training.model) / RECEIPT).is_file() else None
    lineage = (*before.lineage, before.run) if before else ()
    said = training.model_dump(mode="json")
    versions = {name: found for name in _VERSIONED if (found := _version(name))}
    return Receipt(
        run, said, training.model, training.data, data.sha256, data.rows, metrics, seconds, versions, gpus, lineage
    )


def read(model: Path) -> Receipt:
    """Return the receipt in a model's folder; BadInput where there is none that can be read."""
    path = model / RECEIPT
    try:
        said = orjson.loads(path.read_bytes())
        return Receipt(**{**said, "lineage": tuple(said["lineage"])})
    except FileNotFoundError:
        raise BadInput("was not trained here: it has no receipt.", where=str(model)) from None
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(f"cannot be read: {error}", where=str(path)) from error


def learnt_from_less(first: Path, second: Path) -> bool:
    """Whether the first model learnt from fewer rows than the second, from the same base; False where not known."""
    try:
        one, other = read(first), read(second)
    except BadInput:
        return False
    return one.base == other.base and one.rows < other.rows


def made_by(out: Path, run: str) -> bool:
    """Whether `out` holds the finished model of this run."""
    return (out / RECEIPT).is_file() and read(out).run == run


def require_free(out: Path, run: str) -> None:
    """UserError where something else than the model of `run` lies in its place."""
    if out.exists() and not made_by(out, run) and (not out.is_dir() or any(out.iterdir())):
        raise UserError("is there already.", where=str(out), do="Choose another folder for the trained model.")


def save(trainer: Any, training: Training, told: Receipt) -> None:
    """Write model, tokenizer, adapter and receipt beside the place of the model, then put them there.

    Every process takes part, because the weights may be spread over them; the first one writes.
    """
    out = Path(training.out).expanduser()
    fresh = out.with_name(f".{out.name}.new")
    if trainer.is_world_process_zero():
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
    trainer.accelerator.wait_for_everyone()
    trainer.save_model(str(fresh / "adapter" if training.lora_rank else fresh))
    if not trainer.is_world_process_zero():
        return
    if training.lora_rank:
        trainer.accelerator.unwrap_model(trainer.model).merge_and_unload().save_pretrained(fresh)
    trainer.processing_class.save_pretrained(fresh)
    (fresh / "training_args.bin").unlink(missing_ok=True)
    (fresh / RECEIPT).write_bytes(orjson.dumps(asdict(told), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    require_free(out, told.run)
    if out.exists():
        shutil.rmtree(out)
    fresh.rename(out)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
