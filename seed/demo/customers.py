"""The demo's customers: companies, public bodies and persons, with what an invoice needs to know of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from models.customer import Customer, CustomerEmail, CustomerKind, CustomerPhone, Rating, Status
from seed.demo.addresses import draw_address, draw_city, draw_own_email, draw_phone, slug
from seed.demo.cast import Cast
from seed.demo.channels import draw_channel
from seed.demo.draw import Draw
from seed.demo.houses import House
from seed.demo.numbers import draw_tax_code, draw_vat
from seed.demo.staff import PEOPLE, SELLERS
from seed.demo.words import BRANDS, draw_person, draw_surname, language_of, read, words
from seed.reference import City, markets

COMPANY, PRIVATE, PUBLIC = "company", "private", "public"
SORTS = {COMPANY: 72, PRIVATE: 24, PUBLIC: 4}
GROUPS = {
    COMPANY: {"General": 45, "Resellers": 24, "Wholesale": 22, "Retail": 9},
    PRIVATE: {"Retail": 70, "General": 30},
    PUBLIC: {"Public sector": 1},
}
STATUSES = {Status.ACTIVE: 89, Status.INACTIVE: 8, Status.BLOCKED: 3}
RATINGS = {None: 50, Rating.COLD: 14, Rating.WARM: 24, Rating.HOT: 12}
# Who receives e-invoices for many Italian companies: the exchange codes of widespread services.
EXCHANGES = ("M5UXCR1", "KRRH6B9", "SUBM70N", "T04ZHR3", "W7YVJK9", "USAL8PV", "BA6ET11", "0000000")
OF_A_HOUSE = ("{brand} {trade}", "{brand} {trade}", "{brand} {city}")
NEAR_THE_FIRST = 60  # of a hundred firms of a house
LOGINS = 8  # of a hundred
YEARS = timedelta(days=3 * 365)


class Sketch(NamedTuple):
    """A customer being drawn: its row so far, where it is, the domain of its emails (None for a person), and the moment
    until which it was filled in.
    """

    customer: Customer
    sort: str
    city: City
    domain: str | None
    latest: datetime


def draw_customer(draw: Draw, number: int, share: float, cast: Cast, until: datetime) -> Sketch:
    """Return a customer; `share` says how far it came in the three years before `until`, from 0 to 1."""
    house = cast.houses.get(number)
    city, sort = _city(draw, house), COMPANY if house else draw.weighted(SORTS)
    created = _created(draw, until - YEARS * (1 - share * 0.97), house)
    values = _person(draw, city) if sort == PRIVATE else _organisation(draw, city, sort, house)
    domain = values.pop("domain", None)
    customer = Customer(
        **values,
        **_common(draw, city),
        code=f"C-{number:05d}",
        group=cast.groups[draw.weighted(GROUPS[sort])],
        channel=draw_channel(draw, sort, created, cast.channels),
        owner=_owner(draw, city, cast),
        created_at=created,
        updated_at=created,
    )
    return Sketch(customer, sort, city, domain, draw.moment(created, until))


def reach(draw: Draw, sketch: Sketch, cast: Cast) -> None:
    """Give the customer emails, phones and, to a few, a login."""
    customer = sketch.customer
    for address in _emails(draw, sketch):
        customer.emails.append(CustomerEmail(address=address, primary=not customer.emails))
    for mobile in (sketch.domain is None, *([True] if draw.chance(25) else [])):
        phone = draw_phone(draw, sketch.city, mobile=mobile)
        label = "mobile" if mobile and sketch.domain else None
        customer.phones.append(CustomerPhone(number=phone, label=label, primary=not customer.phones))
    if customer.emails and draw.chance(LOGINS + 1):
        customer.can_login = True
        customer.password = cast.password
        customer.password_changed_at = draw.moment(customer.created_at, sketch.latest)


def _city(draw: Draw, house: House | None) -> City:
    """Return where a customer is; the firms of a house are mostly in one country."""
    return draw_city(draw, house.country if house and draw.chance(NEAR_THE_FIRST) else None)


def _created(draw: Draw, about: datetime, house: House | None) -> datetime:
    """Return when a customer came, not before the account that it shares."""
    created = draw.moment(about, about + timedelta(days=9))
    return max(created, house.account.created_at) if house and house.account else created


def _organisation(draw: Draw, city: City, sort: str, house: House | None) -> dict[str, Any]:
    local = words(language_of(city)).countries[city.country]
    form = draw.one(local["forms"][:2] if house else local["forms"]) if sort == COMPANY else None
    plain = _company_name(draw, city, house) if form else draw.one(local["public"]).format(city=city.city)
    name, domain = f"{plain} {form}" if form else plain, f"{slug(plain)}.example"
    vat = draw_vat(draw, city.country)
    italian = city.country == "IT"
    recipient = (draw.one(EXCHANGES) if form else draw.digits("UF#A##")) if italian and draw.chance(85) else None
    return {
        "kind": CustomerKind.COMPANY,
        "name": name,
        "company": name,
        "legal_form": form,
        "vat_number": vat,
        "tax_code": vat.removeprefix("IT") if italian else None,
        "recipient": f"fatture@pec.{domain}" if recipient == "0000000" else recipient,
        "website": f"https://www.{domain}" if draw.chance(70) else None,
        "employees": draw.small(600) if draw.chance(60) else None,
        "domain": domain,
    }


def _company_name(draw: Draw, city: City, house: House | None) -> str:
    language = language_of(city)
    patterns = OF_A_HOUSE if house else words(language).companies
    one, other = draw_surname(draw, language), draw_surname(draw, language)
    return draw.one(patterns).format(
        brand=house.brand if house else draw.one(BRANDS),
        trade=draw.one(words(language).trades),
        city=city.city,
        last=one,
        last2=other,
        short=one.split()[0],
        short2=other.split()[0],
    )


def _person(draw: Draw, city: City) -> dict[str, Any]:
    person = draw_person(draw, language_of(city))
    return {
        "kind": CustomerKind.PRIVATE,
        "first_name": person.first,
        "last_name": person.last,
        "tax_code": draw_tax_code(draw, city.country, person),
    }


def _common(draw: Draw, city: City) -> dict[str, Any]:
    values: dict[str, Any] = {f"billing_{key}": value for key, value in draw_address(draw, city).items()}
    if draw.chance(14):
        elsewhere = draw_address(draw, draw_city(draw, city.country))
        values |= {f"shipping_{key}": value for key, value in elsewhere.items()}
    tags = {draw.one(read("notes.toml")["tag"]) for _ in range(draw.weighted({0: 62, 1: 28, 2: 10}))}
    return values | {
        "status": draw.weighted(STATUSES),
        "rating": draw.weighted(RATINGS),
        "language": language_of(city),
        "currency": next(market.currency for market in markets() if market.country == city.country),
        "tags": ", ".join(sorted(tags)) or None,
        "newsletter": draw.chance(38),
    }


def _owner(draw: Draw, city: City, cast: Cast) -> Any:
    near = [name for name in SELLERS if city.country in PEOPLE[name].countries]
    if draw.chance(6):
        return None
    return cast.users[draw.one(near if draw.chance(88) else SELLERS)]


def _emails(draw: Draw, sketch: Sketch) -> list[str]:
    """Return one address mostly, sometimes two or none."""
    if sketch.domain is None:
        names = (str(sketch.customer.first_name), str(sketch.customer.last_name))
        return [draw_own_email(draw, *names)] if draw.chance(92) else []
    mailboxes = words(language_of(sketch.city)).mailboxes
    drawn = dict.fromkeys(draw.one(mailboxes) for _ in range(draw.weighted({0: 3, 1: 72, 2: 25})))
    return [f"{mailbox}@{sketch.domain}" for mailbox in drawn]
