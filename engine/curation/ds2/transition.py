"""How raters err: the score transition matrix and the prior of true scores, from reports and neighbours (HOC, DS2).

Scores near each other in meaning should be equal; where reports differ, the pattern of disagreement tells how often a
true score i is reported as j. The solution is unique only up to a permutation of rows, so rows are assigned to scores
at the end and the result says whether it can be relied on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.errors import BadInput
from engine.curation.ds2.consensus import Consensus, Floats, Ints, counted, implied, mean
from engine.curation.ds2.draws import Neighbourhood

STEPS, RATE = 1501, 0.1
ROUNDS, DRAW, DRAWN_SHARE = 50, 50_000, 0.9
FEW = 1_000
"""Items below which a matrix of six classes is a guess; the report warns instead of drawing it."""
_TINY = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Transition:
    """The estimate: `T` (K, K) row = true, column = reported; prior `p` (K); the loss it reached.

    `reliable` is False where a row's largest entry is not on the diagonal; `clusterable` is the share of items whose
    two neighbours report the same score; `warning` is a sentence, '' where there is nothing to say.
    """

    T: Floats
    p: Floats
    loss: float
    reliable: bool
    clusterable: float = 1.0
    warning: str = ""


def estimate(
    embeddings: npt.NDArray[np.float32],
    scores: npt.ArrayLike,
    classes: int,
    *,
    seed: int,
    rounds: int = ROUNDS,
    draw: int = DRAW,
) -> Transition:
    """Estimate T and p from embeddings (N, d), unit rows, and reported scores (N) in 0..classes-1 (DS2, steps A and B).

    Raises BadInput for scores out of range or fewer than three items.
    """
    reports = checked(scores, classes, len(embeddings))
    return estimate_in(Neighbourhood(embeddings), reports, classes, seed=seed, rounds=rounds, draw=draw)


def estimate_in(
    around: Neighbourhood, reports: Ints, classes: int, *, seed: int, rounds: int = ROUNDS, draw: int = DRAW
) -> Transition:
    """Estimate from a neighbourhood that was searched already (SC-02)."""
    size = max(3, min(draw, int(DRAWN_SHARE * len(around))))
    rng = np.random.default_rng(seed)
    found: list[Consensus] = []
    agreeing = 0.0
    for drawn in around.draws(rounds, size, 2, rng):
        triples = np.column_stack([drawn.rows, drawn.near.index])
        found.append(counted(reports, triples, classes))
        agreeing += float(np.mean(reports[triples[:, 1]] == reports[triples[:, 2]])) / rounds
    solved = solve(mean(found), seed=seed)
    few = f"{len(around):,} items are few for {classes} scores; at least {FEW:,} are needed to trust the matrix."
    notes = [few] if len(around) < FEW else []
    if not solved.reliable:
        notes.append("A row of the matrix has its largest entry off the diagonal: the estimate is unreliable.")
    return Transition(solved.T, solved.p, solved.loss, solved.reliable, agreeing, " ".join(notes))


def solve(target: Consensus, *, seed: int = 0, steps: int = STEPS) -> Transition:
    """Return the T and p whose implied consensus comes closest to `target` (SC-03, SC-04)."""
    logits = _adam(_start(len(target.one), seed), target, steps)
    logits = _polished(logits, target)
    transition, prior = _unpacked(logits, len(target.one))
    transition, prior = aligned(transition, prior)
    diagonal = bool(np.all(transition.argmax(axis=1) == np.arange(len(prior))))
    return Transition(transition, prior, loss(transition, prior, target), diagonal)


def loss(transition: Floats, prior: Floats, target: Consensus) -> float:
    """Return the sum of the three Frobenius norms of the residuals; not squared, weights 1."""
    found = implied(transition, prior)
    return float(sum(np.linalg.norm(a - b) for a, b in _pairs(found, target)))


def aligned(transition: Floats, prior: Floats) -> tuple[Floats, Floats]:
    """Return the rows in the order that puts the most weight on the diagonal; T and p are permuted together."""
    from scipy.optimize import linear_sum_assignment  # Slow to load, and policies come this way too.

    _, row = linear_sum_assignment(-np.log(transition.T + _TINY))
    return transition[row], prior[row]


def checked(scores: npt.ArrayLike, classes: int, items: int) -> Ints:
    """Return scores as integers; BadInput where they do not fit."""
    given = np.asarray(scores)
    reports = given.astype(np.int64)
    if len(reports) != items or items < 3:
        raise BadInput(f"{len(reports)} scores for {items} embeddings; at least three of both are needed.")
    if np.any(reports != given) or reports.min() < 0 or reports.max() >= classes:
        raise BadInput(f"scores must be whole numbers from 0 to {classes - 1}.")
    return reports


def _start(classes: int, seed: int) -> Floats:
    """Logits of the start: 4 on the diagonal, -1 elsewhere; the prior nearly even."""
    prior = 1 / classes + np.random.default_rng(seed).uniform(0, 0.1, classes)
    return np.concatenate([(5 * np.eye(classes) - 1).ravel(), prior])


def _unpacked(logits: Floats, classes: int) -> tuple[Floats, Floats]:
    return _softmax(logits[: classes**2].reshape(classes, classes)), _softmax(logits[classes**2 :])


def _softmax(logits: Floats) -> Floats:
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def _pairs(found: Consensus, target: Consensus) -> tuple[tuple[Floats, Floats], ...]:
    return (found.one, target.one), (found.two, target.two), (found.three, target.three)


def _adam(logits: Floats, target: Consensus, steps: int) -> Floats:
    """Follow Adam on the unsquared norms and return a copy of the best iterate."""
    best, least = logits.copy(), np.inf
    first, second = np.zeros_like(logits), np.zeros_like(logits)
    for step in range(1, steps + 1):
        value, slope = _norms(logits, target)
        if value < least:
            best, least = logits.copy(), value
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        logits = logits - RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return best


def _polished(logits: Floats, target: Consensus) -> Floats:
    """Remove Adam's jitter with a few quasi-Newton steps on the squared norms; kept only where the loss falls."""
    from scipy.optimize import minimize

    result = minimize(
        _squares,
        logits,
        args=(target,),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 500, "ftol": 1e-18, "gtol": 1e-12},
    )
    return result.x if _norms(result.x, target)[0] < _norms(logits, target)[0] else logits


