"""Every command of `lemma` in words that reach its work, for tests that ask something of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from studio.cli.lazy_group import take
from studio.cli.main import COMMANDS

Needs = Literal["writes", "reads", "nothing"]
"""What a command does in the project, by these words: `writes` in it, `reads` its store, or does `nothing` of both."""


@dataclass(frozen=True)
class Asked:
    """A command with words: {seeds}, {bench}, {labels}, {run}, {problem}, {point}, {to}, {out} are filled in."""

    words: str
    needs: Needs


EVERY: tuple[Asked, ...] = (
    Asked("init {new}", "nothing"),
    Asked("studio --no-browser --host 0.0.0.0", "nothing"),
    Asked("users list", "nothing"),
    Asked("users add ada@example.org --role viewer --provider", "writes"),
    Asked("users remove ada", "nothing"),
    Asked("doctor", "nothing"),
    Asked("verify", "reads"),
    Asked("backup --out {out}/copy.duckdb", "reads"),
    Asked("recover", "nothing"),
    Asked("engines list", "nothing"),
    Asked("engines add more --url http://127.0.0.1:9/v1 --model tiny", "writes"),
    Asked("engines remove none-such", "nothing"),
    Asked("engines discover", "nothing"),
    Asked("engines files", "nothing"),
    Asked("engines probe abacus", "nothing"),
    Asked("engines start none-such", "nothing"),
    Asked("engines stop none-such", "nothing"),
    Asked("engines log none-such", "nothing"),
    Asked("engines lineup", "nothing"),
    Asked("seeds add {seeds}", "writes"),
    Asked("seeds sweep", "reads"),
    Asked("benchmarks add {bench} --name b", "writes"),
    Asked("benchmarks check", "reads"),
    Asked("knowledge build", "writes"),
    Asked("knowledge import {taxonomy}", "writes"),
    Asked("knowledge bands", "reads"),
    Asked("graph stats", "reads"),
    Asked("graph combinations --kind one-hop --limit 3", "reads"),
    Asked("graph path {point} {to}", "reads"),
    Asked("graph export --out {out}/graph.graphml", "reads"),
    Asked("run gsdp --items 8", "writes"),
    Asked("runs list", "nothing"),
    Asked("runs show {run}", "nothing"),
    Asked("runs pause {run}", "nothing"),
    Asked("runs cancel {run}", "writes"),
    Asked("runs resume {run}", "writes"),
    Asked("ingest {apart}", "writes"),
    Asked("curate", "reads"),
    Asked("select", "writes"),
    Asked("labels draw --size 4", "writes"),
    Asked("labels add {labels}", "writes"),
    Asked("labels list", "reads"),
    Asked("labels status", "reads"),
    Asked("certify start", "writes"),
    Asked("certify status", "reads"),
    Asked("certify stop --reason tired", "reads"),
    Asked("judges", "reads"),
    Asked("judges check --against {gold} --engine abacus:abacus-judge-a", "writes"),
    Asked("decide {problem} approve", "writes"),
    Asked("undo", "writes"),
    Asked("export kept --out {out}/kept", "reads"),
    Asked("train sft --data {sft} --model {model} --out {out}/sft --check", "nothing"),
    Asked("train dpo --data {sft} --model {model} --out {out}/dpo --check", "nothing"),
    Asked("train sft-dpo --data {sft} --pairs {sft} --model {model} --out {out}/both --check", "nothing"),
    Asked("evaluate --model abacus:abacus-large --benchmark b={bench} --limit 2", "writes"),
    Asked("evaluate quality --data {sft} --out {out}/quality", "nothing"),
    Asked("round start --model {model} --data {sft} --rounds 1 --requests 4", "reads"),
    Asked("round resume", "reads"),
    Asked("round status", "reads"),
    Asked("round promote", "reads"),
    Asked("round skip", "reads"),
    Asked("round rollback", "reads"),
    Asked("report --out {out}/report", "reads"),
    Asked("bench none-such", "nothing"),
)


@cache
def leaves() -> frozenset[str]:
    """Return the names of all commands, groups left out."""
    return frozenset(name for entry in COMMANDS for name in _leaves(take(entry), entry.name))


def _leaves(command: Any, name: str) -> Iterator[str]:
    inner = getattr(command, "commands", None)
    if not inner:
        yield name
        return
    if command.invoke_without_command:
        yield name
    for word, each in inner.items():
        yield from _leaves(each, f"{name} {word}")


def named(asked: Asked) -> str:
    """Return which command it is."""
    words = asked.words.split()
    two = " ".join(words[:2])
    return two if two in leaves() else words[0]
