"""A small real project for the tests of pages: shipped seeds, a graph, and problems that the pipeline really wrote."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import streamlit as st

from engine import planning
from engine.core import project
from engine.core.resources import shipped
from engine.generation import recipes
from engine.runs import launcher
from engine.seeds import import_files
from engine.store import Store
from studio import workspace

ITEMS = 60
SEED_FILES = ("algebra.jsonl", "number_theory.jsonl")


def filled(folder: Path) -> Path:
    """Copy the project into `folder` (which must not exist) and return its root; made once per process."""
    shutil.copytree(_made(), folder)
    return folder


@contextmanager
def opened(root: Path) -> Iterator[Store]:
    """Open the project as the studio does; a test writes to the store as another browser would."""
    shared = workspace._open(str(root.resolve()))
    try:
        yield shared.store
    finally:
        shared.rest()
        shared.store.close()
        st.cache_resource.clear()


@cache
def _made() -> Path:
    """Write the problems: seeds in, knowledge built, combinations drawn, solved three times, judged, on the map."""
    parent = Path(tempfile.mkdtemp(prefix="lemma-pages-"))
    atexit.register(shutil.rmtree, parent, ignore_errors=True)
    home = project.create(parent / "project")
    with Store(home.database) as store:
        for path in _seed_files():
            import_files.add_seeds(store, home, path)
        for planned in (
            lambda: planning.knowledge(store, home, recipes.load("gsdp")),
            lambda: planning.generation(
                store, home, recipes.load("gsdp", {"items": str(ITEMS), "routing.solutions": "3"})
            ),
        ):
            directory = planned().directory
            launcher.run_foreground(directory, lambda status: None)
            store.ingest(directory)
    return home.root


def _seed_files() -> list[Path]:
    there = sorted(shipped("seeds").glob("*.jsonl"))
    return [path for path in there if path.name in SEED_FILES] or there[:2]