def _norms(logits: Floats, target: Consensus) -> tuple[float, Floats]:
    """Return the loss and its gradient by the logits."""
    transition, prior = _unpacked(logits, len(target.one))
    rests = [a - b for a, b in _pairs(implied(transition, prior), target)]
    sizes = [float(np.linalg.norm(rest)) for rest in rests]
    pull = [rest / max(size, _TINY) for rest, size in zip(rests, sizes, strict=True)]
    return sum(sizes), _slope(transition, prior, pull)


def _squares(logits: Floats, target: Consensus) -> tuple[float, Floats]:
    transition, prior = _unpacked(logits, len(target.one))
    rests = [a - b for a, b in _pairs(implied(transition, prior), target)]
    return float(sum((rest**2).sum() for rest in rests)), _slope(transition, prior, [2 * rest for rest in rests])


def _slope(transition: Floats, prior: Floats, pull: list[Floats]) -> Floats:
    """Carry the derivative by the consensus back through T, p and the softmax."""
    one, two, three = pull
    by_pair = transition @ (two + two.T)
    turned = three + three.transpose(1, 0, 2) + three.transpose(1, 2, 0)
    by_triple = np.einsum("ijl,kj,kl->ki", turned, transition, transition)
    d_transition = prior[:, None] * (one + by_pair + by_triple)
    d_prior = (
        transition @ one
        + np.einsum("ij,ki,kj->k", two, transition, transition)
        + np.einsum("ijl,ki,kj,kl->k", three, transition, transition, transition)
    )
    rows = transition * (d_transition - (d_transition * transition).sum(axis=1, keepdims=True))
    return np.concatenate([rows.ravel(), prior * (d_prior - d_prior @ prior)])
