"""The `lemma` command: what the studio can do, from a shell.

Exit codes: 0 done, 1 failed with one clear line on stderr, 2 wrong usage. `--debug` shows tracebacks.
"""

from __future__ import annotations

import sys

import typer
from typer.exceptions import TyperException

from engine.core import disk
from engine.core.errors import LemmaError
from studio.cli.console import printable
from studio.cli.lazy_group import Command, shelf

COMMANDS = (
    Command("init", "project", "Make a project; with --demo fill it and start a first run on the embedded engine."),
    Command("studio", "serving", "Open the studio in the browser."),
    Command("users", "users", "People of a shared studio: who may sign in, and as what."),
    Command(
        "doctor", "bench", "Look at Python, packages, extras, engines, disk and GPU, and say what to do about each.",
    ),
    Command("verify", "project", "Check the store: references, content hashes, journals."),
    Command(
        "backup", "safety", "Copy the store while it is in use; the studio makes a copy a day, and keeps seven.",
    ),
    Command(
        "recover", "safety",
        "Rebuild a damaged store from what can be read of it, the newest copy and all runs; nothing is deleted.",
    ),
    Command("engines", "engines", "Engines: name them, find them, start and stop servers."),
    Command("seeds", "seeds", "Problems to start from."),
    Command("benchmarks", "seeds", "Test problems that must not leak into training data."),
    Command("knowledge", "knowledge", "Knowledge points."),
    Command("graph", "knowledge", "The graph of knowledge points."),
    Command("run", "runs", "Plan a run, forecast it, and run it in the foreground."),
    Command("runs", "steering", "Watch and steer runs."),
    Command("ingest", "runs", "Fold a run directory into the project; safe to repeat."),
    Command(
        "curate", "curate",
        "Estimate how raters err, find wrong ratings, and say what they should be; nothing is changed.",
    ),
    Command(
        "select", "curate",
        "Apply a policy to all problems and remember the selection; every method's problems by its own rules.",
    ),
    Command("labels", "labels", "Labels, and the random draws that make them count."),
    Command("certify", "certify", "Freeze a kept set, audit it with random rows, and say what is proven."),
    Command(
        "judges", "judges",
        "Say how far each judge agrees with people: in checks with intervals, on the review desk as counts.",
    ),
    Command("decide", "curate", "Approve, reject or edit one problem."),
    Command("undo", "curate", "Take back the curator's last act, or batch."),
    Command(
        "export", "export",
        "Write the approved problems, or the selected ones where nothing was approved yet, as training data.",
    ),
    Command("train", "train", "Fine-tune a model; needs the extra `train`."),
    Command("evaluate", "evaluate", "Ask a model the questions of benchmarks and grade its answers."),
    Command("round", "rounds", "Rounds of continual learning."),
    Command("report", "report", "Write report.html, figures and tables of everything that was made, judged and spent."),
    Command("bench", "bench", "Run the benchmarks: each prints a ratio to a peer or a limit measured in the same run."),
)  # fmt: skip

GROUPS = frozenset(
    (
        "engines",
        "users",
        "seeds",
        "benchmarks",
        "knowledge",
        "graph",
        "runs",
        "labels",
        "certify",
        "train",
        "round",
    )
)
"""Commands with commands of their own."""
BOTH = frozenset(("evaluate", "judges"))
"""Commands that act by themselves and have commands of their own."""

app = typer.Typer(
    name="lemma",
    cls=shelf(COMMANDS),
    help="Make, judge and curate synthetic mathematics data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _options(debug: bool = typer.Option(False, "--debug", help="Show tracebacks.")) -> None:
    """Make, judge and curate synthetic mathematics data."""


def main() -> None:
    """Run the command line; no traceback reaches a user unless `--debug` is given."""
    debug = "--debug" in sys.argv
    arguments = [word for word in sys.argv[1:] if word != "--debug"]
    sys.exit(_run(arguments, debug))


def _run(arguments: list[str], debug: bool) -> int:
    try:
        code = app(args=placed(arguments), prog_name="lemma", standalone_mode=False)
    except TyperException as error:
        return _usage(error)
    except (KeyboardInterrupt, typer.Abort):
        return _fail("stopped")
    except LemmaError as error:
        if debug:
            raise
        return _fail(str(error))
    except Exception as error:
        if debug:
            raise
        if said := disk.in_words(error):
            return _fail(str(said))
        return _fail(f"{type(error).__name__}: {error}. Run again with --debug for the traceback.")
    return code if isinstance(code, int) else 0


def placed(words: list[str]) -> list[str]:
    """Return the words with `--project` and `--json` behind the command, wherever before its last word they stood.

    `lemma --project DIR runs list`, `lemma runs --project DIR list` and `lemma runs list --project DIR` mean the same;
    `lemma runs` alone lists. Where no command is named they have nothing to say: its list of commands is the same.
    """
    rest, moved, path = list(words), list[str](), list[str]()
    while rest:
        if rest[0] == "--json" or rest[0].startswith("--project="):
            moved.append(rest.pop(0))
        elif rest[0] == "--project" and len(rest) > 1:
            moved += [rest.pop(0), rest.pop(0)]
        elif rest[0].startswith("-") or (path and path[0] not in GROUPS | BOTH) or len(path) == 2:
            break
        else:
            path.append(rest.pop(0))
    if path == ["runs"] and not rest:
        path.append("list")
    is_command = len(path) == 2 or (len(path) == 1 and path[0] not in GROUPS)
    return [*path, *(moved if is_command else []), *rest]


def _usage(error: TyperException) -> int:
    show = getattr(error, "show", None)
    if show:
        show()
    return 2


def _fail(line: str) -> int:
    print(printable(f"lemma: {' '.join(line.split())}"), file=sys.stderr)
    return 1
