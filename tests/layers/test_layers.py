"""The dependency rule: each layer knows those before it, and nothing of those after it."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter

import pytest

from tests.layers.source import Module, modules, running, targets

ALL = list(modules().values())
MODELS = [module for module in ALL if module.name.startswith("models")]
ABOVE_MODELS = [module for module in ALL if module not in MODELS]

# What goes through a connection goes past both gates.
BESIDE_THE_GATE = {
    "models.history": "changes are written in the transaction they tell of, while the session is flushing",
    "models.auth": "sessions and tries are the program's own, and belong to nobody",
    "models.contacting": "what follows from activities is counted for everybody, and is nobody's edit",
    "models.earning": "what was earned is counted for everybody",
    "models.following": "what follows from other rows is nobody's edit",
    "models.erased": "what is erased goes from what was noted, in the transaction that erases it",
    "models.visits": "a visit is its visitor's own",
    "models.operations.chaining": "the whole history is sealed, whoever wrote it, and not by those who write",
    "models.operations.chain_check": "the whole chain is walked along, whoever asks",
    "models.administrators": "the last one is counted, and locked, whoever asks",
    "admin_views.cli": "the search index is mended, whoever asks",
    "admin_views.prepare": "the database is made ready before there is anybody",
}
BULK = {"bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings"}

WEB = {"flask_admin", "flask_login", "flask_wtf", "wtforms", "gunicorn", "jinja2", "werkzeug"}
OF_THE_REQUEST = {"current_user", "g", "request", "session"}


def name(module: Module) -> str:
    return module.name


@pytest.mark.parametrize("module", ALL, ids=name)
def test_a_module_imports_only_from_its_own_layer_and_those_below(module: Module) -> None:
    upward = [
        f"{module.at(each.line)}: {module.layer} imports {target.name} of {target.layer}"
        for each, target in targets(module)
        if target.rank > module.rank
    ]
    assert not upward, "\n".join(upward)


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = {module.name: {target.name for _, target in targets(module)} - {module.name} for module in ALL}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize("module", [module for module in ALL if module.layer == "seed"], ids=name)
def test_the_seed_imports_models_only(module: Module) -> None:
    foreign = [target.name for _, target in targets(module) if target.name.split(".")[0] not in {"models", "seed"}]
    assert not foreign


@pytest.mark.parametrize("module", MODELS, ids=name)
def test_the_models_know_nothing_of_the_web(module: Module) -> None:
    known = [
        f"{module.at(each.line)}: {each.module} {each.name or ''}"
        for each in module.imports()
        if each.module.split(".")[0] in WEB
        or (each.module == "flask" and (each.name is None or each.name in OF_THE_REQUEST))
    ]
    assert not known, "\n".join(known)


@pytest.mark.parametrize("module", ALL, ids=name)
def test_no_function_imports(module: Module) -> None:
    functions = [node for node in running(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    hidden = [
        module.at(node.lineno)
        for function in functions
        for node in running(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not hidden, "\n".join(hidden)


@pytest.mark.parametrize("module", ABOVE_MODELS, ids=name)
def test_only_the_models_reach_rows_past_the_gate(module: Module) -> None:
    past = [f"{module.at(node.lineno)}: {ast.unparse(node)}" for node in nodes(module) if past_the_gate(node)]
    past += [
        module.at(each.line)
        for each in module.imports()
        if each.module.startswith("sqlalchemy") and each.name == "text"
    ]
    assert not past, "\n".join(past)


@pytest.mark.parametrize("module", ALL, ids=name)
def test_only_those_who_say_why_write_past_the_gate(module: Module) -> None:
    past = {node.lineno for node in nodes(module) if has_a_connection(node)}
    if module.name in BESIDE_THE_GATE:
        assert past, f"{module.name} need not be excused any more: {BESIDE_THE_GATE[module.name]}"
    else:
        assert not past, "\n".join(map(module.at, past))


@pytest.mark.parametrize("module", ALL, ids=name)
def test_nobody_writes_in_bulk(module: Module) -> None:
    bulk = [module.at(node.lineno) for node in nodes(module) if isinstance(node, ast.Attribute) and node.attr in BULK]
    assert not bulk, "\n".join(bulk)


def has_a_connection(node: ast.expr) -> bool:
    """Return whether this opens a connection: `session.connection()`, `engine.begin()`."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    of_the_engine = node.func.attr in {"connect", "begin", "raw_connection"}
    return node.func.attr == "connection" or (of_the_engine and "engine" in ast.unparse(node.func.value))


def nodes(module: Module) -> list[ast.expr]:
    return [node for node in ast.walk(module.tree) if isinstance(node, ast.expr)]


def past_the_gate(node: ast.expr) -> bool:
    """Return whether this is `x.session.get`, answered from the identity map, `Model.query` or a raw table."""
    match node:
        case ast.Attribute(attr="get", value=ast.Attribute(attr="session")):
            return True
        case ast.Attribute(attr="query", value=ast.Name(id=name)):
            return name[:1].isupper()
        case ast.Attribute(attr="select" | "insert" | "update" | "delete", value=ast.Attribute(attr="__table__")):
            return True
        case ast.Call(func=ast.Name(id="select" | "insert" | "update" | "delete"), args=arguments):
            return any("__table__" in ast.unparse(argument) for argument in arguments)
    return False
