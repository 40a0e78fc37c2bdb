"""Every talk declares the form of its reply once: the prompt's lines, the schema and the reader agree."""

import json
import sys

import pytest

from engine import knowledge
from engine.core import forms, prompts
from engine.core.errors import UnfitReply, UnreadableReply
from engine.generation.agents import AGENTS, ask_me_anything, rephrase
from engine.generation.judges import JUDGES, dimensions, joint, seed_rating
from engine.generation.solvers import SOLVING
from tests.support.strict_schema import obeys

RULES = {"fobar"}
"""Agents that ask no model."""
TALKS = [
    (plugin.name, plugin)
    for plugin in (*knowledge.KNOWLEDGE, *AGENTS, *JUDGES, *SOLVING)
    if plugin.name not in RULES
]  # fmt: skip


def declared(plugin):
    """The forms of a talk: `FORM`, `FORMS`, or what a function makes for a number of entries."""
    module = sys.modules[plugin.talk.__module__]
    if module is rephrase:
        return (rephrase.form(3),)
    if module is ask_me_anything:
        return (ask_me_anything.form(),)
    found = getattr(module, "FORMS", None) or (module.FORM,)
    return tuple(found.values()) if isinstance(found, dict) else tuple(found)


PAIRS = [
    pytest.param(prompt, form, id=prompt)
    for _, plugin in TALKS
    for prompt, form in zip(plugin.prompts, declared(plugin) * len(plugin.prompts), strict=False)
]


@pytest.mark.parametrize(("name", "plugin"), TALKS, ids=[name for name, _ in TALKS])
def test_every_talk_declares_a_form_or_says_why_it_has_none(name, plugin):
    for form in declared(plugin):
        assert bool(form.schema) != bool(form.why), name


@pytest.mark.parametrize(("prompt", "form"), PAIRS)
def test_a_prompt_ends_with_the_lines_of_its_form(prompt, form):
    """What is asked for as lines stands in the prompt file word for word, so that a schema can take its place."""
    text = prompts.load(prompt).turns[-1].content
    if form.schema:
        assert text.endswith(form.as_lines)
    assert not any(word in text.lower() for word in ("first concept", "first knowledge point", "first suggestion"))


@pytest.mark.parametrize(("prompt", "form"), PAIRS)
def test_a_schema_is_strict(prompt, form):
    """Every member is required and no other allowed, at every level: what strict endpoints ask for."""
    if not form.schema:
        return
    places = [json.loads(form.schema)]
    while places:
        rule = places.pop()
        if rule["type"] == "object":
            assert rule["required"] == list(rule["properties"])
            assert rule["additionalProperties"] is False
            places += rule["properties"].values()
        elif rule["type"] == "array":
            assert rule["minItems"] >= 1
            places.append(rule["items"])
        else:
            assert "enum" in rule or rule["maxLength"] >= 60


def instance(part):
    """A value that a part may have: the last word of an enumeration, or words of its own."""
    if part.label in dimensions.DIMENSIONS:
        return dimensions.Mark(part.label, 7.0, "Zwei Zeilen")
    if "enum" not in part.rule:
        return "The third line adds where it should multiply."
    return part.read(str(part.rule["enum"][-1]))


LABELLED = [pair for pair in PAIRS if isinstance(pair.values[1], forms.LabelledForm)]


@pytest.mark.parametrize(("prompt", "form"), LABELLED)
def test_a_labelled_reply_is_read_back_from_lines_and_from_json(prompt, form):
    values = {part.label: instance(part) for part in form.parts}
    ten = any(part.rule.get("enum") == list(range(1, 11)) for part in form.parts)
    if ten:
        # Marks from 1 to 10 are compressed when they are read.
        read = form.read("\n".join(f"{part.label}: {10 if 'enum' in part.rule else 'why'}" for part in form.parts))
        assert [read[part.label] for part in form.parts if "enum" in part.rule] == [5.0] * 3
        return
    assert form.read(form.lines(values)) == values
    assert form.read(form.json(values)) == values
    assert obeys(json.loads(form.json(values)), json.loads(form.schema))


@pytest.mark.parametrize(("prompt", "form"), LABELLED)
def test_a_hint_is_no_value(prompt, form):
    """A reply that repeats what the prompt says behind a label says nothing; it used to count as 0, Yes or True."""
    values = {part.label: part.spoken(instance(part)) for part in form.parts}
    for part in form.parts:
        lines = "\n".join(f"{name}: {part.hint if name == part.label else said}" for name, said in values.items())
        with pytest.raises(UnfitReply, match="repeats what was asked for"):
            form.read(lines)


LISTS = [pair for pair in PAIRS if isinstance(pair.values[1], forms.ListForm)]


@pytest.mark.parametrize(("prompt", "form"), LISTS)
def test_a_list_is_read_back_and_holds_no_placeholder(prompt, form):
    entries = ("Area of a triangle", "勾股定理", r"Powers of $\frac12$")
    assert form.read(form.lines(entries)) == entries
    assert form.read(form.json(entries)) == entries
    assert form.read(json.dumps({form.member: ["1. Area", "2. Legs"]})) == ("Area", "Legs")
    for placeholder in ("First Knowledge Point", "第一个知识点"):
        with pytest.raises(UnfitReply, match="placeholder"):
            form.read(form.lines((placeholder, "Area")))
    few = json.loads(form.for_at_most(3).schema)["properties"][form.member]
    assert few["maxItems"] == 3


def test_variants_and_hidden_numbers_are_read_from_an_object():
    variants = ("A rug is 3 m long. How wide is it?", r"What is $\frac{1}{2}$ of a dozen eggs?")
    assert rephrase.read(json.dumps({"variants": variants})) == variants
    made = {
        "statement": "Mia reads 12 pages.",
        "problems": [{"target": "12", "question": "Mia reads some pages. How many pages are these?"}, {"target": ""}],
    }
    asked = ask_me_anything.read(json.dumps(made))
    assert asked.statement == "Mia reads 12 pages."
    assert [hidden.target for hidden in asked.problems] == ["12"]
    with pytest.raises(UnreadableReply):
        ask_me_anything.read('{"statement": "Mia reads.", "problems": []}')


@pytest.mark.parametrize("module", [joint, seed_rating])
def test_both_scales_have_a_form_of_their_own(module):
    zero, ten = (json.loads(module.FORMS[scale].schema)["properties"]["Clarity"]["enum"] for scale in module.FORMS)
    assert (zero[0], zero[-1], ten) == (0, 5, list(range(1, 11)))
