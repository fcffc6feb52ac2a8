"""A release in a folder: its files, each checked by its digest, so that a download that broke off is noticed."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from mechkg.client.questions import FileOfRelease
from mechkg.errors import BadInputError, RemoteError

MANIFEST: Final = "manifest.json"
_TRIES: Final = 2
"""A file that came otherwise than it should is fetched once more, for something in between may have kept a broken one."""


def download(release: str, files: Sequence[FileOfRelease], fetch: Callable[[str, Path], str], folder: Path) -> Path:
    """Fetch the files of a release into a new folder, all of them or none, and return the folder.

    ``fetch`` writes the file called so into a path and returns its SHA-256. Raise RemoteError for a file that is not what the
    server says it is, BadInputError for a folder that holds something else. A folder that holds the release already is left.
    """
    if is_whole(folder, release, files):
        return folder
    with written_whole(folder) as temporary:
        fetch(MANIFEST, _place(temporary, MANIFEST))
        for file in files:
            _fetched(file, fetch, _place(temporary, file.name))
        manifest = json.loads((temporary / MANIFEST).read_text(encoding="utf-8"))
        told = {(file["name"], file["sha256"]) for file in manifest.get("files", ())}
        if manifest.get("release") != release or told != {(file.name, file.sha256) for file in files}:
            raise RemoteError(f"the manifest of release {release} names other files than the server does", hint="try again")
    return folder


def is_whole(folder: Path, release: str, files: Sequence[FileOfRelease]) -> bool:
    """Say whether a folder holds all files of a release unchanged; raise BadInputError when it holds something else."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return False
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        same = said["release"] == release
    except (OSError, ValueError, KeyError, TypeError):
        same = False
    if not same:
        raise BadInputError(f"{folder} holds something else than release {release}", hint="give a new folder")
    return all((folder / file.name).is_file() and _digest(folder / file.name) == file.sha256 for file in files)


@contextmanager
def written_whole(folder: Path, unless: Callable[[], bool] = lambda: False) -> Iterator[Path]:
    """Yield a new folder beside ``folder``, which takes its place when all went well, and goes when not.

    ``unless``: it goes too when that is so in the end, and what is there stays.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield temporary
        if not unless():
            if folder.exists():
                shutil.rmtree(folder)  # broken off, or empty: is_whole has refused anything else
            temporary.replace(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _fetched(file: FileOfRelease, fetch: Callable[[str, Path], str], into: Path) -> None:
    for _ in range(_TRIES):
        digest = fetch(file.name, into)
        if digest == file.sha256:
            return
    size = into.stat().st_size
    what = f"{size} bytes of {file.bytes}" if size != file.bytes else "other bytes than it should have"
    raise RemoteError(f"{file.name} came with {what}", hint="the connection, or something in between, cuts or changes files")


def _place(folder: Path, name: str) -> Path:
    """Return where a file goes; raise RemoteError for a name that leads out of the folder."""
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts or "\\" in name or not parts.parts:
        raise RemoteError(f"the server names a file '{name}', which leads out of the folder")
    place = folder.joinpath(*parts.parts)
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
