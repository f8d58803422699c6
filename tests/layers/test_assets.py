"""The libraries and icons that a page loads: all there, and little enough."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from admin_views import assets

MOST_BYTES_OF_SCRIPTS = 100 * 1024


def test_an_icon_is_found_in_calls_and_attributes() -> None:
    text = """{{ icon("sun" if dark else 'moon', "big") }} menu_icon = "users" icon: str = 'notes' <link rel="icon">"""
    assert assets.icon_names(text) == {"sun", "moon", "users", "notes"}


def test_a_misspelt_icon_stops_the_build_and_names_its_likes() -> None:
    with pytest.raises(assets.UnknownIcon, match=r"page.html: there is no icon 'usres'. Did you mean users"):
        assets.sprite({"usres": assets.ROOT / "templates" / "page.html"})


def test_every_icon_in_use_is_in_the_sprite() -> None:
    sprite = (assets.VENDOR / "icons.svg").read_text(encoding="utf-8")
    assert [name for name in assets.used_icons(assets.sources()) if f'id="{name}"' not in sprite] == []


def test_the_scripts_of_a_page_stay_under_a_hundred_kibibytes_compressed() -> None:
    own = (assets.ROOT / "admin_views" / "static").glob("*.js")
    scripts = [assets.VENDOR / name for name in assets.LIBRARIES if name.endswith(".js")]
    assert sum(map(compressed, [*own, *scripts])) <= MOST_BYTES_OF_SCRIPTS


@pytest.mark.parametrize("name", [name for name in assets.LIBRARIES if name.endswith(".css")])
def test_no_style_sheet_fetches_from_elsewhere(name: str) -> None:
    text = (assets.VENDOR / name).read_text(encoding="utf-8")
    assert not [mark for mark in ("@import", "@font-face", "url(http", 'url("http', "url(//") if mark in text]


def compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes()))
