"""The site logs its customers in: an administrator makes a token, the site's program uses it until it is revoked."""

from __future__ import annotations

import json
from contextlib import suppress
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Error, Page, expect

from tests.people import PASSWORD
from tests.stories.conftest import open_record

BODY = {"email": "marta.deluca@post.example", "password": PASSWORD, "client_ip": "203.0.113.7"}


def ask(server: str, token: str) -> tuple[int, Any]:
    """Ask as the site's back end does: over the network, knowing nothing but the token."""
    connection = HTTPConnection(urlsplit(server).netloc, timeout=10)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/customer-login", json.dumps(BODY), headers)
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


def make_token(page: Page, name: str) -> str:
    """Make a token, and return what is shown."""
    page.goto("/api_token/")
    page.get_by_role("link", name="New API token").first.click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create").click()
    page.get_by_role("heading", name=f"{name} was created.").wait_for()
    return page.get_by_label("Token", exact=True).input_value()


def test_a_token_is_made_seen_once_used_revoked_and_refused(panel: Page, server: str) -> None:
    token = make_token(panel, "Web shop")
    status, answer = ask(server, token)
    assert (status, list(answer)) == (200, ["customer_id"])
    panel.get_by_role("link", name="Done").click()
    panel.get_by_role("heading", name="Web shop", level=1).wait_for()
    assert token not in panel.content()
    expect(panel.get_by_text(token[:16])).not_to_have_count(0)
    panel.get_by_role("button", name="More actions").click()
    panel.get_by_role("link", name="Revoke…").click()
    dialog = panel.get_by_role("dialog")
    expect(dialog).to_contain_text("This cannot be undone.")
    dialog.get_by_role("button", name="Revoke").click()
    expect(panel.get_by_text("1 token was revoked.")).to_be_visible()
    assert ask(server, token)[0] == 401


def test_going_back_does_not_show_the_token_again(panel: Page) -> None:
    make_token(panel, "Web shop")
    panel.get_by_role("link", name="Done").click()
    panel.get_by_role("heading", name="Web shop", level=1).wait_for()
    with suppress(Error):  # the browser would have to send the form again
        panel.go_back()
    expect(panel.get_by_role("heading", name="Web shop")).to_have_count(0)  # one is elsewhere
    expect(panel.get_by_label("Token", exact=True)).to_have_count(0)


def test_the_token_is_copied_with_one_click(panel: Page) -> None:
    panel.context.grant_permissions(["clipboard-read", "clipboard-write"])
    token = make_token(panel, "Web shop")
    panel.get_by_role("button", name="Copy").click()
    expect(panel.get_by_role("button", name="Copied")).to_be_visible()
    assert panel.evaluate("navigator.clipboard.readText()") == token


def test_a_customer_whose_login_is_switched_off_is_refused_at_once(panel: Page, server: str) -> None:
    token = make_token(panel, "Web shop")
    assert ask(server, token)[0] == 200
    open_record(panel, "Marta De Luca")
    panel.get_by_role("link", name="Edit Login").click()
    panel.get_by_label("Can log in to the site").uncheck()
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_text("Marta De Luca was saved.")).to_be_visible()
    assert ask(server, token)[0] == 403
