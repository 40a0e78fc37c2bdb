"""The form of a whole reply. Each talk declares one; schema, request and reader come from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import orjson

from engine.core import lenient_json, reply_parsing
from engine.core.echo import is_placeholder
from engine.core.errors import UnfitReply
from engine.core.forms.parts import ReplyPart
from engine.core.protocol import Chat, Message, PromptRef, Sampling

_JSON = "Answer with one JSON object and nothing else."
_COUNTED = {1: "one line", 2: "two lines", 3: "three lines", 4: "four lines"}
_HAN = re.compile("[\u3400-\u9fff]")
_CHINESE_FROM = 4
_OVERHEAD = 12
"""Tokens of a label and the marks around a value."""


@dataclass(frozen=True)
class Form:
    """A form: how the prompt asks for it, how it asks where a schema is sent, and that schema.

    `why` says why a reply is free text; such a form has no schema.
    """

    as_lines: str = ""
    """The end of the prompt, which asks for lines; the prompt file holds it word for word."""
    as_members: str = ""
    """What stands there where a schema is sent."""
    rules: Mapping[str, Any] = field(default_factory=dict)
    """JSON schema of each member of the reply."""
    why: str = ""
    least: int = 60
    """Characters below which no text is held, however short a reply may be."""
    _within: dict[int, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Schemas by the longest reply in tokens: every question needs one, and few lengths occur."""

    @property
    def schema(self) -> str:
        """The JSON schema of a reply as text; '' for free text."""
        return schema_of(self.rules) if self.rules else ""

    def chat(self, role: str, messages: tuple[Message, ...], prompt: PromptRef, sampling: Sampling) -> Chat:
        """Return the question, which asks for lines and carries what is asked where a schema is sent."""
        return self._chat(role, messages, prompt, sampling, self.as_lines)

    def _chat(
        self, role: str, messages: tuple[Message, ...], prompt: PromptRef, sampling: Sampling, as_lines: str
    ) -> Chat:
        return Chat(
            role,
            messages,
            prompt,
            sampling,
            self._fitted(sampling.max_tokens),
            as_lines=as_lines,
            as_members=self.as_members,
        )

    def _fitted(self, tokens: int) -> str:
        """Return the schema of a reply of so many tokens at most; '' for free text."""
        if not self.rules:
            return ""
        if tokens not in self._within:
            self._within[tokens] = schema_of(fitted(self.rules, tokens, self.least))
        return self._within[tokens]


@dataclass(frozen=True)
class LabelledForm(Form):
    """Parts behind their labels, one a line, or as the members of an object."""

    parts: tuple[ReplyPart, ...] = ()

    @staticmethod
    def of(*parts: ReplyPart, lines: str = "", members: str = "") -> LabelledForm:
        """Declare the parts in order; `lines` and `members` are how they are asked for in another way than usual."""
        said = "\n".join(f"{part.label}: {part.hint}" for part in parts)
        asked = lines or f"Answer in {_COUNTED[len(parts)]}:\n{said}"
        rules = {part.label: dict(part.rule) for part in parts}
        named = _joined([part.label for part in parts])
        # No hints here: a small model copies "one short sentence" into the member, which the schema lets it.
        return LabelledForm(asked, members or f"{_JSON} {named}", rules, parts=parts)

    def read(self, text: str) -> dict[str, Any]:
        """Return the value of each part by its label, from lines or an object; UnreadableReply where one is missing."""
        said = reply_parsing.fields(text, *(part.label for part in self.parts))
        return {part.label: part.checked(said[part.label], text) for part in self.parts}

    def lines(self, values: Mapping[str, Any]) -> str:
        """Return a reply with these values as lines."""
        return "\n".join(f"{part.label}: {part.spoken(values[part.label])}" for part in self.parts)

    def json(self, values: Mapping[str, Any]) -> str:
        """Return a reply with these values as an object."""
        return orjson.dumps({part.label: part.value(values[part.label]) for part in self.parts}).decode()


