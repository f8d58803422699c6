"""VAT numbers and tax codes with the check digits they need; whose they are, nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from stdnum import luhn
from stdnum.at import uid as austrian
from stdnum.ch import uid as swiss
from stdnum.es import cif, dni
from stdnum.fr import siren
from stdnum.gb import vat as british
from stdnum.gr import vat as greek
from stdnum.iso7064 import mod_11_10
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.no import orgnr
from stdnum.pl import nip
from stdnum.pt import nif

from models.rules.text import fold
from models.rules.vat import vat_checked
from seed.demo.draw import Draw
from seed.demo.words import Person


class Rule(NamedTuple):
    """How a country's numbers begin (a # is any digit), and how they are completed; a few stems have no completion."""

    prefix: str
    stem: str
    complete: Callable[[str], str]


RULES = {
    "AT": Rule("AT", "U6######", lambda stem: stem + austrian.calc_check_digit(stem)),
    "BE": Rule("BE", "07######", lambda stem: f"{stem}{97 - int(stem) % 97:02d}"),
    "CH": Rule("CH", "3#######", lambda stem: "E" + stem + swiss.calc_check_digit(stem)),
    "DE": Rule("DE", "2#######", lambda stem: stem + mod_11_10.calc_check_digit(stem)),
    "ES": Rule("ES", "B8######", lambda stem: stem + cif.calc_check_digits(stem)[0]),
    "FR": Rule("FR", "8#######", lambda stem: siren.to_tva(stem + luhn.calc_check_digit(stem))),
    "GB": Rule("GB", "3######", lambda stem: f"{stem}{-british.checksum(stem + '00') % 97:02d}"),
    "GR": Rule("EL", "8#######", lambda stem: stem + greek.calc_check_digit(stem)),
    "IT": Rule("IT", "1######0##", lambda stem: stem + luhn.calc_check_digit(stem)),
    "NL": Rule("NL", "8#######", lambda stem: f"{stem}{bsn.checksum(stem + '0')}B01"),
    "NO": Rule("NO", "9#######", lambda stem: f"{stem}{-orgnr.checksum(stem + '0') % 11}MVA"),
    "PL": Rule("PL", "5########", lambda stem: f"{stem}{nip.checksum(stem + '0')}"),
    "PT": Rule("PT", "5#######", lambda stem: stem + nif.calc_check_digit(stem)),
    "US": Rule("US", "8########", str),  # a federal tax number: without a check digit
}
UNCHECKED = {"US"}

BIRTHPLACES = ("A944", "C351", "D612", "D969", "F205", "F839", "G273", "H501", "L219", "L736", "L781", "A662")
MONTHS = "ABCDEHLMPRST"
OLDEST, AGES = date(1950, 1, 1), 365 * 54


def draw_vat(draw: Draw, country: str) -> str:
    """Return a VAT number of the country whose check digit is right."""
    rule = RULES[country]
    while True:
        number = rule.prefix + rule.complete(draw.digits(rule.stem))
        if country in UNCHECKED or vat_checked(number):
            return number


def draw_tax_code(draw: Draw, country: str, person: Person) -> str | None:
    """Return a person's tax code where invoices name it."""
    if country == "IT":
        return _italian(draw, person)
    if country == "ES":
        digits = draw.digits("4#######")
        return digits + dni.calc_check_digit(digits)
    return None


def _italian(draw: Draw, person: Person) -> str:
    born = OLDEST + timedelta(days=draw.number(0, AGES))
    day = born.day + (40 if person.female else 0)
    code = f"{_three(person.last)}{_three(person.first, drop_second=True)}"
    code += f"{born:%y}{MONTHS[born.month - 1]}{day:02d}{draw.one(BIRTHPLACES)}"
    return code + codicefiscale.calc_check_digit(code)


def _three(name: str, *, drop_second: bool = False) -> str:
    """Return the three letters that stand for a name: consonants, then vowels, then X."""
    letters = [char for char in fold(name).upper() if char.isalpha()]
    consonants = _only(letters, "BCDFGHJKLMNPQRSTVWXYZ")
    if drop_second and len(consonants) > 3:
        consonants = consonants[0] + consonants[2:]
    return (consonants + _only(letters, "AEIOU") + "XXX")[:3]


def _only(letters: Iterable[str], wanted: str) -> str:
    return "".join(letter for letter in letters if letter in wanted)
