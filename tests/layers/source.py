"""The source tree as the layer tests read it: modules, their imports, and the layer each belongs to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# From the ground up: a module imports from its own layer and those before it. The longest pattern that fits decides.
LAYERS: dict[str, tuple[str, ...]] = {
    "words": (
        "models",
        "models.among",
        "models.i18n",
        "models.errors",
        "models.naming",
        "models.types",
        "models.choices",
    ),
    "rules": ("models.rules", "models.rules.*"),
    "fields": ("models.fields", "models.kinds", "models.relations", "models.sealing"),
    "base": ("models.base", "models.description", "models.images", "models.related"),
    "entities": ("models.*",),
    "permissions": ("models.permissions", "models.excess", "models.explaining", "models.masking", "models.seeing"),
    "gates": (
        "models.actors",
        "models.as_of",
        "models.billing",
        "models.contacting",
        "models.delegation",
        "models.erased",
        "models.earning",
        "models.following",
        "models.gate",
        "models.history",
        "models.listeners",
        "models.merged",
        "models.distinct",
        "models.moved_on",
        "models.past",
        "models.reaching",
        "models.search",
        "models.search.*",
        "models.sealed",
        "models.settle",
        "models.titles",
        "models.tree",
        "models.visits",
    ),
    "operations": ("models.all", "models.operations", "models.operations.*"),
    "seed": ("seed", "seed.*"),
    "kinds": (
        "admin_views.controls",
        "admin_views.kinds",
        "admin_views.kinds_*",
        "admin_views.page",
        "admin_views.history.past",
        "admin_views.say",
    ),
    "machinery": ("admin_views", "admin_views.*"),
    "views": (
        "admin_views.door.account",
        "admin_views.api",
        "admin_views.door.auth",
        "admin_views.cli",
        "admin_views.dashboard.view",
        "admin_views.documents",
        "admin_views.documents.*",
        "admin_views.panel",
        "admin_views.panels",
        "admin_views.panels.*",
        "admin_views.undo",
    ),
    "app": ("app",),
}
RANKS = {layer: rank for rank, layer in enumerate(LAYERS)}


@dataclass(frozen=True)
class Import:
    """One imported module or name, with the line that imports it."""

    line: int
    module: str
    name: str | None


@dataclass(frozen=True)
class Module:
    """A source file of the program."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def layer(self) -> str:
        """The name of the layer the module belongs to."""
        fitting = [
            (len(each), layer) for layer, patterns in LAYERS.items() for each in patterns if fnmatch(self.name, each)
        ]
        return max(fitting)[1]

    @property
    def rank(self) -> int:
        """How far from the ground the module's layer is."""
        return RANKS[self.layer]

    def at(self, line: int) -> str:
        """Return where a line is, for a message."""
        return f"{self.path.relative_to(ROOT)}:{line}"

    def imports(self) -> Iterator[Import]:
        """Yield what the module imports when it runs; what only the type checker reads is left out."""
        for node in running(self.tree):
            if isinstance(node, ast.Import):
                yield from (Import(node.lineno, alias.name, None) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (Import(node.lineno, node.module or "", alias.name) for alias in node.names)


def running(node: ast.AST) -> Iterator[ast.AST]:
    """Yield every node below this one but those under `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        yield child
        yield from running(child)


@cache
def modules() -> dict[str, Module]:
    """Return every module of the program by name; migrations are history, not program."""
    paths = [path for top in ("models", "admin_views", "seed") for path in sorted((ROOT / top).rglob("*.py"))]
    return {module.name: module for path in [*paths, ROOT / "app.py"] if (module := read(path))}


def read(path: Path) -> Module | None:
    """Return a source file as a module, or None for one that is not part of the program."""
    if not path.exists() or "migrations" in path.parts:
        return None
    parts = path.relative_to(ROOT).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path, ast.parse(path.read_text(encoding="utf-8")))


def targets(module: Module) -> Iterator[tuple[Import, Module]]:
    """Yield the program's own modules that a module imports."""
    for each in module.imports():
        found = modules().get(f"{each.module}.{each.name}") or modules().get(each.module)
        if found:
            yield each, found
