"""The typesetter: one compiler of Typst that knows the fonts of its packages and nothing else of this machine."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime, time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

import typst
from flask_babel import force_locale

from admin_views.printing.logos import Logo, read_logo
from admin_views.printing.tongue import Figures, tongue
from admin_views.printing.values import values
from models.rules.money import places_of
from models.rules.paper import Paper

FOLDER = Path(__file__).parent / "template"
TEMPLATE = FOLDER / "document.typ"
BLANK = FOLDER / "blank.typ"
# Typst keeps the layout of every cell until so many compilations did not use it: half a gigabyte for long documents.
MEMORY = 10
# The second one has Chinese, Japanese and Korean, and is used where it is installed.
FONT_PACKAGES = ("manimgx_fonts", "manimgx_fonts_cjk")
TAB = 4  # characters
FIRST_FONT = "Noto Sans"
LAST_FONT = "DejaVu Sans Mono"  # of Typst itself; it has arrows, ticks and frames
# An archive keeps it, and a screen reader reads it.
STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

log = logging.getLogger("clientela.printing")  # below the app's own, which writes JSON
_press = Lock()


def pdf(paper: Paper, *, logo: Path | None, locale: str = "en") -> bytes:
    """Return the document as PDF/A, in its own language or else in the one given; equal papers give equal bytes.

    A logo that cannot be shown is left out, and letters that no font has are boxes, which PDF/A does not allow.
    """
    chosen = tongue(paper.language, locale)
    with force_locale(chosen):
        said = values(paper, Figures(chosen, places_of(paper.currency)))
    moment = datetime.combine(paper.date, time(12), UTC)
    return _whatever_it_takes(cleaned(said) | {"fonts": families()}, read_logo(logo), moment)


def _whatever_it_takes(said: dict[str, Any], logo: Logo | None, moment: datetime) -> bytes:
    """Return the best PDF that can be made; only a fault of the template is raised."""
    logos = [logo, None] if logo else [None]
    *better, (last, plain) = [(each, standards) for each in logos for standards in (STANDARDS, [])]
    for picture, standards in better:
        try:
            return typeset(said, picture, moment, standards)
        except typst.TypstError as error:
            log.warning("%s is printed in a plainer way: %s", said["title"], error)
    return typeset(said, last, moment, plain)


def typeset(said: dict[str, Any], logo: Logo | None, moment: datetime, standards: list[typst.PDFStandard]) -> bytes:
    """Return the values as the template sets them; a TypstError says what it cannot set."""
    inputs = {"paper": json.dumps(said | {"logo": logo}, ensure_ascii=False)}
    with _press:
        try:
            made = _compiler(TEMPLATE).compile(
                format="pdf", sys_inputs=inputs, pdf_standards=standards, timestamp=moment
            )
        finally:
            _forget()
    return b"".join([made] if isinstance(made, bytes) else made or [])


def _forget() -> None:
    """Set nothing until nothing is kept of the document."""
    for _ in range(MEMORY):
        _compiler(BLANK).compile(format="svg")


def cleaned(value: Any) -> Any:
    """Return the values without the characters that no page shows and no PDF/A allows."""
    if isinstance(value, str):
        return _CONTROLS.sub("", value.expandtabs(TAB))
    if isinstance(value, dict):
        return {key: cleaned(each) for key, each in value.items()}
    return [cleaned(each) for each in value] if isinstance(value, list | tuple) else value


@cache
def _compiler(source: Path) -> typst.Compiler:
    return typst.Compiler(source, root=FOLDER, font_paths=fonts())


@cache
def fonts() -> typst.Fonts:
    """Return the fonts of the packages and of Typst itself; none of this machine."""
    found = [find_spec(name) for name in FONT_PACKAGES]
    folders = [Path(spec.origin).parent for spec in found if spec and spec.origin]
    return typst.Fonts(include_system_fonts=False, font_paths=folders)


@cache
def families() -> list[str]:
    """Return the fonts in the order in which a letter is looked for."""
    known = {name for name in fonts().families() if name.startswith("Noto")} - {FIRST_FONT}
    return [FIRST_FONT, *sorted(known, reverse=True), LAST_FONT]
