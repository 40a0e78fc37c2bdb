"""Any server that speaks the OpenAI chat protocol: vLLM, SGLang, Ollama, llama.cpp, hosted services.

What a server does not take (top_k and repetition_penalty belong to the open servers, some hosted models take no
temperature, some templates no system turn) is learnt from its first refusal and written differently after.
A schema is sent only to a model that a probe has shown to obey one. The key lives in this object's header alone:
it is cut out of everything that a server says, should the server repeat it.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import orjson

from engine.core.errors import ItemFailure, ProviderError, Refused, UnusableReply
from engine.core.project import EngineSpec
from engine.core.protocol import Chat, Completion, Heard, Places, Probe, PromptRef, Sampling
from engine.core.resending import surely
from engine.models import slots
from engine.models.backends import pilots, quirks
from engine.models.backends.bounded import count
from engine.models.backends.connection_errors import unreachable
from engine.models.backends.endpoint_key import checked_url, key_of
from engine.models.backends.http import Raw, TooLong, Wire
from engine.models.backends.http_errors import HttpAnswer, read_completion, refusal
from engine.models.backends.pilots import Pilots, kind_of
from engine.models.backends.probe_chats import HELD, ORDINARY, PROBE_CHAT, SECRET_WORD, TELLING
from engine.models.backends.refused_parameters import Lesson, lesson
from engine.models.backends.request_body import LENGTHS, SCHEMA, STREAMED, request_body
from engine.models.backends.server_places import MANY, ask_places
from engine.models.key_cutter import KeyCutter
from engine.models.proxy import stays_here, stays_near

_log = logging.getLogger(__name__)
LONGEST_BODY = 64 << 20
_FRAME, _PER_TOKEN = 512 << 10, 1 << 10
"""Bytes of an answer at most, beside its tokens and by token: an event of a stream has about 300."""
_LESSONS = 12
"""Refusals of one request that are learnt from; a server that goes on refusing is believed."""
_TEACHING = frozenset((400, 422, 500, 501))
"""llama.cpp answers 500 where the model's template refuses a turn."""
_LLAMACPP_NAMES = {"repetition_penalty": "repeat_penalty"}
"""What llama.cpp calls a parameter; it passes over names that it does not know."""
_CHAT = "/chat/completions"
_PIECE = b'"delta"'
"""What each event of a streamed reply holds once."""
_OF_STREAMS = re.compile(r"\bstream", re.IGNORECASE)


