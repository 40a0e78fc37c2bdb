"""Which text the bytes of a file are, told by the bytes alone: UTF-8, UTF-16, UTF-32 or an older encoding.

A file with one line of other signs in UTF-8 is UTF-8, whatever a broken row holds. Only a file whose lines of other
signs are all no UTF-8 is tried as something else: charset-normalizer says what it may be, and the text that this gives
must then look like what it is said to be, with the signs that such a text has. What does not is not guessed.
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
UTF8 = "utf-8"
UNSURE = ""
"""What `encoding_of` says of bytes that are no UTF-8 and may be several things."""
NAMES = {
    UTF8: "UTF-8", "gb18030": "GB18030", "cp1252": "Windows-1252", "cp932": "Shift-JIS", "euc_jis_2004": "EUC-JP",
    "big5hkscs": "Big5", "cp949": "EUC-KR", "cp1251": "Windows-1251", "koi8_u": "KOI8-U", "cp866": "IBM866",
    "cp1253": "Windows-1253",
}  # fmt: skip
"""What a person calls an encoding."""
ENCODINGS = tuple(
    sorted({*NAMES.values(), "Windows-1250", "Windows-1254", "ISO-8859-2", "ISO-8859-9", "UTF-16"} - {"UTF-8"})
)
"""Encodings that a person may choose from; any other that Python knows may be named."""
_FAMILIES = {
    "gb18030": ("gb18030", "gbk", "gb2312", "hz"), "big5hkscs": ("big5", "big5hkscs", "cp950"),
    "cp932": ("cp932", "shift_jis", "shift_jis_2004", "shift_jisx0213"),
    "euc_jis_2004": ("euc_jp", "euc_jis_2004", "euc_jisx0213"), "cp949": ("cp949", "euc_kr", "johab"),
    "cp1251": ("cp1251", "kz1048", "ptcp154"), "koi8_u": ("koi8_r", "koi8_u", "koi8_t"),
    "cp866": ("cp866", "cp1125"), "cp1253": ("cp1253", "iso8859_7"),
}  # fmt: skip
"""Encodings that are told apart by the library and differ in rare signs only: each is read by its widest."""
_MATHS = r"\u3000-\u303f\uff00-\uffef\u2010-\u2026×÷°±√≤≥≠∠△⊥∥πα-ωΑ-Ω￥"
_CHINESE = re.compile(rf"[\u4e00-\u9fff{_MATHS}]")
_JAPANESE = re.compile(rf"[\u3040-\u30ff\u4e00-\u9fff{_MATHS}]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HANGUL = re.compile(rf"[\uac00-\ud7a3{_MATHS}]")
_CYRILLIC = re.compile(r"[Ѐ-ӿ«»—–…№×÷°²³√≤≥]")
_GREEK = re.compile(r"[Ͱ-Ͽ«»—–…×÷°²³]")
_SIGNS = {
    "gb18030": _CHINESE, "big5hkscs": _CHINESE, "cp932": _JAPANESE, "euc_jis_2004": _JAPANESE, "cp949": _HANGUL,
    "cp1251": _CYRILLIC, "koi8_u": _CYRILLIC, "cp866": _CYRILLIC, "cp1253": _GREEK,
}  # fmt: skip
_RUN = re.compile(r"[^\x00-\x7f]{2,}")
_GLUED = re.compile(r"[A-Za-z][Ͱ-ӿ]|[Ͱ-ӿ][A-Za-z]")
_SHOUTED = re.compile(r"(?<=[а-яё])[А-ЯЁ]|(?<=[α-ωά-ώ])[Α-Ω]")
_CASED = re.compile(r"[а-яёА-ЯЁα-ωά-ώΑ-Ω]")
_LETTER = "[À-ÖØ-öø-ÿŒœŠšŽž]"
_ACCENTED = re.compile(rf"(?<=[A-Za-z]){_LETTER}|{_LETTER}(?=[a-z ,.;:!?])|(?<![^\W_])[¿¡]|[‘’“”–—…×÷°²³½¼¾«»€£§]")
_UNLIKE_WESTERN = re.compile(
    r"[þðýÞÐÝ]|(?<=[a-z])[¹³²¿¼¾£¥¢¶ª¡¯º»](?=[a-z])|[õÕ](?!e)|[øì](?=[^\W\d_]*[ìèùšž])|[øìèù](?=[^\W\d_]*[øì])"
    r"|[èì](?=[áíéú])"
)
"""Letters that Western languages do not write, but Turkish, Czech or Polish bytes give when they are read so."""
_BLOCK = 1 << 20
_MOST_COPIED = 1 << 32
"""Bytes of a copy: a packed file may unpack to any size."""
_SHARE = 0.9
_KANA_SHARE = 0.1
_IN_RUNS = 0.75
_MOST = 1 << 14
"""Bytes of lines with other signs that are looked at."""


def encoding_of(head: bytes) -> str:
    """Return the encoding of the first bytes of a file; UNSURE where they are no UTF-8 and it can't be told."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if b"\0" in head[:1024]:
        return _wide(head)
    if _has_utf8(head):
        return UTF8
    lines = _other_lines(head)
    found = next((name for name in _likely(lines) if name in _SIGNS), "")
    if found and _looks_like(found, _decoded(lines, found)):
        return found
    return "cp1252" if _is_western(lines) else UNSURE


