"""What plug-ins and backends agree on: a plug-in asks by yielding, only the driver speaks to a backend.

    talk:  Chat -> Reply, Together -> results      agents, judges, solvers: `reply = yield chat`, return a record
    way:   the same, and Record -> None            the pipeline: finished records are journalled as they are yielded

A failed call is *thrown into* the generator as an `ItemFailure` at the yield that asked, so a way may live with it
(a missing judge) or let it escape, which ends the item as a row in `failures`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, runtime_checkable

from engine.core.echo import is_echo
from engine.core.errors import UnfitReply, UnreadableReply, UnusableReply
from engine.core.records import JournalRecord, content_id

UNUSABLE = "failed"
"""How a reply ended that was billed and cannot be used; such a reply has no text."""

Heard = Callable[[int], None]
"""Called while a reply comes, with how many pieces of it have just come: a piece is a token, or a few."""
T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R", covariant=True)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn: `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class PromptRef:
    """Which prompt text was filled: its id (`judges/problem`) and the hash of its template."""

    id: str
    hash: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to sample; the defaults are those of FLAMES."""

    temperature: float = 0.7
    top_p: float = 0.9
    top_k: int = 50
    repetition_penalty: float = 1.0
    max_tokens: int = 2048
    seed: int = 0
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chat:
    """A question to a role. The driver maps the role to an engine and a model."""

    role: str
    messages: tuple[Message, ...]
    prompt: PromptRef
    sampling: Sampling = field(default_factory=Sampling)
    schema: str = ""
    """JSON schema text of the reply, used only where the endpoint has proved that it enforces one."""
    attempt: int = 0
    as_lines: str = ""
    """The end of the last turn, which asks for lines."""
    as_members: str = ""
    """What stands there instead where the schema is sent."""

    def plain(self) -> Chat:
        """Return the question as it is put where no schema is sent."""
        return replace(self, schema="") if self.schema else self

    def held(self) -> Chat:
        """Return the question as it is put where its schema is sent: the words about the form fit JSON."""
        *before, last = self.messages
        if not (self.as_lines and last.content.endswith(self.as_lines)):
            return self
        words = last.content[: -len(self.as_lines)] + self.as_members
        return replace(self, messages=(*before, Message(last.role, words)), as_lines="", as_members="")

    def again(self) -> Chat:
        """Return the same question for another try, with another seed, so that it is not answered from the cache."""
        return replace(
            self, attempt=self.attempt + 1, sampling=replace(self.sampling, seed=self.sampling.seed + 1_000_003)
        )

    def request_id(self, model: str) -> str:
        """Return the content address of this request to `model`; equal requests are paid for once."""
        s = self.sampling
        return content_id(
            "R",
            model,
            [[m.role, m.content] for m in self.messages],
            [s.temperature, s.top_p, s.top_k, s.repetition_penalty, s.max_tokens, s.seed, list(s.stop)],
            self.schema,
            self.attempt,
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `id` is the request's content address; `cached` replies cost nothing this time."""

    id: str
    text: str
    model: str = ""
    finish: str = "stop"
    """stop, length (cut at max_tokens), other, or `UNUSABLE`."""
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    cached: bool = False
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """What a backend returns for one chat, before the driver adds identity and bookkeeping."""

    text: str
    finish: str = "stop"
    tokens_in: int = 0
    tokens_out: int = 0
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """What an endpoint turned out to be."""

    ok: bool
    detail: str
    models: tuple[str, ...] = ()
    structured: bool = False
    """True only when a test reply was really held to its schema."""
    seconds: float = 0.0
    context_length: int = 0
    """Longest prompt and reply together, in tokens; 0 where the endpoint does not say."""
    contexts: tuple[int, ...] = ()
    """The same for each of `models`, in their order; empty where the endpoint lists none."""
    slots: int = 0
    """Replies that the endpoint writes at the same time at most; 0 where it does not say."""
    tokens_per_second: float = 0.0
    """Reply tokens per second over a few replies at once; 0 where it was not measured."""
    logprobs: bool = False
    """True only when a test reply really came with its log-probabilities."""
    learnt: str = ""
    """What the endpoint was found not to take of an ordinary request, in words; '' where it takes all of it."""
    unmeasured: tuple[str, ...] = ()
    """What the time of the probe did not suffice for; what it says of these is not known."""


@dataclass(frozen=True, slots=True)
class Places:
    """How many calls an engine works on at a time, as far as it tells."""

    told: int = 0
    """What it says of itself; 0 where it says nothing."""
    first: int = 32
    """How many to begin with where it says nothing."""
    loading: bool = False
    """Whether it is still loading, so that it is worth asking again."""


@dataclass(frozen=True, slots=True)
class Together:
    """Talks to hold at the same time. The driver sends back a tuple with each one's result, or its `ItemFailure`."""

    talks: tuple[Generator[Any, Any, Any], ...]


Yielded = Chat | Together
Sent = Any
"""Reply for a Chat, a tuple of results or failures for Together, None for a record."""

Talk = Generator[Yielded, Sent, T]
Way = Generator[Yielded | JournalRecord, Sent, T]


@dataclass(frozen=True, slots=True)
class Item:
    """One unit of a run that is done whole or fails alone. `way` returns the last funnel stage the item reached."""

    id: str
    way: Callable[[], Way[str]]


@dataclass(frozen=True, slots=True)
class Phase:
    """Items between which there is no order; `total` is how many there are."""

    name: str
    total: int
    items: Iterable[Item]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step without items is: a training counts its optimiser steps."""

    name: str
    done: int
    total: int


Program = Generator[Phase | Progress | JournalRecord, None, None]
"""A run from top to bottom: phases one after the other, and records that need no model in between.

After a phase the program finds everything that was journalled before and during it in the journal.
"""


@dataclass(frozen=True, slots=True)
class Plugin(Generic[P, R]):
    """An entry of a registry: a talk, its name, what it does in one line, and the prompts that it fills.

    The name is written out and does not follow the module, because plans and records keep it: with the settings that
    the plan keeps as well it says what ran, and the same talk can be held again.
    """

    name: str
    summary: str
    prompts: tuple[str, ...]
    talk: Callable[P, Talk[R]]

    @property
    def prompt(self) -> str:
        """The prompt of a talk that fills one."""
        (only,) = self.prompts
        return only


def summary(module: ModuleType) -> str:
    """Return the first line of a module's docstring, so that it stands once; ValueError where there is none."""
    if not module.__doc__:
        raise ValueError(f"{module.__name__} has no docstring")
    return module.__doc__.partition("\n")[0]


@runtime_checkable
class HoldsSchemas(Protocol):
    """A backend whose models may be held to JSON schemas; runs send none to any other."""

    async def holds_schemas(self, model: str) -> bool:
        """Say whether replies of `model` are really held to the schema that is sent; asked once, then remembered."""
        ...


class Backend(Protocol):
    """An engine that answers chats. Implementations raise `Throttled`, `Unreachable` or `Refused`."""

    name: str

    async def complete(self, chat: Chat, model: str, heard: Heard | None = None) -> Completion:
        """Answer one chat once; no retries here. With `heard` the reply is followed while it comes, if it can be."""
        ...

    async def places(self) -> Places:
        """Say how many calls it works on at a time; quickly, and without raising."""
        ...

    async def probe(self, model: str) -> Probe:
        """Say whether the endpoint answers, which models it has and, given a model, whether it is held to schemas."""
        ...

    def learnt(self, model: str) -> str:
        """Say in words what the endpoint was found not to take of an ordinary request to `model`; '' for nothing."""
        ...

    async def aclose(self) -> None:
        """Release connections."""
        ...


def ask(chat: Chat, read: Callable[[str], T], retries: int = 2, *, whole: bool = False) -> Talk[tuple[T, Reply]]:
    """Ask until `read` understands the reply, `retries` times more at most; then UnreadableReply escapes (X-03).

    With `whole` a reply that was cut at its longest is not read at all: what it holds may end in mid-sentence.
    A reply that was billed and cannot be used (`UnusableReply`) counts as one that was not understood, and so does one
    that hands back the words or the example of its prompt.
    """
    while True:
        try:
            reply: Reply = yield chat
        except UnusableReply:
            if chat.attempt >= retries:
                raise
            chat = chat.again()
            continue
        try:
            if whole and reply.finish == "length":
                raise UnreadableReply("the reply was cut at its longest (max_tokens)", raw=reply.text)
            found = read(reply.text)
            own = (turn.content for turn in chat.messages if turn.role != "assistant")
            if is_echo(reply.text, (*own, chat.as_members)):
                raise UnfitReply("the reply repeats its prompt", raw=reply.text)
            return found, reply
        except UnreadableReply as unreadable:
            if chat.attempt >= retries:
                raise type(unreadable)(str(unreadable), raw=reply.text) from unreadable
            chat = chat.again()
