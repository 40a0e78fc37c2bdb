"""What the preview shows of a sample, by a tokenizer of words: which tokens are trained, and the end that TRL adds."""

from __future__ import annotations

from typing import Any

import pytest

from engine.learning.training import preview
from engine.learning.training.preview import CLOSE, OPEN


class Words:
    """A tokenizer that has one token for each word, and one for the end where it has an end."""

    def __init__(self, end: str | None = "</s>") -> None:
        self.known = [end] if end else []
        self.eos_token_id = 0 if end else None

    def __call__(self, text: str) -> dict[str, list[int]]:
        self.known += [word for word in dict.fromkeys(text.split()) if word not in self.known]
        return {"input_ids": [self.known.index(word) for word in text.split()]}

    def decode(self, ids: list[int]) -> str:
        return " ".join(self.known[one] for one in ids)


PAIR = {"prompt": "two and two", "completion": " are four"}
ROWS: list[tuple[dict[str, Any], str | None, int, str]] = [
    ({"text": "two are two"}, "</s>", 4, f"{OPEN}two are two </s>{CLOSE}"),
    ({"text": "two are two"}, None, 3, f"{OPEN}two are two{CLOSE}"),
    (PAIR, "</s>", 3, f"two and two{OPEN}are four </s>{CLOSE}"),
    (PAIR, None, 2, f"two and two{OPEN}are four{CLOSE}"),
]


@pytest.mark.parametrize(("row", "end", "trained", "text"), ROWS)
def test_plain_text_is_trained_to_its_end_and_a_request_has_none(
    row: dict[str, Any], end: str | None, trained: int, text: str
) -> None:
    """A model that is never shown the end never stops; an end behind the request would end before the answer."""
    found = preview.preview(Words(end), row, 64)
    assert (found.trained, found.text, found.prefix_holds) == (trained, text, True)


def test_a_sample_that_is_cut_shows_no_end() -> None:
    (found,) = preview.previews(Words(), [PAIR], 4)
    assert (found.tokens, found.trained, found.text) == (6, 1, f"two and two{OPEN}are{CLOSE}")
