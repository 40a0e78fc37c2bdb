"""The source of the house as trees: what a name means, who calls a function, what a field may hold."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = Function | ast.Lambda
_FILLING = frozenset(("append", "extend", "insert", "add", "update", "appendleft"))
_NUMBERS = frozenset(("int", "float", "bool", "date", "datetime", "timedelta", "None"))


@dataclass(eq=False)
class Source:
    """One module: its tree, what it imports, and where each node stands."""

    name: str
    path: str
    tree: ast.Module

    @classmethod
    def read(cls, text: str, path: str) -> Source:
        """Parse `text`; `path` is relative to the root."""
        name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return cls(name, path, ast.parse(text))

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """Each node's parent."""
        found: dict[ast.AST, ast.AST] = {}
        waiting: list[ast.AST] = [self.tree]
        while waiting:
            node = waiting.pop()
            inside = list(ast.iter_child_nodes(node))
            found.update(dict.fromkeys(inside, node))
            waiting += inside
        return found

    @cached_property
    def imports(self) -> dict[str, str]:
        """Name here -> full name there."""
        found: dict[str, str] = {}
        for node in self.parents:
            if isinstance(node, ast.ImportFrom) and node.module:
                found.update({each.asname or each.name: f"{node.module}.{each.name}" for each in node.names})
            elif isinstance(node, ast.Import):
                found.update({each.asname or each.name.split(".")[0]: each.name for each in node.names})
        return found

    def scopes(self, node: ast.AST) -> Iterator[Scope]:
        """Yield the functions around a node, the innermost first."""
        at: ast.AST | None = node
        while at := self.parents.get(at):
            if isinstance(at, Scope):
                yield at

    @cached_property
    def streamlit(self) -> bool:
        """Whether the module draws."""
        return any(full.split(".")[0] == "streamlit" for full in self.imports.values())

    @cached_property
    def constants(self) -> dict[str, list[ast.expr]]:
        """Name -> what is assigned to it at the top of the module."""
        return assigned(self.tree.body)

    @cached_property
    def functions(self) -> dict[str, Function]:
        """The functions at the top of the module."""
        return {node.name: node for node in self.tree.body if isinstance(node, Function)}

    @cached_property
    def calls(self) -> list[ast.Call]:
        """Every call."""
        return [node for node in self.parents if isinstance(node, ast.Call)]


def assigned(body: Sequence[ast.AST]) -> dict[str, list[ast.expr]]:
    """Return what plain assignments give to each name; `+=` counts, and so does what is appended."""
    found: dict[str, list[ast.expr]] = defaultdict(list)
    for top in body:
        for node in ast.walk(top):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    _bind(target, node.value, found)
            elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value is not None:
                _bind(node.target, node.value, found)
            elif isinstance(node, ast.For | ast.comprehension):
                _bind_loop(node.target, node.iter, found)
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                _bind(node.optional_vars, node.context_expr, found)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
                if name and node.func.attr in _FILLING:
                    found[name].extend([*node.args, *(each.value for each in node.keywords)])
    return found


def _bind(target: ast.expr, value: ast.expr, found: dict[str, list[ast.expr]]) -> None:
    if isinstance(target, ast.Name):
        found[target.id].append(value)
    elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
        found[target.value.id].append(value)
    elif isinstance(target, ast.Starred):
        _bind(target.value, value, found)
    elif isinstance(target, ast.Tuple | ast.List):
        apart = value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts) else None
        for place, each in enumerate(target.elts):
            _bind(each, apart[place] if apart else value, found)


def _bind_loop(target: ast.expr, over: ast.expr, found: dict[str, list[ast.expr]]) -> None:
    name = over.func.id if isinstance(over, ast.Call) and isinstance(over.func, ast.Name) else ""
    if isinstance(target, ast.Tuple) and name == "enumerate":
        _bind(target.elts[0], ast.Constant(0), found)
        _bind_loop(target.elts[1], over.args[0], found)
    elif isinstance(target, ast.Tuple) and name == "zip" and len(over.args) == len(target.elts):
        for each, part in zip(target.elts, over.args, strict=True):
            _bind_loop(each, part, found)
    elif (
        isinstance(over, ast.List | ast.Tuple) and over.elts and not any(isinstance(e, ast.Starred) for e in over.elts)
    ):
        for each in over.elts:
            _bind(target, each, found)
    else:
        _bind(target, over, found)


