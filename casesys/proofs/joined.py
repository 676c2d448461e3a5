"""The modules of the verifier as the one file that an auditor keeps."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import NamedTuple

PACKAGE = "casesys.verifier"
MAIN = "__main__"
FUTURE = "from __future__ import annotations"


class CannotJoin(Exception):
    """A module does what one file cannot say: it renames what it imports, or takes a name twice."""


class Module(NamedTuple):
    """One module: its text, what it is about, and the modules of ours that it asks."""

    name: str
    text: str
    about: str
    asks: tuple[str, ...]


class Joined(NamedTuple):
    """The one file and its digest."""

    text: bytes
    sha256: str


@cache
def joined_verifier() -> Joined:
    """The verifier of this release; the same file from the same release, to the byte."""
    folder = files(PACKAGE)
    texts = {
        file.name.removesuffix(".py"): file.read_text("utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".py") and file.name != "__init__.py"
    }
    text = join(texts).encode()
    return Joined(text, sha256(text).hexdigest())


def join(texts: dict[str, str]) -> str:
    """The modules in such an order that each stands after those that it asks, the main one last.

    :raises CannotJoin: two of them give a name of theirs to different things
    """
    modules = {name: _module(name, text) for name, text in sorted(texts.items())}
    order = list(dict.fromkeys(_in_order(modules, MAIN, ())))
    plain: set[str] = set()
    taken: dict[str, set[str]] = {}
    bodies = [_body(modules[name], plain, taken, is_last=name == MAIN) for name in order]
    imported = {*plain, *(name.split()[-1] for names in taken.values() for name in names)}
    _require_own_names([modules[name] for name in order], imported)
    imports = [f"import {name}" for name in sorted(plain)]
    imports += [f"from {name} import {', '.join(sorted(taken[name]))}" for name in sorted(taken)]
    opening = f'"""{modules[MAIN].about}\n"""'
    head = "\n\n".join([opening, FUTURE, "\n".join(imports)])
    return "\n\n\n".join([head, *bodies]) + "\n"


def _module(name: str, text: str) -> Module:
    tree = ast.parse(text)
    asks = tuple(
        (node.module or "").removeprefix(f"{PACKAGE}.")
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE)
    )
    return Module(name, text, (ast.get_docstring(tree) or "").strip(), asks)


def _in_order(modules: dict[str, Module], name: str, asked_by: tuple[str, ...]) -> Iterator[str]:
    if name in asked_by or name not in modules:
        raise CannotJoin(f"{' asks '.join([*asked_by, name])}")
    for other in modules[name].asks:
        yield from _in_order(modules, other, (*asked_by, name))
    yield name


def _require_own_names(modules: list[Module], imported: set[str]) -> None:
    """In one file a second thing of a name would silently take the place of the first."""
    known = dict.fromkeys(imported, "the standard library")
    for module in modules:
        for name in _names(ast.parse(module.text)):
            if name in known:
                raise CannotJoin(f"{name} stands in {known[name]} and in {module.name}")
            known[name] = module.name


def _names(tree: ast.Module) -> set[str]:
    """What a module calls something at its outermost level, imports aside."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            found |= {
                one.id
                for one in ast.walk(node)
                if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
            }
    return found


def _body(module: Module, plain: set[str], taken: dict[str, set[str]], *, is_last: bool) -> str:
    """A module without its docstring and its imports, which are put together at the top."""
    tree, lines = ast.parse(module.text), module.text.splitlines()
    for node in tree.body:
        is_docstring = node is tree.body[0] and isinstance(node, ast.Expr)
        if is_docstring or isinstance(node, ast.Import | ast.ImportFrom):
            if not is_docstring:
                _take_imports(node, plain, taken)
            assert node.end_lineno is not None
            lines[node.lineno - 1 : node.end_lineno] = [""] * (node.end_lineno - node.lineno + 1)
    about = [] if is_last else [f"# {line}".rstrip() for line in module.about.splitlines()]
    rule = f"# {f'== {module.name} '.ljust(96, '=')}"
    return "\n".join([rule, *about, "", "", "\n".join(lines).strip()])


def _take_imports(node: ast.stmt, plain: set[str], taken: dict[str, set[str]]) -> None:
    assert isinstance(node, ast.Import | ast.ImportFrom)
    names = {f"{one.name} as {one.asname}" if one.asname else one.name for one in node.names}
    if isinstance(node, ast.Import):
        plain |= names
    elif not (node.module or "").startswith(PACKAGE):
        if node.module != "__future__":
            taken.setdefault(node.module or "", set()).update(names)
    elif any(one.asname for one in node.names):
        raise CannotJoin(f"{node.module} under another name")
