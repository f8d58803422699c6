"""Documents on their page: brought on from state to state, made from each other, duplicated, and whose they are."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models.base import db
from models.company import Company
from models.customer import Customer
from models.document import Document
from models.document_line import DocumentLine
from models.operations.drafting import convert
from models.permissions import Level, Permission
from models.rules.document_kinds import DocumentKind, DocumentStatus
from tests.admin_views.test_actions import ask, toasts
from tests.admin_views.test_figures import RECORD, cost
from tests.admin_views.test_forms import errors
from tests.models.papers import D, draft, issued, line, made, open_shop
from tests.models.world import SEE
from tests.panel import Forms, Panel, add, company, stored
from tests.people import EDITOR, VIEWER, add_user

K, S = DocumentKind, DocumentStatus
OWN = dict.fromkeys((Permission.VIEW, Permission.CREATE, Permission.EDIT, Permission.DELETE), Level.OWN)


@pytest.fixture
def shop(app: Flask) -> Customer:
    return open_shop()


def buttons(html: str) -> list[str]:
    """Return what stands in the head of a record, and in its menu."""
    head = html.split('class="btn-list"', 1)[1].split("</header>", 1)[0]
    found = re.findall(r"<(?:a|button)[^>]*>((?:(?!</(?:a|button)>).)*)</(?:a|button)>", head, re.DOTALL)
    texts = (unescape(re.sub(r"<kbd.*?</kbd>|<[^>]+>", "", each)).strip() for each in found)
    return [each for each in texts if each != "More actions"]


def said(html: str) -> str:
    """Return the words of a page."""
    main = html.split("<main", 1)[-1]
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", main).split()))


def page(document: Document, name: str = "details", **args: str) -> str:
    return f"/document/{name}/?id={document.id}" + "".join(f"&{key}={value}" for key, value in args.items())


def after(panel: Panel, answer: TestResponse) -> str:
    """Return the page that one then comes to."""
    assert answer.status_code == 303, answer.text
    return panel.get(answer.location).text


def fresh(document: Document) -> Document:
    [found] = stored(Document, id=document.id)
    assert isinstance(found, Document)
    return found


def order(shop: Customer, *quantities: str) -> Document:
    return issued(shop, K.ORDER, *(line(f"Cloth {at}", each) for at, each in enumerate(quantities or ("10", "5"), 1)))


def test_a_draft_offers_to_be_issued_and_asks_before(app: Flask, shop: Customer) -> None:
    panel, invoice = Panel(app), draft(shop, K.INVOICE)
    assert buttons(panel.get(page(invoice)).text)[:2] == ["Issue…", "PDF"]
    asked = panel.get(page(invoice, "issue"))
    number = f"1/{invoice.date.year}"
    assert f"It gets the number {number}." in said(asked.text)
    assert "This cannot be undone" in said(asked.text)
    assert fresh(invoice).number is None
    shown = after(panel, panel.send(asked))
    assert toasts(shown) == [f"Invoice {number} was issued."]
    assert "/undo" not in shown.split('id="toasts"')[1]
    assert fresh(invoice).status is S.OPEN
    assert buttons(shown)[:3] == ["Mark as sent", "Make credit note…", "PDF"]


def test_the_second_of_two_clicks_is_told_that_it_was_issued(app: Flask, shop: Customer) -> None:
    panel, invoice = Panel(app), draft(shop, K.INVOICE)
    asked = panel.get(page(invoice, "issue"))
    panel.send(asked)
    number = fresh(invoice).number
    assert toasts(after(panel, panel.send(asked)))[-1] == "It has been issued already."
    assert fresh(invoice).number == number
    assert "It has been issued already." in said(panel.get(page(invoice, "issue")).text)


def test_what_is_odd_about_a_number_is_said_after_issuing(app: Flask, shop: Customer) -> None:
    panel, invoice = Panel(app), draft(shop, K.INVOICE, sequence=7)
    asked = panel.get(page(invoice, "issue"))
    assert "It gets the number 7/" in said(asked.text)
    assert toasts(after(panel, panel.send(asked)))[1:] == ["There is a gap before this number."]


def test_nothing_is_issued_before_the_company_is_known_and_one_is_led_there(app: Flask, shop: Customer) -> None:
    [own] = stored(Company)
    own.vat_number = None
    add(own)
    panel, invoice = Panel(app), draft(shop, K.INVOICE)
    asked = panel.get(page(invoice, "issue"))
    assert "the company's vat number must be filled in" in said(asked.text)
    assert f'href="/company/edit/?id={own.id}"' in asked.text
    shown = after(panel, panel.post(page(invoice, "issue")))
    assert "the company's vat number must be filled in" in toasts(shown)[0]
    assert f'href="/company/edit/?id={own.id}"' in shown.split('id="toasts"')[1]


def test_a_draft_without_lines_says_what_it_needs(app: Flask, shop: Customer) -> None:
    empty = add(Document(kind=K.QUOTE, customer=shop))
    assert "Add at least one line first." in said(Panel(app).get(page(empty, "issue")).text)


def test_a_step_is_one_click_and_can_be_undone(app: Flask, shop: Customer) -> None:
    panel, ddt = Panel(app), issued(shop, K.DDT)
    shown = panel.get(page(ddt)).text
    assert buttons(shown)[0] == "Mark as shipped"
    [form] = [each for each in Forms(shown).all if "to=shipped" in each.action]
    shown = after(panel, panel.post(form.action, form.values))
    assert toasts(shown) == [f"{ddt.name}: Shipped."]
    assert fresh(ddt).status is S.SHIPPED
    [undo] = re.findall(r'action="(/change_set/\d+/undo)"', shown.split('id="toasts"')[1])
    panel.post(undo)
    assert fresh(ddt).status is S.OPEN


@pytest.mark.parametrize("kind", K)
def test_the_buttons_are_those_of_the_table(app: Flask, shop: Customer, kind: DocumentKind) -> None:
    panel, document = Panel(app), issued(shop, kind)
    for status in [kind.rules.issued, *kind.rules.steps(kind.rules.issued)]:
        fresh(document).status = status
        add(document)
        shown = panel.get(page(document)).text
        offered = set(re.findall(r"/document/move/\?id=\d+&amp;to=(\w+)", shown))
        assert offered == {each.value for each in kind.rules.steps(status)}
        if status is S.CANCELLED:
            break


def test_cancelling_asks_and_says_why_it_cannot_be(app: Flask, shop: Customer) -> None:
    panel, mine = Panel(app), order(shop)
    convert(db.session, [mine], K.INVOICE)
    db.session.commit()
    refused = said(panel.get(page(mine, "move", to="cancelled")).text)
    assert "This is not possible. Invoice, draft was made from it: cancel that first, or credit this." in refused
    shown = after(panel, panel.post(page(mine, "move", to="cancelled")))
    assert toasts(shown) == ["Invoice, draft was made from it: cancel that first, or credit this."]
    other = order(shop)
    asked = panel.get(page(other, "move", to="cancelled"))
    assert "Its number stays given" in said(asked.text)
    after(panel, panel.send(asked))
    assert fresh(other).status is S.CANCELLED


def test_a_state_that_does_not_follow_is_refused(app: Flask, shop: Customer) -> None:
    panel, quote = Panel(app), issued(shop, K.QUOTE)
    assert "It cannot become shipped any more." in said(panel.get(page(quote, "move", to="shipped")).text)
    assert toasts(after(panel, panel.post(page(quote, "move", to="draft")))) == ["It cannot become draft any more."]
    assert panel.get(page(quote, "move", to="nonsense")).status_code == 404


def test_an_order_is_delivered_in_part_and_says_what_is_left(app: Flask, shop: Customer) -> None:
    panel, mine = Panel(app), order(shop, "10", "5")
    first, second = mine.lines
    taking = panel.get(page(mine, "convert", to="ddt"))
    assert Forms(taking.text).only.values[f"take-{first.id}"] == "10"
    shown = after(panel, panel.send(taking, {f"take-{first.id}": "4", f"take-{second.id}": "0"}))
    assert toasts(shown) == [f"DDT, draft was made from {mine.name}."]
    [ddt] = stored(Document, kind=K.DDT)
    assert [(each.description, each.quantity) for each in ddt.lines] == [("Cloth 1", D(4))]
    assert f"Comes from 1 {mine.name}" in said(shown)
    shown = panel.get(page(mine)).text
    assert "Cloth 1 4 of 10 pcs delivered 6 left 0 of 10 pcs billed 10 left" in said(shown)
    assert "Became 1 DDT, draft" in said(shown)
    assert "10 pcs 6 pcs left" in said(panel.get(page(mine, "convert", to="ddt")).text)


def test_too_much_is_refused_beside_the_quantity_and_what_was_typed_stays(app: Flask, shop: Customer) -> None:
    panel, mine = Panel(app), order(shop, "10", "5")
    first, second = (f"take-{each.id}" for each in mine.lines)
    answer = panel.fill(page(mine, "convert", to="invoice"), {first: "11", second: "2,5"})
    assert answer.status_code == 422
    assert errors(answer.text) == {first: "Only 10 of this are left."}
    assert Forms(answer.text).only.values[second] == "2,5"
    answer = panel.send(answer, {first: "-1"})
    assert errors(answer.text) == {first: "Type zero to leave it out, or how much to take."}
    answer = panel.send(answer, {first: "many"})
    assert "not a number" in errors(answer.text)[first]
    for odd in ("1.123456789", "999999999999999", "NaN"):
        answer = panel.send(answer, {first: odd})
        assert first in errors(answer.text)
    answer = panel.send(answer, {first: "0", second: ""})
    assert "Take something of at least one line." in said(answer.text)
    assert stored(Document, kind=K.INVOICE) == []


def test_what_is_used_up_is_offered_no_more(app: Flask, shop: Customer) -> None:
    panel, mine = Panel(app), order(shop, "10")
    made(convert(db.session, [mine], K.INVOICE))
    shown = panel.get(page(mine)).text
    assert not {"Make invoice…", "Make receipt…"} & set(buttons(shown))
    assert {"Make DDT…", "Make proforma…"} <= set(buttons(shown))
    assert "10 of 10 pcs billed all" in said(shown)
    taking = panel.get(page(mine, "convert", to="invoice")).text
    assert "Nothing of it is left for this." in said(taking)
    assert "No credit note is made from this." in said(panel.get(page(mine, "convert", to="credit_note")).text)


def test_a_conversion_is_undone_while_it_is_a_draft(app: Flask, shop: Customer) -> None:
    panel, quote = Panel(app), issued(shop, K.QUOTE)
    shown = after(panel, panel.fill(page(quote, "convert", to="order")))
    [undo] = re.findall(r'action="(/change_set/\d+/undo)"', shown.split('id="toasts"')[1])
    panel.post(undo)
    assert stored(Document, kind=K.ORDER) == []


def test_several_ddts_become_one_invoice_that_quotes_each(app: Flask, shop: Customer) -> None:
    panel = Panel(app)
    first, second = issued(shop, K.DDT, line("Silk", "2")), issued(shop, K.DDT, line("Wool", "3"))
    asked = ask(panel, "document", "bill_together", first, second)
    assert "it quotes the number and date of each" in said(asked.text)
    shown = after(panel, panel.send(asked))
    assert toasts(shown) == [f"Invoice, draft was made from {first.name}, {second.name}."]
    assert re.search(rf"Comes from 2 {first.name} .* {second.name}", said(shown))
    [invoice] = stored(Document, kind=K.INVOICE)
    assert [each.source.document.name for each in invoice.lines] == [first.name, second.name]


def test_ddts_of_two_customers_are_not_billed_together(app: Flask, shop: Customer) -> None:
    panel, other = Panel(app), company("Another Srl")
    one, two = issued(shop, K.DDT), issued(other, K.DDT)
    answer = panel.send(ask(panel, "document", "bill_together", one, two))
    [refusal] = toasts(after(panel, answer))
    assert refusal.startswith("Choose documents of one kind, customer and currency, with the same prices.")
    assert stored(Document, kind=K.INVOICE) == []


def test_a_duplicate_is_a_draft_of_today_that_comes_from_nowhere(app: Flask, shop: Customer) -> None:
    panel = Panel(app)
    invoice = made(convert(db.session, [order(shop)], K.INVOICE))
    shown = after(panel, panel.post(page(invoice, "duplicate")))
    copy = stored(Document, kind=K.INVOICE)[-1]
    assert toasts(shown) == [f"Invoice, draft was made from {invoice.name}."]
    assert (copy.status, copy.number, copy.party_name, copy.total) == (S.DRAFT, None, None, invoice.total)
    assert [(each.description, each.source_id, each.ordered_id) for each in copy.lines] == [
        ("Cloth 1", None, None), ("Cloth 2", None, None),
    ]  # fmt: skip
    assert "Comes from" not in said(shown)


def test_a_viewer_may_print_and_nothing_else(app: Flask, shop: Customer) -> None:
    panel, quote, mine = Panel(app, VIEWER), draft(shop, K.QUOTE), order(shop)
    assert buttons(panel.get(page(quote)).text) == ["PDF", "Who may do this?…"]
    assert buttons(panel.get(page(mine)).text) == ["PDF", "Who may do this?…"]
    for name, more in (("issue", {}), ("move", {"to": "ready"}), ("convert", {"to": "ddt"}), ("duplicate", {})):
        assert panel.get(page(mine, name, **more)).status_code == 403, name
        assert panel.post(page(mine, name, **more)).status_code == 403, name
    assert ask(panel, "document", "bill_together", mine).status_code == 403


def test_a_foreign_document_is_not_there(app: Flask, shop: Customer) -> None:
    salesperson = add_user({"customer": OWN, "vat_rate": SEE, "company": SEE})
    panel, mine = Panel(app, salesperson), order(shop)
    names = {"details": "", "issue": "", "move": "ready", "convert": "ddt", "duplicate": "", "pdf": "", "e-invoice": ""}
    for name, to in names.items():
        path = page(mine, name, **({"to": to} if to else {}), format="en16931")
        assert panel.get(path).status_code == 404, name
        if name in {"issue", "move", "convert", "duplicate"}:
            assert panel.post(path).status_code == 404, name


def test_an_editor_does_all_of_it(app: Flask, shop: Customer) -> None:
    panel, quote = Panel(app, EDITOR), draft(shop, K.QUOTE)
    after(panel, panel.fill(page(quote, "issue")))
    assert "Make order…" in buttons(panel.get(page(quote)).text)
    after(panel, panel.fill(page(quote, "convert", to="order")))
    assert stored(DocumentLine)[-1].source_id == quote.lines[0].id


@pytest.mark.databases("sqlite")
def test_a_record_costs_no_more_statements_the_more_it_has_to_do_with(app: Flask, shop: Customer) -> None:
    mine = order(shop, *["9"] * 12)
    for _ in range(4):
        made(convert(db.session, [mine], K.DDT, {each.id: D(2) for each in mine.lines}))
    assert cost(Panel(app), page(mine)) <= RECORD
