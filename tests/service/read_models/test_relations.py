"""Neighbours looked up are those found by going through all items."""

from __future__ import annotations

from hypothesis import given, settings

from mechkg.model.ledger_record import AssertionRecord
from mechkg.service.read_models.models import ReadModels
from mechkg.service.workspace import Workspace
from tests.service.read_models.made import DOCUMENTS, SPECIES, THINGS, Plain, changes, histories


def check(plain: Plain, models: ReadModels, documents: tuple[str, ...], things: tuple[str, ...]) -> None:
    entries = plain.catalog.entries
    relations = models.relations
    about = {name: plain.about(entry) for name, entry in entries.items()}
    for document in documents:
        inside = [e.id for e in entries.values() if e.record.document == document]
        assert [e.id for e in relations.in_document(document)] == inside
        assert [e.id for e in relations.in_document(document, "claim")] == [n for n in inside if entries[n].kind == "claim"]
        near = {*inside, *(name for each in inside for name in about[each])}
        species = sorted(name for name in near if name in entries and entries[name].kind == "species")
        steps = [(s, [n for n in entries if entries[n].kind == "step" and s in about[n]]) for s in species]
        assert [(s.id, [e.id for e in found]) for s, found in relations.species_and_steps(document)] == steps
    for thing in things:
        expected = [name for name in entries if thing in about[name]]
        assert [e.id for e in relations.about(thing)] == expected
        for _ in range(2):  # the second time it is sorted already
            assert [e.id for e in relations.by_name(thing, "claim")] == sorted(n for n in expected if entries[n].kind == "claim")
        assert {e.id for e in relations.subjects_of(thing)} == {n for n in about.get(thing, ()) if n in entries}
    together = relations.all_about(things, "step")
    assert [[e.id for e in found] for found in together] == [[e.id for e in relations.about(t, "step")] for t in things]


@settings(max_examples=60, deadline=None)
@given(changes)
def test_neighbours_are_those_found_by_going_through_everything(
    steps: list[tuple[list[AssertionRecord], list[str]]],
) -> None:
    models: ReadModels | None = None
    for catalog in histories(steps):
        models = ReadModels(catalog, models)
        check(Plain(catalog), models, (*DOCUMENTS, "nowhere"), (*THINGS, *SPECIES, "st-1", "cl-1", "nobody"))


def test_neighbours_in_the_corpus(shipped: Workspace) -> None:
    documents = tuple(e.id for e in shipped.catalog.by_kind["document"])
    check(Plain(shipped.catalog), shipped.reading.models, documents, tuple(shipped.catalog.entries))
