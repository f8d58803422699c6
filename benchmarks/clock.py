"""Processor time: of this process, and of the PostgreSQL process that works for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from benchmarks.cases import Case

DOOR = ("auth_session", "user_role")  # statements of every page: who is asking
Statement = tuple[str, Any]


@dataclass
class Clock:
    """The seconds that the program and its database have worked; on SQLite they are one process."""

    engine: Engine
    _processes: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.engine.dialect.name == "postgresql":
            event.listen(self.engine, "connect", self._note)

    def database(self) -> float:
        """Return the seconds of the database alone; on SQLite, of the process."""
        return sum(map(_worked, self._processes)) if self._processes else time.process_time()

    def both(self) -> float:
        """Return the seconds of both."""
        return time.process_time() + sum(map(_worked, self._processes))

    def _note(self, connection: Any, record: object) -> None:
        self._processes.append(Path(f"/proc/{connection.info.backend_pid}/schedstat"))


def _worked(process: Path) -> float:
    return int(process.read_text().split()[0]) / 1e9


def spent(work: Callable[[], object], clock: Callable[[], float]) -> float:
    """Return the seconds that something takes."""
    before = clock()
    work()
    return clock() - before


@dataclass
class Page:
    """A page as one person opens it, and the statements that it sends to the database."""

    engine: Engine
    client: FlaskClient
    case: Case

    def __post_init__(self) -> None:
        self.open()  # whatever is kept from one request to the next is there now
        with recorded(self.engine) as found:
            self.open()
        own = [each for each in found if not any(name in each[0] for name in DOOR)]
        self.statements = [each for each in own if not self.case.counts or "count(" in each[0]]

    def open(self) -> None:
        """Ask for the page."""
        answer = self.client.get(self.case.path)
        if answer.status_code != 200:
            raise RuntimeError(f"{self.case.path}: {answer.status}")

    def ask(self, connection: Any) -> None:
        """Send the page's statements alone."""
        for statement, values in self.statements:
            cursor = connection.cursor()
            cursor.execute(statement, values)
            cursor.fetchall()


@contextmanager
def recorded(engine: Engine) -> Iterator[list[Statement]]:
    """Collect the statements that are sent within the block."""
    found: list[Statement] = []

    def note(connection: Any, cursor: Any, statement: str, values: Any, *rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            found.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
