"""Emails from the panel: whom they can go to, what they begin with, what is kept of them, and another try."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from models.base import db
from models.customer import Customer
from models.document import Document
from models.engine import transactions
from models.gate import set_actor, ungated
from models.history import ChangeSet
from models.message import Message, MessageStatus
from models.message_template import MessageTemplate
from models.permissions import SYSTEM, Level, Permission
from models.rules.document_kinds import DocumentKind, DocumentStatus
from models.types import utcnow
from models.user import User
from tests.databases import free_port
from tests.models.papers import issued, open_shop
from tests.panel import Forms, Panel, add, company, contact, stored
from tests.people import EDITOR, VIEWER, add_user
from tests.post import FROM, Post, open_post, silence

MARTA, PAUL, OFFICE = "marta@delta.example", "paul@delta.example", "office@delta.example"
TYPED = {"recipients": [MARTA], "subject": "Your visit", "body": "Dear Marta,\n\nsee you on Monday."}
OWN = dict.fromkeys((Permission.CREATE, Permission.EDIT, Permission.DELETE), Level.OWN)


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server that takes everything unless told otherwise."""
    with open_post() as post:
        yield post


@pytest.fixture
def delta(app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch) -> Customer:
    """A customer with an email and two contacts, and a panel that knows the mail server."""
    point(app, monkeypatch, **post.settings)
    customer = company("Delta Srl", emails=[OFFICE])
    contact(customer, "Marta Bianchi", email=MARTA)
    contact(customer, "Paul Ott", email=PAUL)
    contact(customer, "Nobody's Address")
    return customer


