"""From bytes on disk to text in UTF-8: packed files are opened, and other encodings told, named or refused."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, cast

from engine.core.errors import BadInput, BadSetting
from engine.core.files import open_plain, why_not
from engine.seeds import encodings
from engine.seeds.encodings import NAMES, UNSURE, UTF8, as_utf8, encoding_of

_HEAD = 1 << 16
_SEARCHED = 1 << 26
"""Bytes from the beginning of a file in which the first signs that are no ASCII are looked for."""
_PART = 0.1
"""Share of lines that are no UTF-8 from which a file is one of another encoding, not one with broken rows."""
_PACKED: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7z": lzma.open}


def opened(path: Path) -> BinaryIO:
    """Open for reading, unpacking gzip, bzip2 or xz where the first bytes say so.

    Raises BadInput at once for what is no file that can be opened, such as a pipe or a device.
    """
    try:
        with open_plain(path) as file:
            head = file.read(3)
        unpack = next((found for start, found in _PACKED.items() if head.startswith(start)), None)
        return cast(BinaryIO, unpack(path, "rb")) if unpack else open_plain(path)
    except (OSError, ValueError) as error:
        raise why_not(error, path) from error


def head_of(path: Path) -> bytes:
    """Return the first 64 kB; BadInput where the file is missing, a folder, or cannot be read or unpacked."""
    if os.path.isdir(path):
        raise BadInput("is a folder.", where=str(path), do="Give the files in it, or --format hf for a saved data set.")
    try:
        with opened(path) as file:
            return file.read(_HEAD)
    except (gzip.BadGzipFile, EOFError, zlib.error, lzma.LZMAError, OSError) as error:
        raise BadInput(f"cannot be unpacked: {error}.", where=str(path), do="Fetch or pack it again.") from error


def encoding(path: Path, named: str = "") -> str:
    """Return the encoding of a text file as Python calls it: the one that is named, else the one that its bytes tell.

    Raises BadInput where the bytes are no UTF-8 and may be several things, BadSetting for a name that is none.
    """
    if named:
        try:
            return encodings.known(named)
        except LookupError:
            do = f"Known are {', '.join(NAMES.values())} and all that Python knows."
            raise BadSetting(f"{named} is no encoding.", where="encoding", do=do) from None
    sample = _telling(path)
    found = encoding_of(sample)
    if found != UNSURE:
        return found
    bad, lines = encodings.bad_lines(sample)
    if bad < 2 or bad < _PART * lines:
        # Broken rows of a file that is else plain: they are refused one by one.
        return UTF8
    may = encodings.may_be(sample)
    guess = may[0] if may else "NAME"
    what = f"is not UTF-8, and its encoding can't be told for sure (it may be {', '.join(may) or 'any'})."
    do = f"Name it (--encoding {guess}), or convert it: iconv -f {guess} -t UTF-8 {path.name} > utf8-{path.name}"
    raise BadInput(what, where=str(path), do=do)


def encoding_doubt(path: Path) -> str | None:
    """Return what a person calls the encoding that the bytes of a text tell where that is not UTF-8; '' for unsure.

    None for UTF-8 and for what is no text.
    """
    sample = _telling(path)
    if b"\0" in sample:
        return None
    found = encoding_of(sample)
    return None if found == UTF8 else found and encodings.called(found)


def encoding_name(code: str) -> str:
    """Return what a person calls the encoding of a text; '' for UTF-8."""
    return "" if code == UTF8 else encodings.called(code)


def text(path: Path, code: str) -> BinaryIO:
    """Open a text of this encoding as UTF-8, whatever its line ends are."""
    head = head_of(path)
    if code == UTF8 and (b"\r" not in head or b"\n" in head):
        return opened(path)
    try:
        with opened(path) as file:
            return as_utf8(file, code)
    except UnicodeDecodeError as error:
        name = encoding_name(code) or "UTF-8"
        what = f"was read as {name}, but is not: {error.reason} at byte {error.start}."
        do = "Name its encoding with --encoding, or save it as UTF-8."
        raise BadInput(what, where=str(path), do=do) from error
    except OverflowError as error:
        do = "Save it as UTF-8: that is read as it lies."
        raise BadInput("holds more than 4 GB of text that is no UTF-8.", where=str(path), do=do) from error


def _telling(path: Path) -> bytes:
    """Return 64 kB from the first sign on that is no ASCII, from the beginning of its line; else the first 64 kB."""
    head = head_of(path)
    if not head.isascii() or b"\0" in head[:1024]:
        return head
    try:
        with opened(path) as file:
            for _ in range(_SEARCHED // _HEAD):
                block = file.read(_HEAD)
                if not block:
                    break
                if not block.isascii():
                    first = next(place for place, byte in enumerate(block) if byte > 127)
                    begin = block.rfind(b"\n", 0, first) + 1
                    return block[begin:] + file.read(begin)
    except (EOFError, OSError, zlib.error, lzma.LZMAError):
        pass  # The rows before the damage are read, and the damage is told there.
    return head
