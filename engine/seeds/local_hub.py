"""Data sets of the local Hugging Face cache: found by id, read from disk, never fetched.

Both places are looked at: the hub's snapshots (`hub/datasets--ORG--NAME/snapshots/REVISION/…`) and what the `datasets`
package prepared (`datasets/ORG___NAME/…/*.arrow`). A folder written by `save_to_disk` works as well.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from engine.core.errors import BadInput

_READABLE = (".jsonl", ".jsonl.gz", ".json", ".json.gz", ".csv", ".csv.gz", ".parquet", ".arrow")
_DESCRIPTIONS = frozenset({"dataset_info.json", "dataset_infos.json", "state.json", "dataset_dict.json"})


def available() -> tuple[str, ...]:
    """Return the ids that the local cache holds, sorted."""
    hub = (path.name.removeprefix("datasets--").replace("--", "/") for path in _hub().glob("datasets--*"))
    prepared = (path.name.replace("___", "/") for path in _prepared().glob("*") if any(path.rglob("*.arrow")))
    return tuple(sorted({*hub, *prepared}))


def files(name: str, split: str = "train") -> tuple[Path, ...]:
    """Return the files of a data set: an id such as openai/gsm8k, or a folder.

    Those of `split` where the names tell one, else all. Raises BadInput that lists what is there.
    """
    folder = Path(name).expanduser()
    found = sorted(_in(folder)) if folder.is_dir() else sorted(_cached(name))
    if not found:
        there = ", ".join(available()) or "nothing"
        what = "is not in the local Hugging Face cache, and nothing is fetched from the hub."
        raise BadInput(what, where=name, do=f"In the cache {_home()}: {there}.")
    of_split = [path for path in found if split in path.name or split in path.parent.name]
    return tuple(of_split or found)


def _cached(name: str) -> Iterator[Path]:
    snapshots = _hub() / f"datasets--{name.replace('/', '--')}" / "snapshots"
    revisions = sorted(snapshots.glob("*"), key=lambda path: path.stat().st_mtime)
    if revisions:
        yield from _in(revisions[-1])
        return
    yield from _in(_prepared() / name.replace("/", "___"))


def _in(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.name.endswith(_READABLE) and path.name not in _DESCRIPTIONS and path.is_file():
            yield path


def _home() -> Path:
    return Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface").expanduser()


def _hub() -> Path:
    return Path(os.environ.get("HF_HUB_CACHE") or _home() / "hub").expanduser()


def _prepared() -> Path:
    return Path(os.environ.get("HF_DATASETS_CACHE") or _home() / "datasets").expanduser()
