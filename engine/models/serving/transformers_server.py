"""Our own small OpenAI-compatible server, for a local model where vLLM does not install.

    python -m engine.models.serving.transformers_server --model DIR --served-model-name NAME --port PORT

Requests that come within a few milliseconds are answered together. It is meant for trying a model out on a laptop and
for tests; a GPU is better used by vLLM, which speaks the same protocol.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import time
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler

from engine.models.serving import protocol
from engine.models.serving.batching import GeneratedText, LocalModel
from engine.models.serving.protocol import BadRequest, PromptRequest

BATCH = 64
GATHER_S = 0.004
"""How long the first request of a batch waits for others."""
_log = logging.getLogger(__name__)


class Served:
    """The model behind the server: a queue, one thread that computes, and counts for /metrics."""

    def __init__(self, model: LocalModel, name: str) -> None:
        """Serve `model` as `name`."""
        self.model, self.name = model, name
        self.waiting: deque[tuple[PromptRequest, asyncio.Future[GeneratedText]]] = deque()
        self.arrived = asyncio.Event()
        self.running = 0
        self.counts: Counter[str] = Counter()
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="model")

    async def ask(self, one: PromptRequest) -> GeneratedText:
        """Queue a prompt and wait for its answer."""
        answer: asyncio.Future[GeneratedText] = asyncio.get_running_loop().create_future()
        self.waiting.append((one, answer))
        self.arrived.set()
        return await answer

    async def work(self) -> None:
        """Answer what waits, batch by batch, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            await self.arrived.wait()
            await asyncio.sleep(GATHER_S)
            batch = self._next()
            if not batch:
                self.arrived.clear()
                continue
            self.running = len(batch)
            try:
                said = await loop.run_in_executor(self.thread, self.model.answer, [one for one, _ in batch])
            except (RuntimeError, ValueError, IndexError) as error:
                _log.exception("a batch failed")
                for _, answer in batch:
                    if not answer.done():
                        answer.set_exception(web.HTTPInternalServerError(text=str(error)))
                continue
            finally:
                self.running = 0
            for (one, answer), result in zip(batch, said, strict=True):
                self.counts.update({"in": len(one.ids), "out": len(result.tokens)})
                if not answer.done():
                    answer.set_result(result)

    def _next(self) -> list[tuple[PromptRequest, asyncio.Future[GeneratedText]]]:
        """Take those that wait, the first ones first; who has gone away is dropped."""
        there = [pair for pair in self.waiting if not pair[1].done()]
        self.waiting = deque(there[BATCH:])
        return there[:BATCH]


def application(served: Served) -> web.Application:
    """Return the server's routes."""
    app = web.Application(client_max_size=16 << 20, middlewares=[_refusing])
    app["served"] = served
    app.router.add_get("/health", _health)
    app.router.add_get("/metrics", _metrics)
    app.router.add_get("/v1/models", _models)
    app.router.add_post("/v1/chat/completions", _chat)
    app.router.add_post("/v1/completions", _completions)

    async def run(_: web.Application) -> Any:
        task = asyncio.create_task(served.work())
        yield
        task.cancel()
        served.thread.shutdown(wait=False, cancel_futures=True)

    app.cleanup_ctx.append(run)
    return app


