"""Marking of sentences that are translated later, at the edge."""

from __future__ import annotations


def N_(message: str) -> str:
    """Mark a message for extraction and return it unchanged: the panel translates it when it is shown."""
    return message
