import asyncio
import json

import pytest

from engine.abacus.backend import Abacus
from engine.abacus.schema import conform
from engine.abacus.tasks import TaskAnswer
from engine.core import prompts
from engine.core.errors import Refused
from engine.core.protocol import Chat, Sampling
from engine.core.reply_parsing import fields, numbered

VERDICT = {
    "type": "object",
    "properties": {
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "reason": {"type": "string", "maxLength": 40},
    },
    "required": ["score", "reason"],
    "additionalProperties": False,
}


def test_replies_with_a_schema_are_json_on_every_seed(ask):
    """X-03: a schema is always held to, so no such reply is unreadable."""
    problem = "Find the greatest common divisor of $84$ and $126$."
    replies = ask(
        "judges/problem", "abacus-small", seeds=range(300), schema=json.dumps(VERDICT),
        problem=problem, points="- Greatest common divisor", count=1,
    )  # fmt: skip
    for reply in replies:
        value = json.loads(reply.text)
        assert set(value) == {"score", "reason"}
        assert 0 <= value["score"] <= 1
        assert len(value["reason"]) <= 40
        assert float(fields(reply.text, "Score", "Reason")["Score"]) == value["score"]


def test_a_list_schema_gets_the_list(ask):
    schema = json.dumps({"type": "array", "items": {"type": "string"}, "maxItems": 2})
    (reply,) = ask(
        "knowledge/extract", schema=schema, problem="Find the roots of the quadratic equation $x^2 - 5x + 6 = 0$.",
        solution="", limit=10,
    )  # fmt: skip
    assert 1 <= len(json.loads(reply.text)) <= 2
    assert numbered(reply.text, 10) == tuple(json.loads(reply.text))


def test_an_unknown_task_still_obeys_the_schema(ask):
    template = prompts.parse("x", "[user]\nTask: sing.\n")
    chat = Chat("any", template.turns, template.ref, Sampling(), json.dumps(VERDICT))
    assert set(json.loads(asyncio.run(Abacus().complete(chat, "abacus-large")).text)) == {"score", "reason"}


ANSWER = TaskAnswer.of(("Same", "Yes"), ("Score", 0.75), ("Sure", True), ("Reason", "They mean one thing."))


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"const": 7}, 7),
        ({"enum": ["no", "yes"]}, "no"),
        ({"properties": {"same": {"enum": [False, True]}}}, {"same": True}),
        ({"properties": {"same": {"type": "boolean"}}}, {"same": True}),
        ({"properties": {"SAME": {"enum": ["No", "Yes"]}}}, {"SAME": "Yes"}),
        ({"properties": {"score": {"type": "integer", "minimum": 1, "maximum": 5}}}, {"score": 1}),
        ({"properties": {"score": {"type": ["number", "null"]}}}, {"score": 0.75}),
        ({"properties": {"score": {"anyOf": [{"type": "number"}, {"type": "null"}]}}}, {"score": 0.75}),
        ({"properties": {"sure": {"type": "boolean"}, "none": {"type": "null"}}}, {"sure": True, "none": None}),
        ({"properties": {"reason": {"type": "string", "maxLength": 4}}}, {"reason": "They"}),
        ({"properties": {"reason": {"type": "array", "minItems": 2}}}, {"reason": ["They mean one thing.", ""]}),
        (
            {"type": "object", "properties": {"in": {"properties": {"score": {"type": "number"}}}}},
            {"in": {"score": 0.75}},
        ),
    ],
)
def test_values_go_where_the_schema_wants_them(schema, value):
    assert json.loads(conform(ANSWER, json.dumps(schema))) == value


@pytest.mark.parametrize("schema", ["{", "[]", "3", '"object"'])
def test_a_schema_that_is_no_object_is_refused(schema):
    with pytest.raises(Refused, match="schema"):
        conform(ANSWER, schema)


def test_a_schema_without_end_is_cut():
    endless = {"type": "object", "properties": {"a": {}}, "required": ["a"]}
    for _ in range(40):
        endless = {"type": "object", "properties": {"a": endless}, "required": ["a"]}
    assert json.loads(conform(ANSWER, json.dumps(endless)))
