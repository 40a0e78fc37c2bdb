"""How tokens are drawn: the shares that sampling asks for, dice of one's own, ends of one's own."""

from __future__ import annotations

import math
from collections import Counter

import pytest

torch = pytest.importorskip("torch", reason="drawing tokens needs the extra train")

from engine.models.serving.protocol import PromptRequest  # noqa: E402
from engine.models.serving.sampling import Drawing, Ending  # noqa: E402

pytestmark = [pytest.mark.models]
SHARES = (0.5, 0.3, 0.15, 0.05)
ROWS = 4_000


def _asked(**said: object) -> PromptRequest:
    return PromptRequest(**{"ids": (0,), "max_tokens": 5, **said})


def _drawn(count: int = ROWS, **said: object) -> Counter[int]:
    """Draw once in each of many rows whose tokens have `SHARES`."""
    batch = [_asked(seed=row, **said) for row in range(count)]
    seen = torch.ones(count, 1, dtype=torch.long)
    scores = torch.tensor([[math.log(share) for share in SHARES]]).repeat(count, 1)
    left = Drawing(batch, seen)(torch.zeros(count, 1, dtype=torch.long), scores)
    assert torch.isfinite(left).sum(-1).tolist() == [1] * count
    return Counter(left.argmax(-1).tolist())


def _near(found: Counter[int], shares: tuple[float, ...]) -> None:
    for token, share in enumerate(shares):
        # Five standard deviations of a binomial count.
        slack = 5 * math.sqrt(ROWS * share * (1 - share))
        assert abs(found[token] - ROWS * share) <= slack, (token, found[token], ROWS * share)


def test_tokens_come_as_often_as_the_model_says():
    _near(_drawn(), SHARES)


def test_temperature_sharpens_by_its_power():
    powers = [share**2 for share in SHARES]
    _near(_drawn(temperature=0.5), tuple(power / sum(powers) for power in powers))


def test_top_k_and_top_p_keep_the_likeliest():
    _near(_drawn(top_k=2), (0.5 / 0.8, 0.3 / 0.8, 0.0, 0.0))
    _near(_drawn(top_p=0.75), (0.5 / 0.8, 0.3 / 0.8, 0.0, 0.0))
    assert set(_drawn(top_p=1e-6)) == {0}
    assert set(_drawn(top_k=1)) == {0}


def test_no_temperature_takes_the_likeliest():
    assert _drawn(50, temperature=0.0) == {0: 50}


def test_a_row_is_drawn_by_its_own_dice_whatever_stands_beside_it():
    def row(batch: list[PromptRequest]) -> list[int]:
        drawing = Drawing(batch, torch.ones(len(batch), 1, dtype=torch.long))
        ids = torch.zeros(len(batch), 1, dtype=torch.long)
        scores = torch.zeros(len(batch), 50)
        return [int(drawing(ids, scores)[0].argmax()) for _ in range(10)]

    alone = row([_asked(seed=7)])
    among = row([_asked(seed=7), _asked(temperature=0.0), _asked(top_k=3), _asked(seed=8, top_p=0.5)])
    assert alone == among
    assert alone != row([_asked(seed=8)])


def test_repetition_makes_less_likely_what_was_said_but_not_the_filling():
    # Token 3 fills the row up on the left; token 1 was said.
    batch = [_asked(temperature=0.0, repetition_penalty=2.0)]
    drawing = Drawing(batch, torch.tensor([[0, 1]]))
    left = drawing(torch.tensor([[3, 1]]), torch.tensor([[0.0, 4.0, 3.0, 3.5]]))
    assert int(left.argmax()) == 3
    assert int(drawing(torch.tensor([[3, 1]]), torch.tensor([[-5.0, -1.0, -1.5, -9.0]])).argmax()) == 2


class _Letters:
    def decode(self, ids: list[int], skip_special_tokens: bool) -> str:
        return "".join(chr(97 + token) for token in ids)


def test_rows_end_at_their_own_length_or_mark():
    batch = [_asked(max_tokens=2), _asked(max_tokens=9, stop=("cd",)), _asked(max_tokens=9)]
    ending = Ending(batch, _Letters(), 1)
    ids = torch.tensor([[0, 1], [0, 2], [0, 1]])
    assert ending(ids, None).tolist() == [False, False, False]
    ids = torch.tensor([[0, 1, 1], [0, 2, 3], [0, 1, 1]])
    assert ending(ids, None).tolist() == [True, True, False]
    assert ending.lengths == {0: 2, 1: 2}
