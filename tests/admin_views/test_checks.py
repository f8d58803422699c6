"""A declaration that names what does not exist stops the start, and is told what was probably meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Mapped

from admin_views.base import PanelView
from admin_views.checks import DeclarationError, check_models
from models.account import Account
from models.base import Base
from models.customer import Customer
from models.fields import Line, reference
from models.note import Note
from tests.models.scratch import forget


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"column_list": ["nmae"]}, "column_list names “nmae”, which does not exist; did you mean “name”?"),
        ({"column_filters": ["contcts"]}, "did you mean “contacts”?"),
        ({"column_sortable_list": ["billing_contry"]}, "did you mean “billing_country”?"),
        ({"column_default_sort": "-updatd_at"}, "did you mean “updated_at”?"),
        ({"record_summary": ["grup"]}, "did you mean “group”?"),
        ({"form_panels": [("Details", ["vat_numbr"])]}, "form_panels names “vat_numbr”"),
        ({"inline_models": [Customer]}, "inline_models names “Customer”"),
        ({"action_disallowed_list": ["delet"]}, "did you mean “delete”?"),
        ({"colum_list": ["name"]}, "did you mean “column_list”?"),
    ],
)
def test_a_misspelt_name_in_a_view_is_told(app: Flask, options: Mapping[str, Any], sentence: str) -> None:
    view = type("MisspeltView", (PanelView,), dict(options))
    with pytest.raises(DeclarationError, match="MisspeltView") as refusal:
        view(Customer)
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("groups", "sentence"),
    [
        ({Note: "author"}, "inline_groups names “Note”, which does not exist; there are: Customer."),
        ({Customer: "chanel"}, "inline_groups names “chanel”, which does not exist; did you mean “channel”?"),
        ({Customer: "name"}, "inline_groups names “name”"),
    ],
)
def test_rows_that_are_grouped_must_be_listed_and_have_that_relation(
    app: Flask, groups: Mapping[Any, str], sentence: str
) -> None:
    view = type("MisspeltView", (PanelView,), {"inline_groups": groups})
    with pytest.raises(DeclarationError) as refusal:
        view(Account)
    assert sentence in str(refusal.value)


def test_rows_are_not_deleted_with_themselves() -> None:
    class Link(Base):
        text: Mapped[Line]
        before: Mapped[Link | None] = reference(orphans="delete")

    try:
        with pytest.raises(DeclarationError, match="Link: deleting one would lead round to deleting another one"):
            check_models()
    finally:
        forget(Link)
    check_models()


def test_everything_that_is_wrong_is_told_at_once(app: Flask) -> None:
    view = type("MisspeltView", (PanelView,), {"column_list": ["nmae", "knd"], "record_summary": ["grup"]})
    with pytest.raises(DeclarationError) as refusal:
        view(Customer)
    assert len(str(refusal.value).splitlines()) == 3


def test_a_view_that_declares_nothing_is_right(app: Flask) -> None:
    assert PanelView(Note).column_list[0] == "body"
