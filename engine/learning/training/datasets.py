"""Training data from disk: which files, which form, which rows; a bad row is named by file, line and column.

The forms are TRL's own: `messages`; `prompt` and `completion`; `text`; `prompt`, `chosen` and `rejected`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from engine.core.errors import BadInput
from engine.core.files import open_plain, why_not
from engine.core.settings.training import Method

Form = Literal["messages", "prompt-completion", "text", "preference"]
Row = dict[str, Any]

COLUMNS: dict[Form, tuple[str, ...]] = {
    "preference": ("prompt", "chosen", "rejected"),
    "prompt-completion": ("prompt", "completion"),
    "messages": ("messages",),
    "text": ("text",),
}
"""The columns of each form, in the order in which forms are looked for."""
SUFFIXES = (".jsonl", ".parquet")
_ROLES = ("system", "user", "assistant", "tool")
_WANTED = (
    "Fine-tuning needs messages; prompt and completion; or text. Preference training needs prompt, chosen, rejected."
)


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Data that was found and read once, so that every row is known to be usable."""

    path: Path
    form: Form
    train: tuple[Path, ...]
    test: tuple[Path, ...]
    rows: int
    test_rows: int
    sha256: str
    """Hash over the training files, by content."""
    chats: bool
    """Whether the rows are conversations, to which a chat template applies."""
    manifest: Path | None
    """The manifest of an export of ours; None for other files."""


def source(data: str, method: Method) -> TrainingData:
    """Find and check the data of a training.

    Args:
        data: folder of an export, folder of files, or one JSONL or Parquet file.
        method: what is to be done with it.

    Raises:
        BadInput: names file, line and column of what cannot be used, and says what to do.
    """
    path = Path(data).expanduser()
    if not os.path.isdir(path):
        _must_open(path)
    train, test = _files(path)
    form, chats = _form(train[0], method)
    rows = sum(1 for file in train for _ in checked(file, form))
    if not rows:
        raise BadInput("holds no rows.", where=str(path), do="Export some problems first: lemma export.")
    test_rows = sum(1 for file in test for _ in checked(file, form))
    manifest = path / "manifest.json"
    known = manifest if path.is_dir() and manifest.is_file() else None
    return TrainingData(path, form, train, test, rows, test_rows, _hash(train), chats, known)


def _must_open(path: Path) -> None:
    """Raise BadInput for what is no file of data, such as a pipe, which would wait for its other end."""
    try:
        open_plain(path).close()
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise why_not(error, path) from error


def rows(files: tuple[Path, ...], form: Form, completion_only: bool = True) -> Iterator[Row]:
    """Yield rows with TRL's columns and no others.

    A conversation becomes prompt and completion where only the answer counts: its last turn is the answer, so that
    the mask depends on no marks in the chat template.
    """
    for file in files:
        for row in checked(file, form):
            if form == "messages" and completion_only:
                turns = row["messages"]
                yield {"prompt": turns[:-1], "completion": turns[-1:]}
            else:
                yield {name: row[name] for name in COLUMNS[form]}


def checked(file: Path, form: Form) -> Iterator[Row]:
    """Yield the rows of a file; BadInput at the first that is not of the form."""
    for number, row in _read(file):
        where = f"{file}:{number}"
        missing = [name for name in COLUMNS[form] if row.get(name) in (None, "", [])]
        if missing:
            raise BadInput(f"column {missing[0]} is missing or empty.", where=where, do=_WANTED)
        for name in COLUMNS[form]:
            row[name] = _value(row[name], f"{where}, {name}", last=name != "prompt")
        if form == "messages" and len(row["messages"]) < 2:
            raise BadInput("has an answer and no request.", where=f"{where}, messages", do=_WANTED)
        if len({isinstance(row[name], list) for name in COLUMNS[form]}) > 1:
            raise BadInput("mixes conversations with plain text.", where=where, do="Use one of the two in a row.")
        yield row