def point(app: Flask, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> None:
    """Set the panel to a mail server for this test."""
    for name, value in settings.items():
        monkeypatch.setitem(app.config, name, value)


def path(customer: Customer) -> str:
    return f"/customer/email/?id={customer.id}"


def write(panel: Panel, customer: Customer, **typed: Any) -> TestResponse:
    """Write an email and send it."""
    return panel.fill(path(customer), TYPED | typed)


def again(panel: Panel, message: Message) -> TestResponse:
    """Ask for another try and confirm it."""
    return panel.fill(f"/message/again/?id={message.id}")


def only() -> Message:
    """Return the only email that is stored."""
    [message] = stored(Message)
    return message  # type: ignore[no-any-return]


def told(panel: Panel, answer: TestResponse) -> str:
    """Return what the page after an answer says in its toasts."""
    assert answer.status_code == 303, answer.text
    text = panel.get(answer.location).text
    return unescape(" ".join(re.findall(r'class="toast-item.*?</div>', text, re.DOTALL)))


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


def test_a_recipient_that_is_refused_is_named_and_the_next_try_is_for_them(
    app: Flask, post: Post, delta: Customer
) -> None:
    post.answers[PAUL] = "550 5.1.1 no such user"
    panel = Panel(app, EDITOR)
    toast = told(panel, write(panel, delta, cc=[PAUL]))
    assert "did not reach everybody" in toast
    assert "550 5.1.1 no such user" in toast
    kept = only()
    assert (kept.status, kept.missed, kept.sent_at is not None) == (MessageStatus.PARTLY, PAUL, True)
    post.answers.clear()
    again(panel, kept)
    kept = only()
    assert (kept.status, kept.missed, kept.detail, kept.tries) == (MessageStatus.SENT, None, None, 2)
    assert [each.rcpt_tos for each in post.taken] == [[MARTA], [PAUL]]
    assert [mail["To"] for mail in post.mails] == [MARTA, MARTA]
    assert post.mails[0]["Message-ID"] == post.mails[1]["Message-ID"]


@pytest.mark.parametrize(
    ("answer", "status"),
    [("550 5.1.1 no such user", MessageStatus.REFUSED), ("451 4.7.1 come back later", MessageStatus.FAILED)],
)
def test_a_refusal_is_kept_with_its_reason_and_a_second_try_succeeds(
    app: Flask, post: Post, delta: Customer, answer: str, status: MessageStatus
) -> None:
    post.answers[MARTA] = answer
    panel = Panel(app, EDITOR)
    toast = told(panel, write(panel, delta))
    assert "The email was not sent." in toast
    assert answer in toast
    kept = only()
    assert (kept.status, kept.tries, kept.sent_at) == (status, 1, None)
    assert answer in str(kept.detail)
    post.answers.clear()
    assert "was sent to" in told(panel, again(panel, kept))
    kept = only()
    assert (kept.status, kept.detail, kept.tries) == (MessageStatus.SENT, None, 2)
    assert len(post.taken) == 1


def test_a_server_that_is_not_there_fails_the_email(
    app: Flask, delta: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    point(app, monkeypatch, SMTP_PORT=free_port())
    panel = Panel(app, EDITOR)
    assert "cannot be reached: Connection refused." in told(panel, write(panel, delta))
    assert only().status is MessageStatus.FAILED


def test_a_server_that_never_answers_fails_the_email(
    app: Flask, delta: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with silence() as port:
        point(app, monkeypatch, SMTP_PORT=port, SMTP_TIMEOUT=0.3)
        panel = Panel(app, EDITOR)
        assert "did not answer within 0.3 seconds." in told(panel, write(panel, delta))
    assert only().status is MessageStatus.FAILED


def test_what_the_server_did_not_confirm_is_said_to_be_unknown(app: Flask, post: Post, delta: Customer) -> None:
    post.data = ""
    panel = Panel(app, EDITOR)
    assert "It is not known whether this was sent" in told(panel, write(panel, delta))
    assert only().status is MessageStatus.UNKNOWN


def test_two_clicks_send_one_email(app: Flask, post: Post, delta: Customer) -> None:
    panel = Panel(app, EDITOR)
    page = panel.get(path(delta))
    assert "was sent to" in told(panel, panel.send(page, TYPED))
    assert "This email was sent, or is being sent, already." in told(panel, panel.send(page, TYPED))
    assert (len(post.taken), only().tries) == (1, 1)


def test_two_clicks_on_another_try_send_one_email(app: Flask, post: Post, delta: Customer) -> None:
    post.answers[MARTA] = "451 later"
    panel = Panel(app, EDITOR)
    write(panel, delta)
    page = panel.get(f"/message/again/?id={only().id}")
    panel.send(page)
    assert only().tries == 2
    post.answers.clear()
    assert "already" in told(panel, panel.send(page))
    assert (len(post.taken), only().tries) == (0, 2)


def test_what_was_sent_is_not_sent_again(app: Flask, post: Post, delta: Customer) -> None:
    panel = Panel(app, EDITOR)
    write(panel, delta)
    answer = panel.post(f"/message/again/?id={only().id}", {"tries": "1"})
    assert "already" in told(panel, answer)
    assert (len(post.taken), only().tries) == (1, 1)


def test_an_email_that_was_interrupted_is_said_to_be_unknown_and_can_be_sent_again(
    app: Flask, post: Post, delta: Customer
) -> None:
    panel = Panel(app, EDITOR)
    message = add(kept(delta, updated_at=utcnow() - timedelta(minutes=5)))
    page = panel.get(f"/customer/details/?id={delta.id}").text
    assert "It is not known whether this was sent: the panel was interrupted." in page
    again(panel, message)
    assert (only().status, only().tries, len(post.taken)) == (MessageStatus.SENT, 2, 1)


def test_an_email_that_is_on_its_way_is_not_sent_again(app: Flask, post: Post, delta: Customer) -> None:
    panel = Panel(app, EDITOR)
    message = add(kept(delta))
    assert "Send again…" not in panel.get(f"/message/details/?id={message.id}").text
    answer = panel.post(f"/message/again/?id={message.id}", {"tries": "1"})
    assert "already" in told(panel, answer)
    assert not post.taken


def kept(customer: Customer, **values: Any) -> Message:
    """Return an email that is on its way, not stored yet."""
    given = {"recipients": MARTA, "subject": "Your visit", "body": "See you.", "message_id": "a" * 32} | values
    return Message(customer=customer, **given)


def test_without_a_mail_server_the_action_says_what_to_set(
    app: Flask, delta: Customer, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    point(app, monkeypatch, SMTP_HOST="", SMTP_FROM="")
    panel = Panel(app, EDITOR)
    assert "Send email…" in panel.get(f"/customer/details/?id={delta.id}").text
    page = panel.get(path(delta)).text
    assert "SMTP_HOST is not set" in page
    assert "SMTP_FROM is not set" in page
    assert panel.post(path(delta), TYPED).status_code == 200
    assert not stored(Message)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"SMTP_FROM": "nobody"}, "SMTP_FROM is not an email address: nobody"),
        ({"SMTP_REPLY_TO": "a@b@c"}, "SMTP_REPLY_TO is not an email address: a@b@c"),
        ({"SMTP_SECURITY": "ssl"}, "SMTP_SECURITY is ssl; it can be starttls, tls or none."),
        ({"SMTP_TIMEOUT": 0.0}, "SMTP_TIMEOUT is a number of seconds above zero."),
    ],
)
def test_a_wrong_setting_is_said_where_an_email_would_be_written(
    app: Flask, delta: Customer, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], sentence: str
) -> None:
    point(app, monkeypatch, **settings)
    assert sentence in Panel(app, EDITOR).get(path(delta)).text


