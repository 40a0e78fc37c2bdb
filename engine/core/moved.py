"""Old import paths of public modules: each still works, is the very module that took its place, and says where it is.

    import engine.answers        # DeprecationWarning: engine.answers is engine.verification.answers now.

One table instead of a file per old path, so that the top level of the engine lists its rooms and nothing else.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType

MOVED = {
    "engine.answers": "engine.verification.answers",
    "engine.answers.formula": "engine.verification.formula",
    "engine.checks": "engine.verification.checks",
    "engine.checks.contamination": "engine.similarity.contamination",
    "engine.checks.duplicates": "engine.similarity.duplicates",
    "engine.curation.agreement": "engine.curation.review.agreement",
    "engine.curation.transition": "engine.curation.ds2.transition",
    "engine.errors": "engine.core.errors",
    "engine.knowledge.filter": "engine.knowledge.synonym_classes",
    "engine.pipeline": "engine.planning.run_in_process",
    "engine.recipes": "engine.generation.recipes",
    "engine.records": "engine.core.records",
    "engine.training": "engine.learning.training",
    "engine.worker": "engine.execution",
}
"""Old name -> new name; what lies below an old name lies below the new one, unless it has a line of its own."""


def new_name(name: str) -> str | None:
    """Return what the module `name` is called today; None where it never moved."""
    head, tail = name, ""
    while head:
        if head in MOVED:
            return MOVED[head] + tail
        head, dot, last = head.rpartition(".")
        tail = f"{dot}{last}{tail}"
    return None


class MovedModules(MetaPathFinder, InspectLoader):
    """Finds a module under its old name; the module is loaded once, under its new name."""

    def __init__(self) -> None:
        self._own: dict[str, ModuleSpec | None] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a spec that leads to the new place, None for every name that did not move."""
        new = new_name(fullname)
        found = importlib.util.find_spec(new) if new else None
        if found is None:
            return None
        return ModuleSpec(fullname, self, origin=found.origin, is_package=found.submodule_search_locations is not None)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module under its new name, with a word about the old one."""
        new = _moved(spec.name)
        warnings.warn(f"{spec.name} is {new} now.", DeprecationWarning, stacklevel=2)
        module = importlib.import_module(new)
        self._own[spec.name] = module.__spec__
        for child in _children(spec.name):
            setattr(module, child.rpartition(".")[2], importlib.import_module(MOVED[child]))
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is left to run; the import system has put the old spec on the module, which goes back."""
        for name, spec in list(self._own.items()):
            if module.__spec__ is not None and module.__spec__.name == name:
                module.__spec__ = spec
                del self._own[name]

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the code of `python -m OLD_NAME`, for runs that were queued before the move."""
        found = importlib.util.find_spec(_moved(fullname))
        loader = found.loader if found else None
        return loader.get_code(_moved(fullname)) if isinstance(loader, InspectLoader) else None

    def get_source(self, fullname: str) -> str | None:
        """Return nothing: the source is that of the new module."""
        return None


def install() -> None:
    """Let old names be found from now on."""
    if not any(isinstance(finder, MovedModules) for finder in sys.meta_path):
        sys.meta_path.insert(0, MovedModules())


def _children(name: str) -> list[str]:
    """Return what lay directly below an old name and went another way: `from engine.checks import duplicates`."""
    return [old for old in MOVED if old.rpartition(".")[0] == name and name in MOVED]


def _moved(name: str) -> str:
    new = new_name(name)
    assert new is not None, f"{name} never moved"
    return new
