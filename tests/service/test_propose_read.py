"""What was read goes into the queue, marked as made by a machine: complete as a proposal, incomplete as a draft."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mechkg.errors import BadInputError, ForbiddenError
from mechkg.graph.publish import accepted_in, published
from mechkg.literature.papers import Paper
from mechkg.literature.selectors import Anchor, reanchor
from mechkg.service.accept import accept
from mechkg.service.draft import discard_draft, drafts, propose_draft, save_draft
from mechkg.service.propose_read import propose_read
from mechkg.service.queue import Filter, queue
from mechkg.service.read_paper import read
from mechkg.service.reject import reject
from mechkg.service.workspace import Workspace
from tests.service.reading import ADA, BEN, EVE, TEXT, numbered, opened


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with opened(tmp_path / "home") as found:
        yield found


def test_what_is_complete_is_proposed_as_made_by_a_machine_with_the_place_of_its_quote(workspace: Workspace) -> None:
    found = read(workspace, TEXT, "known.txt")
    (made,) = propose_read(workspace, BEN, found).proposed
    (edit,) = made.edits
    assert (edit.kind, made.authors, made.status) == ("species", ("ben",), "open")
    assert made.machine is not None
    assert made.machine["document"] == found.paper.sha256 and made.machine["reader"] == "mechkg sentence patterns"
    place = Anchor.from_json(made.machine["quotes"][edit.item])
    assert place.page == 2 and "MSC-322" in place.exact and found.paper.text[place.start : place.end] == place.exact
    assert reanchor(place, Paper.of(TEXT.replace(b"Results", b"Results and discussion"), "other.txt")).status == "exact"


def test_what_is_incomplete_is_a_draft_that_a_curator_completes_and_stays_marked(workspace: Workspace) -> None:
    found = read(workspace, TEXT, "known.txt")
    entered = propose_read(workspace, BEN, found)
    assert len(entered.proposed) == 1 and len(entered.drafts) == 2
    assert drafts(workspace, ADA) == [] and {d.id for d in drafts(workspace, BEN)} == {d.id for d in entered.drafts}
    draft = next(d for d in entered.drafts if "absent" in d.content["title"])
    machine = draft.content["machine"]
    assert (machine["missing"], machine["document"]) == (["at"], found.paper.sha256)
    with pytest.raises(BadInputError, match="needs the field 'at'"):
        propose_draft(workspace, BEN, draft.id)
    (body,) = draft.content["observations"]
    completed = {**draft.content, "observations": [{**body, "at": "p/s"}]}
    saved = save_draft(workspace, BEN, completed, draft=draft.id, version=1)
    made = propose_draft(workspace, BEN, draft.id, version=saved.version)
    assert made.machine is not None and made.machine["reader"] == machine["reader"] and "missing" not in made.machine
    assert Anchor.from_json(made.machine["quotes"][body["id"]]) == found.offered[numbered(found, "absent") - 1].anchor
    assert made.id in {each.change_set.id for each in queue(workspace, Filter(machine=True)).found}
    assert accept(workspace, ADA, made.id, revision=1).status == "accepted"
    assert workspace.catalog.entries[body["id"]].record.body["at"] == ["p/s"]


def test_a_draft_whose_quote_is_changed_no_longer_tells_its_place(workspace: Workspace) -> None:
    (draft, *_) = propose_read(workspace, BEN, read(workspace, TEXT, "known.txt")).drafts
    (body,) = draft.content["observations"]
    other = {**draft.content, "observations": [{**body, "at": "p/s", "quote": ["no CdS MSC-311 was seen"]}]}
    save_draft(workspace, BEN, other, draft=draft.id, version=1)
    made = propose_draft(workspace, BEN, draft.id)
    assert made.machine is not None and made.machine["quotes"] == {}


@pytest.mark.parametrize("machine", ["a program", {"quotes": ["x"]}, {"quotes": {"x": {"selector": []}}}])
def test_a_mark_that_no_program_made_is_refused(workspace: Workspace, machine: object) -> None:
    (draft, *_) = propose_read(workspace, BEN, read(workspace, TEXT, "known.txt")).drafts
    saved = save_draft(workspace, BEN, {**draft.content, "machine": machine}, draft=draft.id, version=1)
    with pytest.raises(BadInputError, match=r"'machine' says which|not the place of a quote"):
        propose_draft(workspace, BEN, draft.id, version=saved.version)


def test_fields_that_a_sentence_leaves_open_are_given(workspace: Workspace) -> None:
    found = read(workspace, TEXT, "known.txt")
    number = numbered(found, "absent")
    entered = propose_read(workspace, BEN, found, [number], filled={number: {"at": "p/s"}})
    (made,) = entered.proposed
    assert entered.drafts == ()
    assert accept(workspace, ADA, made.id, revision=1).status == "accepted"
    entry = workspace.catalog.entries[made.edits[0].item]
    assert entry.record.body["at"] == ["p/s"] and entry.record.body["subject"] == ["ab-311"]


def test_a_stage_that_alone_fits_need_not_be_given(workspace: Workspace) -> None:
    text = b"After the sample was kept in toluene for 7 h (Figure 1), no CdS MSC-311 was seen.\n"
    found = read(workspace, text, "known.txt")
    (offered,) = found.offered
    assert offered.missing == ("at",), "the figure is not known"
    found = read(workspace, text.replace(b"Figure 1", b"Figure 5"), "known.txt")
    (offered,) = found.offered
    assert (offered.body["at"], offered.missing) == (["p/s"], ())
    (made,) = propose_read(workspace, BEN, found).proposed
    assert made.machine is not None and "p/s is the only stage" in made.machine["why"][offered.body["id"]]


def test_nothing_is_proposed_or_drafted_twice(workspace: Workspace) -> None:
    entered = propose_read(workspace, BEN, read(workspace, TEXT, "known.txt"))
    (made,) = entered.proposed
    again = read(workspace, TEXT, "known.txt")
    number = numbered(again, "species")
    assert [(o.standing, o.same) for o in again.offered if o.number == number] == [("proposed", made.edits[0].item)]
    with pytest.raises(BadInputError, match="is proposed already"):
        propose_read(workspace, BEN, again, [number])
    with pytest.raises(BadInputError, match="nothing is left"):
        propose_read(workspace, BEN, again)
    discard_draft(workspace, BEN, entered.drafts[0].id, version=1)
    with pytest.raises(BadInputError, match="nothing is left"):
        propose_read(workspace, BEN, again)
    assert len(propose_read(workspace, BEN, again, [numbered(again, "absent")]).drafts) == 1, "it was chosen"
    assert len(propose_read(workspace, ADA, again).drafts) == 2, "drafts are seen by their owner alone"
    reject(workspace, ADA, made.id, revision=1, reason="it is no species")
    assert [o.standing for o in read(workspace, TEXT, "known.txt").offered if o.number == number] == ["rejected"]


def test_the_same_words_in_another_file_of_the_paper_are_not_proposed_again(workspace: Workspace) -> None:
    found = read(workspace, TEXT, "known.txt")
    number = numbered(found, "disappears")
    propose_read(workspace, BEN, found, [number], filled={number: {"at": "p/s"}})
    other = read(workspace, TEXT.replace(b"Results\n\n", b"Results and discussion\n\n\n"), "known.txt")
    assert other.paper.sha256 != found.paper.sha256
    assert {o.body["kind"]: o.standing for o in other.offered}["disappears"] == "proposed"


def test_a_document_that_is_new_is_entered_with_what_is_read_in_it(workspace: Workspace) -> None:
    found = read(workspace, TEXT, "A New One.txt")
    assert (found.document, found.new_document) == ("a-new-one", True)
    entered = propose_read(workspace, BEN, found)
    (made,) = entered.proposed
    assert [draft.content["document"] for draft in entered.drafts] == ["a-new-one"] * 2
    assert (made.edits[0].kind, made.edits[0].item) == ("document", "a-new-one")
    assert accept(workspace, ADA, made.id, revision=1).status == "accepted"
    assert not read(workspace, TEXT, "A New One.txt").new_document


def test_a_new_document_is_entered_even_when_all_that_is_read_is_incomplete(workspace: Workspace) -> None:
    found = read(workspace, b"After 2 h no CdS MSC-311 was seen.", "other.txt")
    entered = propose_read(workspace, BEN, found)
    assert [[(e.kind, e.item) for e in each.edits] for each in entered.proposed] == [[("document", "other")]]
    assert len(entered.drafts) == 1


def test_who_may_not_propose_may_read(workspace: Workspace) -> None:
    found = read(workspace, TEXT, "known.txt")
    before = workspace.ledger.position()
    with pytest.raises(ForbiddenError):
        propose_read(workspace, EVE, found)
    assert workspace.ledger.position() == before


def test_what_is_accepted_tells_the_place_of_its_quote_in_the_graph_and_when_it_is_published(workspace: Workspace) -> None:
    found = read(workspace, TEXT, "known.txt")
    number = numbered(found, "absent")
    (made,) = propose_read(workspace, BEN, found, [number], filled={number: {"at": "p/s"}}).proposed
    accept(workspace, ADA, made.id, revision=1)
    place = found.offered[number - 1].anchor
    query = """PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX mk: <https://w3id.org/mechkg/ontology#>
      SELECT ?exact ?suffix ?start ?end ?file WHERE { GRAPH ?g {
        ?target mk:documentDigest ?file ; oa:hasSelector ?quote , ?position .
        ?quote oa:exact ?exact ; oa:suffix ?suffix . ?position oa:start ?start ; oa:end ?end } }"""
    _ = workspace.version  # the graph follows
    (row,) = workspace.store.rows(query, {})
    assert [str(cell) for cell in row] == [
        " ".join(place.exact.split()), place.suffix, str(place.start), str(place.end), found.paper.sha256
    ]  # fmt: skip
    ((record, act),) = [(r, a) for r, a in workspace.ledger.accepted_with_acts() if r.item == made.edits[0].item]
    ((back, told),) = accepted_in(published(record, act).quads)
    assert back == record and told.content == act.content and act.content == {"quotes": [place.to_json()]}
