"""llama.cpp's own server in a process of ours, for one GGUF file.

    python -m engine.models.serving.llamacpp_server --model FILE --served-model-name NAME --port PORT

Everything that is asked over HTTP is answered by llama.cpp (package xllamacpp): slots that share each step, replies
held to JSON schemas, log-probabilities, /health, /metrics, /props. Here it only gets its settings, and its end.
"""

from __future__ import annotations

import argparse
import os
import signal
import threading
from pathlib import Path
from typing import Any

import psutil

from engine.core.errors import LemmaError
from engine.models import gguf
from engine.models.gguf import GgufHeader
from engine.models.gguf import memory as file_memory
from engine.models.serving.memory import SLOTS, slot_context

MIB = 2**20
PLAIN = (
    "{% for turn in messages %}{{ '### ' + ('Question' if turn.role == 'user' else 'Answer' if turn.role == 'assistant'"
    " else 'Instruction') + '\\n' + turn.content + '\\n\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '### Answer\\n' }}{% endif %}"
)
"""A conversation as a text with headings: what a model without a chat habit continues best."""
PLAIN_STOPS = ["\n### Question", "\n### Instruction", "\n### Answer"]
"""Where such a model has answered and begins to ask itself the next question."""
_WAITING = 64
"""Requests that may wait for a slot with their connection open, while /health and /metrics are still answered."""
_QUIET = 2
"""Warnings and errors (llama.cpp's log level): what it says of every request would fill the log."""


def main() -> None:
    """Load the model, then listen until the process is asked to end."""
    options = _options()
    try:
        header = gguf.servable(options.model).header
        template = _template(options.chat_template, header)
    except (LemmaError, OSError, ValueError) as error:
        raise SystemExit(str(error)) from None
    import xllamacpp

    print(_about(options, header, template), flush=True)
    try:
        # Listens at once, and answers 503 until the model is loaded.
        server = xllamacpp.Server(_settings(xllamacpp.CommonParams(), options, header, template))
    except RuntimeError as error:
        raise SystemExit(f"llama.cpp could not load the model: {error}") from None
    print(f"listening at {server.listening_address}", flush=True)
    _until_asked_to_end()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engine.models.serving.llamacpp_server")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--served-model-name", default="model")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--context", type=int, default=0, help="tokens of each slot")
    parser.add_argument("--slots", type=int, default=0)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--gpu-layers", type=int, default=-1)
    parser.add_argument("--chat-template", default="")
    parser.add_argument("--embeddings", action="store_true", help="also answer /v1/embeddings")
    options = parser.parse_args()
    options.slots = options.slots or SLOTS
    options.threads = options.threads or free_cores(cores(), os.getloadavg()[0])
    return options


def _settings(params: Any, options: argparse.Namespace, header: GgufHeader, template: str) -> Any:
    """Return llama.cpp's settings; what a request does not say gets the neutral value, as the other servers have it."""
    params.model.path = str(options.model)
    params.model_alias = {options.served_model_name}
    params.hostnames, params.port = [options.host], options.port
    params.n_parallel, params.n_ctx = options.slots, options.slots * file_memory.cells(_context(options, header))
    params.n_gpu_layers, params.n_ubatch = options.gpu_layers, file_memory.BATCH
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = options.threads
    params.n_threads_http = options.slots + _WAITING
    # Prompts of earlier requests would be kept outside the slots, up to 8 GiB of them, which no estimate knows of.
    params.cache_ram_mib, params.cache_idle_slots = 0, False
    params.chat_template, params.antiprompt = template, PLAIN_STOPS if template == PLAIN else []
    params.endpoint_metrics, params.ui, params.offline = True, False, True
    # A page of another site that is open in a browser here may not ask.
    params.cors_origins = "localhost"
    params.verbosity, params.embedding = _QUIET, options.embeddings
    said = params.sampling
    said.temp, said.top_k, said.top_p, said.min_p = 1.0, 0, 1.0, 0.0
    # A penalty counts the whole prompt and reply, not the last 64 tokens.
    said.penalty_last_n = -1
    return params


def _context(options: argparse.Namespace, header: GgufHeader) -> int:
    return int(options.context) or slot_context(header.context)


def _template(said: str, header: GgufHeader) -> str:
    """Return the chat template that llama.cpp gets; '' for that of the file."""
    if said == "plain" or not (said or header.template):
        return PLAIN
    return said if said in ("", "chatml") else Path(said).read_text(encoding="utf-8")


def free_cores(there: int, load: float) -> int:
    """Return how many threads shall compute where `there` are so many cores and `load` processes run already.

    All threads wait for the slowest after each step of a layer, so one that has to share its core holds up the others.
    """
    return max(1, min(there, round(there - load)))


def cores() -> int:
    """Return how many cores this process may use; two threads of one core only get in each other's way."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(allowed, psutil.cpu_count(logical=False) or allowed)


def _about(options: argparse.Namespace, header: GgufHeader, template: str) -> str:
    """Say what is loaded and what it takes."""
    context = file_memory.cells(_context(options, header))
    need = file_memory.need(header, context, options.slots)
    own = {PLAIN: "plain", "": "the file's own"}.get(template, "given")
    return (
        f"{header.name}: {header.architecture}, {header.parameters:,} parameters, {header.quantization}\n"
        f"{options.slots} slots of {context:,} tokens, {options.threads} threads, chat template: {own}\n"
        f"weights {need.weights / MIB:,.0f} MiB, cache {need.cache / MIB:,.0f} MiB, "
        f"buffers and tables {need.buffers / MIB:,.0f} MiB"
    )


def _until_asked_to_end() -> None:
    """Wait for a signal, then end at once: nothing has to be saved, and replies under way have nobody to go to."""
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        # llama.cpp has set handlers of its own, which would end its loop and leave this process waiting.
        signal.signal(number, lambda *_: asked.set())
    asked.wait()
    os._exit(0)


if __name__ == "__main__":
    main()
