"""Plans a check of judges: rows that people judged are drawn from files, each with the same chance."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from engine.core.errors import BadSetting
from engine.core.project import Project, roles
from engine.core.settings import Recipe, RecipeSettings
from engine.generation import inputs, recipes
from engine.learning.judging import labelled_rows
from engine.learning.judging.labelled_rows import MEANS, HumanJudgedRow, JudgedFile
from engine.learning.judging.program import CHECKED, ROLES, ROWS
from engine.planning.ready import Planned, inputs_of, ready, reserve, used
from engine.runs.plan import JudgedMaterial, JudgePlan
from engine.store import Store

_RECIPE = "gsdp"


def judge_check(
    store: Store,
    project: Project,
    files: Sequence[str],
    models: Sequence[str],
    judges: Sequence[str] = (),
    limit: int = 0,
    settings: RecipeSettings | None = None,
    seed: int = 0,
) -> Planned[JudgePlan]:
    """Plan a run that puts rows which people judged to the studio's own judges.

    Args:
        store: the project's store.
        project: where the run directory is made.
        files: FILE or NAME=FILE; see `labelled_rows`.
        models: ENGINE:MODEL of each judge that is held against people.
        judges: names of `CHECKED`; by default every one that fits what the files judge.
        limit: rows of each file, drawn with equal chances; 0 for all.
        settings: sampling, patience and the limit of the problem score; those of a new recipe by default.
        seed: of the draw.

    Raises:
        UserError: for a file that cannot be used, a model or judge that is none, judges that no file has labels for.
    """
    if not 0 < len(models) <= len(ROLES) or len(set(models)) < len(models):
        do = f"Name between 1 and {len(ROLES)} models, each once."
        raise BadSetting(f"{len(models)} models are named.", where="judges check", do=do)
    roles = dict(zip(ROLES, models, strict=False))
    recipe = Recipe(
        name="judge", title="Judges beside people", roles=roles, seed=seed, settings=settings or RecipeSettings()
    )
    engines = used(project, recipe)
    read = [labelled_rows.read(spec) for spec in files]
    if len({one.name for one in read}) < len(read):
        raise BadSetting("two files have one name.", where="judges check", do="Write NAME=FILE.")
    asked = _asked(tuple(judges), read)
    drawn = {one.name: one.drawn(limit, seed) for one in read}
    total = sum(len(drawn[one.name]) * _fitting(asked, one) for one in read) * len(roles)
    directory = reserve(project, "judge")
    every = [row for one in read for row in drawn[one.name]]
    # In no order: a check that is stopped has asked about a sample that was drawn with equal chances, too.
    random.Random(f"{seed}|order").shuffle(every)
    inputs.save(inputs_of(directory) / ROWS, HumanJudgedRow, every)
    plan = JudgePlan(
        id=directory.name, recipe=recipe.model_copy(update={"items": max(total, 1)}), engines=engines, total=total,
        judges=asked, materials=tuple(_material(one, len(drawn[one.name])) for one in read),
    )  # fmt: skip
    return ready(store, directory, plan, tuple(note for one in read for note in one.notes))


def judging_recipe(project: Project, changes: Mapping[str, str] | None = None) -> Recipe:
    """Return the recipe whose judges and settings a check takes where nothing else is said."""
    return recipes.load(_RECIPE, changes or {}, {}, roles(project))


def judges_of(recipe: Recipe) -> list[str]:
    """Return ENGINE:MODEL of each judge of a recipe, each once."""
    return list(dict.fromkeys(recipe.roles[role] for role in recipe.settings.judging.weights if role in recipe.roles))


def _asked(judges: tuple[str, ...], read: Sequence[JudgedFile]) -> tuple[str, ...]:
    """Return the judges that are asked; BadSetting where one is unknown, or nothing says what it should have said."""
    abouts = {one.about for one in read}
    if strange := [name for name in judges if name not in CHECKED]:
        do = f"Judges: {', '.join(CHECKED)}."
        raise BadSetting(f"{strange[0]!r} is no judge that can be checked.", where="judges check", do=do)
    for name in judges:
        if (about := CHECKED[name].about) not in abouts:
            do = "Give a file whose rows say which problems are good, such as GSM-Plus, or one with statement and good."
            raise BadSetting(
                f"the judge {name!r} speaks of {about}s, and no file says which {about}s are good.",
                where="judges check",
                do=do if about == "problem" else "Give a file with solutions, such as ProcessBench.",
            )
    return tuple(dict.fromkeys(judges)) or tuple(name for name, one in CHECKED.items() if one.about in abouts)


def _fitting(judges: tuple[str, ...], file: JudgedFile) -> int:
    return sum(CHECKED[name].about == file.about for name in judges)


def _material(file: JudgedFile, drawn: int) -> JudgedMaterial:
    return JudgedMaterial(
        name=file.name, file=file.path, about=file.about, means=MEANS[file.shape], rows=len(file.rows), drawn=drawn
    )
