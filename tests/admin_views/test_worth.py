"""What an account's customers come to, on its record: by channel, as far as one sees them."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

from flask import Flask

from models.account import Account
from models.base import db
from models.channel import Channel, ChannelEntity
from models.customer import Customer
from models.exchange_rate import ExchangeRate
from models.payment import Payment
from models.permissions import Level, Permission
from models.rules.document_kinds import DocumentKind
from models.types import today
from tests.models.papers import D, issued, line, open_shop
from tests.models.world import company, save
from tests.panel import Panel
from tests.people import add_user

INVOICE, QUOTE = DocumentKind.INVOICE, DocumentKind.QUOTE
ALL = {Permission.VIEW: Level.ORGANISATION}


def channel(name: str, *, active: bool = True) -> Channel:
    """Add a channel by which customers come."""
    found = Channel(name=name, active=active, entities=[ChannelEntity(entity="customer")])
    save(found)
    return found


def house() -> tuple[Account, Customer, Customer]:
    """Return an account with a customer in a shop and one on the web; the first owes 122.00, 61.00 of it since long."""
    first = open_shop()
    second = company("Borea", account=first.account, channel=channel("Web"))
    issued(first, INVOICE, line(price="50"), date=today() - timedelta(days=60), due=today() - timedelta(days=30))
    issued(first, INVOICE, line(price="50"))
    paid = issued(first, INVOICE, line(price="100"))
    paid.payments.append(Payment(amount=D("122"), date=today()))
    db.session.commit()
    issued(first, QUOTE, line(price="900"))
    issued(second, INVOICE, line(price="200"), currency="CHF")
    return first.account, first, second


def table(page: str) -> list[str]:
    """Return the lines of the table as plain text."""
    part = page[page.index('id="grid-worth"') :]
    rows = re.findall(r"<tr>(.*?)</tr>", part[: part.index("</section>")], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()).replace("\xa0", " ") for row in rows[1:]]


def test_an_account_says_what_its_customers_come_to_by_channel(app: Flask) -> None:
    account, *_ = house()
    found = table(Panel(app).get(f"/account/details/?id={account.id}").text)
    assert found == [
        "Sales 1 €244.00 €122.00 €61.00 €244.00",
        "Web 1 CHF 244.00 CHF 244.00 — €0.00",
        "All that count 2 €244.00 CHF 244.00 €122.00 CHF 244.00 €61.00 €244.00",
    ]


def test_a_rate_of_exchange_lets_other_currencies_count(app: Flask) -> None:
    account, *_, second = house()
    page = Panel(app).get(f"/account/details/?id={account.id}").text
    assert "1 document in a currency without a rate" in page
    save(ExchangeRate(currency="CHF", rate=D("0.5")))
    issued(second, INVOICE, line(price="100"), currency="CHF")
    assert table(Panel(app).get(f"/account/details/?id={account.id}").text)[-1].endswith("€488.00")


def test_what_a_closed_channel_earned_is_shown_and_not_counted(app: Flask) -> None:
    account, first, second = house()
    second.channel.active = False
    db.session.commit()
    found = table(Panel(app).get(f"/account/details/?id={account.id}").text)
    assert [each.split()[0] for each in found] == ["Sales", "Web", "All"]
    assert found[1].count("not counted") == 1
    assert found[2] == "All that count 1 €244.00 €122.00 €61.00 €244.00"
    assert first.channel.active


def test_what_was_never_billed_is_zero_in_the_companys_currency(app: Flask) -> None:
    customer = open_shop()
    panel = Panel(app)
    assert table(panel.get(f"/account/details/?id={customer.account.id}").text) == ["Sales 1 — — — €0.00"]
    assert "€0.00" in panel.get(f"/customer/details/?id={customer.id}").text
    later = company("Borea")
    assert "€0.00" in panel.get(f"/customer/details/?id={later.id}").text


def test_every_line_leads_to_the_customers_that_it_is_about(app: Flask) -> None:
    account, first, second = house()
    company("Cedro", account=account, channel=channel("Fairs")).channel.active = False
    db.session.commit()
    panel = Panel(app)
    page = panel.get(f"/account/details/?id={account.id}").text.partition('id="grid-worth"')[2]
    links = [
        unescape(each) for each in re.findall(r'<td class="title"><a href="([^"]+)"', page.partition("</section>")[0])
    ]
    found = [re.findall(r"/customer/details/\?id=(\d+)", panel.get(each).text) for each in links]
    one, two = str(first.id), str(second.id)
    assert [set(each) - {one, two} == set() for each in found] == [True, True, False, True]
    assert [{one, two} & set(each) for each in found] == [{one}, {two}, set(), {one, two}]


def test_nobody_reads_the_totals_of_customers_that_they_do_not_see(app: Flask) -> None:
    account, first, second = house()
    grants: dict[str, Any] = {"*": ALL, "customer": {Permission.VIEW: Level.OWN}}
    user = add_user(grants)
    second.owner = user
    db.session.commit()
    page = Panel(app, user).get(f"/account/details/?id={account.id}").text
    assert table(page) == ["Web 1 CHF 244.00 CHF 244.00 — €0.00"]
    assert "€244.00" not in page
    assert f"/customer/details/?id={first.id}" not in page


def test_the_newest_documents_lead_to_all_of_the_account(app: Flask) -> None:
    account, first, _ = house()
    for _ in range(8):
        issued(first, INVOICE, line(price="1"))
    panel = Panel(app)
    page = panel.get(f"/account/details/?id={account.id}").text
    part = page[page.index('id="grid-newest-documents"') :]
    assert part[: part.index("</section>")].count("/document/details/") == 10
    assert "All 13" in part
    assert "13 " in panel.get(f"/document/?f_customer.account={account.id}").text


def test_a_customers_record_says_what_it_is_worth(app: Flask) -> None:
    _, first, _ = house()
    page = Panel(app).get(f"/customer/details/?id={first.id}").text
    assert "Lifetime value" in page
    assert "€244.00" in page
