"""A list: its rows and their order, what it counts, what it searches, its columns and pages."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from flask import Flask

from admin_views.registry import views_by_model
from models.base import db
from models.contact import Contact
from models.customer import CustomerEmail
from models.group import CustomerGroup
from models.permissions import Level, Permission
from models.task import Task
from models.unit import BusinessUnit
from tests.panel import FRAGMENT, Panel, add, company, contact, new_company, note_on
from tests.people import add_user


def titles(page: str) -> list[str]:
    """Return the titles of the rows of a list, in order."""
    return re.findall(r'<a href="/\w+/details/\?id=[^"]+">([^<]+)</a>', page)


def count_of(page: str) -> str:
    """Return what a list says of its length."""
    found = re.search(r'role="status">([^<]+)</p>', page)
    return found[1].strip() if found else ""


def many(number: int, name: str = "Same Srl") -> None:
    """Store companies, all of one name unless it has a place for the number."""
    add(*(new_company(name.format(place), code=f"C{place:04}") for place in range(number)))


def test_a_thousand_rows_of_one_name_are_each_on_exactly_one_page(app: Flask) -> None:
    many(1000)
    panel = Panel(app)
    seen: list[str] = []
    for page in range(1, 11):
        text = panel.get(f"/customer/?page_size=100&page={page}&columns=code").text
        seen += re.findall(r">(C\d{4})<", text)
    assert sorted(seen) == [f"C{place:04}" for place in range(1000)]
    assert count_of(text) == "1,000"


def test_what_is_found_in_several_children_is_one_row_and_counts_once(app: Flask) -> None:
    customer = company()
    for place in range(3):
        contact(customer, f"Needle {place}", email=f"needle{place}@example.com")
        note_on(customer, body=f"needle {place}")
    page = Panel(app).get("/customer/?search=needle").text
    assert titles(page) == ["Aurora Srl"]
    assert count_of(page) == "1 found"
    assert "1–1 of 1" in page
    page = Panel(app).get("/customer/?f_contacts__empty=0&f_notes__empty=0").text
    assert titles(page) == ["Aurora Srl"]


def test_a_match_outside_the_title_says_where_it_is(app: Flask) -> None:
    customer = company(emails=["info@needle.example"])
    contact(customer, "Marta Bianchi", phone="+39 333 1234567")
    panel = Panel(app)
    page = panel.get("/customer/?search=needle").text
    assert re.search(r"<small>Email .*<mark>needle</mark>", page)
    page = panel.get("/customer/?search=3331234567").text
    assert re.search(r"<small>Contact Marta Bianchi .*<mark>", page)


@pytest.mark.parametrize("text", ["%", "_", "100%", "a_b", "\\"])
def test_signs_that_databases_take_for_wildcards_are_themselves(app: Flask, text: str) -> None:
    company("Plain Srl", billing_city="Anything")
    panel = Panel(app)
    assert titles(panel.get("/customer/", query_string={"search": text}).text) == []
    assert titles(panel.get("/customer/", query_string={"f_billing_city__contains": text}).text) == []


def test_an_empty_list_says_what_to_drop(app: Flask) -> None:
    company()
    page = Panel(app).get("/customer/?search=nothing&f_status=blocked&f_billing_city__contains=x").text
    assert "Nothing matches “nothing” with these filters." in page
    assert "Drop “Status is Blocked”" in page
    assert "Drop “City contains x”" in page
    assert "Clear the search" in page


@pytest.mark.databases("sqlite")
def test_a_list_without_rows_says_what_it_is_for_and_how_they_come_about(app: Flask) -> None:
    panel = Panel(app)
    told = {
        path: panel.get(path).text.partition('<div class="empty">')[2].partition("</div>")[0]
        for path in ("/contact/", "/message/", "/exchange_rate/", "/document/?kind=invoice")
    }
    assert "Contacts are the people whom you ring and write to" in told["/contact/"]
    assert re.search(r'href="/contact/new/"[^>]*>New contact<', told["/contact/"])
    assert re.search(r'href="/document/new/\?kind=invoice"[^>]*>New invoice<', told["/document/?kind=invoice"])
    assert "above its timeline" in told["/message/"]
    assert "once a document is in another currency" in told["/exchange_rate/"]
    assert all(view.about for view in views_by_model(app.extensions["panel"]).values() if view.endpoint != "company")
    page = Panel(app, add_user({"customer": {Permission.VIEW: Level.ORGANISATION}})).get("/contact/").text
    assert "Contacts are the people" in page
    assert "New contact" not in page


@pytest.mark.databases("sqlite")
def test_of_what_is_one_s_own_an_empty_list_says_that_there_is_nothing_to_do(app: Flask) -> None:
    company()  # whose channel lets tasks come about
    panel = Panel(app)
    [mine] = re.findall(r'href="(/task/\?[^"]*f_done=0[^"]*)"', panel.get("/me/").text)
    page = panel.get(unescape(mine)).text
    assert "You have nothing to do." in page
    assert "Drop" not in page
    assert "Nothing matches" in panel.get(f"{unescape(mine)}&f_state=overdue").text


@pytest.mark.databases("sqlite")
def test_tasks_open_with_what_is_still_to_be_done(app: Flask) -> None:
    customer = company()
    days = [date(2026, 1, day) for day in (1, 2, 3)]
    for name, due, done in (
        ("Long done", days[0], True), ("Whenever", None, False), ("Second", days[2], False), ("First", days[1], False)
    ):  # fmt: skip
        add(Task(customer=customer, subject=name, due=due, done=done))
    panel = Panel(app)
    page = panel.get("/task/").text
    assert [each for each in titles(page) if each != customer.name] == ["First", "Second", "Whenever", "Long done"]
    assert titles(panel.get("/task/?sort=due").text)[0] == "Long done"
    assert "sort=due" in page


def test_clicking_a_heading_sorts_by_it_and_clicking_again_the_other_way(app: Flask) -> None:
    add(new_company("B Srl", employees=1), new_company("A Srl", employees=3), new_company("C Srl", employees=2))
    panel = Panel(app)
    assert titles(panel.get("/customer/").text) == ["A Srl", "B Srl", "C Srl"]
    page = panel.get("/customer/?sort=employees&columns=employees").text
    assert titles(page) == ["B Srl", "C Srl", "A Srl"]
    assert 'aria-sort="ascending"' in page
    assert "sort=-employees" in page
    assert titles(panel.get("/customer/?sort=-employees").text) == ["A Srl", "C Srl", "B Srl"]


def test_rows_without_the_value_that_is_sorted_by_come_last_either_way(app: Flask) -> None:
    add(new_company("B Srl", employees=1), new_company("A Srl"), new_company("C Srl", employees=2))
    panel = Panel(app)
    assert titles(panel.get("/customer/?sort=employees").text) == ["B Srl", "C Srl", "A Srl"]
    assert titles(panel.get("/customer/?sort=-employees").text) == ["C Srl", "B Srl", "A Srl"]


def test_a_relation_is_sorted_by_the_title_of_what_it_points_to(app: Flask) -> None:
    late, early = add(CustomerGroup(name="Z"), CustomerGroup(name="A"))
    add(new_company("First Srl", group=late), new_company("Second Srl", group=early))
    panel = Panel(app)
    assert titles(panel.get("/customer/?sort=group").text) == ["Second Srl", "First Srl"]
    assert titles(panel.get("/customer/?sort=-group").text) == ["First Srl", "Second Srl"]


@pytest.mark.databases("sqlite")
def test_the_case_of_letters_does_not_order_names(app: Flask) -> None:
    add(new_company("alfa Srl"), new_company("Zeta Srl"), new_company("Beta Srl"))
    assert titles(Panel(app).get("/customer/").text)[0] == "alfa Srl"


def test_pages_have_one_of_the_sizes_offered_and_stay_within_the_list(app: Flask) -> None:
    many(60)
    panel = Panel(app)
    assert len(titles(panel.get("/customer/").text)) == 50
    assert len(titles(panel.get("/customer/?page=2").text)) == 10
    assert len(titles(panel.get("/customer/?page_size=20").text)) == 20
    assert len(titles(panel.get("/customer/?page_size=100").text)) == 60
    assert len(titles(panel.get("/customer/?page_size=33").text)) == 50
    beyond = panel.get("/customer/?page=99").text
    assert "51–60 of 60" in beyond
    assert "page_size=20" in beyond


def test_the_pager_leads_to_the_first_the_last_and_the_neighbouring_pages(app: Flask) -> None:
    many(200)
    page = Panel(app).get("/customer/?page_size=20&page=5").text
    pager = page.split('class="pager"')[1]
    assert re.findall(r'aria-label="Page (\d+)"', pager) == ["1", "3", "4", "6", "7", "10"]
    assert '<b aria-current="page">5</b>' in pager
    assert pager.count("<span>…</span>") == 2


def test_columns_can_be_added_and_taken_away_but_for_the_title(app: Flask) -> None:
    company(code="C1", tags="good")
    panel = Panel(app)
    heads = re.findall(
        r"<th scope=\"col\".*?</th>", panel.get("/customer/?columns=code,tags,code,nothing,password").text, re.DOTALL
    )
    assert [re.sub(r"<[^>]+>", "", head).strip() for head in heads] == ["Name", "Code", "Tags"]
    choices = panel.get("/customer/?columns=code").text.split('id="columns"')[1].split("</ul>")[0]
    assert "Password" not in choices.replace("Password set", "")
    assert 'href="/customer/?columns=name%2Ccode%2Cwebsite"' in choices.replace("&amp;", "&")


def test_what_the_address_says_stays_when_one_thing_changes(app: Flask) -> None:
    many(120)
    page = Panel(app).get("/customer/?search=Same&f_status=active&sort=-name&columns=code&page_size=20&page=2").text
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/customer/\?[^"]+)"', page)]
    kept = ("search=Same", "f_status=active", "columns=", "page_size=")
    assert len([link for link in links if all(part in link for part in kept)]) > 8
    assert [link for link in links if "page=3" in link]


def test_a_fragment_of_a_list_is_the_list_alone(app: Flask) -> None:
    company()
    answer = Panel(app).client.get("/customer/", headers=FRAGMENT)
    assert "<html" not in answer.text
    assert 'id="list"' in answer.text


def test_a_list_within_a_parent_says_whose_rows_these_are(app: Flask) -> None:
    customer, other = company("Mine Srl"), company("Other Srl")
    contact(customer, "Mine")
    contact(other, "Other")
    page = Panel(app).get(f"/contact/?customer={customer.id}").text
    assert titles(page) == ["Mine"]
    assert "Customer is <b>Mine Srl</b>" in page


def test_secrets_and_hidden_columns_are_in_no_list_and_sort_nothing(app: Flask) -> None:
    customer = company(emails=["login@example.com"], can_login=True, password="secret12")
    sealed = str(db.session.connection().exec_driver_sql("SELECT password FROM customer").scalar())
    panel = Panel(app)
    for path in ("?columns=password,login_key", "?sort=password", "?sort=login_key", "?f_password=x", "?f_login_key=x"):
        page = panel.get(f"/customer/{path}").text
        assert titles(page) == ["Aurora Srl"]
        assert sealed not in page
        assert "login@example.com" not in page
    assert sealed not in panel.get(f"/customer/details/?id={customer.id}").text
    assert sealed not in panel.get(f"/customer/edit/?id={customer.id}").text


def test_parts_and_children_are_searched_with_their_parent(app: Flask) -> None:
    customer = company()
    customer.emails = [CustomerEmail(address="first@example.com", primary=True)]
    add(customer)
    add(Contact(customer=customer, name="X", notes="an unusual word"))
    panel = Panel(app)
    for text in ("first@example", "unusual", "AURORA", "IT12345670785", "it 12345670785"):
        assert titles(panel.get("/customer/", query_string={"search": text}).text) == ["Aurora Srl"], text


def test_rows_are_sorted_by_the_row_of_the_same_entity_that_they_lead_to(app: Flask) -> None:
    north, south = add(BusinessUnit(name="North"), BusinessUnit(name="South"))
    add(BusinessUnit(name="A", above=south), BusinessUnit(name="B", above=north))
    page = Panel(app).get("/business_unit/?sort=above").text
    assert [title for title in titles(page) if len(title) == 1] == ["B", "A"]
