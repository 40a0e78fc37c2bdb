"""The `lemma` command: what the studio can do, from a shell.

Exit codes: 0 done, 1 failed with one clear line on stderr, 2 wrong usage. `--debug` shows tracebacks.
"""

from __future__ import annotations

import sys

import typer
from typer.exceptions import TyperException

from engine.errors import LemmaError
from studio.commands import (
    bench,
    curate,
    engines,
    evaluate,
    export,
    knowledge,
    project,
    report,
    rounds,
    runs,
    seeds,
    train,
)

app = typer.Typer(
    name="lemma",
    help="Make, judge and curate synthetic mathematics data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _family in (project, seeds, engines, knowledge, runs, curate, export, train, evaluate, rounds, bench, report):
    _family.register(app)


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
        code = app(args=arguments, prog_name="lemma", standalone_mode=False)
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
        return _fail(f"{type(error).__name__}: {error}. Run again with --debug for the traceback.")
    return code if isinstance(code, int) else 0


def _usage(error: TyperException) -> int:
    show = getattr(error, "show", None)
    if show:
        show()
    return 2


def _fail(line: str) -> int:
    print(f"lemma: {' '.join(line.split())}", file=sys.stderr)
    return 1
