"""A server that the studio starts is for this machine: words that would have it listen elsewhere are refused.

It has no password and answers whoever reaches it. vLLM, llama.cpp and uvicorn take the last of two equal options, and
argparse takes the beginning of one for the whole, so `--hos=0.0.0.0` behind ours would win.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from engine.core.errors import BadSetting
from engine.core.project import EngineSpec

_OPTIONS = ("--host", "--hostname", "--listen", "--listen-address", "--address", "--bind", "--data-parallel-address",
            "--master-addr")  # fmt: skip
"""Options whose value is an address to listen at."""
_ALWAYS = ("--uds", "--config", "--fd", "--distributed-init-method", "--kv-events-config", "--kv-transfer-config")
"""Options that listen somewhere of their own, or read further options from a file."""
_VARIABLES = (
    "MASTER_ADDR",
    "VLLM_DP_MASTER_IP",
    "LLAMA_ARG_HOST",
    "VLLM_HOST_IP",
    "VLLM_CONFIG",
    "UVICORN_HOST",
    "UVICORN_UDS",
    "UVICORN_FD",
    "HOST",
)
_SINGLE = ("model", "served_name", "dtype", "quantization", "chat_template")
"""Fields that are one word of the command line, which must not be taken for an option."""
_SHORTEST = 4
"""Letters, dashes included, that the beginning of an option has at least; less is a letter of its own."""


def refuse_elsewhere(name: str, spec: EngineSpec) -> None:
    """Go on where a managed engine listens on this machine only; BadSetting names the word that would change that."""
    found = (
        *((word, "extra_args") for word in _elsewhere(spec.extra_args)),
        *((word, "env") for word in _set(spec)),
        *((word, "lora") for word in spec.lora if word.startswith("-")),
        *((getattr(spec, field), field) for field in _SINGLE if getattr(spec, field).startswith("-")),
    )
    for word, field in found:
        raise BadSetting(
            f"{word!r} would have the server listen elsewhere.",
            where=f"engine {name}, {field}",
            do="Engines of the studio listen on this machine; a proxy of your own can offer them to others.",
        )


def _elsewhere(words: tuple[str, ...]) -> Iterator[str]:
    for place, word in enumerate(words):
        option, sign, value = word.partition("=")
        # vLLM reads `--kv-events-config.endpoint x` as one field of that option.
        option = option.partition(".")[0].lower().replace("_", "-")
        if not option.startswith("--") or len(option) < _SHORTEST:
            continue
        said = value if sign else words[place + 1] if place + 1 < len(words) else ""
        if _begins(option, _ALWAYS) or (_begins(option, _OPTIONS) and not _is_here(said)):
            yield word if sign else f"{word} {said}".strip()


def _set(spec: EngineSpec) -> Iterator[str]:
    for name, value in spec.environment.items():
        if name.upper() in _VARIABLES and not _is_here(value):
            yield f"{name}={value}"


def _begins(option: str, known: tuple[str, ...]) -> bool:
    return any(one.startswith(option) for one in known)


def _is_here(address: str) -> bool:
    if address.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False
