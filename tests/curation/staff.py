"""Who works in the tests of curation, and what they write."""

from __future__ import annotations

from mechkg.curation.edits import Put, Remove
from mechkg.curation.enrol import enrol, grant
from mechkg.curation.ledger import Ledger
from mechkg.curation.propose import propose
from mechkg.model.assertion import Claim
from mechkg.model.change_set import ChangeSet, RetractionCode
from mechkg.model.ledger_record import AssertionRecord
from mechkg.model.person import Caller, Grant

ADA, BEN, CLEO, DAN = (Caller(name, "python") for name in ("ada", "ben", "cleo", "dan"))
"""An administrator, a reviewer, a curator, a curator of one material only."""


def employ(ledger: Ledger) -> None:
    """Enrol the four."""
    enrol(ledger, ADA, "ada", name="Ada")
    for name, role in (("ben", Grant("reviewer")), ("cleo", Grant("curator")), ("dan", Grant("curator", "m-1"))):
        enrol(ledger, ADA, name, name=name.capitalize())
        grant(ledger, ADA, name, role)


def claim(item: str = "a-1", words: str = "first words", document: str = "paper", **more: object) -> AssertionRecord:
    """Return a claim, frozen."""
    value = Claim.model_validate({"id": item, "kind": "conclusion", "statement": words, **more})
    return AssertionRecord.of("claim", value, item, document)


def put(item: str = "a-1", words: str = "first words", base: AssertionRecord | None = None, **more: object) -> Put:
    """Wish for an item to read so, in place of ``base``."""
    return Put(claim(item, words, **more), base.id if base else None)  # type: ignore[arg-type]


def remove(record: AssertionRecord, code: RetractionCode = "misread") -> Remove:
    """Wish for an item to go."""
    return Remove(record, code)


def proposed(ledger: Ledger, *wishes: Put | Remove, by: Caller = CLEO, title: str = "A title") -> ChangeSet:
    """Propose the wishes as one change set, as of now."""
    return propose(ledger, by, wishes, title=title, base=ledger.settled())


def counting(ledger: Ledger) -> dict[str, str]:
    """Return the words of every claim that counts, by item."""
    return {record.item: record.body["statement"] for record in ledger.accepted().values()}
