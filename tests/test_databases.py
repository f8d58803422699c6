"""Tests share an app and never each other's rows, requests or skips."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import func, select

from models.base import db
from models.gate import set_actor
from models.group import CustomerGroup
from models.permissions import SYSTEM
from tests.browser import axe, screenshot

TWICE = pytest.mark.parametrize("time", ["the first time", "the second time"])


def add_group() -> int:
    """Add a group named Scratch and return how many there are."""
    set_actor(db.session, SYSTEM)
    db.session.add(CustomerGroup(name="Scratch"))
    db.session.commit()
    return groups()


def groups() -> int:
    """Return how many groups are named Scratch."""
    set_actor(db.session, SYSTEM)
    return db.session.scalars(select(func.count()).where(CustomerGroup.name == "Scratch")).one()


@TWICE
def test_what_a_test_commits_is_gone_for_the_next(app: Flask, time: str) -> None:
    assert add_group() == 1


@TWICE
def test_a_fresh_database_has_transactions_that_others_see(fresh_app: Flask, time: str) -> None:
    with fresh_app.app_context():
        add_group()
    with fresh_app.app_context():
        assert groups() == 1


def test_a_request_shares_no_context_with_the_test(client: FlaskClient) -> None:
    g.visitor = "somebody of the test"
    assert client.get("/").status_code == 302
    assert g.visitor == "somebody of the test"


@pytest.mark.databases("sqlite", "postgresql")
def test_a_browser_opens_the_panel(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Sign in").wait_for()
    axe(page)
    assert screenshot(page, "login").stat().st_size > 0


def test_a_violation_in_a_page_is_noticed(page: Page, problems: list[str]) -> None:
    page.goto("/login")
    page.evaluate("document.body.setAttribute('onclick', 'nothing()')")
    page.wait_for_timeout(200)
    assert any("script-src" in problem for problem in problems)
    problems.clear()


def test_a_skipped_test_counts_as_failed(pytester: pytest.Pytester) -> None:
    pytester.makeconftest((Path(__file__).parent / "skips.py").read_text(encoding="utf-8"))
    pytester.makepyfile("""
        import pytest

        def test_skips():
            pytest.skip("no database here")
    """)
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(failed=1)
