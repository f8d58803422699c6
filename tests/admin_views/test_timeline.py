"""The timeline of a record: everything that happened with it, in one order, a page at a time, to those who see it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask

from models.account import Account
from models.call import Call, Outcome
from models.contact import Contact
from models.customer import Customer
from models.message import Message, MessageStatus
from models.note import Note
from models.permissions import Level, Permission
from models.task import Task
from models.types import today
from tests.admin_views.test_actions import toasts
from tests.panel import Panel, add, company, contact, new_company, statements, stored
from tests.people import EDITOR, VIEWER, add_user

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def hours(number: float) -> datetime:
    """Return a moment some hours after noon."""
    return NOON + timedelta(hours=number)


def email(customer: Customer, subject: str, at: datetime, **values: Any) -> Message:
    given = {"recipients": "a@b.example", "body": "Hi", "status": MessageStatus.SENT, "message_id": subject}
    return Message(customer_id=customer.id, subject=subject, at=at, **given | values)


def some_of_each(customer: Customer, marta: Contact) -> None:
    """Store a note, a call, an email and a task that is done, in this order, and two that are not."""
    whose = {"customer_id": customer.id}
    add(
        Note(**whose, body="They moved", at=hours(1)),
        Call(**whose, contact_id=marta.id, subject="Renewal", at=hours(2), minutes=6, number="+39 333 1234567"),
        email(customer, "Our quote", hours(3)),
        Task(**whose, subject="Samples sent", done=True),
        Task(**whose, subject="Send prices", due=today() + timedelta(days=3)),
        Task(**whose, subject="Ask again", due=today() - timedelta(days=1)),
    )


def told(page: str) -> list[str]:
    """Return what the entries of a timeline are called, or say, in order."""
    found = re.findall(r'<article.*?(?:class="about"><a[^>]*>|<summary>|class="prose">)([^<]+)<', page, re.DOTALL)
    return [unescape(each) for each in found]


def pending(page: str) -> list[str]:
    """Return what is to be done."""
    return told(page.partition('<section class="pending"')[2].partition("</section>")[0])


def links(page: str, pattern: str) -> list[str]:
    return [unescape(url) for url in re.findall(rf'href="({pattern}[^"]*)"', page)]


def timeline(panel: Panel, row: Any, **asked: str) -> str:
    """Return the timeline of a record as its panel."""
    query = "".join(f"&{name.rstrip('_')}={value}" for name, value in asked.items())
    return panel.get(f"/{row.__tablename__}/timeline/?id={row.id}{query}", fragment=True).text


def test_everything_stands_in_one_order_and_what_is_to_be_done_above_it(app: Flask) -> None:
    customer = company()
    some_of_each(customer, contact(customer))
    panel = Panel(app)
    record = panel.get(f"/customer/details/?id={customer.id}").text
    assert told(record) == ["Ask again", "Send prices", "Samples sent", "Our quote", "Renewal", "They moved"]
    assert pending(record) == ["Ask again", "Send prices"]
    assert record.count(">Overdue<") == 1


def test_a_contact_tells_its_own_and_an_account_what_its_customers_do(app: Flask) -> None:
    account = Account(name="Group")
    one, other = add(new_company("Aurora", account=account), new_company("Borea", account=account))
    marta = contact(one)
    some_of_each(one, marta)
    add(Note(customer_id=other.id, body="Theirs", at=hours(2.5)))
    panel = Panel(app)
    assert told(timeline(panel, marta)) == ["Renewal"]
    both = timeline(panel, account)
    assert told(both)[2:] == ["Samples sent", "Our quote", "Theirs", "Renewal", "They moved"]
    assert f'<a href="/customer/details/?id={other.id}">Borea</a>' in both


def test_whatever_the_timeline_lets_one_add_is_among_the_actions_once(app: Flask) -> None:
    account = Account(name="Group")
    customer, _ = add(new_company("Aurora", account=account), new_company("Borea", account=account))
    panel = Panel(app)
    for row in (account, customer, contact(customer)):
        page = panel.get(f"/{row.__tablename__}/details/?id={row.id}").text
        added = re.findall(r'id="new-(?:note|call|task|message|attachment)" aria-label="([^"]+)"', page)
        offered = re.findall(r"<span>([^<]+)…</span>", page.partition('id="more"')[2].partition("</ul>")[0])
        assert len(added) == 5
        assert sorted(set(offered) & set(added)) == sorted(added)
        assert len(offered) == len(set(offered))
    [email] = links(panel.get(f"/account/details/?id={account.id}").text.partition('id="more"')[2], "/message/new/")[:1]
    assert "Borea" in panel.get(email).text


@pytest.mark.parametrize("level", [Level.OWN, Level.UNIT])
def test_nobody_is_told_of_customers_whom_they_do_not_see(app: Flask, level: Level) -> None:
    reader = add_user({"customer": {Permission.VIEW: level}, "account": {Permission.VIEW: Level.ORGANISATION}})
    account = Account(name="Group")
    mine, hidden = add(
        new_company("Mine", account=account, owner=reader), new_company("Hidden", account=account, owner=add_user())
    )
    for each in (mine, hidden):
        add(
            Note(customer_id=each.id, body=f"Note of {each.name}"),
            Task(customer_id=each.id, subject=f"For {each.name}"),
        )
    panel = Panel(app, reader)
    assert told(timeline(panel, account)) == ["For Mine", "Note of Mine"]
    assert panel.get(f"/customer/timeline/?id={hidden.id}").status_code == 404
    assert panel.get(f"/note/?customer={mine.id}&on=customer-{hidden.id}", fragment=True).status_code == 404


def test_a_timeline_is_filtered_by_kind_and_by_day_and_says_which_filter_to_drop(app: Flask) -> None:
    customer = company()
    some_of_each(customer, contact(customer))
    panel = Panel(app)
    assert told(timeline(panel, customer, of="call")) == ["Renewal"]
    assert told(timeline(panel, customer, from_="2026-03-02", to="2026-03-02")) == [
        "Our quote",
        "Renewal",
        "They moved",
    ]
    assert told(timeline(panel, customer, of="nonsense", from_="32", before="x"))[2:4] == ["Samples sent", "Our quote"]
    nothing = timeline(panel, customer, of="note", to="2020-01-01")
    assert "Nothing matches these filters." in nothing
    assert told(timeline(panel, customer, of="note")) == ["They moved"]
    drops = links(nothing[nothing.index("Nothing matches") :], "/customer/timeline/")
    assert [url.partition("id=")[2] for url in drops] == [f"{customer.id}&to=2020-01-01", f"{customer.id}&of=note"]
    page = panel.get(f"/customer/timeline/?id={customer.id}&of=note").text  # without JavaScript
    assert "<html" in page
    assert told(page) == ["They moved"]


def test_older_entries_follow_a_page_at_a_time_though_many_are_of_one_moment(app: Flask) -> None:
    customer = company()
    add(*(Note(customer_id=customer.id, body=f"Note {number:02}", at=NOON) for number in range(25)))
    add(*(Call(customer_id=customer.id, subject=f"Call {number:02}", at=NOON) for number in range(25)))
    panel, seen = Panel(app), list[str]()
    page = timeline(panel, customer)
    while True:
        assert len(told(page)) <= 20
        seen += told(page)
        older = links(page.partition('class="older"')[2], "/customer/timeline/")
        if not older:
            break
        page = panel.get(older[0], fragment=True).text
        assert "<section" not in page
    notes, calls = ([f"{kind} {number:02}" for number in range(24, -1, -1)] for kind in ("Note", "Call"))
    assert seen == [*notes, *calls]


def test_what_a_timeline_costs_does_not_depend_on_what_it_shows(app: Flask) -> None:
    customer = company(account=Account(name="Group"))
    marta, panel = contact(customer), Panel(app, EDITOR)
    paths = [f"/customer/timeline/?id={customer.id}", f"/contact/timeline/?id={marta.id}"]
    paths += [
        f"/account/timeline/?id={customer.account.id}",
        f"/call/new/?customer={customer.id}&on=contact-{marta.id}",
    ]

    def costs() -> list[int]:
        found = []
        for path in paths:
            with statements() as run:
                assert panel.get(path, fragment=True).status_code == 200
            found.append(len(run))
        return found

    little = costs()
    for _ in range(5):
        some_of_each_again = {"customer_id": customer.id, "contact_id": marta.id, "author_id": add_user().id}
        add(
            Note(**some_of_each_again, body="Words"),
            Call(**some_of_each_again),
            Task(subject="Do", **some_of_each_again),
        )
    assert all(much <= few for much, few in zip(costs(), little, strict=True))
    assert max(little) <= 6


def test_a_note_is_added_edited_and_deleted_where_one_is(app: Flask) -> None:
    customer = company()
    marta = contact(customer)
    panel = Panel(app)
    [new] = links(timeline(panel, marta), "/note/new/")
    answer = panel.fill(new, {"body": "Likes tea"}, fragment=True)
    assert answer.text.count(f'href="/contact/timeline/?id={marta.id}') > 1
    assert told(answer.text) == ["Likes tea"]
    assert [each.contact_id for each in stored(Note)] == [marta.id]
    [edit] = links(answer.text, "/note/edit/")
    form = panel.get(edit, fragment=True)
    answer = panel.send(form, {"body": "Likes coffee"}, fragment=True)
    assert told(answer.text) == ["Likes coffee"]
    [delete] = links(answer.text, "/note/delete/")
    answer = panel.fill(delete, fragment=True)
    assert answer.headers["HX-Retarget"] == "#grid-timeline"
    assert told(answer.text) == []
    answer = panel.fill(new, {"body": "Without JavaScript"})
    assert answer.location == f"/contact/details/?id={marta.id}"


def test_a_task_is_ticked_off_and_back_and_can_be_undone(app: Flask) -> None:
    customer = company()
    task = add(Task(customer_id=customer.id, subject="Send prices"))
    panel = Panel(app)
    path = f"/task/tick/?id={task.id}&customer={customer.id}"
    answer = panel.post(path, fragment=True)
    assert toasts(answer.text) == ["Done: Send prices"]
    assert (pending(answer.text), told(answer.text)) == ([], ["Send prices"])
    [undo] = re.findall(r'action="(/change_set/\d+/undo)"', answer.text)
    panel.post(undo)
    assert not stored(Task)[0].done
    panel.post(path)
    assert pending(panel.post(path, fragment=True).text) == ["Send prices"]
    assert Panel(app, VIEWER).post(path).status_code == 403


def test_several_tasks_are_marked_as_done_together(app: Flask) -> None:
    customer = company()
    tasks = add(*(Task(customer_id=customer.id, subject=f"Task {number}") for number in range(3)))
    panel = Panel(app)
    page = panel.post("/task/action/", [("action", "finish"), *(("rowid", str(each.id)) for each in tasks[:2])])
    assert toasts(panel.get(panel.send(page).location).text) == ["2 tasks are done."]
    assert [each.done for each in stored(Task)] == [True, True, False]


def test_who_may_only_read_is_offered_nothing_to_add(app: Flask) -> None:
    customer = company()
    some_of_each(customer, contact(customer))
    page = timeline(Panel(app, VIEWER), customer)
    assert told(page)[0] == "Ask again"
    assert not links(page, "/[a-z]+/(?:new|edit|delete|email)/")
    assert "/task/tick/" not in page


def test_on_an_account_with_several_customers_one_is_asked_for_whom(app: Flask) -> None:
    account = Account(name="Group")
    one, _ = add(new_company("Aurora", account=account), new_company("Borea", account=account))
    other = company("Cirrus")
    panel = Panel(app)
    [new] = links(timeline(panel, account), "/call/new/")
    page = panel.get(new)
    assert "Cirrus" not in page.text
    assert panel.send(page, {"customer": str(other.id)}).status_code == 422
    answer = panel.send(panel.get(new), {"customer": str(one.id)})
    assert panel.fill(answer.location, {"outcome": "reached"}).location == f"/account/details/?id={account.id}"
    assert [each.customer_id for each in stored(Call)] == [one.id]
    [mail] = links(timeline(panel, account), "/message/new/")
    written = panel.get(panel.send(panel.get(mail), {"customer": str(one.id)}).location)
    assert written.location == f"/customer/email/?id={one.id}"


def test_a_call_that_did_not_come_through_is_told_and_does_not_count(app: Flask) -> None:
    customer = company()
    add(Call(customer_id=customer.id, outcome=Outcome.NO_ANSWER))
    panel = Panel(app)
    assert "No answer" in timeline(panel, customer)
    assert ">never<" in panel.get("/customer/").text
    add(Call(customer_id=customer.id))
    assert ">never<" not in panel.get("/customer/").text
    found = panel.get("/customer/?f_last_contacted__empty=1")
    assert "Last contacted</b> is <b>never" in found.text or "Last contacted" in found.text
    assert "Nothing matches these filters." in found.text
