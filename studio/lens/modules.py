"""The lens's JavaScript as one text: ES modules in files, carried as they are and linked in the browser by `load.js`.

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


def script(entry: str = "mount.js", loader: str = "load.js") -> str:
    """Return the module text that imports `entry` with all that it needs, and exports its default."""
    modules = [[name, _source(name)] for name in in_order(entry)]
    return f"const MODULES = {json.dumps(modules)};\n{_source(loader)}"


def in_order(entry: str) -> tuple[str, ...]:
    """Return the modules that `entry` leads to, each after those it imports; raises CycleError for a circle."""
    found: dict[str, list[str]] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = _IMPORT.findall(_source(name))
            waiting += found[name]
    return tuple(TopologicalSorter(found).static_order())


def _source(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
