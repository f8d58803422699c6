"""Personal data: no page, form, filter, export, search, history or file tells of people those who do not read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import TimeMachineFixture

from models.base import db
from models.call import Call
from models.contact import Contact
from models.customer import Customer, CustomerEmail
from models.gate import set_actor
from models.message import Message
from models.operations.erasing import anonymise
from models.permissions import SYSTEM
from models.revealing import SHOWN_FOR, Revealed, Revelation
from models.rights import Personal
from models.types import utcnow
from tests.admin_views.personal import (
    PHONES,
    STARTS,
    WORDS,
    crawl,
    documents_of,
    panel_with_guests,
    people,
    reader,
    told,
)
from tests.databases import Database
from tests.panel import Forms, Panel, contact, stored

MASKING = (Personal.HIDDEN, Personal.ON_REQUEST)


@pytest.fixture(scope="module")
def app(database: Database) -> Iterator[Flask]:
    with panel_with_guests(database.copy()) as app:
        yield app


def leaks(pages: dict[str, str], *words: str) -> list[str]:
    """Return the pages that tell of one of these, with where."""
    found = []
    for path, text in pages.items():
        for word in told(text) & set(words or WORDS):
            at = max(text.lower().find(word), 0)
            found.append(f"{path}: {text[max(at - 80, 0) : at + 60]!r}")
    return found


def looks() -> list[Revelation]:
    return list(db.session.scalars(select(Revelation).order_by(Revelation.id), execution_options={"ungated": "a test"}))


@pytest.mark.parametrize("personal", MASKING)
def test_whoever_does_not_read_personal_data_meets_none(app: Flask, personal: Personal) -> None:
    ada, _ = people(app)
    records = [(ada.__tablename__, ada.id)]
    records += [(model.__tablename__, stored(model, customer_id=ada.id)[0].id) for model in (Contact, Message, Call)]
    records += [("document", each.id) for each in documents_of(ada)]
    pages = ("details", "edit", "history", "duplicate", "delete", "timeline", "reveal", "merge")
    starts = [f"/{name}/{page}/?id={key}" for name, key in records for page in pages]
    panels = [f"/customer/{page}/?id={ada.id}&panel={each}" for page in ("edit", "details") for each in range(5)]
    assert leaks(crawl(reader(app, personal), [*STARTS, *starts, *panels], most=180)) == []


@pytest.mark.databases("sqlite")
def test_whether_two_people_share_what_is_masked_is_not_told_where_they_are_merged(app: Flask) -> None:
    ada, _ = people(app)
    mail = stored(Contact, customer_id=ada.id)[0].email
    keys = [contact(ada, name, email=mail).id for name in ("Ada", "Eve")]
    told_equal = []
    for personal in (*MASKING, Personal.SHOWN):
        page = reader(app, personal).get(f"/contact/merge/?id={keys[0]}&id={keys[1]}").text
        told_equal.append('name="pick-email"' not in page)
    assert told_equal == [False, False, True]


def test_whoever_reads_them_meets_all(app: Flask) -> None:
    people(app)
    pages = crawl(reader(app, Personal.SHOWN), most=60)
    assert {word for text in pages.values() for word in told(text)} == set(WORDS)
    assert {path for path in STARTS if "export" in path and not told(pages[path])} == set()


def test_a_record_that_is_revealed_shows_its_own_and_no_others(app: Flask) -> None:
    ada, _ = people(app)
    panel = reader(app, Personal.ON_REQUEST)
    assert panel.send(panel.get(f"/customer/reveal/?id={ada.id}"), {"typed": "She called."}).status_code == 303
    pages = crawl(panel, most=120)
    assert leaks(pages, "bittern") == []
    assert "hoopoe street" in pages[f"/customer/details/?id={ada.id}"]
    assert "Personal data shown until" in pages[f"/customer/details/?id={ada.id}"]
    contact = stored(Contact, customer_id=ada.id)[0]
    assert "our.hoopoe@example.com" in panel.get(f"/contact/details/?id={contact.id}").text
    assert "our.hoopoe@example.com" in panel.get(f"/contact/edit/?id={contact.id}").text
    assert "hoopoe" in panel.get(f"/customer/history/?id={ada.id}").text
    assert told(panel.get("/customer/export/csv/").text) == set()


def test_it_is_masked_again_after_a_quarter_of_an_hour_or_by_hand(app: Flask, time_machine: TimeMachineFixture) -> None:
    ada, bea = people(app)
    panel = reader(app, Personal.ON_REQUEST)
    for row in (ada, bea):
        panel.post(f"/customer/reveal/?id={row.id}")
    panel.post(f"/customer/mask/?id={bea.id}")
    shown = [f"/customer/details/?id={row.id}" for row in (ada, bea)]
    assert [told(panel.get(path).text) for path in shown] == [{"hoopoe"}, set()]
    time_machine.move_to(utcnow() + SHOWN_FOR)
    assert [told(panel.get(path).text) for path in shown] == [set(), set()]
    assert "Personal data are masked." in panel.get(shown[0]).text


def test_that_somebody_looked_is_told_in_the_history_and_to_administrators(app: Flask) -> None:
    ada, bea = people(app)
    panel, boss = reader(app, Personal.ON_REQUEST), Panel(app)
    panel.send(panel.get(f"/customer/reveal/?id={ada.id}"), {"typed": "She called."})
    for page in (f"/customer/history/?id={ada.id}", f"/looks/?entity=customer&id={ada.id}", "/looks/"):
        text = " ".join(boss.get(page).text.split())
        assert re.search(r"Rita</span>.*Looked at personal data: Customer</span> Ada Rossi.*She called\.", text), page
    assert "She called." not in boss.get(f"/looks/?entity=customer&id={bea.id}").text
    assert "She called." in boss.get(f"/looks/?user={looks()[0].actor_id}").text
    assert "Who looked" in boss.get("/customer/").text
    assert "Who looked" not in panel.get("/customer/").text
    assert panel.get("/looks/").status_code == 403


@pytest.mark.parametrize("personal", [Personal.HIDDEN, Personal.SHOWN])
def test_only_a_role_that_says_on_request_may_ask(app: Flask, personal: Personal) -> None:
    ada, _ = people(app)
    panel = reader(app, personal)
    assert "Show personal data" not in panel.get(f"/customer/details/?id={ada.id}").text
    panel.post(f"/customer/reveal/?id={ada.id}")
    assert looks() == []
    assert told(panel.get(f"/customer/details/?id={ada.id}").text) == (
        {"hoopoe"} if personal is Personal.SHOWN else set()
    )


@pytest.mark.parametrize("personal", MASKING)
def test_nobody_finds_or_orders_rows_by_what_is_masked(app: Flask, personal: Personal) -> None:
    ada, _ = people(app)
    panel, all_ = reader(app, personal), reader(app, Personal.SHOWN)
    plain = titles(panel.get("/customer/").text)
    assert titles(panel.get("/customer/?f_billing_city__contains=hoopoe").text) == plain
    assert titles(panel.get("/customer/?sort=-billing_city").text) == plain
    assert "f_billing_city" not in panel.get("/customer/filter/?field=billing_city").text
    for words in ("hoopoe", "hoopoe7", PHONES["hoopoe"], "my.hoopoe", "RSSMRA85T10A562S"):
        assert titles(all_.get("/customer/", query_string={"search": words}).text) == ["Ada Rossi"], words
        assert titles(panel.get("/customer/", query_string={"search": words}).text) == [], words
        assert panel.get("/message/ajax/lookup/", query_string={"name": "customer", "query": words}).json == []
    assert titles(panel.get("/customer/?search=ada").text) == ["Ada Rossi"]
    panel.post(f"/customer/reveal/?id={ada.id}")
    assert titles(panel.get("/customer/?search=hoopoe").text) == []


def titles(text: str) -> list[str]:
    """Return the rows of a list that are not of the company that sells."""
    found = re.findall(r'<a [^>]*href="/customer/details/[^>]*>([^<]*)</a>', text)
    return [each.strip() for each in found if "Rossi" in each]


def test_a_masked_value_has_its_shape_and_is_no_link(app: Flask) -> None:
    ada, _ = people(app)
    text = reader(app, Personal.HIDDEN).get(f"/customer/details/?id={ada.id}").text
    assert (
        '<span class="masked"><span aria-hidden="true">t•••@example.com</span><span class="heard">masked</span>' in text
    )
    assert "mailto:" not in text
    assert "tel:" not in text


def test_a_record_as_of_a_day_is_masked_too(app: Flask, time_machine: TimeMachineFixture) -> None:
    ada, _ = people(app)
    path = f"/customer/details/?id={ada.id}&as_of={utcnow().date()}"
    time_machine.move_to(utcnow() + timedelta(days=2))
    text = reader(app, Personal.ON_REQUEST).get(path).text
    assert "t•••@example.com" in text
    assert told(text) == set()
    assert told(reader(app, Personal.SHOWN).get(path).text) == {"hoopoe"}


def test_forms_show_it_masked_leave_it_alone_and_refuse_what_is_sent(app: Flask) -> None:
    ada, _ = people(app)
    panel, path = reader(app, Personal.ON_REQUEST), f"/customer/edit/?id={ada.id}"
    form = Forms(panel.get(path).text).only
    assert "billing_street" not in form.values
    assert panel.fill(path, {"tags": "vip"}).status_code == 303
    row = stored(Customer, id=ada.id)[0]
    assert (row.tags, row.billing_street, row.emails[0].address) == ("vip", "hoopoe street", "the.hoopoe@example.com")
    key = row.emails[0].id
    for name, guess in (
        ("billing_street", "Elsewhere"), ("billing_street", "hoopoe street"),
        (f"emails-{key}-address", "x@example.com"),
    ):  # fmt: skip
        answer = panel.fill(path, {name: guess})
        assert answer.status_code == 422
        assert f"“{guess}” was not saved: this is masked." in answer.text
    assert stored(Customer, id=ada.id)[0].billing_street == "hoopoe street"


def test_new_rows_are_typed_and_an_empty_field_is_filled_in(app: Flask) -> None:
    ada, _ = people(app)
    panel = reader(app, Personal.HIDDEN)
    typed = {"emails-keys": [str(ada.emails[0].id), "new1"], "emails-new1-address": "second@example.com"}
    assert panel.fill(f"/customer/edit/?id={ada.id}", typed).status_code == 303
    assert len(stored(CustomerEmail, customer_id=ada.id)) == 2
    answer = panel.fill(f"/contact/new/?customer={ada.id}", {"name": "Cleo", "email": "cleo@example.com"})
    assert answer.status_code == 303
    cleo = stored(Contact, name="Cleo")[0]
    assert panel.fill(f"/contact/edit/?id={cleo.id}", {"phone": "02 7654321"}).status_code == 303
    assert "cleo@" not in panel.get(f"/contact/details/?id={cleo.id}").text
    assert stored(Contact, name="Cleo")[0].phone == "02 7654321"


def test_nobody_learns_whose_a_masked_value_is_by_typing_it(app: Flask) -> None:
    people(app)
    panel = reader(app, Personal.HIDDEN)
    typed = {"kind": "private", "first_name": "Eva", "last_name": "Neri", "code": "hoopoe7"}
    answer = panel.fill("/customer/new/", typed)
    assert answer.status_code == 422
    assert "Ada Rossi" not in answer.text


@pytest.mark.parametrize("personal", MASKING)
def test_files_emails_and_everything_about_a_person_are_not_given_out(app: Flask, personal: Personal) -> None:
    ada, _ = people(app)
    panel, invoice = reader(app, personal), documents_of(ada)[0]
    shown = panel.get(f"/document/details/?id={invoice.id}").text
    assert "/document/pdf/" not in shown
    assert "/document/e-invoice/" not in shown
    assert "/customer/person/" not in panel.get(f"/customer/details/?id={ada.id}").text
    for path in (
        f"/document/pdf/?id={invoice.id}", f"/document/e-invoice/?id={invoice.id}&format=fatturapa",
        f"/document/email/?id={invoice.id}", f"/customer/email/?id={ada.id}", f"/customer/person/?id={ada.id}",
    ):  # fmt: skip
        answer = panel.get(path)
        assert (answer.status_code, told(answer.text)) == (403, set()), path
        assert "personal data" in answer.text


def test_a_revealed_record_can_be_printed_but_not_taken_along_whole(app: Flask) -> None:
    ada, _ = people(app)
    panel, invoice = reader(app, Personal.ON_REQUEST), documents_of(ada)[0]
    panel.post(f"/customer/reveal/?id={ada.id}")
    assert panel.get(f"/document/pdf/?id={invoice.id}").status_code == 200
    assert f"/document/email/?id={invoice.id}" in panel.get(f"/document/details/?id={invoice.id}").text
    assert panel.get(f"/customer/person/?id={ada.id}").status_code == 403


def test_exports_leave_masked_columns_out_and_say_so(app: Flask) -> None:
    people(app)
    panel = reader(app, Personal.ON_REQUEST)
    assert "Export without personal data" in panel.get("/customer/").text
    answer = panel.get("/customer/export/csv/")
    assert 'filename="customers-without-personal-data.csv"' in answer.headers["Content-Disposition"]
    heads = answer.text.splitlines()[0]
    assert ("Street" in heads, "Phones" in heads, "VAT number" in heads) == (False, False, True)
    assert looks() == []


def test_who_takes_personal_data_along_is_noted(app: Flask) -> None:
    ada, _ = people(app)
    panel = reader(app, Personal.SHOWN)
    panel.get("/customer/export/csv/")
    panel.get(f"/customer/person/?id={ada.id}")
    assert [(each.what, each.entity, each.count, each.row_id) for each in looks()] == [
        (Revealed.EXPORT, "customer", 3, None), (Revealed.PERSON, "customer", None, ada.id),
    ]  # fmt: skip
    text = Panel(app).get("/looks/").text
    assert "Exported with personal data" in text
    assert "Exported everything about" in text


def test_looking_at_the_panel_as_somebody_masks_and_never_reveals(app: Flask) -> None:
    ada, _ = people(app)
    reader(app, Personal.ON_REQUEST).post(f"/customer/reveal/?id={ada.id}")
    boss, [look] = Panel(app), looks()
    boss.post(f"/looking/user/{look.actor_id}")
    page = boss.get(f"/customer/details/?id={ada.id}").text
    assert told(page) == set()
    assert "Show personal data" not in page
    assert boss.post(f"/customer/reveal/?id={ada.id}").status_code == 403
    assert len(looks()) == 1


def test_what_was_looked_at_stays_known_when_the_person_is_forgotten(app: Flask) -> None:
    ada, _ = people(app)
    reader(app, Personal.ON_REQUEST).post(f"/customer/reveal/?id={ada.id}")
    set_actor(db.session, SYSTEM)
    anonymise(db.session, stored(Customer, id=ada.id)[0])
    db.session.commit()
    assert [(each.entity, each.row_id) for each in looks()] == [("customer", ada.id)]
    assert "Anonymised customer" in Panel(app).get("/looks/").text


def test_the_access_page_says_how_everybody_reads_them(app: Flask) -> None:
    ada, _ = people(app)
    reader(app, Personal.ON_REQUEST)
    boss = Panel(app)
    text = boss.get(f"/customer/access/?id={ada.id}").text
    assert "Rita may have the personal data of “Ada Rossi” shown, which is noted" in text
    ways = [unescape(way) for way in re.findall(r'href="(/customer/why/\?[^"]*may=personal[^"]*)"', text)]
    told = {" ".join(boss.get(way).text.split()) for way in ways}
    assert any("Rita may have" in each and ": on request" in each for each in told)
