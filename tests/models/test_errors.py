"""Refusals and how several are gathered."""

from __future__ import annotations

from functools import partial

import pytest

from models.errors import Conflict, DomainError, DomainErrors, Refused, collect


def refuse(message: str, field: str) -> None:
    raise DomainError(message, field)


def test_a_refusal_reads_as_a_sentence_and_keeps_what_translates_it() -> None:
    error = DomainError("At most %(maximum)s fit.", "name", maximum=5)
    assert str(error) == "At most 5 fit."
    assert (error.message, error.field, error.params) == ("At most %(maximum)s fit.", "name", {"maximum": 5})


def test_a_percent_sign_needs_no_care_where_there_is_no_parameter() -> None:
    assert str(DomainError("At most 100 %.")) == "At most 100 %."


def test_the_field_is_named_once() -> None:
    assert DomainError("Wrong.").about("email").field == "email"
    assert DomainError("Wrong.", "city").about("email").field == "city"


def test_several_refusals_are_told_together() -> None:
    with pytest.raises(DomainErrors) as refusal:
        collect(partial(refuse, "One.", "a"), list, partial(refuse, "Two.", "b"))
    assert [error.field for error in refusal.value.errors] == ["a", "b"]
    assert str(refusal.value) == "One. Two."
    nested = DomainErrors([refusal.value, DomainError("100 %.")]).about("c")
    assert [error.field for error in nested.errors] == ["a", "b", "c"]
    assert str(nested) == "One. Two. 100 %."


def test_a_single_refusal_stays_itself_and_none_is_silent() -> None:
    with pytest.raises(DomainError) as refusal:
        collect(partial(refuse, "One.", "a"))
    assert refusal.value.errors == (refusal.value,)
    collect(list)


def test_a_no_of_a_permission_says_why() -> None:
    assert Refused("You may not delete this.", reason="not yours").reason == "not yours"
    assert Refused("You may not delete this.").reason == "You may not delete this."
    assert isinstance(Conflict("Changed meanwhile."), DomainError)
