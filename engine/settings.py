"""Settings as frozen classes: bounds in the type, a sentence and a source under each field, no unknown keys.

The studio draws its forms from these classes. `published(...)` marks a default that a paper gives:
its source and its grade are shown beside the field
(S stated, R read in a repository, P read in the paper, N third-party note, I inferred).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engine.errors import BadSetting


def published(default: Any, source: str, grade: str = "S", **bounds: Any) -> Any:
    """Field whose default comes from a paper; `source` names paper and section."""
    return Field(default, json_schema_extra={"source": source, "grade": grade}, **bounds)


def chosen(default: Any, **bounds: Any) -> Any:
    """Field whose default is our own choice, because no paper gives one."""
    return Field(default, json_schema_extra={"source": "", "grade": "I"}, **bounds)


class Settings(BaseModel):
    """Base of all settings: frozen, strict about names, documented by attribute docstrings."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Sampled(Settings):
    """How models are sampled."""

    temperature: float = published(0.7, "FLAMES, setup", "N", ge=0, le=2)
    """Higher is more varied."""
    top_p: float = published(0.9, "FLAMES, setup", "N", gt=0, le=1)
    """Share of probability mass that is sampled from."""
    top_k: int = published(50, "FLAMES, setup", "N", ge=-1)
    """How many tokens are considered at each step; -1 for all."""
    repetition_penalty: float = published(1.0, "FLAMES, setup", "N", gt=0, le=2)
    """1 means none."""
    max_tokens: int = published(2048, "FLAMES, setup", "N", ge=16, le=131072)
    """Longest reply."""


class Extraction(Settings):
    """Knowledge points from seeds."""

    limit: int = published(10, "GSDP 2.2", "S", ge=1, le=50)
    """At most this many points from one seed."""
    fill_gaps: bool = chosen(False)
    """Ask a model for the seeds without points of a source whose other seeds carry points by people."""


class DualFilter(Settings):
    """Which points are dropped and which are the same."""

    drop_bad: bool = published(True, "GSDP 2.2")
    """Let a model remove vague, wrong and over-detailed points."""
    merge_at: float = published(0.90, "GSDP D.1", "S", ge=0, le=1)
    """Cosine from which two points are the same without asking."""
    ask_from: float = published(0.70, "GSDP D.1", "S", ge=0, le=1)
    """Cosine from which a model is asked; below, two points differ."""
    embedder: str = chosen("hashing")
    """Embedding model: `hashing` needs no download; the method used BAAI/bge-m3."""

    @model_validator(mode="after")
    def _ordered(self) -> DualFilter:
        if self.ask_from > self.merge_at:
            raise ValueError("ask_from must not exceed merge_at")
        return self


class GraphShape(Settings):
    """Core points and combinations."""

    core_points: int = chosen(0, ge=0, le=10_000)
    """How many of the best connected points are core; 0 takes the percentile instead."""
    core_percentile: float = chosen(99.0, ge=50, le=100)
    """Points with at least this percentile of connections are core."""


class Mixture(Settings):
    """Shares of the four kinds of combinations, in percent."""

    one_hop: float = chosen(25.0, ge=0, le=100)
    """Pairs that already meet in a seed."""
    two_hop: float = chosen(25.0, ge=0, le=100)
    """Pairs with one point between them."""
    three_hop: float = chosen(25.0, ge=0, le=100)
    """One core point and one other, three steps apart."""
    community: float = chosen(25.0, ge=0, le=100)
    """Three points that all meet pairwise."""
    repeat_by_weight: bool = published(False, "GSDP 3.7: on for GSDP-One, off for GSDP-One-Base", "S")
    """Count a pair once for each seed that it meets in, so that frequent pairs are written from more often."""

    @model_validator(mode="after")
    def _whole(self) -> Mixture:
        total = self.one_hop + self.two_hop + self.three_hop + self.community
        if abs(total - 100) > 1e-6:
            raise ValueError(f"shares add up to {total:g}, not 100")
        return self


class Routing(Settings):
    """Which solver gets which problem."""

    low_until: float = chosen(0.4, ge=0, le=1)
    """Difficulty below this is low."""
    high_from: float = chosen(0.7, ge=0, le=1)
    """Difficulty from this on is high and goes to the strong solver."""
    solutions: int = chosen(1, ge=1, le=64)
    """Solutions per problem."""


class Judging(Settings):
    """Scores of problems and vetoes on solutions."""

    weights: dict[str, Annotated[float, Field(ge=0)]] = chosen({"judge_a": 0.4, "judge_b": 0.3, "judge_c": 0.3})
    """Weight of each judge in the problem score, by mathematical skill; made to add up to 1."""
    keep_at: float = published(0.85, "GSDP 2.5", "S", ge=0, le=1)
    """Problems are kept from this weighted score on."""
    missing_judge: Literal["renormalise", "fail"] = chosen("renormalise")
    """What to do when one judge gave no readable score."""
    unreadable_solution_verdict: Literal["false", "missing"] = chosen("false")
    """Whether a judge of solutions that cannot be read counts as a veto."""


