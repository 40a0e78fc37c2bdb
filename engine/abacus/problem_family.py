"""What a problem family is: points it rests on, a way to draw numbers, texts for them, and a worked solution.

A family is written as one solving function under the `family` decorator; its parameters are the numbers of the problem.
"""

from __future__ import annotations

import inspect
import random
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from engine.abacus.notation import Number, tex
from engine.abacus.wording import WORDS, Hole, Params, Template, Value

VERBS = ("Find", "What is", "Determine", "Calculate")
NO_QUESTION = "Consider"
"""Put in place of a verb, this leaves a problem without a question."""
_TRIES = 200


@dataclass(frozen=True, slots=True)
class WorkedSolution:
    """A worked solution; the last step holds the answer in its box."""

    steps: tuple[str, ...]
    answer: str

    @property
    def text(self) -> str:
        """The steps, one a line."""
        return "\n".join(self.steps)


def worked(answer: Number | str, *steps: str) -> WorkedSolution:
    """Return the steps with a last line that boxes the answer, a number or LaTeX."""
    shown = answer if isinstance(answer, str) else tex(answer)
    return WorkedSolution((*steps, rf"Therefore the answer is $\boxed{{{shown}}}$."), shown)


class Wording:
    """One way to put the problem: sentences that set the scene, a noun phrase for what is asked, perhaps a question."""

    def __init__(self, setup: str, noun: str, ask: str) -> None:
        """Prepare the texts; `ask` may be empty, then the question is `Find` and the noun phrase."""
        lead = f"{setup} " if setup else ""
        self.setup = Template(setup)
        self.noun = Template(noun)
        self.asked = Template(lead + ask) if ask else None
        self.verbal = {verb: Template(f"{lead}{verb} {noun}{'?' if verb == 'What is' else '.'}") for verb in VERBS}
        self.find = self.verbal["Find"]
        self.forms: tuple[Template, ...] = (
            (self.asked, self.find) if self.asked else tuple(self.verbal[verb] for verb in VERBS)
        )


def say(noun: str, setup: str = "", ask: str = "") -> Wording:
    """Return a wording; write the noun phrase so that it fits after `Find` and after `Let $A$ be`."""
    return Wording(setup, noun, ask)


