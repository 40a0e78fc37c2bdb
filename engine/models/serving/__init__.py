"""Servers that the studio starts, finds again and stops; and servers on this machine that others started.

command.py              the words that start a server
process_group.py        the processes of a server, and how they end
ports.py                which port a server gets
http_get.py             one page of a server
uptime.py               how long servers were up, and what an hour of them costs
servers.py              start, find, health, stop: a detached process with a state file and a log
failures.py             why a server could not start, from what its log says
memory.py               how much memory a model will take, before it is started
loopback.py             words that would have a server listen elsewhere, which are refused
fitness.py              whether a model file can be served here, before it is started
discovery.py            servers that listen on the usual ports
metrics.py              what vLLM and llama.cpp say of themselves: running, waiting, cache, slots, speeds
llamacpp_server.py      llama.cpp's server for one GGUF file, in a process of ours
transformers_server.py  our own small server, for folders of weights where vLLM does not install
batching.py             ... its model: several prompts answered together
sampling.py             ... how tokens are drawn and where answers end
protocol.py             ... its requests, checked
"""

from engine.models.serving.discovery import FoundServer, discover
from engine.models.serving.fitness import check
from engine.models.serving.loopback import refuse_elsewhere
from engine.models.serving.memory import Estimate, estimate
from engine.models.serving.metrics import ServerMetrics
from engine.models.serving.servers import (
    Health,
    Server,
    address,
    find,
    for_one_run,
    health,
    last,
    log_of,
    log_tail,
    on_demand,
    outdated,
    resolved,
    start,
    stop,
    wait_ready,
)

__all__ = [
    "Estimate",
    "FoundServer",
    "Health",
    "Server",
    "ServerMetrics",
    "address",
    "check",
    "discover",
    "estimate",
    "find",
    "for_one_run",
    "health",
    "last",
    "log_of",
    "log_tail",
    "on_demand",
    "outdated",
    "refuse_elsewhere",
    "resolved",
    "start",
    "stop",
    "wait_ready",
]
