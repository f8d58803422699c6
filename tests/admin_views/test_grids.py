"""Children on their parent's page: added, edited and deleted in place, a page at a time."""

from __future__ import annotations

import re
from html import unescape

from flask import Flask

from models.contact import Contact
from models.customer import Customer
from models.note import Note
from tests.admin_views.test_actions import toasts
from tests.admin_views.test_forms import errors
from tests.panel import Panel, add, company, contact, note_on, stored


def rows(page: str) -> list[str]:
    """Return the titles of the rows of a grid that are not in edit."""
    return re.findall(r'<a id="contact-\d+"[^>]*>([^<]+)</a>', page)


def links(page: str, action: str) -> list[str]:
    return [unescape(url) for url in re.findall(rf'href="(/contact/{action}/\?[^"]+)"', page)]


def many(customer: Customer, number: int) -> None:
    add(*(Contact(customer_id=customer.id, name=f"Person {place:03}") for place in range(number)))


def test_a_contact_is_added_in_place_with_nothing_but_a_name(app: Flask) -> None:
    customer = company()
    panel = Panel(app)
    record = panel.get(f"/customer/details/?id={customer.id}").text
    [new] = links(record, "new")
    form = panel.get(new, fragment=True)
    assert 'id="grid-contact"' in form.text
    assert 'name="customer"' not in form.text
    answer = panel.send(form, {"name": "Marta Bianchi"}, fragment=True)
    assert answer.status_code == 200
    assert rows(answer.text) == ["Marta Bianchi"]
    assert "<html" not in answer.text
    assert toasts(answer.text) == ["Marta Bianchi was created."]
    assert stored(Contact)[0].customer_id == customer.id


def test_a_wrong_row_comes_back_in_its_grid_with_everything_typed(app: Flask) -> None:
    customer = company()
    contact(customer, "Other")
    panel = Panel(app)
    form = panel.get(f"/contact/new/?customer={customer.id}", fragment=True)
    answer = panel.send(form, {"name": "", "email": "wrong", "notes": "kept"}, fragment=True)
    assert answer.status_code == 422
    assert set(errors(answer.text)) == {"name", "email"}
    assert 'value="wrong"' in answer.text
    assert "kept" in answer.text
    assert rows(answer.text) == ["Other"]
    assert len(stored(Contact)) == 1


def test_a_row_is_edited_in_its_place_and_on_its_page(app: Flask) -> None:
    customer = company()
    many(customer, 45)
    panel = Panel(app)
    second = panel.get(f"/contact/?customer={customer.id}&page=2", fragment=True).text
    assert rows(second) == [f"Person {place:03}" for place in range(20, 40)]
    edit = links(second, "edit")[3]
    form = panel.get(edit, fragment=True)
    assert "Person 023" not in rows(form.text)
    assert len(rows(form.text)) == 19
    answer = panel.send(form, {"phone": "+39 02 1234567"}, fragment=True)
    assert rows(answer.text) == [f"Person {place:03}" for place in range(20, 40)]
    assert stored(Contact, name="Person 023")[0].phone == "+39 02 1234567"


def test_a_row_in_edit_is_shown_even_if_it_is_not_on_this_page(app: Flask) -> None:
    customer = company()
    many(customer, 45)
    [last] = stored(Contact, name="Person 044")
    form = Panel(app).get(f"/contact/edit/?id={last.id}&customer={customer.id}", fragment=True).text
    assert 'value="Person 044"' in form
    assert len(rows(form)) == 20


def test_a_row_is_deleted_after_a_question_and_the_grid_comes_back(app: Flask) -> None:
    customer = company()
    many(customer, 25)
    panel = Panel(app)
    second = panel.get(f"/contact/?customer={customer.id}&page=2", fragment=True).text
    asked = panel.get(links(second, "delete")[0], fragment=True)
    assert "Delete Person 020?" in asked.text
    assert len(stored(Contact)) == 25
    answer = panel.send(asked, fragment=True)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (200, "#grid-contact")
    assert rows(answer.text) == [f"Person {place:03}" for place in range(21, 25)]
    assert toasts(answer.text) == ["Person 020 was deleted."]
    assert len(stored(Contact)) == 24


def test_without_javascript_a_row_is_added_edited_and_deleted_on_pages_that_lead_back(app: Flask) -> None:
    customer = company()
    panel = Panel(app)
    home = f"/customer/details/?id={customer.id}"
    answer = panel.fill(f"/contact/new/?customer={customer.id}", {"name": "Marta"})
    assert (answer.status_code, answer.location) == (303, home)
    [row] = stored(Contact)
    answer = panel.fill(f"/contact/edit/?id={row.id}&customer={customer.id}", {"name": "Marta B."})
    assert (answer.status_code, answer.location) == (303, home)
    page = panel.get(f"/contact/delete/?id={row.id}&customer={customer.id}")
    assert panel.send(page).location == home
    assert stored(Contact) == []


def test_two_thousand_contacts_are_paged_and_counted(app: Flask) -> None:
    customer = company()
    many(customer, 2000)
    panel = Panel(app)
    record = panel.get(f"/customer/details/?id={customer.id}").text
    assert "2,000" in record
    assert len(rows(record)) == 20
    assert len(record) < 60 * 1024
    last = panel.get(f"/contact/?customer={customer.id}&page=100", fragment=True).text
    assert rows(last)[-1] == "Person 1999" or rows(last)[-1] == "Person 999"


def test_a_grid_shows_the_rows_of_its_parent_alone(app: Flask) -> None:
    mine, other = company("Mine Srl"), company("Other Srl")
    contact(mine, "Mine")
    theirs = contact(other, "Theirs")
    panel = Panel(app)
    assert rows(panel.get(f"/contact/?customer={mine.id}", fragment=True).text) == ["Mine"]
    for page in ("edit", "delete"):
        assert panel.get(f"/contact/{page}/?id={theirs.id}&customer={mine.id}").status_code == 404


def test_a_child_stays_with_its_parent_whatever_is_posted(app: Flask) -> None:
    mine, other = company("Mine Srl"), company("Other Srl")
    panel = Panel(app)
    forged = {"name": "Marta", "customer": str(other.id), "customer_id": str(other.id), "id": "9"}
    assert panel.post(f"/contact/new/?customer={mine.id}", forged).status_code == 303
    [row] = stored(Contact)
    assert (row.customer_id, row.id != 9) == (mine.id, True)


def test_notes_are_read_newest_first_and_know_who_wrote_them(app: Flask) -> None:
    customer = company()
    note_on(customer, body="The first")
    panel = Panel(app)
    answer = panel.fill(f"/note/new/?customer={customer.id}", {"body": "The second\nwith two lines"}, fragment=True)
    assert answer.status_code == 200
    assert answer.text.index("The second") < answer.text.index("The first")
    assert [row.author and row.author.name for row in stored(Note)] == [None, "Anna Rossi"]
    record = panel.get(f"/customer/details/?id={customer.id}").text
    assert 'id="grid-timeline"' in record
    assert "with two lines" in record


def test_the_parent_must_exist(app: Flask) -> None:
    panel = Panel(app)
    for key in ("999999", "0", "-1", "abc", "1,2", str(10**23)):
        for page in ("", "new/"):
            for fragment in (False, True):
                status = panel.get(f"/contact/{page}?customer={key}", fragment=fragment).status_code
                assert status == 404, (page, key)
