"""Two editors of one record and its rows, at random: what was saved is overwritten only by who had been shown it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models.customer import Customer, CustomerPhone
from tests.panel import Panel, company, stored

FIELDS = ("tags", "legal_form", "code")
PATHS = ("/customer/edit/?id={}", "/customer/edit/?id={}&panel=4", "/customer/edit/?id={}&panel=0")
STEPS = 40


class Editor:
    """Somebody with a page open: what they were shown, and what they have typed since."""

    def __init__(self, app: Flask, key: int) -> None:
        self.panel, self.key = Panel(app), key
        self.page: TestResponse | None = None
        self.shown: dict[str, Any] = {}

    def open(self, path: str, now: Mapping[str, Any]) -> None:
        """Open a form; what is stored is shown by that."""
        self.page, self.shown = self.panel.get(path.format(self.key)), dict(now)

    def save(self, typed: dict[str, Any]) -> TestResponse:
        """Send the form with this typed into it."""
        assert self.page is not None
        answer = self.panel.send(
            self.page, {key: value for key, value in typed.items() if f'name="{key}"' in self.page.text}
        )
        self.page = answer if answer.status_code == 422 else None
        return answer


def now(key: int) -> dict[str, Any]:
    """Return what is stored: the fields, and the phones by key."""
    [row] = stored(Customer, id=key)
    phones = {f"phones-{each.id}-number": each.number for each in stored(CustomerPhone)}
    return {each: getattr(row, each) for each in FIELDS} | phones


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("seed", range(3))
def test_nothing_that_was_saved_is_overwritten_by_somebody_who_had_not_seen_it(app: Flask, seed: int) -> None:
    chance = random.Random(seed)
    customer = company(phones=[CustomerPhone(number=f"+39 02 6698{n}000", primary=n == 1) for n in range(1, 4)])
    editors = [Editor(app, customer.id) for _ in range(2)]
    shown_again = 0
    for step in range(STEPS):
        editor = chance.choice(editors)
        before = now(customer.id)
        if editor.page is None:
            editor.open(chance.choice(PATHS), before)
            continue
        fields = [*FIELDS, *(each for each in before if each.startswith("phones"))]
        chosen = chance.sample(fields, chance.randint(1, 2))
        typed = {each: value(each, step) for each in chosen if f'name="{each}"' in editor.page.text}
        answer = editor.save(typed)
        after = now(customer.id)
        changed = {each for each in before | after if before.get(each) != after.get(each)}
        assert answer.status_code in {303, 422}
        if answer.status_code == 422:
            assert changed == set(), "what is refused changes nothing"
            assert all(str(before[each]) in answer.text for each in typed if before.get(each) != editor.shown.get(each))
            editor.shown, shown_again = before, shown_again + 1
            editor.page = answer
        else:
            unseen = {each for each in changed if before.get(each) != editor.shown.get(each)}
            assert not unseen, f"{unseen} had been changed since they were shown"
    assert shown_again, "they never met"


def value(key: str, step: int) -> str:
    """Return something new that a field takes."""
    return f"+39 02 66981{step:03}" if key.startswith("phones") else f"word{step}"
