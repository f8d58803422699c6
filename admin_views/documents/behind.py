"""Documents of all the customers behind a record: what they come to by channel, and the newest of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import format_decimal, gettext, ngettext
from markupsafe import Markup, escape
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from admin_views import plain_grid
from admin_views.kinds_figures import amount
from admin_views.page import Column, Grid, Link, Row
from admin_views.plain_grid import ONE_PAGE
from admin_views.say import NONE, label
from models.base import Base, db
from models.customer import Customer
from models.document import Document
from models.operations.account_worths import Amounts, ChannelWorth, worths

NEWEST = 10
SHOWN = ("name", "customer", "date", "status", "total", "payment")


class Behind:
    """A view of accounts, on whose records stands what their customers come to."""

    def record_grids(self: Any, row: Base) -> list[Grid]:
        """Show what the account's customers are worth, and their newest documents."""
        others: list[Grid] = super().record_grids(row)  # type: ignore[misc]
        customers, documents = self.view_of(Customer), self.view_of(Document)
        found = worths(db.session, row.id) if customers is not None and customers.is_accessible() else []
        if not found:
            return others
        mine = [_worth(customers, row, found)]
        if documents is not None and documents.is_accessible():
            mine += _newest(documents, row)
        return [*mine, *others]


def _worth(view: Any, row: Base, found: Sequence[ChannelWorth]) -> Grid:
    names = (
        ("channel", gettext("Channel"), False), ("customers", gettext("Customers"), True),
        ("billed", gettext("Billed"), True), ("open", gettext("Open"), True),
        ("overdue", gettext("Overdue"), True), ("value", gettext("Lifetime value"), True),
    )  # fmt: skip
    currency = next((each.currency for each in found if each.currency), None)
    rows = [_channel(view, row, each, currency) for each in found]
    counted = [each for each in found if each.counts]
    if len(found) > 1:
        rows.append(_all(view, row, counted, currency))
    unknown = sum(each.unknown for each in counted)
    remark = ngettext("%(n)s document in a currency without a rate", "%(n)s documents in currencies without a rate",
                      unknown, n=format_decimal(unknown)) if unknown else ""  # fmt: skip
    count = " · ".join(filter(None, (amount(_sum(counted), currency) if currency else "", remark)))
    columns = [Column(*each) for each in names]
    return Grid("worth", gettext("Worth"), "grid", "", columns, rows, count, ONE_PAGE, inline=False)


def _channel(view: Any, row: Base, each: ChannelWorth, currency: str | None) -> Row:
    name = each.name or gettext("Another channel")
    number, value = escape(format_decimal(each.customers)), _value(each.lifetime_value, currency)
    cells = [escape(name), number, *_amounts(each), value]
    url = _customers(view, row, [each]) if each.name else None
    return Row(each.channel or 0, name, cells, url, subtitle="" if each.counts else gettext("Closed: not counted"))


def _all(view: Any, row: Base, counted: Sequence[ChannelWorth], currency: str | None) -> Row:
    """Return what all channels that count come to."""
    name = gettext("All that count")
    number = escape(format_decimal(sum(each.customers for each in counted)))
    summed = (_added(each.billed for each in counted), _added(each.open for each in counted),
              _added(each.overdue for each in counted))  # fmt: skip
    strong = Markup("<strong>{}</strong>")
    cells = [strong.format(name), number, *map(_written, summed), strong.format(_value(_sum(counted), currency))]
    url = _customers(view, row, counted) if counted and all(each.name for each in counted) else None
    return Row(0, cells[0], cells, url)


def _customers(view: Any, row: Base, channels: Sequence[ChannelWorth]) -> str:
    """Return the way to the account's customers in these channels."""
    return str(view.get_url(".index_view", account=row.id, f_channel=[each.channel for each in channels]))


def _sum(counted: Sequence[ChannelWorth]) -> Decimal:
    return sum((each.lifetime_value for each in counted), Decimal(0))


def _added(many: Iterable[Amounts]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for each in many:
        for currency, value in each.items():
            found[currency] = found.get(currency, Decimal(0)) + value
    return found


def _amounts(each: ChannelWorth) -> list[Markup]:
    return [_written(each.billed), _written(each.open), _written(each.overdue)]


def _written(amounts: Amounts) -> Markup:
    """Return amounts, each currency apart."""
    return Markup("<br>").join(amount(value, currency) for currency, value in amounts.items()) or NONE


def _value(value: Decimal, currency: str | None) -> Markup:
    return escape(amount(value, currency)) if currency else NONE


def _newest(view: Any, row: Base) -> list[Grid]:
    """Return the newest documents of all customers, of every kind; none where there are none."""
    theirs = Customer.account_id == row.id  # type: ignore[attr-defined]
    number = func.count().over().label("count")
    query = select(Document, number).join(Document.customer).where(theirs).options(contains_eager(Document.customer))
    found = db.session.execute(query.order_by(Document.date.desc(), Document.id.desc()).limit(NEWEST)).all()
    if not found:
        return []
    columns, rows = plain_grid.columns(view, SHOWN), [plain_grid.shown(view, each, SHOWN) for each, _ in found]
    count = found[0][1]
    more = Link(gettext("All %(count)s", count=format_decimal(count)), _list(view, row)) if count > NEWEST else None
    key, name = "newest-documents", label(view.name)
    return [Grid(key, name, "grid", "", columns, rows, format_decimal(count), ONE_PAGE, inline=False, all=more)]


def _list(view: Any, row: Base) -> str:
    return str(view.get_url(".index_view", **{"f_customer.account": row.id}))
