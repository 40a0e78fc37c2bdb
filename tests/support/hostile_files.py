"""Files that were made, or damaged, to end whoever reads them: each with what a reader says of it."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

GOOD = [{"question": f"What is {n} plus {n + 1}?", "answer": str(2 * n + 1)} for n in range(3)]
LINES = [json.dumps(row) for row in GOOD]
BODY = ("\n".join(LINES) + "\n").encode()
DIGITS = "9" * 5_000
DEEP = "[" * 100_000 + "]" * 100_000
HALF = '"\\ud800"'

Make = Callable[[Path], object]


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    # The path of a socket has 107 bytes at most, wherever the folder of a test lies.
    here = os.open(path.parent, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(f"/proc/self/fd/{here}/{path.name}")
    finally:
        os.close(here)


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _link(target: str) -> Make:
    return lambda path: path.symlink_to(target)


NO_FILES: dict[str, tuple[Make, str]] = {
    "a pipe": (_fifo, "is a pipe, and files are read more than once. Write what comes out of it to a file first."),
    "a socket": (_socket, "is a socket, not a file."),
    "an endless device": (_link("/dev/zero"), "is a device, not a file."),
    "an empty device": (_link("/dev/null"), "is a device, not a file."),
    "a folder": (Path.mkdir, "is a folder."),
    "a link to itself": (_loop, "is a link that leads round in a circle."),
}
"""What is no file, how it is made, and what is said."""


def _text(*rows: str) -> bytes:
    return "\n".join(rows).encode("utf-8", "surrogatepass") + b"\n"


USELESS: dict[str, tuple[str, bytes, str]] = {
    "digits in a list": ("a.json", _text(f'[{LINES[0]}, {{"question": "Q?", "answer": {DIGITS}}}]'), "4,300 digits"),
    "digits in objects": ("a.json", _text('{"question": "Q?",', f'"answer": {DIGITS}}}', LINES[0]), "4,300 digits"),
    "deep list": ("a.json", DEEP.encode(), "nested more than 100 levels deep"),
    "deep entry": ("a.json", _text(f'[{LINES[0]}, {{"question": "Q?", "x": {DEEP}}}]'), "nested more than 100"),
    "deep objects": ("a.json", _text('{"question": "Q?",', f'"answer": {DEEP}}}', LINES[0]), "nested more than 100"),
    "deep wrapping": ("a.json", b'{"a":' * 900 + b"[1]" + b"}" * 900, "nested more than 100 levels deep"),
    "a key with half a sign": ("a.jsonl", _text('{"question": "Q?", "k\\ud800": 1}'), "holds half a sign"),
    "torn gzip": ("a.jsonl.gz", gzip.compress(os.urandom(60_000).hex().encode() * 3)[:-20_000], ""),
    "a bomb of nothing": ("a.jsonl.gz", gzip.compress(bytes(50_000_000)), "is a binary file (NUL at byte 1)"),
    "a bomb of blanks": ("a.jsonl.xz", lzma.compress(b" " * 50_000_000, preset=1), "begins with nothing but blanks"),
    "a bomb of brackets": ("a.json.bz2", bz2.compress(b"[" * 20_000_000), "nested more than 100 levels deep"),
    "an open quote": ("a.csv", _text("question,answer", "Q1?,1", '"Q2?,2', *(["Q3?,3"] * 9)), "from line 3 on"),
    "a header of other bytes": ("a.csv", b"question,answer,caf\xe9\nQ1?,1,x\n", "the header is not UTF-8"),
    "a line of a table without an end": ("a.csv", b"question\nQ1?\n" + b"x" * 2_000_000, "line has 2,000,000 bytes"),
    "many columns": ("a.csv", _text(",".join(f"c{n}" for n in range(9_000)), ",".join("x" * 9_000)), "and 8970 more"),
    "cut Parquet": ("a.parquet", b"PAR1" + b"\0" * 40, "damaged Parquet file"),
    "a footer of 2 GB": ("a.parquet", b"PAR1" + b"\0" * 40 + b"\xff\xff\xff\x7fPAR1", "damaged Parquet file"),
    "cut Arrow": ("a.arrow", b"ARROW1\0\0" + b"\xff" * 8, "damaged Arrow file"),
    "an Arrow header of 2 GB": ("a.arrow", b"\xff\xff\xff\xff\xff\xff\xff\x7f" + b"\0" * 90, "damaged Arrow file"),
}  # fmt: skip
"""Files of which nothing can be taken: name, bytes, and what is said."""

REFUSED_ROWS: dict[str, tuple[str, str]] = {
    "digits, unused": (f'{{"question": "Q?", "answer": "1", "note": {DIGITS}}}', "4,300 digits"),
    "digits, used": (f'{{"question": "Q?", "answer": {DIGITS}}}', "4,300 digits"),
    "deep, unused": (f'{{"question": "Q?", "answer": "1", "note": {DEEP}}}', "nested more than 100 levels deep"),
    "deep, used": (f'{{"question": {DEEP}, "answer": "1"}}', "nested more than 100 levels deep"),
    "deep enough for some readers": (
        '{"question": "Q?", "note": ' + '{"a":' * 900 + "1" + "}" * 901,
        "nested more than 100 levels deep",
    ),
    "a deep row of Python": ("{'question': " + "-" * 100_000 + "1}", "column 2"),
    "half a sign in a list": (f'{{"question": "Q?", "answer": "1", "points": ["a", {HALF}]}}', "points holds half"),
    "half a sign below": (f'{{"question": "Q?", "answer": "1", "x": {{"y": [{HALF}]}}}}', "x holds half a sign"),
    "half a sign in a key": ('{"question": "Q?", "answer": "1", "k\\udfff": 1}', r"k\udfff holds half a sign"),
    "half a sign in a talk": (
        f'{{"messages": [{{"role": "user", "content": {HALF}}}]}}',
        "messages holds half a sign",
    ),
    "half a sign in options": (f'{{"question": "Q?", "options": ["1", {HALF}], "answer": "A"}}', "options holds half"),
    "NUL": ('{"question": "a\\u0000b", "answer": "1"}', "NUL character"),
    "a long line": ('{"question": "' + "x" * 2_000_000 + '"}', "the line has 2,000,"),
}
"""Lines of which a reader takes nothing, while it takes those around them; and what is said."""


def damaged(kind: str) -> bytes:
    """Return a file of 5,000 rows, in a form that is damaged in the middle: its first rows can be read."""
    rows = [{"question": f"Q {n}? {os.urandom(8).hex()}", "answer": str(n)} for n in range(5_000)]
    text = "\n".join(map(json.dumps, rows)).encode()
    if kind == "gzip":
        return gzip.compress(text)[:-9_000]
    if kind == "bzip2":
        return bz2.compress(text, 1)[:-9_000]
    if kind == "xz":
        return lzma.compress(text, preset=1)[:-9_000]
    table, sink = pa.Table.from_pylist(rows), pa.BufferOutputStream()
    if kind == "parquet":
        pq.write_table(table, sink, row_group_size=1_000, compression="none")
        body = sink.getvalue().to_pybytes()
        return body[: len(body) // 2] + b"\xff" * 5_000 + body[len(body) // 2 + 5_000 :]
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=1_000)
    return sink.getvalue().to_pybytes()[:-40_000]


def forged(groups: bool) -> bytes:
    """Return a Parquet file of 5,000 rows whose footer says a billion, of the file alone or of its groups as well."""
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist([*GOOD] * 5_000)[:5_000], sink, compression="none", use_dictionary=False)
    body = sink.getvalue().to_pybytes()
    start = len(body) - 8 - int.from_bytes(body[-8:-4], "little")
    footer, said, more = body[start:-8], _varint(5_000), _varint(1_000_000_000)
    assert footer.count(b"\x16" + said) >= 3
    # The first is the number of rows of the file (parquet.thrift, FileMetaData: field 3).
    at = footer.index(b"\x16" + said)
    footer = footer.replace(b"\x16" + said, b"\x16" + more, -1 if groups else 1)
    assert footer[at : at + 6] == b"\x16" + more
    return body[:start] + footer + len(footer).to_bytes(4, "little") + b"PAR1"


def _varint(number: int) -> bytes:
    left, made = number << 1, bytearray()
    while left > 0x7F:
        made.append(left & 0x7F | 0x80)
        left >>= 7
    return bytes([*made, left])
