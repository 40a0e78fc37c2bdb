"""Which rows are held out for testing: decided by a hash of the family, so that variants never straddle."""

from __future__ import annotations

from hashlib import blake2b

from engine.core.errors import BadSetting


def checked(share: float) -> float:
    """Return the share of held-out families; BadSetting outside 0..0.9."""
    if not 0 <= share <= 0.9:
        raise BadSetting(f"{share:g} is not allowed.", where="test share", do="Give a share from 0 to 0.9.")
    return share


def split_of(family: str, share: float, seed: int = 0) -> str:
    """Return `test` for about `share` of all families, else `train`; the same family always gives the same."""
    drawn = blake2b(f"{seed}\0{family}".encode(), digest_size=8).digest()
    return "test" if int.from_bytes(drawn, "big") < share * 2**64 else "train"