def _value(value: Any, where: str, last: bool) -> Any:
    """Return text as it is, and a conversation with nothing but role and content; an answer ends by the assistant."""
    if isinstance(value, str):
        if where.endswith("messages"):
            raise BadInput("is text, not a conversation.", where=where, do="A conversation is a list of turns.")
        return value
    if not isinstance(value, list) or where.endswith(", text"):
        raise BadInput(f"is {type(value).__name__}, neither text nor a conversation.", where=where, do=_WANTED)
    turns = [_turn(turn, where) for turn in value]
    if last and turns[-1]["role"] != "assistant":
        raise BadInput(f"ends with {turns[-1]['role']}, not with the assistant.", where=where, do="Add the answer.")
    return turns


def _turn(turn: Any, where: str) -> dict[str, str]:
    if not isinstance(turn, dict) or not isinstance(turn.get("content"), str):
        raise BadInput("has a turn without role and content.", where=where, do="A turn has a role and a content.")
    if turn.get("role") not in _ROLES:
        raise BadInput(f"has the role {turn.get('role')!r}.", where=where, do=f"Known roles: {', '.join(_ROLES)}.")
    return {"role": turn["role"], "content": turn["content"]}


def _files(path: Path) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Return the files of the training and of the held-out split."""
    if path.is_file():
        if path.suffix not in SUFFIXES:
            raise BadInput(f"is {path.suffix or 'a file'} data.", where=str(path), do="Give a JSONL or Parquet file.")
        return (path,), ()
    if not path.is_dir():
        raise BadInput(
            "does not exist.", where=str(path), do="Give the folder of an export, or a JSONL or Parquet file."
        )
    folder = path / "data" if (path / "data").is_dir() else path
    found = sorted(file for file in folder.iterdir() if file.suffix in SUFFIXES)
    test = tuple(file for file in found if file.name.startswith(("test", "validation")))
    train = tuple(file for file in found if file.name.startswith("train")) or tuple(f for f in found if f not in test)
    if not train:
        raise BadInput("holds no JSONL or Parquet file.", where=str(folder), do="Export as jsonl or parquet.")
    if len({file.suffix for file in train}) > 1:
        raise BadInput("holds the same data as JSONL and as Parquet.", where=str(folder), do="Give one file of them.")
    return train, test


def _form(file: Path, method: Method) -> tuple[Form, bool]:
    """Recognise the form by the columns of the first row; BadInput where the method cannot use it."""
    first = next(_read(file), None)
    if first is None:
        raise BadInput("holds no rows.", where=str(file), do="Export some problems first: lemma export.")
    names = set(first[1])
    form = next((form for form, wanted in COLUMNS.items() if names >= set(wanted)), None)
    if form is None:
        raise BadInput(f"has the columns {', '.join(sorted(names))}.", where=str(file), do=_WANTED)
    if (form == "preference") != (method == "dpo"):
        other = "dpo" if method == "sft" else "sft"
        raise BadInput(f"is {form} data, which is not for {method}.", where=str(file), do=f"Use lemma train {other}.")
    return form, isinstance(first[1][COLUMNS[form][0]], list)


def _read(file: Path) -> Iterator[tuple[int, Row]]:
    """Yield (line or row number from 1, row)."""
    try:
        yield from _parquet(file) if file.suffix == ".parquet" else _lines(file)
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise BadInput(f"cannot be read: {' '.join(str(error).split())}", where=str(file)) from error


def _lines(file: Path) -> Iterator[tuple[int, Row]]:
    with open_plain(file) as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise BadInput(f"is no JSON: {error}.", where=f"{file}:{number}") from error
            if not isinstance(row, dict):
                raise BadInput("is no JSON object.", where=f"{file}:{number}", do=_WANTED)
            yield number, row


def _parquet(file: Path) -> Iterator[tuple[int, Row]]:
    number = 0
    with pq.ParquetFile(file) as opened:
        for batch in opened.iter_batches(batch_size=2_000):
            for row in batch.to_pylist():
                number += 1
                yield number, row


def _hash(files: tuple[Path, ...]) -> str:
    whole = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()
