"""The first page: every number is that of the list that it leads to, for whoever reads it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from flask import Flask

from admin_views.checks import DeclarationError
from admin_views.dashboard import cards
from admin_views.dashboard.cards import Card, Table, check_cards
from admin_views.dashboard.periods import periods
from admin_views.lists import listing
from admin_views.registry import views_by_model
from models.base import db
from models.call import Call, Outcome
from models.channel import Channel, ChannelEntity
from models.customer import Customer
from models.document import Document
from models.gate import set_actor
from models.operations.issuing import move
from models.permissions import SYSTEM, Grants, Level, Permission
from models.rules.document_kinds import DocumentKind, DocumentStatus
from models.task import Task
from tests.layers.source import ROOT
from tests.models.papers import draft, issued, line, open_shop
from tests.models.world import company, save
from tests.panel import Panel, statements
from tests.people import ADMINISTRATOR, add_user

README = (ROOT / "README.md").read_text(encoding="utf-8")
TODAY = datetime.now(UTC).date()
OWN: Grants = dict.fromkeys((Permission.VIEW, Permission.EDIT, Permission.EXPORT), Level.OWN)
SALES: Mapping[str, Grants] = {
    "customer": OWN,
    "channel": {Permission.VIEW: Level.ORGANISATION},
}
SUMMED = {"Overdue invoices": "Open", "Quotes to follow up": "Total", "Invoiced by month and channel": "Total"}


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def office(app: Flask, role: Any = ADMINISTRATOR) -> Panel:
    """A shop with customers of two people, old and new, and what there is to do for them; the first one's panel."""
    open_shop()
    people = [add_user(role), add_user(role, name="Jonas Weber")]
    owners = [each.id for each in people]
    enabled = [[ChannelEntity(entity="customer")] for _ in range(2)]
    channels = [Channel(name=name, entities=each) for name, each in zip(("Fair", "Shop & more"), enabled, strict=True)]
    save(*channels)
    for number in range(6):
        created = datetime.now(UTC) - timedelta(days=16 * number)
        values = {"owner_id": owners[number % 2], "channel": channels[number % 2], "created_at": created}
        customer = company(f"Customer {number}", billing_country="IT", billing_province="CO", **values)
        if number % 3 == 0:
            save(Call(customer=customer, subject="Hello", at=datetime.now(UTC) - timedelta(days=40 * number)))
        papers(customer, number)
        for days in (-1, 0, 3):
            task = {"due": ago(days), "assignee_id": owners[number % 2], "done": number == 5}
            save(Task(customer=customer, subject=f"Ring {number}", **task))
    return Panel(app, people[0])


def papers(customer: Customer, number: int) -> None:
    """Invoices of three months in two currencies, one of them paid by nobody, and quotes in each state."""
    currency = "USD" if number % 4 == 1 else "EUR"
    for months in range(3):
        sold, day = line(price=str(10 * number + 5)), ago(45 * months + number)
        invoice = issued(customer, DocumentKind.INVOICE, sold, date=day, currency=currency)
        if number == 2:
            move(db.session, invoice, DocumentStatus.CANCELLED)
    draft(customer, DocumentKind.INVOICE)
    quote = issued(customer, DocumentKind.QUOTE, date=ago(number), currency=currency)
    if number == 4:
        move(db.session, quote, DocumentStatus.ACCEPTED)
    draft(customer, DocumentKind.QUOTE)
    db.session.commit()


def tiles(page: str) -> dict[str, str]:
    """Return the cards of the page by title."""
    found = re.findall(r'<section class="panel[^>]*>(.*?)</section>', page, re.DOTALL)
    return {unescape(re.findall(r"<h2[^>]*>([^<]*)", each)[0]): each for each in found}


def figures(tile: str) -> Iterator[tuple[str, str]]:
    """Yield each number of a card with the address that it leads to."""
    for address, text in re.findall(r'<a href="([^"]*)">([^<]*)<span class="visually-hidden">', tile):
        yield unescape(text).strip(), unescape(address)


def exported(panel: Panel, address: str) -> list[dict[str, str]]:
    """Return all rows of the list at an address."""
    path, _, query = address.partition("?")
    text = panel.get(f"{path}export/csv/?{query}").get_data(as_text=True)
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def counted(panel: Panel, address: str) -> str:
    """Return how many rows the list at an address says it has."""
    page = panel.get(address)
    assert page.status_code == 200
    said = re.findall(r'<p class="quiet num" role="status">([^<]*)', page.text)[0]
    return said.split()[0]  # type: ignore[no-any-return]


