"""Emails and phones: rows within the record's form, paired with what is stored by key."""

from __future__ import annotations

from typing import Any

from flask import Flask

from models.customer import Customer, CustomerEmail
from tests.admin_views.test_forms import errors
from tests.panel import Forms, Panel, add, company, stored


def with_emails(*addresses: str) -> tuple[Customer, str, list[str]]:
    """Store a company with emails; return it, the address of its form, and the keys of the emails."""
    customer = company(emails=addresses)
    keys = [str(row.id) for row in customer.emails]
    return customer, f"/customer/edit/?id={customer.id}&panel=0", keys


def emails() -> list[tuple[str, bool]]:
    """Return the stored emails, and whether they are primary."""
    return [(row.address, row.primary) for row in stored(CustomerEmail)]


def new(key: str, **values: Any) -> dict[str, Any]:
    return {f"emails-{key}-{name}": value for name, value in values.items()}


def test_the_first_email_is_primary_without_saying_so(app: Flask) -> None:
    _, path, _ = with_emails()
    answer = Panel(app).fill(path, new("new", address="A@Example.com"))
    assert answer.status_code == 303
    assert emails() == [("A@example.com", True)]


def test_rows_are_added_changed_and_made_primary_in_one_go(app: Flask) -> None:
    _, path, [first] = with_emails("a@example.com")
    typed = {
        "emails-keys": [first, "new1", "new2"], f"emails-{first}-label": "office", "emails-primary": "new2",
        **new("new1", address="b@example.com"), **new("new2", address="c@example.com", label="sales"),
    }  # fmt: skip
    assert Panel(app).fill(path, typed).status_code == 303
    assert emails() == [("a@example.com", False), ("b@example.com", False), ("c@example.com", True)]
    assert [row.label for row in stored(CustomerEmail)] == ["office", None, "sales"]


def test_blank_rows_are_ignored(app: Flask) -> None:
    _, path, [first] = with_emails("a@example.com")
    typed = {"emails-keys": [first, "new", "new1"], **new("new1", address="  ", label=""), **new("new", address="")}
    assert Panel(app).fill(path, typed).status_code == 303
    assert emails() == [("a@example.com", True)]


def test_a_row_that_is_left_out_is_removed(app: Flask) -> None:
    _, path, keys = with_emails("a@example.com", "b@example.com", "c@example.com")
    assert Panel(app).fill(path, {"emails-keys": [keys[0], keys[2]]}).status_code == 303
    assert emails() == [("a@example.com", True), ("c@example.com", False)]


def test_a_row_that_is_emptied_is_removed_too(app: Flask) -> None:
    _, path, keys = with_emails("a@example.com", "b@example.com")
    assert Panel(app).fill(path, {f"emails-{keys[1]}-address": ""}).status_code == 303
    assert emails() == [("a@example.com", True)]


def test_a_gap_before_it_does_not_make_another_row_go(app: Flask) -> None:
    _, path, keys = with_emails("a@example.com", "b@example.com", "c@example.com", "d@example.com")
    panel = Panel(app)
    typed = {"emails-keys": [keys[3], keys[0]], f"emails-{keys[1]}-address": None, f"emails-{keys[2]}-address": None}
    assert panel.fill(path, {**typed, f"emails-{keys[3]}-label": "last"}).status_code == 303
    assert [(row.address, row.label) for row in stored(CustomerEmail)] == [
        ("a@example.com", None), ("d@example.com", "last"),
    ]  # fmt: skip


def test_a_row_that_somebody_removed_meanwhile_takes_no_other_with_it(app: Flask) -> None:
    _, path, keys = with_emails("a@example.com", "b@example.com", "c@example.com")
    me, other = Panel(app), Panel(app)
    page = me.get(path)
    other.fill(path, {"emails-keys": [keys[0], keys[2]]})
    assert me.send(page, {f"emails-{keys[2]}-label": "mine"}).status_code == 303
    assert [(row.address, row.label) for row in stored(CustomerEmail)] == [
        ("a@example.com", None), ("c@example.com", "mine"),
    ]  # fmt: skip


