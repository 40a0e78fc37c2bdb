"""Which worker runs which tests: a file stays together, browsers stay apart, and what takes long comes first.

pytest-xdist would do the same by marks, but the marks get lost between pytest 9.2 and pytest-xdist 3.8 without a word.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

BROWSER = "tests/browser/"
FIRST = (BROWSER, "tests/studio/cli/", "tests/pages/")
"""Folders that take minutes. Begun last, they would be all that one worker still has to do."""


class ByFile(LoadScopeScheduling):
    """Gives each file to one worker as a whole, and all that drive a browser: two Chromiums would starve each other."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else nodeid.split("::", 1)[0]


def rank(nodeid: str) -> int:
    """Return the place of a test in the order of folders."""
    return next((place for place, folder in enumerate(FIRST) if nodeid.startswith(folder)), len(FIRST))
