"""A program in which two people write at the same time, until they are done or killed: `URL COUNT`."""

from __future__ import annotations

import sys
from secrets import token_hex
from threading import Thread

from flask import Flask

from models.base import db
from models.gate import set_actor
from models.group import CustomerGroup
from models.permissions import SYSTEM
from tests.conftest import make_app


def write(app: Flask, count: int) -> None:
    """Commit so many change-sets, saying each once it is committed."""
    with app.app_context():
        for _ in range(count):
            set_actor(db.session, SYSTEM)
            db.session.add(CustomerGroup(name=f"Group {token_hex(8)}"))
            db.session.commit()
            db.session.remove()
            sys.stdout.write("written\n")
            sys.stdout.flush()


def main(url: str, count: str) -> None:
    """Let both write."""
    app = make_app(url)
    people = [Thread(target=write, args=(app, int(count))) for _ in range(2)]
    for each in people:
        each.start()
    for each in people:
        each.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
