"""The README says what the code says: its tables are compared with what they describe."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from models.description import describe, entities
from seed.reference_rows import shipped_roles
from tests.layers.source import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def table(heading: str) -> list[list[str]]:
    """Return the rows of the table under a heading, cell by cell."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows]


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    path = tmp_path_factory.mktemp("readme") / "empty.sqlite"
    return create_app({"SECRET_KEY": "k" * 32, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{path}"})


def test_the_readme_lists_every_entity_with_what_it_is(panel: Flask) -> None:
    found = []
    for model in entities():
        parent = describe(model).parent
        sentence = (model.__doc__ or "").splitlines()[0]
        found.append([model.__name__, sentence, parent.target.__name__ if parent and parent.target else ""])
    assert table("Entities") == found


def test_the_readme_lists_every_role(panel: Flask) -> None:
    assert table("Roles") == [[role.name, role.description] for role in shipped_roles()]


def test_the_readme_lists_every_command_with_its_help(panel: Flask) -> None:
    group = panel.cli.commands["clientela"]
    commands = group.commands  # type: ignore[attr-defined]
    found = [[f"flask clientela {name}", (each.help or "").splitlines()[0]] for name, each in commands.items()]
    assert sorted(table("Commands")) == sorted(found)


def test_the_readme_lists_every_setting_that_the_code_reads() -> None:
    found = set()
    for path in (ROOT / "admin_views").rglob("*.py"):
        found |= settings(path)
    assert {row[0] for row in table("Settings")} == found


def settings(path: Path) -> set[str]:
    """Return the names a module reads from the environment, written out or through a constant."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            constants |= dict(zip(texts(node.targets[0]), texts(node.value), strict=False))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    names = [call.args[0] for call in calls if ast.unparse(call.func).endswith("environ.get")]
    return {str(name.value) if isinstance(name, ast.Constant) else constants[ast.unparse(name)] for name in names}


def texts(node: ast.expr) -> list[str]:
    """Return the names or strings of an expression, one by one for a tuple."""
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return [str(part.value) if isinstance(part, ast.Constant) else ast.unparse(part) for part in parts]


def test_the_readme_gives_every_library_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    python = [re.split(r"[\[<>=! ]", each)[0] for each in project["dependencies"]]
    browser = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert [row[0] for row in table("Libraries")] == [*python, *browser]
