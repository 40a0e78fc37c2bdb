"""A component's JavaScript as one text: ES modules in files, carried as they are, linked in the browser by `load.js`.

Streamlit serves the neighbours of a component's module only to installed packages that declare them; this works from a
checkout, too, and needs neither node nor a bundler.
"""

from __future__ import annotations

import json
import re
from graphlib import TopologicalSorter
from pathlib import Path

_HERE = Path(__file__).parent
_IMPORT = re.compile(r'^(?:import\b|\} from )[^;"]*"\./([\w.]+)";$', re.MULTILINE)


def script(entry: str = "mount.js", loader: str = "load.js", *, folder: Path = _HERE) -> str:
    """Return the module text that imports `entry` of a folder with all that it needs, and exports its default."""
    modules = [[name, _source(name, folder)] for name in in_order(entry, folder)]
    return f"const MODULES = {json.dumps(modules)};\n{_source(loader, _HERE)}"


def in_order(entry: str, folder: Path = _HERE) -> tuple[str, ...]:
    """Return the modules that `entry` leads to, each after those it imports; raises CycleError for a circle."""
    found: dict[str, list[str]] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = _IMPORT.findall(_source(name, folder))
            waiting += found[name]
    return tuple(TopologicalSorter(found).static_order())


def _source(name: str, folder: Path) -> str:
    return (folder / name).read_text(encoding="utf-8")
