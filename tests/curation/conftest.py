"""Ledgers to test on: a fresh SQLite file, and a fresh schema of a throw-away PostgreSQL server where there is one."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from mechkg.curation.ledger import Ledger
from mechkg.model.assertion import Claim
from mechkg.model.corpus import CorpusFile
from mechkg.model.ledger_record import AssertionRecord
from tests.curation.staff import employ


def _programs() -> Path | None:
    """Folder of the PostgreSQL server programs, None when they are not installed or cannot be run by this user."""
    if (config := shutil.which("pg_config")) is None:
        return None
    folder = Path(subprocess.run([config, "--bindir"], capture_output=True, text=True, check=True).stdout.strip())
    if not (folder / "initdb").exists() or (os.geteuid() == 0 and not _postgres_user()):
        return None
    return folder


def _postgres_user() -> bool:
    """Say whether root can lend the server to the user 'postgres': PostgreSQL refuses to run as root."""
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        return False
    return shutil.which("runuser") is not None


PROGRAMS = _programs()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Return the URL of a throw-away server on a Unix socket in a temporary folder."""
    if PROGRAMS is None:
        pytest.skip("the PostgreSQL server programs are not installed: the ledger was tested on SQLite only")
    # Short, because the path of a socket may have about 100 characters, and readable by another user.
    folder = Path(tempfile.mkdtemp(prefix="mechkg-pg-"))
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")

    def run(*command: str) -> None:
        subprocess.run([*as_user, *command], check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)

    data = str(folder / "data")
    try:
        run(f"{PROGRAMS}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        # Nothing here outlives the run, so nothing need reach the disk; what is measured on disk is in tests/benchmarks.
        options = f"-k {folder} -c listen_addresses='' -c max_connections=100 -c fsync=off -c full_page_writes=off"
        run(f"{PROGRAMS}/pg_ctl", "-D", data, "-l", str(folder / "log"), "-w", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        finally:
            run(f"{PROGRAMS}/pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def quick_path(tmp_path: Path) -> Iterator[Path]:
    """Return an empty folder, in memory where there is such a place: a commit then waits for no disk."""
    memory = Path("/dev/shm")
    if not (memory.is_dir() and os.access(memory, os.W_OK)):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="mechkg-", dir=memory) as folder:
        yield Path(folder)


@pytest.fixture(params=["sqlite", *(["postgresql"] if PROGRAMS else [])])
def new_place(request: pytest.FixtureRequest, quick_path: Path) -> Callable[[], str]:
    """Return a function that gives, at each call, where a new ledger may be made."""
    made = 0

    def file() -> str:
        nonlocal made
        made += 1
        return str(quick_path / f"ledger-{made}.db")

    if request.param == "sqlite":
        return file
    server = request.getfixturevalue("postgresql")

    def schema() -> str:
        nonlocal made
        made += 1
        name = f"t{os.urandom(6).hex()}"
        engine = create_engine(server)
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {name}"))
        engine.dispose()
        return f"{server}&options=-csearch_path%3D{name}"

    return schema


@pytest.fixture
def place(new_place: Callable[[], str]) -> str:
    """Return where a new ledger may be made."""
    return new_place()


@pytest.fixture(scope="session")
def emptied(postgresql: str) -> Iterator[Callable[[], str]]:
    """Return a function that empties one ledger on the server, which is quicker than to make another, and says where it is."""
    place = f"{postgresql}&options=-csearch_path%3Dagain"
    engine = create_engine(place)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA again"))
    with Ledger.open(place):
        pass
    with engine.connect() as connection:
        ours = "SELECT tablename FROM pg_tables WHERE schemaname = 'again' AND tablename NOT IN ('meta', 'ledger_version')"
        names = connection.execute(text(ours))
        tables = ", ".join(sorted(names.scalars()))

    def empty() -> str:
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # the triggers would refuse it
            connection.execute(text(f"TRUNCATE {tables}"))
        return place

    yield empty
    engine.dispose()


@pytest.fixture
def ledger(request: pytest.FixtureRequest, new_place: Callable[[], str]) -> Iterator[Ledger]:
    """Return an open, empty ledger."""
    if "place" in request.fixturenames:
        where: str = request.getfixturevalue("place")
    elif request.node.callspec.params["new_place"] == "postgresql":
        where = request.getfixturevalue("emptied")()
    else:
        where = new_place()
    with Ledger.open(where) as opened:
        yield opened


@pytest.fixture
def claim() -> Callable[..., AssertionRecord]:
    """Return a maker of assertions: item, words, document."""

    def make(item: str = "a-1", words: str = "first words", document: str = "paper") -> AssertionRecord:
        return AssertionRecord.of("claim", Claim(id=item, kind="conclusion", statement=words), item, document)

    return make


@pytest.fixture
def paper() -> Callable[..., CorpusFile]:
    """Return a maker of corpus files from item ids and words: ``paper(a="words")``."""

    def make(document: str = "paper", title: str = "A title", **claims: str) -> CorpusFile:
        content: dict[str, Any] = {
            "mechkg": 1,
            "source": {"id": document, "title": title},
            "claims": [{"id": i.replace("_", "-"), "kind": "conclusion", "statement": words} for i, words in claims.items()],
        }
        return CorpusFile.model_validate(content)

    return make


@pytest.fixture
def staffed(ledger: Ledger) -> Ledger:
    """Return a ledger with the people of ``staff``."""
    employ(ledger)
    return ledger
