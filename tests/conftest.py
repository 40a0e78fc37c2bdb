"""What every test shares: a temporary workspace, no key of the outer world, and the real data where it is there."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support import scheduling

if int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1:
    # Workers that share the cores, each with threads for all of them, spend five times the work on waiting for each
    # other. Read by numpy, SciPy and scikit-learn when they are first imported, here and in the processes of a test.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")

# How long an example takes, or drawing one, is the machine's affair. The examples are the same in every run, so that
# what passed here passes elsewhere; `--hypothesis-profile=searching` draws others, to look for faults.
settings.register_profile("searching", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("repeatable", settings.get_profile("searching"), derandomize=True)
settings.load_profile("repeatable")

MAIN = sys.modules["__main__"]
REAL = Path(__file__).resolve().parents[1].parent / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: scheduling.rank(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> scheduling.ByFile:
    """Deal tests out by file; without numbers of tests, since a file of many tests may be a quick one."""
    config.option.loadscopereorder = False
    return scheduling.ByFile(config, log)


@pytest.fixture(autouse=True)
def _own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the developer's own project, keys or caches."""
    monkeypatch.setenv("LEMMA_PROJECT", str(tmp_path / "project"))
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(autouse=True)
def _own_main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page drawn without a browser takes `__main__` and keeps it; processes that a later test spawns would run it."""
    monkeypatch.setitem(sys.modules, "__main__", MAIN)


@pytest.fixture
def real_data() -> Path:
    """The folder of real data; tests that need it are skipped where it is absent."""
    if not REAL.is_dir():
        pytest.skip(f"real data is absent: {REAL}")
    return REAL