class Decontamination(Settings):
    """Overlap with test problems."""

    n: int = published(8, "FLAMES, filters", "N", ge=1, le=50)
    """Length of the word n-grams."""
    share: float = published(0.95, "FLAMES, filters", "N", gt=0, le=1)
    """A problem that holds at least this share of a test item's n-grams is a copy of it."""


class Repeats(Settings):
    """Which problems repeat others."""

    fold_case: bool = published(True, "FLAMES, filters", "N")
    """Small and capital letters count as the same."""
    fold_space: bool = published(True, "FLAMES, filters", "N")
    """Runs of white space count as one space."""
    near: bool = chosen(True)
    """Look for near repeats as well as exact ones."""
    overlap: float = chosen(0.85, gt=0, le=1)
    """Share of words that near repeats have in common."""
    variants_count: bool = chosen(False)
    """Whether the same problem with other numbers, names or kinds of money is a repeat."""


class Running(Settings):
    """How a run spends time, calls and money."""

    concurrency: int = chosen(64, ge=1, le=4096)
    """Most requests in flight."""
    lookahead: int = chosen(0, ge=0, le=4096)
    """Items open beyond those in flight: of their calls, the one is sent next that begins most like the one before.
    Pays with servers that remember few prompts (Ollama, llama.cpp); vLLM's prefix cache remembers them all."""
    timeout_s: float = chosen(300.0, gt=0)
    """Longest wait for one reply, in seconds."""
    retries: int = chosen(5, ge=0, le=50)
    """Tries after a throttled, failed or lost request."""
    reread: int = chosen(2, ge=0, le=10)
    """Tries after a reply that could not be read."""
    budget_calls: int | None = chosen(None, ge=1)
    """Stop after this many paid calls."""
    budget_tokens: int | None = chosen(None, ge=1)
    """Stop after this many tokens, in and out."""
    budget_usd: float | None = chosen(None, gt=0)
    """Stop after this much money."""


class Cluster(Settings):
    """Where a run goes that is too large for one machine: actors of Ray Data."""

    address: str = ""
    """Address of the cluster's head; empty for $RAY_ADDRESS, or a cluster of this machine alone."""
    actors: int = chosen(0, ge=0, le=4096)
    """How many drivers share the items; 0 for one per replica that fits, or one per two cores and at most eight."""
    gpus: float = chosen(0.0, ge=0, le=64)
    """GPUs that each actor gets."""
    replicas: dict[str, str] = chosen({})
    """Engines that every actor serves itself: command by engine, with {port} for the port."""


class AgenticMath(Settings):
    """Filter seeds, rephrase, review and revise, solve, evaluate, curate, rank."""

    rating: Literal["mean", "min"] = chosen("mean")
    """How the three ratings of a seed become one."""
    seed_limit: float = published(3.0, "AgenticMath stage 1", "N", ge=0, le=5)
    """Seeds are kept from this curated rating on."""
    seed_pass: float = published(0.467, "AgenticMath stage 1: 7,001 of 15,000", "N", gt=0, le=1)
    """Share of seeds that is expected to pass; so many more are rated than are needed."""
    variants: int = published(6, "AgenticMath stage 2", "N", ge=1, le=50)
    """Rephrased variants per seed."""
    review_limit: float = published(4.5, "AgenticMath stage 2", "N", ge=0, le=5)
    """A variant passes review from this score on."""
    review_score: Literal["mean", "min"] = chosen("mean")
    """How the three review scores become one."""
    rounds: int = published(3, "AgenticMath stage 2", "S", ge=1, le=20)
    """At most this many revisions."""
    solutions: int = chosen(1, ge=1, le=64)
    """Solutions per problem: 1, 2 and 3 give the published 30K, 60K and 90K."""
    seed_half: Literal["all", "kept", "none"] = published("all", "AgenticMath, data sets", "N")
    """Which seeds are solved anew and join the data set: all of them, the kept ones, or none."""
    pairs: int = published(15_000, "AgenticMath stage 4", "N", ge=1)
    """Synthesised problems that the ranking selects."""
    filter_seeds: bool = published(True, "AgenticMath, ablation", "N")
    """Rate and filter seeds; without it every seed is rephrased."""
    review: bool = published(True, "AgenticMath, ablation", "N")
    """Review and revise; without it variants go on as they were written."""
    evaluate: bool = published(True, "AgenticMath, ablation", "N")
    """Evaluate problem and solution together; without it the ranking is by rarity alone."""
    curate: bool = published(True, "AgenticMath, ablation", "N")
    """Correct ratings by those of their neighbours; without it they are taken as given."""


