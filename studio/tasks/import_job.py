"""Imports that take longer than a rerun: a thread brings the file in, the page looks how far it is."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from engine.core import permission
from engine.core.errors import BadInput, LemmaError
from engine.core.files import write_atomically
from engine.core.project import Project
from engine.seeds import Imported, import_files
from engine.store import Store

Mapping = dict[str, str]
_LONGEST_NAME = 200
"""Bytes of a file's name: file systems take 255, and a file that is being written has a longer one for a moment."""


@dataclass
class ImportJob:
    """One file on its way in; `report` or `error` is there when it has ended."""

    project: Project
    store: Store
    path: Path
    mapping: Mapping
    benchmark: str = ""
    """Name under which the rows become test problems; '' for seeds."""
    encoding: str = ""
    """What the text is written in; '' has its bytes tell."""
    rows: int = 0
    report: Imported | None = None
    error: Exception | None = None
    _thread: threading.Thread | None = field(default=None, repr=False)

    @property
    def running(self) -> bool:
        """Whether it is still going on."""
        return self.report is None and self.error is None

    def start(self) -> ImportJob:
        """Begin in the background; the file is read where it lies."""
        permission.require("change", "Importing")
        self._thread = threading.Thread(target=self._run, name=f"import {self.path.name}", daemon=True)
        self._thread.start()
        return self

    def _run(self) -> None:
        try:
            self.report = self._bring_in()
        except (LemmaError, OSError) as error:
            self.error = error
        except Exception as error:
            self.error = error
            raise

    def _bring_in(self) -> Imported:
        if self.benchmark:
            return import_files.add_benchmark(
                self.store, self.path, self.benchmark, mapping=self.mapping, encoding=self.encoding
            )
        return import_files.add_seeds(
            self.store, self.project, self.path, mapping=self.mapping, progress=self._count, encoding=self.encoding
        )

    def _count(self, rows: int) -> None:
        self.rows = rows


def keep_upload(project: Project, name: str, body: bytes) -> Path:
    """Write an uploaded file into the project, so that it is read as a stream like any other.

    It lies in a folder named by its content: two people who upload one name, or paste at the same time, have a file
    each, and a file never changes under whoever reads it. BadInput for a name that no file can have.
    """
    permission.require("change", "Bringing a file")
    path = project.root / "uploads" / blake2b(body, digest_size=8).hexdigest() / _file_name(name)
    if not (path.exists() and path.stat().st_size == len(body)):
        write_atomically(path, body)
    return path


def _file_name(name: str) -> str:
    """Return the last part of a name that a browser gave, which may be a path of another system."""
    last = name.replace("\\", "/").rpartition("/")[2]
    try:
        size = len(last.encode("utf-8"))
    except UnicodeEncodeError:
        size = 0
    if not 0 < size <= _LONGEST_NAME or last in (".", "..") or not last.isprintable():
        raise BadInput(f"the file's name cannot be kept: {ascii(last)[:60]}", do="Rename the file and choose it again.")
    return last
