"""Eight who write at the same moment, some of whom are killed, and two sealers beside them: one chain, complete."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

from flask import Flask
from sqlalchemy import func, select

from models.base import db
from models.history import ChangeSet
from models.operations.chaining import seal
from tests.models.chained import walk
from tests.models.world import LOOKING

PROCESSES, WRITES, KILLED = 4, 12, 2  # two people in each process
ROOT = Path(__file__).resolve().parents[2]


def test_many_writers_and_two_sealers_make_one_chain(fresh_app: Flask, tmp_path: Path) -> None:
    with fresh_app.app_context():
        url, engine = db.engine.url.render_as_string(hide_password=False), db.engine
    over, sealed = Event(), [0, 0]

    def keep_sealing(which: int) -> None:
        while not over.wait(0.02):
            sealed[which] += seal(engine)

    sealers = [Thread(target=keep_sealing, args=(which,)) for which in range(2)]
    for each in sealers:
        each.start()
    write_and_kill(url, tmp_path)
    over.set()
    for each in sealers:
        each.join()
    with fresh_app.app_context():
        rest = seal(db.engine)
        found = walk()
        there = db.session.scalar(select(func.count(ChangeSet.id)), execution_options=LOOKING) or 0
        db.session.remove()
    assert [str(error) for error in found.broken] == []
    assert (found.unsealed, found.sealed) == (0, there)
    assert sum(sealed) + rest == there >= said(tmp_path)
    assert min(sealed) > 0, "both sealers have sealed"


def write_and_kill(url: str, folder: Path) -> None:
    """Let the eight write, and kill some of them once all have begun."""
    command = [sys.executable, "-m", "tests.models.chain_writer", url, str(WRITES)]
    writers = []
    for number in range(PROCESSES):
        with (folder / f"{number}.txt").open("wb") as out:
            writers.append(subprocess.Popen(command, cwd=ROOT, stdout=out))
    deadline = time.monotonic() + 120
    while said(folder) < PROCESSES * WRITES // 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    for each in writers[:KILLED]:
        each.kill()
    assert [each.wait() for each in writers[KILLED:]] == [0] * (PROCESSES - KILLED)
    assert said(folder) >= (PROCESSES - KILLED) * WRITES * 2
    for each in writers[:KILLED]:
        each.wait()


def said(folder: Path) -> int:
    """Return how many change-sets their writers know to be committed."""
    return sum(path.read_text().count("\n") for path in folder.glob("*.txt"))
