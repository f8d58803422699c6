"""Emails from the panel: whom they can go to, what they begin with, and what is kept of them."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from flask import Flask

from models.customer import Customer
from models.message import Message, MessageStatus
from models.message_template import MessageTemplate
from tests.admin_views.mails import (
    MARTA,
    OFFICE,
    PAUL,
    only,
    path,
    told,
    write,
)
from tests.panel import Forms, Panel, add, stored
from tests.people import EDITOR, add_user
from tests.post import FROM, Post


def test_an_email_is_sent_and_kept_with_its_result(app: Flask, post: Post, delta: Customer) -> None:
    panel = Panel(app, add_user(EDITOR, name="Anna Rossi", email="anna@aurora.example"))
    answer = write(panel, delta, cc=[PAUL])
    assert f"The email was sent to {MARTA}, {PAUL}." in told(panel, answer)
    [mail] = post.mails
    assert (mail["From"], mail["To"], mail["Cc"], mail["Subject"]) == (FROM, MARTA, PAUL, "Your visit")
    assert mail["Reply-To"] == "Anna Rossi <anna@aurora.example>"
    assert mail.get_content().splitlines() == ["Dear Marta,", "", "see you on Monday."]
    kept = only()
    assert (kept.status, kept.detail, kept.missed, kept.tries) == (MessageStatus.SENT, None, None, 1)
    assert (kept.recipients, kept.cc, kept.customer_id) == (MARTA, PAUL, delta.id)
    assert kept.author is not None
    assert kept.author.name == "Anna Rossi"
    assert kept.sent_at is not None


def test_the_record_shows_its_emails_newest_first(app: Flask, delta: Customer, post: Post) -> None:
    panel = Panel(app, EDITOR)
    write(panel, delta, subject="The first")
    post.answers[MARTA] = "550 no such user"
    write(panel, delta, subject="The second")
    page = panel.get(f"/customer/details/?id={delta.id}").text
    assert page.index("The second") < page.index("The first")
    assert "550 no such user" in page
    assert page.count("Send again…") == 1


def test_the_form_offers_the_customer_and_its_contacts(app: Flask, delta: Customer) -> None:
    page = unescape(Panel(app, EDITOR).get(path(delta)).text)
    for offered in (f"Delta Srl <{OFFICE}>", f"Marta Bianchi <{MARTA}>", f"Paul Ott <{PAUL}>"):
        assert page.count(offered) == 2  # To and CC
    assert "Nobody's Address" not in page
    assert Forms(page).only.values.getlist("recipients") == [OFFICE, ""]


def test_an_email_to_a_contact_begins_with_their_address_and_name(app: Flask, delta: Customer) -> None:
    [marta] = [each for each in delta.contacts if each.email == MARTA]  # type: ignore[attr-defined]
    values = Forms(Panel(app, EDITOR).get(f"/contact/email/?id={marta.id}").text).only.values
    assert values.getlist("recipients") == [MARTA, ""]
    assert values["body"].startswith("Dear Marta Bianchi,")


def test_an_email_begins_with_a_template_and_another_can_be_used(app: Flask, delta: Customer) -> None:
    add(MessageTemplate(name="Visit", subject="Visit at {customer}", body="From {author} of {company}, {{sic}}"))
    panel = Panel(app, add_user(EDITOR, name="Anna Rossi"))
    first = panel.get(path(delta))
    assert Forms(first.text).only.values["subject"] == "Message from Aurora Sales"
    [visit] = stored(MessageTemplate, name="Visit")
    page = panel.send(first, {"template": str(visit.id), "use": "1", "recipients": [PAUL]})
    values = Forms(page.text).only.values
    assert (values["subject"], values["body"]) == ("Visit at Delta Srl", "From Anna Rossi of Aurora Sales, {sic}")
    assert values.getlist("recipients") == [PAUL, ""]
    assert not stored(Message)


def test_templates_for_documents_are_not_offered_without_one(app: Flask, delta: Customer) -> None:
    page = Panel(app, EDITOR).get(path(delta)).text
    assert ">Message</option>" in page
    assert "Payment reminder" not in page


def test_a_template_with_an_unknown_placeholder_is_refused(app: Flask, delta: Customer) -> None:
    panel = Panel(app)
    typed = {"name": "Wrong", "kind": "", "subject": "Hello", "body": "Dear {customer.password},"}
    answer = panel.fill("/message_template/new/", typed)
    assert answer.status_code == 422
    known = "{customer}, {company}, {author}."
    assert f"There is no placeholder {{customer.password}}. Those that can be used here are: {known}" in answer.text
    answer = panel.fill("/message_template/new/", typed | {"body": "Dear {customer}, pay {total}"})
    assert "There is no placeholder {total}." in answer.text
    assert panel.fill("/message_template/new/", typed | {"kind": "invoice", "body": "{total}"}).status_code == 303


def test_placeholders_in_what_is_filled_in_stay_as_they_are(app: Flask, delta: Customer) -> None:
    delta.company = delta.name = "{author} Srl"
    add(delta)
    values = Forms(Panel(app, EDITOR).get(path(delta)).text).only.values
    assert values["body"].startswith("Dear {author} Srl,")


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"recipients": None}, "recipients", "This field is required."),
        ({"recipients": ["nobody"]}, "recipients", "“nobody” is not a valid email address."),
        ({"recipients": [f"{MARTA}\r\nBcc: spy@evil.example"]}, "recipients", "is not a valid email address."),
        ({"cc": [f"{MARTA}, @"]}, "cc", "“@” is not a valid email address."),
        ({"recipients": [f"m{n}@delta.example" for n in range(51)]}, "recipients", "at most 50"),
        ({"subject": ""}, "subject", "This field is required."),
        ({"subject": "x" * 256}, "subject", "This text is too long"),
        ({"subject": "Hello\x00"}, "subject", "invisible control character"),
        ({"body": "x" * 10_001}, "body", "This text is too long"),
    ],
)
def test_what_cannot_be_sent_is_said_beside_the_field(
    app: Flask, post: Post, delta: Customer, typed: dict[str, Any], field: str, sentence: str
) -> None:
    answer = write(Panel(app, EDITOR), delta, **typed)
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert f'id="{field}-error"' in answer.text
    assert not stored(Message)
    assert not post.taken


def test_a_line_end_in_the_subject_does_not_become_a_header(app: Flask, post: Post, delta: Customer) -> None:
    write(Panel(app, EDITOR), delta, subject="Hello\r\nBcc: spy@evil.example")
    [mail] = post.mails
    assert mail["Subject"] == "Hello Bcc: spy@evil.example"
    assert mail["Bcc"] is None
    assert post.taken[0].rcpt_tos == [MARTA]


def test_addresses_may_be_typed_in_any_of_the_usual_ways(app: Flask, post: Post, delta: Customer) -> None:
    write(Panel(app, EDITOR), delta, recipients=[MARTA, f"Paul Ott <{PAUL}>; {MARTA.upper()}, "])
    assert only().recipients == f"{MARTA}, {PAUL}"
    assert post.taken[0].rcpt_tos == [MARTA, PAUL]


def test_emails_are_found_by_subject_text_and_address(app: Flask, delta: Customer) -> None:
    write(Panel(app, EDITOR), delta, subject="Kumquats", body="about durians", recipients=["fig@tree.example"])
    panel = Panel(app, EDITOR)
    for words in ("kumquats", "durians", "fig@tree"):
        assert "Delta Srl" in panel.get(f"/customer/?search={words}").text
