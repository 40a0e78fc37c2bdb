"""Published sizes of the FLAMES data sets (FL-31)."""

from __future__ import annotations

from collections.abc import Mapping

from engine.core.errors import BadSetting

PRESETS: Mapping[str, int] = {"Small": 150_000, "Large": 1_000_000, "XL": 1_500_000}
"""Problems of each size."""
SOURCE = "FLAMES, data sets; third-party note"
_WAY = "flames"


def size_of(preset: str, way: str) -> int:
    """Return the items of a preset, whatever its capitals; BadSetting for an unknown one, or another method."""
    if way != _WAY:
        raise BadSetting(
            f"the sizes {', '.join(PRESETS)} are those of the FLAMES data sets.", where="--preset", do="Use --items."
        )
    for name, items in PRESETS.items():
        if name.lower() == preset.strip().lower():
            return items
    raise BadSetting(f"there is no preset {preset!r}.", where="--preset", do=f"Known presets: {', '.join(PRESETS)}.")
