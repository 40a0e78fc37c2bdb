"""`lemma export`: write a training set with its card and manifest, write it again, put it on a hub."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from engine.core.errors import BadSetting
from engine.core.project import find
from engine.export import Delivered, Licenses, Only, deliver, hub, mixture, overlaps, push, recreate
from engine.export.balance import BALANCES
from engine.export.formats import FORMATS
from engine.export.formats.preference import WAYS as PAIR_WAYS
from engine.export.rows import Exported
from engine.export.shape import FileShape
from engine.export.shards import CONTAINERS
from engine.export.strategy_sets import SIZES
from engine.knowledge.unions import BY_LOT, COMPONENTS, named
from engine.similarity.overlap import UNFOUND
from engine.store import Store
from studio.cli.console import Console
from studio.cli.opening import up_to_date
from studio.cli.options import JsonOption, ProjectOption
from studio.cli.options import pairs as settings_of

_ONLY: tuple[Only, ...] = ("approved", "selected")
_ALL = "all"
"""All that nobody rejected: for sets that choose among the problems themselves."""
_SIZES = ", ".join(mixture.PUBLISHED)
_PAIRS = "edits,refined"
Dataset = Annotated[
    str,
    typer.Option(
        metavar="SIZE",
        help=f"Seeds and the best of the selected problems: {_SIZES}, or problems x solutions, as in 500x2. "
        f"--only {_ALL} ranks all that nobody rejected.",
    ),
]
Part = Annotated[
    str,
    typer.Option(
        metavar="PART+PART",
        help=f"Only what comes from these parts of the graph, joined: {', '.join(COMPONENTS)}; or {BY_LOT}.",
    ),
]


Strategies = Annotated[
    str,
    typer.Option(
        metavar="SIZE",
        help=f"A split for each keep strategy of FLAMES, its size: {' or '.join(SIZES)}. Of all problems that nobody "
        "rejected, or of those that --only names.",
    ),
]


SeedLicense = Annotated[
    list[str] | None, typer.Option(metavar="SET=LICENCE", help="Licence of a seed set, for the card; repeatable.")
]
FromManifest = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Make the export of this manifest again, byte for byte.")
]
Change = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="How test problems are looked for: ngrams, numbers or near = drop, warn or off; limit, embedder ...",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command to `lemma`."""
    app.command("export")(export)


