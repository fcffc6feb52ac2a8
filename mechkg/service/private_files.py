"""Files that one person alone can ask for: kept in the home folder by the hash of what was given, and gone after a while.

They are for work in hand, such as the text of a paper or a table that is to be imported, and are no part of the record: neither
ledger nor graph learns of them. Folders and files are the owner's alone (of the system user who runs the service), each person
has a folder of their own, and what was not used for a while is removed whenever anybody keeps or lists something.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mechkg.errors import BadInputError, NotFoundError, TooLargeError

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PERSON = re.compile(r"[a-z0-9][a-z0-9.\-]{0,39}")
_ABOUT, _CONTENT = "about.json", "content"


@dataclass(frozen=True, slots=True)
class PrivateFile:
    """What somebody keeps: under which hash, what is known about it, and when it was used last (UTC)."""

    digest: str
    about: Mapping[str, Any]
    used: datetime
    until: datetime


class PrivateFiles:
    """The files of one person. ``days`` without use and a file goes; ``most`` may be kept at once."""

    def __init__(self, folder: Path, person: str, *, days: int, most: int) -> None:
        if not _PERSON.fullmatch(person):
            raise BadInputError(f"'{person}' is no short name of a person")
        self.folder, self.person, self.days, self.most = folder, person, days, most

    def keep(self, digest: str, content: bytes, about: Mapping[str, Any]) -> None:
        """Keep content under its hash; what is kept under it already gives way. Raise TooLargeError for one file too many."""
        self.sweep()
        place = self._place(digest)
        if not place.is_dir() and len(self.list()) >= self.most:
            raise TooLargeError(f"{self.most} are kept already, and that is the most", hint="delete one that is done with")
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(OSError):
            self.folder.chmod(0o700)
        making = Path(tempfile.mkdtemp(prefix=".new-", dir=place.parent))  # for its owner alone
        try:
            _write(making / _CONTENT, content)
            _write(making / _ABOUT, json.dumps(dict(about), ensure_ascii=False).encode())
            if place.is_dir():
                shutil.rmtree(place)
            making.rename(place)
        except OSError:
            shutil.rmtree(making, ignore_errors=True)
            raise

    def content(self, digest: str) -> bytes:
        """Return what is kept, and count it as used; raise NotFoundError when there is nothing under this hash."""
        place = self._known(digest)
        with suppress(OSError):
            os.utime(place / _ABOUT)
        return (place / _CONTENT).read_bytes()

    def about(self, digest: str) -> PrivateFile:
        """Return what is known about a file; raise as :meth:`content`."""
        place = self._known(digest)
        return self._read(place)

    def tell(self, digest: str, about: Mapping[str, Any]) -> None:
        """Replace what is known about a file."""
        place = self._known(digest)
        new = place / f".{_ABOUT}"
        _write(new, json.dumps(dict(about), ensure_ascii=False).encode())
        new.replace(place / _ABOUT)

    def delete(self, digest: str) -> None:
        """Remove a file for good."""
        shutil.rmtree(self._known(digest))

    def list(self) -> list[PrivateFile]:
        """Return what is kept, the one used last first."""
        own = self.folder / self.person
        found = [self._read(path) for path in own.glob("*") if _DIGEST.fullmatch(path.name)] if own.is_dir() else []
        return sorted(found, key=lambda each: each.used, reverse=True)

    def sweep(self) -> None:
        """Remove what nobody used for too long, whoever's it is."""
        old = (datetime.now(UTC) - timedelta(days=self.days)).timestamp()
        for about in self.folder.glob(f"*/*/{_ABOUT}"):
            with suppress(OSError):
                if about.stat().st_mtime < old:
                    shutil.rmtree(about.parent)

    def _read(self, place: Path) -> PrivateFile:
        about = place / _ABOUT
        used = datetime.fromtimestamp(about.stat().st_mtime, UTC)
        return PrivateFile(place.name, json.loads(about.read_bytes()), used, used + timedelta(days=self.days))

    def _known(self, digest: str) -> Path:
        place = self._place(digest)
        if not (place / _ABOUT).is_file():
            raise NotFoundError(
                "you keep nothing under this name", hint=f"what is not used for {self.days} days is deleted; give it again"
            )
        return place

    def _place(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise NotFoundError("you keep nothing under this name", hint="it is the SHA-256 of what was given")
        return self.folder / self.person / digest


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
