"""The vocabulary in which entities are declared: semantic column types, and helpers for columns and relations."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, cast

from sqlalchemy import Date, String, Text
from sqlalchemy.orm import InstrumentedAttribute, MappedColumn, mapped_column

from models import kinds
from models.choices import Choice
from models.kinds import Kind
from models.relations import Orphans, Parent, Reference
from models.types import FixedPoint, UtcDateTime, utcnow

# SQLite compares case-sensitively unless told otherwise; a list sorted by name should not put "aurora" after "Zeta".
_FOLDED = String(255).with_variant(String(255, collation="NOCASE"), "sqlite")

Name = Annotated[str, mapped_column(_FOLDED, info={"kind": kinds.TITLE})]
PersonName = Annotated[str, mapped_column(_FOLDED, info={"kind": kinds.PERSON})]
Line = Annotated[str, mapped_column(String(100), info={"kind": kinds.LINE})]
LongText = Annotated[str, mapped_column(Text, info={"kind": kinds.LONG_TEXT})]
Code = Annotated[str, mapped_column(String(32), info={"kind": kinds.CODE})]
Street = Annotated[str, mapped_column(String(500), info={"kind": kinds.STREET})]
City = Annotated[str, mapped_column(String(100), info={"kind": kinds.CITY})]
PostalCode = Annotated[str, mapped_column(String(20), info={"kind": kinds.POSTAL_CODE})]
Country = Annotated[str, mapped_column(String(2), info={"kind": kinds.COUNTRY})]
Province = Annotated[str, mapped_column(String(100), info={"kind": kinds.PROVINCE})]
Email = Annotated[str, mapped_column(String(254), info={"kind": kinds.EMAIL})]
Emails = Annotated[str, mapped_column(Text, info={"kind": kinds.EMAILS})]
Phone = Annotated[str, mapped_column(String(40), info={"kind": kinds.PHONE})]
Url = Annotated[str, mapped_column(String(255), info={"kind": kinds.URL})]
VatNumber = Annotated[str, mapped_column(String(20), info={"kind": kinds.VAT_NUMBER})]
TaxCode = Annotated[str, mapped_column(String(20), info={"kind": kinds.TAX_CODE})]
Recipient = Annotated[str, mapped_column(String(256), info={"kind": kinds.RECIPIENT})]
Currency = Annotated[str, mapped_column(String(3), info={"kind": kinds.CURRENCY})]
Language = Annotated[str, mapped_column(String(5), info={"kind": kinds.LANGUAGE})]
Tags = Annotated[str, mapped_column(String(500), info={"kind": kinds.TAGS})]
Count = Annotated[int, mapped_column(info={"kind": kinds.COUNT})]
Amount = Annotated[Decimal, mapped_column(FixedPoint(3), info={"kind": kinds.AMOUNT})]
Price = Annotated[Decimal, mapped_column(FixedPoint(6), info={"kind": kinds.PRICE})]
Rate = Annotated[Decimal, mapped_column(FixedPoint(6), info={"kind": kinds.RATE})]
Quantity = Annotated[Decimal, mapped_column(FixedPoint(4), info={"kind": kinds.QUANTITY})]
Day = Annotated[date, mapped_column(Date)]
Iban = Annotated[str, mapped_column(String(34), info={"kind": kinds.IBAN})]
Percent = Annotated[Decimal, mapped_column(FixedPoint(2), info={"kind": kinds.PERCENT})]
Token = Annotated[str, mapped_column(String(255), info={"kind": kinds.TOKEN})]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]
File = Annotated[str, mapped_column(String(64), info={"kind": kinds.FILE})]
FileSize = Annotated[int, mapped_column(info={"kind": kinds.FILE_SIZE})]
OneOf = Annotated[str, mapped_column(String(100), info={"kind": kinds.ONE_OF})]
CustomerPassword = Annotated[str, mapped_column(String(255), info={"kind": kinds.CUSTOMER_PASSWORD})]
StaffPassword = Annotated[str, mapped_column(String(255), info={"kind": kinds.STAFF_PASSWORD})]
ApiSecret = Annotated[str, mapped_column(String(64), info={"kind": kinds.API_SECRET})]


@dataclass(frozen=True)
class Facts:
    """What a single column adds to its kind.

    `country` names the attribute, dotted from this row, that holds the country the value is read with. `hidden` columns
    are kept by the program and never shown; `fixed` ones are shown and never typed, `lasting` ones typed once, when the
    row is new; `derived` ones may be left empty and are filled in; `followed` ones are counted from other rows, beside
    history and version. `needs` names the attribute that must be on for this one to be set; `shown_as` the one beside
    which a person looks for it. `when` names an attribute and the choice that makes this one required, which `demand`
    then asks for. Of a `seldom_shared` value people are told when another row has it too. A `guarded` one is for those
    alone whose role opens it. What is `personal` tells of people, as many kinds do by themselves unless it is said to
    be False; what is `private` does so on a row that stands for a person. When such a row is anonymised, a value
    becomes what it is when `anonymous`. `currency` names the attribute, dotted from this row, that says in which
    currency an amount is. `none` is what it is called that there is no value; `likely` names where values stand, dotted
    from this row, that are probably meant, the likeliest first. When rows are merged, what one `brings` along,
    attributes and the primary row of a part, comes from the same row as its own value. A title with `initials` is that
    of a person or company: they stand beside it, as they do beside every name of a person. What is `told_by` other
    attributes follows from them: the history leaves it out beside one of these.
    """

    label: str | None = None
    help: str | None = None
    country: str | None = None
    hidden: bool = False
    fixed: bool = False
    lasting: bool = False
    derived: bool = False
    followed: bool = False
    needs: str | None = None
    shown_as: str | None = None
    when: tuple[str, Choice] | None = None
    demand: str | None = None
    seldom_shared: bool = False
    guarded: bool = False
    personal: bool | None = None
    private: bool = False
    anonymous: Any = None
    currency: str | None = None
    none: str | None = None
    likely: tuple[str, ...] = ()
    brings: tuple[str, ...] = ()
    initials: bool = False
    told_by: tuple[str, ...] = ()


FACTS = {each.name for each in fields(Facts)}


def field(**options: Any) -> MappedColumn[Any]:
    """Return a mapped column: options of `Facts` say what its type does not, all others are the column's own."""
    facts = {name: options.pop(name) for name in FACTS & options.keys()}
    return mapped_column(info={"facts": Facts(**facts)}, **options)