def called(code: str) -> str:
    """Return what a person calls an encoding of Python."""
    if code.startswith("cp125"):
        return f"Windows-{code[2:]}"
    return NAMES.get(code, code.upper().replace("_", "-"))


def may_be(head: bytes) -> tuple[str, ...]:
    """Return the names of encodings that bytes may be written in, the likeliest first, as people call them."""
    return tuple(dict.fromkeys(called(name) for name in _likely(_other_lines(head))))[:4]


def known(name: str) -> str:
    """Return an encoding that a person names, as Python calls it; LookupError where there is none."""
    spelt = {shown.casefold(): code for code, shown in NAMES.items()}
    wanted = name.strip().casefold()
    return spelt.get(wanted) or codecs.lookup(wanted.replace(" ", "-")).name


def bad_lines(head: bytes) -> tuple[int, int]:
    """Return how many lines of a text are no UTF-8, and how many lines there are."""
    lines = head.splitlines()
    return sum(not _is_utf8(line) for line in lines), len(lines)


def as_utf8(file: BinaryIO, encoding: str) -> BinaryIO:
    """Return the text of a file as UTF-8 with line ends as Unix has them, in a file that is gone when closed.

    Raises UnicodeDecodeError where it is not of this encoding after all, OverflowError where it would fill the disk.
    """
    copy = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
    try:
        _copy(file, copy, codecs.getincrementaldecoder(encoding)())
    except BaseException:
        copy.close()
        raise
    copy.seek(0)
    return copy


def _copy(file: BinaryIO, copy: BinaryIO, decoder: codecs.IncrementalDecoder) -> None:
    held = ""
    while block := file.read(_BLOCK):
        if copy.tell() > _MOST_COPIED:
            raise OverflowError("too long to be copied")
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
    return "utf-16-be" if even > 0.7 * size and not odd else UTF8


def _has_utf8(head: bytes) -> bool:
    """Whether all bytes are ASCII, or a line of other signs is UTF-8."""
    if head.isascii():
        return True
    lines = [line for line in head.splitlines() if not line.isascii()]
    whole = lines[:-1] if len(lines) > 1 else lines
    return any(_is_utf8(line) for line in whole) or _is_utf8(head)


def _is_utf8(text: bytes) -> bool:
    try:
        codecs.getincrementaldecoder(UTF8)().decode(text)
    except UnicodeDecodeError:
        return False
    return True


def _other_lines(head: bytes) -> bytes:
    """Return the lines that tell something: those with signs that are no ASCII, without the last, which may be cut."""
    lines = [line for line in head.splitlines() if not line.isascii()]
    whole = lines[:-1] if len(lines) > 1 and not head.endswith((b"\n", b"\r")) else lines
    return b"\n".join(whole)[:_MOST]


def _likely(lines: bytes) -> list[str]:
    """Return the encodings that the library takes for likely, the likeliest first, each by the widest of its family."""
    from charset_normalizer import from_bytes

    names = [match.encoding for match in from_bytes(lines)]
    return [next((wide for wide, family in _FAMILIES.items() if name in family), name) for name in names]


def _looks_like(name: str, text: str) -> bool:
    """Whether a text has the signs of the language that its encoding is for."""
    signs = "".join(sign for sign in text if ord(sign) > 127)
    if len(signs) < 2 or len(_SIGNS[name].findall(signs)) < _SHARE * len(signs):
        return False
    if sum(map(len, _RUN.findall(text))) < _IN_RUNS * len(signs):
        # Accents of a Western text stand alone between Latin letters, whatever they are read as.
        return False
    if _SIGNS[name] is _JAPANESE:
        return len(_KANA.findall(signs)) >= _KANA_SHARE * len(signs)
    # The wrong one of two single-byte encodings swaps capitals and small letters.
    wrong = len(_SHOUTED.findall(text)) + len(_GLUED.findall(text))
    return wrong <= 0.1 * max(len(signs), len(_CASED.findall(text)))


def _is_western(lines: bytes) -> bool:
    text = _decoded(lines, "cp1252")
    others = [sign for sign in text if ord(sign) > 127]
    western = len(others) > 1 and len(_ACCENTED.findall(text)) >= _SHARE * len(others)
    return western and _UNLIKE_WESTERN.search(text) is None


def _decoded(text: bytes, encoding: str) -> str:
    """Return a text whose last sign may be cut; '' where it is not of this encoding."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(text)
    except UnicodeDecodeError:
        return ""
