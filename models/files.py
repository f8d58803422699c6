"""Files that are kept, in a folder outside what the web server gives out: each content once, under its SHA-256.

Content lies there before the row that needs it is written, and is removed after the last one is gone. Whoever writes
such a row holds the folder until the transaction ends; whoever removes content waits for that.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import file_digest, sha256
from pathlib import Path
from secrets import token_hex
from typing import IO

from flask import current_app

from models.errors import DomainError
from models.file_types import CHUNK, TYPES, demand_type
from models.i18n import N_
from models.rules.file import Kept, clean_file_name

MEGABYTE = 1_000_000  # bytes
EMPTY = N_("This file is empty.")
TOO_LARGE = N_("This file is larger than %(most)s MB, which is the most that is kept.")
GONE = N_("What this file held is not there any more. Choose the file again.")


class Store:
    """A folder of contents."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Return where a content lies, or would lie."""
        return self.folder / digest[:2] / digest

    def has(self, digest: str) -> bool:
        """Return whether a content is there."""
        return self.path(digest).is_file()

    def size(self, digest: str) -> int:
        """Return how many bytes a content has; DomainError if it is not there."""
        try:
            return self.path(digest).stat().st_size
        except FileNotFoundError:
            raise DomainError(GONE) from None

    def keep(self, source: IO[bytes], name: str, most: int, allowed: Collection[str] = TYPES) -> Kept:
        """Keep what a stream of at most so many bytes holds, safe on the disk; DomainError for what is not kept."""
        name, draft = clean_file_name(name), self.folder / "new" / token_hex(16)
        draft.parent.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("x+b") as file:
                digest = _copied(source, file, most)
                demand_type(file, name, allowed)
                os.fsync(file.fileno())
            self._publish(draft, digest)
        finally:
            draft.unlink(missing_ok=True)
        return Kept(digest, name)

    def is_whole(self, digest: str) -> bool:
        """Return whether a content is there, and is what it was."""
        try:
            with self.path(digest).open("rb") as file:
                return file_digest(file, "sha256").hexdigest() == digest
        except FileNotFoundError:
            return False

    def contents(self) -> Iterator[tuple[str, datetime]]:
        """Yield all contents, with the moment at which each was last handed in."""
        for path in sorted(self.folder.glob("[0-9a-f][0-9a-f]/*")):
            yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def drafts(self) -> Iterator[Path]:
        """Yield what was never finished, or is being written."""
        yield from (self.folder / "new").glob("*")

    def remove(self, digest: str) -> None:
        """Remove a content that nothing needs."""
        self.path(digest).unlink(missing_ok=True)

    def lock(self, *, alone: bool = False) -> int:
        """Hold the folder, beside others or alone, until the file number that is returned is closed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        held = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(held, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        return held

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder alone, once all that are writing rows with files are done."""
        held = self.lock(alone=True)
        try:
            yield
        finally:
            os.close(held)

    def _publish(self, draft: Path, digest: str) -> None:
        """Give a content its name for good; the same content that is there already is replaced by itself."""
        target = self.path(digest)
        target.parent.mkdir(exist_ok=True)
        draft.replace(target)
        for folder in (target.parent, self.folder):
            _sync(folder)


def store() -> Store:
    """Return where the app keeps files."""
    return Store(current_app.config["FILES_FOLDER"])


def _copied(source: IO[bytes], file: IO[bytes], most: int) -> str:
    """Copy a stream piece by piece and return its digest."""
    digest, size = sha256(), 0
    for chunk in iter(lambda: source.read(CHUNK), b""):
        size += len(chunk)
        if size > most:
            raise DomainError(TOO_LARGE, None, most=f"{most / MEGABYTE:g}")
        digest.update(chunk)
        file.write(chunk)
    if not size:
        raise DomainError(EMPTY)
    file.flush()
    return digest.hexdigest()


def _sync(folder: Path) -> None:
    """Let the names in a folder outlast a loss of power."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
