"""Whether an expression can hold text of a stranger that Markdown would read; follows names, calls and parameters.

Tame are literals, numbers, words out of a fixed few, and what went through a function of `studio.text`. What is not is
returned as its origin: the expression, or the parameter that brings it, which its callers answer for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tests.support.sources import Function, House, Scope, Source, assigned

CLEANERS = frozenset(
    f"studio.text.{name}"
    for name in ("markdown.escape", "markdown.rich", "markdown.code", "markdown.unlinked", "diff.changes")
)
"""What makes Markdown out of any text."""
COUNTING = frozenset(
    ("len", "int", "float", "round", "abs", "bool", "any", "all", "isinstance", "range", "ord", "hash")
)
GATHERING = frozenset(
    ("min", "max", "sorted", "list", "tuple", "set", "frozenset", "reversed",
     "dict", "next", "iter", "enumerate", "zip",
     "str", "sum", "types.MappingProxyType")
)  # fmt: skip
CARRYING = frozenset(
    [
        "join",
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "capitalize",
        "title",
        "removeprefix",
        "removesuffix",
        "split",
        "rsplit",
        "splitlines",
        "partition",
        "rpartition",
        "format",
        "replace",
        "get",
        "pop",
        "items",
        "values",
        "keys",
        "setdefault",
        "copy",
        "union",
    ]
)
"""Methods whose outcome is made of the object and the arguments."""
NUMBERS = frozenset(("index", "count", "total_seconds", "isoformat", "timestamp", "bit_length"))
"""Methods that return a number or a time."""
CHOOSING = frozenset(("selectbox", "multiselect", "segmented_control", "pills", "radio"))
COUNTED = frozenset(("toggle", "checkbox", "number_input", "slider", "button", "pagination"))
"""Widgets that return one of their options, and those that return a number."""
_NUMBER_FORMAT = re.compile(r"[+\- ]?\d*(?:,|,?(?:\.\d+)?[%dfgeEFGnbxX])\Z|,?\.\d+[%fgeE]\Z|%[YmdHMS:\- %b]+\Z")


@dataclass(frozen=True)
class Wild:
    """An expression that nothing has made tame."""

    path: str
    line: int
    text: str


@dataclass(frozen=True)
class Brought:
    """A parameter: whoever calls the function answers for it."""

    function: Scope
    name: str


Origin = Wild | Brought
Bound = Mapping[str, frozenset[Origin]]


@dataclass
class Tamer:
    """Looks at expressions of one house."""

    house: House
    allowed: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(path, expression) -> why it may stand as it is."""
    used: set[tuple[str, str]] = field(default_factory=set)
    _open: set[object] = field(default_factory=set)
    _cut: set[object] = field(default_factory=set)
    _known: dict[object, frozenset[Origin]] = field(default_factory=dict)

    def wild(self, node: ast.expr | None, at: Source, bound: Bound | None = None) -> frozenset[Origin]:
        """Return the origins of what is not tame in `node`; `bound` says what parameters of lambdas hold."""
        if node is None:
            return frozenset()
        bound = bound or {}
        look = getattr(self, f"_{type(node).__name__.lower()}", None)
        if look is not None:
            return look(node, at, bound)
        if isinstance(node, ast.Compare | ast.Constant):
            return frozenset()
        return self.raw(node, at)

    def result(self, node: ast.expr, at: Source, given: frozenset[Origin]) -> frozenset[Origin]:
        """Return what a function that is handed over as a value makes of `given`."""
        if isinstance(node, ast.Lambda):
            return self.wild(node.body, at, dict.fromkeys((arg.arg for arg in node.args.args), given))
        if isinstance(node, ast.Attribute) and node.attr in (*CARRYING, "__getitem__"):
            own = self.dotted(node.value, at) == "str"
            return given if own else self.wild(node.value, at)
        if isinstance(node, ast.Name) and node.id == "str":
            return given
        full = self.dotted(node, at)
        if full in CLEANERS:
            return frozenset()
        found = self.called(node, at)
        if found is None:
            return self.raw(node, at)
        return self._replaced(self.returned(found), {arg.arg: given for arg in _parameters(found)})

    def called(self, node: ast.expr, at: Source) -> Function | None:
        """Return the function that a name or attribute means, if it is one of ours."""
        if isinstance(node, ast.Name):
            for scope in at.scopes(node):
                if node.id in (inner := _nested(scope)):
                    self.house.home[inner[node.id]] = at
                    return inner[node.id]
        full = self.dotted(node, at)
        function = self.house.function(full) if full else None
        if function is not None or not full:
            return function
        other = self.house.constant(full)
        if other is None or len(other[1]) != 1 or not isinstance(other[1][0], ast.Name | ast.Attribute):
            return None
        return self.house.function(self.dotted(other[1][0], other[0]))

    def dotted(self, node: ast.expr, at: Source) -> str:
        """Return the full name of a name or attribute; '' where it hangs on something else."""
        if isinstance(node, ast.Name):
            if node.id in at.functions or node.id in at.constants or f"{at.name}.{node.id}" in self.house.classes:
                return f"{at.name}.{node.id}"
            return at.imports.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            before = self.dotted(node.value, at)
            return f"{before}.{node.attr}" if before else ""
        return ""

    def returned(self, function: Function) -> frozenset[Origin]:
        """Return what a function gives back that is not tame, with its parameters where they come through."""
        if function.returns is not None and self.house.tame_type(function.returns):
            return frozenset()
        at = self.house.home[function]
        return self._once(function, lambda: frozenset().union(*(self.wild(each, at) for each in _given_back(function))))

    def argument(self, call: ast.Call, function: Function, name: str) -> ast.expr | None:
        """Return what a call gives for a parameter, or its default."""
        for each in call.keywords:
            if each.arg == name:
                return each.value
        own = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)]
        if own[:1] in (["self"], ["cls"]):
            own = own[1:]
        if name in own and own.index(name) < len(call.args):
            found = call.args[own.index(name)]
            return found.value if isinstance(found, ast.Starred) else found
        if function.args.vararg is not None and function.args.vararg.arg == name:
            return ast.Tuple([*call.args[len(own) :]], ast.Load())
        for each in call.args:
            if isinstance(each, ast.Starred):
                return each.value
        return _default(function, name)

    def raw(self, node: ast.expr, at: Source) -> frozenset[Origin]:
        text = ast.unparse(node)
        if (at.path, text) in self.allowed:
            self.used.add((at.path, text))
            return frozenset()
        return frozenset([Wild(at.path, node.lineno if hasattr(node, "lineno") else 0, text)])

    def _all(self, nodes: Iterator[ast.expr] | list[ast.expr], at: Source, bound: Bound) -> frozenset[Origin]:
        return frozenset().union(*(self.wild(node, at, bound) for node in nodes))

    def _joinedstr(self, node: ast.JoinedStr, at: Source, bound: Bound) -> frozenset[Origin]:
        return self._all(node.values, at, bound)

    def _formattedvalue(self, node: ast.FormattedValue, at: Source, bound: Bound) -> frozenset[Origin]:
        spec = node.format_spec
        if isinstance(spec, ast.JoinedStr):
            words = "".join(part.value if isinstance(part, ast.Constant) else "1" for part in spec.values)
            if _NUMBER_FORMAT.match(words):
                return frozenset()
        return self.wild(node.value, at, bound)

    def _binop(self, node: ast.BinOp, at: Source, bound: Bound) -> frozenset[Origin]:
        if isinstance(node.op, ast.Sub | ast.FloorDiv | ast.Pow):
            return frozenset()
        return self._all([node.left, node.right], at, bound)

    def _boolop(self, node: ast.BoolOp, at: Source, bound: Bound) -> frozenset[Origin]:
        return self._all(node.values, at, bound)

    def _ifexp(self, node: ast.IfExp, at: Source, bound: Bound) -> frozenset[Origin]:
        return self._all([node.body, node.orelse], at, bound)

    def _unaryop(self, node: ast.UnaryOp, at: Source, bound: Bound) -> frozenset[Origin]:
        return frozenset() if isinstance(node.op, ast.Not | ast.USub) else self.wild(node.operand, at, bound)

    def _tuple(self, node: ast.Tuple | ast.List | ast.Set, at: Source, bound: Bound) -> frozenset[Origin]:
        return self._all(node.elts, at, bound)

    _list = _set = _tuple

    def _dict(self, node: ast.Dict, at: Source, bound: Bound) -> frozenset[Origin]:
        return self._all([each for each in (*node.keys, *node.values) if each is not None], at, bound)

    def _starred(self, node: ast.Starred, at: Source, bound: Bound) -> frozenset[Origin]:
        return self.wild(node.value, at, bound)

    def _namedexpr(self, node: ast.NamedExpr, at: Source, bound: Bound) -> frozenset[Origin]:
        return self.wild(node.value, at, bound)

    def _generatorexp(self, node: ast.GeneratorExp, at: Source, bound: Bound) -> frozenset[Origin]:
        local = assigned(list(node.generators))
        held = {name: self._all(values, at, bound) for name, values in local.items()}
        return self.wild(node.elt, at, {**bound, **held})

    _listcomp = _setcomp = _generatorexp

    def _dictcomp(self, node: ast.DictComp, at: Source, bound: Bound) -> frozenset[Origin]:
        held = {name: self._all(values, at, bound) for name, values in assigned(list(node.generators)).items()}
        return self._all([node.key, node.value], at, {**bound, **held})

    def _subscript(self, node: ast.Subscript, at: Source, bound: Bound) -> frozenset[Origin]:
        cut = isinstance(node.slice, ast.Slice) and isinstance(node.value, ast.Call)
        if cut and self.dotted(node.value.func, at) in CLEANERS:
            return self.raw(node, at)  # a cut can end behind a backslash, which then frees what follows
        return self.wild(node.value, at, bound)

    def _attribute(self, node: ast.Attribute, at: Source, bound: Bound) -> frozenset[Origin]:
        full = self.dotted(node, at)
        found = self.house.constant(full) if full else None
        if found is not None:
            return self._all(found[1], found[0], {})
        if full and self.house.function(full) is not None:
            return frozenset()
        if self.house.counts(node.attr) or self._cleaned(node.value, at):
            return frozenset()
        root: ast.expr = node.value
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        known = self.house.constant(self.dotted(root, at)) if isinstance(root, ast.Name) else None
        if known is not None and not any(_defines(scope, root.id) for scope in at.scopes(node)):
            return self._held((known[0].name, root.id), known[1], known[0])
        return self.raw(node, at)

    def _cleaned(self, node: ast.expr, at: Source) -> bool:
        """Whether a name was given the outcome of a cleaner, whose parts are tame."""
        if not isinstance(node, ast.Name):
            return False
        values = next((found[node.id] for scope in at.scopes(node) if node.id in (found := _locals(scope))), [])
        return bool(values) and all(isinstance(v, ast.Call) and self.dotted(v.func, at) in CLEANERS for v in values)

    def _name(self, node: ast.Name, at: Source, bound: Bound) -> frozenset[Origin]:
        if node.id in bound:
            return bound[node.id]
        for scope in at.scopes(node):
            local, taken = _locals(scope).get(node.id, []), _takes(scope, node.id)
            if local or taken:
                own = self._parameter(scope, node.id) if taken else frozenset()
                return own | self._held((scope, node.id), local, at)
        if self.house.function(self.dotted(node, at)) is not None:
            return frozenset()  # a function among texts is never drawn itself
        found = self.house.constant(self.dotted(node, at))
        return self.raw(node, at) if found is None else self._held((found[0].name, node.id), found[1], found[0])

    def _held(self, key: object, values: list[ast.expr], at: Source) -> frozenset[Origin]:
        """Return what a name may hold; a name that is made of itself adds nothing."""
        return self._once(key, lambda: self._all(values, at, {}))

    def _once(self, key: object, look: Callable[[], frozenset[Origin]]) -> frozenset[Origin]:
        """Look once; what rests on something that is still being looked at is looked at again."""
        if key in self._known:
            return self._known[key]
        if key in self._open:
            self._cut.add(key)
            return frozenset()
        self._open.add(key)
        found = look()
        self._open.discard(key)
        self._cut.discard(key)
        if not self._cut:
            self._known[key] = found
        return found

    def _parameter(self, scope: Scope, name: str) -> frozenset[Origin]:
        kind = next((arg.annotation for arg in _parameters(scope) if arg.arg == name), None)
        if kind is not None and self.house.tame_type(kind):
            return frozenset()
        return frozenset([Brought(scope, name)])

    def _call(self, node: ast.Call, at: Source, bound: Bound) -> frozenset[Origin]:
        full = self.dotted(node.func, at)
        if full in CLEANERS or full in COUNTING or full in ("time.strftime", "time.time"):
            return frozenset()
        parts = [*node.args, *(each.value for each in node.keywords)]
        if full == "map" and len(parts) == 2:
            return self.result(parts[0], at, self.wild(parts[1], at, bound))
        if full in GATHERING or full == "studio.text.markdown.joined":
            return self._all([part for part in parts if not isinstance(part, ast.Lambda)], at, bound)
        function = self.called(node.func, at)
        if function is not None:
            origins = self.returned(function)
            through = {each.name for each in origins if isinstance(each, Brought) and each.function is function}
            held = {name: self.wild(self.argument(node, function, name), at, bound) for name in through}
            return self._replaced(origins, held, function)
        if full and self.house.is_class(full):
            return self._all(parts, at, bound)
        if isinstance(node.func, ast.Attribute):
            if node.func.attr in NUMBERS or node.func.attr in COUNTED:
                return frozenset()
            if node.func.attr == "strftime":
                return self._all(parts, at, bound)
            if node.func.attr in CHOOSING and not any(each.arg == "accept_new_options" for each in node.keywords):
                options = [each.value for each in node.keywords if each.arg == "options"] or node.args[1:2]
                return self._all(options, at, bound)
            if node.func.attr in ("get", "pop", "setdefault", "index"):
                return self._all([node.func.value, *parts[1:]], at, bound)  # what is asked for does not come out
            if node.func.attr in CARRYING:
                return self._all([node.func.value, *parts], at, bound)
            methods = self.house.methods.get(node.func.attr, [])
            if methods and all(each.returns is not None and self.house.tame_type(each.returns) for each in methods):
                return frozenset()
        return self.raw(node, at)

    def _replaced(self, origins: frozenset[Origin], held: Bound, function: Function | None = None) -> frozenset[Origin]:
        found: set[Origin] = set()
        for origin in origins:
            own = isinstance(origin, Brought) and (function is None or origin.function is function)
            found |= held[origin.name] if own and origin.name in held else {origin}
        return frozenset(found)


