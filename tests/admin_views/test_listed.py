"""What points to a record is shown on its page: read there, opened from there, grouped where the view says so."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask import Flask
from sqlalchemy import select

from models.account import Account
from models.base import db
from models.channel import Channel, ChannelEntity
from models.customer import Customer
from models.gate import set_actor
from models.group import CustomerGroup
from models.permissions import SYSTEM
from models.role import Role
from models.unit import BusinessUnit
from tests.admin_views.test_figures import cost
from tests.models.world import ALL, OWN, SEE
from tests.panel import Panel, add, new_company, stored
from tests.people import VIEWER, add_user

RECORD, FRAGMENT = 16, 6


def account(name: str = "Rossi", **values: Any) -> Account:
    row: Account = add(Account(name=name, **values))
    return row


def channel(name: str, *, active: bool = True) -> Channel:
    row: Channel = add(Channel(name=name, active=active, entities=[ChannelEntity(entity="customer")]))
    return row


def customers(row: Account, *names: str, **values: Any) -> None:
    add(*(new_company(name, account_id=row.id, **values) for name in names))


def deactivate(row: Channel) -> None:
    set_actor(db.session, SYSTEM)
    db.session.get_one(Channel, row.id).active = False
    db.session.commit()


def section(page: str, key: str) -> str:
    """Return the part of a page that is a grid; nothing if it is not there."""
    found = re.search(rf'<section class="panel kids" id="grid-{key}".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def told(html: str) -> list[str]:
    """Return the headings and the titles of a grid, in order; headings with their number and remark."""
    line = r'<tr class="group"><th[^>]*>(.*?)</th>|<td class="title"><a href="[^"]+">([^<]+)</a>'
    found = re.findall(line, html, re.DOTALL)
    return [unescape(" ".join(re.sub(r"<[^>]+>", " ", heading).split()) or title) for heading, title in found]


def count(html: str) -> str:
    [found] = re.findall(r'<h2[^>]*>[^<]*<span class="count">([^<]*)</span>', html)
    return str(found)


def test_the_record_of_an_account_shows_its_customers_by_channel(app: Flask) -> None:
    row, shop, web = account(), channel("Shop"), channel("Internet")
    customers(row, "Zenit", "Aurora", channel_id=shop.id)
    customers(row, "Casa", channel_id=web.id)
    customers(account("Other"), "Somebody else", channel_id=web.id)
    grid = section(Panel(app).get(f"/account/details/?id={row.id}").text, "customer-account")
    assert told(grid) == ["Internet 1", "Casa", "Shop 2", "Aurora", "Zenit"]
    assert count(grid) == "3"


def test_customers_of_an_inactive_channel_are_there_and_not_counted(app: Flask) -> None:
    row, old, web = account(), channel("Fair"), channel("Internet")
    customers(row, "Bergmann", "Aurora", channel_id=old.id)
    customers(row, "Casa", channel_id=web.id)
    deactivate(old)
    panel = Panel(app)
    grid = section(panel.get(f"/account/details/?id={row.id}").text, "customer-account")
    assert told(grid) == ["Internet 1", "Casa", "Fair 2 not counted", "Aurora", "Bergmann"]
    assert count(grid) == "1 · 2 not counted"
    [link] = re.findall(r'<a href="(/customer/details/[^"]+)">Aurora</a>', grid)
    assert panel.get(unescape(link)).status_code == 200


def test_a_row_is_read_there_and_opened_from_there(app: Flask) -> None:
    row = account()
    customers(row, "Aurora")
    [customer] = stored(Customer)
    grid = section(Panel(app).get(f"/account/details/?id={row.id}").text, "customer-account")
    assert f'<a href="/customer/details/?id={customer.id}">Aurora</a>' in grid
    assert "/customer/edit/" not in grid
    assert "/customer/delete/" not in grid
    assert grid.count("<th scope") <= 5


def test_the_button_opens_the_form_of_a_new_row_that_points_here(app: Flask) -> None:
    row, _ = account(), new_company()
    panel = Panel(app)
    grid = section(panel.get(f"/account/details/?id={row.id}").text, "customer-account")
    [new] = re.findall(r'href="(/customer/new/[^"]+)"', grid)
    assert "hx-get" not in grid.partition("<table")[0]
    answer = panel.fill(unescape(new), {"company": "Nuova Srl", "vat_number": "IT12345670785", "name": ""})
    [customer] = stored(Customer)
    assert (answer.status_code, customer.account_id) == (303, row.id)
    assert len(stored(Account)) == 1


def test_an_account_that_one_does_not_see_cannot_be_pointed_at(app: Flask) -> None:
    row = account("Hidden")
    someone = add_user({"account": OWN, "customer": ALL, "channel": SEE, "customer_group": SEE})
    panel = Panel(app, someone)
    for page in ("new/", "", "?page=1"):
        path = f"/customer/{page}{'&' if '?' in page else '?'}account={row.id}"
        assert panel.get(path).status_code == 404, path
        assert panel.get(path, fragment=True).status_code == 404, path
    assert panel.get("/customer/new/?account=abc").status_code == 404


def test_many_are_paged_and_a_page_begins_with_the_heading_of_its_group(app: Flask) -> None:
    row, shop, web = account(), channel("Shop"), channel("Internet")
    customers(row, *(f"A{number:03}" for number in range(30)), channel_id=web.id)
    customers(row, *(f"B{number:03}" for number in range(15)), channel_id=shop.id)
    panel = Panel(app)
    grid = section(panel.get(f"/account/details/?id={row.id}").text, "customer-account")
    assert told(grid) == ["Internet 30", *(f"A{number:03}" for number in range(20))]
    [following] = re.findall(r'<a href="([^"]+)" rel="next">', grid)
    second = panel.get(unescape(following), fragment=True).text
    assert "<html" not in second
    assert told(section(second, "customer-account")) == [
        "Internet 30", *(f"A{number:03}" for number in range(20, 30)),
        "Shop 15", *(f"B{number:03}" for number in range(10)),
    ]  # fmt: skip
    last = panel.get(unescape(following).replace("page=2", "page=99"), fragment=True).text
    assert told(section(last, "customer-account"))[-1] == "B014"


def test_without_javascript_the_pages_are_a_list_that_says_whose_rows_it_shows(app: Flask) -> None:
    row = account()
    customers(row, "Aurora")
    customers(account("Other"), "Bergmann")
    page = Panel(app).get(f"/customer/?account={row.id}").text
    assert "Aurora" in page
    assert "Bergmann" not in page
    assert f'href="/account/details/?id={row.id}"' in page
    searched = Panel(app).client.get(
        f"/customer/?account={row.id}&search=Berg", headers={"HX-Request": "true", "HX-Target": "div#list"}
    ).text  # fmt: skip
    assert "Nothing matches" in searched


def test_the_grid_shows_only_what_the_person_may_see(app: Flask) -> None:
    row = account()
    someone = add_user({"account": ALL, "customer": OWN, "channel": SEE, "customer_group": SEE, "user": SEE})
    customers(row, "Mine", owner_id=someone.id)
    customers(row, "Secret")
    grid = section(Panel(app, someone).get(f"/account/details/?id={row.id}").text, "customer-account")
    assert "Secret" not in grid
    assert told(grid) == ["Sales 1", "Mine"]
    assert count(grid) == "1"


def test_a_panel_that_one_may_not_open_is_not_shown_in_part_either(app: Flask) -> None:
    row = account()
    customers(row, "Aurora")
    page = Panel(app, add_user({"account": ALL})).get(f"/account/details/?id={row.id}").text
    assert "Rossi" in page
    assert section(page, "customer-account") == ""


def test_who_may_not_create_customers_has_no_button(app: Flask) -> None:
    row = account()
    assert "/customer/new/" not in Panel(app, VIEWER).get(f"/account/details/?id={row.id}").text


def test_an_account_without_customers_says_so(app: Flask) -> None:
    row = account()
    assert "No customers yet." in section(Panel(app).get(f"/account/details/?id={row.id}").text, "customer-account")


def test_a_group_lists_its_customers_in_order_of_name(app: Flask) -> None:
    group: CustomerGroup = add(CustomerGroup(name="Retail"))
    customers(account(), "Zenit", "Aurora", group_id=group.id)
    grid = section(Panel(app).get(f"/customer_group/details/?id={group.id}").text, "customer-group")
    assert told(grid) == ["Aurora", "Zenit"]
    assert count(grid) == "2"


def test_a_business_unit_lists_the_units_below_it_and_who_is_in_it(app: Flask) -> None:
    top: BusinessUnit = add(BusinessUnit(name="Italy"))
    below: BusinessUnit = add(BusinessUnit(name="Milan", above_id=top.id))
    add_user(VIEWER, below, name="Marta Bianchi")
    add_user(VIEWER, name="Somebody else")
    panel = Panel(app)
    page = panel.get(f"/business_unit/details/?id={top.id}").text
    assert told(section(page, "business_unit-above")) == ["Milan"]
    assert told(section(page, "user-units")) == []
    page = panel.get(f"/business_unit/details/?id={below.id}").text
    assert told(section(page, "user-units")) == ["Marta Bianchi"]
    assert "/user/new/" not in page
    listed = panel.get(f"/user/?units={below.id}", fragment=True).text
    assert told(section(listed, "user-units")) == ["Marta Bianchi"]


def test_who_has_a_role_is_found_by_the_address_of_the_list(app: Flask) -> None:
    add_user(VIEWER, name="Marta Bianchi")
    panel = Panel(app)
    role = db.session.scalars(select(Role).where(Role.name == VIEWER)).one()
    page = panel.get(f"/user/?roles={role.id}").text
    assert "Marta Bianchi" in page
    assert "Role is" in " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_what_it_costs_does_not_depend_on_how_many_there_are(app: Flask) -> None:
    row, channels = account(), [channel(f"Channel {number}") for number in range(6)]
    customers(row, "First", channel_id=channels[0].id)
    panel = Panel(app)
    paths = {f"/account/details/?id={row.id}": RECORD}
    fragment = {f"/account/delete/?id={row.id}": FRAGMENT, f"/customer/?account={row.id}": FRAGMENT + 1}
    little = [cost(panel, path) for path in paths] + [cost(panel, path, fragment=True) for path in fragment]
    for number, each in enumerate(channels):
        customers(row, *(f"{number} {place}" for place in range(5)), channel_id=each.id, owner_id=add_user().id)
    much = [cost(panel, path) for path in paths] + [cost(panel, path, fragment=True) for path in fragment]
    assert much == little
    assert all(each <= most for each, most in zip(much, [*paths.values(), *fragment.values()], strict=True)), much


def test_records_that_list_others_keep_to_the_budget(app: Flask) -> None:
    group: CustomerGroup = add(CustomerGroup(name="Retail"))
    unit: BusinessUnit = add(BusinessUnit(name="Italy"))
    add_user(VIEWER)
    role = db.session.scalars(select(Role).where(Role.name == VIEWER)).one()
    paths = [f"/{name}/details/?id={row.id}" for name, row in
             (("customer_group", group), ("business_unit", unit), ("role", role))]  # fmt: skip
    panel, costs = Panel(app), []
    for many in (1, 30):
        customers(account(f"With {many}"), *(f"{many} {number}" for number in range(many)), group_id=group.id)
        add(*(BusinessUnit(name=f"{many} {number}", above_id=unit.id) for number in range(many)))
        [unit] = stored(BusinessUnit, id=unit.id)
        for number in range(many):
            add_user(VIEWER, unit, name=f"{many} {number}")
        costs.append([cost(panel, path) for path in paths])
    assert costs[0] == costs[1]
    assert max(costs[1]) <= RECORD


def test_beyond_ten_thousand_rows_there_are_no_groups_and_no_exact_number(app: Flask) -> None:
    row, _ = account(), new_company()
    customers(row, "Aurora")
    [first] = stored(Customer)
    multiply(first, 10_001)
    panel = Panel(app)
    page = panel.get(f"/account/details/?id={row.id}").text
    grid = section(page, "customer-account")
    assert count(grid) == "10,000+"
    assert len(told(grid)) == 20
    assert not re.search(r'class="group"', grid)


def multiply(row: Customer, times: int) -> None:
    """Store copies of a customer, the quick way."""
    table: Any = Customer.__table__
    unique = {"id", "login_key", "code"}
    values = {each.key: getattr(row, each.key) for each in table.columns if each.key not in unique}
    db.session.connection().execute(table.insert(), [values] * times)
    db.session.commit()
