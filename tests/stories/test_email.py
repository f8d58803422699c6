"""Writing to a customer from its record, and finding there what became of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from models.base import db
from models.customer import Customer
from models.gate import set_actor
from models.permissions import SYSTEM
from models.user import User
from tests.browser import axe
from tests.markup import assert_valid
from tests.people import add_user
from tests.post import Post, open_post
from tests.stories.conftest import open_record, sign_in

LENA = "lena@clientela.example"
MARTA = "marta@aurora.example"
AURORA = "Aurora Forniture S.r.l."


@pytest.fixture
def post(office: Flask) -> Iterator[Post]:
    """A mail server that the office uses."""
    with open_post() as post:
        office.config.update(post.settings)
        yield post


@pytest.fixture
def lena(office: Flask, page: Page) -> Page:
    """The panel as a salesperson sees it, who owns Aurora."""
    with office.app_context():
        set_actor(db.session, SYSTEM)
        user = add_user("Salesperson", name="Lena Vogt", email=LENA)
        aurora = db.session.scalars(select(Customer).where(Customer.name == AURORA)).one()
        aurora.owner = db.session.get(User, user.id)
        aurora.account.owner = aurora.owner
        db.session.commit()
    sign_in(page, LENA)
    return page


def write(page: Page) -> None:
    """Choose Send email from More actions."""
    open_record(page, AURORA)
    page.get_by_role("button", name="More actions").click()
    page.locator("#more").get_by_role("link", name="Send email…").click()
    page.get_by_role("heading", name=f"Email to {AURORA}").wait_for()


def test_a_salesperson_writes_to_a_contact_and_finds_the_email_on_the_record(post: Post, lena: Page) -> None:
    write(lena)
    to = lena.locator(".field-addresses").first
    expect(to).to_contain_text("ordini@aurora.example")
    to.get_by_role("combobox").press("Backspace")
    to.get_by_role("combobox").fill("Marta")
    lena.get_by_role("option", name=f"Marta Bianchi <{MARTA}>").click()
    cc = lena.locator(".field-addresses").last
    cc.get_by_role("combobox").fill("somebody@else.example")
    lena.get_by_label("Subject").fill("Your next delivery")
    axe(lena)
    lena.get_by_label("Text").fill("Dear Marta,\n\nit comes before ten.")
    lena.get_by_role("button", name="Send", exact=True).click()
    expect(lena.locator("#toasts")).to_contain_text(f"The email was sent to {MARTA}, somebody@else.example.")
    emails = lena.get_by_role("region", name="Timeline")
    expect(emails.get_by_role("article").first).to_contain_text(re.compile("Lena Vogt.*Sent.*Marta Bianchi", re.DOTALL))
    expect(emails.get_by_text("it comes before ten.")).to_be_hidden()
    emails.get_by_text("Your next delivery").click()
    expect(emails.get_by_text("it comes before ten.")).to_be_visible()
    [mail] = post.mails
    assert (mail["To"], mail["Cc"], mail["Reply-To"]) == (MARTA, "somebody@else.example", f"Lena Vogt <{LENA}>")


def test_an_email_that_was_refused_says_why_and_is_sent_again(post: Post, lena: Page) -> None:
    post.answers["ordini@aurora.example"] = "550 5.1.1 no such mailbox"
    write(lena)
    lena.get_by_role("button", name="Send", exact=True).click()
    emails = lena.get_by_role("region", name="Timeline")
    expect(emails.get_by_text("Refused", exact=True)).to_be_visible()
    expect(emails).to_contain_text("550 5.1.1 no such mailbox")
    axe(lena)
    post.answers.clear()
    emails.get_by_role("link", name="Send again…").click()
    expect(lena.get_by_role("heading", name="Send “Message from Aurora Sales” again?")).to_be_visible()
    lena.get_by_role("button", name="Send again").click()
    expect(emails.get_by_text("Sent", exact=True)).to_be_visible()
    expect(emails.get_by_role("link", name="Send again…")).to_have_count(0)
    assert len(post.taken) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_email_is_written_by_everybody_on_every_screen(post: Post, lena: Page, scheme: str) -> None:
    lena.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    write(lena)
    axe(lena)
    lena.get_by_label("Subject").fill("")
    lena.get_by_role("button", name="Send", exact=True).click()
    expect(lena.get_by_role("alert")).to_contain_text("This field is required.")
    axe(lena)
    lena.set_viewport_size({"width": 390, "height": 844})
    assert lena.evaluate("document.documentElement.scrollWidth") <= 390
    response = lena.goto("/customer/email/?id=1")
    assert response is not None
    assert_valid(response.text())


def test_without_a_mail_server_one_reads_what_to_set(lena: Page) -> None:
    write(lena)
    expect(lena.get_by_role("main")).to_contain_text("SMTP_HOST is not set: it names the mail server")
    expect(lena.get_by_role("main")).to_contain_text("SMTP_FROM is not set")
    expect(lena.get_by_role("button", name="Send", exact=True)).to_have_count(0)


def test_an_email_is_written_without_javascript(post: Post, lena: Page, browser: Browser) -> None:
    state = lena.context.storage_state()
    context = browser.new_context(
        java_script_enabled=False, base_url=lena.url.split("/customer")[0], storage_state=state
    )
    page = context.new_page()
    page.goto("/customer/")
    page.get_by_role("link", name=AURORA).click()
    page.wait_for_url("**/details/**")
    page.goto(page.url.replace("/details/", "/email/"))
    page.get_by_label("To", exact=True).select_option(label=f"Marta Bianchi <{MARTA}>")
    page.get_by_placeholder("Others, separated by commas").last.fill("a@else.example, b@else.example")
    page.get_by_label("Subject").fill("Of no importance")
    page.get_by_role("button", name="Use this template").click()
    expect(page.get_by_label("Subject")).to_have_value("Message from Aurora Sales")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name=AURORA)).to_be_visible()
    assert post.taken[0].rcpt_tos == [MARTA, "a@else.example", "b@else.example"]
    context.close()
