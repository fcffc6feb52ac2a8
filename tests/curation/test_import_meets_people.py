"""An import meets what people do: their change sets, what they changed, removed, moved; and what it held back is taken up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.edits import Put, Remove
from mechkg.curation.import_corpus import IMPORTER, HeldBack, import_corpus, records_of
from mechkg.curation.ledger import Ledger
from mechkg.curation.rebase import rebase
from mechkg.curation.reject import reject
from mechkg.curation.restore import restore
from mechkg.curation.retract import retract
from mechkg.curation.revise import revise
from mechkg.curation.withdraw import withdraw
from mechkg.errors import RefusedActError, StaleError
from mechkg.model.corpus import CorpusFile
from mechkg.model.ledger_record import AssertionRecord
from tests.curation import invariants
from tests.curation.staff import ADA, BEN, CLEO, proposed

Maker = Callable[..., CorpusFile]


def _of(corpus: CorpusFile, item: str = "a") -> AssertionRecord:
    return next(record for record in records_of(corpus) if record.item == item)


def _now(ledger: Ledger, item: str = "a") -> str | None:
    found = ledger.accepted_of(item)
    return found.body["statement"] if found else None


@pytest.fixture
def imported(staffed: Ledger, paper: Maker) -> Ledger:
    """Return a ledger with people and a paper of one claim."""
    import_corpus(staffed, paper(a="one"), "paper.yaml")
    return staffed


def test_what_waits_in_a_change_set_is_not_decided_by_a_file(imported: Ledger, paper: Maker) -> None:
    old, new = _of(paper(a="one")), _of(paper(a="two"))
    waiting = proposed(imported, Put(new, old.id))
    report = import_corpus(imported, paper(a="two"), "paper.yaml")
    assert report.held_back == (HeldBack("a", new.id, f"waits in {waiting.id}, by cleo, for a decision"),)
    assert (report.accepted, _now(imported), imported.status(new.id)) == (0, "one", "proposed")
    assert accept(imported, BEN, waiting.id, revision=1).status == "accepted"
    report = import_corpus(imported, paper(a="two"), "paper.yaml")
    assert (report.batch, report.held_back) == (None, ())
    invariants.check(imported)


def test_what_a_file_changes_makes_a_change_set_stale(imported: Ledger, paper: Maker) -> None:
    waiting = proposed(imported, Put(_of(paper(a="mine")), _of(paper(a="one")).id))
    import_corpus(imported, paper(a="two"), "paper.yaml")
    assert _now(imported) == "two"
    with pytest.raises(StaleError):
        accept(imported, BEN, waiting.id, revision=1)
    rebase(imported, CLEO, waiting.id, revision=1, choices={"a": {"statement": "ours"}})
    accept(imported, BEN, waiting.id, revision=2)
    report = import_corpus(imported, paper(a="two"), "paper.yaml")
    assert "wrote another version" in report.held_back[0].reason
    assert _now(imported) == "mine"
    invariants.check(imported)


def test_what_a_curator_changed_stays_and_the_files_words_wait(imported: Ledger, paper: Maker) -> None:
    accept(imported, BEN, proposed(imported, Put(_of(paper(a="mine")), _of(paper(a="one")).id)).id, revision=1)
    for words in ("one", "three"):
        report = import_corpus(imported, paper(a=words), "paper.yaml")
        assert report.held_back[0].reason.startswith("cleo wrote another version")
        assert _now(imported) == "mine"
    assert imported.status(_of(paper(a="three")).id) == "proposed"


def test_what_was_held_back_is_taken_up_and_accepted(imported: Ledger, paper: Maker) -> None:
    mine, theirs = _of(paper(a="mine")), _of(paper(a="three"))
    accept(imported, BEN, proposed(imported, Put(mine, _of(paper(a="one")).id)).id, revision=1)
    import_corpus(imported, paper(a="three"), "paper.yaml")
    taken = proposed(imported, Put(theirs, mine.id))
    kinds = [(act.kind, act.actor) for act in imported.history("a") if act.assertion == theirs.id]
    assert kinds == [("propose", IMPORTER), ("retract", "cleo"), ("propose", "cleo")]
    # it is decided there: the file, which changed again, neither withdraws nor accepts it
    import_corpus(imported, paper(a="four"), "paper.yaml")
    assert imported.status(theirs.id) == "proposed"
    with pytest.raises(RefusedActError, match="proposed already, by cleo"):
        proposed(imported, Put(theirs, mine.id), by=BEN)
    accept(imported, BEN, taken.id, revision=1)
    assert _now(imported) == "three"
    invariants.check(imported)


def test_what_was_taken_up_and_rejected_does_not_come_back(imported: Ledger, paper: Maker) -> None:
    retract(imported, BEN, _of(paper(a="one")).id, code="misread", reason="misread")
    import_corpus(imported, paper(a="two"), "paper.yaml")
    reject(imported, BEN, proposed(imported, Put(_of(paper(a="two")))).id, revision=1, reason="misread too")
    report = import_corpus(imported, paper(a="two"), "paper.yaml")
    assert "rejected by ben" in report.held_back[0].reason
    assert (report.batch, _now(imported)) == (None, None)


@pytest.mark.parametrize("revised", [False, True])
def test_a_proposal_that_its_author_took_back_is_no_decision(staffed: Ledger, paper: Maker, revised: bool) -> None:
    waiting = proposed(staffed, Put(_of(paper(a="one"))))
    if revised:
        revise(staffed, CLEO, waiting.id, [Put(_of(paper(a="other")))], revision=1, base=0)
    else:
        withdraw(staffed, CLEO, waiting.id, revision=1, reason="the file will say so")
    report = import_corpus(staffed, paper(a="one"), "paper.yaml")
    assert (report.held_back, _now(staffed)) == ((), "one")


def test_what_was_removed_or_retracted_by_hand_stays_away_until_restored(imported: Ledger, paper: Maker) -> None:
    one = _of(paper(a="one"))
    accept(imported, BEN, proposed(imported, Remove(one, "misread")).id, revision=1)
    report = import_corpus(imported, paper(a="one"), "paper.yaml")
    assert "retracted by ben" in report.held_back[0].reason
    restore(imported, ADA, one.id, reason="not misread")
    assert import_corpus(imported, paper(a="one"), "paper.yaml").unchanged == 2
    assert import_corpus(imported, paper(a="two"), "paper.yaml").superseded == 1
    assert _now(imported) == "two"


def test_an_item_that_a_file_no_longer_has(imported: Ledger, paper: Maker) -> None:
    waiting = proposed(imported, Put(_of(paper(a="mine")), _of(paper(a="one")).id), Put(_of(paper(b="added"), "b")))
    report = import_corpus(imported, paper(), "paper.yaml")
    assert (report.retracted, report.held_back) == (1, ())
    assert imported.status(_of(paper(a="mine")).id) == "proposed"
    with pytest.raises(StaleError, match="theirs removed it"):
        rebase(imported, CLEO, waiting.id, revision=1)
    rebase(imported, CLEO, waiting.id, revision=1, choices={"a": {"": "theirs"}})
    accept(imported, BEN, waiting.id, revision=2)
    report = import_corpus(imported, paper(), "paper.yaml")
    assert [held.item for held in report.held_back] == ["b"]
    assert _now(imported, "b") == "added"
    invariants.check(imported)


# --- other documents --------------------------------------------------------------------------------------------------


def test_a_mere_proposal_in_another_document_keeps_no_file_out(imported: Ledger, paper: Maker) -> None:
    waiting = proposed(imported, Put(_of(paper("second", b="here"), "b")))
    report = import_corpus(imported, paper(a="one", b="there"), "paper.yaml")
    assert (report.held_back, _now(imported, "b")) == ((), "there")
    with pytest.raises(StaleError):
        accept(imported, BEN, waiting.id, revision=1)
    with pytest.raises(StaleError, match=r"now a claim of 'paper': give ours another id"):
        rebase(imported, CLEO, waiting.id, revision=1, choices={"b": {"statement": "ours", "": "ours"}})


def test_what_somebody_moved_to_another_document_is_held_back(imported: Ledger, paper: Maker) -> None:
    accept(imported, BEN, proposed(imported, Remove(_of(paper(a="one")), "other")).id, revision=1)
    accept(imported, BEN, proposed(imported, Put(_of(paper("second", a="moved")))).id, revision=1)
    report = import_corpus(imported, paper(a="one", c="new"), "paper.yaml")
    assert report.held_back == (HeldBack("a", _of(paper(a="one")).id, "ben put it into 'second'"),)
    assert (_now(imported), _now(imported, "c")) == ("moved", "new")
    report = import_corpus(imported, paper(a="two", c="new"), "paper.yaml")
    assert (report.proposed, len(report.held_back)) == (0, 1)
    invariants.check(imported)
