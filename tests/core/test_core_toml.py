"""TOML: what is wrong is named by file and line, what is written is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core import toml
from engine.core.errors import BadInput


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "engines.toml"
    body = {"engines": {"lab": {"kind": "openai_compatible", "usd_per_hour": 1.5}}, "roles": {"solver": "lab:é"}}
    toml.write(path, body)
    assert toml.read(path) == body
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("body", "where", "what", "do"),
    [
        (b"a = 1\nb = \n", "file.toml, line 2", "is not valid TOML: Invalid value.", "Mend that line."),
        (b"a = 1\n[t\n", "file.toml, line 2", "is not valid TOML: Expected ']' at the end", "Mend that line."),
        (b"a = 1\na = 2\n", "file.toml, line 2", "is not valid TOML: Cannot overwrite a value", "Mend that line."),
        (b'a = """open', "file.toml, last line", "is not valid TOML: Unterminated string.", "Mend that line."),
        (b'a = "\xff"', "file.toml", "cannot be read: it is not UTF-8 at byte 5.", "Save it as UTF-8."),
    ],
)
def test_a_fault_is_named_by_file_line_and_what_to_do(
    tmp_path: Path, body: bytes, where: str, what: str, do: str
) -> None:
    path = tmp_path / "file.toml"
    path.write_bytes(body)
    with pytest.raises(BadInput) as caught:
        toml.read(path)
    assert caught.value.where == str(tmp_path / where)
    assert caught.value.what.startswith(what)
    assert "(at " not in caught.value.what
    assert caught.value.do == do


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.toml: cannot be read: No such file or directory\. Check the path"):
        toml.read(tmp_path / "none.toml")


def test_the_mark_that_some_editors_put_first_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "file.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\n")
    assert toml.read(path) == {"a": 1}
