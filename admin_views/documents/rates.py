"""What forms, and the page before issuing, say of rates of exchange."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from admin_views.kinds_figures import number
from admin_views.say import plain
from models.base import db
from models.company import Company
from models.document import Document
from models.operations.issuing import known_rate

RATE = "exchange_rate"


class Rated:
    """A view of documents whose forms say what rate is known in the currency and of the day that are typed."""

    def hints(self: Any, row: Any) -> Mapping[str, str]:
        """Say what a rate is of, and what happens without one."""
        return {**super().hints(row), **({RATE: _hint(row)} if row.unless(RATE) else {})}  # type: ignore[misc]


def _hint(row: Document) -> str:
    words = {"currency": row.currency, "base": row.base_currency}
    if row.currency == row.base_currency:
        return gettext("Only for a currency other than %(base)s: how much of it 1 %(base)s is worth.", **words)
    return " ".join((gettext("How much %(currency)s 1 %(base)s is worth.", **words), _taken(row)))


def _taken(row: Document) -> str:
    rate, source = known_rate(db.session, row)
    if rate is None:
        return _unknown(row)
    return gettext("Left empty, issuing takes %(rate)s (%(source)s).", rate=number(rate), source=source)


def _unknown(row: Document) -> str:
    words = {"currency": row.currency, "day": plain(row.date)}
    unknown = gettext("No rate of %(currency)s is known for %(day)s.", **words)
    return f"{unknown} {gettext('Without one, this does not count in what the customer is worth.')}"


def counted(row: Document, company: Company | None) -> list[str]:
    """Say at what rate a draft in another currency counts once it is issued."""
    if not row.kind.rules.earns or company is None or row.currency == company.currency:
        return []
    rate, source = (row.exchange_rate, "") if row.exchange_rate else known_rate(db.session, row)
    if rate is None:
        return [_unknown(row), gettext("The rate alone can still be added later.")]
    words = {"rate": number(rate), "currency": row.currency, "base": company.currency, "source": source}
    if source:
        return [gettext("It counts at %(rate)s %(currency)s for 1 %(base)s (%(source)s).", **words)]
    return [gettext("It counts at %(rate)s %(currency)s for 1 %(base)s.", **words)]
