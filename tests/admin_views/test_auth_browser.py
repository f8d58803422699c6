"""Signing in and out, as a person does it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from models.base import db
from tests.browser import axe, screenshot
from tests.people import PASSWORD, add_user

NEW = "seven owls over a copper roof"


@pytest.fixture
def email(fresh_app: Flask) -> str:
    """The email of somebody who can sign in."""
    with fresh_app.app_context():
        email = add_user(name="Jonas Weber").email
        db.session.remove()
    return email


def fill_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_wrong_password_is_told_and_the_right_one_leads_where_one_wanted_to_go(page: Page, email: str) -> None:
    page.goto("/me/")
    axe(page)
    fill_in(page, email, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(page.get_by_label("Email")).to_have_value(email)
    expect(page.get_by_label("Password")).to_be_focused()
    axe(page)
    fill_in(page, email)
    expect(page).to_have_url(re.compile("/me/$"))
    expect(page.get_by_role("heading", name="Your profile")).to_be_visible()


def test_one_changes_the_password_and_logs_out_and_nothing_private_stays(page: Page, email: str) -> None:
    page.goto("/me/")
    fill_in(page, email)
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("New password again").fill(NEW)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Your password is changed")).to_be_visible()
    page.get_by_role("button", name=re.compile("Jonas Weber")).click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "Jonas Weber" not in page.content()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_of_the_door_are_accessible(page: Page, email: str, theme: str) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.goto("/login")
    screenshot(page, f"login-{theme}")
    axe(page)
    fill_in(page, email)
    page.goto("/me/")
    page.get_by_role("button", name="Change password").scroll_into_view_if_needed()
    screenshot(page, f"account-{theme}")
    axe(page)
    page.goto("/nowhere/")
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    axe(page)
