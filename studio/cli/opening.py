"""Opens a project's store for a command, up to date with what its runs have written.

Runs work in processes of their own and write journals only. With no studio open nobody folds those in, so a command
that reads results does it first; a journal that is known already costs one look at its length.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from engine.core.errors import LemmaError
from engine.core.project import Project
from engine.store import Store
from studio.tasks.ingest_loop import fold_in


@contextmanager
def up_to_date(project: Project) -> Iterator[Store]:
    """Give the project's store with every run folded in; a run that cannot be read is named on stderr and left out."""
    with Store(project.database) as store:
        for plan in sorted(project.runs.glob("*/plan.json")):
            try:
                fold_in(store, plan.parent)
            except (LemmaError, OSError) as error:
                typer.echo(f"lemma: {plan.parent.name} is left out: {error}", err=True)
        yield store
