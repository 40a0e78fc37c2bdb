"""Published sizes of the FLAMES data sets (FL-31)."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import BadSetting
from engine.settings import Recipe

PRESETS: Mapping[str, int] = {"Small": 150_000, "Large": 1_000_000, "XL": 1_500_000}
"""Problems of each size."""


def sized(recipe: Recipe, name: str) -> Recipe:
    """Return the recipe with as many items as the preset; BadSetting for an unknown one."""
    if name not in PRESETS:
        raise BadSetting(f"there is no preset {name!r}.", do=f"Known presets: {', '.join(PRESETS)}.")
    return recipe.model_copy(update={"items": PRESETS[name]})
