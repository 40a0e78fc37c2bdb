"""Every way things go wrong, named after the boundary that was crossed.

    LemmaError
    ├── UserError            something a person can put right: says what, where and what to do
    │   ├── BadInput         a file, line or field that cannot be used
    │   │   └── StoreGone    ... or the store of a project that is not there any more
    │   ├── BadSetting       a key whose value is unknown or outside its range
    │   ├── MissingExtra     an optional package that this step needs
    │   ├── DiskFull         there is no room for what was to be saved
    │   ├── ReadOnly         the place may be looked at and not be written to
    │   └── ProjectBusy      another process has the project open
    ├── ItemFailure          one item of a run did not make it: becomes a row in `failures`
    │   ├── ProviderError    the endpoint: refused, timed out, sent no usable reply
    │   │   ├── Throttled    ... and said to come back later (`retry_after`, seconds)
    │   │   ├── Unreachable  ... or did not answer in time, reset, or failed on its side: worth another try
    │   │   │   └── TooSlow  ... or is at work, and the reply did not come in the time that it may take
    │   │   ├── Refused      ... or will never answer this request: bad key, unknown model, prompt too long
    │   │   └── UnusableReply  ... or answered and billed, and there is no text in it: only reasoning, filtered, failed
    │   ├── UnreadableReply  the model answered, but not in the form that was asked for
    │   │   └── UnfitReply   ... or in that form, and it cannot be what was asked for: an echo, a copy, no concept
    │   └── PluginError      an agent, check or judge raised: a bug of ours, kept as data
    └── RunStopped           the run ends between items: cancelled, paused, or its budget is spent

Plug-ins raise ordinary Python errors; `boundary` gives a name to whatever escapes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class LemmaError(Exception):
    """Root of all errors that Lemma raises on purpose."""


class UserError(LemmaError):
    """Something a person can put right."""

    def __init__(self, what: str, *, where: str = "", do: str = "") -> None:
        """Keep what happened, where (file, line, field) and what to do about it."""
        self.what, self.where, self.do = what, where, do
        place = f"{where}: " if where else ""
        advice = f" {do}" if do else ""
        super().__init__(f"{place}{what}{advice}")


class BadInput(UserError):
    """A file, line or field that cannot be used."""


class StoreGone(BadInput):
    """The file of a project's store is not there any more, or is not the one that was opened."""


class DiskFull(UserError):
    """There is no room on the disk for what was to be saved."""


class ReadOnly(UserError):
    """What was to be saved belongs to a place that may be looked at only."""


class BadSetting(UserError):
    """A setting that is unknown or out of range."""


class MissingExtra(UserError):
    """An optional package that this step needs is not installed."""


class ProjectBusy(UserError):
    """Another process has the project open for writing."""


class ItemFailure(LemmaError):
    """One item of a run did not make it; the run goes on."""

    boundary = "item"

    def __init__(self, message: str, *, raw: str = "") -> None:
        """Keep the message and, where there is one, the raw text that caused it."""
        self.raw = raw
        super().__init__(message)

    @property
    def reason(self) -> str:
        """What it is counted as while a run goes on."""
        return type(self).__name__


class ProviderError(ItemFailure):
    """The endpoint failed us."""

    boundary = "provider"

    def __init__(self, message: str, *, reason: str = "", raw: str = "") -> None:
        """`reason` tells in a few words what went wrong, such as "reply cut off" or "HTTP 403"."""
        self._reason = reason
        super().__init__(message, raw=raw)

    @property
    def reason(self) -> str:
        """What went wrong, in a few words; the class where nobody said."""
        return self._reason or super().reason


class Throttled(ProviderError):
    """The endpoint asks us to come back later."""

    def __init__(
        self, message: str, *, retry_after: float | None = None, reason: str = "HTTP 429", raw: str = ""
    ) -> None:
        """`retry_after` is in seconds, None where the endpoint did not say."""
        self.retry_after = retry_after
        super().__init__(message, reason=reason, raw=raw)


class Unreachable(ProviderError):
    """No answer, a reset, a time-out or an error on the other side: worth another try."""

    def __init__(self, message: str, *, reason: str = "no answer", raw: str = "") -> None:
        """`reason` tells in two or three words what kept the answer away, such as "connection refused"."""
        super().__init__(message, reason=reason, raw=raw)


class TooSlow(Unreachable):
    """The endpoint was at work and the time for this reply ran out."""

    def __init__(self, message: str, *, last: bool = False) -> None:
        """`last`: it had the longest time that a reply may take, so that another try would end the same way."""
        self.last = last
        super().__init__(message, reason="too slow")


class NotSent(Unreachable):
    """The request was read by nobody, because a kept connection had been closed: it may be sent again at once."""


class Refused(ProviderError):
    """The endpoint will never answer this request; trying again would be waste."""


class UnusableReply(ProviderError):
    """The endpoint answered and billed, and the reply cannot be used: asked again under another seed like any other."""

    boundary = "reply"

    def __init__(
        self, message: str, tokens_in: int = 0, tokens_out: int = 0, *, reason: str = "", raw: str = ""
    ) -> None:
        """Keep what the reply cost, in tokens."""
        self.tokens_in, self.tokens_out = tokens_in, tokens_out
        super().__init__(message, reason=reason, raw=raw)


class UnreadableReply(ItemFailure):
    """The model answered, but not in the form that was asked for."""

    boundary = "reply"


class UnfitReply(UnreadableReply):
    """The reply has its form and cannot be what was asked for: an echo, a copy, sentences in place of names."""


class PluginError(ItemFailure):
    """An agent, check or judge raised an error of its own."""

    boundary = "plugin"


class RunStopped(LemmaError):
    """The run ends between items: `reason` is cancelled, paused or a spent budget."""

    def __init__(self, reason: str, message: str = "") -> None:
        """`reason` is the state word that status.json will show."""
        self.reason = reason
        super().__init__(message or reason)


@contextmanager
def boundary(error: type[ItemFailure], what: str) -> Iterator[None]:
    """Name whatever escapes the block `error`; failures that already have a name pass through."""
    try:
        yield
    except (LemmaError, GeneratorExit, KeyboardInterrupt):
        raise
    except Exception as escaped:
        raise error(f"{what}: {type(escaped).__name__}: {escaped}") from escaped
