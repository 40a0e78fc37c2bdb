"""The key is cut out of what servers say, in every form in which they say it, and nothing else is."""

from __future__ import annotations

import random
import string

import pytest

from engine.models.key_cutter import CUT, KeyCutter
from tests.support.key_echoes import KEY, WORDS, spellings

HEX = "0f3a9c21d47be650aa18"


@pytest.mark.parametrize("form", WORDS)
@pytest.mark.parametrize("key", [KEY, HEX, "tok+/=en\\with~all!"])
def test_every_form_is_cut(form: str, key: str) -> None:
    said = KeyCutter(key).body(f"before {WORDS[form](key)} behind".encode())
    assert CUT.encode() in said
    assert said.startswith(b"before ")
    assert said.endswith(b" behind")
    assert not any(each in said for each in spellings(key))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The answer is \\boxed{50\\%}.\nNext \\frac{1}{2}, \\u00e9, %20, c2stcHJv.",
        "sk-proj",
        KEY[:-1],
        KEY[1:],
        KEY.swapcase(),
        "😀 \ud800 é \\\\ %% \\u00",
    ],
)
def test_what_is_no_key_stays_as_it_is(text: str) -> None:
    cutter = KeyCutter(KEY)
    assert cutter.said(text) == text
    data = text.encode("utf-8", "surrogatepass")
    assert cutter.body(data) is data


def test_random_text_is_never_changed() -> None:
    """Two thousand texts of the characters that keys and escapes are made of."""
    dice, cutter = random.Random(3), KeyCutter(KEY)
    letters = string.ascii_letters + string.digits + '\\%/+=-_ \n"'
    for _ in range(2000):
        text = "".join(dice.choices(letters, k=300))
        assert cutter.said(text) == text


def test_a_reply_of_backslashes_is_read_in_one_pass() -> None:
    """A model that repeats one wrote them; the rest was searched from each, which would take hours."""
    data = b'{"content":"\\u00e9' + b"\\" * 3_000_000 + b"\\u{1" + b'\\x41"}'
    assert KeyCutter(KEY).body(data) is data


def test_without_a_key_nothing_is_looked_for() -> None:
    data = b"anything"
    assert KeyCutter("").body(data) is data
    assert KeyCutter("").said("anything") == "anything"


def test_a_word_that_servers_take_for_a_key_stays_in_replies() -> None:
    """Local servers are given `none` or `EMPTY`: a model may say so, and an error need not."""
    from engine.core.protocol import Completion

    cutter = KeyCutter("none")
    assert cutter.completion(lambda: Completion("none of these")).text == "none of these"
    assert cutter.said("key none is wrong") == f"key {CUT} is wrong"
