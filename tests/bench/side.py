"""One side of a comparison in a process of its own, so that its peak memory is its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def alone(script: str, side: str) -> dict[str, Any]:
    """Run `script SIDE` in a fresh process and return the JSON object that it prints."""
    done = subprocess.run([sys.executable, script, side], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def peak_mb() -> int:
    """Return the most memory this program held; rusage would count the process that started it as well."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    raise OSError("no VmHWM in /proc/self/status")
