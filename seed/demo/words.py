"""The words of the demo: names, streets and companies by language, and what people write down."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from seed.demo.draw import Draw
from seed.reference import City, markets

FOLDER = Path(__file__).parent

# Where people do not speak the language that most of their country does.
SPOKEN = {
    "Antwerpen": "nl",
    "Gent": "nl",
    "Brugge": "nl",
    "Genève": "fr",
    "Lausanne": "fr",
    "Lugano": "it",
}

BRANDS = (
    *("Acero", "Alba", "Alfa", "Alpina", "Altura", "Antares", "Argo", "Aria", "Astra", "Atlas", "Avanti", "Borea"),
    *("Calypso", "Centro", "Cosmo", "Delta", "Domus", "Elite", "Eos", "Europa", "Fenix", "Forma", "Futura", "Gaia"),
    *("Gemini", "Globus", "Helios", "Horizon", "Idea", "Iris", "Juno", "Kappa", "Kora", "Leda", "Libra", "Linea"),
    *("Luma", "Lyra", "Magna", "Mediana", "Meta", "Mira", "Neon", "Nova", "Novum", "Oasis", "Octa", "Omnia", "Onda"),
    *("Orion", "Pallas", "Pegaso", "Polaris", "Prima", "Quadra", "Rex", "Rubin", "Sigma", "Sirius", "Solaris"),
    *("Stella", "Tecno", "Terra", "Titan", "Trio", "Unica", "Ursa", "Vega", "Vela", "Vertex", "Vita", "Zenit"),
)


class Words(NamedTuple):
    """What a language offers to name people and companies with; `last` names may be written for men/women."""

    women: list[str]
    men: list[str]
    last: list[str]
    companies: list[str]
    trades: list[str]
    house: str
    mailboxes: list[str]
    countries: dict[str, dict[str, list[str]]]


class Person(NamedTuple):
    """A name of one person."""

    first: str
    last: str
    female: bool

    @property
    def name(self) -> str:
        """The whole name."""
        return f"{self.first} {self.last}"


@cache
def words(language: str) -> Words:
    """Return the words of a language."""
    return Words(**read(f"words/{language}.toml"))


@cache
def read(name: str) -> dict[str, Any]:
    """Return a file of this folder."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def language_of(city: City) -> str:
    """Return the language that most people speak there."""
    return SPOKEN.get(city.city) or next(market.language for market in markets() if market.country == city.country)


def draw_person(draw: Draw, language: str) -> Person:
    """Return somebody with a name of this language."""
    vocabulary = words(language)
    female = draw.chance(52)
    first = draw.one(vocabulary.women if female else vocabulary.men)
    last = draw.one(vocabulary.last).split("/")
    return Person(first, last[-1] if female else last[0], female)


def draw_surname(draw: Draw, language: str) -> str:
    """Return a family name as firms carry it."""
    return draw.one(words(language).last).split("/")[0]
