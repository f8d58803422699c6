"""An entity is a few lines of typed Python; the rest is read from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import inspect
from sqlalchemy.orm import Mapped

from models.attachment import Attachment
from models.base import Base
from models.call import Call
from models.contact import Contact
from models.customer import Customer, CustomerEmail, CustomerPhone
from models.description import Attribute, Child, describe, entities, entity, title_of
from models.document import Document
from models.fields import Line, parent, reference  # noqa: F401  Line is named in an annotation
from models.group import CustomerGroup
from models.message import Message
from models.note import Note
from models.relations import check_targets
from models.task import Task
from models.user import User
from tests.models.scratch import declared, forget

CUSTOMER = """kind name company first_name last_name code vat_number tax_code recipient website channel account group
status rating language currency employees legal_form tags newsletter billing_street billing_street2
billing_city billing_postal_code billing_country billing_province shipping_street shipping_street2
shipping_city shipping_postal_code shipping_country shipping_province can_login password
password_changed_at login_key owner last_contacted times_contacted lifetime_value lifetime_currency created_at
updated_at"""


@pytest.fixture
def shelves() -> Iterator[Sequence[Any]]:
    with declared() as models:
        yield models


def test_attributes_come_in_the_order_of_the_declaration_then_of_its_mixins() -> None:
    assert list(describe(Customer).attributes) == CUSTOMER.split()
    assert list(describe(Note).attributes) == [
        *("body", "author", "customer", "contact", "at", "created_at", "updated_at")
    ]


def test_what_the_program_keeps_is_not_shown() -> None:
    assert [each.key for each in describe(User).shown] == [
        *("name", "email", "active", "password", "password_changed_at", "created_at", "updated_at")
    ]


def test_a_name_becomes_table_label_and_plural() -> None:
    names = {model: (model.__tablename__, model.__label__, model.__plural__) for model in entities()}
    assert names[CustomerEmail] == ("customer_email", "Email", "Emails")
    assert names[CustomerGroup] == ("customer_group", "Group", "Groups")
    assert names[Contact] == ("contact", "Contact", "Contacts")


def test_labels_are_read_from_names_unless_given() -> None:
    labels = {key: each.label for key, each in describe(Customer).attributes.items()}
    assert (labels["vat_number"], labels["first_name"]) == ("VAT number", "First name")
    assert (labels["billing_street2"], labels["owner"], labels["created_at"]) == ("Second line", "Owner", "Created")


def test_every_entity_is_found_by_its_table() -> None:
    assert {entity(model.__tablename__) for model in entities()} == set(entities())
    with pytest.raises(KeyError):
        entity("nothing")


def test_a_parent_has_a_collection_named_after_the_children() -> None:
    assert describe(Customer).children == (
        Child("emails", CustomerEmail, "customer", part=True),
        Child("phones", CustomerPhone, "customer", part=True),
        Child("contacts", Contact, "customer", part=False),
        Child("attachments", Attachment, "customer", part=False),
        Child("documents", Document, "customer", part=False),
        Child("calls", Call, "customer", part=False),
        Child("messages", Message, "customer", part=False),
        Child("notes", Note, "customer", part=False),
        Child("tasks", Task, "customer", part=False),
    )
    assert [each.key for each in describe(Customer).parts] == ["emails", "phones"]
    assert [each.key for each in describe(Customer).grids] == [
        *("contacts", "attachments", "documents", "calls", "messages", "notes", "tasks")
    ]


def test_a_part_is_one_from_its_own_side_too() -> None:
    assert describe(CustomerEmail).is_part
    assert not describe(Contact).is_part
    assert not describe(Customer).is_part


def attribute(model: type[Base], key: str) -> Attribute:
    return describe(model).attributes[key]


def test_a_relation_is_required_unless_it_may_be_none() -> None:
    assert attribute(Customer, "group").required
    assert attribute(Contact, "customer").required
    assert not attribute(Customer, "owner").required
    assert not attribute(Note, "author").required


def test_a_relation_knows_where_it_leads() -> None:
    group, owner = attribute(Customer, "group"), attribute(Customer, "owner")
    assert (group.target, group.is_parent, owner.target, owner.column.name) == (CustomerGroup, False, User, "owner_id")
    assert describe(Contact).parent == attribute(Contact, "customer")


def test_a_column_is_required_unless_it_may_be_none_or_has_a_default() -> None:
    assert [key for key, each in describe(CustomerGroup).attributes.items() if each.required] == ["name"]


def test_a_phone_keeps_a_second_column_that_is_no_attribute() -> None:
    assert "phone_e164" in inspect(Contact).columns
    assert "phone_e164" not in describe(Contact).attributes


def test_the_title_is_the_name_or_what_reads_like_one() -> None:
    titles = {model: describe(model).title for model in (Customer, Contact, Note, User, CustomerEmail, CustomerPhone)}
    assert list(titles.values()) == ["name", "name", "body", "name", "address", "number"]


def test_a_title_is_one_short_line() -> None:
    assert title_of(Note(body="First line\nsecond line")) == "First line"
    assert title_of(Note(body="word " * 50)).endswith("word…")
    assert len(title_of(Note(body="x" * 200))) <= 80
    assert title_of(Customer(id=7)) == "#7"


def test_the_database_keeps_children_with_their_parent_and_refuses_to_lose_what_is_pointed_to() -> None:
    rules = {
        (model.__tablename__, key.parent.name): key.ondelete
        for model in entities()
        for key in model.__table__.foreign_keys
    }
    assert rules["contact", "customer_id"] == rules["customer_email", "customer_id"] == "CASCADE"
    assert rules["customer", "group_id"] == rules["customer", "owner_id"] == rules["note", "author_id"] == "RESTRICT"


def test_every_foreign_key_has_an_index() -> None:
    for model in entities():
        table: Any = model.__table__
        first = {next(iter(index.columns)) for index in table.indexes}
        assert {key.parent for key in table.foreign_keys} <= first


def test_a_declaration_within_a_mixin_serves_every_entity(shelves: Sequence[Any]) -> None:
    shelf, *_ = shelves
    assert list(describe(shelf).attributes) == ["name", "country", "height", "owner", "created_at", "updated_at"]
    assert attribute(shelf, "owner").target is User
    assert shelf.__table__.c.owner_id is not Customer.__table__.c.owner_id


def test_a_collection_drops_the_parents_name_and_an_own_plural_is_kept(shelves: Sequence[Any]) -> None:
    shelf, sticker, box, item, claim = shelves
    assert describe(shelf).children == (Child("stickers", sticker, "shelf", True), Child("boxes", box, "shelf", False))
    assert describe(box).children == (Child("items", item, "box", False),)
    assert box.__plural__ == "Boxes of things"
    assert attribute(claim, "box").label == "Claimed box"


def test_a_forgotten_entity_leaves_nothing() -> None:
    before = entities()
    with declared() as models:
        assert set(entities()) == {*before, *models}
    assert entities() == before
    assert "shelf" not in Base.metadata.tables


@pytest.mark.parametrize(
    ("annotation", "meant"),
    [
        ("Customer", "write Mapped"),
        ("Mapped[Customer, None]", "write Mapped"),
        ("Mapped[Optional[Customer]]", "write Mapped"),
        ("Mapped[list[Customer]]", "write Mapped"),
        (Mapped[Customer], "from __future__ import annotations"),
    ],
)
@pytest.mark.parametrize("declare", [parent, reference])
def test_a_relation_written_otherwise_says_how_to_write_it(declare: Any, annotation: Any, meant: str) -> None:
    with pytest.raises(TypeError, match=rf"Odd\.customer: .*{meant}"):
        type(
            "Odd", (Base,), {"__annotations__": {"customer": annotation}, "customer": declare(), "__module__": __name__}
        )
    assert "odd" not in Base.metadata.tables


@pytest.mark.parametrize("annotation", ["Mapped[Customer]", "Mapped['Customer']", "Mapped[ Customer ]"])
def test_a_relation_may_be_quoted_or_spaced(annotation: str) -> None:
    annotations = {"customer": annotation, "text": "Mapped[Line]"}
    odd = type("Odd", (Base,), {"__annotations__": annotations, "customer": reference(), "__module__": __name__})
    try:
        assert attribute(odd, "customer").target is Customer
    finally:
        forget(odd)


def test_a_relation_to_a_misspelt_class_asks_what_was_meant() -> None:
    known = {model.__name__ for model in entities()}
    with pytest.raises(TypeError, match=r"\.customer leads to “Customer”.*did you mean “Customer\w+”"):
        check_targets(known - {"Customer"})


def test_only_declared_types_carry_a_kind() -> None:
    kinds = {key: each.kind.name if each.kind else None for key, each in describe(Contact).attributes.items()}
    assert kinds == {
        "customer": None,
        "name": "person",
        "phone": "phone",
        "email": "email",
        "notes": "long_text",
        "last_contacted": None,
        "times_contacted": "count",
        "created_at": None,
        "updated_at": None,
    }


def test_the_types_of_values_are_known() -> None:
    types = {key: each.python_type.__name__ for key, each in describe(CustomerGroup).attributes.items()}
    assert (types["discount"], types["is_default"], types["created_at"]) == ("Decimal", "bool", "datetime")
    assert attribute(Customer, "kind").python_type.__name__ == "CustomerKind"