def test_a_row_that_somebody_removed_and_one_changed_comes_back_as_typed(app: Flask) -> None:
    _, path, keys = with_emails("a@example.com", "b@example.com")
    me, other = Panel(app), Panel(app)
    page = me.get(path)
    other.fill(path, {"emails-keys": [keys[0]]})
    refused = me.send(page, {f"emails-{keys[1]}-address": "better@example.com"})
    assert refused.status_code == 422
    assert "Anna Rossi removed a row that you changed." in errors(refused.text)["emails"]
    assert "better@example.com" in refused.text
    assert me.send(refused).status_code == 303
    assert emails() == [("a@example.com", True), ("better@example.com", False)]


def test_a_row_that_somebody_changed_is_not_removed_unseen(app: Flask) -> None:
    _, path, keys = with_emails("a@example.com", "b@example.com")
    me, other = Panel(app), Panel(app)
    page = me.get(path)
    other.fill(path, {f"emails-{keys[1]}-label": "important"})
    refused = me.send(page, {"emails-keys": [keys[0]]})
    assert refused.status_code == 422
    assert "Anna Rossi changed “b@example.com”, which you removed." in errors(refused.text)["emails"]
    assert "important" in refused.text
    assert me.send(refused, {"emails-keys": [keys[0]]}).status_code == 303
    assert emails() == [("a@example.com", True)]


def test_a_row_that_somebody_added_meanwhile_stays(app: Flask) -> None:
    _, path, _ = with_emails("a@example.com")
    me, other = Panel(app), Panel(app)
    page = me.get(path)
    other.fill(path, new("new", address="theirs@example.com"))
    assert me.send(page, new("new", address="mine@example.com")).status_code == 303
    assert emails() == [("a@example.com", True), ("theirs@example.com", False), ("mine@example.com", False)]


def test_the_same_row_changed_by_two_is_shown_and_then_saved(app: Flask) -> None:
    _, path, [key] = with_emails("a@example.com")
    me, other = Panel(app), Panel(app)
    page = me.get(path)
    other.fill(path, {f"emails-{key}-label": "theirs"})
    refused = me.send(page, {f"emails-{key}-label": "mine", "code": "KEPT"})
    assert refused.status_code == 422
    assert errors(refused.text)[f"emails-{key}-label"] == "Anna Rossi changed this to “theirs” while you were editing."
    assert Forms(refused.text).only.values["code"] == "KEPT"
    assert me.send(refused).status_code == 303
    assert stored(CustomerEmail)[0].label == "mine"


def test_different_fields_of_a_row_changed_by_two_merge(app: Flask) -> None:
    _, path, [key] = with_emails("a@example.com")
    me, other = Panel(app), Panel(app)
    page = me.get(path)
    other.fill(path, {f"emails-{key}-label": "theirs"})
    assert me.send(page, {f"emails-{key}-address": "mine@example.com"}).status_code == 303
    [row] = stored(CustomerEmail)
    assert (row.address, row.label) == ("mine@example.com", "theirs")


def test_another_choice_of_the_primary_row_is_not_overwritten(app: Flask) -> None:
    _, path, keys = with_emails("a@example.com", "b@example.com", "c@example.com")
    me, other = Panel(app), Panel(app)
    page = me.get(path)
    other.fill(path, {"emails-primary": keys[1]})
    untouched = me.send(page, {f"emails-{keys[0]}-label": "mine"})
    assert untouched.status_code == 303
    assert emails() == [("a@example.com", False), ("b@example.com", True), ("c@example.com", False)]
    refused = me.send(page, {"emails-primary": keys[2]})
    assert refused.status_code == 422
    assert "marked another row as the primary one" in errors(refused.text)["emails"]
    assert me.send(refused).status_code == 303
    assert emails() == [("a@example.com", False), ("b@example.com", False), ("c@example.com", True)]


def test_the_primary_row_is_not_removed_while_others_remain(app: Flask) -> None:
    _, path, keys = with_emails("a@example.com", "b@example.com", "c@example.com")
    answer = Panel(app).fill(path, {"emails-keys": keys[1:], "emails-primary": None})
    assert errors(answer.text) == {"emails": "Mark one email as the primary one."}
    assert len(emails()) == 3


