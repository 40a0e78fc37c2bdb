"""Our own small OpenAI-compatible server, for a local model where vLLM does not install.

    python -m engine.serving.transformers_server --model DIR --served-model-name NAME --port PORT

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

from engine.serving.batching import Asked, LocalModel, Said

BATCH = 64
GATHER_S = 0.004
"""How long the first request of a batch waits for others."""
_log = logging.getLogger(__name__)


class Served:
    """The model behind the server: a queue, one thread that computes, and counts for /metrics."""

    def __init__(self, model: LocalModel, name: str) -> None:
        """Serve `model` as `name`."""
        self.model, self.name = model, name
        self.waiting: deque[tuple[Asked, asyncio.Future[Said]]] = deque()
        self.arrived = asyncio.Event()
        self.running = 0
        self.counts: Counter[str] = Counter()
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="model")

    async def ask(self, one: Asked) -> Said:
        """Queue a prompt and wait for its answer."""
        answer: asyncio.Future[Said] = asyncio.get_running_loop().create_future()
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

    def _next(self) -> list[tuple[Asked, asyncio.Future[Said]]]:
        """Take the first that waits and those that can be answered with it; who has gone away is dropped."""
        while self.waiting and self.waiting[0][1].done():
            self.waiting.popleft()
        if not self.waiting:
            return []
        key = self.waiting[0][0].key
        taken = [pair for pair in self.waiting if pair[0].key == key and not pair[1].done()][:BATCH]
        chosen = {id(answer) for _, answer in taken}
        self.waiting = deque(pair for pair in self.waiting if id(pair[1]) not in chosen)
        return taken


def application(served: Served) -> web.Application:
    """Return the server's routes."""
    app = web.Application(client_max_size=16 << 20)
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
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        return _error(400, "messages must be a list that is not empty")
    if body.get("response_format", {}).get("type") in ("json_schema", "json_object"):
        return _error(400, "response_format is not supported by this server")
    ids = served.model.chat([{"role": str(m["role"]), "content": str(m["content"])} for m in messages])
    asked = _asked(body, ids, served.model.context)
    if isinstance(asked, web.Response):
        return asked
    said = await asyncio.gather(*(served.ask(asked) for _ in range(int(body.get("n") or 1))))
    wants = bool(body.get("logprobs"))
    choices = [
        {
            "index": place,
            "message": {"role": "assistant", "content": one.text},
            "finish_reason": one.finish,
            "logprobs": {"content": _tokens(served, one)} if wants else None,
        }
        for place, one in enumerate(said)
    ]
    return _json(_answer("chat.completion", served, choices, len(ids), said))


async def _completions(request: web.Request) -> web.Response:
    """Continue a text; with `echo` and no new token it gives the log-probabilities of the text itself."""
    served: Served = request.app["served"]
    body = await _body(request)
    prompt = body.get("prompt")
    if not isinstance(prompt, str) or not prompt:
        return _error(400, "prompt must be a text that is not empty")
    ids = served.model.plain(prompt)
    loop = asyncio.get_running_loop()
    said = Said("", ())
    if int(body.get("max_tokens", 16)) > 0:
        asked = _asked(body, ids, served.model.context)
        if isinstance(asked, web.Response):
            return asked
        said = await served.ask(asked)
    if len(ids) > served.model.context:
        return _too_long(served.model.context, len(ids))
    scores: list[float | None] = list(said.logprobs)
    tokens = list(said.tokens)
    if body.get("echo"):
        scores = [*await loop.run_in_executor(served.thread, served.model.scored, ids), *scores]
        tokens = [*ids, *tokens]
    names = [served.model.tokenizer.decode([token]) for token in tokens]
    logprobs = {"tokens": names, "token_logprobs": scores} if body.get("logprobs") is not None else None
    text = (prompt if body.get("echo") else "") + said.text
    choice = {"index": 0, "text": text, "finish_reason": said.finish, "logprobs": logprobs}
    return _json(_answer("text_completion", served, [choice], len(ids), [said]))


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = orjson.loads(await request.read())
    except ValueError:
        raise web.HTTPBadRequest(text="the body is not JSON") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="the body is not an object")
    return body


def _asked(body: dict[str, Any], ids: list[int], context: int) -> Asked | web.Response:
    """Return the prompt with its sampling, or the refusal of one that is too long."""
    wanted = int(body.get("max_tokens") or body.get("max_completion_tokens") or context)
    if len(ids) >= context:
        return _too_long(context, len(ids))
    stop = body.get("stop") or ()
    return Asked(
        tuple(ids),
        max(1, min(wanted, context - len(ids))),
        float(body.get("temperature", 1.0)),
        float(body.get("top_p", 1.0)),
        int(body.get("top_k") or 0),
        float(body.get("repetition_penalty") or 1.0),
        (stop,) if isinstance(stop, str) else tuple(stop),
        # `false` and `null` want none; 0 is a wish for that of the token itself.
        body.get("logprobs") not in (None, False),
    )


def _tokens(served: Served, one: Said) -> list[dict[str, Any]]:
    decode = served.model.tokenizer.decode
    return [
        {"token": decode([token]), "logprob": logprob, "top_logprobs": []}
        for token, logprob in zip(one.tokens, one.logprobs, strict=True)
    ]


def _answer(kind: str, served: Served, choices: list[dict[str, Any]], asked: int, said: list[Said]) -> dict[str, Any]:
    spent = sum(len(one.tokens) for one in said)
    usage = {"prompt_tokens": asked, "completion_tokens": spent, "total_tokens": asked + spent}
    made = {"id": f"lemma-{time.time_ns():x}", "object": kind, "created": int(time.time()), "model": served.name}
    return {**made, "choices": choices, "usage": usage}


def _too_long(context: int, tokens: int) -> web.Response:
    return _error(
        400, f"This model's maximum context length is {context} tokens. However, your request has {tokens} tokens."
    )


def _error(status: int, message: str) -> web.Response:
    kind = "BadRequestError" if status == 400 else "InternalServerError"
    return _json({"error": {"message": message, "type": kind, "code": status}}, status)


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


def main() -> None:
    """Load the model, then listen until the process is asked to end."""
    parser = argparse.ArgumentParser(prog="python -m engine.serving.transformers_server")
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
