"""The commands for the chain over the history, and the sealer beside a served panel."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import update
from time_machine import travel

from admin_views.history.sealer import Sealer
from models.base import db
from models.history import Change
from models.types import utcnow
from tests.models.chained import walk
from tests.models.world import LOOKING, begin, company

pytestmark = pytest.mark.databases("sqlite")  # the chain itself is tried on both
DIGEST = re.compile(r"digest ([0-9a-f]{64})")


@pytest.fixture
def panel(fresh_app: Flask) -> Flask:
    with fresh_app.app_context():
        begin()
        company("Ghisallo")
        db.session.remove()
    return fresh_app


def run(panel: Flask, *arguments: str) -> Result:
    result = panel.test_cli_runner().invoke(args=["clientela", *arguments])
    assert "Traceback" not in result.output
    return result


def test_what_was_sealed_is_verified_and_its_digest_can_be_kept(panel: Flask) -> None:
    sealed = run(panel, "seal")
    assert re.search(r"\d change-sets were sealed.", sealed.output)
    [kept] = DIGEST.findall(sealed.output)
    result = run(panel, "verify", "--head", kept)
    assert (result.exit_code, DIGEST.findall(result.output)) == (0, [kept])
    assert "The digest that you kept is that of seal" in result.output
    assert "The history is as it was sealed." in result.output


def test_whatever_does_not_fit_is_told_with_an_exit_code(panel: Flask) -> None:
    run(panel, "seal")
    with panel.app_context():
        db.session.execute(update(Change).values(title="Nobody"), execution_options=LOOKING)
        db.session.commit()
    result = run(panel, "verify")
    assert result.exit_code == 1
    assert re.search(r"Change-set 1 \(Clientela, .* UTC\) is not what it was when it was sealed.", result.output)
    assert "The history is not what it was when it was sealed." in result.output
    result = run(panel, "verify", "--head", "f" * 64)
    assert (result.exit_code, "was cut off before it" in result.output) == (1, True)


def test_what_waits_for_its_seal_is_told(panel: Flask) -> None:
    with travel(utcnow() + timedelta(minutes=20)):
        result = run(panel, "verify")
    assert result.exit_code == 0
    assert re.search(r"change-sets are not sealed yet; the first began 20 minutes ago.", result.output)
    assert "Is the sealer running?" in result.output


def test_an_empty_history_is_in_order(fresh_app: Flask) -> None:
    result = run(fresh_app, "verify")
    assert (result.exit_code, "0 change-sets are sealed." in result.output) == (0, True)


def test_the_sealer_of_a_server_seals_until_it_is_stopped(panel: Flask) -> None:
    sealer = Sealer(panel, pause=0.05)
    sealer.start()
    deadline = time.monotonic() + 20
    with panel.app_context():
        while walk().unsealed and time.monotonic() < deadline:
            time.sleep(0.05)
        assert (walk().unsealed, walk().broken) == (0, [])
        sealer.stop()
        begin()
        company("Later")
        time.sleep(0.2)
        assert walk().unsealed > 0
        assert sealer.work() == 1
        db.session.remove()
