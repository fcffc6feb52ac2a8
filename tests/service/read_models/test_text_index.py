"""Search finds what going through all texts finds, and shows where."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.filter import EVERYTHING, TEXT_FIELDS, Is, Says
from mechkg.model.ledger_record import AssertionRecord
from mechkg.model.species import Species
from mechkg.service.catalog import Catalog, Entry
from mechkg.service.read_models.folded import folded, sought
from mechkg.service.read_models.models import ReadModels
from mechkg.service.read_models.text_index import AROUND, texts_of
from mechkg.service.workspace import Workspace
from tests.service.read_models import made
from tests.service.read_models.made import START, Plain, changes, filters, histories, queries


def named(**items: dict[str, Any]) -> ReadModels:
    """Return the models of species with these names, statements and quotes."""
    entries = {}
    for name, content in items.items():
        value = Species.model_validate({"id": name, "kind": "PC", "material": "m", **content})
        entries[name] = Entry(AssertionRecord.of("species", value, name, "paper"), START, "ana")
    return ReadModels(Catalog(1, entries))


@settings(max_examples=80, deadline=None)
@given(changes, queries, st.lists(st.sampled_from(TEXT_FIELDS), max_size=2, unique=True), st.data())
def test_search_finds_what_going_through_all_finds(
    steps: list[tuple[list[AssertionRecord], list[str]]], query: str, fields: list[Any], data: Any
) -> None:
    models: ReadModels | None = None
    for catalog in histories(steps):
        models = ReadModels(catalog, models)
        if data.draw(st.booleans()):
            continue
        plain = Plain(catalog)
        expected = plain.matching(Says(query, tuple(fields)))
        found = models.search(query, fields=fields, most=100)
        assert {hit.item for hit in found.hits} == expected
        assert found.total == len(found.hits) == len(expected)
        assert [hit.rank for hit in found.hits] == sorted(hit.rank for hit in found.hits)
        few = models.search(query, fields=fields, most=2)
        assert (few.hits, few.total) == (found.hits[:2], found.total)
        among = data.draw(filters(catalog))
        some = models.search(query, given=among, fields=fields, most=100)
        assert [hit.item for hit in some.hits] == [hit.item for hit in found.hits if hit.item in plain.matching(among)]
        for hit in found.hits:
            words = sought(query)
            assert not fields or hit.field in fields
            for mark in hit.marks:
                assert folded(hit.text[mark.start : mark.end]) != ""
            if len(words) == 1:
                assert hit.marks
                assert words[0] in folded(hit.text)


@settings(max_examples=40, deadline=None)
@given(changes)
def test_the_texts_of_an_item_are_those_of_its_value(steps: list[tuple[list[AssertionRecord], list[str]]]) -> None:
    for catalog in histories(steps):
        for entry in catalog.entries.values():
            assert list(texts_of(entry)) == made.texts_of(entry)


def test_names_come_before_formulas_statements_and_quotes() -> None:
    models = named(
        quoted={"names": "other", "quote": ["of alpha it is said"]},
        stated={"names": "other", "statements": ["alpha is there"]},
        formula={"names": "other", "compositions": [{"formula": "alpha2"}]},
        part={"names": ["the xalpha"]},
        word={"names": ["the alphabet"]},
        begins={"names": ["alphabet"]},
        second={"names": ["a longer one", "alpha"]},
        whole={"names": ["Alpha"]},
    )
    found = models.search("ALPHA")
    assert [(hit.item, hit.rank) for hit in found.hits] == [
        ("whole", 0), ("second", 0), ("begins", 1), ("word", 2), ("part", 3), ("formula", 4), ("stated", 5), ("quoted", 6),
    ]  # fmt: skip
    assert [hit.field for hit in found.hits] == ["label", "name", "label", "label", "label", "formula", "statement", "quote"]


def test_short_queries_are_answered() -> None:
    models = named(**{"one": {"names": "PC"}, "two": {"names": "the pc-5"}, "three": {"names": "MSC"}, "four": {"names": "β"}})
    assert [hit.item for hit in models.search("pc").hits] == ["one", "two"]
    assert [hit.item for hit in models.search("β").hits] == ["four"]
    assert [hit.item for hit in models.search("5 the").hits] == ["two"]
    assert models.search("5 msc").total == 0


def test_nothing_is_found_across_two_texts() -> None:
    models = named(one={"names": ["left", "right"], "statements": ["up", "down"]})
    assert models.search('"left right"').total == models.search("leftright").total == models.search('"up down"').total == 0
    assert models.search("left right up").total == 1


@pytest.mark.parametrize(
    "query", ['" OR found MATCH "x', "label : alpha", "alpha*", "NEAR(alpha beta)", "alpha AND beta", "(", "%"]
)
def test_a_query_is_words_and_never_a_command(query: str) -> None:
    models = named(one={"names": ["alpha beta"]})
    found = {hit.item for hit in models.search(query).hits} if sought(query) else set()
    text = folded("alpha beta")
    assert found == ({"one"} if all(word in text for word in sought(query)) else set())


def test_a_long_text_is_cut_around_what_was_found() -> None:
    words = " ".join(f"word{n}" for n in range(60))
    models = named(one={"names": "x", "statements": [words]})
    hit = models.search("word30 word31").hits[0]
    assert hit.text.startswith("…")
    assert hit.text.endswith("…")
    assert len(hit.text) < 2 * AROUND + 40
    assert [hit.text[mark.start : mark.end] for mark in hit.marks] == ["word30", "word31"]


def test_marks_are_of_the_text_as_it_is_printed() -> None:
    models = named(one={"names": "x", "statements": ["The (CdTe)₁₃ cluster – at 130 °C"]})
    hit = models.search("(cdte)13 130°C").hits[0]
    assert [hit.text[mark.start : mark.end] for mark in hit.marks] == ["(CdTe)₁₃", "130 °C"]


def test_a_version_asked_late_is_answered_as_it_was() -> None:
    steps = [([made.record("species", "sp-1", "paper-1", {"kind": "PC", "material": "m-1", "names": [name]})], []) for name in
             ("first name", "second name", "third name")]  # fmt: skip
    catalogs = list(histories(steps))
    models = [ReadModels(catalogs[0])]
    assert models[0].search("first").total == 1
    for catalog in catalogs[1:]:
        models.append(ReadModels(catalog, models[-1]))
    # the last is asked before the one in between
    assert [models[2].search(word).total for word in ("first", "second", "third")] == [0, 0, 1]
    assert [models[1].search(word).total for word in ("first", "second", "third")] == [0, 1, 0]
    assert [models[0].search(word).total for word in ("first", "second", "third")] == [1, 0, 0]
    assert [models[2].search(word).total for word in ("first", "second", "third")] == [0, 0, 1]


def test_the_index_is_made_anew_when_much_of_it_is_dead() -> None:
    bodies = [{"kind": "PC", "material": "m-1", "names": [f"name {n}"]} for n in range(12)]
    models: ReadModels | None = None
    indexes = set()
    for n, catalog in enumerate(histories([([made.record("species", "sp-1", "paper-1", body)], []) for body in bodies])):
        models = ReadModels(catalog, models)
        assert [hit.text for hit in models.search("name").hits] == [f"name {n}"]
        indexes.add(id(models._texts))
    assert len(indexes) > 1
    assert models is not None
    assert len(models.columns) < len(bodies)


def test_search_of_the_corpus(shipped: Workspace) -> None:
    models = shipped.reading.models
    plain = Plain(shipped.catalog)
    for query in ("amine", "MSC", "isosbestic point", '"precursor compound"', "nm"):
        assert {hit.item for hit in models.search(query, most=5000).hits} == plain.matching(Says(query)) != set()
    species = models.search("amine", given=Is("kind", ("chemical",)), most=500)
    assert {shipped.catalog.entries[hit.item].kind for hit in species.hits} == {"chemical"}
    assert models.search("amine", given=EVERYTHING).total == models.search("amine").total


def test_what_cannot_be_sought_is_refused(shipped: Workspace) -> None:
    with pytest.raises(BadInputError, match="nothing is sought"):
        shipped.reading.models.search("  ")
    with pytest.raises(NotFoundError, match="did you mean 'quote'"):
        shipped.reading.models.search("amine", fields=("quotes",))  # type: ignore[arg-type]