def test_answers_go_where_the_settings_say(
    app: Flask, post: Post, delta: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    point(app, monkeypatch, SMTP_REPLY_TO="Office <office@aurora.example>")
    write(Panel(app, EDITOR), delta)
    assert post.mails[0]["Reply-To"] == "Office <office@aurora.example>"


def test_who_may_not_create_for_a_customer_sends_no_emails(app: Flask, post: Post, delta: Customer) -> None:
    for user in (add_user(VIEWER), add_user({"customer": {Permission.VIEW: Level.ORGANISATION} | OWN})):
        panel = Panel(app, user)
        page = Panel(app, EDITOR).get(path(delta))
        values = Forms(page.text).only.values
        assert panel.get(path(delta)).status_code == 403
        assert panel.post(path(delta), values).status_code == 403
        message = add(kept(delta, status=MessageStatus.FAILED, message_id=f"key {user.id}"))
        assert "Send again…" not in panel.get(f"/message/details/?id={message.id}").text
        assert panel.get(f"/message/again/?id={message.id}").status_code == 403
        assert panel.post(f"/message/again/?id={message.id}", {"tries": "1"}).status_code == 403
    assert not post.taken


def test_who_may_not_send_is_told_why_or_not_offered_it(app: Flask, delta: Customer) -> None:
    record = f"/customer/details/?id={delta.id}"
    assert "Send email…" not in Panel(app, VIEWER).get(record).text
    own = add_user({"customer": {Permission.VIEW: Level.ORGANISATION} | OWN})
    assert "may create only your own customers" in Panel(app, own).get(record).text


def test_a_hidden_customer_has_no_emails(app: Flask, post: Post, delta: Customer) -> None:
    panel = Panel(app, add_user({"customer": dict.fromkeys(Permission, Level.OWN)}))
    message = add(kept(delta, status=MessageStatus.FAILED))
    for hidden in (path(delta), f"/message/again/?id={message.id}", f"/message/details/?id={message.id}"):
        assert panel.get(hidden).status_code == 404
        assert panel.post(hidden, TYPED | {"tries": "1"}).status_code in {404, 405}
    assert "Your visit" not in panel.get("/message/").text
    assert not post.taken


def test_an_email_of_another_customer_is_no_example(app: Flask, delta: Customer) -> None:
    other = company("Aurora Srl", vat_number="IT00743110157")
    message = add(kept(other, subject="Secret of Aurora"))
    panel = Panel(app, EDITOR)
    assert "Secret of Aurora" not in panel.get(f"{path(delta)}&like={message.id}").text
    assert "Secret of Aurora" in panel.get(f"{path(other)}&like={message.id}").text


def test_an_email_stays_as_it_was_sent(app: Flask, delta: Customer) -> None:
    panel = Panel(app)
    write(panel, delta)
    message = only()
    assert panel.get(f"/message/edit/?id={message.id}").status_code == 403
    assert panel.post(f"/message/edit/?id={message.id}", {"subject": "Other"}).status_code == 403
    assert panel.get(f"/message/new/?customer={delta.id}").status_code == 403
    assert panel.post(f"/message/new/?customer={delta.id}", TYPED).status_code == 403
    assert only().subject == "Your visit"


def test_what_became_of_an_email_cannot_be_undone(app: Flask, delta: Customer) -> None:
    panel = Panel(app)
    write(panel, delta)
    past = {"execution_options": ungated("a test looks past the gate")}
    result = db.session.scalar(select(func.max(ChangeSet.id)), **past)
    panel.post(f"/change_set/{result}/undo")
    assert only().status is MessageStatus.SENT


def test_what_happened_is_kept_though_the_right_is_gone_meanwhile(app: Flask, post: Post, delta: Customer) -> None:
    user = add_user({"customer": dict.fromkeys((Permission.VIEW, Permission.CREATE), Level.ORGANISATION)})
    assert write(Panel(app, user), delta).status_code == 303
    assert only().status is MessageStatus.SENT


def test_emails_are_found_by_subject_text_and_address(app: Flask, delta: Customer) -> None:
    write(Panel(app, EDITOR), delta, subject="Kumquats", body="about durians", recipients=["fig@tree.example"])
    panel = Panel(app, EDITOR)
    for words in ("kumquats", "durians", "fig@tree"):
        assert "Delta Srl" in panel.get(f"/customer/?search={words}").text


def test_a_document_goes_along_as_pdf_is_marked_as_sent_and_goes_along_again(
    fresh_app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    point(fresh_app, monkeypatch, **post.settings)
    post.answers[MARTA] = "451 come back later"
    with fresh_app.app_context():
        invoice = issued(open_shop(), DocumentKind.INVOICE)
        name, panel = invoice.name, Panel(fresh_app, add_user(EDITOR))
        page = panel.get(f"/document/email/?id={invoice.id}")
        values = Forms(page.text).only.values
        assert values["subject"].startswith(f"{name} of ")
        assert values["subject"].endswith(" from Filanda")
        assert "which comes to €12.20. Please pay it by" in values["body"]
        assert "{" not in values["subject"] + values["body"]
        db.session.remove()
        panel.send(page, {"recipients": [MARTA]})
        assert (only().status, only().document.name) == (MessageStatus.FAILED, name)  # type: ignore[union-attr]
        assert stored(Document)[0].status is DocumentStatus.OPEN
        post.answers.clear()
        page = panel.get(f"/message/again/?id={only().id}")
        db.session.remove()
        panel.send(page)
        assert only().status is MessageStatus.SENT
        assert stored(Document)[0].status is DocumentStatus.SENT
    [file] = post.mails[0].iter_attachments()
    assert file.get_filename() == f"{name.replace('/', '-')}.pdf"
    assert name in PdfReader(BytesIO(file.get_content())).pages[0].extract_text()


def test_an_email_whose_document_is_gone_is_not_sent_without_it(app: Flask, post: Post, delta: Customer) -> None:
    message = add(kept(delta, status=MessageStatus.FAILED, attachment="Quote.pdf"))
    panel = Panel(app, EDITOR)
    assert "Send again…" not in panel.get(f"/message/details/?id={message.id}").text
    assert "already" in told(panel, panel.post(f"/message/again/?id={message.id}", {"tries": "1"}))
    assert not post.taken


def test_while_the_server_is_spoken_to_no_transaction_is_open(
    fresh_app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail server's side writes to the same database, which a held lock would keep it from."""
    point(fresh_app, monkeypatch, **post.settings)
    seen: list[Any] = []

    def look() -> None:
        with fresh_app.app_context(), transactions("write"):
            set_actor(db.session, SYSTEM)
            [message] = stored(Message)
            seen.append((message.status, message.tries))
            message.customer.legal_form = "written meanwhile"
            db.session.commit()

    post.meanwhile = look
    with fresh_app.app_context():
        customer = company("Delta Srl", emails=[OFFICE])
        panel, key = Panel(fresh_app), customer.id
        page = panel.get(f"/customer/email/?id={key}")
        db.session.remove()
        panel.send(page, TYPED)
        assert seen == [(MessageStatus.SENDING, 1)]
        assert only().status is MessageStatus.SENT
        assert stored(Customer)[0].legal_form == "written meanwhile"


def test_a_panel_that_dies_meanwhile_leaves_the_email_as_being_sent(
    fresh_app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    point(fresh_app, monkeypatch, **post.settings)

    class Killed(BaseException):
        """The process ends here."""

    def die(*_: object) -> None:
        if post.taken:
            raise Killed

    with fresh_app.app_context():
        customer = company("Delta Srl", emails=[OFFICE])
        panel = Panel(fresh_app)
        page = panel.get(path(customer))
        db.session.remove()
        event.listen(db.engine, "begin", die)
        with pytest.raises(Killed):
            panel.send(page, TYPED)
        event.remove(db.engine, "begin", die)
        db.session.remove()
        message = only()
        assert (message.status, len(post.taken)) == (MessageStatus.SENDING, 1)
        message.updated_at = utcnow() - timedelta(minutes=5)
        add(message)
        page = panel.get(f"/message/again/?id={message.id}")
        assert "the panel was interrupted" in page.text
        db.session.remove()
        panel.send(page)
        assert (only().status, only().tries) == (MessageStatus.SENT, 2)


def test_many_clicks_at_once_send_one_email(fresh_app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    point(fresh_app, monkeypatch, **post.settings)
    post.answers[MARTA] = "451 later"
    with fresh_app.app_context():
        customer = company("Delta Srl", emails=[OFFICE])
        panels = [Panel(fresh_app) for _ in range(4)]
        page = panels[0].get(path(customer))
        db.session.remove()
        at_once(panels, page)
        assert (len(stored(Message)), only().tries) == (1, 1)
        post.answers.clear()
        page = panels[0].get(f"/message/again/?id={only().id}")
        db.session.remove()
        at_once(panels, page)
        assert (only().status, only().tries, len(post.taken)) == (MessageStatus.SENT, 2, 1)


def at_once(panels: list[Panel], page: TestResponse) -> None:
    """Send the same form from several threads."""
    form = Forms(page.text).only
    values = {**form.values.to_dict(flat=False), **(TYPED if "subject" in form.values else {})}
    answers: list[int] = []

    def click(panel: Panel) -> None:
        data = {**values, "csrf_token": panel.token}
        answers.append(panel.client.post(form.action, data=data).status_code)

    threads = [threading.Thread(target=click, args=(panel,)) for panel in panels]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    db.session.expire_all()
    assert answers == [303] * len(panels)


def test_who_wrote_an_email_may_be_deleted(app: Flask, delta: Customer) -> None:
    user = add_user(EDITOR)
    key = user.id
    write(Panel(app, user), delta)
    Panel(app).post(f"/user/delete/?id={key}", {"action": "delete", "confirmed": "1", "rowid": str(key)})
    assert not stored(User, id=key)
    assert only().author is None
