"""Items as RDF and back: the mapping term by term on small items, and the way there and back on any item."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from pydantic import StringConstraints

from mechkg.graph.nanopublication import graphs_of, item_of, quads_of
from mechkg.graph.rdf import PROVENANCE_FIELDS, item_from, triples_of
from mechkg.graph.terms import Triple, local_name, shown, value_of
from mechkg.graph.trusty import code_in
from mechkg.model.base import Identifier, StageReference, Value
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.hypothesis import HypothesisSpace
from mechkg.model.ledger_record import Act, AssertionRecord
from mechkg.model.observation import Observation
from mechkg.model.procedure import Procedure
from mechkg.model.quantity import Quantity
from mechkg.model.source import Document
from tests.graph.items import ANY_ITEM, values


def said(kind: ItemKind, /, **content: Any) -> set[tuple[Any, ...]]:
    """What an item says, in local names and plain values."""
    model = Document if kind == "document" else ITEM_TYPES[kind]
    triples = triples_of(kind, model.model_validate(content))
    return {(value_of(s), shown(p[1:-1]).rpartition("#")[2], value_of(o)) for s, p, o in triples}


# --- term by term -----------------------------------------------------------------------------------------------------


def test_kinds_become_classes_and_names_labels() -> None:
    found = said("species", id="x-1", kind="dMSC", material="m", names=["X-1", "X one"])
    assert {("x-1", "type", "Species"), ("x-1", "type", "DoubletMagicSizeCluster"), ("x-1", "kind", "dMSC")} <= found
    assert {("x-1", "label", "X-1"), ("x-1", "names", "X-1"), ("x-1", "names", "X one"), ("x-1", "material", "m")} <= found


def test_a_quantity_is_a_node_that_also_says_the_number_in_a_common_unit() -> None:
    found = said("observation", id="o", kind="absent", at="p/s", limit="~0.1 h")
    node = "o/limit"
    assert ("o", "limit", node) in found
    assert {(node, "value", 0.1), (node, "unit", "h"), (node, "relation", "~"), (node, "text", "~ 0.1 h")} <= found
    assert {p: o for s, p, o in found if s == node and p in ("seconds", "nanometres", "celsius")} == {"seconds": 360.0}


@pytest.mark.parametrize(
    ("printed", "property_", "number"),
    [
        ("2 min", "seconds", 120.0),
        ("300 K", "celsius", 26.85),
        ("25 degC", "celsius", 25.0),
        ("45 uL", "millilitres", 0.045),
        ("1 mol", "millimoles", 1000.0),
        ("4 angstrom", "nanometres", 0.4),
        ("5 mg", "grams", 0.005),
    ],
)
def test_units_of_one_dimension_share_a_number(printed: str, property_: str, number: float) -> None:
    found = said("observation", id="o", kind="absent", at="p/s", limit=printed)
    assert {(p, o) for s, p, o in found if s == "o/limit" and p.endswith("s") and isinstance(o, float)} == {(property_, number)}


def test_a_number_without_unit_has_no_common_unit() -> None:
    found = said("observation", id="o", kind="absent", at="p/s", limit=3)
    assert {p for s, p, o in found if s == "o/limit"} == {"type", "value", "relation", "text"}


def test_stages_have_names_of_their_own_and_follow_the_one_before() -> None:
    stages = [{"id": "a", "action": "mix"}, {"id": "b", "action": "heat", "temperature": "room temperature"}]
    stages += [{"id": "c", "action": "age", "from": ["a", "q/z"]}]
    found = said("procedure", id="p", title="T", stages=stages)
    assert {("p", "stages", "p/a"), ("p/a", "type", "Stage"), ("p/a", "type", "MixStage"), ("p", "label", "T")} <= found
    assert {(s, o) for s, p, o in found if p == "continues"} == {("p/b", "p/a"), ("p/c", "p/a"), ("p/c", "q/z")}
    assert {("p/b", "temperature", "room temperature"), ("p/b", "roomTemperature", True)} <= found


def test_entries_of_a_table_say_their_key_and_name_the_chemical() -> None:
    found = said("zone", id="z", procedure="p", varied="v", outcome="only-one", amounts={"top": "2 mmol"}, settings={"gas": "N2"})
    assert {("z", "amounts", "z/amounts/1"), ("z/amounts/1", "key", "top"), ("z/amounts/1", "of", "top")} <= found
    assert {("z/amounts/1", "entry", "z/amounts/1/entry"), ("z/amounts/1/entry", "millimoles", 2.0)} <= found
    assert {("z/settings/1", "key", "gas"), ("z/settings/1", "entry", "N2")} <= found
    assert not [triple for triple in found if triple[0] == "z/settings/1" and triple[1] == "of"]


def test_words_and_names_are_told_apart() -> None:
    zone = ITEM_TYPES["zone"].model_validate({"id": "z", "procedure": "p", "varied": "v", "outcome": "w"})
    triples = list(triples_of("zone", zone))
    objects = {shown(p[1:-1]): o for _, p, o in triples}
    assert objects["outcome"] == '"w"'
    assert objects["procedure"].startswith("<")


def test_classes_are_terms_of_the_ontology() -> None:
    chemical = ITEM_TYPES["chemical"].model_validate({"id": "x", "names": "X", "classes": "PrimaryAmine"})
    triples = set(triples_of("chemical", chemical))
    mk, me = "https://w3id.org/mechkg/ontology#", "<https://w3id.org/mechkg/id/x>"
    assert (me, f"<{mk}classes>", f"<{mk}PrimaryAmine>") in triples
    assert (me, "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", f"<{mk}PrimaryAmine>") in triples


def test_what_is_empty_or_false_is_not_said() -> None:
    found = said("observation", id="o", kind="absent", at="p/s", note="a note", locator="Figure 1", quote="words")
    assert {p for s, p, o in found} == {"type", "kind", "at", "method", "note"}


# --- there and back ---------------------------------------------------------------------------------------------------


def normal(value: Any, procedure: str = "") -> Any:
    """A form of a value in which what the graph does not keep is gone: the order of names and texts, and empty tables."""
    if isinstance(value, Quantity):
        return str(value)
    if isinstance(value, Value):
        inside = value.id if isinstance(value, Procedure) else procedure
        content = {name: normal(getattr(value, name), inside) for name in type(value).model_fields if getattr(value, name) != ()}
        if isinstance(value, Procedure):
            before = None
            for stage, form in zip(value.stages, [normal(stage, inside) for stage in value.stages], strict=True):
                named = stage.continues if stage.continues is not None else (before,) if before else ()
                form["continues"] = sorted({n if "/" in n else f"{value.id}/{n}" for n in named})
                content.setdefault("ordered", []).append(form)
                before = stage.id
            del content["stages"]
            content["ordered"].sort(key=lambda form: form["id"])
        return {name: part for name, part in content.items() if part not in (None, (), [], {})}
    if isinstance(value, tuple):
        members = [normal(member, procedure) for member in value]
        if all(isinstance(member, str) for member in value):
            return sorted(set(members))
        named = bool(members) and isinstance(members[0], dict) and "id" in members[0]
        return sorted(members, key=lambda member: member["id"]) if named else members
    if isinstance(value, dict):
        return {key: normal(part, procedure) for key, part in value.items()}
    return value


def distinct(kind: ItemKind, item: Any) -> bool:
    """Say whether the parts of an item that have names have names of their own, as the reader of files makes sure."""
    return all(
        len({part.id for part in parts}) == len(parts)
        for parts in (getattr(item, name, ()) for name in ("stages", "candidates", "postulates"))
    )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(ANY_ITEM)
def test_an_item_comes_back_from_its_triples(case: tuple[ItemKind, Any]) -> None:
    kind, item = case
    assume(distinct(kind, item))
    triples: list[Triple] = list(triples_of(kind, item))
    provenance = {name: getattr(item, name) for name in PROVENANCE_FIELDS}
    assert normal(item_from(kind, item.id, reversed(triples), provenance)) == normal(item)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(values(Document))
def test_a_document_comes_back_from_its_triples(document: Document) -> None:
    assert normal(item_from("document", document.id, triples_of("document", document))) == normal(document)


def test_every_reference_field_is_written_as_a_reference() -> None:
    """Types tell names from texts: a change of the pattern of names must not pass unseen."""
    patterns = {c.pattern for hint in (Identifier, StageReference) for c in hint.__metadata__ if isinstance(c, StringConstraints)}
    assert len(patterns) == 2
    found = said("observation", id="o", kind="precedes", at=["p/s"], subject=["x", "y"], than="p/t", depends_on="z")
    assert {(p, o) for s, p, o in found if p in ("at", "subject", "than", "dependsOn")} == {
        ("at", "p/s"), ("subject", "x"), ("subject", "y"), ("than", "p/t"), ("dependsOn", "z"),
    }  # fmt: skip


def test_a_claim_is_written_as_a_part_of_its_space_and_the_first_of_a_constraint_is_said() -> None:
    """The graph keeps no order of names, so what a constraint puts first has to be said."""
    content = {
        "id": "h", "title": "t", "question": "q", "optional": ["s", "a"], "procedures": "p",
        "postulates": [{"id": "slow", "statement": "S is slow.", "kind": "rate-determining", "step": "s", "after": "a", "of": "x",
                        "predicts": [{"what": "ratio", "value": "2"}]}],
        "constraints": [{"kind": "requires", "steps": ["s", "a"]}],
        "candidates": [{"id": "c", "title": "c", "steps": ["s", "a"], "postulates": "slow"}],
    }  # fmt: skip
    space = HypothesisSpace.model_validate(content)
    triples = list(triples_of("space", space))
    found = {(local_name(s), p.rpartition("#")[2][:-1], local_name(o)) for s, p, o in triples if o.startswith("<")}
    assert ("h/candidates/c", "makesClaim", "h/postulates/slow") in found
    assert ("h/postulates/slow", "afterStep", "a") in found
    back = item_from("space", "h", triples)
    assert isinstance(back, HypothesisSpace)
    assert back.constraints[0].members == ("s", "a")
    assert back.candidates[0].postulates == ("slow",)
    assert str(back.postulates[0].predicts[0].quantity) == "2"


def test_what_comes_first_comes_back() -> None:
    given = ITEM_TYPES["observation"].model_validate({"id": "o", "kind": "precedes", "at": "p/s", "subject": ["y", "x"]})
    back = item_from("observation", "o", triples_of("observation", given))
    assert isinstance(back, Observation)
    assert back.earlier == "y"


def test_measured_orders_come_back() -> None:
    kind = ITEM_TYPES["observation"]
    given = kind.model_validate({"id": "o", "kind": "rate-dependence", "at": "p/s", "orders": {"x": 2, "y": -0.5}})
    assert item_from("observation", "o", triples_of("observation", given)) == given


# --- nanopublications -------------------------------------------------------------------------------------------------

HEAD = "http://www.nanopub.org/nschema#"


def published(item: Value, kind: ItemKind = "claim") -> tuple[AssertionRecord, dict[str, list[Triple]]]:
    record = AssertionRecord.of(kind, item, item.id, "paper")  # type: ignore[attr-defined]
    act = Act(7, "accept", record.id, "A. Curator", datetime(2026, 5, 4, 12, 30, tzinfo=UTC), None, None, "digest")
    graphs: dict[str, list[Triple]] = {}
    for s, p, o, g in quads_of(record, act):
        graphs.setdefault(g[1:-1], []).append((s, p, o))
    return record, graphs


def claim(**content: Any) -> Value:
    return ITEM_TYPES["claim"].model_validate({"id": "c-1", "kind": "conclusion", "statement": "It is so.", **content})


def is_valid(graphs: dict[str, list[Triple]]) -> Iterator[str]:
    """Yield what is wrong with a nanopublication, by the well-formedness rules of https://nanopub.net/guidelines/working_draft/."""
    heads = [g for g, ts in graphs.items() if any(o == f"<{HEAD}Nanopublication>" for _, _, o in ts)]
    if len(heads) != 1:
        yield "there must be one head"
        return
    [name] = [s for s, p, o in graphs[heads[0]] if o == f"<{HEAD}Nanopublication>"]
    named = {}
    for part in ("hasAssertion", "hasProvenance", "hasPublicationInfo"):
        targets = [o for s, p, o in graphs[heads[0]] if s == name and p == f"<{HEAD}{part}>"]
        if len(targets) != 1:
            yield f"one {part} is needed"
            return
        named[part] = targets[0]
    if len({*named.values(), name, f"<{heads[0]}>"}) != 5:
        yield "names of graphs must differ"
    if not all(g[1:-1].startswith(name[1:-1]) for g in named.values()):
        yield "names of graphs must begin with the name of the nanopublication"
    for triples in graphs.values():
        for _, _, object_ in triples:
            if object_.startswith('"'):
                try:
                    value_of(object_)
                except ValueError:
                    yield f"{object_} is not of its type"
    if {g[1:-1] for g in named.values()} | {heads[0]} != set(graphs):
        yield "each graph must be named in the head and have content"
    if not any(named["hasAssertion"] in (s, o) for s, _, o in graphs.get(named["hasProvenance"][1:-1], [])):
        yield "the provenance must speak of the assertion"
    if not any(name in (s, o) for s, _, o in graphs.get(named["hasPublicationInfo"][1:-1], [])):
        yield "the publication info must speak of the nanopublication"


