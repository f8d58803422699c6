"""Placeholders: filled in once, never executed, and refused where nothing will fill them in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import DomainError
from models.rules.template import check_placeholders, fill, placeholders

KNOWN = ("customer", "total")
VALUES = {"customer": "Delta Srl", "total": "€ 12.00"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Dear {customer},", "Dear Delta Srl,"),
        ("{customer}{total}{customer}", "Delta Srl€ 12.00Delta Srl"),
        ("{{customer}} {{ }}", "{customer} { }"),
        ("a { b, } c {", "a { b, } c {"),
        ("{other} and {}", "{other} and {}"),
        ("{customer.__class__} {customer!r} {customer:>9} {0}", "{customer.__class__} {customer!r} {customer:>9} {0}"),
    ],
)
def test_known_placeholders_are_filled_in_and_all_else_stays(text: str, filled: str) -> None:
    assert fill(text, VALUES) == filled


def test_what_is_filled_in_is_not_read_again() -> None:
    assert fill("{customer}", {"customer": "{total} {{x}}", "total": "12"}) == "{total} {{x}}"


@pytest.mark.parametrize("name", ["total.real", "customer!r", "0", "", "Customer", " customer", "__class__"])
def test_an_unknown_placeholder_is_refused_and_the_known_ones_are_named(name: str) -> None:
    with pytest.raises(DomainError) as refusal:
        check_placeholders(f"Dear {{customer}}, {{{name}}}", KNOWN)
    assert str(refusal.value) == (
        f"There is no placeholder {{{name}}}. Those that can be used here are: {{customer}}, {{total}}."
    )


def test_doubled_braces_are_no_placeholder() -> None:
    check_placeholders("{{other}}", KNOWN)
    assert placeholders("{{other}} {a} {b} {a}") == ("a", "b")


@given(st.text(alphabet="{}ab \n"))
def test_what_passes_the_check_is_filled_in_completely(text: str) -> None:
    try:
        check_placeholders(text, ("a",))
    except DomainError:
        return
    assert placeholders(text) in {(), ("a",)}
    assert fill(text, {"a": "A"}).count("A") == sum(part == "a" for part in _named(text))


def _named(text: str) -> list[str]:
    """Return the names between single braces, in another way: sign by sign."""
    found, rest = [], text
    while rest:
        if rest[:2] in {"{{", "}}"}:
            rest = rest[2:]
        elif rest[0] == "{" and (end := rest.find("}")) > 0 and "{" not in rest[1:end]:
            found.append(rest[1:end])
            rest = rest[end + 1 :]
        else:
            rest = rest[1:]
    return found