@dataclass(frozen=True)
class ListForm(Form):
    """Entries of a numbered list, or of the one member of an object."""

    member: str = "entries"
    limit: int = 10
    longest: int = 80
    """Characters of an entry where a schema is sent."""
    chinese: str = ""
    """The end of the prompt with an example for a Chinese problem."""

    @staticmethod
    def of(member: str, lead: str, example: Sequence[str], chinese: Sequence[str] = (), longest: int = 80) -> ListForm:
        """Declare a list: how the prompt asks for it, real entries as an example, and the same for Chinese."""
        asked = f'{_JSON} Its one member "{member}" is the list.'
        return ListForm(
            f"{lead}\n{_numbered(example)}", asked, _list_rules(member, 10, longest), member=member, longest=longest,
            chinese=f"{lead}\n{_numbered(chinese)}" if chinese else "",
        )  # fmt: skip

    def for_at_most(self, limit: int) -> ListForm:
        """Return the same form for another number of entries."""
        rules = _list_rules(self.member, limit, self.longest)
        return ListForm(
            self.as_lines, self.as_members, rules, member=self.member, limit=limit, longest=self.longest,
            chinese=self.chinese,
        )  # fmt: skip

    def chat(self, role: str, messages: tuple[Message, ...], prompt: PromptRef, sampling: Sampling) -> Chat:
        """Return the question; a Chinese problem is shown a Chinese example."""
        *before, last = messages
        asked = self.as_lines
        if self.chinese and last.content.endswith(asked) and is_chinese(last.content):
            words = f"{last.content[: -len(asked)]}{self.chinese}"
            messages, asked = (*before, Message(last.role, words)), self.chinese
        return self._chat(role, messages, prompt, sampling, asked)

    def read(self, text: str) -> tuple[str, ...]:
        """Return the entries; UnreadableReply where there is no list, UnfitReply where an entry is a placeholder."""
        entries = reply_parsing.numbered(text, self.limit)
        if held := next((entry for entry in entries if is_placeholder(entry)), ""):
            raise UnfitReply(f"the list holds a placeholder: {held[:60]!r}", raw=text)
        return entries

    def lines(self, entries: Sequence[str]) -> str:
        """Return a reply with these entries as a numbered list."""
        return _numbered(entries)

    def json(self, entries: Sequence[str]) -> str:
        """Return a reply with these entries as an object."""
        return orjson.dumps({self.member: list(entries)}).decode()


def free(why: str) -> Form:
    """Declare a reply as free text, and say why no schema holds it."""
    return Form(why=why)


def members(text: str) -> dict[str, Any]:
    """Return the members of a reply that is an object, by their names in small letters; none where it is no object."""
    body = reply_parsing.clean(text)
    if not body.startswith("{"):
        return {}
    try:
        value = lenient_json.loads(body[: body.rfind("}") + 1])
    except ValueError:
        return {}
    return {str(key).lower(): entry for key, entry in value.items()} if isinstance(value, dict) else {}


def is_chinese(text: str) -> bool:
    """Whether a text holds Chinese; prompts are English but for what is put into them."""
    return len(_HAN.findall(text)) >= _CHINESE_FROM


def fitted(rules: Mapping[str, Any], tokens: int, least: int) -> dict[str, Any]:
    """Return the rules with shorter texts where a reply that fills them all would be cut at its longest.

    A weak model fills what it is given, and the least that a token says is a single digit.
    """
    leaves = [leaf for rule in rules.values() for leaf in _leaves(rule, 1)]
    room, wanted = tokens - _OVERHEAD * sum(times for times, _ in leaves), sum(times * size for times, size in leaves)
    share = max(0.0, room / wanted) if wanted else 1.0
    return {name: _shortened(rule, share, least) for name, rule in rules.items()} if share < 1 else dict(rules)


def _leaves(rule: Mapping[str, Any], times: int) -> list[tuple[int, int]]:
    """Return how often each value may stand in a reply, and its longest text."""
    if rule["type"] == "array":
        return _leaves(rule["items"], times * rule["maxItems"])
    if rule["type"] == "object":
        return [leaf for part in rule["properties"].values() for leaf in _leaves(part, times)]
    return [(times, rule.get("maxLength", 0))]


def _shortened(rule: Mapping[str, Any], share: float, least: int) -> dict[str, Any]:
    if rule["type"] == "array":
        return {**rule, "items": _shortened(rule["items"], share, least)}
    if rule["type"] == "object":
        parts = {name: _shortened(part, share, least) for name, part in rule["properties"].items()}
        return {**rule, "properties": parts}
    if "maxLength" not in rule:
        return dict(rule)
    return {**rule, "maxLength": min(rule["maxLength"], max(least, int(share * rule["maxLength"])))}


def schema_of(rules: Mapping[str, Any]) -> str:
    """Return the JSON schema of an object with these members, all of them needed and no others allowed."""
    return _schema_text(orjson.dumps(dict(rules)))


@cache
def _schema_text(rules: bytes) -> str:
    held = orjson.loads(rules)
    whole = {"type": "object", "properties": held, "required": list(held), "additionalProperties": False}
    return orjson.dumps(whole).decode()


def _list_rules(member: str, limit: int, longest: int) -> dict[str, Any]:
    entry = {"type": "string", "minLength": 2, "maxLength": longest}
    return {member: {"type": "array", "items": entry, "minItems": 1, "maxItems": limit}}


def _joined(labels: Sequence[str]) -> str:
    *first, last = labels
    return f"Its members are {', '.join(first)} and {last}." if first else f"Its one member is {last}."


def _numbered(entries: Sequence[str]) -> str:
    return "\n".join(f"{number}. {entry}" for number, entry in enumerate(entries, 1))
