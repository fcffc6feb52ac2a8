"""A paper into the queue: kept by hash, suggestions marked as machine-made, nothing twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mechkg.curation.enrol import enrol, grant
from mechkg.curation.import_corpus import import_corpus
from mechkg.errors import BadInputError, ForbiddenError, NotFoundError
from mechkg.graph.publish import accepted_in, published
from mechkg.literature.papers import Paper
from mechkg.literature.selectors import Anchor, reanchor
from mechkg.model.corpus import CorpusFile
from mechkg.model.person import Caller, Grant
from mechkg.service.accept import accept
from mechkg.service.read_paper import ReadPaper, propose_read, read, read_paper
from mechkg.service.reject import reject
from mechkg.service.workspace import Workspace

ADA, BEN, EVE = Caller("ada", "python"), Caller("ben", "python"), Caller("eve", "python")
TEXT = (
    b"Results\n\nAfter 2 h at 50 \xc2\xb0C no CdS MSC-311 was seen in toluene.\x0c"
    b"The CdS MSC-322 was observed at 20 min.\n\nCdS MSC-311 disappeared after 3 h.\n"
)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    content = {
        "mechkg": 1,
        "source": {"id": "paper", "text_file": "known.txt"},
        "materials": [{"id": "ab", "formula": "CdS"}],
        "chemicals": [{"id": "tol", "names": ["toluene"]}],
        "species": [
            {"id": "ab-311", "kind": "MSC", "material": "ab", "names": ["CdS MSC-311"], "signature": {"absorption": "311 nm"}},
        ],
        "procedures": [{"id": "p", "title": "Keeping it", "stages": [{"id": "s", "action": "hold"}]}],
    }
    with Workspace.open(tmp_path / "home") as found:
        import_corpus(found.ledger, CorpusFile.model_validate(content), "paper.yaml")
        for person, role in ((ADA, None), (BEN, "curator"), (EVE, "reader")):
            enrol(found.ledger, ADA, person.person, name=person.person)
            if role is not None:
                grant(found.ledger, ADA, person.person, Grant(role))  # type: ignore[arg-type]
        yield found


def numbered(found: ReadPaper, kind: str) -> int:
    (number,) = [o.number for o in found.offered if kind in (o.body.get("kind"), o.suggestion.kind)]
    return number


def test_it_is_kept_by_its_hash_and_mentions_are_linked_or_offered(workspace: Workspace) -> None:
    found = read(workspace, TEXT, "known.txt")
    assert found.paper.sha256 == hashlib.sha256(TEXT).hexdigest()
    assert workspace.home and (workspace.home / "papers" / found.paper.sha256[:2] / found.paper.sha256 / "original").is_file()
    assert (found.document, found.new_document) == ("paper", False)
    linked = {each.mention.text: (each.mention.entity, each.times, each.page) for each in found.named}
    assert linked["CdS MSC-311"] == ("ab-311", 2, 1)
    assert linked["toluene"] == ("tol", 1, 1)
    assert linked["CdS MSC-322"] == (None, 1, 2)
    assert [(o.suggestion.kind, o.body.get("kind"), o.missing, o.standing) for o in found.offered] == [
        ("observation", "absent", ("at",), "new"),
        ("observation", "disappears", ("at",), "new"),
        ("species", "MSC", (), "new"),
    ]
    assert found.as_json()["suggestions"][0]["body"]["locator"] == "page 1"


def test_what_is_complete_is_proposed_as_made_by_a_machine_with_the_place_of_its_quote(workspace: Workspace) -> None:
    found = read(workspace, TEXT, "known.txt")
    (made,) = propose_read(workspace, BEN, found)
    (edit,) = made.edits
    assert (edit.kind, made.authors, made.status) == ("species", ("ben",), "open")
    assert made.machine is not None
    assert made.machine["document"] == found.paper.sha256 and made.machine["reader"] == "mechkg sentence patterns"
    place = Anchor.from_json(made.machine["quotes"][edit.item])
    assert place.page == 2 and "MSC-322" in place.exact and found.paper.text[place.start : place.end] == place.exact
    assert reanchor(place, Paper.of(TEXT.replace(b"Results", b"Results and discussion"), "other.txt")).status == "exact"


def test_fields_that_a_sentence_leaves_open_are_given(workspace: Workspace) -> None:
    found = read(workspace, TEXT, "known.txt")
    number = numbered(found, "absent")
    with pytest.raises(BadInputError, match=rf"suggestion {number} does not say at .*{number}.at=\.\.\."):
        propose_read(workspace, BEN, found, [number])
    (made,) = propose_read(workspace, BEN, found, [number], filled={number: {"at": "p/s"}})
    assert accept(workspace, ADA, made.id, revision=1).status == "accepted"
    entry = workspace.catalog.entries[made.edits[0].item]
    assert entry.record.body["at"] == ["p/s"] and entry.record.body["subject"] == ["ab-311"]


def test_nothing_is_proposed_twice(workspace: Workspace) -> None:
    (made,) = propose_read(workspace, BEN, read(workspace, TEXT, "known.txt"))
    again = read(workspace, TEXT, "known.txt")
    number = numbered(again, "species")
    assert [(o.standing, o.same) for o in again.offered if o.number == number] == [("proposed", made.edits[0].item)]
    with pytest.raises(BadInputError, match="is proposed already"):
        propose_read(workspace, BEN, again, [number])
    with pytest.raises(BadInputError, match="nothing is left"):
        propose_read(workspace, BEN, again)
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
    (made,) = propose_read(workspace, BEN, found)
    assert (made.edits[0].kind, made.edits[0].item) == ("document", "a-new-one")
    assert accept(workspace, ADA, made.id, revision=1).status == "accepted"
    assert not read(workspace, TEXT, "A New One.txt").new_document


def test_who_may_not_propose_may_read(workspace: Workspace) -> None:
    found = read(workspace, TEXT, "known.txt")
    before = workspace.ledger.position()
    with pytest.raises(ForbiddenError):
        propose_read(workspace, EVE, found)
    assert workspace.ledger.position() == before


def test_what_is_not_there_is_answered_with_the_nearest(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="did you mean 'paper'"):
        read(workspace, TEXT, "known.txt", document="papers")
    with pytest.raises(NotFoundError, match="there is no file"):
        read_paper(workspace, tmp_path / "nothing.pdf")
    with pytest.raises(BadInputError, match="numbered 1 to 3"):
        propose_read(workspace, BEN, read(workspace, TEXT, "known.txt"), [7])
    found = read(workspace, TEXT, "known.txt")
    number = numbered(found, "absent")
    with pytest.raises(BadInputError, match="is no observation"):
        propose_read(workspace, BEN, found, [number], filled={number: {"at": "p/s", "colour": "red"}})


def test_what_is_accepted_tells_the_place_of_its_quote_in_the_graph_and_when_it_is_published(workspace: Workspace) -> None:
    found = read(workspace, TEXT, "known.txt")
    number = numbered(found, "absent")
    (made,) = propose_read(workspace, BEN, found, [number], filled={number: {"at": "p/s"}})
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
