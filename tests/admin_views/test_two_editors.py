"""Two people in every form of the panel: no value that anybody saved is lost without having been shown.

The fields and what can be typed into them follow from the declarations, so a new entity is held to this as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from admin_views.base import PanelView
from models.customer import Customer
from models.description import Attribute
from models.exchange_rate import ExchangeRate
from models.images import encode
from models.rules.document_kinds import DocumentKind
from tests.models.papers import draft, open_shop
from tests.panel import Forms, Panel, add, stored
from tests.rights.visitors import Visitors

TEXTS = "zq one", "zq two", "zq three"
NUMBERS = "3", "4", "5"
BY_KIND: dict[str, tuple[str, ...]] = {
    "email": ("one@example.com", "two@example.com", "three@example.com"),
    "emails": ("one@example.com", "two@example.com", "three@example.com"),
    "phone": ("+39 02 66981234", "+39 02 66981235", "+39 02 66981236"),
    "url": ("https://one.example", "https://two.example", "https://three.example"),
    "vat_number": ("IT00743110157", "IT00159560366", "IT12345670785"),
    "tax_code": ("00743110157", "00159560366", "12345670785"),
    "recipient": ("AAAAAA1", "AAAAAA2", "AAAAAA3"),
    "iban": ("IT60X0542811101000000123456", "DE89370400440532013000", "FR1420041010050500013M02606"),
    "postal_code": ("20121", "20122", "20123"),
    "province": ("Roma", "Torino", "Milano"),
    "country": ("IT", "FR", "DE"),
}
BY_TYPE: dict[type[Any], tuple[str, ...]] = {
    date: ("2026-01-02", "2026-01-03", "2026-01-04"),
    datetime: ("2026-01-02T10:00", "2026-01-03T10:00", "2026-01-04T10:00"),
    int: NUMBERS,
    Decimal: NUMBERS,
}
# What cannot be changed by itself, or has a test of its own.
ELSEWHERE = {
    "customer.kind", "customer.can_login", "customer.password", "user.password", "user.active", "attachment.file",
    "customer.shipping_province", "customer.channel",
    "note.contact", "call.contact", "task.contact", "attachment.contact",
}  # fmt: skip


class Editors:
    """Two administrators, and a row of each entity that has a form."""

    def __init__(self, app: Flask) -> None:
        self.keys = Visitors(app).keys
        self.keys["document"] = draft(open_shop(), DocumentKind.QUOTE).id
        self.keys["exchange_rate"] = add(ExchangeRate(currency="USD", day=date(2026, 1, 1), rate=Decimal("1.1"))).id
        customer = stored(Customer, id=self.keys["customer"])[0]
        customer.billing_country, customer.billing_province = "IT", "MI"
        add(customer)
        self.me, self.other = Panel(app), Panel(app)
        views = (view for view in app.extensions["admin"][0]._views if isinstance(view, PanelView))
        self.views = [view for view in views if view.endpoint != "message"]  # emails stay as they were sent

    def panels(self, view: PanelView) -> Iterator[str]:
        """Yield the addresses of the forms of one panel each."""
        for number in range(len(view.form_panels)):
            yield f"/{view.endpoint}/edit/?id={self.keys[view.endpoint]}&panel={number}"

    def row(self, view: PanelView) -> Any:
        return stored(view.model, id=self.keys[view.endpoint])[0]

    def value(self, view: PanelView, key: str) -> Any:
        attribute = view.description.attributes[key]
        return encode(getattr(self.row(view), attribute.column.key))

    def fields(self, view: PanelView, page: TestResponse) -> list[str]:
        """Return the fields of the form that can be typed."""
        return [key for key in view.description.attributes if f'name="{key}"' in page.text and key != "version"]

    def candidates(self, view: PanelView, key: str, page: TestResponse) -> list[str]:
        """Return values that a field may take besides the one it has."""
        attribute: Attribute = view.description.attributes[key]
        now = Forms(page.text).only.values.get(key, "")
        if attribute.target:
            found = self.me.get(f"/{view.endpoint}/ajax/lookup/?name={key}")
            values = [each["value"] for each in json.loads(found.text)]
        elif attribute.python_type is bool:
            values = ["y", ""]
        elif options := self.options(page.text, key):
            values = options
        else:
            kind = attribute.kind.name if attribute.kind else ""
            values = list(BY_KIND.get(kind) or BY_TYPE.get(attribute.python_type, TEXTS))
        return [value for value in values if value != now]

    def options(self, text: str, key: str) -> list[str]:
        radios = re.findall(rf'<input type="radio" name="{key}"[^>]*value="([^"]+)"', text)
        select = re.search(rf'<select[^>]*name="{key}"[^>]*>(.*?)</select>', text, re.DOTALL)
        return [unescape(value) for value in radios or (re.findall(r'value="([^"]+)"', select[1]) if select else [])]


@pytest.mark.databases("sqlite")
def test_in_every_form_edits_of_others_are_merged_or_shown(app: Flask) -> None:
    editors = Editors(app)
    wrong, tried = list[str](), set[str]()
    for view in editors.views:
        for path in editors.panels(view):
            for place, key in enumerate(editors.fields(view, editors.me.get(path))):
                name = f"{view.endpoint}.{key}"
                if name not in ELSEWHERE:
                    tried.add(name)
                    wrong += [f"{name}: {each}" for each in meet(editors, view, path, key, closely=place < 3)]
    assert not wrong, "\n".join(wrong)
    assert len(tried) > 80


def meet(editors: Editors, view: PanelView, path: str, key: str, *, closely: bool) -> Iterator[str]:
    """Let two change the same field, looked at closely another one first; yield what goes wrong."""
    page, attribute = editors.me.get(path), view.description.attributes[key]
    values: list[str | None] = [*editors.candidates(view, key, page), None, None]
    first, second = values[:2]
    if first is None or editors.other.send(page, {key: first or None}).status_code != 303:
        yield f"{first} cannot be typed"
        return
    theirs = editors.value(view, key)
    if closely:
        yield from beside(editors, view, key, page)
    if second is None or attribute.python_type is bool:
        return
    answer = editors.me.send(page, {key: second})
    if answer.status_code != 422 or editors.value(view, key) != theirs:
        yield f"the same field is overwritten unseen: {theirs} by {second}, {answer.status_code}"
    elif 'class="clash"' not in answer.text:
        yield "what others changed is not shown"
    elif closely and (editors.me.send(answer).status_code != 303 or editors.value(view, key) == theirs):
        yield "what was typed is not kept"


def beside(editors: Editors, view: PanelView, key: str, page: TestResponse) -> Iterator[str]:
    """Change another field in a form that was opened before somebody changed this one."""
    theirs = editors.value(view, key)
    for neighbour in [each for each in editors.fields(view, page) if each != key and is_plain(view, each)][:1]:
        mine = f"beside {key}"
        answer = editors.me.send(page, {neighbour: mine})
        if answer.status_code != 303 or editors.value(view, neighbour) != mine:
            yield f"{neighbour} is not saved"
        if editors.value(view, key) != theirs:
            yield "what others changed is lost"


def is_plain(view: PanelView, key: str) -> bool:
    """Whether any word can be typed there."""
    attribute = view.description.attributes[key]
    return attribute.kind is not None and attribute.kind.name in {"line", "long_text", "tags", "person", "street"}
