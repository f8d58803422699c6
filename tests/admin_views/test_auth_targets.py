"""Nobody is sent to another site, whatever a link says."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_views.targets import safe_target

HOSTILE = [
    "", " ", "http://evil.test", "https://evil.test/customer/", "http:evil.com", "http:/evil.com", "https:evil.test",
    "//evil.test", "///evil.test", "////evil.test", "/ /evil.test/ ", "/\\evil.test", "\\\\evil.test", "\\/evil.test",
    "/\\/evil.test", "/customer\\..\\..\\evil", "%1b///evil.test", "\x1b///evil.test",
    "/\x1b//evil.test", "\t//evil.test",
    "/\t/evil.test", "/\n/evil.test", "/\r/evil.test", "/%09/evil.test", "/%0a/evil.test", "/%0d%0aLocation:%20evil",
    "/%2f/evil.test", "/%2Fevil.test", "/%5cevil.test", "/%5C%5Cevil.test", "/%252fevil.test", "/.//evil.test",
    "/..//evil.test", "/customer/..//evil.test", "/./customer", "/a/../b", "/%2e%2e/evil", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)", "data:text/html,hello", "vbscript:x", "mailto:a@evil.test", "evil.test", "customer/",
    "?next=/",
    "#top", "@evil.test", ":80", "/\u2028/evil.test", "/\u202eevil", "/\x00", "/a\x7f", "/customer/\n", "/customer/ ",
    " /customer/", "\ufeff/customer/", "/" + "a" * 3000, "/\ud800", "//[", "http://[::1", "blob:http://evil.test/1",
]  # fmt: skip
OURS = [
    "/", "/customer/", "/customer/?search=a+b", "/customer/details/?id=5", "/customer/?search=Citt\u00e0 alta",
    "/customer/?flt=a%2Fb&url=//evil.test", "/a%20b/", "/customer/?next=http://evil.test#x",
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE)
def test_a_link_to_elsewhere_is_not_followed(value: str) -> None:
    assert safe_target(value) is None


@pytest.mark.parametrize("value", OURS)
def test_a_link_to_a_page_of_ours_is_followed_as_it_is(value: str) -> None:
    assert safe_target(value) == value


def test_no_link_at_all_leads_nowhere() -> None:
    assert safe_target(None) is None


@given(st.text(alphabet="/\\.:?#%@ \t\n\r\x1b\x00evil2f5c0", max_size=20) | st.text(max_size=12).map("/".__add__))
def test_whatever_is_followed_stays_on_this_host(value: str) -> None:
    target = safe_target(value)
    if target is not None:
        assert urlsplit(urljoin("http://panel.test/login", target.replace("\\", "/"))).netloc == "panel.test"
