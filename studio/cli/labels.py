"""`lemma labels`: draw rows at random, add labels from files, and see what the ledger holds."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from pydantic import ValidationError

from engine.core.errors import BadInput, BadSetting
from engine.core.project import find
from engine.core.records import Label, LabelDraw, Policy
from engine.core.settings import explain
from engine.curation import policy_file
from engine.curation.review import batches, blind_review, queues
from engine.curation.trust import drawing, label_files, people, replay
from engine.curation.trust.draws import FIRST, UNIFORM, DrawMixture, next_size
from engine.store import Store
from studio.cli.console import Console
from studio.cli.opening import up_to_date
from studio.cli.options import JsonOption, ProjectOption

SHOWN = 20
"""Lines that are named on screen; all of them are in the JSON."""


class DrawRecipe(StrEnum):
    """How rows are drawn."""

    UNIFORM = "uniform"
    MIXTURE = "mixture"


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    group = typer.Typer(help="Labels, and the random draws that make them count.", no_args_is_help=True)
    group.command("draw")(draw_command)
    group.command("add")(add_command)
    group.command("list")(list_command)
    group.command("status")(status_command)
    app.add_typer(group, name="labels")


def draw_command(
    size: Annotated[
        int | None, typer.Option(min=1, help="About so many rows; by default 50 at first, then 40.", metavar="N")
    ] = None,
    recipe: Annotated[
        DrawRecipe, typer.Option(help="The same chance for every row, or more where judges are unsure.")
    ] = DrawRecipe.UNIFORM,
    policy: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="Whose kept rows matter; the last selection's by default.")
    ] = "",
    control: Annotated[
        float | None,
        typer.Option(
            min=0.2, max=1, help="Share of a mixture that is drawn uniformly; 0.3, or 0.5 where precision is high."
        ),
    ] = None,
    close: Annotated[
        bool, typer.Option("--close", help="Mark what is left of the last draw as undecided, and draw.")
    ] = False,
    salt: Annotated[
        str, typer.Option(help="Draw by this salt, which nobody used before; a random one by default.")
    ] = "",
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Draw rows at random for labels that count towards precision, and keep the draw."""
    console, me = Console(json), getpass.getuser()
    mixture = _mixture(recipe, control)
    with up_to_date(home := find(project), brief=True) as store:
        chosen = _policy(store, policy)
        if recipe is DrawRecipe.MIXTURE and control is None:
            how = blind_review.load(home).model_copy(update={"doubtful": True})
            proposed = batches.batch_standing(store, chosen, how).proposed.mixture
            mixture = mixture if proposed.uniform else proposed
        closed = drawing.close(store, me) if close else 0
        planned = drawing.planned_uniformly(store.draws.all())
        made = drawing.draw(store, chosen, size or next_size(planned), mixture, by=me, salt=salt)
        rows = store.draws.rows(made.id)
    used = drawing.mixture_of(made)
    if recipe is DrawRecipe.MIXTURE and used.uniform and not mixture.uniform:
        console.say(f"the first {FIRST} rows of a project are drawn uniformly; so were these")
    shown = rows.select(["row_id", "row_hash", "pi", "second"]).to_pylist()
    values = _told(made) | {"rows": shown, "closed": closed}
    text = f"{made.drawn} rows drawn of {values['eligible']:,} (about {made.size} were planned): {made.id}"
    listed = "".join(f"\n  {row['row_id']}  chance {row['pi']:.6f}" for row in shown[:SHOWN])
    more = f"\n  and {len(shown) - SHOWN} more; all of them: lemma labels list --open" if len(shown) > SHOWN else ""
    console.result(values, f"{text}{listed}{more}\nLabel them in the Review desk, queue Random draw.")


