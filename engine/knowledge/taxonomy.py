"""The tree of knowledge points: areas hold topics, topics hold points, points may need other points.

A taxonomy is a folder with one TOML file per area (or a single such file):

    [area]                      id, name, zh
    [topics.<id>]               name, stage, points = ["Place value", ...]
    [also]                      "Percent change" = ["Percentage change", ...]
    [zh]                        "Place value" = "位值"
    [needs]                     "Long division" = ["Short division", ...]

A need may name a point of another file. Point names are unique in the whole tree, whatever their case,
because runs, graphs and seeds know a point by its name alone. Other names that a model may use for
a point stand under `also`, so that it is found by these too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from engine.core import toml
from engine.core.errors import BadInput
from engine.core.records import KnowledgePoint, content_id
from engine.core.resources import shipped

Stage = Literal["primary", "lower secondary", "upper secondary", "university"]


@dataclass(frozen=True, slots=True)
class Area:
    """A branch of mathematics. `topics` are ids in the order of the file."""

    id: str
    name: str
    zh: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """What a chapter of a textbook is about. `id` is "area/topic"; `points` are names in teaching order."""

    id: str
    name: str
    area: str
    """Id of the area."""
    stage: Stage
    points: tuple[str, ...]


@dataclass(frozen=True)
class Taxonomy:
    """The whole tree, checked. Points are found by their name or any other name of theirs, whatever the case."""

    areas: tuple[Area, ...]
    topics: tuple[Topic, ...]
    needs: Mapping[str, tuple[str, ...]]
    """Point name to the points that a learner should know before; acyclic."""
    zh: Mapping[str, str]
    """Point name to its Chinese name, where one is given."""
    also: Mapping[str, tuple[str, ...]]
    """Point name to other names of it, where some are given."""
    version: str
    """Hash of the content: changes with any name, place, need or translation, not with layout or comments."""
    _places: Mapping[str, tuple[str, Topic]] = field(repr=False)

    @staticmethod
    def load(path: Path | None = None) -> Taxonomy:
        """Read a folder of TOML files, one file, or (None) the taxonomy that Lemma ships.

        BadInput names file and key of whatever is wrong: broken TOML, unknown keys, names used twice,
        needs that are no point, and needs that go round in a circle.
        """
        return _assembled(_read_all(path or shipped("taxonomy")))

    @cached_property
    def points(self) -> tuple[KnowledgePoint, ...]:
        """Every point as a record, in the order of the tree; its area is the name of the area."""
        names = {area.id: area.name for area in self.areas}
        return tuple(
            KnowledgePoint.make(name, origin="taxonomy", area=names[topic.area])
            for topic in self.topics
            for name in topic.points
        )

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.casefold() in self._places

    def __len__(self) -> int:
        return sum(len(topic.points) for topic in self.topics)

    def path_of(self, name: str) -> tuple[str, str, str]:
        """Return the names of area, topic and point; KeyError where it is no point."""
        spelled, topic = self._places[name.casefold()]
        area = next(area for area in self.areas if area.id == topic.area)
        return area.name, topic.name, spelled

    def area_of(self, name: str) -> str:
        """Return the name of a point's area; '' where the tree does not know the point."""
        return self.path_of(name)[0] if name in self else ""

    def children(self, node: str = "") -> tuple[str, ...]:
        """Return area ids under "", topic ids under an area id, point names under a topic id; KeyError otherwise."""
        if not node:
            return tuple(area.id for area in self.areas)
        branches = {area.id: area.topics for area in self.areas} | {topic.id: topic.points for topic in self.topics}
        return branches[node]


_Text = Annotated[str, StringConstraints(min_length=1, pattern=r"^\S(.*\S)?$")]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Head(_Entry):
    id: _Text
    name: _Text
    zh: _Text


class _Chapter(_Entry):
    name: _Text
    stage: Stage
    points: list[_Text]


class _File(_Entry):
    area: _Head
    topics: dict[_Text, _Chapter]
    also: dict[_Text, list[_Text]] = {}
    zh: dict[_Text, _Text] = {}
    needs: dict[_Text, list[_Text]] = {}


def _read_all(path: Path) -> dict[str, _File]:
    """Return the files by the name that messages give them; at least one."""
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not files:
        raise BadInput("holds no taxonomy file.", where=str(path), do="Put at least one .toml file there.")
    return {str(file): _read(file) for file in files}