def test_what_is_removed_stays_removed_when_something_else_is_wrong(app: Flask) -> None:
    _, path, keys = with_emails("a@example.com", "b@example.com")
    panel = Panel(app)
    refused = panel.fill(path, {"emails-keys": [keys[0]], "vat_number": "wrong"})
    assert refused.status_code == 422
    assert panel.send(refused, {"vat_number": "IT12345670785"}).status_code == 303
    assert emails() == [("a@example.com", True)]


def test_a_wrong_row_is_marked_and_everything_typed_is_still_there(app: Flask) -> None:
    _, path, [key] = with_emails("a@example.com")
    typed = {"emails-keys": [key, "new1"], **new("new1", address="not an email", label="work"), "code": "KEPT"}
    answer = Panel(app).fill(path, typed)
    assert answer.status_code == 422
    said = errors(answer.text)
    assert said["emails"] == "Check the rows marked below."
    assert "emails-new1-address" in said
    kept = Forms(answer.text).only.values
    assert (kept["emails-new1-address"], kept["emails-new1-label"], kept["code"]) == ("not an email", "work", "KEPT")
    assert answer.text.count("not an email") == 1


def test_a_phone_is_judged_by_the_country_of_the_customer(app: Flask) -> None:
    customer = company(billing_country="IT", billing_province="MI")
    path = f"/customer/edit/?id={customer.id}&panel=0"
    panel = Panel(app)
    answer = panel.fill(path, {"phones-new-number": "12"})
    assert "phones-new-number" in errors(answer.text)
    answer = panel.fill(path, {"phones-new-number": "12", "company": "", "emails-new-address": "nobody"})
    assert {"phones-new-number", "company", "emails-new-address"} <= set(errors(answer.text)), "all at once"
    assert panel.fill(path, {"phones-new-number": "333 123 4567"}).status_code == 303
    assert stored(Customer)[0].phones[0].number_e164 == "+393331234567"


def test_rows_of_another_record_are_out_of_reach(app: Flask) -> None:
    other = company("Other Srl", emails=["theirs@example.com"])
    _, path, [key] = with_emails("a@example.com")
    theirs = str(other.emails[0].id)
    typed = {
        "emails-keys": [key, theirs], "emails-known": [f"{key}-1", f"{theirs}-1"], "emails-primary": theirs,
        f"emails-{theirs}-address": "stolen@example.com", f"emails-{theirs}-version": "1",
    }  # fmt: skip
    Panel(app).fill(path, typed)
    Panel(app).fill(path, {"emails-known": [f"{key}-1", f"{theirs}-1"]})
    rows = stored(CustomerEmail)
    assert rows[0].address == "theirs@example.com"
    assert [row.address for row in rows if row.customer_id == other.id] == ["theirs@example.com"]


def test_more_rows_than_fit_are_refused_and_not_forgotten(app: Flask) -> None:
    _, path, [key] = with_emails("a@example.com")
    keys = [f"new{number}" for number in range(60)]
    typed: dict[str, Any] = {"emails-keys": [key, *keys]}
    for each in keys:
        typed |= new(each, address=f"{each}@example.com")
    answer = Panel(app).fill(path, typed)
    assert errors(answer.text)["emails"] == "At most 50 fit here."
    assert len(emails()) == 1


def test_a_form_that_does_not_mention_the_rows_leaves_them_alone(app: Flask) -> None:
    customer, path, _ = with_emails("a@example.com", "b@example.com")
    panel = Panel(app)
    values = {"version": str(customer.version), "code": "C1"}
    assert panel.post(path, values).status_code == 303
    assert emails() == [("a@example.com", True), ("b@example.com", False)]


def test_changed_rows_are_in_the_history_of_the_record(app: Flask) -> None:
    customer, path, [key] = with_emails("a@example.com")
    panel = Panel(app)
    panel.fill(path, {f"emails-{key}-label": "office"})
    page = panel.get(f"/customer/history/?id={customer.id}").text
    assert "Changed Email" in page
    assert "<ins>office</ins>" in page
    add(customer)
