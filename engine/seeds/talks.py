"""Rows with something inside: conversations, prompts with a ground truth, records; they become plain columns.

`messages` becomes `messages.user` and `messages.assistant`, `reward_model` becomes `reward_model.ground_truth`, a
question with stem and choices `question.stem` and `question.choices`. The turns after the first answer stand under
`messages.later`: they are questions that follow up the first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.core import lenient_json
from engine.seeds.names import key, tail
from engine.seeds.options import NAMES as OPTION_NAMES

TABLES = frozenset(["table", "tables", "tablefordp", "tableforpd", "tabletext", "表格"])
DATA = "data"
"""A column of figures, or one that wraps the row."""
_OF_A_ROW = frozenset(
    ("question", "problem", "statement", "prompt", "instruction", "query", "input", "answer", "solution")
)
LATER = "later"
_USER = frozenset(("user", "human", "prompter", "question", "instruction", "student"))
_ASSISTANT = frozenset(("assistant", "gpt", "bot", "model", "chatgpt", "answer", "output", "tutor"))
_TALKS = frozenset(
    [
        "messages",
        "conversations",
        "conversation",
        "dialog",
        "dialogue",
        "dialogs",
        "turns",
        "chat",
        "contents",
        "prompt",
        "completion",
        "chosen",
        "rejected",
        "rewardmodel",
        "extrainfo",
    ]
)
_THOUGHTS = ("reasoning_content", "reasoning", "thinking", "thought")
_TEMPLATES = (
    re.compile(
        r"<\|im_start\|>user\n(?P<user>.*?)<\|im_end\|>\s*<\|im_start\|>assistant\n(?P<said>.*?)(?:<\|im_end\|>|\Z)",
        re.S,
    ),
    re.compile(r"### (?:Instruction|Question):\s*(?P<user>.*?)\s*### (?:Response|Answer):(?P<said>.*)", re.S),
    re.compile(r"\A\s*(?:Problem|Question):\s*(?P<user>.*?)\n\s*(?:Solution|Answer):(?P<said>.*)", re.S),
    re.compile(r"\[INST\]\s*(?P<user>.*?)\s*\[/INST\](?P<said>.*?)(?:</s>|\Z)", re.S),
)
_INPUT = re.compile(r"\s*### Input:\s*")


def flattened(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of a row without anything nested but options and tables."""
    if not any(_is_nested(name, value) for name, value in fields.items()):
        return fields
    flat: dict[str, Any] = {}
    for name, value in fields.items():
        flat.update(_opened(name, value))
    return flat


def _is_nested(name: str, value: Any) -> bool:
    if isinstance(value, Mapping | list):
        return True
    return isinstance(value, str) and ((value[:1] in "[{" and tail(name) in _TALKS) or tail(name) == "text")


def _opened(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, str) and tail(name) in _TALKS and value[:1] in "[{":
        try:
            value = lenient_json.loads(value)
        except ValueError:
            return {name: value}
    if isinstance(value, str):
        return _of_template(name, value) if tail(name) == "text" else {name: value}
    if tail(name) in OPTION_NAMES or tail(name) in TABLES or _is_figures(name, value):
        return {name: value}
    if isinstance(value, Mapping):
        return {inner: held for key, one in value.items() for inner, held in _opened(f"{name}.{key}", one).items()}
    if isinstance(value, list) and (turns := _turns(value)):
        return _of_turns(name, turns)
    return {name: value}


def _is_figures(name: str, value: Any) -> bool:
    """Whether a mapping called `data` holds figures, and not the row itself."""
    return tail(name) == DATA and isinstance(value, Mapping) and not _OF_A_ROW & {key(str(inner)) for inner in value}


def _turns(value: list[Any]) -> list[tuple[str, str]]:
    """Return who said what; an empty list where it is no conversation."""
    found: list[tuple[str, str]] = []
    for one in value:
        if not isinstance(one, Mapping):
            return []
        who = one.get("role", one.get("from"))
        said = next((one[key] for key in ("content", "value", "parts", "text") if key in one), None)
        if isinstance(who, str):
            found.append((who.casefold(), f"{_aloud(one)}{_said(said)}"))
        elif "input" in one and "output" in one:
            found += [
                ("system", _said(one.get("system"))),
                ("user", _said(one["input"])),
                ("assistant", _said(one["output"])),
            ]
        else:
            return []
    return found


def _said(content: Any) -> str:
    """Return what was said: a text, or the texts of a list of parts; a part of thinking stands between marks."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        content = [content]
    if isinstance(content, list):
        parts = (_part(part) for part in content)
        return "\n".join(part for part in parts if part)
    return ""


def _part(part: Any) -> str:
    if not isinstance(part, Mapping):
        return part if isinstance(part, str) else ""
    if part.get("type") in ("thinking", "reasoning"):
        told = next((part[name] for name in ("thinking", "reasoning", "text") if isinstance(part.get(name), str)), "")
        return f"<think>{told}</think>" if told else ""
    text = part.get("text")
    return text if isinstance(text, str) else ""


def _aloud(turn: Mapping[str, Any]) -> str:
    """Return what a turn holds beside its text of what the model thought, between marks; '' for nothing."""
    told = next((turn[name] for name in _THOUGHTS if isinstance(turn.get(name), str) and turn[name].strip()), "")
    return f"<think>{told}</think>" if told else ""


def _of_turns(name: str, turns: list[tuple[str, str]]) -> dict[str, Any]:
    asked: list[list[str]] = []
    flat: dict[str, Any] = {}
    for who, said in turns:
        if who in _USER:
            asked.append([said, ""])
        elif who in _ASSISTANT and asked:
            asked[-1][1] = "\n".join(part for part in (asked[-1][1], said) if part)
        elif said.strip():
            flat[f"{name}.{'assistant' if who in _ASSISTANT else who}"] = said
    if asked:
        flat |= {f"{name}.user": asked[0][0], f"{name}.assistant": asked[0][1]}
    if asked[1:]:
        flat[f"{name}.{LATER}"] = asked[1:]
    return {key: value for key, value in flat.items() if value} or {name: None}


def _of_template(name: str, text: str) -> dict[str, Any]:
    for template in _TEMPLATES:
        if hit := template.search(text):
            user = _INPUT.sub("\n", hit["user"]).strip()
            return {f"{name}.user": user, f"{name}.assistant": hit["said"].strip()}
    return {name: text}
