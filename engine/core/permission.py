"""Who may do what: asked where things are changed, so that no page can forget to ask.

The engine knows nobody; whoever serves several people registers how to tell what the one may who acts in this thread.
Where nobody is registered, as in the shell and in workers, everything is allowed: who can start those can change the
files themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

from engine.core.errors import UserError

Deed = Literal["change", "engines"]
"""`change` is everything that leaves a trace in the project; `engines` is what starts programs and opens keys."""
_MISSING: dict[Deed, tuple[str, str]] = {
    "change": ("is for curators and owners; viewers look.", "Ask an owner of this studio for another role."),
    "engines": ("is for owners: engines start programs on this machine.", "Ask an owner of this studio."),
}
_asked: list[Callable[[Deed], bool]] = []
_housekeeping: ContextVar[bool] = ContextVar("housekeeping", default=False)


class NotAllowed(UserError):
    """Somebody who is signed in may look at this and not do it."""


def ask(may: Callable[[Deed], bool]) -> None:
    """Let `may` say from now on whether a deed is allowed to whoever acts in this thread."""
    _asked[:] = [may]


def require(deed: Deed, what: str = "This") -> None:
    """Go on where a deed is allowed; NotAllowed names `what` it was."""
    if _asked and not _housekeeping.get() and not _asked[0](deed):
        why, advice = _MISSING[deed]
        raise NotAllowed(f"{what} {why}", do=advice)


@contextmanager
def housekeeping() -> Iterator[None]:
    """Allow what the studio does by itself during this block, whoever looks: folding in what runs have written."""
    token = _housekeeping.set(True)
    try:
        yield
    finally:
        _housekeeping.reset(token)
