r"""A key is cut out of everything that a server says, in every form in which a server may repeat it.

Servers and relays quote the request that they refuse: as it is, escaped as JSON (`\u0073k-`, `\/`), as part of an
address (`sk%2D`), as Basic credentials (base64 of `user:key`), or broken over lines. One pass over a body without
escapes and blanks tells whether the key can be in it at all; only then it is looked for where it stands.
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
_PIECES = re.compile(
    r'"(?:content|reasoning_content|reasoning|text|refusal|response|thinking)"\s*:\s*"((?:[^"\\]|\\.)*)"'
)
_BLANKS = b" \t\r\n"
_BETWEEN = rb"(?:[\s\\]|\\[nrt]|\\u000[9aAdD])*"
_ESCAPED = b"\\u00"
_JSON = re.compile(rb"\\+u00([0-9a-fA-F]{2})")
_ADDRESS = re.compile(rb"%(?:25)*([0-9a-fA-F]{2})")


class KeyCutter:
    """One key and the forms that it may come back in."""

    def __init__(self, key: str) -> None:
        """Write down what is looked for; an empty key is in nothing."""
        self._secret = len(key) >= SECRET
        self._plain = key.encode()
        self._bare = self._plain.replace(b"\\", b"")
        self._coded = tuple(_coded(self._plain)) if self._secret else ()
        self._found = (
            re.compile(b"|".join([_anyhow(self._plain), *map(_spread, self._coded)])) if self._secret else None
        )

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
        pieces = "".join(_PIECES.findall(raw))
        failure.raw = SPELT if self._secret and self.said(pieces) != pieces else raw

    def _within(self, data: bytes) -> bool:
        """Whether the key may be in it: cheap, because every reply is asked and next to none holds it."""
        bare = data.translate(None, _BLANKS)
        for escape, pattern in ((_ESCAPED, _JSON), (b"%", _ADDRESS)):
            # Twice: a relay quotes an answer that quotes the request.
            for _ in range(2):
                bare = pattern.sub(_character, bare) if escape in bare else bare
        if b"\\" in bare:
            for escaped in (b"\\n", b"\\r", b"\\t", b"\\"):
                bare = bare.replace(escaped, b"")
            bare = bare.translate(None, _BLANKS)
        return self._bare in bare or any(coded in bare for coded in self._coded)


def _character(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])


def _anyhow(key: bytes) -> bytes:
    """Return a pattern of the key with each character plain or escaped, and with ends of lines anywhere in it."""
    return _BETWEEN.join(
        rb"(?:\\*%b|\\+u00%b|%%(?:25)*%b)" % (re.escape(bytes([each])), _digits(each), _digits(each)) for each in key
    )


def _spread(coded: bytes) -> bytes:
    return _BETWEEN.join(rb"(?:\\*%b|%%(?:25)*%b)" % (re.escape(bytes([each])), _digits(each)) for each in coded)


def _digits(byte: int) -> bytes:
    """Return a pattern of the two hexadecimal digits of a byte, large or small."""
    return "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in f"{byte:02x}").encode()


def _coded(key: bytes) -> Iterator[bytes]:
    """Return what the key always becomes in base64, whatever stands before it: three alignments, two alphabets.

    The characters at either end depend on their neighbours and are left out.
    """
    for ahead in range(3):
        whole = base64.b64encode(b"\0" * ahead + key)
        first = -(-ahead * 4 // 3)
        last = (ahead + len(key)) * 8 // 6
        yield (inner := whole[first:last])
        if (other := inner.translate(bytes.maketrans(b"+/", b"-_"))) != inner:
            yield other