class OpenAICompatible:
    """One endpoint."""

    def __init__(self, name: str, spec: EngineSpec) -> None:
        """Check address and key; connections are made with the first call."""
        self.name = name
        self._base = checked_url(name, spec.base_url)
        key = key_of(name, spec)
        self._cutter = KeyCutter(key)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._headers = headers
        self._wire = Wire(urlsplit(self._base), headers, LONGEST_BODY)
        self._pilots = self._new_pilots()
        self._structured: dict[str, asyncio.Future[bool]] = {}
        self._renames = _LLAMACPP_NAMES if spec.kind == "managed" and spec.server == "llamacpp" else {}
        self._room: slots.SlotRoom | None = None
        self._places: Places | None = None
        self._streams = True

    async def complete(self, chat: Chat, model: str, heard: Heard | None = None) -> Completion:
        """Answer one chat once. Raises Throttled, NotSent, Unreachable, Refused, ProviderError for a reply of no use.

        With `heard` the reply is streamed; a server that refuses that is asked for it whole from then on.
        """
        schema = chat.schema if chat.schema and await self.holds_schemas(model) else ""
        return await self._complete(chat, model, schema, heard)

    async def places(self) -> Places:
        """Say how many calls the server works on at a time; it is asked once, and again while it loads."""
        if self._places is None or self._places.loading:
            near = stays_near(urlsplit(self._base).hostname or "")
            self._places = await ask_places(self._beside) if near else MANY
        return self._places

    async def probe(self, model: str) -> Probe:
        """Ask for the models, for a word that only a schema brings about, and for a reply as a run asks for it."""
        began = time.perf_counter()
        try:
            listed = await self.listed()
            structured = await self._probed(model) if model else False
        except ItemFailure as failure:
            return Probe(False, str(failure), seconds=time.perf_counter() - began, learnt=self.learnt(model))
        held = ("replies can be held to schemas" if structured else "replies are free text") if model else ""
        learnt = self.learnt(model) if model else ""
        detail, passed = "; ".join(filter(None, (f"{self._base} answers", held, learnt))), time.perf_counter() - began
        return Probe(
            True, detail, tuple(listed), structured, passed,
            context_length=_context(listed, model), contexts=tuple(listed.values()), learnt=learnt,
            slots=self._room.slots if self._room else 0,
        )  # fmt: skip

    async def holds_schemas(self, model: str) -> bool:
        """Say whether replies are really held to a schema: one was tried, and none was refused since."""
        return await self._holds_schemas(model) and SCHEMA not in quirks.known(self._base, model).left_out

    async def conform(self, model: str, sampling: Sampling, heard: Heard | None = None) -> None:
        """Send what a run sends: a system turn and `sampling` as they are; raises what a run would meet."""
        await surely(
            lambda: self._complete(Chat("probe", ORDINARY, PromptRef("probe", ""), sampling), model, "", heard)
        )

    def learnt(self, model: str) -> str:
        """Say in words what the endpoint was found not to take of an ordinary request."""
        return quirks.known(self._base, model).sentence

    def forget(self) -> None:
        """Forget what was learnt of this address, so that it is found out anew."""
        quirks.forget(self._base)
        self.give_up()
        self._pilots, self._structured = self._new_pilots(), {}
        self._places, self._streams = None, True

    def give_up(self) -> None:
        """Stop what is being found out and nobody waits for any longer."""
        for model, asked in list(self._structured.items()):
            if not asked.done():
                del self._structured[model]
                asked.cancel()

    async def says_logprobs(self, model: str) -> bool:
        """Whether a short reply really comes with the log-probability of each token."""
        # Short: the first token tells.
        body = request_body(PROBE_CHAT, model, "", quirks.known(self._base, model), 4) | {"logprobs": True}
        answer = await surely(lambda: self._send("POST", _CHAT, orjson.dumps(body)))
        try:
            content = orjson.loads(answer.body)["choices"][0]["logprobs"]["content"]
            return answer.status == 200 and isinstance(content[0]["logprob"], int | float)
        except (ValueError, KeyError, IndexError, TypeError):
            return False

    async def aclose(self) -> None:
        """Close the connections."""
        await self._wire.aclose()

    async def _probed(self, model: str) -> bool:
        structured = await self.holds_schemas(model)
        # Short: what a server refuses it refuses before it writes.
        await self.conform(model, Sampling(max_tokens=16))
        return structured

    async def _complete(self, chat: Chat, model: str, schema: str, heard: Heard | None = None) -> Completion:
        kind, ahead = kind_of(chat, model, schema), self._pilots
        if kind not in ahead.settled:
            await ahead.follow(kind)
        if kind in ahead.settled:
            return await self._asked(chat, model, schema, lambda: None, heard)
        with ahead.lead(kind) as again:
            try:
                return await self._asked(chat, model, schema, again, heard)
            except (Refused, UnusableReply) as settled:
                # The endpoint has spoken on this kind of request, so the others need not wait for one of them.
                failure = settled
        raise failure

    async def _asked(
        self, chat: Chat, model: str, schema: str, again: Callable[[], None], heard: Heard | None
    ) -> Completion:
        """Ask until the request is written as the endpoint takes it; Refused where its refusals teach nothing."""
        guessed, longest = frozenset[str](), 0
        for _ in range(_LESSONS):
            body = request_body(chat, model, schema, quirks.known(self._base, model), longest)
            answer = await self._post(self._renamed(body), heard)
            if answer.status == 200:
                return self._cutter.completion(partial(read_completion, answer))
            learnt = self._lesson(answer, body, model)
            if learnt is None:
                break
            longest = learnt.longest or longest
            if learnt.guessed:
                guessed |= learnt.quirks.left_out - quirks.known(self._base, model).left_out
            again()
            quirks.keep(self._base, model, learnt.quirks)
            if request_body(chat, model, schema, learnt.quirks, longest) == body:
                break
            _log.warning("engine %s: %s: %s; asked again", self.name, model, learnt.quirks.sentence or "too long")
        if guessed:
            known = quirks.known(self._base, model)
            quirks.keep(self._base, model, replace(known, left_out=known.left_out - guessed))
        raise refusal(answer)

    def _renamed(self, body: dict[str, Any]) -> dict[str, Any]:
        return {self._renames.get(name, name): value for name, value in body.items()} if self._renames else body

    async def _post(self, body: dict[str, Any], heard: Heard | None) -> HttpAnswer:
        """Send a request; streamed where somebody listens and the server has not refused that."""
        longest = longest_answer(body)
        if heard is None or not self._streams:
            return await self._send("POST", _CHAT, orjson.dumps(body), longest=longest)

        def listen(data: bytes) -> None:
            heard(data.count(_PIECE))

        answer = await self._send("POST", _CHAT, orjson.dumps({**body, **STREAMED}), listen, longest)
        if answer.status in _TEACHING and _OF_STREAMS.search(answer.said):
            self._streams = False
            return await self._send("POST", _CHAT, orjson.dumps(body), longest=longest)
        return answer

    def _lesson(self, answer: HttpAnswer, body: dict[str, Any], model: str) -> Lesson | None:
        if answer.status not in _TEACHING:
            return None
        known = quirks.known(self._base, model)
        found = lesson(answer.said, body, known)
        # A server that broke is no teacher, unless it names the turns that broke it.
        of_turns = found and (found.quirks.folded, found.quirks.merged) != (known.folded, known.merged)
        return found if answer.status < 500 or of_turns else None

    def _new_pilots(self) -> Pilots:
        return Pilots(pilots.NEAR_S if stays_here(urlsplit(self._base).hostname or "") else pilots.FAR_S)

    async def _holds_schemas(self, model: str) -> bool:
        """Say whether the model obeys schemas; asked once, everybody waits for the one answer."""
        if model not in self._structured:
            asked = self._structured[model] = asyncio.ensure_future(self._try_schema(model))
            asked.add_done_callback(lambda done: self._tried(model, done))
        # Shielded: one that is cancelled leaves the others waiting.
        return await asyncio.shield(self._structured[model])

    def _tried(self, model: str, done: asyncio.Future[bool]) -> None:
        """Forget a try that taught nothing, so that the next one asks again."""
        if (done.cancelled() or done.exception()) and self._structured.get(model) is done:
            del self._structured[model]

    async def _try_schema(self, model: str) -> bool:
        try:
            completion = await surely(lambda: self._complete(PROBE_CHAT, model, PROBE_CHAT.schema))
            if completion.finish == "length":
                # A base model may fill the reply with blanks, which JSON allows; what stands between them tells.
                said = "".join(completion.text.split())
                return len(said) >= TELLING and HELD.startswith(said)
            reply = orjson.loads(completion.text)
        except (Refused, UnusableReply, ValueError):
            return False
        return isinstance(reply, dict) and reply.get("greeting") == SECRET_WORD

    async def listed(self) -> dict[str, int]:
        """Context lengths of the models by name, 0 where it is not said; none where the server does not list them."""
        answer = await surely(lambda: self._send("GET", "/models"))
        if answer.status in (404, 405, 501):
            return {}
        if answer.status != 200:
            raise refusal(answer)
        try:
            entries = orjson.loads(answer.body)["data"]
            found = {str(entry["id"]): _said_context(entry) for entry in entries}
            slotted = any(entry.get("owned_by") == slots.OWNER for entry in entries)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ProviderError(
                f"{self._base}/models is not a list of models: is this the address of an API?"
            ) from None
        # It lists what the model was made for; a request gets the context of a slot.
        self._room = await self._slots() if slotted else None
        return dict.fromkeys(found, self._room.context) if self._room else found

    async def _slots(self) -> slots.SlotRoom | None:
        """Ask llama.cpp for its slots; None where it keeps that to itself."""
        try:
            return slots.parse((await self._beside("/props")).body)
        except (OSError, TooLong):
            return None

    async def _beside(self, path: str) -> Raw:
        """Get a page that lies beside /v1, on a line of its own."""
        parts = urlsplit(self._base)
        root = Wire(parts._replace(path=parts.path.rstrip("/").removesuffix("/v1")), self._headers, LONGEST_BODY)
        try:
            return await root.exchange("GET", path)
        finally:
            await root.aclose()

    async def _send(
        self,
        method: str,
        path: str,
        data: bytes = b"",
        heard: Callable[[bytes], None] | None = None,
        longest: int = LONGEST_BODY,
    ) -> HttpAnswer:
        """Exchange one request and read its answer whole; errors of the connection become Unreachable."""
        try:
            raw = await self._wire.exchange(method, path, data, heard, longest)
        except TooLong:
            most = f"{longest / (1 << 20):.2g} MiB"
            why = f"{self.name}: the answer is longer than {most}, and was cut off"
            raise ProviderError(why, reason="reply too long") from None
        except OSError as error:
            detail = self._cutter.said(f"{type(error).__name__}: {error}")
            raise unreachable(f"{self.name}: no whole answer from {self._base}: {detail}", error) from None
        kind, after = self._cutter.said(raw.content_type), raw.retry_after and self._cutter.said(raw.retry_after)
        return HttpAnswer(self.name, raw.status, kind, after, self._cutter.body(raw.body))


def longest_answer(body: dict[str, Any]) -> int:
    """Return how many bytes an answer to this request may have: more than its tokens need, however they are framed."""
    tokens = next((body[name] for name in LENGTHS if name in body), 0)
    return min(LONGEST_BODY, _FRAME + tokens * _PER_TOKEN) if tokens else LONGEST_BODY


def _said_context(entry: dict[str, Any]) -> int:
    """Return the context length that a listed model says it has, under any of the names that servers use."""
    for place in (entry, entry.get("meta")):
        for name in ("max_model_len", "context_length", "context_window", "max_context_length", "n_ctx", "n_ctx_train"):
            if isinstance(place, dict) and (said := count(place.get(name))):
                return said
    return 0


def _context(listed: dict[str, int], model: str) -> int:
    """Return the context length of `model`; without one that of the only model that is listed."""
    return listed.get(model, 0) if model else next(iter(listed.values())) if len(listed) == 1 else 0
