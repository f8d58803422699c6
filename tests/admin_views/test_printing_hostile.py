"""What people type is text on paper, whatever it looks like to a typesetter."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from admin_views.printing import pdf
from admin_views.printing.press import FOLDER, families
from models.rules.paper import Origin
from tests.admin_views.papers import BUYER, flat, line, pages, paper

HOSTILE = [
    '#read("/etc/passwd")',
    '#image("/etc/hostname")',
    '#import "@preview/cetz:0.3.0": *',
    "#panic() #sys.inputs #context here()",
    "$x^2$ and $$ and %s %(name)s {page} {pages} {{ }}",
    "*bold* _italic_ `raw` ```typ #panic()``` <label> @reference",
    "= Heading",
    "- list + list / term: text",
    "// comment /* comment */",
    "back\\slash \\u{41} \\#x \" ' ~ -- --- ...",
    "]) #[ } { ] [",
    "https://example.com/" + "a" * 200,
    "😀 👨‍👩‍👧 ✓ → ½ €",
    "Łódź Ğ ș Ελλάδα Россия",
    "w" * 500,
]


def printed(*args: Any, **given: Any) -> str:
    """Return all that can be read in a paper that was printed, without spaces."""
    return flat("".join(pages(pdf(paper(*args, **given), logo=None))))


@pytest.mark.parametrize("text", HOSTILE)
def test_text_comes_out_as_it_was_typed_wherever_it_was_typed(text: str) -> None:
    lines = [line(text), line(f"Lamp\n{text}")]
    said = printed(lines=lines, note=text, reference=text, buyer=replace(BUYER, name=text), number=text)
    assert said.count(flat(text)) >= 6


def test_nothing_outside_is_read() -> None:
    secret = (Path("/etc/passwd")).read_text(encoding="utf-8").splitlines()[0]
    assert flat(secret) not in printed(lines=[line(text) for text in HOSTILE], note="\n".join(HOSTILE))
    assert sorted(path.name for path in FOLDER.iterdir()) == ["blank.typ", "document.typ"]


def test_an_origin_and_a_unit_that_nobody_knows_are_text_too() -> None:
    origin = Origin("#panic()", "$1$", paper().date)
    text = printed(lines=[line("Lamp", unit="#xyz", origin=origin)], payment_method="*barter*", currency="EUR")
    assert "#panic()$1$of3November2026" in text
    assert "#xyz" in text
    assert "*barter*" in text


def test_a_note_of_ten_thousand_characters_is_printed_whole() -> None:
    note = " ".join(f"word{at}" for at in range(1300))
    assert len(note) > 10_000
    sheets = pages(pdf(paper(note=note), logo=None))
    text = " ".join("\n".join(sheets).split())
    assert all(f"word{at} " in f"{text} " for at in range(1300))
    assert all("Page" in sheet for sheet in sheets)


@pytest.mark.parametrize(
    "text", ["שלום עולם", "مرحبا بالعالم", "ไทย", "हिन्दी", "ქართული", "\u202eevil\u202c", "a\u200bb"]
)
def test_scripts_of_the_world_are_set_as_an_archive_wants_them(text: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        made = pdf(paper(lines=[line(text)]), logo=None)
    assert not caplog.records
    assert b"pdfaid:part" in made


@pytest.mark.parametrize("text", ["\U000f0000", "中文 한국어"])
def test_letters_that_no_font_has_stop_no_print(text: str, caplog: pytest.LogCaptureFixture) -> None:
    if any("CJK" in family for family in families()):
        text = "\U000f0000"
    with caplog.at_level(logging.WARNING):
        sheets = pages(pdf(paper(lines=[line(f"Lamp {text}")]), logo=None))
    assert "Lamp" in sheets[0]
    assert "could not be displayed" in caplog.text


def test_control_characters_are_left_out() -> None:
    assert "Lamptab" in printed(lines=[line("La\x00m\x07p\ttab\x7f\ufffe\ud800")])


def test_a_tab_is_a_space_and_an_end_of_line_ends_it() -> None:
    first = pages(pdf(paper(note="one\ttwo\r\nthree"), logo=None))[0]
    assert "one two\nthree" in " ".join(first.split(" ")).replace("  ", " ")
