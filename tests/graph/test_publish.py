"""Publishing: every accepted assertion becomes a trusty nanopublication, and comes back from it as it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mechkg.errors import BadInputError
from mechkg.graph.check_nanopublication import check_nanopublications
from mechkg.graph.namespaces import MK, NP, NPX
from mechkg.graph.publish import Published, accepted_in, published, retracted_in, retraction
from mechkg.graph.signature import Signer
from mechkg.graph.store import read, write
from mechkg.graph.terms import Quad, literal, value_of
from mechkg.graph.trusty import BLANK, minted
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.ledger_record import Act, AssertionRecord, Subject
from mechkg.model.source import Document
from mechkg.service.workspace import Workspace
from tests.graph.items import ANY_ITEM, values


def act_on(record: AssertionRecord, **changes: Any) -> Act:
    told = {
        "actor": "A. Curator",
        "at": datetime(2026, 5, 4, 12, 30, 1, 5, UTC),
        "reason": None,
        "batch": "b-1",
        "digest": "d" * 64,
    }
    return Act(position=7, assertion=record.id, **({"kind": "accept"} | told | changes))


def record_of(kind: ItemKind, /, **content: Any) -> AssertionRecord:
    item = ITEM_TYPES[kind].model_validate({"id": "x-1", **content})
    return AssertionRecord.of(kind, item, item.id, "paper")


def written(made: Published) -> Sequence[Quad]:
    """The quads of a nanopublication as they come back from a file."""
    return list(read(write(made.quads, "trig"), "trig"))


def said(made: Published, name: str) -> list[Any]:
    return [value_of(o) for _, p, o, _ in made.quads if p == f"<{MK}{name}>"]


# --- any item ---------------------------------------------------------------------------------------------------------


def comes_back(record: AssertionRecord, act: Act) -> None:
    made = published(record, act)
    assert accepted_in(written(made)) == [(record, act)]
    checked = check_nanopublications(made.quads)
    assert checked.findings == ()
    assert checked.trusty == (made.name,)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(ANY_ITEM)
def test_any_item_comes_back_as_it_was(case: tuple[ItemKind, Any]) -> None:
    kind, item = case
    record = AssertionRecord.of(kind, item, item.id, "paper")
    comes_back(record, act_on(record))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(values(Document), st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.none() | st.text("ab \n"))
def test_any_document_and_act_come_back(document: Document, actor: str, reason: str | None) -> None:
    record = AssertionRecord.of("document", document, document.id, document.id)
    comes_back(record, act_on(record, actor=actor, reason=reason, batch=None))


# --- every item of the corpus -----------------------------------------------------------------------------------------


def test_the_whole_corpus_is_trusty_and_comes_back(shipped: Workspace) -> None:
    accepted = shipped.ledger.accepted_with_acts()
    made = [published(record, act) for record, act in accepted]
    assert accepted_in(quad for each in made for quad in each.quads) == accepted
    checked = check_nanopublications(quad for each in made for quad in each.quads)
    assert checked.findings == ()
    assert sorted(checked.trusty) == sorted(each.name for each in made)
    # only procedures that spell out what goes without saying need their JSON
    with_json = [each.record for each in made if said(each, "content")]
    assert {record.kind for record in with_json} == {"procedure"}
    assert len(with_json) < 20


# --- one by one -------------------------------------------------------------------------------------------------------


def test_the_name_is_a_digest_of_rdf_and_the_ledger_id_stands_beside_it() -> None:
    record = record_of("claim", kind="conclusion", statement="It is so.")
    made = published(record, act_on(record))
    assert made.name.startswith(NP + "RA")
    assert made.code != record.id
    assert said(made, "ledgerId") == [record.id]
    assert said(made, "ledgerPosition") == [7]
    assert said(made, "itemKind") == ["claim"]
    assert not any(record.id in term for quad in made.quads for term in quad if term.startswith("<"))
    assert published(record, act_on(record)).code == made.code
    assert published(record, act_on(record, actor="B. Curator")).code != made.code


def test_the_order_of_names_is_said_where_names_do_not_tell_it() -> None:
    record = record_of("species", kind="PC", material="m", names=["b", "a", "c"])
    made = published(record, act_on(record))
    assert said(made, "inOrder") == ["x-1/order/names"]
    assert [value_of(o) for _, p, o in made.said() if "#_" in p] == ["b", "a", "c"]
    told = record_of("species", kind="PC", material="m", names=["a", "b"])
    assert said(published(told, act_on(told)), "inOrder") == []


def test_more_than_nine_quotes_keep_their_order() -> None:
    record = record_of("remark", kind="k", text="t", quote=[f"words {n}" for n in range(12, 0, -1)])
    assert accepted_in(published(record, act_on(record)).quads)[0][0] == record


STAGES = [{"id": "b", "action": "mix"}, {"id": "a", "action": "heat"}]


@pytest.mark.parametrize(
    ("first", "second", "json"),
    [
        ({}, {}, False),
        ({}, {"from": []}, False),
        ({}, {"from": ["b", "q/z"]}, False),
        ({"from": []}, {}, True),
        ({}, {"from": ["b"]}, True),
        ({}, {"from": ["x-1/b", "q/z"]}, True),
    ],
)
def test_what_goes_without_saying_is_told_from_what_was_said(first: dict[str, Any], second: dict[str, Any], json: bool) -> None:
    record = record_of("procedure", title="T\x1f\n", stages=[STAGES[0] | first, STAGES[1] | second])
    made = published(record, act_on(record))
    assert bool(said(made, "content")) is json
    assert accepted_in(written(made)) == [(record, act_on(record))]


def test_all_that_an_act_says_comes_back() -> None:
    record = record_of("remark", kind="k", text="t")
    told = {"reason": "r", "subject": Subject("set", "s-1"), "door": "web", "content": {"looked-at": [1, "x"]}, "kind": "restore"}
    act = act_on(record, **told)
    assert accepted_in(written(published(record, act))) == [(record, act)]


def test_times_of_other_zones_are_the_same_times() -> None:
    record = record_of("remark", kind="k", text="t")
    at = datetime(2026, 5, 4, 14, 30, tzinfo=timezone(timedelta(hours=2)))
    assert accepted_in(published(record, act_on(record, at=at)).quads)[0][1].at == at


def test_signed_ones_come_back_too() -> None:
    signer = Signer(rsa.generate_private_key(65537, 2048))
    for record in (record_of("remark", kind="k", text="t"), record_of("procedure", title="T", stages=[STAGES[0] | {"from": []}])):
        made = published(record, act_on(record), signer)
        assert check_nanopublications(made.quads).signed == (made.name,)
        assert accepted_in(made.quads) == [(record, act_on(record))]


# --- what takes the place of what, and what is taken back -------------------------------------------------------------


@pytest.mark.parametrize("first", [{}, {"from": []}])
def test_what_it_supersedes_is_part_of_its_name_and_not_of_the_assertion(first: dict[str, Any]) -> None:
    """Also where the content stands there as JSON, which is held against the triples."""
    record = record_of("procedure", title="T", stages=[STAGES[0] | first])
    old = [published(record, act_on(record, at=datetime(2025, 1, day, tzinfo=UTC))).name for day in (1, 2)]
    made = published(record, act_on(record), supersedes=old)
    assert made.code != published(record, act_on(record)).code
    assert {(s, o[1:-1]) for s, p, o, g in made.quads if p == f"<{NPX}supersedes>" and g.endswith("#pubinfo>")} == {
        (f"<{made.name}>", name) for name in old
    }
    checked = check_nanopublications(made.quads)
    assert (checked.findings, checked.trusty) == ((), (made.name,))
    assert accepted_in(written(made)) == [(record, act_on(record))]


def test_a_retraction_is_a_nanopublication_that_tells_the_act() -> None:
    record = record_of("remark", kind="k", text="t")
    made = published(record, act_on(record))
    told = {"kind": "retract", "reason": "r", "door": "web", "content": {"code": "misread"}, "subject": Subject("set", "s-1")}
    act = act_on(record, **told)
    name, quads = retraction(made.name, record.id, act)
    checked = check_nanopublications(quads)
    assert (checked.findings, checked.trusty) == ((), (name,))
    [(who, what, whom)] = [quad[:3] for quad in quads if quad[3] == f"<{name}#assertion>"]
    assert (value_of(who), what, whom) == ("A. Curator", f"<{NPX}retracts>", f"<{made.name}>")
    assert retracted_in(read(write(quads, "trig"), "trig")) == [act]
    changed = [(s, p, literal("s") if o == literal("r") else o, g) for s, p, o, g in quads]
    with pytest.raises(BadInputError, match="one of them was changed"):
        retracted_in(changed)
    with pytest.raises(BadInputError, match="cannot be read as a retraction of mechkg"):
        retracted_in(minted([tuple(t.replace(name[-45:], BLANK).replace("actKind", "kind") for t in q) for q in quads])[1])  # type: ignore[misc]


# --- what is refused --------------------------------------------------------------------------------------------------

RECORD = record_of("procedure", title="T", stages=[STAGES[0] | {"from": []}], note="N")


def reminted(old: str, new: str) -> list[Quad]:
    """A nanopublication in which somebody exchanged a term, under a new name that fits."""
    made = published(RECORD, act_on(RECORD))
    draft = [tuple(t.replace(made.code, BLANK).replace(old, new) for t in quad) for quad in made.quads]
    return minted(draft)[1]  # type: ignore[arg-type]


def test_a_changed_one_is_refused() -> None:
    made = published(RECORD, act_on(RECORD))
    changed = [(s, p, literal("M") if o == literal("N") else o, g) for s, p, o, g in made.quads]
    with pytest.raises(BadInputError, match="is not that of its name: one of them was changed"):
        accepted_in(changed)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (literal("N"), literal("M"), "its content as JSON is not what its triples say"),
        (RECORD.id, "RA" + "x" * 43, "its content as JSON is not what its triples say"),
        (literal("procedure"), literal("nonsense"), "there is no kind of item called 'nonsense'"),
        ("itemKind", "otherKind", "cannot be read as an assertion of mechkg"),
        (f"<{NP}", "<http://example.org/np/", "is no trusty URI of a nanopublication of mechkg"),
    ],
)
def test_one_that_was_put_together_otherwise_is_refused(old: str, new: str, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        accepted_in(reminted(old, new))


def test_one_whose_triples_are_of_another_assertion_is_refused() -> None:
    record = record_of("remark", kind="k", text="t")
    made = published(record, act_on(record))
    draft = [(s.replace(made.code, BLANK), p, o.replace(made.code, BLANK).replace('"t"', '"u"'), g.replace(made.code, BLANK))
             for s, p, o, g in made.quads]  # fmt: skip
    with pytest.raises(BadInputError, match=f"does not hold the assertion {record.id} that it says it holds"):
        accepted_in(minted(draft)[1])
