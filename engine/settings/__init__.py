"""Settings as frozen classes: bounds in the type, a sentence and a source under each field, no unknown keys.

The studio draws its forms from these classes. One module per method, as the recipes have sections.
"""

from engine.settings.agenticmath import AgenticMath, ScoreCuration
from engine.settings.base import Settings, chosen, explain, published
from engine.settings.continual import Continual
from engine.settings.filters import Decontamination, Repeats
from engine.settings.flames import Flames, Share, Strategy
from engine.settings.gsdp import DualFilter, Extraction, GraphShape, Judging, Mixture, Routing
from engine.settings.house import House
from engine.settings.recipe import Recipe, RecipeSettings
from engine.settings.running import Cluster, Running, Sampled

__all__ = [
    "AgenticMath",
    "Cluster",
    "Continual",
    "Decontamination",
    "DualFilter",
    "Extraction",
    "Flames",
    "GraphShape",
    "House",
    "Judging",
    "Mixture",
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
    "chosen",
    "explain",
    "published",
]
