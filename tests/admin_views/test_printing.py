"""A document on paper: everything that it says, page by page, and nothing that it does not."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import Babel
from pypdf import PdfReader

from admin_views.config import default_config
from admin_views.printing import file_name, pdf
from admin_views.printing.press import FONT_PACKAGES, fonts
from models.rules.document_kinds import DocumentKind
from models.rules.paper import Origin, Transport
from tests.admin_views.papers import BUYER, DDT, LINES, SELLER, flat, line, pages, paper

HEAD = "Description Quantity Unit price VAT Amount EUR"
KINDS = [kind.value for kind in DocumentKind]
MOVED = Transport(date(2026, 11, 4), "Sale", "Corriere Espresso", 3, Decimal("12.5"), "Lager 2\nUfergasse 9, Berlin")


def printed(*args: Any, **given: Any) -> str:
    """Return all that can be read in a paper that was printed."""
    return "\n".join(pages(pdf(paper(*args, **given), logo=None)))


def test_an_invoice_says_everything_of_its_paper() -> None:
    text = printed(paid=Decimal(1000), credited=Decimal("10.50"))
    for said in (
        "Invoice 12/2026",
        "Date 3 November 2026\nDue 4 December 2026\nYour reference PO 2026-0815\nPayment Bank transfer",
        "Müller & Söhne GmbH\nHauptstraße 5\nHinterhof\n10115 Berlin\nGERMANY\nVAT number DE136695976",
        "Via Torino 12 · 20123 Milano MI\n+39 02 6698 1234 · ordini@aurora.example\naurora.example",
        "VAT number IT00743110157\nREA MI-123456",
        "1 Desk lamp, brass\nArticle 4711, with a cable of 2 m\n3 pcs 48.90 22% 146.70",
        "2 Consulting 2.5 h 85.00 10% 22% 191.25",
        "3 Transport to Germany 1 pcs 120.00 N2.1 120.00",
        "4 Books on light 4 pcs 1,234.5678 4% 4,938.27",
        "22% 337.95 74.35\n4% 4,938.27 197.53\n0% N2.1 120.00 0.00",
        "Not subject to VAT: the place of supply is another country\nNon soggetto, artt. da 7 a 7-septies, DPR 633/72",
        "Net 5,396.22\nVAT 271.88\nTotal EUR 5,668.10\nPaid 1,000.00\nCredited 10.50\nOpen 4,657.60",
        "Bank Banca Popolare di Sondrio\nIBAN IT60 X054 2811 1010 0000 0123 456\nBIC BPMOIT22XXX",
        "Goods remain our property\nuntil they are paid.",
        "Page 1 of 1",
    ):
        assert flat(said) in flat(text)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_printed_with_its_name_and_its_lines(kind: str) -> None:
    text = printed(kind)
    assert f"{DocumentKind(kind).label} 12/2026" in text
    assert all(each.description.splitlines()[0] in text for each in LINES)
    assert ("Total EUR 5,668.10" in text) == (kind != "ddt")
    assert ("IT60 X054" in text) == (kind in {"order", "proforma", "invoice", "receipt"})


def test_a_quote_says_until_when_it_is_valid() -> None:
    assert "Valid until 4 December 2026" in printed("quote")


def test_a_delivery_note_says_how_goods_travel_and_no_price() -> None:
    text = printed("ddt", transport=MOVED, due=None, payment_method=None)
    assert "Date of transport\n4 November 2026" in text
    for said in ("Sale", "Corriere Espresso", "Packages\n3", "12.5 kg", "Lager 2\nUfergasse 9, Berlin", "3 pcs"):
        assert said in text
    assert "Signature of the carrier" in text
    assert not [price for price in ("48.90", "146.70", "EUR", "22%", "Total") if price in text]


def test_lines_stand_below_the_document_they_came_from() -> None:
    text = printed(lines=[line("Lamp", origin=DDT), line("Bulb", origin=DDT), line("Packing")], origins=[DDT])
    assert "DDT 12/2026 of 3 October 2026\n1 Lamp" in text
    assert "Further lines\n3 Packing" in text
    assert text.count("DDT 12/2026") == 1


def test_a_credit_note_says_what_it_credits() -> None:
    invoice = Origin("Invoice", "11/2026", date(2026, 10, 1))
    assert "Refers to Invoice 11/2026 of 1 October 2026" in printed("credit_note", origins=[invoice])


def test_prices_that_include_vat_are_told_both_ways() -> None:
    text = printed(lines=[line("Lamp", "9.99")], includes_vat=True, discount=Decimal(5))
    assert "1 pcs 8.188525\nwith VAT 9.99\n5% 22% 7.78" in text
    assert "Total EUR 9.49" in text


def test_an_amount_has_the_digits_of_its_currency() -> None:
    assert "Total JPY 12,200" in printed(lines=[line("Lamp", "10000")], currency="JPY").splitlines()


@pytest.mark.parametrize(("given", "mark"), [({"number": None}, "DRAFT"), ({"cancelled": True}, "CANCELLED")])
def test_what_does_not_hold_is_marked_on_every_page(given: dict[str, Any], mark: str) -> None:
    sheets = pages(pdf(paper(lines=[line("Lamp")] * 60, **given), logo=None))
    assert len(sheets) > 1
    assert all(mark in sheet for sheet in sheets)
    assert mark not in printed()


@pytest.mark.parametrize(("count", "least"), [(1, 1), (40, 2), (300, 8)])
def test_every_page_has_the_headings_its_number_and_what_was_carried_forward(count: int, least: int) -> None:
    sheets = pages(pdf(paper(lines=[line(f"Article {at}") for at in range(count)]), logo=None))
    assert len(sheets) >= least
    assert "Carried forward" not in sheets[0]
    done = 0
    for at, sheet in enumerate(sheets, 1):
        assert f"Page {at} of {len(sheets)}" in sheet
        assert HEAD in sheet or done == count
        assert at == 1 or f"Carried forward {done}.00" in sheet or done == count
        done += sheet.count("Article ")
    assert done == count


@pytest.mark.parametrize("count", range(22, 30))
def test_the_totals_are_never_without_a_line_and_never_torn(count: int) -> None:
    last = pages(pdf(paper(lines=[line(f"Article {at}") for at in range(count)]), logo=None))
    closing = next(sheet for sheet in last if "Total EUR" in sheet)
    assert f"Article {count - 1} " in closing
    assert "VAT Taxable Tax" in closing


def test_a_description_longer_than_a_page_goes_on_on_the_next() -> None:
    long = "\n".join(f"Paragraph {at} of many" for at in range(200))
    sheets = pages(pdf(paper(lines=[line("Lamp"), line(long)]), logo=None))
    assert all(f"Paragraph {at} of many" in "\n".join(sheets) for at in range(200))
    assert all(HEAD in sheet for sheet in sheets[:-1])


def test_a_draft_without_lines_can_be_printed() -> None:
    assert "Total EUR 0.00" in printed(lines=[], number=None)


def test_equal_papers_give_equal_bytes_and_others_do_not() -> None:
    assert pdf(paper(), logo=None) == pdf(paper(), logo=None) != pdf(paper(number="13/2026"), logo=None)


def test_the_file_says_what_it_is_for_archives_and_screen_readers() -> None:
    read = PdfReader(BytesIO(pdf(paper(), logo=None)))
    about = read.metadata
    assert about
    assert (about.title, about.author) == ("Invoice 12/2026", "Aurora Forniture S.r.l.")
    assert about.creation_date
    assert about.creation_date.astimezone(UTC).date() == datetime(2026, 11, 3, tzinfo=UTC).date()
    root: Any = read.root_object
    assert root["/Lang"] == "en-GB"
    declared = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3<" in declared
    assert "<pdfaid:conformance>A<" in declared
    assert "<pdfuaid:part>1<" in declared


def test_a_country_is_named_where_it_is_another() -> None:
    assert "GERMANY" not in printed(seller=replace(SELLER, country="DE"))
    assert "10115 Berlin" in printed(buyer=replace(BUYER, country=""))


def test_a_document_is_set_in_one_language_its_own_if_the_panel_speaks_it(tmp_path: Path) -> None:
    catalog = Catalog("it")
    catalog.add("Invoice", "Fattura")
    catalog.add("Due", "Scadenza")
    folder = tmp_path / "it" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalog)
    app = Flask("clientela")
    Babel(app, default_translation_directories=str(tmp_path))
    with app.app_context():
        assert "Fattura 12/2026" in printed(language="it")
        assert "Scadenza 4 dicembre 2026" in printed(language="it")
        assert "1.234,5678 4% 4.938,27" in printed(language="it")
        assert "Due 4 December 2026" in printed(language="de")


@pytest.mark.parametrize(("locale", "day"), [("en", "4 December 2026"), ("en_US", "December 4, 2026"), ("xx", "4 Dec")])
def test_without_words_in_the_language_the_one_given_is_taken(locale: str, day: str) -> None:
    assert f"Due {day}" in "\n".join(pages(pdf(paper(language="de"), logo=None, locale=locale)))


def test_no_font_of_the_machine_is_used_so_that_paper_is_the_same_everywhere() -> None:
    homes = {Path(font.path).parent.name if font.path else "typst" for font in fonts().fonts()}
    assert {"typst", "manimgx_fonts"} <= homes <= {"typst", *FONT_PACKAGES}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({}, "Invoice 12-2026.pdf"),
        ({"number": None}, "Invoice draft.pdf"),
        ({"kind": "credit_note"}, "Credit note 12-2026.pdf"),
        ({"number": "../../etc/passwd\r\n\0"}, "Invoice ..-..-etc-passwd.pdf"),
        ({"number": "№ 7"}, "Invoice - 7.pdf"),
        ({"number": "x" * 300}, f"Invoice {'x' * 92}.pdf"),
    ],
)
def test_a_file_has_a_name_that_is_safe_everywhere(given: dict[str, Any], name: str) -> None:
    assert file_name(paper(**given)) == name


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20"><rect width="80" height="20" fill="#c4502e"/></svg>'
)
PNG = Path(__file__).parents[2] / "docs" / "list.png"


def test_the_logo_is_named_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMPANY_LOGO", raising=False)
    assert default_config()["COMPANY_LOGO"] is None
    monkeypatch.setenv("COMPANY_LOGO", "/srv/logo.svg")
    assert default_config()["COMPANY_LOGO"] == Path("/srv/logo.svg")


def test_the_logo_stands_at_the_head(tmp_path: Path) -> None:
    drawing = tmp_path / "logo.svg"
    drawing.write_text(SVG, encoding="utf-8")
    assert pdf(paper(), logo=drawing) != pdf(paper(), logo=None)
    assert not PdfReader(BytesIO(pdf(paper(), logo=None))).pages[0].images
    assert len(PdfReader(BytesIO(pdf(paper(), logo=PNG))).pages[0].images) == 1


@pytest.mark.parametrize("content", [None, b"", b"GIF89a", b"\x89PNG\r\n\x1a\nnothing", b"<svg><g></svg>", b"\xff" * 9])
def test_a_logo_that_cannot_be_shown_stops_no_print(
    content: bytes | None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "logo"
    if content is not None:
        broken.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert pdf(paper(), logo=broken) == pdf(paper(), logo=None)
    assert {record.name for record in caplog.records} == {"clientela.printing"}
