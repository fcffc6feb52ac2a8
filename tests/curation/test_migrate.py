"""A ledger of an earlier mechkg is taken over, and can be given back, on both databases, without losing or changing an act.

``old/`` holds such ledgers, as the mechkg wrote them that first had schema version 2, dumped by the tools of the databases.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from mechkg.curation import tables
from mechkg.curation.assertions import accept, propose
from mechkg.curation.glance import SCHEMA_VERSION, glance
from mechkg.curation.ledger import Ledger
from mechkg.curation.migrate import OLDEST, migrate
from mechkg.errors import LedgerError
from mechkg.model.ledger_record import AssertionRecord

OLD = Path(__file__).parent / "old"


@pytest.fixture
def old(place: str) -> str:
    """Return where a ledger of schema version 2 is, with five acts."""
    if "://" not in place:
        with sqlite3.connect(place) as raw:
            raw.executescript((OLD / "schema-2-sqlite.sql").read_text())
        raw.close()
        return place
    engine = create_engine(place)
    with engine.begin() as connection:
        connection.exec_driver_sql((OLD / "schema-2-postgresql.sql").read_text())
    engine.dispose()
    return place


def everything(place: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of the tables of record."""
    engine = create_engine(tables.url_of(place))
    with engine.connect() as connection:
        found = {
            name: [tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key))]
            for name, table in tables.metadata.tables.items()
            if name != "meta"
        }
    engine.dispose()
    return found


def shape(place: str) -> dict[str, Any]:
    """Return all that a database is made of: tables with columns, keys and indexes, triggers and functions."""
    engine = create_engine(tables.url_of(place))
    with engine.connect() as connection:
        seen = inspect(connection)
        found: dict[str, Any] = {}
        for name in seen.get_table_names():
            columns = {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in seen.get_columns(name)}
            indexes = sorted((str(i["name"]), tuple(i["column_names"]), bool(i["unique"])) for i in seen.get_indexes(name))
            keys = [(key["name"], key["constrained_columns"], key["options"]) for key in seen.get_foreign_keys(name)]
            checks = sorted(str(check["name"]) for check in seen.get_check_constraints(name))
            primary = seen.get_pk_constraint(name)["constrained_columns"]
            found[name] = (columns, indexes, sorted(map(str, keys)), checks, primary)
        if engine.dialect.name == "sqlite":
            about = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' OR name = 'act_settling' ORDER BY name"
        else:
            about = (
                "SELECT tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid "
                "WHERE c.relnamespace = current_schema()::regnamespace AND NOT tgisinternal "
                "UNION SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace "
                "UNION SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1, 2"
            )
        schema = "" if engine.dialect.name == "sqlite" else connection.execute(text("SELECT current_schema()")).scalar_one()
        found["by hand"] = [
            tuple(str(part).replace(f"{schema}.", "") if schema else part for part in row)
            for row in connection.execute(text(about))
        ]
    engine.dispose()
    return found


def test_an_old_ledger_is_taken_over_with_all_that_is_in_it(old: str, claim: Callable[..., AssertionRecord]) -> None:
    before = everything(old)
    assert [len(before[name]) for name in ("act", "assertion", "batch")] == [5, 4, 1]
    with Ledger.open(old, upgrade=True) as ledger:
        assert ledger.verify_chain() is None
        assert everything(old) == before
        more = claim("a-9")
        propose(ledger, more, actor="ana")
        assert accept(ledger, more.id, actor="bo").position == 7
        assert ledger.verify_chain() is None


def test_what_a_migration_makes_is_what_a_new_ledger_has(old: str, new_place: Callable[[], str]) -> None:
    new = new_place()
    Ledger.open(new).close()
    assert shape(old) != shape(new)
    Ledger.open(old, upgrade=True).close()
    assert shape(old) == shape(new)


