"""The sign-in of a shared studio: one page that needs nothing but itself, a name and a password, or a provider."""

from __future__ import annotations

import asyncio
import math
import re
from html import escape
from urllib.parse import parse_qs, quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope

from studio.access import oidc, passes
from studio.access.attempts import Attempts
from studio.access.entrance import Entrance
from studio.access.hosting import Hosting
from studio.access.members import key_of

PATH = "/sign-in"
_MOST_BYTES = 8192
_MOST_WAITING = 16
_WRONG = "Name and password do not belong together."
_INSIDE = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,2000}")
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in · Lemma Studio</title><style>
:root {{ color-scheme: light dark; --back: #FDFCFA; --card: #F4F2ED; --text: #23272F; --line: #E2DED5; --act: #2B5FC7;
  --bad: #B8420A }}
@media (prefers-color-scheme: dark) {{ :root {{ --back: #15171B; --card: #1E2126; --text: #E4E2DD; --line: #31353C;
  --act: #4474D6; --bad: #F08A4B }} }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--back); color: var(--text);
  font: 15px/1.5 "Source Sans", system-ui, sans-serif }}
main {{ width: min(22rem, 90vw); padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .4rem }}
h1 {{ margin: 0 0 1rem; font: 600 1.4rem "Source Serif", Georgia, serif }}
label {{ display: block; margin: .8rem 0 .2rem }}
input, button, a.act {{ box-sizing: border-box; width: 100%; padding: .5rem .7rem; font: inherit; border-radius: .4rem;
  border: 1px solid var(--line); background: var(--back); color: inherit }}
button, a.act {{ display: block; margin-top: 1.2rem; border: 0; background: var(--act); color: #fff; cursor: pointer;
  text-align: center; text-decoration: none }}
.bad {{ color: var(--bad) }}
</style></head><body><main><h1>Lemma Studio</h1>{said}{form}{links}</main></body></html>"""
_FORM = """<form method="post" action="{path}?next={next}">
<label for="name">Name</label>
<input id="name" name="name" autocomplete="username" autocapitalize="none" maxlength="60" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" required>
<button type="submit">Sign in</button></form>"""


class SignIn:
    """Answers everything at `/sign-in`."""

    def __init__(self, entrance: Entrance, hosting: Hosting, attempts: Attempts | None = None) -> None:
        self._entrance, self._hosting = entrance, hosting
        self._attempts = attempts or Attempts()
        self._one_at_a_time, self._waiting = asyncio.Semaphore(1), 0

    async def answer(self, scope: Scope, receive: Receive) -> Response:
        """Return the page, or what came of a try. Whatever is posted comes from this studio's own page."""
        request = Request(scope, receive)
        onward = _inside(request.query_params.get("next", "/"))
        if scope["path"] != PATH or request.method not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("Not found", 404)
        if request.method == "POST":
            return await self._tried(request, onward)
        if self._entrance.who(request.cookies) is not None:
            return RedirectResponse(onward, 303)
        return self._page(onward)

    async def _tried(self, request: Request, onward: str) -> Response:
        said = await _form(request)
        if said is None:
            return PlainTextResponse("That is too long.", 413)
        name, password = said.get("name", ""), said.get("password", "")
        place = request.client.host if request.client else ""
        if wait := self._attempts.wait(place, key_of(name)):
            minutes = math.ceil(wait / 60)
            answer = self._page(onward, f"Too many tries. Wait {minutes} minute{'' if minutes == 1 else 's'}.", 429)
            answer.headers["retry-after"] = str(math.ceil(wait))
            return answer
        # Counted before the work: tries that come together are as many as those that come one by one.
        self._attempts.failed(place, key_of(name))
        if self._waiting >= _MOST_WAITING:
            return self._page(onward, "Many people try at once. Try again in a moment.", 503)
        self._waiting += 1
        try:
            # A hash takes 32 MiB and a core for a moment; many at once would be a way to stop the studio.
            async with self._one_at_a_time:
                admitted = await run_in_threadpool(self._entrance.admit, name, password)
        finally:
            self._waiting -= 1
        if admitted is None:
            return self._page(onward, _WRONG, 401)
        self._attempts.right(place, key_of(name))
        cookie, value = admitted
        answer = RedirectResponse(onward, 303)
        answer.set_cookie(cookie, value, max_age=passes.LASTS_S, path="/", secure=True, httponly=True, samesite="lax")
        return answer

    def _page(self, onward: str, said: str = "", status: int = 200) -> Response:
        form = _FORM.format(path=PATH, next=quote(onward, safe=""))
        found = oidc.links(oidc.set_up()) if self._hosting.oidc else {}
        links = "".join(
            f'<a class="act" href="{escape(link, quote=True)}">Sign in with {escape(name)}</a>'
            for name, link in found.items()
        )
        told = f'<p class="bad" role="alert">{escape(said)}</p>' if said else ""
        return HTMLResponse(_PAGE.format(said=told, form=form, links=links), status, {"cache-control": "no-store"})


def _inside(onward: str) -> str:
    """Return where to go next, home where that would lead out of the studio or back here."""
    return onward if _INSIDE.fullmatch(onward) and not onward.startswith((PATH, *oidc.PATHS)) else "/"


async def _form(request: Request) -> dict[str, str] | None:
    """Return the fields that were posted; None where there is more than any name and password need."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            return None
    fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=8) if body.count(b"&") < 8 else {}
    return {name: values[-1] for name, values in fields.items()}
