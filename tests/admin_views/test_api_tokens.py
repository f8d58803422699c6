"""API tokens in the panel: shown once to who makes one, recognised by their beginning, and revoked for good."""

from __future__ import annotations

import pytest
from flask import Flask

from models.api_token import IS_ALIVE, IS_REVOKED, ApiToken, TokenStatus
from models.rules.api_token import seal_token
from models.user import User
from tests.api.shop import Shop, customer, new_token
from tests.markup import assert_valid
from tests.panel import Forms, Panel, stored
from tests.people import EDITOR, VIEWER


def made(panel: Panel, name: str = "Web shop") -> str:
    """Make a token as people do, and return what they copy."""
    answer = panel.fill("/api_token/new/", {"name": name})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return shown(answer.text)


def shown(html: str) -> str:
    text = html.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    return text.strip()


def test_a_new_token_stands_on_the_answer_and_opens_the_api(app: Flask) -> None:
    someone = customer()
    token = made(Panel(app))
    assert Shop(app, token=token).log_in().get_json() == {"customer_id": someone.id}


def test_it_is_shown_in_no_address_toast_or_cookie_and_never_again(app: Flask) -> None:
    panel = Panel(app)
    answer = panel.fill("/api_token/new/", {"name": "Web shop"})
    token = shown(answer.text)
    assert answer.text.count(token) == 1
    assert token not in str(answer.headers)
    with panel.client.session_transaction() as cookie:
        assert token not in str(dict(cookie))
    [row] = stored(ApiToken)
    paths = ["", f"details/?id={row.id}", f"edit/?id={row.id}", f"history/?id={row.id}", "export/csv/", "?search=Web"]
    for path in paths:
        page = panel.get(f"/api_token/{path}").text
        assert "Web shop" in page
        assert not [secret for secret in (token, token[20:], seal_token(token)) if secret in page]


def test_the_page_is_valid_and_leads_on_to_the_record(app: Flask) -> None:
    panel = Panel(app)
    page = panel.fill("/api_token/new/", {"name": "Web shop"}).text
    assert_valid(page)
    [row] = stored(ApiToken)
    assert f'href="/api_token/details/?id={row.id}"' in page


def test_the_record_tells_who_made_it_and_how_it_begins(app: Flask) -> None:
    panel = Panel(app)
    token = made(panel)
    [row] = stored(ApiToken)
    page = panel.get(f"/api_token/details/?id={row.id}").text
    assert token[:16] + "…" in page
    assert stored(User, id=row.creator_id)[0].name in page


def test_only_the_name_is_typed(app: Flask) -> None:
    panel = Panel(app)
    made(panel)
    [row] = stored(ApiToken)
    names = set(Forms(panel.get(f"/api_token/edit/?id={row.id}").text).only.values)
    assert names == {"csrf_token", "version", "once", "name"}
    forged = {"name": "Shop 2", "status": "revoked", "token": "x", "hint": "x", "last_used_at": "2026-01-01"}
    assert panel.fill(f"/api_token/edit/?id={row.id}", forged).status_code == 303
    [after] = stored(ApiToken)
    assert (after.name, after.status, after.token, after.hint) == ("Shop 2", row.status, row.token, row.hint)


def test_two_tokens_have_two_names(app: Flask) -> None:
    panel = Panel(app)
    made(panel)
    answer = panel.fill("/api_token/new/", {"name": "Web shop"})
    assert answer.status_code == 422
    assert "already in use" in answer.text
    assert "clientela_" not in answer.text


def test_revoking_asks_first_and_offers_no_undo(app: Flask) -> None:
    customer()
    panel = Panel(app)
    token = made(panel)
    [row] = stored(ApiToken)
    path = f"/api_token/revoke/?id={row.id}"
    assert f'href="{path}"' in panel.get(f"/api_token/details/?id={row.id}").text
    assert "This cannot be undone." in panel.get(path).text
    assert Shop(app, token=token).log_in().status_code == 200
    page = panel.get(panel.fill(path).location).text
    assert Shop(app, token=token).log_in().status_code == 401
    assert "1 token was revoked." in page
    assert f'href="{path}"' not in page
    assert "/undo" not in page.partition('id="toasts"')[2]


def test_the_history_cannot_take_a_revocation_back(app: Flask) -> None:
    panel = Panel(app)
    made(panel)
    [row] = stored(ApiToken)
    panel.fill(f"/api_token/revoke/?id={row.id}")
    path = f"/api_token/history/?id={row.id}"
    [last, *_] = [form.action for form in Forms(panel.get(path).text).all if form.action.endswith("/undo")]
    answer = panel.post(last, {"next": path})
    assert IS_REVOKED in panel.get(answer.location).text
    assert stored(ApiToken)[0].status is TokenStatus.REVOKED


def test_what_works_cannot_be_deleted_and_the_page_says_what_to_do(app: Flask) -> None:
    panel = Panel(app)
    made(panel)
    [row] = stored(ApiToken)
    page = panel.get(f"/api_token/delete/?id={row.id}").text
    assert IS_ALIVE in page
    assert f'href="/api_token/revoke/?id={row.id}"' in page
    panel.fill(f"/api_token/revoke/?id={row.id}")
    panel.fill(f"/api_token/delete/?id={row.id}")
    assert stored(ApiToken) == []


def test_several_are_revoked_at_once_and_those_that_were_keep_their_moment(app: Flask) -> None:
    panel = Panel(app)
    made(panel, "One")
    [first] = stored(ApiToken)
    panel.fill(f"/api_token/revoke/?id={first.id}")
    [first] = stored(ApiToken)
    made(panel, "Two")
    keys = [str(row.id) for row in stored(ApiToken)]
    asked = panel.post("/api_token/action/", {"action": "revoke", "rowid": keys})
    panel.send(asked)
    one, two = stored(ApiToken)
    assert (one.revoked_at, two.status) == (first.revoked_at, TokenStatus.REVOKED)


@pytest.mark.parametrize("role", [EDITOR, VIEWER])
def test_who_may_not_manage_tokens_makes_and_revokes_none(app: Flask, role: str) -> None:
    key = new_token().id
    panel = Panel(app, role)
    assert panel.get("/api_token/new/").status_code == 403
    assert panel.get(f"/api_token/revoke/?id={key}").status_code == 403
    assert panel.post(f"/api_token/revoke/?id={key}", {"confirmed": "1"}).status_code == 403
    assert stored(ApiToken)[0].status is TokenStatus.ACTIVE