def check(panel: Panel, title: str, text: str, address: str) -> None:
    """Hold a number against the list that it leads to."""
    if re.match(r"[\d,]+\+?( |$)", text):
        assert counted(panel, address) == text.split(maxsplit=1)[0], (title, text, address)
        return
    rows = exported(panel, address)
    assert len({row["Currency"] for row in rows}) == 1
    assert Decimal(re.sub(r"[^\d.]", "", text)) == sum(Decimal(row[SUMMED[title]]) for row in rows), (title, address)


def hold(panel: Panel) -> dict[str, int]:
    """Follow every number of the page; return how many there are in each card."""
    found: dict[str, int] = {}
    for title, tile in tiles(panel.get("/").text).items():
        numbers = list(figures(tile))
        for text, address in numbers:
            check(panel, title, text, address)
        found[title] = len(numbers)
    return found


def test_every_number_is_what_the_list_behind_it_counts(app: Flask) -> None:
    found = hold(office(app))
    assert list(found) == [each.title for each in cards.registered()]
    assert found["Your tasks, due by today"] == 3
    assert found["Overdue invoices"] == found["Quotes to follow up"] == 3, "the number, and a sum in each currency"
    assert found["Invoiced by month and channel"] >= 8
    assert found["New customers by week"] > 6


def test_the_numbers_of_somebody_who_sees_their_own_tell_of_nothing_else(app: Flask) -> None:
    panel = office(app, SALES)
    assert len(hold(panel)) == 6
    page = panel.get("/").text
    assert "Customer 2" in page
    assert "Customer 1" not in page
    everybodys, own = (
        next(text for text, _ in figures(tiles(each)["Overdue invoices"])) for each in (Panel(app).get("/").text, page)
    )
    assert 0 < int(own) < int(everybodys)


