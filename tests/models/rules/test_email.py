"""Email addresses and their comparison."""

from __future__ import annotations

import pytest

from models.errors import DomainError
from models.rules.email import clean_email, clean_emails, email_key, split_emails


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


def test_several_addresses_are_cleaned_and_kept_once() -> None:
    typed = "Anna Rossi <anna@Delta.example>; bob@delta.example,\n ANNA@delta.example , "
    assert clean_emails(typed) == "anna@delta.example, bob@delta.example"
    assert split_emails(clean_emails(typed)) == ["anna@delta.example", "bob@delta.example"]
    assert split_emails(None) == split_emails("") == []


@pytest.mark.parametrize("wrong", ["nobody", "a@b@c", "x@y.example\r\nBcc: z@y.example", "Anna <>", "<a@b.example> c"])
def test_of_several_addresses_the_wrong_one_is_named(wrong: str) -> None:
    with pytest.raises(DomainError, match="is not a valid email address"):
        clean_emails(f"anna@delta.example, {wrong}")


def test_one_message_goes_to_fifty_addresses_at_most() -> None:
    assert clean_emails(",".join(f"a{number}@delta.example" for number in range(50)))
    with pytest.raises(DomainError, match="at most 50"):
        clean_emails(",".join(f"a{number}@delta.example" for number in range(51)))
