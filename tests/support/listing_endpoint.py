"""A real endpoint that lists the models it is told to list."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from tests.support.endpoint import Endpoint


@dataclass
class Listing(Endpoint):
    """Lists `names`, answers like any other endpoint of the tests."""

    names: tuple[str, ...] = ()

    async def models(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"data": [{"id": name} for name in self.names]})
