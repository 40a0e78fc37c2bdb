"""What a round trains on again: the part of its history that is hard, or that a pass without replay forgets.

Continual learning 2.5.1: J = loss of the model trained without replay - loss of the previous DPO model, per item;
mu = mean loss of the previous DPO model over the whole history; replayed are the items with J > mu or loss > mu.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.core.errors import BadInput
from engine.core.records import content_id
from engine.core.settings.training import ReplayWay


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """A request with the answer that is to be learnt."""

    prompt: str
    answer: str
    system: str = ""

    @property
    def id(self) -> str:
        """Content address; the same texts are the same example in every round."""
        return content_id("EX", self.system, self.prompt, self.answer)


@dataclass(frozen=True, slots=True)
class Preference:
    """A request with a better and a worse answer."""

    prompt: str
    chosen: str
    rejected: str
    system: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """Which items of the history are trained on again, and why.

    `indices` are row numbers in ascending order, shape (R,); `forgetting` is J per item, shape (N,);
    `hard` and `forgotten` say which of the two rules chose an item, shape (N,) each; they may both hold.
    """

    indices: NDArray[np.int64]
    mu: float
    forgetting: NDArray[np.float64]
    forgotten: NDArray[np.bool_]
    hard: NDArray[np.bool_]

    @property
    def share(self) -> float:
        """Share of the history that is replayed; 0 for no history."""
        return len(self.indices) / len(self.forgetting) if len(self.forgetting) else 0.0


def history(
    tuned: Iterable[Sequence[TrainingExample]], preferred: Iterable[Sequence[Preference]] = ()
) -> tuple[TrainingExample, ...]:
    """Return everything learnt so far: all earlier SFT sets and the chosen answers of all pairs (CL-20).

    Rejected answers are dropped; an example that comes twice counts once, in the order of its first coming.
    """
    every = [example for one in tuned for example in one]
    every += [TrainingExample(pair.prompt, pair.chosen, pair.system) for one in preferred for pair in one]
    return tuple({example.id: example for example in every}.values())


def select(loss_before: ArrayLike, loss_no_replay: ArrayLike) -> Replay:
    """Return what is replayed (CL-21..23).

    Args:
        loss_before: loss per history item of the previous DPO model, in nats per token, shape (N,).
        loss_no_replay: the same of the model that was trained without replay, shape (N,).

    Raises:
        BadInput: where the shapes differ or a loss is not finite.
    """
    before, without = (np.asarray(given, dtype=np.float64) for given in (loss_before, loss_no_replay))
    if before.ndim != 1 or before.shape != without.shape:
        raise BadInput(f"losses of {without.shape} items against {before.shape}.", where="replay")
    if not (np.isfinite(before).all() and np.isfinite(without).all()):
        row = int(np.flatnonzero(~np.isfinite(before) | ~np.isfinite(without))[0])
        raise BadInput("a loss is not a finite number.", where=f"replay, item {row}")
    mu = float(before.mean()) if len(before) else 0.0
    forgetting = without - before
    forgotten, hard = forgetting > mu, before > mu
    return Replay(np.flatnonzero(forgotten | hard), mu, forgetting, forgotten, hard)


def replayed(
    way: ReplayWay, past: Sequence[TrainingExample], chosen: Replay | None = None
) -> tuple[TrainingExample, ...]:
    """Return the examples of the history that are trained on again: the method's, or one of its baselines (CL-26)."""
    if way == "none":
        return ()
    if way == "all":
        return tuple(past)
    if chosen is None or len(chosen.forgetting) != len(past):
        raise BadInput("replay by loss needs the losses of the whole history.", where="replay")
    return tuple(past[row] for row in chosen.indices)


@dataclass(frozen=True, slots=True)
class Mixed:
    """The SFT set of a round."""

    examples: tuple[TrainingExample, ...]
    replayed: int
    fresh: int

    @property
    def replay_share(self) -> float:
        """Share of replayed examples; a rising share is what the paper blames for its third round."""
        return self.replayed / len(self.examples) if self.examples else 0.0


def mixed(again: Sequence[TrainingExample], fresh: Sequence[TrainingExample]) -> Mixed:
    """Return replay and new data as one set (CL-25); an example that is in both counts as replayed."""
    known = {example.id for example in again}
    new = tuple({one.id: one for one in fresh if one.id not in known}.values())
    return Mixed((*again, *new), len(again), len(new))


def row_of(example: TrainingExample) -> dict[str, Any]:
    """Return an example as TRL's conversational prompt-completion row."""
    return {
        "prompt": _asked(example.system, example.prompt),
        "completion": [{"role": "assistant", "content": example.answer}],
    }


def pair_of(pair: Preference) -> dict[str, Any]:
    """Return a preference as TRL's conversational row."""
    return {
        "prompt": _asked(pair.system, pair.prompt),
        "chosen": [{"role": "assistant", "content": pair.chosen}],
        "rejected": [{"role": "assistant", "content": pair.rejected}],
    }


def _asked(system: str, prompt: str) -> list[dict[str, str]]:
    said = [{"role": "user", "content": prompt}]
    return [{"role": "system", "content": system}, *said] if system else said
