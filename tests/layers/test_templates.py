"""One set of templates for every entity, small, and safe under a strict Content-Security-Policy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import models.all  # noqa: F401  # declares every entity
from models.base import Base
from models.naming import plural, snake
from tests.layers.source import ROOT

STATIC = ROOT / "admin_views" / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted(path for path in STATIC.rglob("*.js") if "vendor" not in path.parts)
STYLES = sorted(path for path in STATIC.rglob("*.css") if "vendor" not in path.parts)
MOST_LINES_OF_TEMPLATES, MOST_LINES_OF_SCRIPTS, MOST_LINES_OF_STYLES = 1650, 700, 450
LONGEST_LINE = 120

COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
# What HTML and Bootstrap call things is no entity's name.
OWN_WORDS = re.compile(r"""\b(class|role|id|for|autocomplete|icon)\s*[=(]\s*("[^"]*"|'[^']*')|\brel="\w+\"""")
NEEDS_UNSAFE = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>"),
    "an inline style sheet": re.compile(r"<style\b"),
    "a style attribute": re.compile(r"\sstyle\s*="),
    "an event handler": re.compile(r"\s(on[a-z]+|hx-on[:\w-]*)\s*="),
    "a script address": re.compile(r"\b(javascript|js):"),
}


def lines(paths: list[Path]) -> int:
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


def entities() -> set[str]:
    """Return how the entities are called: `customer_group`, `customer group`, `CustomerGroup` and their plurals."""
    found: set[str] = set()
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Base):
            name = snake(mapper.class_.__name__)
            words = name.replace("_", " ")
            found |= {name, plural(name), words, plural(words), mapper.class_.__name__.lower()}
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=names)
def test_no_template_names_an_entity(path: Path) -> None:
    text = OWN_WORDS.sub("", COMMENT.sub("", path.read_text(encoding="utf-8")))
    named = re.findall(rf"\b({'|'.join(sorted(entities()))})\b", text, re.IGNORECASE)
    assert not named


def test_the_templates_stay_small() -> None:
    assert 0 < lines(TEMPLATES) <= MOST_LINES_OF_TEMPLATES


def test_the_scripts_stay_small() -> None:
    assert lines(SCRIPTS) <= MOST_LINES_OF_SCRIPTS


def test_the_styles_stay_small() -> None:
    assert lines(STYLES) <= MOST_LINES_OF_STYLES


@pytest.mark.parametrize("path", [*TEMPLATES, *SCRIPTS, *STYLES], ids=names)
def test_no_line_is_longer_than_the_screen(path: Path) -> None:
    text = path.read_text(encoding="utf-8").splitlines()
    assert not [number for number, line in enumerate(text, 1) if len(line) > LONGEST_LINE]


@pytest.mark.parametrize("path", TEMPLATES, ids=names)
def test_a_template_needs_nothing_that_the_content_security_policy_refuses(path: Path) -> None:
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    found = {what: pattern.search(text) for what, pattern in NEEDS_UNSAFE.items()}
    assert not {what: match.group() for what, match in found.items() if match}
