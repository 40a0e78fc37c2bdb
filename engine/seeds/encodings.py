"""Which text the bytes of a file are: UTF-8, UTF-16, UTF-32, GB18030 or Windows-1252, told by the bytes alone.

A file with one line of other signs in UTF-8 is UTF-8, whatever a broken row holds. Only a file whose lines of other
signs are all no UTF-8 is tried as something else, and must then look like it: mostly common Chinese signs, or single
letters with accents within words. What is neither stays UTF-8, and its rows are refused with the byte that is wrong.
"""

from __future__ import annotations

import codecs
import re
import tempfile
from typing import BinaryIO, cast

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NAMES = {"utf-8": "UTF-8", "gb18030": "GB18030", "cp1252": "Windows-1252"}
"""What a person calls an encoding."""
_COMMON = re.compile(r"[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef\u2010-\u2026×÷°±√≤≥≠∠△⊥∥πα-ω]")
_ACCENTED = re.compile(r"(?<=[A-Za-z])[À-ÖØ-öø-ÿ]|[À-ÖØ-öø-ÿ](?=[a-z ])|[‘’“”–—…×÷°²³½¼¾]")
_BLOCK = 1 << 20
_SHARE = 0.9


def encoding_of(head: bytes) -> str:
    """Return the encoding of the first bytes of a file; utf-8 where nothing else is sure."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if b"\0" in head[:1024]:
        return _wide(head)
    if _has_utf8(head):
        return "utf-8"
    signs = [sign for sign in _decoded(head, "gb18030") if ord(sign) > 127]
    if len(signs) > 1 and len(_COMMON.findall("".join(signs))) >= _SHARE * len(signs):
        return "gb18030"
    text = _decoded(head, "cp1252")
    others = [sign for sign in text if ord(sign) > 127]
    if len(others) > 1 and len(_ACCENTED.findall(text)) >= _SHARE * len(others):
        return "cp1252"
    return "utf-8"


def as_utf8(file: BinaryIO, encoding: str) -> BinaryIO:
    """Return the text of a file as UTF-8 with line ends as Unix has them, in a file that is gone when closed.

    Raises UnicodeDecodeError where it is not of this encoding after all.
    """
    copy = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
    try:
        _copy(file, copy, codecs.getincrementaldecoder(encoding)())
    except UnicodeDecodeError:
        copy.close()
        raise
    copy.seek(0)
    return copy


def _copy(file: BinaryIO, copy: BinaryIO, decoder: codecs.IncrementalDecoder) -> None:
    held = ""
    while block := file.read(_BLOCK):
        text = held + decoder.decode(block)
        held = "\r" if text.endswith("\r") else ""
        copy.write(_unix(text.removesuffix("\r")))
    copy.write(_unix(held + decoder.decode(b"", final=True)))


def _unix(text: str) -> bytes:
    return text.replace("\r\n", "\n").replace("\r", "\n").encode()


def _wide(head: bytes) -> str:
    """Return the encoding of text of two bytes a sign without a mark: every other byte of Latin text is NUL."""
    even, odd = head[0:1024:2].count(0), head[1:1024:2].count(0)
    size = len(head[:1024]) // 2
    if odd > 0.7 * size and not even:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 * size and not odd else "utf-8"


def _has_utf8(head: bytes) -> bool:
    """Whether all bytes are ASCII, or a line of other signs is UTF-8."""
    if head.isascii():
        return True
    lines = [line for line in head.splitlines() if not line.isascii()]
    whole = lines[:-1] if len(lines) > 1 else lines
    return any(_is_utf8(line) for line in whole) or _is_utf8(head)


def _is_utf8(text: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(head: bytes, encoding: str) -> str:
    """Return the text of the head, '' where it is not of this encoding; its last sign may be cut."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return ""
