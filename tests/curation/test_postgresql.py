"""The tests of this folder run on a throw-away PostgreSQL server too, where its programs are installed; here is said when not."""

from __future__ import annotations

from sqlalchemy import create_engine, text


def test_a_server_was_there_to_test_on(postgresql: str) -> None:
    engine = create_engine(postgresql)
    with engine.connect() as connection:
        version = connection.execute(text("SHOW server_version_num")).scalar()
    engine.dispose()
    assert int(version) >= 130000
