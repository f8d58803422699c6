"""The people at the demo's customers, and what was written down about them."""

from __future__ import annotations

from datetime import datetime

from models.contact import Contact
from models.note import Note
from models.user import User
from seed.demo.addresses import draw_phone, office_email
from seed.demo.cast import Cast
from seed.demo.customers import COMPANY, PRIVATE, PUBLIC, Sketch
from seed.demo.draw import Draw
from seed.demo.staff import SELLERS
from seed.demo.words import draw_person, language_of, read

CONTACTS = {
    COMPANY: {0: 3, 1: 11, 2: 21, 3: 26, 4: 17, 5: 11, 6: 6, 8: 3, 12: 2},
    PUBLIC: {2: 30, 4: 40, 7: 20, 15: 10},
    PRIVATE: {0: 86, 1: 14},
}
NOTES = {0: 30, 1: 28, 2: 19, 3: 12, 4: 6, 6: 4, 9: 1}


def add_contacts(draw: Draw, sketch: Sketch) -> list[str]:
    """Add people to a customer, no two of the same name, and return their names."""
    language = language_of(sketch.city)
    drawn = [draw_person(draw, language) for _ in range(draw.weighted(CONTACTS[sketch.sort]))]
    people = {person.name: person for person in drawn}
    for person in people.values():
        created = draw.moment(sketch.customer.created_at, sketch.latest)
        domain, mobile = sketch.domain, draw.chance(55)
        Contact(
            customer=sketch.customer,
            name=person.name,
            phone=draw_phone(draw, sketch.city, mobile=mobile) if draw.chance(70) else None,
            email=office_email(person, domain) if domain and draw.chance(80) else None,
            notes=draw.one(read("notes.toml")["role"]) if domain and draw.chance(55) else None,
            created_at=created,
            updated_at=draw.moment(created, sketch.latest),
        )
    return list(people)


def add_notes(draw: Draw, sketch: Sketch, people: list[str], cast: Cast, until: datetime) -> None:
    """Add what people wrote down about a customer, each thing once."""
    sentences = read("notes.toml")
    written = draw.weighted(NOTES)
    texts = dict.fromkeys(draw.one(sentences[sketch.sort]) for _ in range(written))
    for text in texts:
        more = f" {draw.one(sentences['follow_up'])}" if sketch.domain and draw.chance(35) else ""
        author = _author(draw, sketch, cast)
        at = draw.moment(sketch.customer.created_at, until)
        body = (text + more).format(**_particulars(draw, people, author.name, cast))
        Note(customer=sketch.customer, body=body, author=author, at=at, created_at=at, updated_at=at)


def _author(draw: Draw, sketch: Sketch, cast: Cast) -> User:
    """Return who wrote it: mostly the one who looks after the customer."""
    owner = sketch.customer.owner
    return owner if owner and draw.chance(75) else cast.users[draw.one(SELLERS)]


def _particulars(draw: Draw, people: list[str], author: str, cast: Cast) -> dict[str, object]:
    """Return what the braces in a note stand for."""
    sentences = read("notes.toml")
    return {
        "person": draw.one(people) if people else "the owner",
        "colleague": draw.one([name.split()[0] for name in cast.users if name != author]),
        "thing": draw.one(sentences["thing"]),
        "day": draw.one(sentences["day"]),
        "month": draw.one(sentences["month"]),
        "hour": draw.number(8, 11),
        "evening": draw.number(17, 19),
        "n": draw.number(2, 6),
        "days": draw.one((30, 30, 45, 60, 60, 90)),
        "percent": draw.number(2, 12),
        "weight": draw.number(3, 9) * 100,
    }
