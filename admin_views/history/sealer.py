"""The sealer of a served panel: a thread of each worker that adds to the chain what was written since."""

from __future__ import annotations

from datetime import datetime
from threading import Event, Thread

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from models.base import db
from models.operations.chaining import LONGEST, newest, seal
from models.types import utcnow

PAUSE = 30  # seconds


class Sealer:
    """Seals every half minute until it is stopped; of several workers' sealers, whoever comes first does the work."""

    def __init__(self, app: Flask, pause: float = PAUSE) -> None:
        self.app, self.pause = app, pause
        self.since: datetime | None = None  # the first time it looks at everything
        self._end = Event()
        self._thread = Thread(target=self._run, name="sealer", daemon=True)
        app.extensions["sealer"] = self

    def start(self) -> None:
        """Begin, beside whatever else the process does."""
        self._thread.start()

    def stop(self) -> None:
        """Come to an end; what has been begun is finished, or left to the next."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def work(self) -> int:
        """Seal what there is, note the newest digest in the log, and return how many change-sets it was."""
        begun = utcnow()
        with self.app.app_context():
            sealed = seal(db.engine, self.since)
            if sealed:
                number, digest = newest(db.engine)
                self.app.logger.info("history sealed", extra={"seals": number, "head": digest})
        self.since = begun - LONGEST
        return sealed

    def _run(self) -> None:
        while not self._end.wait(self.pause):
            try:
                self.work()
            except (SQLAlchemyError, ValueError):  # the database is busy or away, or holds what nobody can read
                self.app.logger.warning("the history could not be sealed", exc_info=True)