class ScoreCuration(Settings):
    """Score transition, error detection, curated scores."""

    min_confidence: float = published(0.5, "DS2, score curation", "R", ge=0, le=1)
    """A flagged score is overwritten from this confidence on."""
    neighbours: int = published(10, "DS2, score curation", "R", ge=2, le=200)
    """Nearest neighbours that vote."""
    epochs: int = published(51, "DS2, score curation", "R", ge=1, le=1000)
    """Draws of the error detection."""


Share = Annotated[float, Field(ge=0, le=100)]
Strategy = Literal["strict", "majority", "solvability_reward", "solvability_first", "first", "majority_first"]


class Flames(Settings):
    """Twelve writing agents, six keep strategies, a mixture."""

    shares: dict[str, Share] = published(
        {
            "suggester_editor": 50.0,
            "iqc": 20.0,
            "taxonomy_key_concepts": 20.0,
            "distraction_insertion": 10.0,
        },
        "FLAMES, mixture",
        "S",
    )
    """Share of each agent, in percent."""
    keep: Strategy = published("first", "FLAMES, final data", "S")
    """Which problems are kept, and with which solution."""
    solutions: int = published(3, "FLAMES, quality control", "N", ge=1, le=64)
    """Solutions per problem."""
    judge_solvability: bool = chosen(True)
    """Ask the solvability judge even where the keep strategy does not need it."""
    examples: int = chosen(4, ge=1, le=20)
    """Seeds that the Few-Shot agent is shown."""
    example_style: Literal["by source", "similar", "inspired"] = published(
        "by source", "OpenMathInstruct-2: similar for GSM8K, inspired for MATH", "R"
    )
    """Whether Few-Shot stays close to its examples or must need another train of thought."""
    concepts: int = chosen(3, ge=1, le=10)
    """Concepts that a problem from key concepts must use."""
    edit_rounds: int = published(1, "FLAMES names no number; Orca-Math used 2", "I", ge=1, le=5)
    """Rounds of suggesting and editing."""
    compositions: int = published(1, "MMIQC iterates; FLAMES names no number", "I", ge=1, le=5)
    """Iterations of question composition, each on the outcome of the one before."""
    longest_solution: int = published(0, "Orca-Math drops solutions over 1,800 characters", "N", ge=0)
    """Solutions of more characters are flagged; 0 for no limit."""
    check_distraction: bool = chosen(True)
    """Let a judge veto distractions that change the answer."""
    alarm_share: float = published(0.30, "FLAMES, quality control", "S", gt=0, le=1)
    """Warn when one filter removes more than this share."""

    @model_validator(mode="after")
    def _whole(self) -> Flames:
        total = sum(self.shares.values())
        if abs(total - 100) > 1e-6:
            raise ValueError(f"shares add up to {total:g}, not 100")
        return self


class Continual(Settings):
    """Requests, self-play, experts, sorting, self-refined pairs."""

    consult: Literal["collaboration", "roles", "vote"] = published("collaboration", "Continual learning 4.3", "S")
    """Two experts and an arbiter, one model in three roles, or the vote of three models."""
    self_play: bool = published(True, "Continual learning 4.2", "S")
    """Solve each problem again with the model that wrote it, and compare."""
    experts: bool = published(True, "Continual learning 4.2", "S")
    """Have each sample examined by experts."""
    min_difficulty: float = published(0.3, "Continual learning, app. D", "S", ge=0, le=1)
    """Samples below this difficulty are left out of fine-tuning."""
    most_points: int = published(3, "Continual learning 2.3.1", "S", ge=1, le=3)
    """Most knowledge points in one request."""
    points: Literal["taxonomy", "graph"] = published("taxonomy", "Continual learning 2.3.1, over 1,200 points", "S")
    """Where the knowledge points of requests come from: the taxonomy that ships, or the project's own graph."""
    language: Literal["en", "zh"] = chosen("en")
    """Language of the requests."""
    evaluation_requests: int = published(500, "Continual learning 3.2", "S", ge=0)
    """Requests held back for evaluation, never trained on."""
    dimensions: bool = chosen(False)
    """Have every sample judged in eight dimensions."""


class House(Settings):
    """The four methods on one way."""

    graph_share: float = chosen(50.0, ge=0, le=100)
    """Items that come from graph combinations, in percent; the rest comes from the FLAMES agents."""
    review: bool = chosen(True)
    """Review and revise every problem before it is solved."""
    solutions: int = chosen(3, ge=1, le=64)
    """Solutions per problem; a strict majority of them must agree."""


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
    house: House = House()


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


def explain(error: ValidationError, where: str = "") -> BadSetting:
    """Turn pydantic's errors into one clear line: key, value and what is allowed."""
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"]) or "settings"
    given = "" if first["type"] == "missing" else f" (got {first['input']!r})"
    more = len(error.errors()) - 1
    rest = f" and {more} more" if more else ""
    message = "is not a known setting" if first["type"] == "extra_forbidden" else first["msg"]
    return BadSetting(f"{key}: {message}{given}{rest}", where=where)
