"""What is measured: pages as people open them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A page; of a count, which is no page of its own, the statement that counts alone."""

    name: str
    path: str
    counts: bool = False


CASES = (
    Case("list by name", "/customer/?sort=name"),
    Case("list by name, page 3", "/customer/?sort=name&page=3"),
    Case("list by update", "/customer/?sort=-updated_at"),
    Case("list by update, page 3", "/customer/?sort=-updated_at&page=3"),
    Case("count", "/customer/?sort=name", counts=True),
    Case("search, rare word", "/customer/?sort=name&search=c7777"),
    Case("search, common word", "/customer/?sort=name&search=milano"),
    Case("search, middle of a word", "/customer/?sort=name&search=elociped"),
    Case("search, two words", "/customer/?sort=name&search=rossi+milano"),
    Case("picker, opened", "/contact/ajax/lookup/?name=customer&query="),
    Case("picker, a word", "/contact/ajax/lookup/?name=customer&query=rossi"),
    Case("picker of accounts, a word", "/customer/ajax/lookup/?name=account&query=ferrari"),
    Case("list of contacts", "/contact/?sort=name"),
    Case("list of contacts by update", "/contact/?sort=-updated_at"),
)
