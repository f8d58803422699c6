"""The kinds of files that can be kept: what each is called, and whether a file holds what its name says.

HTML, SVG, scripts and programs are not among them, under whatever name they come.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import IO
from zipfile import BadZipFile, ZipFile

from models.errors import DomainError
from models.i18n import N_
from models.rules.file import extension_of

Test = Callable[[IO[bytes], bytes], bool]

HEAD = 1024  # bytes, as far as browsers look when they guess
CHUNK = 1 << 16  # bytes
TAIL = 22 + (1 << 16) - 1  # bytes in which the directory of a ZIP ends
MOST_ENTRIES = 5_000  # of an office document; large ones have some hundreds

NOT_KEPT = N_("Files of this kind are not kept here. These are: %(types)s.")
NO_KIND = N_("The name of this file does not say what it is. These can be kept: %(types)s.")
DISAGREES = N_("This is not a %(type)s file, though its name says so.")
_MARKUP = re.compile(rb"<(!doctype|html|head|body|script|svg|iframe|\?php|\?xml)", re.IGNORECASE)
_MARKUP_OR_SCRIPT = re.compile("[\\s\\ufeff]*(<[a-z!?/]|#!|%!ps)", re.IGNORECASE)
_MAIL = re.compile(rb"(From [^\n]*\n)?[A-Za-z0-9-]{1,60}:[ \t\r\n]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MACROS = re.compile(r"(^|/)(vbaProject\.bin|Basic/|Scripts/)", re.IGNORECASE)


@dataclass(frozen=True)
class FileType:
    """What a kind of file is called on the web, and how to tell whether a file is one."""

    mime: str
    holds: Test


def demand_type(file: IO[bytes], name: str, allowed: Collection[str]) -> None:
    """Raise DomainError unless a file is one of those that are kept, and what its name says."""
    extension, listed = extension_of(name), ", ".join(sorted(allowed))
    if extension not in allowed:
        raise DomainError(NOT_KEPT if extension else NO_KIND, None, types=listed)
    file.seek(0)
    if not TYPES[extension].holds(file, file.read(HEAD)):
        raise DomainError(DISAGREES, None, type=extension)


def mime_of(name: str) -> str:
    """Return what a file of this name is called on the web."""
    found = TYPES.get(extension_of(name))
    return found.mime if found else "application/octet-stream"


def _magic(*starts: bytes, at: int = 0) -> Test:
    """Tell a file by how it begins; what a browser could take for a page is none."""

    def holds(file: IO[bytes], head: bytes) -> bool:
        return any(head.startswith(start, at) for start in starts) and not _MARKUP.search(head)

    return holds


def _is_webp(file: IO[bytes], head: bytes) -> bool:
    return head.startswith(b"RIFF") and _magic(b"WEBP", at=8)(file, head)


def _is_text(file: IO[bytes], head: bytes) -> bool:
    """Whether a file can be read by people, and does not begin like a page or a script."""
    encoding = "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    return _reads(file, encoding) or (encoding == "utf-8-sig" and _reads(file, "cp1252"))


def _reads(file: IO[bytes], encoding: str) -> bool:
    file.seek(0)
    decoder, first = codecs.getincrementaldecoder(encoding)(), True
    try:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            text = decoder.decode(chunk)
            if _UNPRINTABLE.search(text) or (first and _MARKUP_OR_SCRIPT.match(text)):
                return False
            first = False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_mail(file: IO[bytes], head: bytes) -> bool:
    return bool(_MAIL.match(head)) and b"\0" not in head


def _is_zip(file: IO[bytes], head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06")) and _entries(file) is not None


def _entries(file: IO[bytes]) -> int | None:
    """Return how many entries a ZIP says it has; None where it does not end like one."""
    size = file.seek(0, 2)
    file.seek(max(0, size - TAIL))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    end = tail[at : at + 22]
    return int.from_bytes(end[10:12], "little") if at >= 0 and len(end) == 22 else None


def _office(*needed: str) -> Test:
    """Tell an Office Open XML document by what it holds; one with macros is none."""

    def holds(file: IO[bytes], head: bytes) -> bool:
        names = _names(file) if head.startswith(b"PK\x03\x04") else set()
        return names.issuperset(("[Content_Types].xml", *needed)) and not any(map(_MACROS.search, names))

    return holds


def _open_document(mime: str) -> Test:
    """Tell an OpenDocument by its first entry, which says what it is; one with macros is none."""
    said = b"mimetype" + mime.encode()

    def holds(file: IO[bytes], head: bytes) -> bool:
        names = _names(file) if head[30:].startswith(said + b"PK") else set()
        return "content.xml" in names and not any(map(_MACROS.search, names))

    return holds


def _names(file: IO[bytes]) -> set[str]:
    """Return the names in a ZIP; none of one that is broken, or has more than a document would."""
    if (_entries(file) or MOST_ENTRIES + 1) > MOST_ENTRIES:
        return set()
    try:
        with ZipFile(file) as archive:
            return set(archive.namelist())
    except (BadZipFile, NotImplementedError, UnicodeDecodeError, ValueError):
        return set()


_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
_JPEG = FileType("image/jpeg", _magic(b"\xff\xd8\xff"))
TYPES = {
    "csv": FileType("text/csv", _is_text),
    "docx": FileType(f"{_OOXML}.wordprocessingml.document", _office("word/document.xml")),
    "eml": FileType("message/rfc822", _is_mail),
    "gif": FileType("image/gif", _magic(b"GIF87a", b"GIF89a")),
    "heic": FileType("image/heic", _magic(b"ftyphei", b"ftyphev", b"ftypmif1", at=4)),
    "jpeg": _JPEG,
    "jpg": _JPEG,
    "odp": FileType(f"{_ODF}.presentation", _open_document(f"{_ODF}.presentation")),
    "ods": FileType(f"{_ODF}.spreadsheet", _open_document(f"{_ODF}.spreadsheet")),
    "odt": FileType(f"{_ODF}.text", _open_document(f"{_ODF}.text")),
    "pdf": FileType("application/pdf", _magic(b"%PDF-")),
    "png": FileType("image/png", _magic(b"\x89PNG\r\n\x1a\n")),
    "pptx": FileType(f"{_OOXML}.presentationml.presentation", _office("ppt/presentation.xml")),
    "txt": FileType("text/plain", _is_text),
    "webp": FileType("image/webp", _is_webp),
    "xlsx": FileType(f"{_OOXML}.spreadsheetml.sheet", _office("xl/workbook.xml")),
    "zip": FileType("application/zip", _is_zip),
}
