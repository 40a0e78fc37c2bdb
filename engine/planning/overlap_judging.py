"""Plans the question that words alone cannot answer: is this text a test problem told in other words (RR-19)?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from engine.core.errors import UserError
from engine.core.project import Project
from engine.core.records import OverlapVerdict
from engine.core.settings import OverlapTiers, Recipe, RecipeSettings
from engine.export import overlaps
from engine.generation import inputs
from engine.generation.judges.same_problem import ROLE
from engine.generation.same_problem_run import FILE, ShownPair
from engine.models import registry
from engine.planning.ready import Planned, inputs_of, ready, reserve, used
from engine.runs.plan import OverlapPlan
from engine.similarity.overlap import BATCH, PROPOSED, OverlapScreen
from engine.store import Store


def same_problems(
    store: Store,
    project: Project,
    texts: Iterable[str],
    model: str,
    nearest: int = PROPOSED,
    rules: OverlapTiers | None = None,
) -> Planned[OverlapPlan] | None:
    """Plan a run that shows a model each text beside its nearest test problems; None where nothing is left to ask.

    Texts that a surer tier finds are not asked about, nor pairs that this model was asked about before.

    Args:
        store: the project's store.
        project: where the run directory is made.
        texts: statements; white space apart, each is asked about once.
        model: ENGINE:MODEL.
        nearest: test problems that a text is shown beside at most; NeMo-Skills shows five.
        rules: how texts are held against test problems otherwise.

    Raises:
        UserError: where there are no test problems.
    """
    recipe = Recipe(
        name="overlap", title="Test problems in other words", roles={ROLE: model}, items=1, settings=RecipeSettings()
    )
    engines = used(project, recipe)
    screen = overlaps.screen(store, _embedding(rules or OverlapTiers()))
    if not len(screen):
        raise UserError("no benchmark is imported.", do="Add test problems first: lemma benchmarks add FILE.")
    name = registry.address(model)[1]
    asked = {(said.text_id, said.item_id) for said in store.benchmarks.verdicts() if said.model == name}
    shown = _pairs(texts, screen, nearest, asked)
    first = next(shown, None)
    if first is None:
        return None
    directory = reserve(project, "overlap")
    counted: Counter[str] = Counter()
    rows = _counted(chain((first,), shown), counted)
    inputs.save(inputs_of(directory) / FILE, ShownPair, rows)
    total = counted.total()
    sized = recipe.model_copy(update={"items": total})
    return ready(store, directory, OverlapPlan(id=directory.name, recipe=sized, engines=engines, total=total))


def _counted(shown: Iterable[list[ShownPair]], counted: Counter[str]) -> Iterator[ShownPair]:
    """Yield the pairs of all texts, and count the texts."""
    for some in shown:
        counted["texts"] += 1
        yield from some


def _embedding(rules: OverlapTiers) -> OverlapTiers:
    """Return rules by which vectors are made, whatever else is off."""
    return rules if {rules.numbers, rules.near} != {"off"} else rules.model_copy(update={"near": "warn"})


def _pairs(
    texts: Iterable[str], screen: OverlapScreen, nearest: int, asked: set[tuple[str, str]]
) -> Iterator[list[ShownPair]]:
    """Yield for each text the pairs that it is asked about, the nearest first; a text without any is passed over."""
    seen: set[str] = set()
    source = iter(texts)
    while batch := list(islice(source, BATCH)):
        fresh = {OverlapVerdict.text_of(text): text for text in batch}
        fresh = {ident: text for ident, text in fresh.items() if ident not in seen}
        seen.update(fresh)
        hits = screen.look(list(fresh.values()))
        left = {
            ident: text
            for (ident, text), found in zip(fresh.items(), hits, strict=True)
            if not any(hit.tier != "near" for hit in found)
        }
        for (ident, text), items in zip(left.items(), screen.nearest(list(left.values()), nearest), strict=True):
            shown = [
                ShownPair(ident, item.id, cosine, text, item.statement)
                for item, cosine in items
                if (ident, item.id) not in asked
            ]
            if shown:
                yield shown
