"""The channels of the demo: a shop, the field, and the trade fairs of a year that is over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from models.channel import Channel, ChannelEntity, ChannelType
from models.customer import Customer
from seed.demo.draw import Draw
from seed.reference_rows import DEFAULT_CHANNEL

SHOP, FIELD, FAIRS = "Online shop", "Field sales", "Trade fairs {year}"
# Of a hundred companies, persons and public bodies, how many come by which.
SHARES = {
    "company": {SHOP: 42, FIELD: 58},
    "private": {SHOP: 93, FIELD: 7},
    "public": {SHOP: 15, FIELD: 85},
}
MET_AT_FAIRS = 12  # of a hundred companies of that year


class Channels(NamedTuple):
    """Channels by name, the one of the fairs among them, and when the last fair was over."""

    named: dict[str, Channel]
    fairs: Channel
    closing: datetime


def make_channels(session: Any, created: datetime, until: datetime) -> Channels:
    """Add a channel for the field and one for fairs; the one that a new panel has becomes the shop's."""
    year = until.year - 2
    opening, closing = (datetime(year, month, 12, 9, 30, tzinfo=UTC) for month in (1, 12))
    shop = session.scalars(select(Channel).where(Channel.name == DEFAULT_CHANNEL)).first() or _channel(created)
    shop.name = SHOP
    shop.created_at = shop.updated_at = created
    field = _channel(created, name=FIELD)
    fairs = _channel(opening, name=FAIRS.format(year=year), type=ChannelType.CUSTOM)
    named = {channel.name: channel for channel in (shop, field, fairs)}
    session.add_all(named.values())
    return Channels(named, fairs, closing)


def draw_channel(draw: Draw, sort: str, created: datetime, channels: Channels) -> Channel:
    """Return how a customer came by; to fairs came companies, while there were any."""
    usual = channels.named[draw.weighted(SHARES[sort])]
    met = draw.chance(MET_AT_FAIRS) and sort == "company" and channels.fairs.created_at <= created <= channels.closing
    return channels.fairs if met else usual


def close_fairs(channels: Channels) -> None:
    """Deactivate the channel of the fairs: its customers stay, and nobody new can choose it."""
    channels.fairs.active = False
    channels.fairs.updated_at = channels.closing


def _channel(created: datetime, **values: Any) -> Channel:
    enabled = [ChannelEntity(entity=Customer.__tablename__)]
    return Channel(entities=enabled, created_at=created, updated_at=created, **values)
