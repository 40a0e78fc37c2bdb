"""What went wrong with the calls of a run, in plain words: "31 replies cut off, 12 refused with 429"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "reply cut off": ("reply cut off", "replies cut off"),
        "reply too long": ("reply without an end", "replies without an end"),
        "reply empty": ("empty reply", "empty replies"),
        "reply not JSON": ("reply that is not JSON", "replies that are not JSON"),
        "reply packed unasked": ("reply compressed unasked", "replies compressed unasked"),
        "web page in place of a reply": ("web page in place of a reply", "web pages in place of replies"),
        "error in place of a reply": ("error in place of a reply", "errors in place of replies"),
        "no reply in the answer": ("answer that holds no reply", "answers that hold no reply"),
        "no text in the reply": ("reply without a text", "replies without a text"),
        "reply withheld or broken off": ("reply withheld or broken off", "replies withheld or broken off"),
        "prompt too long": ("prompt too long", "prompts too long"),
        "address moved": ("sent on to another address", "sent on to another address"),
        "not HTTP": ("answer that is not HTTP", "answers that are not HTTP"),
        "too slow": ("too slow", "too slow"),
        "no answer in time": ("without an answer in time", "without an answer in time"),
        "no answer": ("without an answer", "without an answer"),
        "connection refused": ("connection refused", "connections refused"),
        "connection reset": ("connection closed before an answer", "connections closed before an answer"),
        "no connection": ("call without a way to the server", "calls without a way to the server"),
        "no connection in time": ("connection not made in time", "connections not made in time"),
        "name not found (DNS)": ("name not found (DNS)", "names not found (DNS)"),
        "TLS failed": ("connection not trusted (TLS)", "connections not trusted (TLS)"),
        "proxy refused": ("refused by the proxy", "refused by the proxy"),
        # Classes, which statuses of earlier versions and failures without a word of their own have.
        "Throttled": ("throttled", "throttled"),
        "Refused": ("refused by the endpoint", "refused by the endpoint"),
        "Unreachable": ("without an answer", "without an answer"),
        "ProviderError": ("answer of no use", "answers of no use"),
        "UnusableReply": ("reply of no use", "replies of no use"),
        "PluginError": ("error of our own", "errors of our own"),
    }
)
"""What one and several are called, by what they are counted as."""
_STATUS = re.compile(r"HTTP (\d{3})")


def counted(errors: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return what did not come through in words, with how often, the most frequent first."""
    found = sorted(errors.items(), key=lambda one: (-one[1], one[0]))
    return [(_words(name, times), times) for name, times in found if times]


def told(errors: Mapping[str, int], most: int = 3) -> str:
    """Return the `most` frequent kinds as one line, and how many others there are."""
    found = counted(errors)
    said = [f"{times:,} {words}" for words, times in found[:most]]
    if rest := found[most:]:
        kinds = f"{len(rest)} other kind{'s' * (len(rest) > 1)}"
        said.append(f"{sum(times for _, times in rest):,} of {kinds}")
    return ", ".join(said)


def _words(name: str, times: int) -> str:
    if status := _STATUS.fullmatch(name):
        return _status_words(status[1], times)
    one, many = WORDS.get(name, (name, name))
    return one if times == 1 else many


def _status_words(code: str, times: int) -> str:
    """Return what an HTTP status means for a run: come later, broken there, or not for this request."""
    if code == "429":
        return "refused with 429 (too many requests)"
    if code[0] == "5":
        return f"error{'s' * (times != 1)} of the server ({code})"
    return f"refused with {code}" if code[0] == "4" else f"answered with {code}"
