"""Enumerations that a person chooses from."""

from __future__ import annotations

from enum import Enum
from typing import Self

from models.naming import sentence


class Choice(Enum):
    """A fixed set of values; each is stored by its value and shown as a badge in its tone.

    Members are written `ACTIVE = "active", "green"`; tones are green, blue, yellow, red and grey.
    """

    tone: str

    def __new__(cls, value: str, tone: str = "grey") -> Self:
        """Keep the tone beside the stored value."""
        member = object.__new__(cls)
        member._value_ = value
        member.tone = tone
        return member

    @property
    def label(self) -> str:
        """The value as a person reads it, in English."""
        return sentence(self.value)
