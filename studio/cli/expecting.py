"""What a run will come to, said before it starts: its forecast, and what will not fit or not be enough."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from engine.core.project import Project, engines
from engine.core.settings import Recipe
from engine.generation.recipes import KNOWLEDGE_ROLES
from engine.models import context_limits, independence, model_list
from engine.planning import RunPreview
from engine.planning.equal_size import needed
from engine.planning.forecast import Band, Forecast


@dataclass(frozen=True, slots=True)
class Warned:
    """What should be looked at before a run, and the setting that mends it as KEY=VALUE, '' where none does."""

    text: str
    change: str = ""

    @property
    def line(self) -> str:
        """The warning with its way out."""
        return f"warning: {self.text} Mend it with: --set {self.change}" if self.change else f"warning: {self.text}"


def described(expected: Forecast | None) -> str:
    """Return a forecast as one line."""
    if expected is None:
        return "No history yet, so no forecast."
    f = expected
    said = (
        f"Forecast for {f.items:,} items, from {f.basis:,}: {f.calls:,.0f} calls{_range(f.calls_band)}, "
        f"{f.tokens_in + f.tokens_out:,.0f} tokens{_range(f.tokens_band)}, {f.seconds:,.0f} s{_range(f.seconds_band)}, "
        f"{f.cost:,.2f} USD; {f.kept_low:,.0f} to {f.kept_high:,.0f} kept"
    )
    return f"{said}; {f.gpu_hours:,.2f} GPU-hours" if f.gpu_hours else said


def _range(band: Band | None) -> str:
    return f" ({band.low:,.0f} to {band.high:,.0f})" if band else ""


def warnings(project: Project, recipe: Recipe, expected: Forecast | None) -> tuple[Warned, ...]:
    """Return what should be looked at: roles that share a model, replies longer than contexts, pairs out of reach."""
    return (*_not_independent(recipe), *_too_long(project, recipe), *_too_few(recipe, expected))


def _not_independent(recipe: Recipe) -> list[Warned]:
    judges = (*recipe.settings.judging.weights, *independence.JUDGING)
    return [Warned(sentence) for sentence in independence.doubts(recipe.roles, judges)]


def _too_long(project: Project, recipe: Recipe) -> list[Warned]:
    asking = {role: where for role, where in recipe.roles.items() if role not in KNOWLEDGE_ROLES}
    known = model_list.contexts(engines(project), asking.values())
    found = context_limits.tight(asking, recipe.settings.sampling.max_tokens, known)
    if not found:
        return []
    mend = f"sampling.max_tokens={context_limits.lowered(found)}"
    return [Warned(f"{one.sentence} Give it a longer one, or ask for less.", mend) for one in found]


def _too_few(recipe: Recipe, expected: Forecast | None) -> list[Warned]:
    pairs = recipe.settings.agenticmath.pairs
    if recipe.way != "agenticmath" or pairs > recipe.items:
        return []
    wanted = needed(recipe, expected)
    if wanted.items <= recipe.items:
        return []
    text = f"{pairs:,} pairs need about {wanted.items:,} variants: {wanted.share:.0%} are expected to pass."
    return [Warned(text, f"items={wanted.items}")]


def planned_values(drawn: RunPreview, expected: Forecast | None, doubts: tuple[Warned, ...]) -> dict[str, object]:
    """Return what `lemma run --dry-run --json` says."""
    return {
        "run": None,
        "state": "planned",
        "items": drawn.items,
        "notes": list(drawn.notes),
        "warnings": [asdict(doubt) for doubt in doubts],
        "forecast": asdict(expected) if expected else None,
    }
