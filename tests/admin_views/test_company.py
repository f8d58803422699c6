"""Who sells, and the VAT that is charged: one company, one default rate."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from models.base import db
from models.company import Company
from models.vat_rate import VatRate
from tests.models.papers import open_shop, rate
from tests.panel import Panel


def test_the_menu_leads_to_the_form_and_later_to_the_company_itself(app: Flask) -> None:
    panel = Panel(app)
    assert panel.get("/company/").headers["Location"] == "/company/new/"
    panel.fill("/company/new/", {"name": "Filanda", "country": "IT", "province": "Como", "currency": "EUR"})
    found = db.session.scalars(select(Company)).one()
    assert panel.get("/company/").headers["Location"] == f"/company/details/?id={found.id}"
    assert panel.get("/company/new/").status_code == 403


def test_the_company_is_not_deleted(app: Flask) -> None:
    open_shop()
    found = db.session.scalars(select(Company)).one()
    page = Panel(app).get(f"/company/delete/?id={found.id}").text
    assert "There is always one company" in page


def test_a_wrong_iban_is_said_beside_it_and_stays_as_typed(app: Flask) -> None:
    answer = Panel(app).fill("/company/new/", {"name": "Filanda", "iban": "IT60X0542811101000000123457"})
    assert answer.status_code == 422
    assert "This is no IBAN" in answer.text
    assert "IT60X0542811101000000123457" in answer.text


def test_another_rate_takes_the_place_of_the_default(app: Flask) -> None:
    open_shop()
    panel = Panel(app)
    answer = panel.fill(f"/vat_rate/edit/?id={rate('10 %').id}", {"is_default": "1"})
    assert answer.status_code == 303
    assert db.session.scalars(select(VatRate.name).where(VatRate.is_default)).all() == ["10 %"]


def test_a_rate_of_zero_says_why_and_its_rate_is_typed_once(app: Flask) -> None:
    open_shop()
    panel = Panel(app)
    answer = panel.fill("/vat_rate/new/", {"name": "Nothing", "rate": "0"})
    assert "A rate of zero needs the reason" in answer.text
    page = panel.get(f"/vat_rate/edit/?id={rate('10 %').id}").text
    assert '<output id="rate"' in page
