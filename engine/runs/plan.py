"""The plan of a run: what will be done, whole and resolved; one class for each kind of run.

runs/<id>/
├── plan.json            what will be done, whole and resolved; never changed after launch
├── inputs/*.parquet     what it reads
├── journal/             what was said and made (engine.runs.journal)
├── control              one word from outside: run, pause or cancel
├── status.json          how it is going; replaced atomically
└── run.log
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar

import orjson
from pydantic import Field, TypeAdapter, ValidationError

from engine.core import permission
from engine.core.errors import BadInput
from engine.core.files import open_plain, write_atomically
from engine.core.project import EngineSpec
from engine.core.records import content_id
from engine.core.settings import Cluster, Recipe, Settings
from engine.core.settings.naming import NameLimits
from engine.core.settings.training import Choosing, Evaluating, Looping, Training


class PlanBase(Settings):
    """What every run says of itself before it begins; a worker never opens the database."""

    id: str
    recipe: Recipe
    engines: dict[str, EngineSpec] = Field(default_factory=dict)
    """The named engines as they were at launch; without keys."""
    prompts: dict[str, str] = Field(default_factory=dict)
    """Hash of every prompt template at launch."""
    versions: dict[str, str] = Field(default_factory=dict)
    """Versions of Lemma, Python and what matters below."""
    total: int = 0
    """Items of the main phase."""
    created: float = 0.0
    """Unix time."""


class AskingPlan(PlanBase):
    """A run that asks models itself, item by item."""

    reuse: tuple[str, ...] = ()
    """Run directories, beside this one, whose paid replies may be reused (a dry run of the same plan)."""
    cluster: Cluster | None = None
    """The machines that its items are spread over; None for this one alone."""


class KnowledgePlan(AskingPlan):
    """Points from seeds, and what is one and the same among them."""

    kind: Literal["knowledge"] = "knowledge"


class GeneratePlan(AskingPlan):
    """Problems by the method of the recipe."""

    kind: Literal["generate"] = "generate"
    dry: bool = False
    """A dry run: a few items to look at and to forecast from."""
    point: str = ""
    """Only combinations with this point; '' for the whole graph."""


class SolvePlan(AskingPlan):
    """A new solution for one problem whose statement a person has changed; a person decides what becomes of it."""

    kind: Literal["solve"] = "solve"
    problem_id: str
    statement: str
    """As it stands now."""


class OverlapPlan(AskingPlan):
    """Texts beside the test problems that come nearest; a model says which of them are one problem."""

    kind: Literal["overlap"] = "overlap"


class JudgedMaterial(Settings):
    """Rows that people judged before, as they were drawn from a file."""

    name: str
    file: str
    about: Literal["solution", "problem"]
    """What was judged."""
    means: str
    """What the people's word means, as in "no step is wrong"."""
    rows: int
    """Different rows in the file."""
    drawn: int
    """Rows of them that judges are asked about, each with the same chance."""


class JudgePlan(AskingPlan):
    """Judges asked about rows that people judged before: do they agree?"""

    kind: Literal["judge"] = "judge"
    judges: tuple[str, ...]
    """solution, problem, solvability."""
    materials: tuple[JudgedMaterial, ...]


class MapPlan(PlanBase):
    """A new map over all problems of a project."""

    kind: Literal["map"] = "map"


class TrainPlan(PlanBase):
    """One training of one model."""

    kind: Literal["train"] = "train"
    training: Training


class EvaluatePlan(AskingPlan):
    """Graded answers of one model."""

    kind: Literal["evaluate"] = "evaluate"
    evaluating: Evaluating
    """What is asked, of whom."""


class RoundPlan(PlanBase):
    """Rounds of continual learning, each step a run of its own."""

    kind: Literal["round"] = "round"
    looping: Looping


class ChoosePlan(PlanBase):
    """The choice of one checkpoint of a training, each evaluated by a run of its own."""

    kind: Literal["choose"] = "choose"
    evaluating: Evaluating
    """What is asked; its model is of no account, because each checkpoint is served in its turn."""
    choosing: Choosing
    """Which checkpoints are asked, and what decides."""


class SftDpoPlan(PlanBase):
    """Fine-tuning and then preference training of its outcome, each a run of its own."""

    kind: Literal["sft-dpo"] = "sft-dpo"
    training: Training
    """The first stage."""
    preferring: Training
    """The second stage."""


class StudyPlan(PlanBase):
    """The same items written and solved by several models, a run of its own for each choice of them (FL-36)."""

    kind: Literal["study"] = "study"
    roles: dict[str, str] = Field(default_factory=dict)
    """Who speaks for each role where nobody takes turns; the study itself asks no model."""
    varied: dict[str, tuple[str, ...]]
    """The models that take turns in a role, by role."""
    cells: dict[str, dict[str, str]]
    """The runs within, in their order, each with the models that it gives to the varied roles."""