def moment(**facts: Any) -> MappedColumn[Any]:
    """Return a column that holds the moment of creation."""
    return field(fixed=True, default=utcnow, **facts)


def parent(*, part: bool = False, most: int = 50, indexed: bool = True) -> Any:
    """Declare the row this one belongs to and is deleted with; a `part`, of at most so many, is edited in its form.

    `indexed` is off where an index of the entity's own begins with it.
    """
    return Parent(part=part, most=most, indexed=indexed)


def reference(
    *,
    label: str | None = None,
    help: str | None = None,  # noqa: A002
    orphans: Orphans = "refuse",
    within: str | None = None,
    sees: str | None = None,
    **words: bool,
) -> Any:
    """Declare another row that this one points to.

    When that row is deleted, this one refuses it, is left without ("clear"), moves to the default row ("default"), or
    goes with it ("delete"); "never" says that it is not deleted, as it refuses by itself while others point to it.
    `creator` fills it with the user who creates this row, `sole` with the only row there is to choose; a `derived` one
    may be left empty; `fixed` keeps people from typing it; `listed` shows these rows on the other's record; `indexed`
    is off where an index of the entity's own begins with it. `within` names a relation that both rows have: those alone
    can be chosen for which it leads to the same row; `sees` one to the row that a user who is chosen should see. Rows
    that belong together are no duplicates where they differ in what keeps them `apart`.
    """
    return Reference(label=label, help=help, orphans=orphans, within=within, sees=sees, **words)


def kind_of(attribute: InstrumentedAttribute[Any] | Any) -> Kind | None:
    """Return the kind of a mapped column, if it was declared with a semantic type."""
    return cast("Kind | None", attribute.info.get("kind"))


def facts_of(attribute: Any) -> Facts:
    """Return what was declared about a column besides its kind."""
    return attribute.info.get("facts") or Facts()
