"""What happens with the demo's customers: calls, emails and tasks in the two years before it is loaded, and after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from models.call import Call, Direction, Outcome
from models.contact import Contact
from models.customer import Customer, Status
from models.message import Message, MessageStatus
from models.task import Task
from models.user import User
from seed.demo.cast import Cast
from seed.demo.draw import Draw
from seed.demo.papers import attach
from seed.demo.staff import SELLERS
from seed.demo.words import read

PERIOD = timedelta(days=2 * 365)
CALLS = {0: 58, 1: 20, 2: 11, 3: 6, 5: 3, 9: 2}
EMAILS = {0: 68, 1: 19, 2: 9, 4: 4}
TASKS = {0: 76, 1: 17, 2: 5, 3: 2}
FILES = 3  # of a hundred customers
OUTCOMES = {Outcome.REACHED: 66, Outcome.LEFT_MESSAGE: 12, Outcome.NO_ANSWER: 22}
STATUSES = {MessageStatus.SENT: 96, MessageStatus.FAILED: 2, MessageStatus.REFUSED: 2}
DONE = 72  # of a hundred tasks
WORDS = {Outcome.REACHED: "reached", Outcome.LEFT_MESSAGE: "message", Outcome.NO_ANSWER: "missed"}
WHY = {
    MessageStatus.FAILED: "The mail server did not answer.",
    MessageStatus.REFUSED: "550 5.1.1 The mailbox does not exist.",
}
COLLEAGUE = "Paul Keller"  # who gives tasks to whoever is new
SOON = 24  # days from now on that tasks are due in


def add_activities(draw: Draw, customer: Customer, cast: Cast, until: datetime) -> None:
    """Add what happened with a customer, by whoever looks after it and their colleagues, and what is to be done."""
    earliest = max(until - PERIOD, customer.created_at)
    left = customer.status is not Status.ACTIVE
    latest = earliest + (until - earliest) / 2 if left else until
    story = _Story(draw, customer, cast, earliest, latest)
    for _ in range(draw.weighted(CALLS)):
        story.call()
    for _ in range(draw.weighted(EMAILS)):
        story.email()
    for _ in range(0 if left else draw.weighted(TASKS)):
        story.task(until)
    if draw.chance(FILES):
        story.file()


class _Story:
    """What happened with one customer between two moments."""

    def __init__(self, draw: Draw, customer: Customer, cast: Cast, earliest: datetime, latest: datetime) -> None:
        self.draw, self.customer, self.cast = draw, customer, cast
        self.earliest, self.latest = earliest, latest
        self.people: list[Contact] = list(customer.contacts)  # type: ignore[attr-defined]
        self.words = read("activities.toml")

    def call(self) -> None:
        """Log a call."""
        draw, common = self.draw, self._common()
        outcome, contact = draw.weighted(OUTCOMES), common["contact"]
        spoken = outcome is Outcome.REACHED
        phones = [each.number for each in self.customer.phones]
        Call(
            **common,
            subject=self._said(common, self.words["call"]["subjects"]) if draw.chance(60) else None,
            direction=Direction.INCOMING if spoken and draw.chance(35) else Direction.OUTGOING,
            number=(contact.phone if contact else None) or next(iter(phones), None),
            minutes=draw.small(25) if spoken else None,
            outcome=outcome,
            text=self._said(common, self.words["call"][WORDS[outcome]]) if draw.chance(85) else None,
        )

    def email(self) -> None:
        """Write an email, in the customer's language where there are words of it."""
        draw, common = self.draw, self._common()
        to = common["contact"].email if common["contact"] else None
        to = to or next((each.address for each in self.customer.emails), None)
        if to is None:
            return
        letters = self.words["email"]
        letter = draw.one(letters.get(self.customer.language, letters["en"]))
        status = draw.weighted(STATUSES)
        Message(
            **common,
            subject=self._said(common, [letter["subject"]]),
            body=self._said(common, [letter["body"]]),
            recipients=to,
            status=status,
            detail=WHY.get(status),
            missed=to if status in WHY else None,
            sent_at=common["at"] if status is MessageStatus.SENT else None,
            message_id=draw.digits("#" * 32),
        )

    def task(self, until: datetime) -> None:
        """Plan something: most of it was done in time, some of it is due these days, a little is overdue."""
        draw, common = self.draw, self._common()
        if draw.chance(DONE):
            created: datetime = common["at"]
            at = draw.moment(created, min(self.latest, created + timedelta(days=12)))
            more = {"due": at.date() + timedelta(days=draw.number(-1, 3)), "done": True, "done_at": at}
        else:
            created = at = draw.moment(max(self.earliest, until - timedelta(days=40)), until)
            more = {"due": _due(draw, until)}
        moments = {"at": created, "created_at": created, "updated_at": at}
        subject = self._said(common, self.words["task"]["subjects"])
        text = self._said(common, self.words["task"]["texts"]) if draw.chance(45) else None
        task = Task(**{**common, **moments, **more}, subject=subject, text=text, assignee=common["author"])
        if task.done:
            self.cast.edits.was(task, at, task.author, done=False, done_at=None)

    def file(self) -> None:
        """Put a file to the customer."""
        common = self._common()
        attach(self.draw, common, self.words["file"], self._particulars(common))

    def _common(self) -> dict[str, Any]:
        """Return who was at it, with whom, and when."""
        draw = self.draw
        owner = self.customer.owner
        author: User = owner if owner and draw.chance(75) else self.cast.users[draw.one(SELLERS)]
        contact = draw.one(self.people) if self.people and draw.chance(70) else None
        at = draw.moment(max(self.earliest, contact.created_at) if contact else self.earliest, self.latest)
        moments = {"at": at, "created_at": at, "updated_at": at}
        return {"customer": self.customer, "contact": contact, "author": author, **moments}

    def _said(self, common: Mapping[str, Any], sentences: list[str]) -> str:
        return self.draw.one(sentences).format(**self._particulars(common))

    def _particulars(self, common: Mapping[str, Any]) -> dict[str, object]:
        """Return what the braces stand for."""
        draw, notes, contact = self.draw, read("notes.toml"), common["contact"]
        author = common["author"].name
        name = contact.name if contact else self.customer.company or self.customer.name
        return {
            "name": name or f"{self.customer.first_name} {self.customer.last_name}",
            "person": contact.name if contact else "the owner",
            "author": author,
            "colleague": draw.one([each.split()[0] for each in self.cast.users if each != author]),
            "customer": self.customer.company or f"{self.customer.first_name} {self.customer.last_name}",
            "company": read("documents.toml")["company"]["name"],
            "thing": draw.one(notes["thing"]),
            "day": draw.one(notes["day"]),
            "month": draw.one(notes["month"]),
            "hour": draw.number(8, 11),
            "n": draw.number(2, 6),
            "days": draw.one((30, 45, 60)),
            "percent": draw.number(3, 12),
        }


def add_tasks_of(draw: Draw, somebody: User, customers: list[Customer], cast: Cast, until: datetime) -> list[Task]:
    """Return what a colleague left to somebody who is new here: a task for each day of the next weeks, some overdue."""
    subjects = [each for each in read("activities.toml")["task"]["subjects"] if "{" not in each]
    return [
        Task(
            customer=draw.one(customers),
            subject=draw.one(subjects),
            due=until.date() + timedelta(days=days),
            assignee=somebody,
            author=cast.users[COLLEAGUE],
            at=until,
            created_at=until - timedelta(days=12),
            updated_at=until - timedelta(days=12),
        )
        for days in (-9, -4, *range(SOON))
    ]


def _due(draw: Draw, until: datetime) -> date | None:
    """Return when an open task is due."""
    if draw.chance(12):
        return None
    days = draw.number(-25, -1) if draw.chance(22) else draw.number(0, SOON * 2)
    return until.date() + timedelta(days=days)
