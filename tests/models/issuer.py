"""A program that issues invoices one after the other, until it is done or killed: `URL CUSTOMER COUNT`."""

from __future__ import annotations

import sys

from sqlalchemy import select

from models.base import db
from models.customer import Customer
from models.gate import set_actor
from models.permissions import SYSTEM
from models.rules.document_kinds import DocumentKind
from tests.conftest import make_app
from tests.models.papers import issued


def main(url: str, customer: str, count: str) -> None:
    """Issue so many invoices, saying each number once it is committed."""
    with make_app(url).app_context():
        for _ in range(int(count)):
            set_actor(db.session, SYSTEM)
            buyer = db.session.scalars(select(Customer).where(Customer.id == int(customer))).one()
            number = issued(buyer, DocumentKind.INVOICE).number
            db.session.remove()
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