@pytest.mark.databases("sqlite")
def test_where_there_are_more_rows_than_lists_count_the_number_says_so_and_no_sum_is_told(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = office(app)
    monkeypatch.setattr(listing, "MOST_COUNTED", 3)
    page = tiles(panel.get("/").text)
    assert [text for text, _ in figures(page["Overdue invoices"])] == ["3+"]
    assert "€" not in page["Invoiced by month and channel"].partition("<tbody>")[0]
    hold(panel)


@pytest.mark.databases("sqlite")
def test_a_card_of_what_one_may_not_open_is_not_there(app: Flask) -> None:
    office(app)
    nothing = Panel(app, add_user({})).get("/").text
    assert "There is nothing here for you yet." in nothing
    assert not tiles(nothing)
    panel = Panel(app, add_user({"customer": {Permission.VIEW: Level.ORGANISATION}}))
    page = panel.get("/").text
    assert "Fair" not in page, "the channels are none of their business"
    assert "</i>All</th>" in page
    assert "New customers by week" in page


@pytest.mark.databases("sqlite")
def test_a_card_that_asks_by_a_guarded_field_is_for_those_who_see_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    words: dict[str, Any] = {"model": Customer, "columns": ["owner"], "sort": "name", "empty": "None."}
    hot = [Table(title="Hot", where={"rating": "hot"}, **words), Table(title="Sold", where={}, **words)]
    monkeypatch.setattr(cards, "_registered", hot)
    assert list(tiles(Panel(app).get("/").text)) == ["Hot", "Sold"]
    assert list(tiles(Panel(app, add_user(SALES)).get("/").text)) == ["Sold"]


@pytest.mark.databases("sqlite")
def test_an_empty_card_says_so_and_that_all_is_well_of_something_alone(app: Flask) -> None:
    customer = open_shop()
    panel = Panel(app)
    page = panel.get("/").text
    assert "No documents yet." in page
    assert "No tasks yet." in page
    assert "Good." not in tiles(page)["Overdue invoices"]
    assert "Hello, Anna Rossi" in page
    draft(customer, DocumentKind.INVOICE)
    save(Task(customer=customer, subject="Ring", due=TODAY + timedelta(days=3)))
    page = panel.get("/").text
    assert "No overdue invoices. Good." in page
    assert "Nothing is due today. Good." in page


def steps(page: str) -> dict[str, tuple[str, bool]]:
    """Return where to begin: each step with its address and whether it is done."""
    listed = page.partition('id="begin"')[2].partition("</section>")[0]
    found = re.findall(r'<a href="([^"]*)"><svg[^>]*><use href="[^#]*#([\w-]+)"></use></svg>([^<]*)', listed)
    return {unescape(text).strip(): (url, icon == "square-check") for url, icon, text in found}


@pytest.mark.databases("sqlite")
def test_a_newcomer_is_told_where_to_begin_until_there_is_a_customer(app: Flask) -> None:
    panel = Panel(app)
    page = panel.get("/").text
    assert list(steps(page).values()) == [("/company/new/", False), ("/customer/new/", False), ("/user/new/", False)]
    assert "Good." not in page
    assert "No customers yet." in tiles(page)["Not contacted for 90 days"]
    add_user(name="Jonas Weber")
    assert [done for _, done in steps(panel.get("/").text).values()] == [False, False, True]
    open_shop()
    assert not steps(panel.get("/").text)


@pytest.mark.databases("sqlite")
def test_whoever_may_not_take_a_step_is_not_sent_there(app: Flask) -> None:
    set_actor(db.session, SYSTEM)
    asked = ((Permission.VIEW, Permission.CREATE), (Permission.VIEW, Permission.EDIT))
    people = [add_user({"customer": dict.fromkeys(each, Level.OWN)}) for each in asked]
    found = [list(steps(panel.get("/").text)) for panel in [Panel(app, each) for each in people]]
    assert found == [["Add your first customer"], []]


@pytest.mark.databases("sqlite")
def test_the_page_takes_few_statements(app: Flask) -> None:
    panel = office(app)
    panel.get("/")
    with statements() as first:
        panel.get("/me/")
    with statements() as found:
        panel.get("/")
    assert len(found) - len(first) <= 12


@pytest.mark.databases("sqlite")
def test_weeks_begin_on_monday_and_months_on_their_first_day(app: Flask) -> None:
    weeks = periods("week", 3, date(2027, 1, 6))
    assert [(each.first, each.last) for each in weeks] == [
        (date(2027, 1, 4), date(2027, 1, 10)), (date(2026, 12, 28), date(2027, 1, 3)),
        (date(2026, 12, 21), date(2026, 12, 27)),
    ]  # fmt: skip
    months = periods("month", 12, date(2024, 2, 29))
    assert (months[0].last, months[1].first, months[11].first) == (
        date(2024, 2, 29), date(2024, 1, 1), date(2023, 3, 1)
    )  # fmt: skip


@pytest.mark.databases("sqlite")
def test_the_reader_s_own_day_counts(app: Flask) -> None:
    """At half past midnight in Kiritimati, UTC+14, it is not tomorrow yet in Pago Pago, UTC-11."""
    open_shop()
    now = datetime.now(UTC)
    panel = Panel(app)
    for zone, hours in (("Pacific/Kiritimati", 14), ("Pacific/Pago_Pago", -11)):
        panel.client.set_cookie("zone", zone)
        there = (now + timedelta(hours=hours)).date()
        assert f"{there.day} " in re.findall(r'<p class="quiet">([^<]*)', panel.get("/").text)[0]
        hold(panel)


@pytest.mark.databases("sqlite")
def test_a_misspelt_name_on_a_card_stops_the_start(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    right = Table(title="T", model=Document, where={"kind": "quote"}, columns=["due"], sort="due", empty="None.")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"where": {"curency": "EUR"}}, "did you mean “currency”?"),
        ({"columns": ["totl"]}, "did you mean “total”?"),
        ({"sort": "-dte"}, "did you mean “date”?"),
        ({"sums": "totl"}, "did you mean “total”?"),
    ]
    views = views_by_model(app.extensions["panel"])
    for change, meant in wrong:
        card: Card = replace(right, **change)
        monkeypatch.setattr(cards, "_registered", [card])
        with pytest.raises(DeclarationError, match=re.escape(meant)):
            check_cards(views)


@pytest.mark.databases("sqlite")
def test_the_card_of_the_readme_shows_what_it_says(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    section = README.split("## Add a card to the first page")[1].split("\n## ")[0]
    [block] = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    monkeypatch.setattr(cards, "_registered", [])
    exec(block, {})  # noqa: S102  our own
    check_cards(views_by_model(app.extensions["panel"]))
    panel, customer = Panel(app), open_shop()
    for days, outcome in ((0, Outcome.REACHED), (0, Outcome.NO_ANSWER), (8, Outcome.REACHED), (99, Outcome.REACHED)):
        save(Call(customer=customer, subject="Hello", outcome=outcome, at=datetime.now(UTC) - timedelta(days=days)))
    assert hold(panel) == {"Calls by week and outcome": 6}
    page = panel.get("/").text
    assert re.findall(r'tone-\w+"></i>([^<]+)', page) == ["Reached", "No answer"]
