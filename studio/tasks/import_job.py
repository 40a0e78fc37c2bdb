"""Imports that take longer than a rerun: a thread brings the file in, the page looks how far it is."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from engine.core import permission
from engine.core.errors import LemmaError
from engine.core.project import Project
from engine.seeds import Imported, import_files
from engine.store import Store

Mapping = dict[str, str]


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
        """Begin in the background, on a file of its own: the page writes the upload anew in every rerun."""
        permission.require("change", "Importing")
        folder = self.path.parent / str(time.time_ns())
        folder.mkdir()
        self.path = self.path.replace(folder / self.path.name)
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
        finally:
            shutil.rmtree(self.path.parent, ignore_errors=True)

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
    """Write an uploaded file into the project, so that it is read as a stream like any other."""
    permission.require("change", "Bringing a file")
    folder = project.root / "uploads"
    folder.mkdir(exist_ok=True)
    path = folder / Path(name).name
    path.write_bytes(body)
    return path
