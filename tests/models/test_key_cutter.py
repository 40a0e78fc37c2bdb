"""The key is cut out of what servers say, in every form in which they say it, and nothing else is."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Callable, Mapping

import pytest

from engine.core.errors import ItemFailure
from engine.core.protocol import Completion
from engine.models.key_cutter import CUT, SPELT, KeyCutter
from tests.support.key_echoes import KEY, WORDS, spellings

HEX = "0f3a9c21d47be650aa18"


def _for_pages(text: str) -> str:
    """JSON as it is written for web pages: what HTML reads is escaped."""
    return json.dumps(text).replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


RELAYED: Mapping[str, Callable[[str], str]] = {
    "HTML in JSON for pages": lambda key: _for_pages("".join(f"&#{ord(each)};" for each in key)),
    "HTML in JSON for pages, twice": lambda key: json.dumps(_for_pages("".join(f"&#x{ord(each):x};" for each in key))),
    "HTML names in JSON for pages": lambda key: _for_pages(key.replace("/", "&sol;").replace("+", "&plus;")),
    "a place to break in JSON for pages": lambda key: _for_pages(key[:9] + "<wbr>" + key[9:]),
    "unseen in JSON": lambda key: json.dumps("\u200b".join(key)),
    "soft hyphens in JSON in JSON": lambda key: json.dumps(json.dumps("\u00ad".join(key))),
    "a fixed blank in JSON": lambda key: json.dumps(key[:9] + "\u00a0" + key[9:]),
    "wide characters in JSON": lambda key: json.dumps("\0".join(key)),
    "breaks": lambda key: key[:8] + "<br>" + key[8:12] + "&zwnj;" + key[12:],
    "unseen by number": lambda key: "&#8203;".join(key),
    "code points in eight digits": lambda key: "".join(f"\\U{ord(each):08x}" for each in key),
    "code points of another script": lambda key: "".join(f"\\x{{{ord(each):x}}}" for each in key),
    "digits with 0x": lambda key: ", ".join(f"0x{ord(each):02x}" for each in key),
    "digits with dashes": lambda key: key.encode().hex("-"),
}
"""What becomes of a text that passes through a page or a log, by the form of the key in it."""


@pytest.mark.parametrize("form", RELAYED)
@pytest.mark.parametrize("key", [KEY, HEX, "tok+/=en-with~all!"])
def test_every_form_of_a_relay_is_cut(form: str, key: str) -> None:
    text = f"before {RELAYED[form](key)} behind"
    said = KeyCutter(key).said(text)
    assert len(said) <= len("before [key] behind") + 8, "nothing of it is left but quotes"
    assert (CUT in said, said[:7], said[-7:]) == (True, "before ", " behind")


@pytest.mark.parametrize("field", ["content", "arguments", "partial_json", "delta", "name", "output_text"])
def test_pieces_of_a_stream_are_put_together_in_every_field(field: str) -> None:
    pieces = [KEY[at : at + 6] for at in range(0, len(KEY), 6)]
    raw = "".join(f'data: {{"id": "c-{at}", "{field}": "{piece}"}}\n\n' for at, piece in enumerate(pieces))

    def read() -> Completion:
        raise ItemFailure("was cut off", raw=raw)

    with pytest.raises(ItemFailure) as failed:
        KeyCutter(KEY).completion(read)
    assert failed.value.raw == SPELT


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
