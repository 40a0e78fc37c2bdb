"""Does what the studio keeps teach a pretrained student more than what it drops? Before and after, with intervals.

    python -m tests.bench.proof prepare FOLDER --student MODEL.gguf [--size small]   once; needs the package gguf
    python -m tests.bench.proof run FOLDER [--threads 2]                             goes on after a stop
    python -m tests.bench.proof table FOLDER                                         what is known, at any time

`small` is for two cores, `whole` for a GPU. FOLDER holds all that `run` needs: the student as a folder of transformers,
the rows of every arm and seed, and the held-out problems. `lemma report --proof FOLDER/results.json` shows the table.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench import proof_figures
from tests.bench.proof_plan import SIZES, ProofFolder, planned


def main(arguments: list[str] | None = None) -> int:
    """Prepare, run or tabulate a proof."""
    given = _parser().parse_args(arguments)
    folder = ProofFolder(given.folder.resolve())
    {"prepare": _prepare, "run": _run, "table": _table}[given.command](folder, given)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.proof")
    commands = parser.add_subparsers(dest="command", required=True)
    prepare = commands.add_parser("prepare", help="make rows and held-out problems, and write the student's weights")
    prepare.add_argument("--student", type=Path, help="a GGUF file; its folder of transformers may lie there already")
    prepare.add_argument("--size", choices=SIZES, default="small")
    run = commands.add_parser("run", help="train and ask every arm that is not finished")
    run.add_argument("--threads", type=int, default=2)
    for each in (prepare, run, commands.add_parser("table", help="print what is known, and write results.json")):
        each.add_argument("folder", type=Path)
    return parser


def _prepare(folder: ProofFolder, given: argparse.Namespace) -> None:
    from tests.bench import proof_material

    if given.student:
        proof_material.convert(given.student, folder.student)
    proof_material.prepare(folder, SIZES[given.size], proof_material.counting(folder.student), _say)


def _run(folder: ProofFolder, given: argparse.Namespace) -> None:
    # Before torch is there: threads that spin while they wait cost the others their time on a machine that is shared.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("OMP_NUM_THREADS", str(given.threads))
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch

    from tests.bench import proof_arms

    torch.set_num_threads(given.threads)
    proof_arms.run(folder, lambda text: (_say(text), write(folder))[0])
    _table(folder, given)


def _table(folder: ProofFolder, given: argparse.Namespace) -> None:
    print("\n".join(proof_figures.lines(write(folder))), flush=True)


def write(folder: ProofFolder) -> list[dict[str, Any]]:
    """Write results.json from the arms that are finished; return its comparisons."""
    found = folder.finished()
    told = proof_figures.told(found)
    names = {name for _, name in found}
    folder.put("results.json", {"experiments": told, "arms": sorted(names), "finished": len(found),
                                "plan": planned(folder.plan)})  # fmt: skip
    return told


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
