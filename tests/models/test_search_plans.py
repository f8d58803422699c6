"""Search never reads a whole table, on either database."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.customer import Customer
from models.search import hits, matching
from tests.models.search_world import begin, execute, person, plans, recorded

CUSTOMERS, CONTACTS = 25_000, 25_000
CITIES = "(CASE n % 4 WHEN 0 THEN 'Milano' WHEN 1 THEN 'Roma' WHEN 2 THEN 'Forlì' ELSE 'Torino' END)"


def numbers(last: int) -> str:
    if db.engine.dialect.name == "postgresql":
        return f"SELECT n FROM generate_series(1, {last}) AS g(n)"
    return f"WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < {last}) SELECT n FROM g"


@pytest.fixture
def crowd(app: Flask) -> None:
    """50,000 generated rows."""
    begin()
    first = person()
    names = "version, kind, name, channel_id, account_id, group_id, status, newsletter, can_login"
    same = "kind, 'Ditta ' || n || ' ' || char_of, channel_id, account_id, group_id, status, newsletter, can_login"
    letters = "(n * 7919 % 99991)"
    execute(
        f"INSERT INTO customer ({names}, created_at, updated_at, billing_city) "
        f"SELECT 1, {same.replace('char_of', letters)}, c.created_at, c.updated_at, {CITIES} "
        f"FROM customer AS c, ({numbers(CUSTOMERS)}) AS g WHERE c.id = {first.id}"
    )
    analyze("customer")
    execute(
        "INSERT INTO contact (version, customer_id, name, phone, phone_e164, created_at, updated_at) "
        "SELECT 1, c.id, 'Maria ' || n, '333 ' || (1000000 + n), '+39333' || (1000000 + n), c.created_at, c.updated_at "
        f"FROM ({numbers(CONTACTS)}) AS g JOIN customer AS c ON c.id = {first.id} + n"
    )
    analyze("search_entry")


def analyze(table: str) -> None:
    """Do what the server does by itself within a minute; plans made for empty tables would be kept."""
    if db.engine.dialect.name == "postgresql":
        execute(f"ANALYZE {table}")


SEARCHES = {
    "a rare word": ("74331", 1),
    "the middle of a word": ("itta 1777", 10),
    "a word of a quarter": ("forli", 50),
    "a word of all": ("maria", 50),
    "two common words": ("maria milano", 50),
    "a common and a rare word": ("maria 74331", 1),
    "two words that never meet": ("milano torino", 0),
    "a phone number": ("+39 333 1004321", 1),
    "a short word": ("di", 50),
    "a short and a longer word": ("di torino", 50),
    "nothing": ("zzyzx", 0),
}


def test_no_search_scans_a_table(crowd: None) -> None:
    for text, least in SEARCHES.values():
        with recorded() as statements:
            criterion: Any = matching(Customer, text)
            page = select(Customer).where(criterion).order_by(Customer.name, Customer.id).limit(50)
            rows = list(db.session.scalars(page))
            hits(db.session, Customer, rows, text)
        assert len(rows) >= least, text
        assert len(statements) <= 4 + len(text.split()), text
        assert scans(plans(statements)) == [], (text, plans(statements))


def is_half_the_index(line: str) -> bool:
    """Where half of all entries have a word, reading them from end to end costs what the index does."""
    found = re.search(r"Seq Scan on search_entry .* rows=(\d+)", line)
    return found is not None and int(found[1]) > (CUSTOMERS + CONTACTS) * 0.4


def scans(lines: Any) -> list[str]:
    """Lines of a plan that read a table from end to end; to walk an index in the list's order is another thing."""
    tables = ("customer", "contact", "search_entry", "note")
    if db.engine.dialect.name == "postgresql":
        return [line for line in lines if "Seq Scan on" in line and not is_half_the_index(line)]
    scanned = [line for line in lines if line.startswith("SCAN") and line.split()[1].startswith(tables)]
    return [line for line in scanned if "INDEX" not in line]