def test_autogenerate_finds_nothing_to_do(old: str, new_place: Callable[[], str]) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    def differences(place: str) -> list[Any]:
        engine = create_engine(tables.url_of(place))
        with engine.connect() as connection:

            def is_compared(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
                return (kind, name) not in {("index", "act_settling"), ("table", tables.version.name)}

            context = MigrationContext.configure(
                connection,
                opts={
                    "target_metadata": [tables.metadata, tables.beside],
                    "compare_type": True,
                    "compare_server_default": True,
                    "include_object": is_compared,
                    "version_table": tables.version.name,
                },
            )
            found = compare_metadata(context, [tables.metadata, tables.beside])
        engine.dispose()
        return list(found)

    assert differences(old) != []  # the comparison sees what is missing
    Ledger.open(old, upgrade=True).close()
    assert differences(old) == []
    new = new_place()
    Ledger.open(new).close()
    assert differences(new) == []


def test_up_and_down_and_up_again(old: str) -> None:
    before = everything(old)
    with Ledger.open(old, upgrade=True) as ledger:
        up = shape(old)
        assert ledger.migrate(OLDEST) == SCHEMA_VERSION
        assert _version(old) == (str(OLDEST), "0002")
        assert everything(old) == before
        assert ledger.migrate() == OLDEST
        assert _version(old) == (str(SCHEMA_VERSION), "0003")
        assert ledger.migrate() == SCHEMA_VERSION
        assert ledger.verify_chain() is None
    assert shape(old) == up
    assert everything(old) == before


def test_the_mechkg_of_that_time_reads_a_ledger_that_was_given_back(old: str) -> None:
    with Ledger.open(old, upgrade=True) as ledger:
        ledger.migrate(OLDEST)
    found = shape(old)
    assert set(tables.metadata.tables) <= set(found)
    names = [name for name, _ in found["by hand"]]
    assert "act_no_gap" in names and "act_tells" not in names


def test_a_new_ledger_goes_down_and_up(place: str) -> None:
    with Ledger.open(place) as ledger:
        new = shape(place)
        ledger.migrate(OLDEST)
        ledger.migrate()
    assert shape(place) == new


def test_a_file_is_changed_when_it_is_opened_and_a_server_only_when_asked(old: str) -> None:
    if "://" in old:
        with pytest.raises(LedgerError, match=r"schema version 2; this mechkg works with 3 \(mechkg upgrade"):
            Ledger.open(old)
        assert _version(old) == ("2", None)
    else:
        Ledger.open(old).close()
        assert _version(old) == (str(SCHEMA_VERSION), "0003")


def test_without_leave_an_old_ledger_is_let_be(old: str) -> None:
    with pytest.raises(LedgerError, match="schema version 2"):
        Ledger.open(old, upgrade=False)
    assert _version(old) == ("2", None)


def test_a_file_is_complete_after_a_server_was_made_in_the_same_process(postgresql: str, tmp_path: Path) -> None:
    engine = create_engine(postgresql)
    with engine.connect() as connection:
        connection.execute(text("CREATE SCHEMA before_a_file"))
        connection.execute(text("SET search_path TO before_a_file"))
        tables.create(connection, {"format": "none"})
        connection.rollback()
    engine.dispose()
    Ledger.open(tmp_path / "ledger.db").close()
    assert "assertion_first_seen" in str(shape(str(tmp_path / "ledger.db"))["assertion"][2])


def test_a_newer_ledger_is_refused_with_what_to_do(place: str) -> None:
    Ledger.open(place).close()
    engine = create_engine(tables.url_of(place))
    with engine.begin() as connection:
        connection.execute(text("UPDATE meta SET value = '4' WHERE name = 'schema'"))
    engine.dispose()
    with pytest.raises(LedgerError, match=r"schema version 4.*newer mechkg.*mechkg upgrade --to 3"):
        Ledger.open(place)


@pytest.mark.parametrize("version", [0, 1, 99])
def test_there_is_no_way_to_other_versions(place: str, version: int) -> None:
    with Ledger.open(place) as ledger, pytest.raises(LedgerError, match="versions are 2 to 3"):
        ledger.migrate(version)


def test_two_that_open_an_old_ledger_at_once_change_it_once(old: str) -> None:
    failed: list[BaseException] = []
    together = threading.Barrier(4)

    def open_it() -> None:
        try:
            together.wait()
            with Ledger.open(old, upgrade=True) as ledger:
                assert ledger.position() == 5
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert _version(old) == (str(SCHEMA_VERSION), "0003")


def test_a_migration_that_fails_leaves_the_old_tables(old: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = shape(old)

    def fail_at_last(connection: Any, at: int, to: int) -> None:
        migrate(connection, at, to)
        raise OSError("pulled the plug")

    monkeypatch.setattr("mechkg.curation.ledger.migrate", fail_at_last)
    with pytest.raises(OSError, match="plug"):
        Ledger.open(old, upgrade=True)
    assert shape(old) == before
    assert _version(old)[0] == "2"


def test_a_glance_does_not_read_an_old_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with sqlite3.connect(path) as raw:
        raw.executescript((OLD / "schema-2-sqlite.sql").read_text())
    raw.close()
    assert glance(path) is None
    Ledger.open(path).close()
    seen = glance(path)
    assert seen is not None and seen.position == 5


def _version(place: str) -> tuple[str, str | None]:
    """Return the schema version that ``meta`` tells, and the migration that Alembic was left at."""
    engine = create_engine(tables.url_of(place))
    with engine.connect() as connection:
        told = connection.execute(text("SELECT value FROM meta WHERE name = 'schema'")).scalar_one()
        kept = inspect(connection).has_table("ledger_version")
        left_at = connection.execute(text("SELECT version_num FROM ledger_version")).scalar() if kept else None
    engine.dispose()
    return told, left_at
