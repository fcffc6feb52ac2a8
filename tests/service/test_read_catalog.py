"""The catalogue that follows the acts of the ledger is the one that a full read gives."""

from __future__ import annotations

from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.curation.assertions import accept, propose, reject, restore, retract, supersede
from mechkg.curation.ledger import Ledger
from mechkg.errors import RefusedActError
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.ledger_record import AssertionRecord
from mechkg.service import read_catalog as reading
from mechkg.service.catalog import Catalog, Entry
from mechkg.service.read_catalog import read_catalog

ME = "a curator"


def record(kind: ItemKind, /, **content: Any) -> AssertionRecord:
    item = ITEM_TYPES[kind].model_validate(content)
    return AssertionRecord.of(kind, item, item.id, "paper")


SPECIES = record("species", id="one", kind="PC", material="m", names=["One", "ONE", "the first"])
ALL = [
    SPECIES,
    record("species", id="one", kind="PC", material="m", names=["Uno", "the first"]),
    record("species", id="two", kind="M", material="m", names="the first", possibly_same_as="one"),
    record("procedure", id="p", title="P", stages=[{"id": "a", "action": "mix", "medium": "one"}]),
    record("observation", id="seen", at="p/a", kind="present", subject=["one", "two"]),
    record("claim", id="said", kind="shape", about=["one"], statement="said"),
]


def act(ledger: Ledger, kind: str, each: AssertionRecord) -> None:
    """Do an act, where the ledger allows it."""
    verbs: dict[str, Callable[[], object]] = {
        "propose": lambda: propose(ledger, each, actor=ME),
        "accept": lambda: accept(ledger, each.id, actor=ME),
        "reject": lambda: reject(ledger, each.id, reason="no", actor=ME),
        "retract": lambda: retract(ledger, each.id, reason="no", actor=ME),
        "restore": lambda: restore(ledger, each.id, reason="yes", actor=ME),
        "renew": lambda: renew(ledger, each),
    }
    try:
        verbs[kind]()
    except RefusedActError:
        return


def renew(ledger: Ledger, each: AssertionRecord) -> None:
    """Accept it in place of what counts."""
    old = ledger.accepted_of(each.item)
    with ledger.batch("renew", ME) as batch:
        propose(batch, each)
        if old is not None:
            supersede(batch, old.id, by=each.id)
        accept(batch, each.id)


def everything(catalog: Catalog) -> object:
    """What a catalogue says, with the order in which it says it."""
    entries = [(e.id, e.record, e.accepted_at, e.accepted_by) for e in catalog.entries.values()]
    indexes = [
        {key: [e.record.id for e in found] for key, found in index.items()}
        for index in (catalog.by_kind, catalog.by_name, catalog.referring)
    ]
    return catalog.version, entries, indexes


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["propose", "accept", "reject", "retract", "restore", "renew", "renew", "read", "index"]),
        st.sampled_from(ALL),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_following_the_acts_gives_what_a_full_read_gives(steps: list[tuple[str, AssertionRecord]]) -> None:
    with TemporaryDirectory() as folder, Ledger.open(f"{folder}/ledger.db") as ledger:
        catalog = read_catalog(ledger, 0)
        for kind, each in steps:
            if kind == "read":
                catalog = read_catalog(ledger, ledger.settled(), catalog)
            elif kind == "index":
                everything(catalog)
            else:
                act(ledger, kind, each)
        version = ledger.settled()
        followed = read_catalog(ledger, version, catalog)
        assert everything(followed) == everything(read_catalog(ledger, version))
        assert followed.since(catalog.version, catalog.entries) == exchanged(catalog, followed)
        assert unmet(followed) == unmet(read_catalog(ledger, version))


def exchanged(before: Catalog, now: Catalog) -> tuple[list[str], list[Entry]]:
    """Which items are gone, and which are new or changed, by going through all."""
    come = [entry for name, entry in now.entries.items() if before.entries.get(name) is not entry]
    return [name for name in before.entries if name not in now.entries], come


def unmet(catalog: Catalog) -> dict[str, set[str]]:
    """The names that mean nothing, and who has them."""
    return {name: {e.record.id for e in those} for name, those in catalog.unmet.items() if those}


def test_what_did_not_change_is_carried_over_and_what_was_read_stays_as_it_was(tmp_path: Any) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        for each in ALL[:1] + ALL[2:]:
            act(ledger, "renew", each)
        before = read_catalog(ledger, ledger.settled())
        said = everything(before)
        renew(ledger, ALL[1])
        after = read_catalog(ledger, ledger.settled(), before)
        assert after.entries["seen"] is before.entries["seen"]
        assert after.entries["one"].record == ALL[1]
        assert [e.id for e in after.referring["one"]] == ["two", "p", "seen", "said"]
        assert set(vars(after)) >= {"by_kind", "by_name", "referring"}
        assert everything(before) == said


def test_after_many_acts_all_is_read_at_once(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        act(ledger, "renew", SPECIES)
        before = read_catalog(ledger, ledger.settled())
        for each in ALL[2:]:
            act(ledger, "renew", each)
        monkeypatch.setattr(reading, "_MANY", 3)
        after = read_catalog(ledger, ledger.settled(), before)
        assert after.entries["one"] is not before.entries["one"]
        assert everything(after) == everything(read_catalog(ledger, ledger.settled()))