def _read(file: Path) -> _File:
    try:
        return _File.model_validate(toml.read(file))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{first['msg']}.", where=f"{file}, {key}", do="See the form in data/README.md.") from error


def _assembled(files: dict[str, _File]) -> Taxonomy:
    areas, topics = _areas(files), tuple(_topics(files))
    places = _places(files, topics)
    also = dict(_other_names(files, places))
    needs = _needs(files, places)
    zh = dict(_translations(files, places))
    _refuse_circles(files, needs)
    content = [
        [[a.id, a.name, a.zh, a.topics] for a in areas],
        [[t.id, t.name, t.stage, t.points] for t in topics],
        [needs, zh, also],
    ]
    return Taxonomy(areas, topics, needs, zh, also, content_id("T", content), places)


def _areas(files: dict[str, _File]) -> tuple[Area, ...]:
    seen: dict[str, str] = {}
    areas = []
    for where, file in files.items():
        head = file.area
        if head.id in seen:
            raise BadInput(f"area id {head.id!r} is used in {seen[head.id]} too.", where=f"{where}, area.id")
        seen[head.id] = where
        areas.append(Area(head.id, head.name, head.zh, tuple(f"{head.id}/{key}" for key in file.topics)))
    return tuple(areas)


def _topics(files: dict[str, _File]) -> Iterator[Topic]:
    for file in files.values():
        for key, chapter in file.topics.items():
            yield Topic(f"{file.area.id}/{key}", chapter.name, file.area.id, chapter.stage, tuple(chapter.points))


def _places(files: dict[str, _File], topics: tuple[Topic, ...]) -> dict[str, tuple[str, Topic]]:
    """Return casefolded point name to (spelling, topic); a name that stands twice is refused."""
    where = {file.area.id: name for name, file in files.items()}
    places: dict[str, tuple[str, Topic]] = {}
    for topic in topics:
        for name in topic.points:
            if name.casefold() in places:
                first = places[name.casefold()][1]
                raise BadInput(
                    f"{name!r} already stands in topic {first.id} ({where[first.area]}).",
                    where=f"{where[topic.area]}, topics.{topic.id.split('/')[1]}.points",
                    do="Keep it in one place.",
                )
            places[name.casefold()] = name, topic
    return places


def _other_names(
    files: dict[str, _File], places: dict[str, tuple[str, Topic]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield point name and its other names, and enter these into `places`."""
    for where, file in files.items():
        for name, others in file.also.items():
            key = f"{where}, also.{name}"
            point = places[_known(name, places, key).casefold()]
            for other in others:
                taken = places.setdefault(other.casefold(), point)
                if taken is not point or other.casefold() == point[0].casefold():
                    raise BadInput(f"{other!r} already means {taken[0]!r}.", where=key, do="Keep it in one place.")
            yield point[0], tuple(others)


def _needs(files: dict[str, _File], places: Mapping[str, tuple[str, Topic]]) -> dict[str, tuple[str, ...]]:
    needs: dict[str, tuple[str, ...]] = {}
    for where, file in files.items():
        for name, before in file.needs.items():
            key = f"{where}, needs.{name}"
            spelled = _known(name, places, key)
            if spelled in needs:
                raise BadInput(f"the needs of {spelled!r} are listed twice.", where=key, do="Join the two lists.")
            needs[spelled] = tuple(dict.fromkeys(_known(need, places, key) for need in before))
    return needs


def _translations(files: dict[str, _File], places: Mapping[str, tuple[str, Topic]]) -> Iterator[tuple[str, str]]:
    for where, file in files.items():
        for name, text in file.zh.items():
            yield _known(name, places, f"{where}, zh.{name}"), text


def _known(name: str, places: Mapping[str, tuple[str, Topic]], where: str) -> str:
    if name.casefold() not in places:
        raise BadInput(f"{name!r} is no point of the tree.", where=where, do="Add it to a topic or mend the spelling.")
    return places[name.casefold()][0]


def _refuse_circles(files: dict[str, _File], needs: Mapping[str, tuple[str, ...]]) -> None:
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1][::-1]
        where = next(name for name, file in files.items() if circle[0].casefold() in map(str.casefold, file.needs))
        raise BadInput(
            f"needs go round in a circle: {' needs '.join(circle)}.",
            where=f"{where}, needs.{circle[0]}",
            do="Take one of these needs out.",
        ) from error
