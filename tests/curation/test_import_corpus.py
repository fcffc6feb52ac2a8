"""The import of a corpus file: whole, once, and never over a curator's head."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mechkg.curation.assertions import accept, propose, reject, retract, supersede
from mechkg.curation.batch import successor
from mechkg.curation.import_corpus import IMPORTER, HeldBack, ImportReport, import_corpus, records_of
from mechkg.curation.ledger import Ledger
from mechkg.errors import RefusedActError
from mechkg.model.corpus import CorpusFile
from mechkg.model.ledger_record import AssertionRecord

Maker = Callable[..., CorpusFile]


def _numbers(report: ImportReport) -> tuple[int, int, int, int, int]:
    return report.proposed, report.accepted, report.superseded, report.retracted, report.unchanged


def _said(ledger: Ledger) -> dict[str, str]:
    """Item -> words that are accepted."""
    return {r.item: str(r.body.get("statement", r.body.get("title"))) for r in ledger.accepted().values()}


def _of(corpus: CorpusFile, item: str) -> AssertionRecord:
    return next(record for record in records_of(corpus) if record.item == item)


def test_a_new_file_is_proposed_and_accepted(ledger: Ledger, paper: Maker) -> None:
    seen: list[tuple[int, int]] = []
    corpus = paper(a="one", b="two")
    report = import_corpus(ledger, corpus, "paper.yaml", progress=lambda done, of: seen.append((done, of)))
    assert _numbers(report) == (3, 3, 0, 0, 0)
    assert report.held_back == ()
    assert (report.document, report.file_name, report.batch) == ("paper", "paper.yaml", "batch-1")
    assert _said(ledger) == {"paper": "A title", "a": "one", "b": "two"}
    assert {record.kind for record in ledger.accepted().values() if record.item == "paper"} == {"document"}
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert {act.actor for act in ledger.acts()} == {IMPORTER}
    (batch,) = ledger.batches()
    assert (batch.id, batch.name, batch.document, batch.proposed, batch.accepted) == ("batch-1", "paper.yaml", "paper", 3, 3)


def test_the_same_file_gives_no_act(ledger: Ledger, paper: Maker) -> None:
    import_corpus(ledger, paper(a="one", b="two"), "paper.yaml")
    report = import_corpus(ledger, paper(a="one", b="two"), "renamed.yaml", "another importer")
    assert _numbers(report) == (0, 0, 0, 0, 3)
    assert report.batch is None
    assert ledger.position() == 6
    assert len(ledger.batches()) == 1


def test_changed_new_and_missing_items(ledger: Ledger, paper: Maker) -> None:
    first, second = paper(a="one", b="two", c="three"), paper(a="one", b="two and a half", d="four")
    import_corpus(ledger, first, "paper.yaml")
    report = import_corpus(ledger, second, "paper.yaml", file_digest="abc")
    assert _numbers(report) == (2, 2, 1, 1, 2)
    assert _said(ledger) == {"paper": "A title", "a": "one", "b": "two and a half", "d": "four"}
    old, new, gone = _of(first, "b"), _of(second, "b"), _of(first, "c")
    assert [ledger.status(r.id) for r in (old, new, gone)] == ["superseded", "accepted", "retracted"]
    superseding = next(act for act in ledger.history("b") if act.kind == "supersede")
    assert superseding.assertion == old.id
    assert successor(superseding.reason) == new.id
    assert ledger.history("c")[-1].reason == "no longer in paper.yaml"
    assert ledger.batches()[-1].file_digest == "abc"
    assert _numbers(import_corpus(ledger, second, "paper.yaml")) == (0, 0, 0, 0, 4)


def test_earlier_words_may_come_back(ledger: Ledger, paper: Maker) -> None:
    first, second = paper(a="one", b="two"), paper(a="uno")
    for corpus in (first, second, first, second, first):
        import_corpus(ledger, corpus, "paper.yaml")
        assert _said(ledger) == {record.item: str(record.body.get("statement", "A title")) for record in records_of(corpus)}
    assert len(ledger.assertions()) == 4
    assert ledger.verify_chain() is None


def test_a_changed_document_is_a_new_version_of_it(ledger: Ledger, paper: Maker) -> None:
    import_corpus(ledger, paper(a="one"), "paper.yaml")
    report = import_corpus(ledger, paper(title="A better title", a="one"), "paper.yaml")
    assert _numbers(report) == (1, 1, 1, 0, 1)
    assert _said(ledger)["paper"] == "A better title"


def test_a_failure_in_the_middle_leaves_nothing(ledger: Ledger, paper: Maker) -> None:
    def fail(done: int, of: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_corpus(ledger, paper(a="one", b="two"), "paper.yaml", progress=fail)
    assert (ledger.position(), ledger.assertions(), ledger.batches()) == (0, {}, [])


def test_an_id_twice_in_a_file_is_refused(ledger: Ledger) -> None:
    claim = {"id": "a", "kind": "conclusion"}
    remark = {"id": "a", "kind": "gap", "text": "words"}
    corpus = CorpusFile.model_validate({"mechkg": 1, "source": {"id": "paper"}, "claims": [claim], "remarks": [remark]})
    with pytest.raises(RefusedActError, match=r"paper\.yaml: 'a' names both a claim and a remark"):
        import_corpus(ledger, corpus, "paper.yaml")
    assert ledger.position() == 0


def test_an_id_of_another_document_is_refused_until_it_has_left(ledger: Ledger, paper: Maker) -> None:
    import_corpus(ledger, paper("first", a="one", b="two"), "first.yaml")
    with pytest.raises(RefusedActError, match="item 'b' belongs to document 'first'"):
        import_corpus(ledger, paper("second", b="two", c="three"), "second.yaml")
    assert "c" not in _said(ledger)
    import_corpus(ledger, paper("first", a="one"), "first.yaml")
    assert _numbers(import_corpus(ledger, paper("second", b="two", c="three"), "second.yaml")) == (3, 3, 0, 0, 0)
    assert ledger.accepted_of("b") == _of(paper("second", b="two"), "b")


def test_other_documents_are_left_alone(ledger: Ledger, paper: Maker) -> None:
    import_corpus(ledger, paper("first", a="one"), "first.yaml")
    report = import_corpus(ledger, paper("second", b="two"), "second.yaml")
    assert report.retracted == 0
    assert set(_said(ledger)) == {"first", "a", "second", "b"}


# --- what a curator decided stands ------------------------------------------------------------------------------------


def test_what_a_curator_retracted_stays_so(ledger: Ledger, paper: Maker) -> None:
    corpus = paper(a="one", b="two")
    import_corpus(ledger, corpus, "paper.yaml")
    retract(ledger, _of(corpus, "a").id, reason="misread", actor="ana")
    report = import_corpus(ledger, corpus, "paper.yaml")
    assert _numbers(report) == (0, 0, 0, 0, 2)
    assert ledger.position() == 7
    assert report.held_back == (HeldBack("a", _of(corpus, "a").id, "retracted by ana in act 7: misread"),)


def test_new_words_for_what_a_curator_retracted_wait_for_a_curator(ledger: Ledger, paper: Maker) -> None:
    corpus = paper(a="one")
    import_corpus(ledger, corpus, "paper.yaml")
    retract(ledger, _of(corpus, "a").id, reason="misread", actor="ana")
    for words, acts in (
        ("two", (1, 0, 0, 0, 1)),
        ("two", (0, 0, 0, 0, 1)),
        ("three", (1, 0, 0, 1, 1)),
        ("three", (0, 0, 0, 0, 1)),
    ):
        report = import_corpus(ledger, paper(a=words), "paper.yaml")
        assert _numbers(report) == acts
        assert [held.item for held in report.held_back] == ["a"]
        assert ledger.accepted_of("a") is None
        assert ledger.status(_of(paper(a=words), "a").id) == "proposed"
    # A curator accepts what waited: from here on the file may change it again.
    accept(ledger, _of(paper(a="three"), "a").id, actor="ana")
    report = import_corpus(ledger, paper(a="four"), "paper.yaml")
    assert _numbers(report) == (1, 1, 1, 0, 1)
    assert report.held_back == ()
    assert _said(ledger)["a"] == "four"


def test_what_a_curator_rejected_of_the_waiting_stays_so(ledger: Ledger, paper: Maker) -> None:
    import_corpus(ledger, paper(a="one"), "paper.yaml")
    retract(ledger, _of(paper(a="one"), "a").id, reason="misread", actor="ana")
    import_corpus(ledger, paper(a="two"), "paper.yaml")
    reject(ledger, _of(paper(a="two"), "a").id, reason="no better", actor="bo")
    report = import_corpus(ledger, paper(a="two"), "paper.yaml")
    assert _numbers(report) == (0, 0, 0, 0, 1)
    assert "rejected by bo" in report.held_back[0].reason


def test_what_a_curator_wrote_instead_stays(ledger: Ledger, paper: Maker) -> None:
    corpus, own = paper(a="one"), _of(paper(a="a curator's words"), "a")
    import_corpus(ledger, corpus, "paper.yaml")
    with ledger.batch("better", "ana") as batch:
        propose(batch, own)
        accept(batch, own.id)
        supersede(batch, _of(corpus, "a").id, by=own.id)
    for words, proposed in (("one", 0), ("two", 1)):
        report = import_corpus(ledger, paper(a=words), "paper.yaml")
        assert _numbers(report) == (proposed, 0, 0, 0, 1)
        assert "ana wrote another version" in report.held_back[0].reason
        assert ledger.accepted_of("a") == own
    # A file that takes up the curator's words agrees with the ledger.
    report = import_corpus(ledger, paper(a="a curator's words"), "paper.yaml")
    assert _numbers(report) == (0, 0, 0, 1, 2)
    assert report.held_back == ()


def test_what_a_curator_added_to_a_document_stays(ledger: Ledger, paper: Maker) -> None:
    own, waiting = _of(paper(x="added"), "x"), _of(paper(y="not decided"), "y")
    import_corpus(ledger, paper(a="one"), "paper.yaml")
    propose(ledger, own, actor="ana")
    accept(ledger, own.id, actor="bo")
    propose(ledger, waiting, actor="ana")
    report = import_corpus(ledger, paper(a="one"), "paper.yaml")
    assert _numbers(report) == (0, 0, 0, 0, 2)
    assert [held.item for held in report.held_back] == ["x"]
    assert ledger.accepted_of("x") == own
    assert ledger.status(waiting.id) == "proposed"


def test_a_rejected_proposal_of_a_curator_does_not_freeze_the_item(ledger: Ledger, paper: Maker) -> None:
    import_corpus(ledger, paper(a="one"), "paper.yaml")
    other = _of(paper(a="ana's words"), "a")
    propose(ledger, other, actor="ana")
    reject(ledger, other.id, reason="no", actor="bo")
    report = import_corpus(ledger, paper(a="two"), "paper.yaml")
    assert _numbers(report) == (1, 1, 1, 0, 1)
    assert report.held_back == ()
    # but those very words, when the file takes them up, are held back
    report = import_corpus(ledger, paper(a="ana's words"), "paper.yaml")
    assert "rejected by bo" in report.held_back[0].reason
    assert _said(ledger)["a"] == "two"


def test_what_a_curator_proposed_and_the_file_says_is_accepted(ledger: Ledger, paper: Maker) -> None:
    propose(ledger, _of(paper(a="one"), "a"), actor="ana")
    assert _numbers(import_corpus(ledger, paper(a="one"), "paper.yaml")) == (1, 2, 0, 0, 0)


def test_what_was_retracted_by_hand_is_not_brought_back_by_leaving_and_returning(ledger: Ledger, paper: Maker) -> None:
    import_corpus(ledger, paper(a="one"), "paper.yaml")
    retract(ledger, _of(paper(a="one"), "a").id, reason="misread", actor="ana")
    for corpus in (paper(a="two"), paper(), paper(a="three")):
        import_corpus(ledger, corpus, "paper.yaml")
        assert ledger.accepted_of("a") is None
