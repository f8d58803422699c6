"""Channels: the ways customers come by, each of which enables what is kept about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, UniqueConstraint, and_
from sqlalchemy.orm import Mapped

from models.base import Base, Timestamped
from models.choices import Choice
from models.description import referring
from models.fields import Name, OneOf, field, parent

Entity = type[Base]  # said here, because a channel's own `type` hides the word


class ChannelType(Choice):
    """What a channel is for."""

    SALES = "sales", "blue"
    CUSTOM = "custom", "grey"


class Channel(Timestamped, Base):
    """A way by which customers come; what no active channel enables is not in the menu."""

    name: Mapped[Name] = field(unique=True)
    type: Mapped[ChannelType] = field(default=ChannelType.SALES, lasting=True)
    active: Mapped[bool] = field(default=True, help="An inactive channel keeps what it has, and cannot be chosen anew.")

    if TYPE_CHECKING:
        entities: list[ChannelEntity]

    @classmethod
    def offered(cls, to: Entity) -> ColumnElement[bool]:
        """Return the active channels that enable the entity."""
        return and_(cls.active, cls.entities.any(ChannelEntity.entity == to.__tablename__))  # type: ignore[attr-defined]


class ChannelEntity(Base):
    """An entity that a channel enables."""

    __label__ = "Entity"

    channel: Mapped[Channel] = parent(part=True)
    entity: Mapped[OneOf]

    @classmethod
    def indexes(cls) -> tuple[UniqueConstraint, ...]:
        """A channel enables an entity once."""
        return (UniqueConstraint("channel_id", "entity"),)

    @classmethod
    def choices(cls, key: str) -> Sequence[tuple[str, str]]:
        """Return the entities whose rows come by channels."""
        return [(model.__tablename__, model.__plural__) for model, _ in referring(Channel)]
