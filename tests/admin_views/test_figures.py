"""How much a page costs: statements, whatever it shows, and bytes."""

from __future__ import annotations

import pytest
from flask import Flask

from models.contact import Contact
from models.customer import Customer, CustomerEmail, CustomerKind, CustomerPhone
from models.group import CustomerGroup
from models.message import Message
from models.note import Note
from tests.panel import Panel, add, new_company, statements, stored
from tests.people import EDITOR, add_user

LIST, RECORD, FRAGMENT = 12, 16, 6
FIELDS = {
    "billing_country": "IT", "billing_province": "MI", "billing_city": "Milano", "billing_street": "Via Roma 1",
    "billing_postal_code": "20121", "tags": "good, big", "website": "https://aurora.example", "employees": 12,
}  # fmt: skip


def fill(customers: int, children: int) -> int:
    """Store customers, each in a group and with an owner of its own, and children of the first; return its key."""
    new = [
        new_company(
            f"Customer {number:03} Srl", code=f"C{number:03}", group=CustomerGroup(name=f"Group {number:03}"),
            owner=add_user(name=f"Owner {number:03}"), kind=CustomerKind.COMPANY, **FIELDS,
        )
        for number in range(customers)
    ]  # fmt: skip
    first = new[0]
    for number in range(children):
        first.emails.append(CustomerEmail(address=f"mail{number}@example.com", primary=number == 0))
        first.phones.append(CustomerPhone(number=f"+39 333 12345{number:02}", primary=number == 0))
    add(*new)
    add(*(Contact(customer_id=first.id, name=f"Person {number:02}", phone="333 1234567") for number in range(children)))
    add(*(Note(customer_id=first.id, body=f"Words {number:02}", author=add_user()) for number in range(children)))
    mail = {"recipients": "mail@example.com", "subject": "Words", "body": "More words"}
    keys = (f"{first.id}-{number}" for number in range(children))
    add(*(Message(customer_id=first.id, **mail, message_id=key, author=add_user()) for key in keys))
    for number in range(children):
        [row] = stored(Customer, id=first.id)
        row.legal_form = f"Form {number}"
        row.group, row.owner = CustomerGroup(name=f"Next {first.id} {number}"), add_user()
        add(row)
    return first.id


def cost(panel: Panel, path: str, *, fragment: bool = False) -> int:
    """Count the statements of a page, the session and its user included."""
    panel.get(path, fragment=fragment)
    with statements() as run:
        answer = panel.get(path, fragment=fragment)
    assert answer.status_code == 200, path
    return len(run)


LISTS = [
    "/customer/", "/customer/?sort=-group&columns=group,owner,tags", "/customer/?search=customer",
    "/customer/?search=mail&f_billing_country=IT&f_owner__empty=0&f_group={group}&f_contacts__empty=0&f_tags__contains=g",
    "/contact/", "/note/", "/customer_group/", "/user/", "/contact/?customer={key}", "/contact/?search=person",
]  # fmt: skip
RECORDS = ["/customer/details/?id={key}", "/customer/details/?id={key}&at=1&search=customer&f_billing_country=IT"]
FRAGMENTS = [
    "/contact/?customer={key}", "/note/?customer={key}", "/message/?customer={key}", "/customer/history/?id={key}",
    "/customer/delete/?id={key}",
    *(f"/customer/{page}/?id={{key}}&panel={number}" for page in ("details", "edit") for number in range(5)),
    "/contact/new/?customer={key}", "/contact/edit/?id={contact}&customer={key}",
    "/note/edit/?id={note}&customer={key}",
    "/customer/filter/?field=group", "/customer/filter/?field=billing_country", "/customer/filter/?field=contacts",
    "/contact/ajax/lookup/?name=customer&query=customer",
    "/contact/ajax/lookup/?name=customer&query=Customer%20000%20Srl",
]  # fmt: skip


def costs(app: Flask, paths: list[str], keys: dict[str, int], *, fragment: bool = False) -> dict[str, int]:
    panel = Panel(app)
    return {path: cost(panel, path.format(**keys), fragment=fragment) for path in paths}


def keys_of(first: int) -> dict[str, int]:
    newest = {"contact": Contact, "note": Note, "group": CustomerGroup}
    return {"key": first, **{name: stored(model)[-1].id for name, model in newest.items()}}


@pytest.mark.quick(database=["sqlite"])  # how often a database is asked does not depend on which it is
@pytest.mark.parametrize(
    ("paths", "most", "fragment"), [(LISTS, LIST, False), (RECORDS, RECORD, False), (FRAGMENTS, FRAGMENT, True)],
    ids=["lists", "records", "fragments"],
)  # fmt: skip
def test_what_a_page_asks_the_database_does_not_depend_on_how_much_it_shows(
    app: Flask, paths: list[str], most: int, fragment: bool
) -> None:
    keys = keys_of(fill(1, 1))
    little = costs(app, paths, keys, fragment=fragment)
    for row in stored(Customer):
        row.code = None
        add(row)
    for group in stored(CustomerGroup):
        group.name = f"Old {group.id}"
        add(group)
    much = costs(app, paths, keys_of(fill(50, 50)), fragment=fragment)
    print({path: (little[path], much[path]) for path in paths})  # noqa: T201  the figures, when one asks for them
    assert {path: much[path] for path in paths if much[path] > little[path] + SLACK.get(path, 0)} == {}
    assert {path: number for path, number in much.items() if number > most} == {}


SLACK = {"/customer/?search=customer": 1}  # with more rows, the hits are looked up


def test_the_ownership_rule_costs_no_statement(app: Flask) -> None:
    key = fill(3, 3)
    everything = Panel(app)
    costs_of_all = [cost(everything, path.format(key=key)) for path in ("/customer/", RECORDS[0])]
    editor = Panel(app, EDITOR)
    assert [cost(editor, path.format(key=key)) for path in ("/customer/", RECORDS[0])] == costs_of_all


@pytest.mark.databases("sqlite")
def test_a_list_of_fifty_rows_is_at_most_sixty_kilobytes(app: Flask) -> None:
    fill(50, 1)
    panel = Panel(app)
    sizes = {path: len(panel.get(path).data) for path in ("/customer/", "/customer/?search=customer&sort=-name")}
    print(sizes)  # noqa: T201
    assert max(sizes.values()) <= 60 * 1024
    assert len(panel.get("/customer/", fragment=True).data) <= 55 * 1024