class House:
    """All modules together."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.modules: Mapping[str, Source] = {source.name: source for source in sources}
        self._fields: dict[str, list[ast.expr | None]] = defaultdict(list)
        self.home: dict[Function, Source] = {}
        self.methods: dict[str, list[Function]] = defaultdict(list)
        self.classes: set[str] = set()
        for source in sources:
            for node in source.tree.body:
                if isinstance(node, Function):
                    self.home[node] = source
                elif isinstance(node, ast.ClassDef):
                    self.classes.add(f"{source.name}.{node.name}")
                    self._class(node, source)

    @classmethod
    def standing(cls, *folders: str) -> House:
        """Read the folders as they stand."""
        paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
        return cls([Source.read(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()) for path in paths])

    def function(self, full: str) -> Function | None:
        """Return the function of a dotted name, through what a package hands on."""
        module, _, name = full.rpartition(".")
        source = self.modules.get(module)
        if source is None:
            return None
        if name in source.functions:
            return source.functions[name]
        return self.function(source.imports[name]) if source.imports.get(name, full) != full else None

    def constant(self, full: str) -> tuple[Source, list[ast.expr]] | None:
        """Return what a dotted name is assigned."""
        module, _, name = full.rpartition(".")
        source = self.modules.get(module)
        if source is None:
            return None
        if name in source.constants:
            return source, source.constants[name]
        return self.constant(source.imports[name]) if source.imports.get(name, full) != full else None

    def named(self, name: str) -> list[tuple[Source, ast.expr]]:
        """Return where a name is used, bare, under another name, or after a dot."""
        return self._uses.get(name, [])

    @cached_property
    def _uses(self) -> dict[str, list[tuple[Source, ast.expr]]]:
        found: dict[str, list[tuple[Source, ast.expr]]] = defaultdict(list)
        for source in self.modules.values():
            for node in source.parents if source.path.startswith(("studio/", "pages/")) else ():
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                    found[source.imports.get(node.id, node.id).rpartition(".")[2]].append((source, node))
                elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                    found[node.attr].append((source, node))
        return found

    def counts(self, attribute: str) -> bool:
        """Whether every class that has such a field keeps a number or one of a few words in it."""
        kinds = self._fields.get(attribute)
        return bool(kinds) and all(kind is not None and self.tame_type(kind) for kind in kinds)

    def tame_type(self, kind: ast.expr) -> bool:
        """Whether a type holds numbers or literals only."""
        if isinstance(kind, ast.Constant):
            return kind.value is None or (
                isinstance(kind.value, str) and self.tame_type(ast.parse(kind.value, mode="eval").body)
            )
        if isinstance(kind, ast.BinOp):
            return self.tame_type(kind.left) and self.tame_type(kind.right)
        if isinstance(kind, ast.Subscript):
            head = kind.value.id if isinstance(kind.value, ast.Name) else ""
            parts = kind.slice.elts if isinstance(kind.slice, ast.Tuple) else [kind.slice]
            if head == "Annotated":
                return self.tame_type(parts[0])
            inner = [part for part in parts if not (isinstance(part, ast.Constant) and part.value is ...)]
            return head == "Literal" or (
                head in ("list", "tuple", "set", "frozenset", "Sequence", "Iterable", "Mapping", "dict")
                and all(self.tame_type(part) for part in inner)
            )
        name = kind.id if isinstance(kind, ast.Name) else kind.attr if isinstance(kind, ast.Attribute) else ""
        return name in _NUMBERS or name in self.literals

    @cached_property
    def literals(self) -> frozenset[str]:
        """Names of types that stand for a few words or a number, wherever they are defined."""
        found: dict[str, bool] = {}
        for source in self.modules.values():
            for name, values in source.constants.items():
                value = values[0]
                head = value.value.id if isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name) else ""
                number = (
                    head == "Annotated"
                    and isinstance(value.slice, ast.Tuple)
                    and isinstance(value.slice.elts[0], ast.Name)
                    and value.slice.elts[0].id in _NUMBERS
                )
                if head in ("Literal", "Annotated"):
                    found[name] = found.get(name, True) and (head == "Literal" or number)
        return frozenset(name for name, tame in found.items() if tame)

    def is_class(self, full: str) -> bool:
        """Whether a dotted name is a class of ours, through what a package hands on."""
        module, _, name = full.rpartition(".")
        source = self.modules.get(module)
        if full in self.classes or source is None:
            return full in self.classes
        return source.imports.get(name, full) != full and self.is_class(source.imports[name])

    def _class(self, node: ast.ClassDef, source: Source) -> None:
        for inside in node.body:
            if isinstance(inside, ast.AnnAssign) and isinstance(inside.target, ast.Name):
                self._fields[inside.target.id].append(inside.annotation)
            elif isinstance(inside, Function):
                self.methods[inside.name].append(inside)
                self.home[inside] = source
                if any("property" in ast.unparse(each) for each in inside.decorator_list):
                    self._fields[inside.name].append(inside.returns)
