r"""A key is cut out of everything that a server says, in every form in which a server may repeat it.

Servers and relays quote the request that they refuse: as it is, escaped as JSON (`\u0073k-`, `\/`) or as programs write
bytes (`\x73`), as part of an address (`sk%2D`), as HTML (`&#115;`), in hexadecimal digits, as Basic
credentials (base64 of `user:key`), or broken over lines. A few passes over a body without escapes and blanks tell
whether the key can be in it at all; only then it is looked for where it stands.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from engine.core.errors import ItemFailure
from engine.core.protocol import Completion

CUT = "[key]"
SECRET = 8
"""Characters from which a key is a secret. Shorter ones (`EMPTY`, `none`) are what local servers are given."""
SPELT = f"(left out: its pieces add up to {CUT})"
_PIECES = re.compile(r'"(\w{1,40})"\s*:\s*"((?:[^"\\]|\\.)*)"')
"""Fields with words in them: a stream may set the pieces of a key into any of them, arguments of a tool too."""
_BLANKS = b" \t\r\n\0"
_UNSEEN = (
    *(each.encode() for each in "\u00a0\u00ad\u200b\u200c\u200d\u2060\ufeff"),
    b"<wbr>", b"<wbr/>", b"<wbr />", b"<br>", b"<br/>", b"<br />", b"&shy;", b"&nbsp;", b"&ZeroWidthSpace;",
    b"&zwnj;", b"&zwj;", b"&#8203;", b"&#x200b;", b"&#x200B;",
)  # fmt: skip
"""Blanks, hyphens and places to break a line that nobody sees."""
_BEFORE = rb"(?<!\\)\\++"
"""All backslashes in a row, taken once: tried from each of them, a reply that repeats them would take hours."""
_UNSEEN_CODES = rb"u(?:00[aA][0dD]|200[b-dB-D]|2060|[fF][eE][fF][fF]|0000)"
_UNSEEN_ESCAPED = re.compile(_BEFORE + _UNSEEN_CODES)
"""The same characters as writers of JSON set them."""
_AND = rb"(?:&|\\+u0026)"
"""Writers of JSON for web pages escape what HTML reads."""


def _in_json(unseen: bytes) -> bytes:
    found = re.escape(unseen)
    for sign, code in ((b"<", rb"003[cC]"), (b">", rb"003[eE]"), (rb"\&", b"0026")):
        found = found.replace(sign, rb"(?:%b|\\+u%b)" % (sign, code))
    return found


_BETWEEN = b"(?:%b)*" % b"|".join(
    (rb"[\s\0\\]|\\[nrt]|\\u000[9aAdD]", rb"\\+" + _UNSEEN_CODES, *map(_in_json, _UNSEEN))
)
_ESCAPES = (
    (b"\\u00", re.compile(_BEFORE + rb"u00([0-9a-fA-F]{2})")),
    (b"\\u{", re.compile(_BEFORE + rb"u\{0*([0-9a-fA-F]{2})\}")),
    (b"\\U", re.compile(_BEFORE + rb"U000000([0-9a-fA-F]{2})")),
    (b"\\x", re.compile(_BEFORE + rb"x([0-9a-fA-F]{2})")),
    (b"\\x{", re.compile(_BEFORE + rb"x\{0*([0-9a-fA-F]{2})\}")),
    (b"%", re.compile(rb"%(?:25)*(?:u00)?([0-9a-fA-F]{2})")),
    (b"#x", re.compile(rb"&(?:amp;)*#x0*([0-9a-fA-F]{2});?")),
    (b"#X", re.compile(rb"&(?:amp;)*#X0*([0-9a-fA-F]{2});?")),
)
_DECIMAL = re.compile(rb"&(?:amp;)*#0*([0-9]{2,3});?")
_NAMES = {
    "!": "excl", "#": "num", "$": "dollar", "%": "percnt", "&": "amp", "(": "lpar", ")": "rpar", "*": "ast",
    "+": "plus", ",": "comma", ".": "period", "/": "sol", ":": "colon", ";": "semi", "<": "lt", "=": "equals",
    ">": "gt", "?": "quest", "@": "commat", "[": "lbrack", "]": "rbrack", "^": "Hat", "_": "lowbar", "{": "lcub",
    "|": "verbar", "}": "rcub", "~": "tilde", "-": "hyphen", '"': "quot", "'": "apos", "\\": "bsol", "`": "grave",
}  # fmt: skip
"""Characters of keys by their names in HTML."""
_NAMED = re.compile(rb"&(?:amp;)*(%b);" % "|".join(_NAMES.values()).encode())
_BY_NAME = {name.encode(): character.encode() for character, name in _NAMES.items()}


class KeyCutter:
    """One key and the forms that it may come back in."""

    def __init__(self, key: str) -> None:
        """Write down what is looked for; an empty key is in nothing."""
        self._secret = len(key) >= SECRET
        self._plain = key.encode()
        self._bare = self._plain.replace(b"\\", b"")
        self._digits = self._plain.hex().encode()
        self._coded = tuple(_coded(self._plain)) if self._secret else ()
        forms = [_anyhow(self._plain), _in_digits(self._plain), *map(_spread, self._coded)]
        self._found = re.compile(b"|".join(forms)) if self._secret else None

    def body(self, data: bytes) -> bytes:
        """Return bytes without the key."""
        if not self._plain:
            return data
        if self._found is None:
            return data.replace(self._plain, CUT.encode())
        return self._found.sub(CUT.encode(), data) if self._within(data) else data

    def said(self, text: str) -> str:
        """Return what is said of a failure without the key."""
        if not self._plain:
            return text
        data = text.encode("utf-8", "surrogatepass")
        kept = self.body(data)
        return text if kept is data else kept.decode("utf-8", "surrogatepass")

    def completion(self, read: Callable[[], Completion]) -> Completion:
        """Return a reply without the key, which a stream may bring in pieces that no look at the body finds.

        The words of a model are kept where the key is a word that anybody may write.
        """
        try:
            reply = read()
        except ItemFailure as failure:
            self._cut(failure)
            raise
        text = self.said(reply.text) if self._secret else reply.text
        return reply if text is reply.text else replace(reply, text=text)

    def _cut(self, failure: ItemFailure) -> None:
        """Take the key out of a failure: of its words, and of a raw body that spells it in pieces."""
        failure.args = tuple(self.said(str(each)) for each in failure.args)
        raw = self.said(failure.raw)
        pieces: dict[str, list[str]] = {}
        for name, piece in _PIECES.findall(raw) if self._secret else ():
            pieces.setdefault(name, []).append(piece)
        spelt = any(self.said(whole) != whole for whole in map("".join, pieces.values()))
        failure.raw = SPELT if spelt else raw

    def _within(self, data: bytes) -> bool:
        """Whether the key may be in it: cheap, because every reply is asked and next to none holds it."""
        bare = _seen(data.translate(None, _BLANKS))
        if self._is_in(bare) or self._digits in bare.lower().replace(b"0x", b"").translate(None, b":,;-_"):
            return True
        for _ in range(2):
            # Twice: a relay quotes an answer that quotes the request.
            before, bare = bare, _seen(_read(bare))
            if bare == before:
                break
        if b"\\" in bare:
            for escaped in (b"\\n", b"\\r", b"\\t", b"\\"):
                bare = bare.replace(escaped, b"")
            bare = bare.translate(None, _BLANKS)
        return self._is_in(bare)

    def _is_in(self, bare: bytes) -> bool:
        return self._bare in bare or any(coded in bare for coded in self._coded)


def _seen(bare: bytes) -> bytes:
    """Return text without blanks and without what nobody sees."""
    if b"\\u" in bare:
        bare = _UNSEEN_ESCAPED.sub(b"", bare)
    for unseen in _UNSEEN:
        bare = bare.replace(unseen.replace(b" ", b""), b"")
    return bare


def _read(bare: bytes) -> bytes:
    """Return text with its escapes undone once."""
    for sign, pattern in _ESCAPES:
        bare = pattern.sub(_character, bare) if sign in bare else bare
    if b"&" in bare:
        bare = _DECIMAL.sub(lambda found: bytes([int(found[1]) % 256]), bare)
        bare = _NAMED.sub(lambda found: _BY_NAME[found[1]], bare)
    return bare


def _character(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])


def _anyhow(key: bytes) -> bytes:
    """Return a pattern of the key with each character plain or escaped, and with ends of lines anywhere in it."""
    return _BETWEEN.join(map(_one, key))


def _one(byte: int) -> bytes:
    """Return a pattern of one character in any form; what may be left out stands last in each."""
    digits, name = _hexadecimal(byte), _NAMES.get(chr(byte), "")
    named = rb"|%b(?:amp;)*%b;" % (_AND, name.encode()) if name else b""
    forms = (
        rb"\\*%b" % re.escape(bytes([byte])), rb"\\+u00%b" % digits, rb"\\+u\{0*%b\}" % digits, rb"\\+x%b" % digits,
        rb"\\+U000000%b" % digits, rb"\\+x\{0*%b\}" % digits,
        rb"%%(?:25)*(?:u00)?%b" % digits, rb"%b(?:amp;)*#[xX]0*%b;?" % (_AND, digits),
        rb"%b(?:amp;)*#0*%d;?" % (_AND, byte),
    )  # fmt: skip
    return rb"(?:%b%b)" % (b"|".join(forms), named)


def _in_digits(key: bytes) -> bytes:
    """Return a pattern of the key in hexadecimal digits, however they are set apart."""
    return rb"(?:[\s:,;_-]|0[xX])*".join(map(_hexadecimal, key))


def _spread(coded: bytes) -> bytes:
    return _BETWEEN.join(rb"(?:\\*%b|%%(?:25)*%b)" % (re.escape(bytes([each])), _hexadecimal(each)) for each in coded)


def _hexadecimal(byte: int) -> bytes:
    """Return a pattern of the two hexadecimal digits of a byte, large or small."""
    return "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in f"{byte:02x}").encode()


def _coded(key: bytes) -> Iterator[bytes]:
    """Return what the key becomes in base64, and that in base64 again: three alignments, two alphabets."""
    once = list(_aligned(key))
    yield from once
    for inner in once:
        yield from _aligned(inner)


def _aligned(key: bytes) -> Iterator[bytes]:
    """Return what bytes always become in base64, whatever stands before them.

    The characters at either end depend on their neighbours and are left out.
    """
    for ahead in range(3):
        whole = base64.b64encode(b"\0" * ahead + key)
        first = -(-ahead * 4 // 3)
        last = (ahead + len(key)) * 8 // 6
        yield (inner := whole[first:last])
        if (other := inner.translate(bytes.maketrans(b"+/", b"-_"))) != inner:
            yield other