Plan = Annotated[
    KnowledgePlan
    | GeneratePlan
    | SolvePlan
    | OverlapPlan
    | JudgePlan
    | MapPlan
    | TrainPlan
    | EvaluatePlan
    | RoundPlan
    | ChoosePlan
    | SftDpoPlan
    | StudyPlan,
    Field(discriminator="kind"),
]
"""Everything a worker needs to know. Which program runs for a kind is said in engine.execution.programs."""
RunKind = Literal[
    "knowledge",
    "generate",
    "solve",
    "overlap",
    "judge",
    "map",
    "train",
    "evaluate",
    "round",
    "choose",
    "sft-dpo",
    "study",
]
P = TypeVar(
    "P",
    KnowledgePlan,
    GeneratePlan,
    SolvePlan,
    OverlapPlan,
    JudgePlan,
    MapPlan,
    TrainPlan,
    EvaluatePlan,
    RoundPlan,
    ChoosePlan,
    SftDpoPlan,
    StudyPlan,
)
"""A plan of one kind."""
K = TypeVar("K", bound=PlanBase)
"""A kind of plan, or of several that have something in common."""
_PLAN: TypeAdapter[Plan] = TypeAdapter(Plan)


def is_dry(plan: Plan) -> bool:
    """Whether the run is only looked at: nothing of it goes into the store."""
    return isinstance(plan, GeneratePlan) and plan.dry


LATER: Mapping[tuple[str, str], Any] = MappingProxyType(
    {
        ("mixture", "even_clusters"): False,
        ("mixture", "random_pairs"): False,
        ("flames", "keep_unanswered"): False,
        ("flames", "rounded_from"): 0,
        ("sampling", "answer_from"): "box",
        ("agenticmath", "seed_rounding"): "exact",
        ("curation", "fewest"): 100,
        ("curation", "balance"): 0.3,
        ("curation", "margin"): 2.0,
        ("curation", "rarity"): 0.2,
        ("curation", "least_share"): 0.15,
        ("filter", "oversized"): 12,
        ("filter", "split_oversized"): False,
        ("agenticmath", "weight_complexity"): 1.0,
        ("agenticmath", "weight_information"): 1.0,
        ("agenticmath", "weight_clarity"): 1.0,
        ("curation", "mode"): "rank",
        ("curation", "count_self"): False,
        ("curation", "scale"): "0 to 5",
        ("running", "patience"): 4.0,
        ("running", "longest_s"): 3600.0,
        ("running", "slow_retries"): 2,
        **{
            (section, name): field.default
            for section in ("extraction", "flames")
            for name, field in NameLimits.model_fields.items()
        },
    }
)
"""Settings, by section and name, that came after the first fingerprints, with the value that changes nothing."""
_NO_MATTER: Any = {"items": True, "seed": True, "settings": {"running": True, "agenticmath": {"pairs": True}}}
"""What an item of a plan does not depend on."""


def fingerprint(recipe: Recipe, point: str, prompts: Mapping[str, str]) -> str:
    """Return the hash of what a plan does to one item.

    How many items and pairs, which draw, how fast and what for is left out: a dry run speaks for every run with the
    same fingerprint. A setting that came later counts only where it was changed, so that fingerprints stay.
    """
    said = recipe.model_dump(mode="json", exclude=_NO_MATTER)
    for (section, name), default in LATER.items():
        # How fast is no matter, so its settings are not there at all.
        if section in said["settings"] and said["settings"][section][name] == default:
            del said["settings"][section][name]
    return content_id("F", said, point, dict(prompts))


def save_plan(directory: Path, plan: Plan) -> None:
    """Write plan.json."""
    permission.require("change", "Planning a run")
    write_atomically(directory / "plan.json", orjson.dumps(plan.model_dump(mode="json"), option=orjson.OPT_INDENT_2))


def load_plan(directory: Path) -> Plan:
    """Read plan.json; BadInput where it is missing or not ours."""
    path = directory / "plan.json"
    try:
        with open_plain(path) as file:
            return parse_plan(file.read())
    except FileNotFoundError:
        raise BadInput("is not a run directory: it has no plan.json.", where=str(directory)) from None
    except ValueError as error:
        raise BadInput(f"cannot be read: {error}", where=str(path)) from error


def load_plan_as(directory: Path, kind: type[K]) -> K:
    """Read plan.json of a run of one kind; BadInput where it is none, or of another kind."""
    plan = load_plan(directory)
    if not isinstance(plan, kind):
        raise BadInput(f"is a run of kind {plan.kind}, which has no such plan.", where=plan.id)
    return plan


def parse_plan(text: bytes | str) -> Plan:
    """Return the plan without settings that this version does not know: runs of other versions stay readable.

    Files from before each kind had fields of its own carry those of all kinds; what is not of this kind goes as well.
    ValueError where it is no plan.
    """
    said: Any = orjson.loads(text)
    try:
        return _PLAN.validate_python(said)
    except ValidationError as error:
        strange = [each["loc"] for each in error.errors() if each["type"] == "extra_forbidden"]
        if len(strange) < error.error_count():
            raise
    # The first word of each place is the kind, by which the class was picked.
    for _, *path, name in strange:
        place = said
        for part in path:
            place = place[part]
        del place[name]
    return _PLAN.validate_python(said)
