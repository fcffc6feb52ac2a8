"""Acts are found by what they are about; those that concern one person alone are not."""

from __future__ import annotations

from mechkg.curation.accept import accept
from mechkg.curation.change_set import subject_of
from mechkg.curation.comment import comment
from mechkg.curation.ledger import Ledger
from mechkg.curation.tokens import issue
from mechkg.curation.watch import watch
from mechkg.model.happened import PERSONAL, Wanted
from mechkg.model.ledger_record import Subject
from mechkg.model.person import Grant
from tests.curation.staff import ADA, BEN, CLEO, DAN, claim, proposed, put


def positions(ledger: Ledger, wanted: Wanted, **more: object) -> list[int]:
    return [found.act.position for found in ledger.find(wanted, most=1000, **more)]  # type: ignore[arg-type]


def test_each_filter_finds_what_a_reading_of_all_acts_finds(staffed: Ledger) -> None:
    ledger = staffed
    a = claim("a-1", "first words", "paper")
    first = proposed(ledger, put("a-1"), put("b-1", document="paper"))
    accept(ledger, BEN, first.id, revision=1)
    other = proposed(ledger, put("c-1"), by=ADA)
    comment(ledger, CLEO, Subject("item", "a-1"), "is it so?")
    comment(ledger, BEN, Subject("assertion", a.id), "it is")
    comment(ledger, BEN, Subject("document", "paper"), "a good paper")
    comment(ledger, DAN, subject_of(other.id), "hm")
    watch(ledger, CLEO, "mine", {"space": "s"}, verdicts={}, checked=ledger.settled())
    issue(ledger, CLEO, "laptop", Grant("reader"))
    records = ledger.assertions()
    acts = [act for act in ledger.acts() if act.kind not in PERSONAL]
    assert len(acts) < ledger.position()

    def item(n: int) -> str | None:
        act = acts[n]
        if act.assertion is not None:
            return records[act.assertion].item
        if act.subject is not None and act.subject.kind == "assertion":
            return records[act.subject.name].item
        return act.subject.name if act.subject is not None and act.subject.kind == "item" else None

    of_a = [act.position for n, act in enumerate(acts) if item(n) == "a-1"]
    assert positions(ledger, Wanted()) == [act.position for act in acts]
    assert positions(ledger, Wanted(item="a-1")) == of_a
    assert len(of_a) == 4
    of_paper = [act.position for n, act in enumerate(acts) if item(n) or act.subject == Subject("document", "paper")]
    assert positions(ledger, Wanted(document="paper")) == of_paper
    assert positions(ledger, Wanted(kinds=frozenset({"comment"}), person="ben")) == [
        act.position for act in acts if (act.kind, act.actor) == ("comment", "ben")
    ]
    of_set = [act.position for act in acts if act.subject == subject_of(first.id)]
    assert positions(ledger, Wanted(subject=subject_of(first.id))) == of_set
    assert len(of_set) == 6
    assert positions(ledger, Wanted(kinds=frozenset({"watch", "issue"}))) == []
    assert positions(ledger, Wanted(item="a-1"), after=of_a[0], before=of_a[-1]) == of_a[1:-1]
    assert positions(ledger, Wanted(item="a-1"), newest=True) == of_a[::-1]
    [last] = ledger.find(Wanted(item="c-1"), newest=True, most=1)
    assert (last.item, last.item_kind, last.document) == ("c-1", "claim", "paper")
    assert ledger.find(Wanted(item="nowhere"), most=5) == []
