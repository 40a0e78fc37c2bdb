"""Items on their way to another process: a way is a partial, and what all items share travels once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Any

from engine.core.errors import PluginError
from engine.core.protocol import Item
from engine.runs.completed import CompletedItems, EarlierFailure

_PLAIN = (str, int, float, bool, bytes, type(None))


@dataclass(frozen=True, slots=True)
class Common:
    """Stands for an object that many items of a phase hold; `number` counts them."""

    number: int


@dataclass(frozen=True, slots=True)
class SentItem:
    """What an actor gets of one item."""

    item: Item
    earlier_failure: EarlierFailure | None


def common(items: Iterable[Item]) -> tuple[tuple[Any, ...], Iterator[Item]]:
    """Return the very objects that the first two items both hold, such as an index of tests, and all items again."""
    rest = iter(items)
    first = list(islice(rest, 2))
    held = [_arguments(item) for item in first]
    shared = [one for one in held[0] if any(one is other for other in held[1])] if len(held) == 2 else []
    return tuple(one for one in shared if not isinstance(one, _PLAIN)), chain(first, rest)


def packed(items: Sequence[Item], shared: Sequence[Any], completed_items: CompletedItems) -> bytes:
    """Return a batch, packed; PluginError where an item holds something that cannot travel, such as an open file."""
    from ray import cloudpickle

    numbers = {id(one): Common(number) for number, one in enumerate(shared)}
    sent = [
        SentItem(Item(item.id, _swapped(item.way, numbers)), completed_items.earlier_failures.get(item.id))
        for item in items
    ]
    try:
        body: bytes = cloudpickle.dumps(sent)
    except Exception as error:
        raise PluginError(f"items cannot be sent to another machine: {type(error).__name__}: {error}") from error
    return body


def opened(item_batch: bytes, shared: Sequence[Any]) -> list[SentItem]:
    """Return what `packed` put into a batch; PluginError where its code is not there."""
    from ray import cloudpickle

    try:
        sent: list[SentItem] = cloudpickle.loads(item_batch)
    except Exception as error:
        raise PluginError(f"items cannot be read on this machine: {type(error).__name__}: {error}") from error
    return [SentItem(Item(each.item.id, _restored(each.item.way, shared)), each.earlier_failure) for each in sent]


def _arguments(item: Item) -> tuple[Any, ...]:
    return (*item.way.args, *item.way.keywords.values()) if isinstance(item.way, partial) else ()


def _swapped(way: Any, numbers: dict[int, Common]) -> Any:
    if not isinstance(way, partial) or not numbers:
        return way
    named = {name: numbers.get(id(one), one) for name, one in way.keywords.items()}
    return partial(way.func, *(numbers.get(id(one), one) for one in way.args), **named)


def _restored(way: Any, shared: Sequence[Any]) -> Any:
    if not isinstance(way, partial):
        return way

    def whole(one: Any) -> Any:
        return shared[one.number] if isinstance(one, Common) else one

    return partial(way.func, *map(whole, way.args), **{name: whole(one) for name, one in way.keywords.items()})
