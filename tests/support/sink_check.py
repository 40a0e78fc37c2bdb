"""Finds every place where text of a stranger would be read as Markdown by the browser."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.support import sinks
from tests.support.sources import Function, House, Source
from tests.support.tame import Brought, Origin, Tamer, Wild


@dataclass(frozen=True, order=True)
class Finding:
    """An origin, and the sink that it reaches."""

    path: str
    line: int
    text: str
    sink: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text} reaches {self.sink}"


@dataclass
class SinkCheck:
    """Walks all sinks of the parts of a house that draw."""

    tamer: Tamer
    found: set[Finding] = field(default_factory=set)
    _asked: set[tuple[object, str]] = field(default_factory=set)

    @property
    def house(self) -> House:
        """What is looked at."""
        return self.tamer.house

    def run(self) -> list[Finding]:
        """Return what is wrong, by place."""
        for source in self._drawing():
            for call in source.calls:
                name = sink_name(call, source)
                if name is not None:
                    self._sink(call, name, source)
            self._values(source)
        return sorted(self.found)

    def sinks(self) -> Iterator[tuple[Source, ast.Call, str]]:
        """Yield every call that draws Markdown."""
        for source in self._drawing():
            for call in source.calls:
                name = sink_name(call, source)
                if name is not None and sinks.markdown_parameters(name):
                    yield source, call, name

    def _drawing(self) -> list[Source]:
        return [
            each
            for each in self.house.modules.values()
            if each.streamlit and each.path.startswith(("studio/", "pages/"))
        ]

    def _sink(self, call: ast.Call, name: str, at: Source) -> None:
        where = f"st.{name}"
        if name in sinks.FORBIDDEN:
            self.found.add(Finding(at.path, call.lineno, sinks.FORBIDDEN[name], where))
        for each in call.keywords:
            if each.arg in sinks.UNSAFE and not isinstance(each.value, ast.Constant):
                self.found.add(Finding(at.path, call.lineno, f"{each.arg}={ast.unparse(each.value)}", where))
            elif each.arg is not None and each.arg.startswith("unsafe_") and each.value.value:
                self.found.add(Finding(at.path, call.lineno, f"{each.arg} is on", where))
        for parameter in sinks.markdown_parameters(name):
            origins = self._drawn(call, name, parameter, at)
            self._blame(origins, f"{where}({parameter})")

    def _drawn(self, call: ast.Call, name: str, parameter: str, at: Source) -> frozenset[Origin]:
        """Return what a call draws for a parameter that is not tame."""
        given = argument(call, name, parameter)
        if parameter == "format_func":
            options = argument(call, name, "options")
            held = self.tamer.wild(options, at) if options is not None else frozenset()
            return self.tamer.result(given, at, held) if given is not None else frozenset()
        if parameter == "options" and argument(call, name, "format_func") is not None:
            return frozenset()
        more = [each.value for each in call.keywords if each.arg is None]
        loose = [each for each in more if not _plain_keywords(each, at, self.tamer)]
        found = self.tamer.wild(given, at) if given is not None else frozenset()
        return found.union(*(self.tamer.wild(each, at) for each in loose)) if given is None else found

    def _blame(self, origins: frozenset[Origin], sink: str) -> None:
        for origin in origins:
            if isinstance(origin, Wild):
                self.found.add(Finding(origin.path, origin.line, origin.text, sink))
            elif (origin.function, origin.name) not in self._asked:
                self._asked.add((origin.function, origin.name))
                self._callers(origin, sink)

    def _callers(self, brought: Brought, sink: str) -> None:
        """Hold every caller to what it gives for a parameter that reaches a sink."""
        function = brought.function
        if isinstance(function, ast.Lambda):
            path, line = "lambda", function.lineno
            self.found.add(Finding(path, line, brought.name, sink))
            return
        via = f"{function.name}({brought.name}) -> {sink}"
        for source, node in self.house.named(function.name):
            if not self._means(node, function, source):
                continue
            around = source.parents.get(node)
            if isinstance(around, ast.Call) and around.func is node:
                given = self.tamer.argument(around, function, brought.name)
                self._blame(self.tamer.wild(given, source), via)
            elif not isinstance(around, ast.Attribute):
                # Whoever is handed a function calls it with what nobody sees.
                self._blame(self.tamer.raw(node, source), via)

    def _means(self, node: ast.expr, function: Function, at: Source) -> bool:
        found = self.tamer.called(node, at)
        if found is None and isinstance(node, ast.Attribute):
            return function in self.house.methods.get(node.attr, [])
        return found is function

    def _values(self, at: Source) -> None:
        """A sink that is used as a value would be called unseen."""
        for node in ast.walk(at.tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and at.imports.get(node.value.id) == "streamlit"
            ):
                around = at.parents.get(node)
                if (isinstance(around, ast.Call) and around.func is node) or isinstance(around, ast.Attribute):
                    continue
                if sinks.markdown_parameters(node.attr):
                    self._blame(self.tamer.raw(node, at), f"st.{node.attr} as a value")


def sink_name(call: ast.Call, at: Source) -> str | None:
    """Return the name of a drawing call; None for any other."""
    func = call.func
    if isinstance(func, ast.Name):
        full = at.imports.get(func.id, "")
        return (
            func.id
            if full.startswith("streamlit.") and (sinks.markdown_parameters(func.id) or func.id in sinks.FORBIDDEN)
            else None
        )
    if not isinstance(func, ast.Attribute) or not (
        sinks.markdown_parameters(func.attr) or func.attr in sinks.FORBIDDEN
    ):
        return None
    root = func.value
    while isinstance(root, ast.Attribute):
        root = root.value
    own = isinstance(root, ast.Name) and at.imports.get(root.id, "").startswith("streamlit")
    if own:
        return func.attr
    if (
        func.attr in sinks.SHARED
        or isinstance(root, ast.Constant)
        or (isinstance(root, ast.Name) and root.id in at.imports)
    ):
        return None
    return func.attr


def argument(call: ast.Call, name: str, parameter: str) -> ast.expr | None:
    """Return what a call gives for a parameter of Streamlit's function."""
    for each in call.keywords:
        if each.arg == parameter:
            return each.value
    place = sinks.position(name, parameter)
    if place is None:
        return None
    if any(isinstance(each, ast.Starred) for each in call.args[: place + 1]):
        return next(each for each in call.args if isinstance(each, ast.Starred)).value
    return call.args[place] if place < len(call.args) else None


def _plain_keywords(node: ast.expr, at: Source, tamer: Tamer) -> bool:
    """Whether `**node` is a display of keywords none of which is drawn."""
    drawn = {"label", "help", "body", "text", "options", "captions", "title", "value", "delta", "format_func"}
    shown = [node] if isinstance(node, ast.Dict) else []
    if isinstance(node, ast.Name):
        for scope in at.scopes(node):
            from tests.support.tame import _locals

            shown += [
                value for value in _locals(scope).get(node.id, []) if isinstance(value, ast.Dict | ast.IfExp | ast.Call)
            ]
    keys: list[str] = []
    for each in shown:
        for inside in ast.walk(each):
            if isinstance(inside, ast.Dict):
                keys += [key.value for key in inside.keys if isinstance(key, ast.Constant)]
            elif isinstance(inside, ast.keyword) and inside.arg:
                keys.append(inside.arg)
    return bool(shown) and not drawn & set(keys)
