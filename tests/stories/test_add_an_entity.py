"""The README's *Add an entity in three steps*, done as written on a scratch copy and used in the browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.databases import free_port
from tests.layers.source import ROOT

EMAIL, PASSWORD = "founder@clientela.example", "four quiet otters under the bridge"
SECTION = (ROOT / "README.md").read_text(encoding="utf-8").split("## Add an entity in three steps")[1].split("\n## ")[0]


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A copy of the project with an empty, migrated database."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in tracked.splitlines():
        if name.startswith(("app.py", "models/", "admin_views/", "templates/", "seed/")):
            target = tmp_path / "clientela" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)
    copy = tmp_path / "clientela"
    (copy / "admin_views" / "static" / "vendor").symlink_to(ROOT / "admin_views" / "static" / "vendor")
    flask(copy, "clientela", "setup")
    return copy


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a newcomer without a demo."""
    database = f"sqlite:///{folder / 'scratch.sqlite'}"
    own = {"DEMO": "0", "DATABASE_URL": database, "CLIENTELA_ADMIN_EMAIL": EMAIL, "CLIENTELA_ADMIN_PASSWORD": PASSWORD}
    return {**os.environ, "FLASK_APP": "app", **own, **more}


def flask(folder: Path, *words: str) -> str:
    """Run a command of the copy and return what it prints."""
    command = [sys.executable, "-m", "flask", *words]
    run = subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the copy as `make run` does, and end it afterwards."""
    port = str(free_port())
    command = [sys.executable, "-m", "flask", "clientela", "serve"]
    with subprocess.Popen(command, cwd=folder, env=environment(folder, PORT=port), stdout=subprocess.DEVNULL) as server:
        try:
            await_answer(f"http://127.0.0.1:{port}/login")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def await_answer(url: str, seconds: float = 60) -> None:
    """Wait until somebody answers at the address."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310  our own server
        except OSError:  # not listening yet, or too busy to answer in time
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


def follow_the_steps(folder: Path) -> None:
    """Save the files that the README names with the blocks it gives, then run the command it gives."""
    names = re.findall(r"Save as `([^`]+)`", SECTION)
    blocks = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)
    for name, block in zip(names, blocks, strict=True):
        (folder / name).write_text(re.sub(r"^   ", "", block, flags=re.MULTILINE), encoding="utf-8")
    [command] = re.findall(r"`\.venv/bin/flask (db migrate [^`]+)`", SECTION)
    flask(folder, *re.findall(r'"[^"]+"|\S+', command))


def use(page: Page, address: str) -> None:
    """Create a supplier with a visit, find it by a word of the visit, look at its history and take the visit back."""
    page.goto(f"{address}/login")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Suppliers").click()
    page.get_by_role("link", name="New supplier").first.click()
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("This field is required.").first).to_be_visible()
    page.get_by_label("Name").fill("Papierfabrik Weiß")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Papierfabrik Weiß")).to_be_visible()
    visits = page.get_by_role("region", name="Visits")
    visits.get_by_role("link", name="New visit").click()
    visits.get_by_label("Report").fill("Brought samples of cardboard.")
    visits.get_by_role("button", name="Add").click()
    expect(visits.get_by_text("Brought samples of cardboard.")).to_be_visible()
    page.goto(f"{address}/supplier/?search=cardboard")
    expect(page.get_by_role("row", name=re.compile("Papierfabrik Weiß"))).to_contain_text("cardboard")


def test_the_three_steps_give_a_complete_panel(scratch: Path, browser: Browser) -> None:
    follow_the_steps(scratch)
    context = browser.new_context(locale="en-GB", reduced_motion="reduce")
    with served(scratch) as address:
        use(context.new_page(), address)
    context.close()


def test_the_model_file_is_no_longer_than_promised() -> None:
    blocks = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)
    model, view = ([line for line in block.splitlines() if line.strip()] for block in blocks)
    assert len(model) <= 20
    assert len([line for line in view if not line.strip().startswith('"""')]) <= 5


def test_a_misspelt_name_stops_the_start_and_says_what_was_meant(scratch: Path) -> None:
    view = scratch / "admin_views" / "panels" / "customer.py"
    view.write_text(view.read_text(encoding="utf-8").replace('"billing_city"', '"biling_city"', 1), encoding="utf-8")
    command = [sys.executable, "-m", "flask", "clientela", "check"]
    run = subprocess.run(command, cwd=scratch, env=environment(scratch), capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert "did you mean “billing_city”?" in run.stderr
