"""The embedded engine behind a real HTTP endpoint, so that a recipe runs over the wire with replies that make sense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from engine.abacus.backend import Abacus
from engine.core.protocol import Chat, Message, PromptRef, Sampling
from tests.support.chat_replies import as_json, completion
from tests.support.endpoint import Endpoint
from tests.support.quirks import Refuses


@dataclass
class AbacusEndpoint(Endpoint):
    """Speaks the OpenAI chat protocol; models are the personas."""

    refuses: Refuses = lambda body: ""
    """What it says to a request that it does not take, '' for others."""
    enforces: bool = False
    """Whether replies are held to the schema that is sent; without, one is taken and ignored."""

    async def models(self, request: web.Request) -> web.Response:
        return web.json_response({"data": [{"id": name} for name in ("abacus-small", "abacus-large")]})

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body: dict[str, Any] = orjson.loads(await request.read())
        self.bodies.append(body)
        if words := self.refuses(body):
            return as_json({"error": {"message": words}}, 400)
        said = tuple(Message(each["role"], each["content"]) for each in body["messages"])
        sampling = Sampling(seed=body.get("seed") or 0, max_tokens=body.get("max_tokens") or 2048)
        shape = body.get("response_format", {}).get("json_schema", {}).get("schema") if self.enforces else None
        schema = orjson.dumps(shape).decode() if shape else ""
        done = await Abacus().complete(Chat("any", said, PromptRef("", ""), sampling, schema), body["model"])
        return web.json_response(completion(body, done.text))


@dataclass
class WithContexts(AbacusEndpoint):
    """Lists its models with their contexts, as vLLM does."""

    async def models(self, request: web.Request) -> web.Response:
        known = {"abacus-small": 2_048, "abacus-large": 32_768}
        return web.json_response({"data": [{"id": name, "max_model_len": size} for name, size in known.items()]})