@dataclass(frozen=True, slots=True)
class RecognisedText:
    """A text that a family recognised. `letters` are values that stand there as a letter: unknown or named."""

    family: ProblemFamily
    wording: int
    values: Mapping[str, Value]
    letters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ProblemFamily:
    """A parametrised problem. Parameters travel as a tuple in the order of `names`."""

    name: str
    area: str
    points: tuple[str, ...]
    level: float
    names: tuple[str, ...]
    wordings: tuple[Wording, ...]
    drawing: Callable[[random.Random, float], Params]
    valid: Callable[..., bool]
    solving: Callable[..., WorkedSolution]
    slot: str | None = None
    """The whole number that may be replaced by the answer of another problem."""
    composable: bool = True
    """Whether the answer is a number that another problem can go on with."""
    clash: Callable[..., bool] = lambda *_: False
    """Whether the numbers contradict one another (a triangle that cannot be), rather than being out of our reach."""

    def draw(self, rng: random.Random, size: float = 0.5) -> Params:
        """Return numbers for a sound problem; `size` from 0 to 1 makes them larger."""
        for _ in range(_TRIES):
            params = self.drawing(rng, size)
            if self.valid(*params):
                return params
        raise ValueError(f"family {self.name!r} drew no valid numbers in {_TRIES} tries")

    def solve(self, params: Params) -> WorkedSolution:
        """Return the worked solution for valid numbers."""
        return self.solving(*params)

    @property
    def texts(self) -> int:
        """How many statements there are for the same numbers, not counting names."""
        return sum(len(w.forms) for w in self.wordings)

    def state(self, params: Params, text: int = 0, letters: Mapping[str, str] | None = None) -> str:
        """Return the statement in the text of that number (it wraps around)."""
        forms = [form for wording in self.wordings for form in wording.forms]
        return forms[text % len(forms)].fill(self.values(params), _seed(params), letters)

    def clause(self, params: Params, wording: int, letters: Mapping[str, str] | None = None) -> tuple[str, str]:
        """Return (setting, noun phrase) of the wording, filled."""
        chosen = self.wordings[wording % len(self.wordings)]
        values = self.values(params)
        full = chosen.find.fill(values, _seed(params), letters)
        # Setting and noun are cut from one filled text, so that names agree between the two.
        setting, _, noun = full.rpartition("Find ")
        return setting.strip(), noun.removesuffix(".")

    def phrase(self, params: Params) -> str:
        """Return the noun phrase of the first wording that needs no setting, else of the first."""
        index = next((i for i, w in enumerate(self.wordings) if not w.setup.text), 0)
        return self.clause(params, index)[1]

    def values(self, params: Params) -> dict[str, Value]:
        """Return the numbers by name."""
        return dict(zip(self.names, params, strict=True))

    def params(self, values: Mapping[str, Value]) -> Params | None:
        """Return the numbers as a tuple, None where one is missing."""
        return tuple(values[n] for n in self.names) if all(n in values for n in self.names) else None

    def read(self, text: str) -> Params | None:
        """Return the numbers of a statement of this family; None where it is none or its numbers contradict."""
        found = self.recognise(text)
        params = self.params(found.values) if found else None
        return params if params is not None and self.valid(*params) else None

    def recognise(self, text: str) -> RecognisedText | None:
        """Return what the text says where it has a number in every hole, sound or not."""
        for index, wording in enumerate(self.wordings):
            for form in _readable(wording):
                values = form.read(text)
                if values is not None:
                    return RecognisedText(self, index, values, {})
        return None

    def recognise_loosely(self, text: str) -> RecognisedText | None:
        """Return what the text says where letters may stand for numbers."""
        for index, wording in enumerate(self.wordings):
            for form in _readable(wording):
                read = form.read_loosely(text)
                if read is not None:
                    return RecognisedText(self, index, read[0], read[1])
        return None

    def slot_wordings(self) -> tuple[int, ...]:
        """Numbers of the wordings in which the slot is a plain whole number, so that a letter may stand there."""
        if self.slot is None:
            return ()
        return tuple(i for i, w in enumerate(self.wordings) if w.find.kind_of(self.slot) == "int")

    def with_slot(self, params: Params, value: int) -> Params | None:
        """Return the numbers with another value in the slot, None where they are not sound."""
        changed = tuple(value if n == self.slot else v for n, v in zip(self.names, params, strict=True))
        return changed if self.slot is not None and self.valid(*changed) else None


def family(
    name: str,
    *points: str,
    area: str,
    level: float,
    draw: Callable[[random.Random, float], Params],
    wordings: tuple[Wording, ...],
    valid: Callable[..., bool] = lambda *_: True,
    slot: str | None = None,
    composable: bool = True,
    clash: Callable[..., bool] = lambda *_: False,
) -> Callable[[Callable[..., WorkedSolution]], ProblemFamily]:
    """Make a family of a solving function; the parameters of the function are the numbers of the problem."""

    def make(solving: Callable[..., WorkedSolution]) -> ProblemFamily:
        names = tuple(inspect.signature(solving).parameters)
        made = ProblemFamily(name, area, points, level, names, wordings, draw, valid, solving, slot, composable, clash)
        _check(made)
        return made

    return make


def _check(made: ProblemFamily) -> None:
    """Refuse a text whose holes are not the numbers of the family: such a slip would show only in some draws."""
    for wording in made.wordings:
        for form in wording.forms:
            holes = {p.name for p in form.pieces if isinstance(p, Hole) and p.kind not in WORDS}
            if holes != set(made.names):
                raise ValueError(f"{made.name}: {form.text!r} has {sorted(holes)}, not {sorted(made.names)}")


def _readable(wording: Wording) -> tuple[Template, ...]:
    asked = (wording.asked,) if wording.asked else ()
    return (*asked, *wording.verbal.values())


def _seed(params: Params) -> int:
    return zlib.crc32(repr(params).encode())


def whole(answer: str) -> int | None:
    """Return the answer as an integer, None where it is not one."""
    try:
        value = Fraction(answer)
    except (ValueError, ZeroDivisionError):
        return None
    return value.numerator if value.denominator == 1 else None


def upto(rng: random.Random, size: float, low: int, easy: int, hard: int) -> int:
    """Return a random whole number from `low` to a limit that grows with `size` from `easy` to `hard`."""
    return rng.randint(low, max(low, round(easy + (hard - easy) * size)))


def nonzero(rng: random.Random, limit: int) -> int:
    """Return a random whole number from -limit to limit that is not 0."""
    return rng.choice((-1, 1)) * rng.randint(1, limit)