def _locals(scope: Scope) -> dict[str, list[ast.expr]]:
    if isinstance(scope, ast.Lambda):
        return {}
    if scope not in _LOCALS:
        _LOCALS[scope] = assigned(scope.body)
    return _LOCALS[scope]


def _nested(scope: Scope) -> dict[str, Function]:
    if scope not in _NESTED:
        inner = [node for node in ast.walk(scope) if isinstance(node, Function) and node is not scope]
        _NESTED[scope] = {node.name: node for node in inner}
    return _NESTED[scope]


_NESTED: dict[Scope, dict[str, Function]] = {}
_LOCALS: dict[Scope, dict[str, list[ast.expr]]] = {}


def _parameters(scope: Scope) -> list[ast.arg]:
    taken = scope.args
    more = [each for each in (taken.vararg, taken.kwarg) if each is not None]
    return [*taken.posonlyargs, *taken.args, *taken.kwonlyargs, *more]


def _takes(scope: Scope, name: str) -> bool:
    return any(arg.arg == name for arg in _parameters(scope))


def _defines(scope: Scope, name: str) -> bool:
    return name in _locals(scope) or _takes(scope, name)


def _default(function: Function, name: str) -> ast.expr | None:
    plain = [*function.args.posonlyargs, *function.args.args]
    late = dict(
        zip([arg.arg for arg in plain][len(plain) - len(function.args.defaults) :], function.args.defaults, strict=True)
    )
    late |= {
        arg.arg: value for arg, value in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True) if value
    }
    return late.get(name)


def _given_back(function: Function) -> Iterator[ast.expr]:
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scope | ast.ClassDef):
            continue
        if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom) and node.value is not None:
            yield node.value
        waiting.extend(ast.iter_child_nodes(node))