def test_an_accepted_assertion_is_a_valid_nanopublication() -> None:
    record, graphs = published(claim(quote=["some words", "more words"], locator="Figure 1", note="n"))
    assert list(is_valid(graphs)) == []
    assert set(graphs) == set(graphs_of(record.id))


def test_names_in_the_graph_show_the_ledger_id_and_are_not_taken_for_trusty_uris() -> None:
    record, graphs = published(claim(quote="words"))
    assert code_in(f"http://example.org/{record.id}") == record.id  # so an id alone would be taken for one
    [name] = {s[1:-1] for s, p, _ in graphs[graphs_of(record.id)[0]] if p.endswith("#hasAssertion>")}
    assert code_in(name) is None and shown(name) == record.id
    assert {shown(graph).partition("#")[0] for graph in graphs} == {record.id}


@pytest.mark.parametrize("broken", range(4))
def test_a_nanopublication_without_one_of_its_graphs_is_not_valid(broken: int) -> None:
    record, graphs = published(claim())
    del graphs[graphs_of(record.id)[broken]]
    assert list(is_valid(graphs))


def test_provenance_holds_place_and_words_and_the_assertion_does_not() -> None:
    record, graphs = published(claim(quote=["some words", "more words"], locator="Figure 1", flag="inferred"))
    _, assertion, provenance, pubinfo = graphs_of(record.id)
    words = [value_of(o) for _, p, o in graphs[provenance] if p.endswith("exact>")]
    assert words == ["some words", "more words"]
    place = {shown(p[1:-1]): value_of(o) for s, p, o in graphs[provenance] if s == f"<{assertion}>"}
    assert (place["locator"], place["flag"], place["about"]) == ("Figure 1", "inferred", "c-1")
    assert place["http://www.w3.org/ns/prov#wasDerivedFrom"] == "paper"
    assert not [t for t in graphs[assertion] if "words" in t[2] or "Figure" in t[2]]
    info = {shown(p[1:-1]): value_of(o) for _, p, o in graphs[pubinfo]}
    assert info["ledgerPosition"] == 7
    assert info["http://www.w3.org/ns/prov#wasAttributedTo"] == "A. Curator"
    assert info["http://www.w3.org/ns/prov#generatedAtTime"] == "2026-05-04T12:30:00+00:00"


def test_the_value_of_an_assertion_is_the_item() -> None:
    item = claim(quote="words", about=["x"])
    record, _ = published(item)
    assert item_of(record) == item