@web.middleware
async def _refusing(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what cannot be answered as the protocol does."""
    try:
        return await handler(request)
    except BadRequest as bad:
        return _error(400, str(bad))


async def _health(_: web.Request) -> web.Response:
    return web.Response(text="ok")


async def _metrics(request: web.Request) -> web.Response:
    served: Served = request.app["served"]
    lines = {
        "num_requests_running": served.running,
        "num_requests_waiting": len(served.waiting),
        "kv_cache_usage_perc": 0.0,
        "prompt_tokens_total": served.counts["in"],
        "generation_tokens_total": served.counts["out"],
    }
    text = "".join(f'vllm:{name}{{model_name="{served.name}"}} {value}\n' for name, value in lines.items())
    return web.Response(text=text)


async def _models(request: web.Request) -> web.Response:
    served: Served = request.app["served"]
    entry = {"id": served.name, "object": "model", "owned_by": "lemma", "max_model_len": served.model.context}
    return _json({"object": "list", "data": [entry]})


async def _chat(request: web.Request) -> web.Response:
    served: Served = request.app["served"]
    body = await _body(request)
    ids = served.model.chat(protocol.messages(body))
    wanted = protocol.asked(body, ids, served.model.context)
    said = await asyncio.gather(*map(served.ask, wanted))
    choices = [
        {
            "index": place,
            "message": {"role": "assistant", "content": one.text},
            "finish_reason": one.finish,
            "logprobs": {"content": _tokens(served, one)} if wanted[place].logprobs else None,
        }
        for place, one in enumerate(said)
    ]
    return _json(_answer("chat.completion", served, choices, len(ids), said))


async def _completions(request: web.Request) -> web.Response:
    """Continue a text; with `echo` and no new token it gives the log-probabilities of the text itself."""
    served: Served = request.app["served"]
    body = await _body(request)
    text, echo = protocol.prompt(body), bool(body.get("echo"))
    ids = served.model.plain(text)
    # A context that is full can still be scored, though not continued.
    only_scored = body.get("max_tokens") == 0
    wanted = protocol.asked({**body, "max_tokens": 1} if only_scored else body, ids, served.model.context + only_scored)
    said = [GeneratedText("", ())] * len(wanted) if only_scored else await asyncio.gather(*map(served.ask, wanted))
    scores: list[float | None] = []
    if echo and wanted[0].logprobs:
        scores = await asyncio.get_running_loop().run_in_executor(served.thread, served.model.scored, ids)
    choices = [
        {
            "index": place,
            "text": (text if echo else "") + one.text,
            "finish_reason": "length" if only_scored else one.finish,
            "logprobs": _listed(served, ids if echo else [], scores, one) if wanted[place].logprobs else None,
        }
        for place, one in enumerate(said)
    ]
    return _json(_answer("text_completion", served, choices, len(ids), list(said)))


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = orjson.loads(await request.read())
    except ValueError:
        raise BadRequest("the body is not JSON") from None
    if not isinstance(body, dict):
        raise BadRequest("the body is not an object")
    return body


def _tokens(served: Served, one: GeneratedText) -> list[dict[str, Any]]:
    """Return the log-probabilities of an answer as chats list them."""
    decode = served.model.tokenizer.decode
    return [
        {
            "token": decode([token]),
            "logprob": logprob,
            "top_logprobs": [{"token": decode([other]), "logprob": value} for other, value in tops],
        }
        for token, logprob, tops in zip(one.tokens, one.logprobs, one.tops, strict=True)
    ]


def _listed(served: Served, ids: list[int], scores: list[float | None], one: GeneratedText) -> dict[str, Any]:
    """Return the log-probabilities of a text and its continuation as completions list them."""
    decode = served.model.tokenizer.decode
    tops = [None] * len(ids) + [{decode([other]): value for other, value in beside} for beside in one.tops]
    return {
        "tokens": [decode([token]) for token in (*ids, *one.tokens)],
        "token_logprobs": [*scores, *one.logprobs],
        "top_logprobs": tops,
    }


def _answer(
    kind: str, served: Served, choices: list[dict[str, Any]], asked: int, said: list[GeneratedText]
) -> dict[str, Any]:
    spent = sum(len(one.tokens) for one in said)
    usage = {"prompt_tokens": asked, "completion_tokens": spent, "total_tokens": asked + spent}
    made = {"id": f"lemma-{time.time_ns():x}", "object": kind, "created": int(time.time()), "model": served.name}
    return {**made, "choices": choices, "usage": usage}


def _error(status: int, message: str) -> web.Response:
    kind = "BadRequestError" if status == 400 else "InternalServerError"
    return _json({"error": {"message": message, "type": kind, "code": status}}, status)


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


def main() -> None:
    """Load the model, then listen until the process is asked to end."""
    parser = argparse.ArgumentParser(prog="python -m engine.models.serving.transformers_server")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--served-model-name", default="model")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--max-model-len", type=int, default=0)
    options = parser.parse_args()
    if not (options.model / "config.json").is_file():
        raise SystemExit(f"{options.model} does not appear to have a file named config.json")
    model = LocalModel(options.model, options.dtype, options.max_model_len)
    # Made within the loop that serves it: its event belongs there.
    web.run_app(_made(model, options.served_model_name), host=options.host, port=options.port, print=None)


async def _made(model: LocalModel, name: str) -> web.Application:
    return application(Served(model, name))


if __name__ == "__main__":
    main()
