"""Chance that repeats itself: the same seed draws the same on every machine."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

T = TypeVar("T")

FIRST_HOUR, LAST_HOUR = 7, 16  # UTC: office hours in most of Europe
SATURDAY = 5


class Draw:
    """Draws for one row of the demo: each has a seed of its own, so that rows do not depend on each other."""

    def __init__(self, *seed: object) -> None:
        self._random = Random("/".join(map(str, seed)))  # noqa: S311  it has to be predictable

    def one(self, options: Sequence[T]) -> T:
        """Return one of the options, each as likely as the others."""
        return self._random.choice(options)

    def some(self, options: Sequence[T], number: int) -> list[T]:
        """Return several of the options, none of them twice."""
        return self._random.sample(options, min(number, len(options)))

    def weighted(self, weights: Mapping[T, int]) -> T:
        """Return one of the keys, as likely as its weight says."""
        return self._random.choices(list(weights), list(weights.values()))[0]

    def chance(self, percent: float) -> bool:
        """Return True as often as the percentage says."""
        return self._random.random() * 100 < percent

    def number(self, least: int, most: int) -> int:
        """Return a whole number between two, both included."""
        return self._random.randint(least, most)

    def small(self, most: int) -> int:
        """Return a whole number from 1 on, each power of ten as likely as the others."""
        return int(math.exp(self._random.uniform(0, math.log(most + 1))))

    def digits(self, pattern: str) -> str:
        """Return the pattern with a digit for each #."""
        return "".join(str(self._random.randrange(10)) if char == "#" else char for char in pattern)

    def moment(self, earliest: datetime, latest: datetime) -> datetime:
        """Return a moment between two, in office hours where there are any between them."""
        found = earliest + (latest - earliest) * self._random.random()
        found -= timedelta(days=max(0, found.weekday() - SATURDAY + 1))
        hour, minute = self.number(FIRST_HOUR, LAST_HOUR), self.number(0, 59)
        found = found.replace(hour=hour, minute=minute, second=self.number(0, 59), microsecond=0)
        return max(earliest, min(latest, found)).replace(microsecond=0)
