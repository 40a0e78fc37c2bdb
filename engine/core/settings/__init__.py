"""Settings as frozen classes: bounds in the type, a sentence and a source under each field, no unknown keys.

The studio draws its forms from these classes. One module per method, as the recipes have sections.
"""

from engine.core.settings.agenticmath import AgenticMath, ScoreCuration
from engine.core.settings.base import Settings, chosen, explain, published
from engine.core.settings.combined import Combined
from engine.core.settings.continual import Continual
from engine.core.settings.filters import Act, Decontamination, OverlapTiers, Repeats
from engine.core.settings.flames import Flames, Share, Strategy
from engine.core.settings.gsdp import DualFilter, Extraction, GraphShape, Judging, Mixture, Routing
from engine.core.settings.recipe import Recipe, RecipeSettings
from engine.core.settings.running import Cluster, Running, Sampled
from engine.core.settings.trust import TrustSettings

__all__ = [
    "Act",
    "AgenticMath",
    "Cluster",
    "Combined",
    "Continual",
    "Decontamination",
    "DualFilter",
    "Extraction",
    "Flames",
    "GraphShape",
    "Judging",
    "Mixture",
    "OverlapTiers",
    "Recipe",
    "RecipeSettings",
    "Repeats",
    "Routing",
    "Running",
    "Sampled",
    "ScoreCuration",
    "Settings",
    "Share",
    "Strategy",
    "TrustSettings",
    "chosen",
    "explain",
    "published",
]
