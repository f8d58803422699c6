"""Email addresses and their comparison."""

from __future__ import annotations

import pytest

from models.errors import DomainError
from models.rules.email import clean_email, email_key


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" Ordini@Aurora.EXAMPLE ", "Ordini@aurora.example"), ("a.b+c@example.com", "a.b+c@example.com"),
     ("info@münchen.de", "info@münchen.de"), ("info@xn--mnchen-3ya.de", "info@münchen.de"),
     ("o'neil@site.test", "o'neil@site.test")],
)  # fmt: skip
def test_an_address_is_trimmed_and_its_domain_lower_case(typed: str, kept: str) -> None:
    assert clean_email(typed) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "one @ sign"), ("mario", "one @ sign"), ("a@b@c.it", "one @ sign"), ("@b.it", "before the @ sign"),
     ("a b@c.it", "before the @ sign"), ("a..b@c.it", "before the @ sign"), ("a@", "after the @ sign"),
     ("a@localhost", "after the @ sign"), ("a@b..it", "after the @ sign"),
     ("a@-b.it", "after the @ sign"), ("a@b,it", "after the @ sign"),
     ("a" * 250 + "@b.it", "at most 254"), ("a" * 65 + "@b.it", "too long"), ("a\x00@b.it", "control character")],
)  # fmt: skip
def test_a_refusal_names_the_part_to_check(typed: str, said: str) -> None:
    with pytest.raises(DomainError) as refusal:
        clean_email(typed)
    assert said in str(refusal.value)


def test_addresses_compare_without_case_but_with_dots_and_tags() -> None:
    assert email_key("Ordini@Aurora.example") == email_key("ORDINI@aurora.example")
    assert email_key("Jose\u0301@b.it") == email_key("JOS\u00c9@b.it")
    assert len({email_key("a.b@c.it"), email_key("ab@c.it"), email_key("ab+x@c.it")}) == 3