def add_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="id, verdict, curator, time; CSV, JSON lines, Parquet.")],
    curator: Annotated[str, typer.Option(help="Who labelled, where the file does not say.")] = "",
    gold: Annotated[
        bool, typer.Option("--gold", help="The verdicts are known to be true: they test curators, and never count.")
    ] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Add labels from a file: verdicts good, bad, unsure or skipped, one row each.

    Rows that a draw of this project drew count as labels of that draw; all others help their row only.
    """
    console = Console(json)
    with up_to_date(find(project), brief=True) as store:
        told = label_files.add(store, file, curator=curator, gold=gold)
    if told.left_out and not told.added and not told.known:
        first = told.left_out[0]
        others = len(told.left_out) - 1
        count = f" None of the {others} others could be taken either." if others else ""
        raise BadInput(f"{_of(first.row_id)}{first.why}.{count}", where=f"{file}, line {first.line}")
    for line in _warnings(file, told):
        console.say(line)
    values = {
        "added": told.added,
        "drawn": told.drawn,
        "convenience": told.convenience,
        "gold": told.gold,
        "known": told.known,
        "refused": told.refused,
        "claimed": [{"line": row.line, "id": row.row_id, "draw": row.draw_id} for row in told.claimed],
        "edited": [{"line": row.line, "id": row.row_id, "hash": row.row_hash} for row in told.edited],
        "left_out": [asdict(one) for one in told.left_out],
    }
    console.result(values, _summary(told))


def list_command(
    draw: Annotated[str, typer.Option(metavar="DR-ID", help="Labels of this draw only.")] = "",
    open_only: Annotated[
        bool, typer.Option("--open", help="Drawn rows that nobody has labelled yet, in the order to read them.")
    ] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """List the labels that stand, or with --open the drawn rows that wait for one."""
    with up_to_date(find(project), brief=True) as store:
        if draw and store.draws.get(draw) is None:
            raise BadInput("there is no such draw.", where=draw, do="Draws: lemma labels status")
        waiting = [asdict(row) for row in store.draws.open() if draw in ("", row.draw_id)] if open_only else []
        found = [] if open_only else [_shown(label) for label in store.labels.standing(draw)]
    if open_only:
        text = "\n".join(f"{row['row_id']}  {row['draw_id']}" for row in waiting) or "no drawn row waits for a label"
        Console(json).result({"open": waiting}, text)
        return
    text = "\n".join(
        f"{one['id']}  {one['verdict']:<8} {one['provenance']:<11} {one['curator']}" for one in found
    )  # fmt: skip
    Console(json).result({"labels": found}, text or "no label yet")


def status_command(project: ProjectOption = None, json: JsonOption = False) -> None:
    """Say what the ledger holds: labels by where they came from, draws, what is undecided, and whether it holds."""
    with up_to_date(find(project), brief=True) as store:
        counts, draws = store.labels.counts(), store.draws.all()
        waiting, undecided = store.draws.open(), store.draws.undecided()
        found, lost = replay.replay(store), store.draws.lost(store.draws.frame().seq)
        read, differing = people.people(store), len(store.readings.differing())
    faults = {one.draw_id: one.fault for one in found if one.fault}
    doubts = {one.draw_id: one.doubt for one in found if one.doubt}
    values = {
        "labels": counts,
        "draws": [
            _told(one) | {"open": sum(row.draw_id == one.id for row in waiting),
                          "undecided": undecided.get(one.id, 0), "replay": faults.get(one.id) or "same",
                          "doubt": doubts.get(one.id, "")}
            for one in draws
        ],
        "open": len(waiting),
        "lost": lost,
        "faults": [f"{ident}: {fault}" for ident, fault in faults.items()],
        "people": [_person(one, bool(draws)) for one in read.curators],
        "differing": differing,
    }  # fmt: skip
    Console(json).result(values, "\n".join(_status(values, doubts)))


def _status(values: dict[str, Any], doubts: dict[str, str]) -> Iterable[str]:
    labels = values["labels"]
    yield ", ".join(f"{count:,} {name}" for name, count in labels.items()) or "no label yet"
    for draw in values["draws"]:
        kind = "uniform" if draw["recipe"]["control"] == 1 else "mixture"
        yield (
            f"{draw['draw']}  {kind}, {draw['drawn']} of {draw['eligible']:,} rows; "
            f"{draw['open']} open, {draw['undecided']} undecided"
        )
    if not values["draws"]:
        yield "No row was drawn at random, so there is no interval: lemma labels draw"
    if values["differing"]:
        yield f"{values['differing']:,} rows have two different verdicts: Review desk, queue Two verdicts differ"
    for one in values["people"]:
        again, others = one["self_agreement"], one["others"]
        told = [f"{one['rows']:,} rows"]
        told += [f"{again['same']} of {again['repeats']} said again"] if again else []
        told += [f"{others['agreed']} of {others['pairs']} as others"] if others["pairs"] else []
        yield f"{ascii(one['curator'])[1:-1]}: {', '.join(told)}"
    if values["lost"]:
        yield f"{values['lost']:,} labelled rows have changed since; their labels are of another text"
    yield from (f"{ident}: {doubt}" for ident, doubt in doubts.items())
    yield from (f"no interval: {fault}" for fault in values["faults"])


def _person(one: people.CuratorStanding, drawn: bool) -> dict[str, Any]:
    """Return what is known of a reader; of rows that nobody drew there are counts alone."""
    itself, kappa = one.itself, one.others.kappa if drawn else None
    return {
        "curator": one.name,
        "rows": one.verdicts,
        "self_agreement": itself and {
            "same": round(itself.share * itself.repeats), "repeats": itself.repeats, "low": itself.low,
            "high": itself.high, "error_at_least": itself.error,
        },
        "others": {"agreed": one.others.agreed, "pairs": one.others.pairs, "kappa": kappa},
        "gold_good": one.gold_good and asdict(one.gold_good),
        "gold_bad": one.gold_bad and asdict(one.gold_bad),
    }  # fmt: skip


def _mixture(recipe: DrawRecipe, control: float | None) -> DrawMixture:
    if recipe is DrawRecipe.UNIFORM:
        if control not in (None, 1.0):
            raise BadSetting("--control belongs to --recipe mixture.")
        return UNIFORM
    if control is None:
        return DrawMixture()
    try:
        return DrawMixture().with_control(control)
    except ValidationError as error:
        raise explain(error, where="--control") from error


def _policy(store: Store, asked: str) -> Policy:
    if not asked:
        return queues.policy_for(store)
    if found := store.policies.get(asked):
        return found
    if Path(asked).is_file():
        return policy_file.load(asked)
    raise BadSetting(f"there is no policy {asked!r}, and no such file.", where="--policy", do="Save one on Tune.")


def _told(draw: LabelDraw) -> dict[str, Any]:
    constants = orjson.loads(draw.constants)
    return {
        "draw": draw.id,
        "at": draw.at,
        "by": draw.by,
        "frame": draw.frame_id,
        "policy": draw.policy_id,
        "size": draw.size,
        "drawn": draw.drawn,
        "eligible": constants["eligible"],
        "salt": draw.salt,
        "recipe": orjson.loads(draw.recipe),
        "model": draw.model,
        "constants": constants,
    }


def _shown(label: Label) -> dict[str, Any]:
    return {
        "id": label.row_id,
        "verdict": label.verdict,
        "curator": label.curator,
        "time": label.at,
        "reason": label.reason,
        "provenance": label.provenance,
        "draw": label.draw_id,
        "role": label.role,
        "blind": label.blind,
        "hash": label.row_hash,
        "source": label.source,
    }


def _summary(told: label_files.AddedLabels) -> str:
    parts = [f"{told.drawn:,} count towards precision", f"{told.convenience:,} help their row only"]
    parts += [f"{told.gold:,} test curators"] if told.gold else []
    text = f"{told.added:,} labels added: {', '.join(parts)}"
    text += f"; {told.known:,} were known" if told.known else ""
    why = ", ".join(f"{count:,} {code.replace('_', ' ')}" for code, count in told.refused.items())
    return text + (f"; {len(told.left_out):,} left out: {why}" if why else "")


def _warnings(file: Path, told: label_files.AddedLabels) -> Iterable[str]:
    for one in told.left_out[:SHOWN]:
        yield f"{file}, line {one.line}: {_of(one.row_id)}{one.why}; left out"
    if len(told.left_out) > SHOWN:
        yield f"{len(told.left_out) - SHOWN} more were left out"
    if told.claimed:
        yield (
            f"{len(told.claimed)} labels claim a random draw that this ledger does not know, the first in line "
            f"{told.claimed[0].line}: they were taken as convenience labels, which help their row only"
        )
    if told.edited:
        yield (
            f"{len(told.edited)} labels are of rows that were edited, the first in line {told.edited[0].line}: they "
            "are of the edited text, and say nothing of the row as it was made"
        )


def _of(row_id: str) -> str:
    return f"{ascii(row_id)[1:-1]} " if row_id else ""
