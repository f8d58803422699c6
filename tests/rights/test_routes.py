"""Every address of the panel answers to everybody as the table in routes.toml says: a new one must be put there."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from models.base import db
from tests.rights.visitors import ANONYMOUS, VISITORS, WORD, Visitors, doors

TABLE = tomllib.loads((Path(__file__).parent / "routes.toml").read_text(encoding="utf-8"))
BLIND = (ANONYMOUS, "neighbour", "deactivated")  # who may learn nothing of the row that all ask for


def told() -> dict[str, dict[str, str]]:
    """Return what the table says: for each method and rule, the answer by visitor."""
    lines = dict(TABLE["addresses"])
    for panel in TABLE["panels"]:
        for entity in panel["of"]:
            lines |= {key.replace(" ", f" /{entity}/", 1): line for key, line in panel["answers"].items()}
    return {key: dict(zip(TABLE["visitors"].split(), line.split(), strict=True)) for key, line in lines.items()}


def answered(answer: TestResponse) -> str:
    """Return the answer as the table names it; what was typed is carried along by the page of the sign-in itself."""
    asks = answer.status_code == 401 and 'action="/login?' in answer.text
    return "login" if asks or str(answer.location).startswith("/login") else str(answer.status_code)


@pytest.mark.databases("sqlite")
def test_every_address_is_in_the_table_and_no_other(app: Flask) -> None:
    there, known = {f"{method} {rule.rule}" for method, rule in doors(app)}, set(told())
    assert not there - known, f"Say in routes.toml what these answer to whom: {sorted(there - known)}"
    assert not known - there, f"These are in routes.toml, and are no longer there: {sorted(known - there)}"
    assert TABLE["visitors"].split() == list(VISITORS)


@pytest.mark.quick(database=["sqlite"])
@pytest.mark.quick(who=["owner", "neighbour", "manager", "administrator"])  # between them, every level of rights
@pytest.mark.parametrize("who", VISITORS)
def test_every_address_answers_as_the_table_says(app: Flask, who: str, trust: bool) -> None:
    visitors, table = Visitors(app), told()
    wrong, leaking = list[str](), list[str]()
    everything = trust or who == "administrator" or db.engine.dialect.name == "sqlite"
    for method, rule in some_doors(app, everything):
        key = f"{method} {rule.rule}"
        answer = visitors.ask(who, method, visitors.path(rule))
        if answered(answer) != table.get(key, {}).get(who, answered(answer)):
            wrong.append(f"{key}: {answered(answer)}, not {table[key][who]}")
        if who in BLIND and WORD in answer.text:
            leaking.append(key)
    assert (wrong, leaking) == ([], [])


def some_doors(app: Flask, everything: bool) -> list[tuple[str, Rule]]:
    """Return all doors, or a door of each kind: the same page of entities that the table treats alike is one."""
    lines, entities = told(), {entity for panel in TABLE["panels"] for entity in panel["of"]}
    kinds: dict[object, tuple[str, Rule]] = {}
    for method, rule in doors(app):
        _, entity, *rest = rule.rule.split("/")
        line = lines.get(f"{method} {rule.rule}", {})
        alike = (method, *rest, *line.values()) if entity in entities else rule.rule
        kinds.setdefault((method, rule.rule) if everything else (method, alike), (method, rule))
    return list(kinds.values())


SPELLINGS: dict[str, Callable[[str], str]] = {
    "without the last slash": lambda path: path.rstrip("/") or "//",
    "with one more": lambda path: f"{path}/",
    "with two first": lambda path: f"/{path}",
    "with two within": lambda path: path.replace("/", "//"),
    "in capitals": lambda path: path.upper(),
    "with a dot": lambda path: f"/.{path}",
    "with an escaped dot": lambda path: f"/%2e{path}",
    "up and down": lambda path: f"/x/..{path}",
    "up and down, escaped": lambda path: f"/x/%2e%2e{path}",
    "with escaped slashes": lambda path: path.replace("/", "/%2f"),
    "with a parameter": lambda path: f"{path};x=1",
    "with another host": lambda path: f"http://evil.test{path}",
}


@pytest.mark.databases("sqlite")  # which address is meant is found out before any database is asked
@pytest.mark.parametrize("who", [ANONYMOUS, "neighbour"])
def test_an_address_that_is_spelt_otherwise_opens_no_other_door(app: Flask, who: str, trust: bool) -> None:
    visitors, table = Visitors(app), told()
    odd = list[str]()
    for method, rule in some_doors(app, trust):
        path, _, query = visitors.path(rule).partition("?")
        same = {table[f"{method} {rule.rule}"][who]} if f"{method} {rule.rule}" in table else set()
        for name, spell in SPELLINGS.items() if method == "GET" else ():
            answer = visitors.ask(who, method, f"{spell(path)}?{query}")
            if answered(answer) not in {*same, "login", "308", "400", "404", "405"} or WORD in answer.text:
                odd.append(f"{rule.rule} {name}: {answered(answer)}")
    assert odd == []


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("who", [ANONYMOUS, "neighbour", "viewer"])
def test_other_methods_open_no_other_door(app: Flask, who: str, trust: bool) -> None:
    visitors, table = Visitors(app), told()
    odd = list[str]()
    for method, rule in some_doors(app, trust):
        path = visitors.path(rule)
        if method == "GET":
            head = visitors.ask(who, "HEAD", path)
            odd += [f"HEAD {rule.rule}"] * (head.text != "" or unlike(head, table, rule.rule, who))
        for other in ("OPTIONS", "PUT", "PATCH", "DELETE", "BREW") if method == "GET" else ():
            answer = visitors.ask(who, other, path)
            right = {"login", "400", "403", "404", "405"} | ({"200"} if other == "OPTIONS" else set())
            odd += [f"{other} {rule.rule}: {answered(answer)}"] * (answered(answer) not in right or WORD in answer.text)
    assert odd == []


def unlike(answer: TestResponse, table: Mapping[str, Mapping[str, str]], rule: str, who: str) -> bool:
    """Return whether HEAD answers otherwise than GET does."""
    return answered(answer) != table.get(f"GET {rule}", {}).get(who, answered(answer))
