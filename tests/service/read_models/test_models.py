"""The read models of a workspace follow what is accepted, and threads may share them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from mechkg.curation.assertions import accept, propose, retract
from mechkg.model.filter import EVERYTHING, Is, Says, Sort
from mechkg.model.ledger_record import AssertionRecord
from mechkg.model.species import Species
from mechkg.service.read_models.columns import Columns
from mechkg.service.read_models.models import ReadModels
from mechkg.service.read_models.text_index import TextIndex
from mechkg.service.workspace import Workspace


def species(name: str, label: str) -> AssertionRecord:
    value = Species.model_validate({"id": name, "kind": "PC", "material": "m", "names": [label]})
    return AssertionRecord.of("species", value, name, "paper")


def test_what_is_accepted_is_found_at_once_and_nothing_is_made_anew(curated: Workspace, monkeypatch: Any) -> None:
    models = curated.reading.models
    before, order = models.count(), models.page(first=1).entries
    models.search("amine")

    def refuse(*_given: object) -> None:
        raise AssertionError("made anew")

    monkeypatch.setattr(Columns, "of", refuse)
    monkeypatch.setattr(TextIndex, "of", refuse)
    new = species("a-new-one", "a name that nobody had")
    propose(curated.ledger, new, actor="me")
    accept(curated.ledger, new.id, actor="me")
    later = curated.reading.models
    assert later is not models
    assert (later.count(), later.count(Says("nobody had")), later.search("that nobody had").total) == (before + 1, 1, 1)
    assert [e.id for e in later.page(Is("accepted_by", ("me",)), (Sort("label"),)).entries] == ["a-new-one"]
    retract(curated.ledger, new.id, reason="to see", actor="me")
    assert curated.reading.models.search("that nobody had").total == 0
    # the version before still answers as it did
    assert (models.count(), models.search("that nobody had").total, models.page(first=1).entries) == (before, 0, order)
    assert later.search("that nobody had").total == 1


def test_a_past_moment_has_models_of_its_own(curated: Workspace) -> None:
    position = curated.ledger.position()
    new = species("a-new-one", "a name that nobody had")
    propose(curated.ledger, new, actor="me")
    accept(curated.ledger, new.id, actor="me")
    then = curated.at(position).catalog.models
    assert (then.search("nobody had").total, curated.catalog.models.search("nobody had").total) == (0, 1)


def test_each_model_is_made_once_whoever_asks(shipped: Workspace) -> None:
    models = ReadModels(shipped.catalog)
    with ThreadPoolExecutor(8) as threads:
        columns = set(threads.map(lambda _: id(models.columns), range(32)))
        found = set(threads.map(lambda _: models.search("amine").total, range(32)))
        pages = set(threads.map(lambda _: models.page(EVERYTHING, (Sort("label"),), first=3).cursors, range(32)))
    assert (len(columns), len(found), len(pages)) == (1, 1, 1)


def test_the_same_filter_is_worked_out_once(shipped: Workspace) -> None:
    models = ReadModels(shipped.catalog)
    assert models.rows(Is("kind", ("claim",))) is models.rows(Is("kind", ("claim",)))
    assert not models.rows(Is("kind", ("claim",))).flags.writeable
