"""A million customers, written by the database itself: a statement a table, the same rows on every machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

from benchmarks.reaches import add_people, holdings
from models.base import db
from models.gate import set_actor, ungated
from models.permissions import SYSTEM
from models.search import suspend_search, sync_search

CUSTOMERS = 1_000_000
CUSTOMERS_OF_AN_ACCOUNT, CUSTOMERS_OF_A_CONTACT = 4, 3
FILLING = ungated("a benchmark fills an empty database")
# The first are the most frequent.
WORDS = {
    "first": "Rossi Müller Martin Smith García Bianchi Schmidt Bernard Jones Ferrari Fischer Dubois Williams Fernández "
    "Russo Weber Thomas Brown Esposito Meyer Robert Taylor Romano Wagner Petit Davies Colombo Becker Durand Evans "
    "Ricci Schulz Leroy Wilson Marino Hoffmann Moreau Greco Koch Simon Bruno Bauer Laurent Gallo Richter Lefebvre "
    "Conti Klein Michel Forlì Wolf Costa Schröder Fontana Neumann Bellini Zimmermann Ghisallo Krüger Montefeltro",
    "second": "Service Trade Legno Technik Food Marine Design Metalli Consulting Logistik Auto Medical Sport Optik "
    "Vini Energie Garden Textil Stampa Solar Bau Moda Elektro Carta Pharma Ceramiche Druck Travel Foto Velocipedi",
    "third": "Srl GmbH SpA Ltd SARL AG Snc BV Lda KG",
    "city": "Milano Berlin Paris London Roma Hamburg Lyon Torino Wien München Napoli Madrid Bologna Köln Zürich",
    "person": "Maria Anna Luca Thomas Giulia Peter Sofia Paul Elena Marco Laura Jan Chiara David Marta Simon Ines Max",
}


def fill(customers: int, *, alone: bool) -> None:
    """Fill a migrated database, its search index included; `alone` lets one user own everything."""
    set_actor(db.session, SYSTEM)
    add_people(db.session)
    db.session.commit()
    with db.engine.begin() as connection:
        suspend_search(connection)
        run = Filling(connection, customers)
        run.hasten()
        run.words()
        run.owners(alone=alone)
        run.rows()
        run.hasten("origin")
        connection.execute(text("DROP INDEX IF EXISTS ix_search_entry_folded"))  # quicker to make anew than to keep
        sync_search(connection)


class Filling:
    """The statements that fill one database."""

    def __init__(self, connection: Connection, customers: int) -> None:
        self.connection, self.customers = connection, customers
        self.postgresql = connection.dialect.name == "postgresql"

    def hasten(self, role: str = "replica") -> None:
        """Take all the time there is, and look up no foreign key on PostgreSQL: they are right by construction."""
        if self.postgresql:
            self.run("SET LOCAL statement_timeout = 0")
            self.run(f"SET LOCAL session_replication_role = {role}")

    def words(self) -> None:
        """Keep the words in a table, by kind and number."""
        self.run(
            "CREATE TEMPORARY TABLE word (kind varchar(9), number int, said varchar(40), PRIMARY KEY (kind, number))"
        )
        rows = [(kind, n, said) for kind, line in WORDS.items() for n, said in enumerate(line.split())]
        self.insert("word", ("kind", "number", "said"), rows)

    def owners(self, *, alone: bool) -> None:
        """Keep who owns the customers up to which place, when they are dealt out like cards."""
        keys = {row.email: row.id for row in self.run('SELECT id, email FROM "user"')}
        self.run("CREATE TEMPORARY TABLE holding (place integer PRIMARY KEY, owner integer)")
        place, rows = 0, []
        for key, number in holdings(keys, self.customers, alone=alone):
            if number:
                place += number
                rows.append((place, key))
        self.insert("holding", ("place", "owner"), rows)
        # 618,033 shares no factor with a power of ten, so that every place is dealt once.
        of = f"SELECT owner FROM holding WHERE place > n * 618033 % {self.customers} ORDER BY place LIMIT 1"
        self.run("ANALYZE holding")
        self.run(f"CREATE TEMPORARY TABLE card AS SELECT n, ({of}) AS owner FROM ({self.numbers()}) AS g")
        self.run("CREATE UNIQUE INDEX ix_card ON card (n)")

    def rows(self) -> None:
        """Write accounts, customers and contacts, and let the database count what it plans with."""
        parts = (self.word("first", 7919), self.word("second", 104729), self.word("third", 1299709))
        name = " || ' ' || ".join(parts)
        stamps = f"{self.moment('n')}, {self.moment('n + n * 7 % 500000')}"
        self.run(
            "INSERT INTO account (id, version, name, owner_id, times_contacted, created_at, updated_at) "
            f"SELECT n / {CUSTOMERS_OF_AN_ACCOUNT}, 1, {name}, owner, 0, {stamps} "
            f"FROM card WHERE n % {CUSTOMERS_OF_AN_ACCOUNT} = 0"
        )
        group, channel = "(SELECT min(id) FROM customer_group)", "(SELECT min(id) FROM channel)"
        account = f"(n + {CUSTOMERS_OF_AN_ACCOUNT - 1}) / {CUSTOMERS_OF_AN_ACCOUNT}"
        self.run(
            "INSERT INTO customer (id, version, kind, name, company, code, status, group_id, channel_id, account_id, "
            "owner_id, newsletter, can_login, billing_city, billing_country, times_contacted, lifetime_value, "
            "created_at, updated_at) "
            f"SELECT n, 1, 'company', {name}, {name}, 'C' || n, 'active', {group}, {channel}, {account}, owner, "
            f"{self.false}, {self.false}, {self.word('city', 15485863)}, 'IT', 0, n % 99991, {stamps} FROM card"
        )
        self.run(
            "INSERT INTO contact (version, customer_id, name, times_contacted, created_at, updated_at) "
            f"SELECT 1, n, {self.word('person', 7919)} || ' ' || {self.word('first', 32452843)}, 0, {stamps} "
            f"FROM card WHERE n % {CUSTOMERS_OF_A_CONTACT} = 0"
        )
        for table in ("account", "customer", "contact") if self.postgresql else ():
            self.run(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}")
            self.run(f"ANALYZE {table}")  # taken for empty, it would be read once for each of its rows

    def numbers(self) -> str:
        """Return a select of the numbers from one on."""
        if self.postgresql:
            return f"SELECT n FROM generate_series(bigint '1', {self.customers}) AS g(n)"
        more = f"SELECT n + 1 FROM g WHERE n < {self.customers}"
        return f"WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL {more}) SELECT n FROM g"

    def word(self, kind: str, prime: int) -> str:
        """Return a word of a kind for the number n, the first ones more often: its square makes a chance small."""
        most, chance = len(WORDS[kind].split()), f"(n * {prime} % 99991)"
        return (
            f"(SELECT said FROM word WHERE kind = '{kind}' AND number = {chance} * {chance} / 99991 * {most} / 99991)"
        )

    def moment(self, minutes: str) -> str:
        """Return the moment so many minutes after the first customer came."""
        if self.postgresql:
            return f"timestamptz '2020-01-01 00:00Z' + ({minutes}) * interval '1 minute'"
        return f"strftime('%Y-%m-%d %H:%M:%f000', '2020-01-01', '+' || ({minutes}) || ' minutes')"

    @property
    def false(self) -> str:
        """The truth value as this database writes it."""
        return "false" if self.postgresql else "0"

    def insert(self, table: str, columns: Iterable[str], rows: list[tuple[Any, ...]]) -> None:
        """Insert some rows."""
        names = list(columns)
        values = ", ".join(f":{name}" for name in names)
        statement = text(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})")
        self.connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])

    def run(self, statement: str) -> Any:
        """Run a statement."""
        return self.connection.execute(text(statement), execution_options=FILLING)
