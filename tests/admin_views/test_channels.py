"""Channels: what they enable is in the menu and in selects; what they kept stays reachable when they close."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import update

from admin_views.kinds import options, said
from admin_views.lists.filters import filters_for
from models.base import db
from models.channel import Channel, ChannelEntity, ChannelType
from models.customer import Customer
from models.description import describe
from models.gate import ungated
from models.permissions import EVERYTHING
from tests.admin_views.test_forms import RIGHT, errors, values
from tests.panel import Forms, Panel, add, company, default_group, statements, stored
from tests.people import EDITOR, regrant


@pytest.fixture(autouse=True)
def _reference(app: Flask) -> None:
    default_group()


def channel(name: str, *, active: bool = True, enables: tuple[str, ...] = ("customer",)) -> Channel:
    """Store a channel."""
    return add(Channel(name=name, active=active, entities=[ChannelEntity(entity=each) for each in enables]))  # type: ignore[no-any-return]


def close_all() -> None:
    """Deactivate every channel."""
    for each in stored(Channel):
        each.active = False
        add(each)


def menu(panel: Panel, path: str = "/me/") -> list[str]:
    """Return what the side menu leads to."""
    side = panel.get(path).text.split('<nav id="side"')[1].split("</nav>")[0]
    return [unescape(text.strip()) for text in re.findall(r"</svg>([^<]+)</a>", side)]


def offered(panel: Panel, query: str) -> list[str]:
    """Return what a picker looks up."""
    return [row["label"] for row in panel.get(f"/customer/ajax/lookup/?{query}").json or []]


def test_a_channel_is_made_with_the_entities_that_it_enables(app: Flask) -> None:
    panel = Panel(app)
    page = panel.get("/channel/new/")
    assert '<option value="customer">Customers</option>' in page.text
    typed = {"name": "Web shop", "type": "custom", "active": "y", "entities-new-entity": "customer"}
    assert panel.send(page, typed).status_code == 303
    [row] = stored(Channel, name="Web shop")
    assert (row.type, [each.entity for each in row.entities]) == (ChannelType.CUSTOM, ["customer"])
    assert "Customers" in panel.get(f"/channel/details/?id={row.id}").text.split("<main")[1]


def test_a_channel_without_entities_is_fine_and_one_with_the_same_twice_is_not(app: Flask) -> None:
    panel = Panel(app)
    assert panel.fill("/channel/new/", {"name": "Nothing yet"}).status_code == 303
    assert stored(Channel, name="Nothing yet")[0].entities == []
    twice = {"entities-keys": ["new1", "new2"], "entities-new1-entity": "customer", "entities-new2-entity": "customer"}
    answer = panel.fill("/channel/new/", {"name": "Twice", **twice})
    assert answer.status_code == 422
    assert errors(answer.text) == {"entities": "Something is on this list twice."}
    forged = panel.fill("/channel/new/", {"name": "Forged", "entities-new-entity": "nothing"})
    assert errors(forged.text)["entities-new-entity"] == "Choose one of the values on the list."


def test_the_type_is_shown_after_the_first_save_and_a_forged_one_is_refused_beside_it(app: Flask) -> None:
    row = channel("Trade fair")
    panel = Panel(app)
    path = f"/channel/edit/?id={row.id}"
    assert "type" not in values(panel.get(path).text)
    answer = panel.fill(path, {"type": "custom", "name": "Fair"})
    assert errors(answer.text) == {"type": "This cannot be changed any more."}
    assert panel.fill(path, {"type": "sales", "name": "Fair"}).status_code == 303
    assert [(each.name, each.type) for each in stored(Channel, id=row.id)] == [("Fair", ChannelType.SALES)]


def test_an_entity_that_is_not_known_any_more_is_shown_as_it_is_and_kept(app: Flask) -> None:
    row = channel("Old shop", enables=("customer",))
    retired = update(ChannelEntity).where(ChannelEntity.id == row.entities[0].id).values(entity="prospect")
    db.session.execute(retired, execution_options=ungated("the program once knew an entity of this name"))
    db.session.commit()
    panel = Panel(app)
    assert '<option selected value="prospect">prospect</option>' in panel.get(f"/channel/edit/?id={row.id}").text
    assert panel.fill(f"/channel/edit/?id={row.id}", {"name": "Older shop"}).status_code == 303
    assert stored(ChannelEntity, channel_id=row.id)[0].entity == "prospect"


def test_values_of_which_there_is_a_list_are_read_by_their_labels(app: Flask) -> None:
    attribute = describe(ChannelEntity).attributes["entity"]
    assert options(attribute) == [("customer", "Customers")]
    assert [said(attribute, value, None) for value in ("customer", "prospect", None)] == ["Customers", "prospect", ""]
    assert filters_for(ChannelEntity, ["entity"])["entity"].family == "choices"


def test_customers_are_in_the_menu_while_an_active_channel_enables_them(app: Flask) -> None:
    panel = Panel(app)
    assert {"Customers", "Contacts", "Notes"} <= set(menu(panel))
    close_all()
    assert not {"Customers", "Contacts", "Notes"} & set(menu(panel))
    channel("Without entities", enables=())
    assert "Customers" not in menu(panel)
    channel("Web shop")
    assert "Customers" in menu(panel)


def test_a_channel_saved_in_its_place_renews_the_page_with_its_menu(app: Flask) -> None:
    key = channel("Web shop", active=False).id
    answer = Panel(app).fill(f"/channel/edit/?id={key}&panel=0", {"active": "y"}, fragment=True)
    assert answer.headers["HX-Redirect"].startswith(f"/channel/details/?id={key}")


def test_the_menu_does_not_depend_on_who_may_see_channels(app: Flask) -> None:
    regrant(EDITOR, {"*": EVERYTHING, "channel": {}})
    panel = Panel(app, EDITOR)
    assert "Customers" in menu(panel)
    assert "Channels" not in menu(panel)
    page = panel.get("/customer/new/").text
    assert "Customers need a channel, and your role shows you none." in page
    assert "Create one" not in page


def test_the_menu_costs_one_statement_and_a_fragment_none(app: Flask) -> None:
    panel = Panel(app)
    for fragment, most in ((False, 1), (True, 0)):
        with statements() as run:
            panel.get("/channel/", fragment=fragment)
        assert len([each for each in run if "EXISTS" in each and "channel_entity" in each]) == most


def test_pickers_offer_active_channels_that_enable_the_entity_and_filters_all(app: Flask) -> None:
    channel("Trade fair")
    channel("Closed shop", active=False)
    channel("Other things", enables=())
    panel = Panel(app)
    assert offered(panel, "name=channel") == ["Sales", "Trade fair"]
    assert offered(panel, "name=channel&query=closed") == []
    assert offered(panel, "name=channel&all=1") == ["Closed shop", "Other things", "Sales", "Trade fair"]
    assert "Closed shop" in panel.get("/customer/filter/?field=channel", fragment=True).text
    assert "all=1" in panel.get("/customer/filter/?field=channel", fragment=True).text
    typed = panel.fill("/customer/new/", {**RIGHT, "channel": ["", "Closed shop"]})
    assert errors(typed.text)["channel"] == "Nothing called “Closed shop” was found."
    assert panel.fill("/customer/new/", {**RIGHT, "channel": ["", "Trade fair"]}).status_code == 303
    assert stored(Customer)[0].channel.name == "Trade fair"


def test_the_only_channel_is_taken_without_asking(app: Flask) -> None:
    panel = Panel(app)
    page = panel.get("/customer/new/")
    assert "channel" not in values(page.text)
    assert panel.send(page, RIGHT).status_code == 303
    assert stored(Customer)[0].channel.name == "Sales"


def test_a_channel_that_came_while_one_typed_is_asked_for_and_one_that_went_is_refused(app: Flask) -> None:
    panel = Panel(app)
    page = panel.get("/customer/new/")
    fair = channel("Trade fair")
    assert errors(panel.send(page, RIGHT).text)["channel"] == "This field is required."
    page = panel.get("/customer/new/")
    fair.active = False
    add(fair)
    answer = panel.send(page, {**RIGHT, "channel": str(fair.id)})
    assert errors(answer.text)["channel"] == "“Trade fair” can no longer be chosen, or is not yours to choose."
    assert stored(Customer) == []


def test_without_a_channel_the_form_says_what_to_do_and_loses_nothing_that_was_typed(app: Flask) -> None:
    panel = Panel(app)
    open_form = panel.get("/customer/new/")
    close_all()
    page = panel.get("/customer/new/").text
    assert "No active channel enables customers." in page
    assert 'href="/channel/new/"' in page
    assert 'name="company"' not in page
    answer = panel.send(open_form, RIGHT)
    assert answer.status_code == 422
    assert "No active channel enables customers." in answer.text
    assert values(answer.text)["company"] == "Aurora Srl"
    assert 'href="/channel/new/"' not in Panel(app, EDITOR).get("/customer/new/").text


def test_a_customer_of_a_closed_channel_is_found_shown_and_saved(app: Flask) -> None:
    customer = company(code="A-1")
    close_all()
    panel = Panel(app)
    assert "Aurora Srl" in panel.get("/customer/").text
    page = panel.get(f"/customer/edit/?id={customer.id}&panel=0")
    assert re.search(r'<option value="\d+" selected>Sales</option>', page.text)
    assert panel.send(page, {"code": "A-2"}).status_code == 303
    [row] = stored(Customer)
    assert (row.code, row.channel.name) == ("A-2", "Sales")


def test_a_customer_moves_to_another_channel_but_not_to_a_closed_one(app: Flask) -> None:
    customer = company()
    fair, closed = channel("Trade fair"), channel("Closed shop", active=False)
    panel = Panel(app)
    path = f"/customer/edit/?id={customer.id}&panel=0"
    assert "can no longer be chosen" in errors(panel.fill(path, {"channel": str(closed.id)}).text)["channel"]
    assert panel.fill(path, {"channel": str(fair.id)}).status_code == 303
    assert errors(panel.fill(path, {"channel": ""}).text) == {"channel": "This field is required."}
    assert stored(Customer)[0].channel_id == fair.id


def test_a_channel_with_customers_stays_and_says_why(app: Flask) -> None:
    customer = company()
    panel = Panel(app)
    assert "It is the channel of 1 customer." in panel.get(f"/channel/delete/?id={customer.channel.id}").text
    panel.post(f"/channel/delete/?id={customer.channel.id}", {"confirmed": "1"})
    assert len(stored(Channel)) == 1


def test_an_account_is_optional_for_a_new_customer_and_required_afterwards(app: Flask) -> None:
    panel = Panel(app)
    page = panel.get("/customer/new/").text
    assert re.search(r"Account <small>optional", page)
    assert "one of the same name is made" in page
    panel.fill("/customer/new/", RIGHT)
    [customer] = stored(Customer)
    assert customer.account.name == "Aurora Srl"
    path = f"/customer/edit/?id={customer.id}&panel=0"
    page = panel.get(path).text
    assert not re.search(r"Account <small>optional", page)
    assert "one of the same name is made" not in page
    assert errors(panel.fill(path, {"account": ""}).text) == {"account": "This field is required."}


def test_a_form_can_be_saved_and_closed(app: Flask) -> None:
    panel = Panel(app)
    list_page = "/customer/?f_billing_country=IT&sort=-name"
    new = re.search(r'href="(/customer/new/[^"]*)"', panel.get(list_page).text)
    assert new is not None
    address = unescape(new[1])
    assert panel.fill(address, {**RIGHT, "close": "1"}).location == "/customer/?f_billing_country=IT&sort=-name"
    [customer] = stored(Customer)
    path = f"/customer/edit/?id={customer.id}&at=1&search=aurora&page=2"
    assert panel.fill(path, {"tags": "x", "close": "1"}).location == "/customer/?search=aurora&page=2"
    assert "was saved." in panel.get("/customer/").text
    assert panel.fill(path, {"tags": "y"}).location.startswith("/customer/details/?id=")
    assert panel.fill(path, {"employees": "many", "close": "1"}).status_code == 422


def test_a_panel_and_a_row_in_their_place_have_one_way_to_save(app: Flask) -> None:
    customer = company()
    panel = Panel(app)
    for path in (f"/customer/edit/?id={customer.id}&panel=4", f"/contact/new/?customer={customer.id}"):
        assert 'name="close"' not in panel.get(path).text
        assert 'name="close"' not in panel.get(path, fragment=True).text
    assert 'name="close"' in panel.get("/contact/new/").text
    assert Forms(panel.get("/contact/new/").text).only.action == "/contact/new/"


def test_the_history_calls_what_a_channel_enables_by_its_name(app: Flask) -> None:
    row = channel("Trade fair")
    assert "Created Entity</span> Customers<" in Panel(app).get(f"/channel/history/?id={row.id}").text


def test_an_inactive_channel_says_so_in_its_head(app: Flask) -> None:
    panel, open_one, closed = Panel(app), channel("Trade fair"), channel("Closed shop", active=False)
    badge = '<span class="pill pill-grey">Inactive</span>'
    assert badge in panel.get(f"/channel/details/?id={closed.id}").text
    assert badge not in panel.get(f"/channel/details/?id={open_one.id}").text
