"""The files of the demo: small ones, made here, and kept as the panel keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from models.attachment import Attachment
from models.files import MEGABYTE, store
from seed.demo.draw import Draw

PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def attach(draw: Draw, common: Mapping[str, Any], words: Mapping[str, Any], particulars: Mapping[str, Any]) -> None:
    """Put minutes, a signed agreement, a receipt or a list of prices to a customer."""
    day = common["at"].date()
    sort = draw.one(("minutes", "agreement", "receipt", "prices"))
    if sort == "prices":
        goods = [
            f"{number};{thing};{draw.number(5, 90)}.{draw.number(10, 99)}" for number, thing in enumerate(_GOODS, 1)
        ]
        content, name = "\r\n".join(["number;what;price", *goods]).encode(), f"Prices {day.year}.csv"
    else:
        lines = [line.format(**particulars) for line in words[sort]]
        name = {"minutes": f"Minutes {day}.txt", "agreement": f"Framework agreement {day.year}.pdf"}.get(
            sort, f"Receipt {day}.pdf"
        )
        content = "\n".join([f"{day}", *lines]).encode() if sort == "minutes" else pdf(lines)
    Attachment(**common, file=store().keep(BytesIO(content), name, MEGABYTE))


def pdf(lines: Sequence[str]) -> bytes:
    """Return a PDF of one page with these lines; letters beyond Latin-1 become question marks."""
    shown = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
    text = "BT /F 11 Tf 16 TL 72 760 Td " + " ".join(f"({line}) Tj T*" for line in shown) + " ET"
    stream = text.encode("cp1252", "replace")
    head = f"<< /Length {len(stream)} >>\nstream\n".encode()
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", PAGE.encode()]
    return _file([*objects, head + stream + b"\nendstream", FONT.encode()])


def _file(objects: Sequence[bytes]) -> bytes:
    """Return objects as a PDF file, with the table of where each begins."""
    content, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n".encode() + each + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    tail = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return content + f"{tail}startxref\n{len(content)}\n%%EOF\n".encode()


_GOODS = (
    "Paper A4",
    "Toner",
    "Office chair",
    "Desk lamp",
    "Shelf",
    "Gift box",
    "Label roll",
    "Filter",
    "Work gloves",
    "Cable 5 m",
)
