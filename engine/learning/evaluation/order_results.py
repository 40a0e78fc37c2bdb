"""What `lemma bench order` measured, kept in the project as a file each, so that the page Judges can show it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import orjson

from engine.core.files import write_atomically
from engine.curation.trust.order_bias import OrderBias

FOLDER = "orders"
_FIELDS = {field.name for field in fields(OrderBias)}


@dataclass(frozen=True, slots=True)
class KeptOrder:
    """One measurement."""

    model: str
    columns: tuple[str, ...]
    bias: OrderBias
    at: float

    @property
    def when(self) -> str:
        """Its day and hour."""
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(self.at))


def keep_order(project: Path, model: str, columns: Sequence[str], bias: OrderBias, at: float | None = None) -> Path:
    """Write a measurement into the project's folder of them."""
    now = time.time() if at is None else at
    said = {"model": model, "columns": list(columns), "at": now, "bias": asdict(bias)}
    path = project / FOLDER / f"{int(now * 1000)}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, orjson.dumps(said, option=orjson.OPT_INDENT_2))
    return path


def kept_orders(project: Path) -> tuple[KeptOrder, ...]:
    """Return all measurements, the newest first; a file that is none of ours is passed over."""
    found = [made for path in sorted((project / FOLDER).glob("*.json"), reverse=True) if (made := _read(path))]
    return tuple(sorted(found, key=lambda one: -one.at))


def _read(path: Path) -> KeptOrder | None:
    try:
        said = orjson.loads(path.read_bytes())
        bias = OrderBias(**{name: value for name, value in said["bias"].items() if name in _FIELDS})
        return KeptOrder(str(said["model"]), tuple(map(str, said["columns"])), bias, float(said["at"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
