"""What is looked at before a training: red findings stop the launch until they are overridden by name.

Everything but the tokens themselves is checked without torch and transformers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson

from engine.core.errors import BadInput, PluginError, boundary
from engine.core.settings.training import Training
from engine.learning.training import datasets, launching, preview, vram
from engine.learning.training.contents import DataContents, examine
from engine.learning.training.datasets import TrainingData

Severity = Literal["green", "amber", "red"]
MOST_CUT = 0.1
"""Share of samples that may be longer than max_length before that is red."""
MOST_REPEATS = 0.5
"""Share of rows that may repeat another before that is red."""
_MEASURED = 5_000
"""Samples whose tokens are counted."""
_GIB = 2**30


@dataclass(frozen=True, slots=True)
class TrainingFinding:
    """One line of the list. `evidence` holds what a person can look at: rows, samples, parts of a sum."""

    name: str
    severity: Severity
    detail: str
    do: str = ""
    evidence: tuple[str, ...] = ()


def check(training: Training) -> tuple[TrainingFinding, ...]:
    """Return every finding about a training that has not begun; nothing is written."""
    found = [*_model(training), *_settings(training), *_memory(training)]
    try:
        data = datasets.source(training.data, training.method)
    except BadInput as bad:
        place = f"{bad.where}: " if bad.where else ""
        return (TrainingFinding("data", "red", f"{place}{bad.what}", bad.do), *found)
    contents = examine(data)
    found = [_data(data, training), *found, *_contents(data, contents), _contamination(data)]
    return (*found, *_tokens(training, data))


def blocking(found: Iterable[TrainingFinding], override: Sequence[str] = ()) -> tuple[TrainingFinding, ...]:
    """Return the red findings that nobody has overridden."""
    return tuple(one for one in found if one.severity == "red" and one.name not in override)


def _data(data: TrainingData, training: Training) -> TrainingFinding:
    held = f", {data.test_rows:,} held out" if data.test_rows else ""
    detail = f"{data.rows:,} rows of {data.form} data{held}"
    if data.rows < training.batch_size:
        return TrainingFinding("data", "amber", f"{detail}: fewer than one batch", "Set a smaller batch_size.")
    return TrainingFinding("data", "green", detail)


def _model(training: Training) -> Iterator[TrainingFinding]:
    path = Path(training.model).expanduser()
    if not path.exists():
        if training.model.startswith(("/", ".", "~")) or training.model.count("/") != 1:
            yield TrainingFinding(
                "model", "red", f"there is no model at {training.model}", "Give a folder, or an id on the hub."
            )
        else:
            yield TrainingFinding(
                "model", "amber", f"{training.model} is taken for an id on the hub and was not looked at"
            )
        return
    if not (path / "config.json").is_file():
        adapter = (path / "adapter_config.json").is_file()
        detail = f"{path} holds an adapter, not a model" if adapter else f"{path} is no model: it has no config.json"
        yield TrainingFinding(
            "model", "red", detail, "Merge it into its base model." if adapter else "Give a model's folder."
        )
        return
    weights = any(path.glob("*.safetensors")) or any(path.glob("*.bin"))
    yield (
        TrainingFinding("model", "green", str(path))
        if weights
        else TrainingFinding("model", "red", f"{path} holds no weights", "Give a folder with *.safetensors.")
    )
    yield from _vocabulary(path)


def _vocabulary(model: Path) -> Iterator[TrainingFinding]:
    """Say whether the tokenizer is of this model: a token beyond its embeddings ends the training with a crash."""
    shape = vram.shape(model)
    try:
        said = orjson.loads((model / "tokenizer.json").read_bytes())
        ids = [*said["model"]["vocab"].values()] if isinstance(said["model"]["vocab"], dict) else []
        ids += [token["id"] for token in said.get("added_tokens", ())]
    except (OSError, ValueError, KeyError, TypeError):
        yield TrainingFinding("tokenizer", "amber", "not checked: there is no tokenizer.json that can be read")
        return
    if shape and ids and max(ids) >= shape.vocabulary:
        detail = f"the tokenizer has {max(ids) + 1:,} tokens, the model {shape.vocabulary:,}: it is another model's"
        yield TrainingFinding("tokenizer", "red", detail, "Put the model's own tokenizer files beside its weights.")
    else:
        yield TrainingFinding("tokenizer", "green", f"{len(set(ids)):,} tokens, all within the model")


def _settings(training: Training) -> Iterator[TrainingFinding]:
    missing = launching.missing_extra()
    if missing:
        yield TrainingFinding(
            "packages", "red", f"{', '.join(missing)} missing", "Run: pip install 'lemma-studio[train]'"
        )
    if training.attention == "flash_attention_2" and launching.missing_extra(("flash_attn",)):
        yield TrainingFinding("attention", "red", "FlashAttention-2 is not installed", "Set attention = sdpa.")
    if training.zero != "off" and launching.missing_extra(("deepspeed",)):
        yield TrainingFinding(
            "deepspeed", "red", "ZeRO needs deepspeed", "Run: pip install deepspeed, or set zero = off."
        )


def _memory(training: Training) -> Iterator[TrainingFinding]:
    shape = vram.shape(Path(training.model).expanduser())
    if shape is None:
        yield TrainingFinding(
            "memory", "amber", "not estimated: the model's config.json is not here or says too little"
        )
        return
    there = vram.there()
    if there.gpus and training.processes > there.gpus:
        detail = f"{training.processes} processes and {there.gpus} GPUs"
        yield TrainingFinding("devices", "red", detail, f"Set processes = {there.gpus}.")
    need = vram.need(shape, training, there.gpus > 0)
    parts = {
        "weights": need.weights,
        "gradients": need.gradients,
        "optimiser": need.optimiser,
        "reference": need.reference,
        "activations": need.activations,
    }
    evidence = tuple(f"{name} {_size(size)}" for name, size in parts.items() if size)
    detail = (
        f"about {_size(need.total)} for {shape.parameters / 1e6:,.1f} M parameters; "
        f"{_size(there.bytes)} of {there.place} free"
    )
    do = "Set a smaller device_batch or max_length, gradient_checkpointing = true, or lora_rank above 0."
    severity: Severity = "red" if need.total > there.bytes else "amber" if need.total > 0.8 * there.bytes else "green"
    yield TrainingFinding("memory", severity, detail, do if severity != "green" else "", evidence)


def _contents(data: TrainingData, found: DataContents) -> Iterator[TrainingFinding]:
    share = found.repeats / data.rows
    severity: Severity = "red" if share > MOST_REPEATS else "amber" if found.repeats else "green"
    yield _counted("duplicates", severity, found.repeats, data.rows, "repeat another row", "Export without repeats.")
    if data.form == "preference":
        severity = "red" if found.equal else "green"
        yield _counted(
            "pairs", severity, found.equal, data.rows, "prefer an answer to itself", "Take them out.", found.equal_at
        )
    unboxed = data.rows - found.boxed
    yield _counted(
        "boxes",
        "amber" if unboxed else "green",
        unboxed,
        data.rows,
        "answer without a box",
        "A model learns to end without one.",
        found.unboxed_at,
    )
    if found.several:
        yield _counted("turns", "amber", found.several, data.rows, "have several answers", "Only the last is trained.")
    shares = ", ".join(f"{name} {count / data.rows:.0%}" for name, count in sorted(found.languages.items()))
    mixed = sum(count > 0.02 * data.rows for count in found.languages.values()) > 1
    yield TrainingFinding("language", "amber" if mixed else "green", shares)
    if not data.chats and data.form != "text":
        yield TrainingFinding(
            "template", "amber", "plain prompts: the chat template is not used", "Export as sft for chats."
        )


def _counted(
    name: str, severity: Severity, count: int, rows: int, what: str, do: str, evidence: Sequence[str] = ()
) -> TrainingFinding:
    if not count:
        return TrainingFinding(name, severity, f"none of {rows:,} rows {what}")
    return TrainingFinding(
        name, severity, f"{count:,} of {rows:,} rows ({count / rows:.1%}) {what}", do, tuple(evidence)
    )


def _contamination(data: TrainingData) -> TrainingFinding:
    if data.manifest is None:
        return TrainingFinding("contamination", "amber", "not known: the data has no manifest of an export")
    try:
        said = orjson.loads(data.manifest.read_bytes())
        count = sum(number for reason, number in said.get("left_out", {}).items() if "test problem" in reason)
        known = sum(said.get("contamination", {}).get("benchmarks", {}).values())
        warned = said.get("warned", {})
        among = ", ".join(f"{int(number):,} each of which {what}" for what, number in warned.items())
    except (OSError, ValueError, AttributeError, TypeError):
        return TrainingFinding("contamination", "amber", f"not known: {data.manifest} cannot be read")
    if not known:
        return TrainingFinding("contamination", "amber", "not known: no benchmark was there when the set was exported")
    told = f"checked at export, which left {count:,} {_gone(said)} out"
    if among:
        do = "lemma benchmarks check lists the pairs; --set near=drop leaves them out."
        return TrainingFinding("contamination", "amber", f"{told}; among the rows are {among}", do)
    return TrainingFinding("contamination", "green", told)


def _gone(manifest: dict[str, Any]) -> str:
    """Return what was looked for: copies alone, or test problems in tiers."""
    return "test problems" if manifest.get("contamination", {}).get("tiers") else "copies of test problems"


def _tokens(training: Training, data: TrainingData) -> Iterator[TrainingFinding]:
    """Look at the tokens: whether a template is there, what is cut, what is trained."""
    if launching.missing_extra(("transformers",)):
        yield TrainingFinding("tokens", "amber", "not checked: needs the extra train")
        return
    try:
        tokenizer = _tokenizer(training)
    except PluginError as error:
        here = Path(training.model).expanduser().exists()
        yield TrainingFinding(
            "tokens", "red" if here else "amber", f"not checked: {' '.join(str(error).split())[:300]}"
        )
        return
    if data.chats and not tokenizer.chat_template:
        do = "Take an instruction-tuned model, or export as sft-pairs or pretrain."
        yield TrainingFinding(
            "template", "red", "the tokenizer has no chat template, and the data are conversations", do
        )
        return
    from jinja2 import TemplateError

    try:
        yield _cut(training, data, tokenizer)
        yield _masks(training, data, tokenizer)
    except TemplateError as error:
        do = "Take its system turns out, or a model whose template knows them."
        yield TrainingFinding("template", "red", f"the chat template refuses a row: {error}", do)


def _tokenizer(training: Training) -> Any:
    """Load the tokenizer; PluginError where that fails, which it does with errors of every kind."""
    from transformers import AutoTokenizer

    with boundary(PluginError, "the tokenizer cannot be loaded"):
        return AutoTokenizer.from_pretrained(training.model)


def _cut(training: Training, data: TrainingData, tokenizer: Any) -> TrainingFinding:
    every = max(1, data.rows // _MEASURED)
    rows = datasets.rows(data.train, data.form, training.completion_only)
    sizes = [preview.length(tokenizer, row) for number, row in enumerate(rows) if number % every == 0]
    cut = sum(size > training.max_length for size in sizes)
    severity: Severity = "red" if cut > MOST_CUT * len(sizes) else "amber" if cut else "green"
    what = f"are longer than {training.max_length:,} tokens and would be cut; the longest has {max(sizes):,}"
    found = _counted("truncation", severity, cut, len(sizes), what, "Set a larger max_length.")
    return (
        found
        if cut
        else TrainingFinding(
            "truncation", severity, f"none of {len(sizes):,} samples is cut; {max(sizes):,} tokens at most"
        )
    )


def _masks(training: Training, data: TrainingData, tokenizer: Any) -> TrainingFinding:
    rows = datasets.rows(data.train, data.form, training.completion_only)
    shown = preview.previews(
        tokenizer, _first(rows, 3), training.max_length, training.completion_only or training.method == "dpo"
    )
    evidence = tuple(f"{one.trained} of {one.tokens} tokens are trained: {one.text}" for one in shown)
    if any(not one.trained for one in shown):
        return TrainingFinding(
            "mask", "red", "a sample has no token that is trained", "Set a larger max_length.", evidence
        )
    if not all(one.prefix_holds for one in shown):
        detail = "the chat template writes a request differently once its answer is there, so the mask slips"
        return TrainingFinding("mask", "red", detail, "Take a template that only appends.", evidence)
    return TrainingFinding("mask", "green", "three samples as the model sees them", "", evidence)


def _first(rows: Iterable[Any], count: int) -> Iterator[Any]:
    for number, row in enumerate(rows):
        if number == count:
            return
        yield row


def _size(count: float) -> str:
    return f"{count / _GIB:,.1f} GiB" if count >= _GIB / 10 else f"{count / 2**20:,.0f} MiB"
