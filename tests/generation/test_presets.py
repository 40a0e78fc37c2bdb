import pytest

from engine.core.errors import BadSetting
from engine.generation.recipes import load
from engine.generation.recipes.presets import PRESETS, size_of
from engine.knowledge.mixture import largest_remainder


def test_fl31_the_published_sizes():
    """FL-31: Small 150K, Large 1M, XL 1.5M; the mixture splits each without a rest."""
    assert PRESETS == {"Small": 150_000, "Large": 1_000_000, "XL": 1_500_000}
    shares = load("flames").settings.flames.shares
    for name, size in PRESETS.items():
        assert size_of(name.lower(), "flames") == size
        assert sum(largest_remainder(shares, size).values()) == size


def test_an_unknown_preset_names_the_known_ones():
    with pytest.raises(BadSetting, match="Small, Large, XL"):
        size_of("Tiny", "flames")


def test_other_methods_have_no_published_sizes():
    with pytest.raises(BadSetting, match="--items"):
        size_of("Small", "gsdp")
