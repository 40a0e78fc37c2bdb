"""Whether an endpoint holds replies to schemas is told by what stands between the blanks, too."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from aiohttp import web

from engine.core.project import EngineSpec
from engine.models.backends.openai import OpenAICompatible
from tests.support.endpoint import Endpoint


@dataclass
class Says(Endpoint):
    """Answers every chat with the same words and the same end."""

    text: str = ""
    finish: str = "length"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body: dict[str, Any] = orjson.loads(await request.read())
        self.bodies.append(body)
        choice = {"index": 0, "message": {"role": "assistant", "content": self.text}, "finish_reason": self.finish}
        return web.json_response({"choices": [choice], "usage": {"prompt_tokens": 5, "completion_tokens": 9}})


@pytest.mark.parametrize(
    ("text", "finish", "holds"),
    [
        ('{"greeting": "quoll-41"}', "stop", True),
        ('{\n \t \t \t \t"greeting"\n \t \t \t \t \t', "length", True),
        ('{\n\n\n "greeting"\n:\n "quoll', "length", True),
        ("{\n \t \t \t \t \t \t", "length", False),
        ('{"greeting": "Hello, dear', "length", False),
        ('{"greeting": "Hello."}', "stop", False),
        ("Hello! How can I help you to", "length", False),
        ("", "length", False),
    ],
)
def test_a_cut_reply_is_judged_by_what_it_says(text: str, finish: str, holds: bool) -> None:
    """A base model fills a held reply with blanks, which JSON allows, until it is cut."""

    async def ask() -> bool:
        with Says(text=text, finish=finish) as endpoint:
            backend = OpenAICompatible("far", EngineSpec(base_url=endpoint.url))
            try:
                return await backend.holds_schemas("base")
            finally:
                await backend.aclose()

    assert asyncio.run(ask()) is holds
