"""A resolved recipe: every section, and what a plan holds of it."""

from __future__ import annotations

from typing import Literal

from engine.core.settings.agenticmath import AgenticMath, ScoreCuration
from engine.core.settings.base import Settings, chosen
from engine.core.settings.combined import Combined
from engine.core.settings.continual import Continual
from engine.core.settings.filters import Decontamination, Repeats
from engine.core.settings.flames import Flames
from engine.core.settings.gsdp import DualFilter, Extraction, GraphShape, Judging, Mixture, Routing
from engine.core.settings.running import Running, Sampled


class RecipeSettings(Settings):
    """Everything a recipe may set; sections as in the recipe files."""

    sampling: Sampled = Sampled()
    extraction: Extraction = Extraction()
    filter: DualFilter = DualFilter()
    graph: GraphShape = GraphShape()
    mixture: Mixture = Mixture()
    routing: Routing = Routing()
    judging: Judging = Judging()
    decontamination: Decontamination = Decontamination()
    repeats: Repeats = Repeats()
    running: Running = Running()
    agenticmath: AgenticMath = AgenticMath()
    curation: ScoreCuration = ScoreCuration()
    flames: Flames = Flames()
    continual: Continual = Continual()
    house: Combined = Combined()

    @property
    def alarm_share(self) -> float:
        """The share of the problems that one filter may remove before a warning (FL-28)."""
        return self.flames.alarm_share


class Recipe(Settings):
    """A resolved recipe: what a plan.json holds."""

    name: str
    """Short name, the stem of the recipe file."""
    title: str
    """Plain name shown in the studio."""
    method: str = ""
    """Method it implements."""
    way: Literal["gsdp", "agenticmath", "flames", "continual", "house"] = chosen("gsdp")
    """Which way its items go."""
    items: int = chosen(300, ge=1, le=100_000_000)
    """How many items to write."""
    seed: int = chosen(0, ge=0)
    """Seed of every draw."""
    roles: dict[str, str]
    """Engine and model of each role, as BACKEND:MODEL."""
    settings: RecipeSettings = RecipeSettings()
