"""Filters: what they find, how they read, how they are removed, and what they ignore."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from models.base import db
from models.customer import Customer, CustomerKind, Rating, Status
from models.group import CustomerGroup
from models.task import Task
from models.user import User
from tests.admin_views.test_lists import titles
from tests.panel import Panel, add, company, contact, new_company, stored
from tests.people import add_user

DAY = timedelta(days=1)


def found(app: Flask, query: str, path: str = "/customer/") -> list[str]:
    return titles(Panel(app).get(f"{path}?{query}").text)


def chips(page: str) -> list[str]:
    """Return the active filters as the sentences that people read."""
    area = page.split('class="chips"')[1].split("</ul>", maxsplit=1)[0] if 'class="chips"' in page else ""
    return [
        " ".join(re.sub(r"<[^>]+>", "", each).split())
        for each in re.findall(r"<li class=\"chip\">(.*?)</a>", area, re.DOTALL)
    ]


def removals(page: str) -> list[str]:
    return [url.replace("&amp;", "&") for url in re.findall(r'class="x" href="([^"]+)"', page)]


def test_a_choice_is_any_of_several_values_and_reads_as_a_sentence(app: Flask) -> None:
    add(
        new_company("A", billing_country="IT", billing_province="MI", status=Status.ACTIVE),
        new_company("B", billing_country="DE", vat_number="DE136695976", status=Status.BLOCKED),
        new_company("C", billing_country="FR", vat_number="FR40303265045"),
    )
    page = Panel(app).get("/customer/?f_billing_country=IT&f_billing_country=DE").text
    assert titles(page) == ["A", "B"]
    assert chips(page) == ["Country is Italy, Germany"]
    assert found(app, "f_status=blocked") == ["B"]
    assert found(app, "f_billing_country__not=IT") == ["B", "C"]


def test_provinces_follow_the_country(app: Flask) -> None:
    add(
        new_company("Milan", billing_country="IT", billing_province="Milano"),
        new_company("Cagliari", billing_country="IT", billing_province="CA"),
        new_company("California", billing_country="US", billing_province="CA", vat_number="12345678"),
    )
    page = Panel(app).get("/customer/?f_billing_country=IT&f_billing_province=IT-CA").text
    assert titles(page) == ["Cagliari"]
    assert chips(page) == ["Country is Italy", "Province is Cagliari"]
    assert found(app, "f_billing_province=US-CA&f_billing_province=IT-MI") == ["California", "Milan"]
    assert found(app, "f_billing_country=US&f_billing_province=IT-MI") == ["California"]
    assert found(app, "f_billing_province__not=IT-CA") == ["California", "Milan"]


def test_the_form_of_provinces_offers_those_of_the_country_by_name(app: Flask) -> None:
    panel = Panel(app)
    italian = panel.get("/customer/filter/?field=billing_province&f_billing_country=IT").text
    assert '<option value="IT-MI">Milano</option>' in italian
    assert "California" not in italian
    everywhere = panel.get("/customer/filter/?field=billing_province").text
    assert "Milano (Italy)" in everywhere
    assert "California (United States)" in everywhere


def test_a_relation_is_any_of_several_rows(app: Flask) -> None:
    gold, silver = add(CustomerGroup(name="Gold"), CustomerGroup(name="Silver"))
    add(new_company("A", group=gold), new_company("B", group=silver), new_company("C"))
    page = Panel(app).get(f"/customer/?f_group={gold.id}&f_group={silver.id}&f_group=999").text
    assert titles(page) == ["A", "B"]
    assert chips(page) == ["Group is Gold, Silver"]


def test_empty_and_not_empty_are_filters_of_what_may_be_left_out(app: Flask) -> None:
    owner = add_user(name="Olga Owner")
    add(new_company("A", owner=owner, rating=Rating.HOT, billing_city="Rome"), new_company("B"))
    for key in ("owner", "rating", "billing_city"):
        assert found(app, f"f_{key}__empty=1") == ["B"], key
        assert found(app, f"f_{key}__empty=0") == ["A"], key
    page = Panel(app).get("/customer/?f_owner__empty=1&f_rating__empty=1&f_billing_city__empty=1").text
    assert chips(page) == ["Rating is empty", "Owner is empty", "City is empty"]


def test_having_children_is_a_filter_too(app: Flask) -> None:
    full = company("Full", emails=["full@example.com"])
    contact(full)
    company("Bare")
    for key in ("contacts", "emails"):
        assert found(app, f"f_{key}__empty=1") == ["Bare"], key
        assert found(app, f"f_{key}__empty=0") == ["Full"], key
    assert chips(Panel(app).get("/customer/?f_contacts__empty=1").text) == ["Contacts are missing"]


def test_days_are_whole_and_both_ends_count(app: Flask) -> None:
    for hour, name in ((0, "First"), (12, "Noon"), (23, "Last")):
        moment = datetime(2026, 3, 14, hour, 59, 59, 999999, tzinfo=UTC)
        company(name, created_at=moment)
    company("Before", created_at=datetime(2026, 3, 13, 23, 59, 59, 999999, tzinfo=UTC))
    company("After", created_at=datetime(2026, 3, 15, tzinfo=UTC))
    assert sorted(found(app, "f_created_at__from=2026-03-14&f_created_at__to=2026-03-14")) == ["First", "Last", "Noon"]
    assert sorted(found(app, "f_created_at__to=2026-03-13")) == ["Before"]
    assert sorted(found(app, "f_created_at__from=2026-03-15")) == ["After"]


def test_each_end_of_a_range_is_removed_by_itself(app: Flask) -> None:
    company()
    page = Panel(app).get("/customer/?f_created_at__from=2026-03-14&f_created_at__to=2027-03-14&search=Aurora").text
    assert chips(page) == ["Created from 14 Mar 2026", "Created to 14 Mar 2027"]
    assert removals(page) == [
        "/customer/?search=Aurora&f_created_at__to=2027-03-14",
        "/customer/?search=Aurora&f_created_at__from=2026-03-14",
    ]


@pytest.mark.parametrize(("query", "names"), [("from=5", ["B", "C"]), ("from=4.5", ["B", "C"]), ("to=5", ["A", "B"])])
def test_numbers_are_filtered_by_their_ends(app: Flask, query: str, names: list[str]) -> None:
    add(new_company("A", employees=1), new_company("B", employees=5), new_company("C", employees=9), new_company("D"))
    assert found(app, f"f_employees__{query}") == names


def test_decimal_numbers_are_compared_exactly(app: Flask) -> None:
    add(CustomerGroup(name="Low", discount=Decimal("12.49")), CustomerGroup(name="High", discount=Decimal("12.50")))
    page = Panel(app).get("/customer_group/?f_discount__from=12,5").text
    assert titles(page) == ["High"]
    assert chips(page) == ["Discount % is at least 12.5"]


def test_text_contains_or_is_exactly(app: Flask) -> None:
    add(new_company("A", billing_city="Milano"), new_company("B", billing_city="Milano Marittima"))
    assert found(app, "f_billing_city__contains=MARITT") == ["B"]
    assert found(app, "f_billing_city=Milano") == ["A"]
    page = Panel(app).get("/customer/?f_billing_city__contains=mil").text
    assert chips(page) == ["City contains mil"]


def test_yes_and_no(app: Flask) -> None:
    company("In", emails=["in@example.com"], can_login=True, password="secret12")
    company("Out")
    assert found(app, "f_can_login=1") == ["In"]
    assert found(app, "f_can_login=0") == ["Out"]
    assert chips(Panel(app).get("/customer/?f_can_login=1").text) == ["Can log in to the site is yes"]


UNKNOWN = [
    "f_status=nothing", "f_billing_country=XX", "f_billing_province=IT-XX", "f_billing_province=MI", "f_group=999999",
    "f_group=abc", "f_can_login=maybe", "f_created_at__from=soon", "f_created_at__to=2026-02-30", "f_employees__from=x",
    "f_employees__to=1e3", "f_owner__empty=2", "f_nothing=1", "f_name__nothing=1", "f_password=x", "f_login_key=x",
]  # fmt: skip


@pytest.mark.parametrize("query", UNKNOWN)
def test_what_makes_no_sense_is_dropped(app: Flask, query: str) -> None:
    company()
    page = Panel(app).get(f"/customer/?{query}").text
    assert titles(page) == ["Aurora Srl"]
    assert chips(page) == []


def test_filters_add_up_and_their_chips_lead_back_to_their_forms(app: Flask) -> None:
    add(
        new_company("A", billing_city="Rome", kind=CustomerKind.COMPANY, status=Status.BLOCKED),
        new_company("B", billing_city="Rome"),
    )
    page = Panel(app).get("/customer/?f_billing_city__contains=Rome&f_status=blocked&sort=-name").text
    assert titles(page) == ["A"]
    edit = re.findall(r'href="(/customer/filter/\?field=[^"]+)"', page.split('class="chips"')[1].split("</ul>")[0])
    form = Panel(app).get(edit[1].replace("&amp;", "&")).text
    assert 'name="f_billing_city__contains" value="Rome"' in form
    assert 'name="sort" value="-name"' in form
    assert '<input type="hidden" name="f_billing_city__contains"' not in form


def test_the_form_of_a_filter_works_without_javascript(app: Flask) -> None:
    gold = add(CustomerGroup(name="Gold"))
    panel = Panel(app)
    page = panel.get("/customer/filter/?field=group&f_status=active").text
    assert f'<option value="{gold.id}">Gold</option>' in page
    assert '<form class="filter form-page" action="/customer/">' in page
    assert '<input type="hidden" name="f_status" value="active">' in page


@pytest.mark.parametrize(
    "key", ["billing_country", "created_at", "employees", "vat_number", "contacts", "can_login", "tags"]
)
def test_every_family_has_a_form(app: Flask, key: str) -> None:
    panel = Panel(app)
    for fragment in (False, True):
        answer = panel.get(f"/customer/filter/?field={key}", fragment=fragment)
        assert answer.status_code == 200
        assert f'name="f_{key}' in answer.text
    assert panel.get("/customer/filter/?field=password").status_code == 404


def test_moments_are_shown_and_kept_with_their_zone(app: Flask) -> None:
    moment = datetime(2026, 3, 14, 12, tzinfo=UTC)
    customer = company(created_at=moment)
    db.session.expire_all()
    assert customer.created_at - moment == timedelta(0)
    assert 'datetime="2026-03-14T12:00:00+00:00"' in Panel(app).get("/customer/?columns=created_at").text


def test_days_are_counted_from_today_and_what_is_empty_was_not_in_the_last_days(app: Flask) -> None:
    now = datetime.now(UTC)
    names = {"Today": 0, "A week ago": 7, "Long ago": 91}
    for name, days in names.items():
        company(name, created_at=now - timedelta(days=days))
    customer = stored(Customer, name="Today")[0]
    add(*(Task(customer=customer, subject=name, due=now.date() - timedelta(days=days)) for name, days in names.items()))
    add(Task(customer=customer, subject="Some day"), Task(customer=customer, subject="Next", due=now.date() + DAY))
    assert found(app, "f_created_at__last=7&sort=-created_at") == ["Today", "A week ago"]
    assert found(app, "f_created_at__not_last=90") == ["Long ago"]
    assert found(app, "f_due__last=90&sort=due", "/task/") == ["A week ago", "Today"]
    assert set(found(app, "f_due__not_last=90", "/task/")) == {"Long ago", "Next", "Some day"}
    assert found(app, "f_due__from=today-7&f_due__to=today&sort=due", "/task/") == ["A week ago", "Today"]
    page = Panel(app).get("/task/?f_due__from=today-7&f_due__to=today&f_due__not_last=1").text
    assert chips(page) == ["Due from 7 days ago", "Due to today", "Due is not in the last 1 day"]


@pytest.mark.parametrize("value", ["0", "-1", "x", "1e3", "٣", "999999", "today", "today+", "today-999999", "TODAY-1x"])
def test_a_number_of_days_that_makes_no_sense_is_no_filter(app: Flask, value: str) -> None:
    page = Panel(app).get(f"/customer/?f_created_at__last={value}&f_updated_at__not_last={value}").text
    assert chips(page) == []
    assert chips(Panel(app).get(f"/customer/?f_created_at__from={value}1x").text) == []


def test_me_is_whoever_reads_the_list(app: Flask) -> None:
    company("Ownerless")
    panels = {name: Panel(app, add_user(name=name)) for name in ("Anna", "Jonas")}
    for name, key in [(user.name, user.id) for user in stored(User) if user.name in panels]:
        company(f"Of {name}", owner_id=key)
    for name, panel in panels.items():
        page = panel.get("/customer/?f_owner=me").text
        assert titles(page) == [f"Of {name}"]
        assert chips(page) == [f"Owner is {name}"]
    form = panels["Anna"].get("/customer/filter/?field=owner&f_owner=me").text
    assert '<option value="me" selected>Me</option>' in form
    assert titles(panels["Anna"].get("/customer/?f_group=me").text) == ["Of Anna", "Of Jonas", "Ownerless"]
