"""The two losses of continual learning in plain numpy: what TRL computes is held against them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def log_probabilities(logits: ArrayLike, tokens: ArrayLike) -> NDArray[np.float64]:
    """Return the log-probability of each token given those before it.

    Args:
        logits: scores after each position, shape (T, V).
        tokens: token ids, shape (T,); the first one is given and has no probability.

    Returns:
        Natural logarithms, shape (T - 1,).
    """
    scores, ids = np.asarray(logits, dtype=np.float64)[:-1], np.asarray(tokens)[1:]
    highest = scores.max(axis=-1, keepdims=True)
    total = np.log(np.exp(scores - highest).sum(axis=-1)) + highest[:, 0]
    found: NDArray[np.float64] = scores[np.arange(len(ids)), ids] - total
    return found


def sft(log_probs: ArrayLike, answer: ArrayLike) -> float:
    """Return the mean negative log-likelihood of the answer's tokens given the request, in nats (CL-17, eq. 1).

    Args:
        log_probs: log-probability of every token, shape (T,).
        answer: whether a token belongs to the answer, shape (T,); the request does not count.

    Raises:
        ValueError: where no token belongs to the answer.
    """
    found, counts = np.asarray(log_probs, dtype=np.float64), np.asarray(answer, dtype=bool)
    if not counts.any():
        raise ValueError("no token belongs to the answer")
    return float(-found[counts].mean())


def dpo(
    chosen: ArrayLike, rejected: ArrayLike, reference_chosen: ArrayLike, reference_rejected: ArrayLike, beta: float
) -> NDArray[np.float64]:
    """Return -log sigma(beta * margin) per pair (CL-18, eq. 2); the reference is the tuned model of the round.

    Args:
        chosen: summed log-probabilities of the chosen answers under the model, shape (N,).
        rejected: the same of the rejected answers.
        reference_chosen: the same of the chosen answers under the reference.
        reference_rejected: the same of the rejected answers under the reference.
        beta: strength of the tie to the reference; the paper does not give it.
    """
    better = np.asarray(chosen, dtype=np.float64) - np.asarray(reference_chosen, dtype=np.float64)
    worse = np.asarray(rejected, dtype=np.float64) - np.asarray(reference_rejected, dtype=np.float64)
    # log(1 + exp(-x)) without overflow for a margin far below zero.
    loss: NDArray[np.float64] = np.logaddexp(0.0, -beta * (better - worse))
    return loss
