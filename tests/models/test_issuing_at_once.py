"""Many who issue at the same moment, some of whom are killed: every number once, none left out, nobody refused.

ISSUES says how many invoices each of them writes; 150 for the long run, fewer in every other.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from models.base import db
from models.document import Document
from models.rules.document_kinds import DocumentKind
from tests.models.papers import open_shop
from tests.models.world import begin

ISSUES = int(os.environ.get("ISSUES", "8"))
KILLS = max(3, ISSUES // 8)
ROOT = Path(__file__).resolve().parents[2]


class Issuer:
    """One of the many: a process that is started again for what is left when it was killed."""

    def __init__(self, url: str, customer: int, folder: Path) -> None:
        self.url, self.customer, self.folder = url, customer, folder
        self.runs: list[tuple[subprocess.Popen[bytes], Path]] = []
        self.start()

    def start(self) -> None:
        """Start a process for the invoices that are left."""
        left = ISSUES - len(self.numbers())
        said = self.folder / f"{len(self.runs)}.txt"
        command = [sys.executable, "-m", "tests.models.issuer", self.url, str(self.customer), str(left)]
        with said.open("wb") as out, (self.folder / "errors.txt").open("ab") as errors:
            self.runs.append((subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=errors), said))

    def numbers(self) -> list[str]:
        """Return the numbers that its processes have said."""
        return [line for _, said in self.runs for line in said.read_text().splitlines()]

    def kill(self) -> None:
        """Kill the process where it stands, and start another."""
        process, _ = self.runs[-1]
        process.kill()
        process.wait()
        self.start()

    def end(self) -> int:
        """Wait for the last process, and return how it ended."""
        return self.runs[-1][0].wait()


def test_many_who_issue_at_once_leave_no_gap_even_where_they_are_killed(
    fresh_app: Flask, tmp_path: Path, trust: bool
) -> None:
    many = 8 if trust else 4
    with fresh_app.app_context():
        customer = open_shop().id
        url = db.engine.url.render_as_string(hide_password=False)
        db.session.remove()
    folders = [tmp_path / str(number) for number in range(many)]
    for folder in folders:
        folder.mkdir()
    issuers = [Issuer(url, customer, folder) for folder in folders]
    kill_some(issuers)
    assert [issuer.end() for issuer in issuers] == [0] * many, [each.folder for each in issuers]
    assert not any((folder / "errors.txt").read_text() for folder in folders)
    said = [number for issuer in issuers for number in issuer.numbers()]
    with fresh_app.app_context():
        begin()
        query = select(Document.sequence).where(Document.kind == DocumentKind.INVOICE, Document.number.is_not(None))
        stored = sorted(number or 0 for number in db.session.scalars(query))
        db.session.remove()
    assert stored == list(range(1, len(stored) + 1))
    assert len(set(said)) == len(said) == many * ISSUES
    assert len(stored) - len(said) <= KILLS, "killed after the commit, before it could be said"


def kill_some(issuers: list[Issuer]) -> None:
    """Kill processes that have begun to issue and have not come to their end."""
    chance, killed = random.Random(1), 0
    deadline = time.monotonic() + 120
    while killed < KILLS and time.monotonic() < deadline:
        time.sleep(chance.uniform(0.1, 0.4))
        busy = [each for each in issuers if 0 < len(each.numbers()) < ISSUES - 2]
        if busy:
            chance.choice(busy).kill()
            killed += 1
        elif all(len(each.numbers()) >= ISSUES - 2 for each in issuers):
            break
    assert killed, "nobody was killed"
