"""What an attack on documents found once, so that it does not come back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_views.saving import CHANGED, commit
from models.base import db
from models.customer import Customer
from models.document import Document
from models.document_line import DocumentLine
from models.errors import DomainError
from models.gate import set_actor
from models.operations.drafting import convert, duplicate, quantities_left
from models.operations.issuing import issue, move
from models.operations.papers import paper_of
from models.operations.undo import undo
from models.payment import Payment
from models.permissions import SYSTEM, Level, Permission
from models.related import lock
from models.rules.document_kinds import DocumentKind, DocumentStatus
from models.types import today
from tests.admin_views.test_documents import after, fresh, page, said
from tests.admin_views.test_forms import errors
from tests.models.papers import D, draft, issued, line, made, open_shop, rate, refusal
from tests.models.undoing import newest
from tests.models.world import save
from tests.panel import Panel, company, stored
from tests.people import add_user

K, S = DocumentKind, DocumentStatus
EVERYTHING = dict.fromkeys(Permission, Level.ORGANISATION)
SETTLED = "It has been issued: only its status, its payments and your own remarks can change."
FORGED = {
    "status": "open", "number": "666/2026", "net": "1", "vat": "1", "total": "1", "paid": "5", "credited": "5",
    "open_amount": "5", "payment": "paid", "kind": "order", "customer_id": "99", "party_name": "Evil", "seller": "{}",
    "issued_at": "2026-01-01", "year": "1", "series_key": "Q", "id": "99", "version": "99",
}  # fmt: skip
FORGED_LINE = {
    "amount": "999", "source": "1", "source_id": "1", "ordered": "1", "ordered_id": "1", "document_id": "1",
    "position": "77", "id": "99", "version": "99",
}  # fmt: skip


@pytest.fixture
def shop(app: Flask) -> Customer:
    return open_shop()


def typed(key: str = "new1", **values: Any) -> dict[str, Any]:
    """Return what a form sends of one line."""
    usual = {"description": "Silk", "quantity": "2", "price": "10", "unit": "C62", "discount": "0"}
    said = {**usual, "vat_rate": str(rate().id), **values}
    return {"lines-keys": [key], **{f"lines-{key}-{name}": value for name, value in said.items()}}


def new(customer: Customer, kind: DocumentKind = K.INVOICE) -> str:
    return f"/document/new/?kind={kind.value}&customer={customer.id}"


def test_a_form_says_nothing_of_what_is_computed_or_comes_with_issuing(app: Flask, shop: Customer) -> None:
    panel = Panel(app)
    after(panel, panel.fill(new(shop), {**FORGED, **typed(**FORGED_LINE)}))
    [made] = stored(Document)
    assert (made.kind, made.status, made.number, made.customer_id) == (K.INVOICE, S.DRAFT, None, shop.id)
    assert (made.total, made.paid, made.credited, made.party_name, made.seller) == (D("24.4"), D(0), D(0), None, None)
    assert [(each.amount, each.source_id, each.position) for each in made.lines] == [(D(20), None, 0)]
    for panel_key in ("0", "2", "5"):
        panel.post(page(made, "edit", panel=panel_key), {**FORGED, "date": "2026-01-02", "currency": "EUR"})
    assert (fresh(made).status, fresh(made).number, fresh(made).total, fresh(made).party_name) == (
        S.DRAFT, None, D("24.4"), None,
    )  # fmt: skip


def test_an_issued_document_takes_nothing_from_a_form_that_is_made_up(app: Flask, shop: Customer) -> None:
    panel, invoice, other = Panel(app), issued(shop, K.INVOICE), company("Another Srl")
    before, [own] = paper_of(db.session, invoice), invoice.lines
    forged = {
        **FORGED, **typed(), "lines-present": "1", "lines-known": f"{own.id}-{own.version}", "date": "2020-01-01",
        "customer": str(other.id), "series": "Q", "currency": "USD", "reference": "x", "note": "x", "due": "2020-01-01",
    }  # fmt: skip
    for path in (page(invoice, "edit"), *(page(invoice, "edit", panel=str(number)) for number in range(6))):
        panel.post(path, {**forged, "version": str(fresh(invoice).version)})
    assert paper_of(db.session, fresh(invoice)) == before


def test_lines_of_another_document_are_neither_read_nor_changed(app: Flask, shop: Customer) -> None:
    panel, theirs, mine = Panel(app), draft(company("Theirs Srl"), K.INVOICE, line("Secret")), draft(shop, K.INVOICE)
    key = str(theirs.lines[0].id)
    forged = {**typed(key, price="1"), "lines-known": f"{key}-1"}
    answers = [panel.fill(page(mine, "edit"), {**forged, f"lines-{key}-quantity": each}) for each in ("1", "9")]
    assert [(each.status_code, [*errors(each.text)]) for each in answers] == [(422, ["lines"])] * 2
    assert not any("Secret" in each.text for each in answers)
    assert [(each.description, each.price) for each in fresh(theirs).lines] == [("Secret", D(10))]


def test_numbers_of_two_series_cannot_be_alike(shop: Customer) -> None:
    sentence = "Type up to 16 characters, the last of them not a digit: “A1” and 2 would read as “A” and 12."
    for series in ("A1", "2", "x" * 17, "-"):
        assert refusal(lambda name=series: draft(shop, K.INVOICE, series=name)) == sentence  # type: ignore[misc]
    assert issued(shop, K.INVOICE, series="2026/A").number == f"2026/A1/{today().year}"


def test_a_typed_number_leaves_room_to_count_on(shop: Customer) -> None:
    for number in (0, 1_000_000, 10_000_000):
        refused = refusal(lambda wanted=number: draft(shop, K.INVOICE, sequence=wanted))  # type: ignore[misc]
        assert refused == "Type a number from 1 to 999,999, or nothing for the next one."
    issued(shop, K.INVOICE, sequence=999_999)
    assert issued(shop, K.INVOICE).sequence == 1_000_000


def test_a_gap_is_told_of_before_a_number_is_given_for_good(app: Flask, shop: Customer) -> None:
    panel = Panel(app)
    gap = "There is a gap before this number."
    assert gap in said(panel.get(page(draft(shop, K.INVOICE, sequence=2), "issue")).text)
    assert gap not in said(panel.get(page(draft(shop, K.INVOICE, sequence=1), "issue")).text)
    assert gap not in said(panel.get(page(draft(shop, K.INVOICE), "issue")).text)


@pytest.mark.parametrize("day", ["0001-01-01", "0026-11-22", "9999-12-31"])
def test_a_year_that_cannot_be_is_refused_beside_the_date(app: Flask, shop: Customer, day: str) -> None:
    panel = Panel(app)
    for key in ("date", "due"):
        answer = panel.fill(new(shop), {**typed(), key: day})
        assert errors(answer.text) == {key: "Check the year of this date."}
    assert panel.post(f"/document/totals/?kind=invoice&customer={shop.id}", {"date": day}).status_code == 200


def test_nobody_bills_more_by_taking_less_than_nothing(app: Flask, shop: Customer) -> None:
    order = issued(shop, K.ORDER, line("Silk", "10"))
    invoice = convert(db.session, [order], K.INVOICE)
    db.session.commit()
    invoice.lines[0].quantity = D(-100)
    assert refusal(db.session.commit) == "Type zero or more: for what is taken off, type a price below zero."
    assert list(quantities_left(db.session, [order], K.INVOICE).values()) == [D(0)]
    panel = Panel(app)
    answer = panel.fill(page(invoice, "edit", panel="1"), {f"lines-{invoice.lines[0].id}-quantity": "-1"})
    assert "Type zero or more" in errors(answer.text)[f"lines-{invoice.lines[0].id}-quantity"]


def test_what_is_taken_off_by_its_price_goes_along_into_the_invoice(shop: Customer) -> None:
    order = issued(shop, K.ORDER, line("Silk", "10", "10"), line("Gift", "1", "-5"))
    assert convert(db.session, [order], K.INVOICE).total == order.total


def test_what_was_sold_with_a_rate_of_former_days_can_still_be_credited(shop: Customer) -> None:
    invoice, order = (issued(shop, kind, line(vat_rate=rate("10 %"))) for kind in (K.INVOICE, K.ORDER))
    former = rate("10 %")
    former.active = False
    save(former)
    assert made(convert(db.session, [invoice], K.CREDIT_NOTE)).total == invoice.total
    assert made(convert(db.session, [order], K.INVOICE)).total == order.total
    assert "can no longer be chosen" in refusal(lambda: duplicate(db.session, invoice))


def test_vat_is_charged_also_by_those_to_whom_rates_are_hidden(app: Flask, shop: Customer) -> None:
    panel, quote = Panel(app, add_user({"customer": EVERYTHING})), draft(shop, K.QUOTE, line(price="10"))
    after(panel, panel.fill(page(quote, "edit", panel="4"), {"remarks": "Call back."}))
    assert (fresh(quote).remarks, fresh(quote).vat, fresh(quote).total) == ("Call back.", D("2.2"), D("12.2"))
    after(panel, panel.post(page(quote, "issue")))
    assert (fresh(quote).status, fresh(quote).total) == (S.SENT, D("12.2"))
    assert panel.get(page(quote, "pdf")).status_code == 200


def test_a_line_does_not_come_back_into_what_was_issued_meanwhile(shop: Customer) -> None:
    invoice = draft(shop, K.INVOICE, line("Silk"), line("Gift", "1", "0"))
    invoice.lines.pop()
    db.session.commit()
    removal = newest()
    made(invoice)
    before = paper_of(db.session, invoice)
    assert SETTLED in refusal(lambda: undo(db.session, removal))
    late = DocumentLine(document_id=invoice.id, description="Late", price=D(0), vat_rate=rate())
    assert refusal(lambda: save(late)) == SETTLED
    assert paper_of(db.session, fresh(invoice)) == before


def test_why_issuing_is_not_undone_is_said_once(app: Flask, shop: Customer) -> None:
    panel, invoice = Panel(app), issued(shop, K.INVOICE)
    panel.post(f"/change_set/{newest()}/undo")
    assert said(panel.get(page(invoice)).text.split('id="toasts"')[1]).count(SETTLED) == 1
    assert fresh(invoice).status is S.OPEN


def test_a_credit_note_below_zero_gives_nothing_back_twice(shop: Customer) -> None:
    invoice = issued(shop, K.INVOICE, line("Silk", "1", "100"))
    note = convert(db.session, [invoice], K.CREDIT_NOTE)
    note.lines[0].price = D(-50)
    db.session.commit()
    assert refusal(lambda: made(note)) == "A credit note cannot come to less than zero: make an invoice of it."
    assert fresh(invoice).credited == D(0)


def test_nobody_pays_the_thousandth_part_of_a_yen(shop: Customer) -> None:
    invoice = issued(shop, K.INVOICE, line("Silk", "1", "100"), currency="JPY")
    invoice.payments.append(Payment(amount=D("0.5")))
    assert refusal(db.session.commit) == "Amounts in JPY have fewer digits after the point."


def test_delivery_notes_with_more_lines_than_fit_are_billed_apart(shop: Customer) -> None:
    notes = [issued(shop, K.DDT, *(line(f"Load {number}") for number in range(251))) for _ in range(2)]
    sentence = "At most 500 lines fit into one document: take fewer at once."
    assert refusal(lambda: convert(db.session, notes, K.INVOICE)) == sentence


@pytest.mark.parametrize("path", ["issue", "move", "convert", "duplicate", "edit", "delete", "totals", "email"])
def test_nothing_is_posted_without_the_token_and_nothing_is_written_by_looking(
    app: Flask, shop: Customer, path: str
) -> None:
    panel, document = Panel(app), issued(shop, K.ORDER)
    address = page(document, path, to="invoice")
    assert panel.client.post(address, data={"note": "x"}).status_code == 400
    before = newest()
    panel.get(address)
    assert newest() == before
    assert len(stored(Document)) == 1


ODD = (
    "kind=nonsense", "id=-1", f"id={10**30}", "id=abc", "id=", "page=0", f"page={10**30}", "sort=lines", "to=nonsense",
    "kind=invoice&customer=999999", "customer=abc", "name=lines.source&query=a", "name=lines.nonsense",
    "field=nonsense", "format=nonsense", "search=%00", "search=12.20", "columns=seller&columns=series_key",
    "kind=invoice&kind=order",
)  # fmt: skip
ROUTES = (
    "", "access/", "ajax/lookup/", "delete/", "details/", "duplicate/", "edit/", "export/csv/", "filter/", "history/",
    "new/", "why/", "issue/", "move/", "convert/", "pdf/", "e-invoice/", "email/", "totals/", "action/",
)  # fmt: skip


@pytest.mark.databases("sqlite")
def test_odd_addresses_are_answered_in_words(app: Flask, shop: Customer) -> None:
    panel, document = Panel(app), issued(shop, K.INVOICE)
    odd = [*ODD, f"id={document.id}&panel=99", f"id={document.id}&to=draft", f"id={document.id}&to=quote"]
    answers = {(route, args): panel.get(f"/document/{route}?{args}").status_code for route in ROUTES for args in odd}
    assert not {key: status for key, status in answers.items() if status >= 500}
    answers = {(route, args): panel.post(f"/document/{route}?{args}").status_code for route in ROUTES for args in odd}
    assert not {key: status for key, status in answers.items() if status >= 500}


def at_once(app: Flask, works: Sequence[Callable[[], object]]) -> list[str]:
    """Do several things at the same moment, each in a thread and a transaction of its own; return what came of each."""
    together, outcomes = Barrier(len(works)), [""] * len(works)

    def run(place: int) -> None:
        with app.app_context():
            set_actor(db.session, SYSTEM)
            together.wait()
            try:
                works[place]()
                db.session.commit()
                outcomes[place] = "done"
            except DomainError as error:
                outcomes[place] = str(error)
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def the(key: int) -> Document:
    return db.session.scalars(select(Document).where(Document.id == key)).one()


def kept(app: Flask, work: Callable[[Customer], Mapping[str, Sequence[int]]]) -> Mapping[str, Sequence[int]]:
    """Prepare documents, and return their keys."""
    with app.app_context():
        found = work(open_shop())
        db.session.remove()
    return found


def test_a_number_that_two_want_at_once_is_given_to_one(fresh_app: Flask) -> None:
    keys = kept(fresh_app, lambda shop: {"drafts": [draft(shop, K.INVOICE, sequence=5).id for _ in range(4)]})
    outcomes = at_once(fresh_app, [lambda key=key: issue(db.session, the(key)) for key in keys["drafts"]])  # type: ignore[misc]
    assert sorted(outcomes) == ["Number 5 has been given already."] * 3 + ["done"]


def test_what_is_being_cancelled_is_not_made_into_anything(fresh_app: Flask) -> None:
    keys = kept(fresh_app, lambda shop: {"invoices": [issued(shop, K.INVOICE).id for _ in range(4)]})
    for key in keys["invoices"]:
        outcomes = at_once(
            fresh_app,
            [
                lambda key=key: convert(db.session, [the(key)], K.CREDIT_NOTE),  # type: ignore[misc]
                lambda key=key: move(db.session, the(key), S.CANCELLED),  # type: ignore[misc]
            ],
        )
        assert outcomes.count("done") == 1, outcomes


def test_an_order_is_not_billed_at_once_by_itself_and_by_its_delivery_note(fresh_app: Flask) -> None:
    keys = kept(fresh_app, delivered)
    for order, note in zip(keys["orders"], keys["notes"], strict=True):
        bill = [lambda key=key: convert(db.session, [the(key)], K.INVOICE) for key in (order, note)]
        assert at_once(fresh_app, bill).count("done") == 1


def delivered(shop: Customer) -> Mapping[str, Sequence[int]]:
    """Deliver some orders whole."""
    orders = [issued(shop, K.ORDER, line("Silk", "10")) for _ in range(4)]
    return {
        "orders": [each.id for each in orders],
        "notes": [made(convert(db.session, [each], K.DDT)).id for each in orders],
    }


@pytest.mark.databases("postgresql")
def test_two_who_wait_for_each_other_are_told_that_somebody_was_faster(fresh_app: Flask) -> None:
    keys = kept(fresh_app, lambda shop: {"both": [draft(shop, K.INVOICE).id, draft(shop, K.INVOICE).id]})
    locked, outcomes = Barrier(2), list[object]()

    def lock_both(*order: int) -> None:
        lock(db.session, Document, [the(order[0])])
        locked.wait()
        lock(db.session, Document, [the(order[1])])

    def work(*order: int) -> None:
        with fresh_app.app_context():
            set_actor(db.session, SYSTEM)
            outcomes.append(commit(lambda: lock_both(*order)))
            db.session.remove()

    threads = [Thread(target=work, args=each) for each in (keys["both"], keys["both"][::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["None", CHANGED]


@pytest.mark.databases("postgresql")
def test_what_is_issued_is_what_is_stored_when_it_is_locked(fresh_app: Flask) -> None:
    keys = kept(fresh_app, lambda shop: {"draft": [draft(shop, K.INVOICE).id]})
    [key] = keys["draft"]
    with fresh_app.app_context():
        set_actor(db.session, SYSTEM)
        mine = the(key)
        assert [each.price for each in mine.lines] == [D(10)]
        at_once(fresh_app, [lambda: change(key)])
        issue(db.session, mine)
        db.session.commit()
        assert (mine.number, mine.total) == (f"B1/{mine.date.year}", D(61))
        db.session.remove()


def change(key: int) -> None:
    document = the(key)
    document.series, document.lines[0].price = "B", D(50)
