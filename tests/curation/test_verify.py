"""Whatever is done to a ledger behind its back, the first act that is not what was written is named: which, and what is there."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from mechkg.curation.chain import START
from mechkg.curation.import_corpus import import_corpus
from mechkg.curation.ledger import Ledger
from mechkg.curation.snapshot import settle_file, snapshot
from mechkg.curation.verify import Head, Verified, verify
from mechkg.errors import LedgerError
from mechkg.model.corpus import CorpusFile
from tests.curation.forger import flip, forge
from tests.curation.staff import BEN, CLEO, employ, proposed, put

# What a ledger made by ``written`` holds: people, 1 to 8; a batch, 9 to 16 (the paper, a-1, a-2 and a-3, each proposed and then
# accepted); a change set, 17, and what it proposes, 18.
ACTS = 18


@pytest.fixture
def written(place: str, paper: Callable[..., CorpusFile]) -> str:
    """Return where a ledger is that holds people, a batch and a change set."""
    with Ledger.open(place) as ledger:
        employ(ledger)
        import_corpus(ledger, paper(a_1="one", a_2="two", a_3="three"), "paper.yaml")
        proposed(ledger, put("n-1"), by=CLEO)
        assert ledger.position() == ACTS, "the positions below are those of this ledger"
    return place


def _verified(place: str, *among: Head) -> Verified:
    with snapshot(place) as connection:
        return verify(connection, among=among)


def test_a_ledger_as_it_was_written_holds(written: str) -> None:
    found = _verified(written)
    assert found.broken is None
    with Ledger.open(written) as ledger:
        acts = list(ledger.acts())
        assert found.head == Head(ACTS, acts[-1].digest)
        assert found.assertions == len(ledger.assertions()) == 5
        assert ledger.verify_chain() is None


def test_an_empty_ledger_holds(place: str) -> None:
    Ledger.open(place).close()
    assert _verified(place) == Verified(Head(0, START), None, 0, 0)


def test_where_there_is_no_ledger_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"), snapshot(tmp_path / "none.db"):
        pass
    assert list(tmp_path.iterdir()) == []


SWAP = (
    "UPDATE act SET position = 1000 WHERE position = 9",
    "UPDATE act SET position = 9 WHERE position = 11",
    "UPDATE act SET position = 11 WHERE position = 1000",
)
ADDED = (
    "INSERT INTO act (position, kind, assertion, subject, actor, at, digest, door) VALUES "
    "(19, 'comment', NULL, 'item:a-1', 'eve', '2024-01-01T00:00:00.000000Z', '{digest}', 'web')"
)


@pytest.mark.parametrize(
    ("forgery", "position", "reason", "found"),
    [
        (("UPDATE act SET actor = 'eve' WHERE position = 5",), 5, "its digest does not fit", None),
        (("UPDATE act SET at = '2020-01-01T00:00:00.000000Z' WHERE position = 4",), 4, "its digest does not fit", None),
        (("UPDATE act SET reason = 'no' WHERE position = 9",), 9, "its digest does not fit", None),
        (("UPDATE act SET content = '{}' WHERE position = 17",), 17, "its digest does not fit", None),
        (("UPDATE act SET content = '{' WHERE position = 17",), 17, "is no JSON", "{"),
        (("UPDATE act SET content = content || ' ' WHERE position = 17",), 17, "is not as it was written", None),
        ((f"UPDATE act SET digest = '{'f' * 64}' WHERE position = 7",), 7, "its digest does not fit", "f" * 64),
        (("DELETE FROM act WHERE position = 3",), 3, "it is missing", "the next one at 4"),
        (("DELETE FROM act WHERE position = 1",), 1, "it is missing", "the next one at 2"),
        (SWAP, 9, "its digest does not fit", None),
        ((ADDED.format(digest="0" * 64),), 19, "its digest does not fit", "0" * 64),
        (("DELETE FROM act WHERE position > 14",), 15, "was put there by no act", None),
        (("UPDATE assertion SET body = replace(body, 'two', 'six') WHERE item = 'a-2'",), 13, "is not what its id says", None),
        (("UPDATE assertion SET item = 'a-9' WHERE item = 'a-1'",), 11, "is not what its id says", "an assertion on 'a-1'"),
        (("UPDATE assertion SET document = 'elsewhere' WHERE item = 'a-3'",), 15, "is not what its id says", None),
        (("UPDATE assertion SET body = 'not JSON' WHERE item = 'a-1'",), 11, "is not what its id says", "no JSON of an item"),
        (("UPDATE assertion SET first_seen = 2 WHERE item = 'a-2'",), 13, "does not name its first act", "2"),
        (("DELETE FROM assertion WHERE item = 'a-2'",), 13, "the assertion that it is upon is missing", "nothing"),
        (
            ("INSERT INTO assertion SELECT 'RAx', kind, item, document, body, 12 FROM assertion WHERE item = 'a-2'",),
            12, "assertion RAx (item 'a-2') was put there by no act", None,
        ),
        (("UPDATE batch SET proposed = 9",), 9, "its batch-9 says otherwise (proposed)", "9"),
        (("DELETE FROM batch",), 9, "the batch that it is of is missing", "nothing"),
        (
            ("INSERT INTO batch SELECT 'batch-10', name, document, file_digest, actor, at, 0, 0, 0, 0, 0, 10 FROM batch",),
            10, "batch-10 ('paper.yaml') has no acts", None,
        ),
    ],
)  # fmt: skip
def test_a_forgery_is_named(written: str, forgery: tuple[str, ...], position: int, reason: str, found: str | None) -> None:
    forge(written, *forgery)
    broken = _verified(written).broken
    assert broken is not None
    assert (broken.position, reason in broken.reason) == (position, True), str(broken)
    if found is not None:
        assert broken.found == found


def test_two_forgeries_the_first_is_named(written: str) -> None:
    forge(written, "UPDATE act SET actor = 'eve' WHERE position = 14", "UPDATE assertion SET item = 'a-9' WHERE item = 'a-2'")
    broken = _verified(written).broken
    assert broken is not None
    assert broken.position == 13


def test_what_no_chain_can_show_an_earlier_head_does(written: str) -> None:
    """Acts cut off at the end, and acts written anew with digests that fit."""
    with Ledger.open(written) as ledger:
        acts = list(ledger.acts())
    head, earlier = Head(ACTS, acts[-1].digest), Head(9, acts[8].digest)
    assert _verified(written, head, earlier, Head()).broken is None
    forge(written, "DELETE FROM act WHERE position = 18", "DELETE FROM assertion WHERE item = 'n-1'")
    assert _verified(written, earlier).broken is None
    cut = _verified(written, head, earlier).broken
    assert cut is not None
    assert (cut.position, cut.expected, cut.found) == (18, "18 acts", "17 acts")
    with Ledger.open(written) as ledger:
        proposed(ledger, put("b-1"), by=BEN)
    other = _verified(written, head).broken
    assert other is not None
    assert (other.position, other.expected) == (18, head.digest)
    assert "another one than before" in other.reason


def test_a_ledger_is_verified_while_others_write(written: str) -> None:
    with snapshot(written) as connection:
        before = verify(connection)
        with Ledger.open(written) as ledger:
            proposed(ledger, put("b-1"), by=BEN)
            again = verify(connection)
            assert ledger.verify_chain() is None
    assert before == again
    assert _verified(written).acts == ACTS + 2


# --- damage to the file itself ----------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path, paper: Callable[..., CorpusFile]) -> Path:
    """Return the file of a ledger of some pages."""
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        for number in range(4):
            claims = {f"c{number}_{n}": f"words of {number} and {n}" for n in range(20)}
            import_corpus(ledger, paper(f"paper-{number}", **claims), f"paper-{number}.yaml")
    settle_file(path)
    return path


def test_a_flipped_bit_of_a_digest_a_text_or_an_assertion_is_named(file: Path) -> None:
    with Ledger.open(file) as ledger:
        acts = list(ledger.acts())
        records = ledger.assertions()
    settle_file(file)
    whole = file.read_bytes()
    act = acts[57]
    flip(file, act.digest.encode())
    assert (broken := _verified(str(file)).broken) is not None
    assert broken.position == act.position
    file.write_bytes(whole)
    record = next(r for r in records.values() if r.body.get("statement") == "words of 2 and 11")
    first = next(a.position for a in acts if a.assertion == record.id)
    flip(file, b"words of 2 and 11")
    assert (broken := _verified(str(file)).broken) is not None
    assert broken.position == first
    file.write_bytes(whole)
    flip(file, b"words of 2 and 11", bit=7)  # no UTF-8 any more
    assert (broken := _verified(str(file)).broken) is not None
    assert broken.position == first


def test_no_flipped_bit_of_what_is_stored_goes_unnoticed(file: Path) -> None:
    """Each damaged page either cannot be read, or what stands there is not what was written; unused bytes do not matter."""
    whole = file.read_bytes()
    chance = random.Random(7)
    noticed = 0
    for _ in range(60):
        content = bytearray(whole)
        place = chance.randrange(100, len(content))
        content[place] ^= 1 << chance.randrange(8)
        file.write_bytes(content)
        try:
            found = _verified(str(file))
        except LedgerError:
            noticed += 1
            continue
        if found.broken is not None:
            noticed += 1
            continue
        with Ledger.open(file) as ledger:  # whatever was hit, no act and no assertion was
            assert found.head.position == 168
            assert len(ledger.assertions()) == 84
        settle_file(file)
    assert noticed >= 10


def test_a_damaged_index_is_named_when_all_acts_are_there(file: Path) -> None:
    forge(
        str(file),
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = 'CREATE INDEX act_actor ON act (door, position)' WHERE name = 'act_actor'",
        "PRAGMA writable_schema = OFF",
    )
    broken = _verified(str(file)).broken
    assert broken is not None
    assert "the file is damaged" in broken.reason
