"""`python -m benchmarks`: measure, print the table of ratios, and fail when one is over the limit."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import select

from benchmarks.cases import CASES, Case
from benchmarks.clock import Clock, Page, spent
from benchmarks.databases import Cluster, Files
from benchmarks.reaches import ALONE, EVERYTHING, PARTS, WHOLES, Reach
from benchmarks.world import CUSTOMERS
from models.base import db
from models.gate import set_actor
from models.permissions import SYSTEM
from models.user import User
from tests.conftest import dispose
from tests.panel import Panel

FOLDER = Path(os.environ.get("BENCHMARK_FOLDER", "instance/benchmark"))
ROUNDS = int(os.environ.get("BENCHMARK_ROUNDS", "7"))
LIMIT = 2.0  # of a request, which somebody waits for; a ratio of statements of 1 ms is printed, not judged
WORLDS = {"shared": (*PARTS, *WHOLES), "alone": ALONE}
HEAD = f"{'':46}{'request':>9}{'SQL':>7}{'SQL of all':>13}{'restricted':>13}"
Ratios = dict[str, tuple[float, float, float, float]]


def main() -> int:
    """Measure on both databases; return 1 if a restricted request takes more than twice as long."""
    customers, only = int(os.environ.get("BENCHMARK_CUSTOMERS", CUSTOMERS)), sys.argv[1:]
    over = 0
    for name, kind in (("sqlite", Files), ("postgresql", Cluster)):
        if only and name not in only:
            continue
        server = kind(FOLDER / name)
        for world, reaches in WORLDS.items():
            app = server.app(f"{world}-{customers}", customers, alone=world == "alone")
            print(f"\n{name}, {customers:,} customers: restricted against unrestricted, processor time\n{HEAD}")
            for reach in reaches:
                ratios = measure(app, reach)
                print("\n".join(table(reach, ratios)), flush=True)
                over += sum(request > LIMIT for request, *_ in ratios.values())
            dispose(app)
    return 1 if over else 0


def measure(app: Flask, reach: Reach) -> Ratios:
    """Return, by case, the ratios of the whole request and of its statements, and the seconds of the latter."""
    with app.app_context():
        clock = Clock(db.engine)
        db.engine.dispose()
        everything, panel = _panel(app, EVERYTHING), _panel(app, reach)
        return {case.name: _compared(clock, case, everything, panel) for case in CASES}


def _panel(app: Flask, reach: Reach) -> Panel:
    set_actor(db.session, SYSTEM)
    panel = Panel(app, db.session.scalars(select(User).where(User.email == reach.email)).one())
    db.session.remove()
    return panel


def _compared(clock: Clock, case: Case, everything: Panel, panel: Panel) -> tuple[float, float, float, float]:
    all_, some = (Page(db.engine, each.client, case) for each in (everything, panel))
    requests = list(_rounds(clock.both, all_.open, some.open))
    with db.engine.connect() as connection:
        raw = connection.connection.driver_connection
        asked = list(_rounds(clock.database, lambda: all_.ask(raw), lambda: some.ask(raw)))
    return (
        median(b / a for a, b in requests), median(b / a for a, b in asked),
        median(a for a, _ in asked), median(b for _, b in asked),
    )  # fmt: skip


def _rounds(clock: Any, first: Any, second: Any) -> Iterator[tuple[float, float]]:
    """Measure two things in turn, beginning now with the one and now with the other."""
    for number in range(-1, ROUNDS):
        times = [spent(work, clock) for work in ((first, second) if number % 2 else (second, first))]
        if number >= 0:
            yield (times[0], times[1]) if number % 2 else (times[1], times[0])


def table(reach: Reach, ratios: Ratios) -> Iterator[str]:
    """Return the ratios as lines: of the request, of its statements, and what these take."""
    for case, (request, asked, all_, some) in ratios.items():
        mark = "  over" if request > LIMIT else ""
        yield f"{case:28}{reach.name:18}{request:9.2f}{asked:7.2f}{all_ * 1000:10.2f} ms{some * 1000:10.2f} ms{mark}"


if __name__ == "__main__":
    sys.exit(main())