def export(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Name of the data set.")] = "",
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder to write into.")] = None,
    format: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "sft",
    only: Annotated[str, typer.Option("--only", help=f"One of {', '.join(_ONLY)}, with --dataset also {_ALL}.")] = "",
    test_share: Annotated[float, typer.Option(min=0, max=0.5, help="Share held out, by family.")] = 0.0,
    container: Annotated[str, typer.Option(help=f"One of {', '.join(CONTAINERS)}.")] = "jsonl",
    license: Annotated[str, typer.Option(help="Licence named on the card.")] = "other",
    seed_license: SeedLicense = None,
    shard_rows: Annotated[int, typer.Option(min=0, help="Rows of one file at most; 0 for any number.")] = 0,
    shard_mb: Annotated[int, typer.Option(min=0, help="Megabytes of one file, about; 0 for any number.")] = 500,
    balance: Annotated[str, typer.Option(help=f"Let no class outweigh the others: {' or '.join(BALANCES)}.")] = "",
    cap: Annotated[int, typer.Option(min=0, help="Rows of a class with --balance; 0 for the median class.")] = 0,
    pairs: Annotated[str, typer.Option(help=f"What pairs are made of, of {', '.join(PAIR_WAYS)}.")] = _PAIRS,
    dataset: Dataset = "",
    part: Part = "",
    strategies: Strategies = "",
    unanswered: Annotated[bool, typer.Option("--unanswered", help="Let solutions without an answer out, too.")] = False,
    change: Change = None,
    seed: Annotated[int, typer.Option(help="Decides what is held out and what a class keeps.")] = 0,
    from_manifest: FromManifest = None,
    push_to: Annotated[str, typer.Option("--push", metavar="OWNER/NAME", help="Then put it on the hub.")] = "",
    public: Annotated[bool, typer.Option("--public", help="With --push: let everybody see it.")] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Write the approved problems, or the selected ones where nothing was approved yet, as training data.

    With --dataset: the seeds that were solved anew, and the best of the synthesised problems that the policy selected.
    """
    if out is None or not (name or from_manifest):
        raise typer.BadParameter("NAME and --out are needed: lemma export NAME --out DIR")
    _check(only, push_to, several=bool(dataset or strategies))
    console = Console(json)
    with up_to_date(find(project)) as store:
        if from_manifest:
            chosen, done = "recreated", _again(store, console, from_manifest, out)
        else:
            ways, tiers = _words(pairs), overlaps.rules_of(settings_of(change or [], "KEY=VALUE"))
            best, solutions = mixture.sizes(dataset) if dataset else (0, 1)
            shape = FileShape(
                format, container, test_share, seed, shard_rows, shard_mb, balance, cap, ways, best, solutions,
                unanswered, named(part), strategies, tiers=tiers,
            )  # fmt: skip
            chosen = only or ("selected" if dataset else _ALL if strategies else _fullest(store, console))
            with console.progress(f"export {name}") as advance:
                sent = deliver(
                    store, name, out, only=chosen,  # type: ignore[arg-type]
                    licenses=Licenses(license, dict(map(_stated, seed_license or []))), by=getpass.getuser(),
                    progress=_advancing(advance), shape=shape,
                )  # fmt: skip
            done = _said(console, sent)
    address = push(out.expanduser(), push_to, public=public) if push_to else ""
    _tell(console, chosen, out, done, address)


def _words(listed: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, listed.split(","))))


def _check(only: str, push_to: str, several: bool) -> None:
    """Say before an hour of writing what would fail in the end; BadSetting or UserError."""
    if only and only not in (*_ONLY, *([_ALL] if several else [])):
        raise BadSetting(f"--only {only!r} is not known.", do=f"Use {' or '.join(_ONLY)}.")
    if push_to:
        hub.checked(push_to)
        hub.ready()


def _said(console: Console, sent: Delivered) -> Exported:
    """Return what was written; say what a data set lacks or leaves out, and what it was held against."""
    for line in filter(None, (sent.lacking, sent.outside)):
        console.say(line)
    if not sent.entry.id:
        console.say("The project is read-only: the export is written, and the project does not remember it.")
    for what, count in sent.exported.warned.items():
        console.say(f"{count:,} of the rows, each of which {what}: see them with lemma benchmarks check.")
    if sent.tests:
        console.say(f"Held against {sent.tests:,} test problems; {UNFOUND}.")
    else:
        console.say("No benchmark is imported: it is not known whether rows, or their seeds, copy test problems.")
    return sent.exported


def _again(store: Store, console: Console, manifest: Path, out: Path) -> Exported:
    with console.progress(f"export again {manifest}") as advance:
        return recreate(store, manifest.expanduser(), out, _advancing(advance)).exported


def _tell(console: Console, chosen: str, out: Path, done: Exported, address: str) -> None:
    left = "".join(f"\n  {count:,} left out: {reason}" for reason, count in done.left_out.items())
    left += "".join(f"\n  {count:,} texts cut at the mark {mark} of a turn" for mark, count in done.turn_marks.items())
    values = {
        "rows": done.rows,
        "only": chosen,
        "files": [str(path) for path in done.files],
        "sha256": done.sha256,
        "left_out": done.left_out,
        "turn_marks": done.turn_marks,
        "warned": done.warned,
        "splits": done.splits,
        "pushed": address,
    }
    what = {"recreated": "rows again", "all": "rows"}.get(chosen, f"rows of {chosen} problems")
    pushed = f"\n  on the hub: {address}" if address else ""
    console.result(values, f"{done.rows:,} {what} in {out}{left}{pushed}")


def _advancing(advance: Callable[[int, int | None, str], None]) -> Callable[[int, str], None]:
    return lambda rows, doing: advance(rows, None, doing)


def _stated(word: str) -> tuple[str, str]:
    """Return seed set and licence of `SET=LICENCE`."""
    name, found, license = word.rpartition("=")
    if not (found and name and license):
        raise BadSetting(f"{word!r} is not SET=LICENCE.", where="--seed-license", do="For instance gsm8k=mit.")
    return name, license


def _fullest(store: Store, console: Console) -> str:
    """Return what to export where nobody said it, and say so when that is not what people approved."""
    if store.exports.count("approved"):
        return "approved"
    selected = store.exports.count("selected")
    if selected:
        console.say(f"No problem is approved yet: exporting the {selected:,} that the policy selected.")
    return "selected" if selected else "approved"
