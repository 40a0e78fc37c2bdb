"""Taxonomies as others write them: our TOML, indented text, Markdown, JSON, YAML records, CSV of paths or parents.

What comes out is a list of paths from the root to a point. Only the ends of branches are points; the first level
above a point is its area.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.core import lenient_json
from engine.core.errors import BadInput
from engine.core.files import read_text
from engine.core.lenient_json import MOST_LEVELS
from engine.knowledge.taxonomy import Taxonomy
from engine.seeds import topic_paths
from engine.seeds.names import key

NamePath = tuple[str, ...]
_NAME = ("name", "title", "label", "topic", "text", "point", "description", "id", "名称", "知识点")
_BELOW = "children subtopics topics nodes points items sub concepts skills standards chapters sections 子节点"
_CHILDREN = frozenset(_BELOW.split())
_PARENT = frozenset(("parent", "parentid", "parentname", "broader", "父节点"))
_IDENT = ("id", "code", "key", "nodeid", "编号")
_LEVEL = re.compile(r"(?:level|cate|category|cat|topic|domain|l|tier)_?\d+\Z")
_HEADING = re.compile(r"(#{1,6})\s+(.+)")
_ENTRY = re.compile(r"(\s*)(?:[-*+•]\s+|\d+(?:\.\d+)*[.)]\s+|(?:\d+\.)+\d+\s+)?(.*\S)")
_YAML = re.compile(r"^-\s+\w+:\s", re.MULTILINE)
_FIELD = re.compile(r"^(-?)\s*(\w+):\s*(.*?)\s*$")
_TAB = 4
_LONGEST_NAME = 300
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ReadTaxonomy:
    """The paths of a file in its order, and what could not be read with the reason."""

    paths: tuple[NamePath, ...]
    skipped: tuple[tuple[str, str], ...] = ()


def read(path: Path) -> ReadTaxonomy:
    """Return the paths of a taxonomy; BadInput where the file holds none."""
    # Not Path.is_dir, which raises for a name that no file can have: that is told below.
    if os.path.isdir(path) or path.suffix == ".toml":
        tree = Taxonomy.load(path)
        return ReadTaxonomy(tuple(tree.path_of(point.name) for point in tree.points))
    found = _read(read_text(path), path)
    if not found.paths:
        do = "Known: our TOML, indented text, a Markdown list, CSV of paths or id and parent, a JSON tree."
        raise BadInput("holds no taxonomy.", where=str(path), do=do)
    return found


def _read(text: str, path: Path) -> ReadTaxonomy:
    if text.lstrip()[:1] in ("{", "["):
        try:
            return _of_json(lenient_json.loads(text))
        except ValueError as error:
            raise BadInput(f"is not valid JSON: {error}.", where=str(path), do="Mend the file.") from error
    if _YAML.search(text):
        return _of_json(list(_yaml_records(text)))
    first = next((line for line in text.splitlines() if line.strip()), "")
    read_rows = csv.reader(io.StringIO(text), delimiter=max(",;\t|", key=first.count))
    try:
        rows = [row for row in read_rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        where = f"{path}, line {read_rows.line_num}"
        raise BadInput(f"cannot be read as a table: {error}.", where=where, do="Close the quotes in it.") from error
    if rows and _is_header(rows[0]):
        names = [key(name) for name in rows[0]]
        return _of_rows(names, rows[1:])
    return _leaves(list(_outline(text)))


def _is_header(cells: list[str]) -> bool:
    names = [key(cell) for cell in cells]
    tree = any(name in _PARENT for name in names)
    levels = sum(_LEVEL.match(name) is not None for name in names)
    return tree or levels > 1 or (len(names) < 4 and names[0] in ("path", "topicpath", "knowledgepoint", "route"))


def _of_rows(names: list[str], rows: list[list[str]]) -> ReadTaxonomy:
    records = [dict(zip(names, map(str.strip, row), strict=False)) for row in rows]
    if any(name in _PARENT for name in names):
        return _of_parents(records)
    levels = [name for name in names if _LEVEL.match(name)]
    if len(levels) > 1:
        return _leaves([tuple(text for level in levels if (text := record.get(level, ""))) for record in records])
    texts = [record[names[0]] for record in records]
    slashes = topic_paths.slashes_part(texts)
    return _leaves([topic_paths.parts(text, slashes) for text in texts if text])


def _of_json(value: Any) -> ReadTaxonomy:
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        small = [{key(str(name)): held for name, held in one.items()} for one in value]
        if any(_PARENT & set(one) for one in small):
            return _of_parents(
                [{name: str(held) if held is not None else "" for name, held in one.items()} for one in small]
            )
    return _leaves(list(_branches(value, ())))


def _branches(value: Any, above: NamePath) -> Iterator[NamePath]:
    if isinstance(value, list):
        for one in value:
            yield from _branches(one, above)
    elif isinstance(value, Mapping):
        yield from _of_mapping(value, above)
    elif isinstance(value, str | int | float) and str(value).strip():
        yield (*above, *topic_paths.parts(str(value)))


def _of_mapping(value: Mapping[str, Any], above: NamePath) -> Iterator[NamePath]:
    small = {key(str(name)): held for name, held in value.items()}
    own = next((str(small[name]) for name in _NAME if isinstance(small.get(name), str | int)), "")
    below = [held for name, held in small.items() if name in _CHILDREN and isinstance(held, list | Mapping)]
    if own:
        here = (*above, own.strip())
        yield here
        for held in below:
            yield from _branches(held, here)
        return
    for name, held in value.items():
        here = (
            above if key(str(name)) in _CHILDREN or str(name) in ("taxonomy", "root") else (*above, str(name).strip())
        )
        if here != above:
            yield here
        yield from _branches(held, here) if held is not None else ()


def _of_parents(records: list[dict[str, str]]) -> ReadTaxonomy:
    """Follow each row up to its root; rows in a circle and rows without their parent are left out, with the reason."""
    parent = next(name for record in records for name in record if name in _PARENT)
    known: dict[str, tuple[str, str]] = {}
    for record in records:
        name = next((record[one] for one in _NAME if record.get(one)), "")
        ident = next((record[one] for one in _IDENT if record.get(one)), name)
        if ident:
            known[ident] = name or ident, record.get(parent, "")
    by_name = {name: ident for ident, (name, _) in known.items()}
    paths, skipped = [], []
    for ident, (name, _) in known.items():
        path, why = _up(ident, known, by_name)
        if why:
            skipped.append((name, why))
        else:
            paths.append(path)
    found = _leaves(paths)
    return ReadTaxonomy(found.paths, (*found.skipped, *skipped))


def _up(ident: str, known: Mapping[str, tuple[str, str]], by_name: Mapping[str, str]) -> tuple[NamePath, str]:
    path: list[str] = []
    seen = set[str]()
    at = ident
    while (at and at not in ("0", "None", "null", "root", "-1")) or at in known:
        if at not in known and at in by_name:
            at = by_name[at]
        if at not in known:
            return (), f"its parent {at} is not there"
        if at in seen:
            return (), "its parents go round in a circle"
        if len(seen) > MOST_LEVELS:
            return (), f"stands more than {MOST_LEVELS} levels deep"
        seen.add(at)
        name, at = known[at]
        path.insert(0, name)
    return tuple(path), ""


def _yaml_records(text: str) -> Iterator[dict[str, str]]:
    """Yield the records of a flat YAML list; nested values are passed over."""
    record: dict[str, str] = {}
    for line in text.splitlines():
        hit = _FIELD.match(line)
        if hit and hit[1] and record:
            yield record
            record = {}
        if hit and hit[3]:
            record[hit[2]] = hit[3].strip("\"'")
    if record:
        yield record


def _outline(text: str) -> Iterator[NamePath]:
    """Yield the entries of headings and of lists and lines by their depth."""
    heads: list[tuple[int, str]] = []
    lines: list[tuple[int, str]] = []
    rows = [line.expandtabs(_TAB) for line in text.splitlines() if line.strip() and line.strip("-=* ")]
    slashes = topic_paths.slashes_part([line.strip(" -*+") for line in rows])
    for line in rows:
        if heading := _HEADING.match(line.strip()):
            heads = [*(one for one in heads if one[0] < len(heading[1])), (len(heading[1]), heading[2].strip())]
            lines = []
            yield tuple(name for _, name in heads)
        elif entry := _ENTRY.match(line):
            depth = len(entry[1])
            names = topic_paths.parts(entry[2].strip("*_`"), slashes)
            lines = [*(one for one in lines if one[0] < depth), *((depth, name) for name in names)]
            yield tuple(name for _, name in (*heads, *lines))


def _unusable(path: NamePath) -> str:
    """Say why a path cannot be one of a taxonomy; '' where it can."""
    if len(path) > MOST_LEVELS:
        return f"stands more than {MOST_LEVELS} levels deep"
    if any(len(name) > _LONGEST_NAME for name in path):
        return f"has a name of more than {_LONGEST_NAME} characters above it or itself"
    if any(not name.isprintable() for name in path):
        return "holds signs that cannot be printed in its name or above it"
    return ""


def _leaves(paths: list[NamePath]) -> ReadTaxonomy:
    """Keep the paths that no other goes on from, each once; a name that stands twice keeps its first place."""
    skipped = [(path[-1][:_SHOWN], why) for path in paths if (why := _unusable(path))]
    paths = [path for path in paths if not _unusable(path)]
    inner = {path[:depth] for path in paths for depth in range(1, len(path))}
    kept: dict[str, NamePath] = {}
    for path in (path for path in paths if path and path not in inner):
        first = kept.get(path[-1].casefold())
        if first is None:
            kept[path[-1].casefold()] = path
        else:
            skipped.append((path[-1], f"stands already under {topic_paths.SHOWN.join(first[:-1]) or 'the root'}"))
    return ReadTaxonomy(tuple(kept.values()), tuple(skipped))
