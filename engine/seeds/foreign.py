"""Files that hold no rows that can be read here, told by their first bytes: each with what to do about it."""

from __future__ import annotations

from engine.core.errors import BadInput

_FOREIGN = (
    (b"PK\x03\x04", "is a workbook or a zip archive.", "Save the sheet as CSV (UTF-8), or unpack the archive."),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook.", "Save the sheet as CSV (UTF-8)."),
    (b"version https://git-lfs", "is a pointer of Git LFS, not the file.", "Fetch the file itself: git lfs pull."),
    (b"\x28\xb5\x2f\xfd", "is packed with zstd.", "Unpack it first: zstd -d FILE."),
    (b"%PDF", "is a PDF document.", "Import JSON lines, CSV or Parquet."),
    (b"SQLite format 3", "is a database of SQLite.", "Export the table as CSV."),
)
_WEB = (b"<!doctype html", b"<html")


def refuse(head: bytes, where: str) -> None:
    """Raise BadInput where a file begins as one of these does."""
    for start, what, do in _FOREIGN:
        if head.startswith(start):
            raise BadInput(what, where=where, do=do)
    if head.lstrip()[:15].lower().startswith(_WEB):
        do = "It may be a page that asks to sign in: fetch the file itself."
        raise BadInput("is a web page.", where=where, do=do)
