"""The folder of a sweep: what is asked, what is done, and in the end the result.

``sweep.json`` says what is asked. ``progress.db`` (SQLite) has what came of each block, on the disk as soon as it has come in; so
whatever is killed, what was done is there, whole, and the same sweep goes on from it. One process works on it at a time.
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from mechkg.durable import sync
from mechkg.errors import BadInputError, BusyError, NotFoundError
from mechkg.reasoning.blocks import Counts
from mechkg.service.sweep_work import Done, NamedVerdict

QUESTION = "sweep.json"
PROGRESS = "progress.db"

_TABLES = (
    "CREATE TABLE IF NOT EXISTS done (place INTEGER PRIMARY KEY, found BLOB NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS given_up (place INTEGER PRIMARY KEY, tries INTEGER NOT NULL, reason TEXT NOT NULL) STRICT",
)


class SweepFolder:
    """The folder of one sweep, open for it alone. Use it as a context manager."""

    def __init__(self, folder: Path, content: Mapping[str, Any], progress: sqlite3.Connection) -> None:
        self.folder = folder
        self.content = content
        """What ``sweep.json`` says."""

        self._progress = progress

    @classmethod
    def open(cls, folder: Path, question: Mapping[str, Any], asked: Mapping[str, Any]) -> SweepFolder:
        """Open the folder of the sweep that answers ``question``, making it when it is not there; ``asked``: in the user's words.

        Raises BadInputError for the folder of another sweep, naming what differs, and for one that holds anything else; BusyError
        while another process works on it.
        """
        with _in_words(folder):
            folder.mkdir(parents=True, exist_ok=True)
            if not (folder / QUESTION).exists():
                if found := sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")):
                    raise BadInputError(f"'{folder}' holds no sweep, and is not empty: {found[0]}", hint="name an empty folder")
                content = json.dumps({"question": question, "asked": asked}, indent=2, ensure_ascii=False) + "\n"
                write_whole(folder / QUESTION, content.encode())
            content_there = read_question(folder)
            _refuse_another(folder, content_there["question"], question)
            progress = sqlite3.connect(folder / PROGRESS, timeout=0, isolation_level=None)
            try:
                for setting in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
                    progress.execute(f"PRAGMA {setting}")
                with progress:
                    progress.execute("BEGIN EXCLUSIVE")
                    for table in _TABLES:
                        progress.execute(table)
            except sqlite3.OperationalError as error:
                progress.close()
                if "locked" in str(error):
                    hint = "wait until it ends, or name another folder"
                    raise BusyError(f"another process works on the sweep in '{folder}'", hint=hint) from error
                raise
            except BaseException:
                progress.close()
                raise
        return cls(folder, content_there, progress)

    def done(self) -> Iterator[Done]:
        """Yield what came of the blocks that are done, in their order."""
        with _in_words(self.folder):
            for place, found in self._progress.execute("SELECT place, found FROM done ORDER BY place"):
                yield _read(place, found)

    def given_up(self) -> list[tuple[int, int, str]]:
        """Return the blocks that were given up: place, how often they were tried, and why the last time came to nothing."""
        with _in_words(self.folder):
            return self._progress.execute("SELECT place, tries, reason FROM given_up ORDER BY place").fetchall()

    def add(self, done: Iterable[Done], given_up: Iterable[tuple[int, int, str]] = ()) -> None:
        """Take down blocks: all of them are on the disk when this returns, or none is."""
        with _in_words(self.folder), self._transaction():
            self._progress.executemany("INSERT OR REPLACE INTO done VALUES (?, ?)", [(d.place, _written(d)) for d in done])
            self._progress.executemany("INSERT OR REPLACE INTO given_up VALUES (?, ?, ?)", given_up)

    def try_again(self) -> None:
        """Forget which blocks were given up."""
        with _in_words(self.folder), self._transaction():
            self._progress.execute("DELETE FROM given_up")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._progress:  # commits, or rolls back
            self._progress.execute("BEGIN IMMEDIATE")
            yield

    def close(self) -> None:
        """Let another process have it."""
        self._progress.close()

    def __enter__(self) -> SweepFolder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def read_question(folder: Path) -> Any:
    """Return what ``sweep.json`` says; raise NotFoundError where there is none, BadInputError where it is none of ours."""
    try:
        content = json.loads((folder / QUESTION).read_bytes())
        if isinstance(content["question"], dict) and isinstance(content["asked"], dict):
            return content
    except FileNotFoundError:
        raise NotFoundError(f"there is no sweep in '{folder}'", hint="begin one by naming a hypothesis space") from None
    except (ValueError, KeyError, TypeError):
        pass
    raise BadInputError(f"'{folder / QUESTION}' does not say what is asked", hint="name another folder")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that whoever looks finds all of it or what was there before, also when the power fails."""
    unfinished = path.with_name(f".{path.name}.new")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    put_in_place(unfinished, path)


def put_in_place(unfinished: Path, path: Path) -> None:
    """Give a file that is on the disk its name."""
    unfinished.replace(path)
    sync(path.parent)


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    """Say in words why a folder cannot be read or written."""
    try:
        yield
    except (OSError, sqlite3.Error, zlib.error) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        hint = "what was done before is kept, and the same command goes on from it"
        raise BadInputError(f"the sweep in '{folder}' cannot be read or written: {why}", hint=hint) from error


def _refuse_another(folder: Path, there: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    """Raise BadInputError with the first thing in which two questions differ."""
    if there == asked:
        return
    then, now = _told(there), _told(asked)
    name = next((name for name in now if then.get(name) != now[name]), "its form")
    what = f"{name} was {then.get(name, 'something else')}, and is now {now.get(name, 'another')}"
    raise BadInputError(f"'{folder}' holds another sweep: {what}", hint="name another folder, or ask as it was asked")


def _told(question: Mapping[str, Any]) -> dict[str, str]:
    """Return a question item by item, in the words of an error."""
    spaces = question.get("spaces", ())
    found = {"the list of spaces": ", ".join(str(space.get("space")) for space in spaces)}
    for space in spaces:
        found |= {f"the {name} of '{space.get('space')}'": str(value) for name, value in space.items() if name != "space"}
    return found | {name: json.dumps(value) for name, value in question.items() if name != "spaces"}


def _written(done: Done) -> bytes:
    counts = done.counts
    content = {
        "counts": [counts.candidates, counts.survivors, counts.on, counts.hits],
        "first": done.first_survivors,
        "verdicts": [tuple(verdict) for verdict in done.verdicts],
        "seconds": done.seconds,
        "worker": done.worker,
    }
    return zlib.compress(orjson.dumps(content))


def _read(place: int, found: bytes) -> Done:
    content = orjson.loads(zlib.decompress(found))
    candidates, survivors, on, hits = content["counts"]
    verdicts = tuple(NamedVerdict(c, v, tuple(out), tuple(explained)) for c, v, out, explained in content["verdicts"])
    counts = Counts(candidates, survivors, tuple(on), hits)
    return Done(place, counts, tuple(content["first"]), verdicts, content["seconds"], content["worker"])
