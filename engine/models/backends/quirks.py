"""What a model does not take of an ordinary request, learnt from its refusals and kept for every later call."""

from __future__ import annotations

from dataclasses import dataclass, field

RENAMED = "max_completion_tokens"
"""Name that hosted reasoning models have for max_tokens."""


@dataclass(frozen=True, slots=True)
class Quirks:
    """How requests to one model are written differently; the empty record changes nothing."""

    left_out: frozenset[str] = frozenset()
    """Parameters that are not sent."""
    only: dict[str, str] = field(default_factory=dict)
    """The one value of a parameter that is taken, in the endpoint's words; such a parameter is left out."""
    apart: tuple[str, ...] = ()
    """Parameters that do not go together; all but the first are left out."""
    longest: int = 0
    """Longest reply in tokens that may be asked for; 0 where no limit was met."""
    renamed: bool = False
    """Whether max_tokens is called max_completion_tokens."""
    folded: bool = False
    """Whether the system's text goes into the user's turn."""
    merged: bool = False
    """Whether turns of one role in a row become one."""
    loose: bool = False
    """Whether schemas go without lengths and other bounds."""

    @property
    def sentence(self) -> str:
        """The record in words, such as "takes no system turn; temperature only 1"; '' where nothing was learnt."""
        said = ["takes no system turn"] if self.folded else []
        said += ["turns must alternate"] if self.merged else []
        said += [f"{name} only {value}" for name, value in sorted(self.only.items())]
        said += [f"{' and '.join(self.apart)} not together"] if self.apart else []
        others = self.left_out - self.only.keys() - set(self.apart[1:])
        said += [f"takes no {', '.join(sorted(others))}"] if others else []
        said += [f"at most {self.longest:,} tokens a reply"] if self.longest else []
        said += [f"{RENAMED} for max_tokens"] if self.renamed else []
        said += ["schemas without bounds"] if self.loose else []
        return "; ".join(said)


NONE = Quirks()
_known: dict[tuple[str, str], Quirks] = {}


def known(place: str, model: str) -> Quirks:
    """Return what this process has learnt of `model` at the address `place`."""
    return _known.get((place, model), NONE)


def keep(place: str, model: str, quirks: Quirks) -> None:
    """Remember what was learnt for every later call of this process."""
    _known[place, model] = quirks


def forget(place: str) -> None:
    """Forget everything about an address: another server may stand there now."""
    for key in [key for key in _known if key[0] == place]:
        _known.pop(key, None)
