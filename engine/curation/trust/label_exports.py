"""Labels as annotation tools write them, taken apart into one flat row a verdict: Argilla, Label Studio, Prodigy.

Formats by the tools' own documents: Label Studio's export guide (JSON and JSON-MIN), Argilla's records
(`to_dict`, and the columns of a data set), Prodigy's annotated tasks (JSON lines). Whatever a tool calls its own task
is not a row of a project: rows are named in the task's data or metadata.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

IDS: Final = ("row_id", "problem_id", "id")
"""Columns that name a row, the plainest last: beside another one "id" is the number of a tool's own task."""
Flat = dict[str, Any]
WHY = "_why"
"""Key of a flat row that is no label, with the reason."""
_PERSONS = ("email", "username", "name", "id")


def flattened(fields: Mapping[str, Any]) -> Iterator[Flat]:
    """Yield the labels of a row of a file; a row that no tool wrote is its own label."""
    if isinstance(fields.get("annotations"), list) or isinstance(fields.get("completions"), list):
        yield from _label_studio(fields)
    elif "_task_hash" in fields or "_input_hash" in fields:
        yield _prodigy(fields)
    elif "responses" in fields or any(name.endswith(".responses") for name in fields):
        yield from _argilla(fields)
    else:
        yield dict(fields)


def is_export(fields: Mapping[str, Any]) -> bool:
    """Tell whether a tool's export is recognised in a row."""
    made = next(flattened(fields), None)
    return made is None or made != dict(fields)


def _named(*places: Any) -> str:
    """Return the first id of a row that some mappings give."""
    for place in places:
        if isinstance(place, Mapping):
            for name in IDS:
                if place.get(name) not in (None, ""):
                    return str(place[name])
    return ""


def _person(value: Any) -> Any:
    """Return who somebody is: tools give a number, a name, or an object with both."""
    if isinstance(value, Mapping):
        return next((value[name] for name in _PERSONS if value.get(name)), None)
    return value


def _label_studio(fields: Mapping[str, Any]) -> Iterator[Flat]:
    ident = _named(fields.get("data"), fields.get("meta"))
    given: Sequence[Any] = fields.get("annotations") or fields.get("completions") or ()
    if not given:
        yield {"id": ident, WHY: "nobody has annotated it"}
    for one in given:
        if not isinstance(one, Mapping):
            yield {"id": ident, WHY: "an annotation is no object"}
            continue
        made: Flat = {"id": ident, "curator": _person(one.get("completed_by")), "time": one.get("created_at")}
        if one.get("was_cancelled"):
            yield made | {"verdict": "skipped"}
            continue
        yield made | _choice([word for result in one.get("result") or () for word in _results(result)])


def _results(result: Any) -> list[Any]:
    """Return the words of one region of an annotation that is a choice; texts and boxes are none."""
    value = result.get("value") if isinstance(result, Mapping) else None
    if not isinstance(value, Mapping):
        return []
    found = value.get("choices") or value.get("labels") or value.get("taxonomy") or ()
    return list(found) if isinstance(found, list) else [found]


def _choice(words: Sequence[Any]) -> Flat:
    """Return the one word that was chosen, or why it is not one."""
    said = list(dict.fromkeys(str(word) for word in words if word not in (None, "")))
    if len(said) > 1:
        return {WHY: f"says several things at once: {', '.join(said)}"}
    return {"verdict": said[0]} if said else {WHY: "no verdict was chosen"}


def _prodigy(fields: Mapping[str, Any]) -> Flat:
    """Read a task: accept and reject are the verdict of a yes-or-no task, and only say "sent" of a choice."""
    ident = _named(fields.get("meta"), fields)
    who = fields.get("_annotator_id") or fields.get("_session_id")
    made: Flat = {"id": ident, "curator": who, "time": fields.get("_timestamp")}
    answer = str(fields.get("answer") or "")
    if answer == "ignore":
        return made | {"verdict": "skipped"}
    if "options" in fields or isinstance(fields.get("accept"), list):
        return made | (
            _choice(fields.get("accept") or []) if answer == "accept" else {WHY: f"its answer is {answer!r}"}
        )
    return made | ({"verdict": answer} if answer else {WHY: "nobody has answered it"})


def _argilla(fields: Mapping[str, Any]) -> Iterator[Flat]:
    ident = _named(fields.get("metadata"), {"id": fields.get("external_id")}, fields)
    answers = list(_argilla_answers(fields))
    if not answers:
        yield {"id": ident, WHY: "nobody has answered it"}
    for who, status, values in answers:
        made: Flat = {"id": ident, "curator": who, "time": fields.get("updated_at") or fields.get("inserted_at")}
        if status == "discarded":
            yield made | {"verdict": "skipped"}
        elif status in ("draft", "pending"):
            yield made | {WHY: f"is a {status} answer that nobody submitted"}
        else:
            yield made | _choice(values)


def _argilla_answers(fields: Mapping[str, Any]) -> Iterator[tuple[Any, str, list[Any]]]:
    """Yield person, status and words of each answer, of the three forms in which they are written."""
    given = fields.get("responses")
    if isinstance(given, Mapping):
        # Records of version 2: question -> [{value, user_id, status}].
        for one in (one for answers in given.values() for one in answers or () if isinstance(one, Mapping)):
            yield _person(one.get("user_id")), str(one.get("status") or ""), _listed(one.get("value"))
        return
    if isinstance(given, list):
        # Records of version 1: [{user_id, status, values: {question: {value}}}].
        for one in (one for one in given if isinstance(one, Mapping)):
            values = one.get("values") or {}
            words = [_inner(value) for value in values.values()] if isinstance(values, Mapping) else []
            yield (
                _person(one.get("user_id")),
                str(one.get("status") or ""),
                [w for word in words for w in _listed(word)],
            )
        return
    # Columns of a data set: question.responses, question.responses.users, question.responses.status.
    for name in (name for name in fields if name.endswith(".responses")):
        words, people, states = (fields.get(f"{name}{tail}") or [] for tail in ("", ".users", ".status"))
        for place, word in enumerate(_listed(words)):
            yield _at(people, place), str(_at(states, place) or ""), _listed(word)


def _inner(value: Any) -> Any:
    return value.get("value") if isinstance(value, Mapping) else value


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]


def _at(values: Any, place: int) -> Any:
    return values[place] if isinstance(values, (list, tuple)) and place < len(values) else None
