"""What an endpoint is asked to learn how it takes requests: an ordinary turn, and a word that only a schema gives."""

from __future__ import annotations

import orjson

from engine.core.protocol import Chat, Message, PromptRef, Sampling

SECRET_WORD = "quoll-41"
"""No model writes it unless a schema makes it."""
_SCHEMA = {
    "type": "object",
    "properties": {"greeting": {"type": "string", "enum": [SECRET_WORD]}},
    "required": ["greeting"],
    "additionalProperties": False,
}
HELD = f'{{"greeting":"{SECRET_WORD}"}}'
TELLING = len('{"gr')
"""Characters of the held reply that no free reply to the question begins with."""
ORDINARY = (
    Message("system", "You are a careful teacher of mathematics."),
    Message("user", "Say hello in one short English sentence."),
)
# Sampled, not greedy: the likeliest continuation of a weak model may be blanks without end, which JSON allows.
PROBE_CHAT = Chat(
    "probe",
    ORDINARY,
    PromptRef("probe", ""),
    Sampling(temperature=1.0, top_p=1.0, top_k=-1, max_tokens=128),
    orjson.dumps(_SCHEMA).decode(),
)
