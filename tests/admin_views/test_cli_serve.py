"""Serving for real: a process of its own, its address, its credentials, its end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import free_port

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60


class Served:
    """`flask clientela serve` on a new database in a folder, in a process group as a terminal gives it."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.port = free_port()
        self.output = folder / "output"
        settings = {"DATABASE_URL": f"sqlite:///{folder / 'served.sqlite'}", "DEMO": "0", "PORT": str(self.port)}
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "app", "clientela", "serve"],
                cwd=ROOT,
                env={**os.environ, **settings, "SECRET_KEY": "long enough for a panel of a few seconds", **environ},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def answers(self) -> int:
        """Return the status of the first answer; RuntimeError with the output if it never comes."""
        deadline = time.monotonic() + SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/login", timeout=5) as answer:
                    return int(answer.status)
            except OSError:  # not listening yet, or too busy to answer in time
                time.sleep(0.2)
        raise RuntimeError(self.said())

    def interrupt(self) -> int:
        """Press Ctrl-C and return the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(timeout=SECONDS)

    def end(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path)
    yield served
    served.end()


def test_the_panel_answers_at_the_address_it_prints_and_ends_with_ctrl_c(served: Served, tmp_path: Path) -> None:
    assert served.answers() == 200
    assert f"http://127.0.0.1:{served.port}" in served.said()
    assert len(re.findall(r"Password: \S{15,} \(shown only now\)", served.said())) == 1
    assert served.interrupt() == 0
    assert "Traceback" not in served.said()
    assert [path.name for path in tmp_path.glob("served.sqlite*") if path.stat().st_mode & 0o077] == []


def test_the_second_start_shows_no_credentials(served: Served, tmp_path: Path) -> None:
    served.answers()
    served.interrupt()
    again = Served(tmp_path)
    try:
        assert again.answers() == 200
        assert again.said().count("Password:") == 1
    finally:
        again.end()


def test_a_port_in_use_is_said_before_anything_is_done(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        served = Served(tmp_path, PORT=str(other.getsockname()[1]))
        assert served.process.wait(timeout=SECONDS) == 1
    assert "address already in use. Stop what runs there, or choose another port" in served.said()
    assert "Traceback" not in served.said()
    assert not (tmp_path / "served.sqlite").exists()


@pytest.mark.parametrize("port", ["web", "0", "70000"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    served = Served(tmp_path, PORT=port)
    assert served.process.wait(timeout=SECONDS) == 1
    assert f"PORT is {port}, and has to be a number from 1 to 65535." in served.said()


def test_a_public_address_needs_strong_settings(tmp_path: Path) -> None:
    served = Served(tmp_path, HOST="0.0.0.0", SECRET_KEY="short")  # noqa: S104  it does not start
    assert served.process.wait(timeout=SECONDS) == 1
    assert "SECRET_KEY has 5 bytes" in served.said()
    assert "Traceback" not in served.said()
