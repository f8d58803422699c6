"""Files as people hand them in: small ones of every kind, and ways to send them."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from flask import current_app
from werkzeug.test import TestResponse

from models.attachment import Attachment
from models.customer import Customer
from models.file_types import TYPES
from models.files import store
from tests.panel import Panel, add

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(13) + b"IEND\xaeB`\x82"
PAGE = b"<!DOCTYPE html><script>alert(1)</script>"


def zipped(*names: str, first: tuple[str, str] | None = None) -> bytes:
    """Return a ZIP with these entries, before them one that is stored as it is."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as archive:
        for name, content in [*([first] if first else []), *((name, "x") for name in names)]:
            archive.writestr(name, content)
    return buffer.getvalue()


def kept(content: bytes = PDF, name: str = "contract.pdf") -> Any:
    """Keep a file, as the panel does when one is handed in."""
    return store().keep(BytesIO(content), name, 10_000_000, TYPES)


def attached(customer: Customer, content: bytes = PDF, name: str = "contract.pdf", **values: Any) -> Attachment:
    """Store a file of a customer."""
    return add(Attachment(customer=customer, file=kept(content, name), **values))  # type: ignore[no-any-return]


def hand_in(panel: Panel, path: str, content: bytes, called: str, **typed: Any) -> TestResponse:
    """Open a form, choose a file in it, type the rest, and send it."""
    return panel.fill(path, {"file": (BytesIO(content), called), **typed})


def folder() -> set[str]:
    """Return the digests of all that is kept."""
    return {path.name for path in current_app.config["FILES_FOLDER"].glob("??/*")}
