"""Where the things that Lemma ships are found: beside the package in a checkout, inside `studio` in a wheel."""

from __future__ import annotations

from pathlib import Path

from engine.core.errors import UserError

_HOME = Path(__file__).resolve().parents[1]
_PLACES = (_HOME / "data", _HOME / "studio" / "_data")


def shipped(*parts: str) -> Path:
    """Return the path of a shipped file or folder, e.g. `shipped("seeds")`; UserError where it is missing.

    A checkout goes first, so that an edited seed or taxonomy file is used at once.
    """
    for place in _PLACES:
        found = place.joinpath(*parts)
        if found.exists():
            return found
    looked = " and ".join(str(place.joinpath(*parts)) for place in _PLACES)
    raise UserError(f"is missing; looked at {looked}.", where="/".join(parts), do="Install Lemma Studio again.")
