"""Names of files: shown as they read, and never a path."""

from __future__ import annotations

import pytest

from models.errors import DomainError
from models.rules.file import clean_digest, clean_file_name, extension_of

DIGEST = "ab" * 32


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("contract.pdf", "contract.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\boot.ini.txt", "boot.ini.txt"),
        ("C:\\Users\\Ada\\price list.xlsx", "price list.xlsx"),
        ("/", "file"),
        ("...", "file"),
        ("", "file"),
        ("in\0voice\r\n.pdf", "invoice.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\u200bb\ufeff.txt", "ab.txt"),
        ("  many   blanks .txt  ", "many blanks .txt"),
        ("CON", "_CON"),
        ("con.pdf", "_con.pdf"),
        ("lpt1.txt", "_lpt1.txt"),
        ("concert.pdf", "concert.pdf"),
        ('a<b>c:"d"|e?*.txt', "a_b_c__d__e__.txt"),
        ("cafe\u0301.txt", "caf\u00e9.txt"),
        ("Übersicht – Preise №1.pdf", "Übersicht – Preise №1.pdf"),
        ("契約書.pdf", "契約書.pdf"),
    ],
)
def test_a_name_is_what_people_read_and_every_system_takes(given: str, kept: str) -> None:
    assert clean_file_name(given) == kept
    assert clean_file_name(kept) == kept


@pytest.mark.parametrize("name", ["x" * 300 + ".pdf", "契" * 200 + ".pdf", "x." + "y" * 400, "🏳️\u200d🌈" * 60 + ".png"])
def test_a_long_name_is_cut_and_keeps_its_extension(name: str) -> None:
    kept = clean_file_name(name)
    assert len(kept.encode()) <= 255
    assert extension_of(kept) == extension_of(name) or len(extension_of(name)) > 64
    assert clean_file_name(kept) == kept


@pytest.mark.parametrize("value", [DIGEST.upper(), DIGEST[1:], f"{DIGEST}\n", "../" + DIGEST[3:], "", "٣" * 64])
def test_a_digest_is_nothing_but_a_digest(value: str) -> None:
    assert clean_digest(DIGEST) == DIGEST
    with pytest.raises(DomainError):
        clean_digest(value)
