"""What follows from axioms: against the rules of OWL 2 RL in their plainest form, and against HermiT."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, Graph

from mechkg.graph.classify import classify
from mechkg.graph.entail import SUB_CLASS, TYPE, Axioms, Change, Closure, Some, Triple, entail, entail_change
from mechkg.graph.terms import shown

HEAD = """
@prefix mk: <https://w3id.org/mechkg/ontology#> .
@prefix : <https://w3id.org/mechkg/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

STEPS = """
mk:Amine a owl:Class . mk:PrimaryAmine a owl:Class ; rdfs:subClassOf mk:Amine . mk:Chemical a owl:Class . mk:Step a owl:Class .
mk:Amine rdfs:subClassOf mk:Chemical . mk:AnionExchange a owl:Class ; rdfs:subClassOf mk:Step . mk:Stage a owl:Class .
mk:promoters a owl:ObjectProperty . mk:chemical a owl:ObjectProperty . mk:chemicalClass a owl:ObjectProperty .
mk:promotedBy a owl:ObjectProperty ; owl:propertyChainAxiom ( mk:promoters mk:chemical ) ; rdfs:domain mk:Step .
mk:promotedByClass a owl:ObjectProperty ; owl:propertyChainAxiom ( mk:promoters mk:chemicalClass ) .
mk:promotes a owl:ObjectProperty ; owl:inverseOf mk:promotedBy .
mk:StepPromotedByPrimaryAmine a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( mk:Step [
    a owl:Class ; owl:unionOf (
        [ a owl:Restriction ; owl:onProperty mk:promotedBy ; owl:someValuesFrom mk:PrimaryAmine ]
        [ a owl:Restriction ; owl:onProperty mk:promotedByClass ; owl:hasValue mk:PrimaryAmine ] ) ] ) ] .
mk:Promoter a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( mk:Chemical
    [ a owl:Restriction ; owl:onProperty mk:promotes ; owl:someValuesFrom mk:Step ] ) ] .
mk:contains a owl:ObjectProperty .
mk:StageWithPromoter a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( mk:Stage
    [ a owl:Restriction ; owl:onProperty mk:contains ; owl:someValuesFrom mk:Promoter ] ) ] .
"""


def graph_of(*texts: str) -> Graph:
    return Graph().parse(data=HEAD + "\n".join(texts), format="turtle")


def follows(axioms: str, told: str) -> set[tuple[str, str, str]]:
    """What follows, in local names."""
    triples = [(s.n3(), p.n3(), o.n3()) for s, p, o in graph_of(told)]
    found = entail(Axioms.from_graph(graph_of(axioms)), triples)
    assert found.isdisjoint(triples)
    return {(shown(s[1:-1]), "a" if p == TYPE else shown(p[1:-1]), shown(o[1:-1])) for s, p, o in found}


# --- each kind of axiom -----------------------------------------------------------------------------------------------


def test_a_step_promoted_by_a_primary_amine_is_found_by_chemical_and_by_class() -> None:
    found = follows(
        STEPS,
        """:one a mk:AnionExchange ; mk:promoters :i1 . :i1 mk:chemical :octyl . :octyl a mk:PrimaryAmine .
        :two a mk:Step ; mk:promoters :i2 . :i2 mk:chemicalClass mk:PrimaryAmine .
        :three a mk:Step ; mk:promoters :i3 . :i3 mk:chemical :dioctyl . :dioctyl a mk:Amine .
        :four mk:promoters :i4 . :i4 mk:chemicalClass mk:PrimaryAmine .""",
    )
    assert {s for s, p, o in found if o == "StepPromotedByPrimaryAmine"} == {"one", "two"}
    assert ("octyl", "promotes", "one") in found
    assert {s for s, p, o in found if o == "Promoter"} == {"octyl", "dioctyl"}


def test_a_definition_is_filled_by_members_of_a_class_that_is_itself_only_filled_later() -> None:
    found = follows(
        STEPS, ":s a mk:Stage ; mk:contains :c . :c a mk:PrimaryAmine . :t mk:promoters :i . :i mk:chemical :c . :t a mk:Step ."
    )
    assert ("s", "a", "StageWithPromoter") in found


def test_sub_classes_sub_properties_and_equivalents() -> None:
    axioms = """mk:A rdfs:subClassOf mk:B . mk:B owl:equivalentClass mk:C .
        mk:p rdfs:subPropertyOf mk:q . mk:q owl:equivalentProperty mk:r ."""
    assert follows(axioms, ":x a mk:A ; mk:p :y .") == {("x", "a", "B"), ("x", "a", "C"), ("x", "q", "y"), ("x", "r", "y")}


def test_inverse_symmetric_and_transitive() -> None:
    axioms = "mk:p owl:inverseOf mk:q . mk:s a owl:SymmetricProperty . mk:t a owl:TransitiveProperty ."
    found = follows(axioms, ":a mk:p :b . :a mk:s :b . :a mk:t :b . :b mk:t :c . :c mk:t :a .")
    assert {("b", "q", "a"), ("b", "s", "a"), ("a", "t", "c"), ("a", "t", "a")} <= found
    assert len([1 for _, p, _ in found if p == "t"]) == 6


def test_domain_and_range_and_none_of_a_literal() -> None:
    axioms = """mk:p rdfs:domain mk:A ; rdfs:range mk:B . mk:d a owl:DatatypeProperty ; rdfs:domain mk:A ; rdfs:range xsd:string .
        mk:u rdfs:domain [ a owl:Class ; owl:unionOf ( mk:A mk:B ) ] ."""
    assert follows(axioms, ':x mk:p :y . :z mk:d "text" . :w mk:u :x . :v mk:p "text" .') == {
        ("x", "a", "A"),
        ("y", "a", "B"),
        ("z", "a", "A"),
        ("v", "a", "A"),
    }


def test_chains_of_three_through_the_ends_and_the_middle() -> None:
    axioms = "mk:w owl:propertyChainAxiom ( mk:p mk:q mk:r ) ."
    assert follows(axioms, ":a mk:p :b . :b mk:q :c , :d . :d mk:r :e . :c mk:r :e .") == {("a", "w", "e")}


def test_a_chain_that_feeds_itself_climbs_a_hierarchy() -> None:
    axioms = "mk:member owl:propertyChainAxiom ( mk:member mk:narrower ) ; owl:inverseOf mk:holds ."
    found = follows(axioms, ":x mk:member mk:A . mk:A mk:narrower mk:B . mk:B mk:narrower mk:C .")
    assert {("x", "member", "C"), ("C", "holds", "x")} <= found


def test_a_union_holds_its_members_and_stands_above_them() -> None:
    axioms = "mk:U owl:equivalentClass [ a owl:Class ; owl:unionOf ( mk:A mk:B ) ] . mk:V owl:disjointUnionOf ( mk:U mk:C ) ."
    assert follows(axioms, ":x a mk:A .") == {("x", "a", "U"), ("x", "a", "V")}
    above = {(shown(s[1:-1]), shown(o[1:-1])) for s, _, o in Axioms.from_graph(graph_of(axioms)).hierarchy()}
    assert above == {("A", "U"), ("B", "U"), ("A", "V"), ("B", "V"), ("U", "V"), ("C", "V")}


def test_backwards_restrictions_and_restrictions_to_anything() -> None:
    axioms = """
        mk:Made owl:equivalentClass
            [ a owl:Restriction ; owl:onProperty [ owl:inverseOf mk:makes ] ; owl:someValuesFrom mk:Step ] .
        mk:Maker owl:equivalentClass [ a owl:Restriction ; owl:onProperty mk:makes ; owl:someValuesFrom owl:Thing ] ."""
    assert follows(axioms, ":s a mk:Step ; mk:makes :x . :t mk:makes :y .") == {
        ("x", "a", "Made"),
        ("s", "a", "Maker"),
        ("t", "a", "Maker"),
    }


def test_a_definition_with_a_part_that_is_not_covered_is_left_out() -> None:
    # taking the rest of the parts for the whole would say too much
    axioms = """mk:D owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( mk:A
        [ a owl:Restriction ; owl:onProperty mk:p ; owl:maxCardinality 1 ] ) ] ."""
    assert follows(axioms, ":x a mk:A .") == set()


def test_hierarchy_is_transitive_and_a_circle_is_no_class_above_itself() -> None:
    axioms = Axioms.from_graph(
        graph_of("mk:A rdfs:subClassOf mk:B , owl:Thing . mk:B rdfs:subClassOf mk:C . mk:C rdfs:subClassOf mk:B .")
    )
    found = axioms.hierarchy()
    assert {(shown(s[1:-1]), shown(o[1:-1])) for s, _, o in found} == {("A", "B"), ("A", "C"), ("B", "C"), ("C", "B")}
    assert {p for _, p, _ in found} == {SUB_CLASS}


def test_what_the_ontology_says_of_its_own_things_counts_and_is_not_repeated() -> None:
    axioms = """mk:narrower a owl:ObjectProperty , owl:TransitiveProperty .
        mk:A a owl:Class ; mk:narrower mk:B . mk:B mk:narrower mk:C .
        mk:member a owl:ObjectProperty ; owl:propertyChainAxiom ( mk:member mk:narrower ) ."""
    assert follows(axioms, ":x mk:member mk:A .") == {("A", "narrower", "C"), ("x", "member", "B"), ("x", "member", "C")}


# --- against a plain reading of the rules -----------------------------------------------------------------------------

CLASSES = [f"<c{number}>" for number in range(4)]
PROPERTIES = [f"<p{number}>" for number in range(4)]
THINGS = [f"<t{number}>" for number in range(4)]


def once(axioms: Axioms, known: set[Triple]) -> set[Triple]:
    """Apply every rule of OWL 2 RL that is covered, once, to everything."""
    new: set[Triple] = set()
    things = {s for s, _, _ in known} | {o for _, _, o in known if o.startswith("<")}
    for s, p, o in known:
        resource = o.startswith("<")
        if p == TYPE:
            new |= {(s, TYPE, above) for above in axioms.super_classes.get(o, ())}  # cax-sco
            continue
        new |= {(s, above, o) for above in axioms.super_properties.get(p, ())}  # prp-spo1
        new |= {(s, TYPE, name) for name in axioms.domains.get(p, ())}  # prp-dom
        if resource:
            new |= {(o, TYPE, name) for name in axioms.ranges.get(p, ())}  # prp-rng
            new |= {(o, other, s) for other in axioms.inverses.get(p, ())}  # prp-inv, prp-symp
    for chain, name in [*axioms.chains, *(((p, p), p) for p in axioms.transitive)]:  # prp-spo2, prp-trp
        for path in product(things, repeat=len(chain) + 1):
            if all((path[i], link, path[i + 1]) in known for i, link in enumerate(chain)):
                new.add((path[0], name, path[-1]))
    for parts, name in axioms.defined:  # cls-int1, cls-svf1, cls-hv2
        new |= {(thing, TYPE, name) for thing in things if all(has(known, thing, part) for part in parts)}
    return new


def has(known: set[Triple], thing: str, part: str | Some) -> bool:
    if isinstance(part, str):
        return (thing, TYPE, part) in known
    linked = [(o if not part.inverse else s) for s, p, o in known if p == part.property and (o if part.inverse else s) == thing]
    return any(other == part.filler if part.value else (other, TYPE, part.filler) in known for other in linked)


def fixpoint(axioms: Axioms, told: set[Triple]) -> set[Triple]:
    known = set(told)
    while not (new := once(axioms, known)) <= known:
        known |= new
    return known - told


classes, properties, things = st.sampled_from(CLASSES), st.sampled_from(PROPERTIES), st.sampled_from(THINGS)
restrictions = st.one_of(
    st.builds(Some, properties, classes, st.booleans()),
    st.builds(Some, properties, things, st.booleans(), st.just(True)),
)
parts = st.lists(st.one_of(classes, restrictions), min_size=1, max_size=3).map(tuple)


def relation(keys: st.SearchStrategy[str], values: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, set[str]]]:
    return st.dictionaries(keys, st.sets(values, max_size=2), max_size=2)


random_axioms = st.builds(
    Axioms,
    super_classes=relation(classes, classes),
    super_properties=relation(properties, properties),
    inverses=relation(properties, properties),
    transitive=st.sets(properties, max_size=1),
    chains=st.lists(st.tuples(st.lists(properties, min_size=2, max_size=3).map(tuple), properties), max_size=2),
    domains=relation(properties, classes),
    ranges=relation(properties, classes),
    defined=st.lists(st.tuples(parts, classes), max_size=3),
)
random_triples = st.sets(
    st.one_of(
        st.tuples(things, st.just(TYPE), classes),
        st.tuples(things, properties, things),
        st.tuples(things, properties, st.just('"text"')),
    ),
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(axioms=random_axioms, told=random_triples)
def test_the_closure_is_that_of_the_rules_applied_until_nothing_is_new(axioms: Axioms, told: set[Triple]) -> None:
    assert entail(axioms, told) == fixpoint(axioms, told)


@settings(max_examples=100, deadline=None)
@given(axioms=random_axioms, told=st.lists(random_triples, max_size=4))
def test_what_comes_in_parts_has_the_closure_of_all(axioms: Axioms, told: list[set[Triple]]) -> None:
    closure = Closure(axioms)
    for some in told:
        closure.add(some)
    assert closure.implied() == fixpoint(axioms, set().union(*told))


@settings(max_examples=50, deadline=None)
@given(axioms=random_axioms, told=random_triples)
def test_what_follows_brings_nothing_further(axioms: Axioms, told: set[Triple]) -> None:
    assert entail(axioms, told | entail(axioms, told)) == set()


class Known:
    """A closure as a plain set."""

    def __init__(self, triples: set[Triple]) -> None:
        self.triples = triples

    def __contains__(self, triple: object) -> bool:
        return triple in self.triples

    def objects(self, subject: str, predicate: str) -> set[str]:
        return {o for s, p, o in self.triples if (s, p) == (subject, predicate)}

    def subjects(self, object_: str, predicate: str) -> set[str]:
        return {s for s, p, o in self.triples if (p, o) == (predicate, object_)}

    def about(self, subject: str) -> set[Triple]:
        return {triple for triple in self.triples if subject in (triple[0], triple[2])}


@settings(max_examples=400, deadline=None)
@given(axioms=random_axioms, told=random_triples, told_then=random_triples)
def test_a_closure_changes_as_if_it_were_made_anew(axioms: Axioms, told: set[Triple], told_then: set[Triple]) -> None:
    before, after = told | entail(axioms, told), told_then | entail(axioms, told_then)
    change = entail_change(axioms, Known(before), told - told_then, told_then - told, told_then.__contains__)
    assert change == Change(before - after, after - before)


# --- against HermiT ---------------------------------------------------------------------------------------------------


@pytest.mark.java
def test_hermit_puts_things_in_the_same_classes() -> None:
    told = """:one a mk:AnionExchange ; mk:promoters :i1 . :i1 mk:chemical :octyl . :octyl a mk:PrimaryAmine .
        :two mk:promoters :i2 . :i2 mk:chemicalClass mk:PrimaryAmine . :two a mk:Step . :three mk:promotedBy :oleyl .
        :oleyl a mk:PrimaryAmine . :flask a mk:Stage ; mk:contains :oleyl . :empty a mk:Stage ; mk:contains :water .
        :water a mk:Chemical . :dioctyl a mk:Amine ."""
    found = classify(graph_of(STEPS, told))
    axioms = Axioms.from_graph(graph_of(STEPS))
    triples = {(s.n3(), p.n3(), o.n3()) for s, p, o in graph_of(told)}
    ours = {(shown(s[1:-1]), shown(o[1:-1])) for s, p, o in triples | entail(axioms, triples) if p == TYPE}
    # HermiT names the narrowest classes; the rest is by its own hierarchy
    direct = {*found.inferred_types, *((shown(str(s)), shown(str(o))) for s, o in graph_of(told).subject_objects(RDF.type))}
    above: dict[str, set[str]] = {}
    for low, high in [*found.inferred_subclasses, *((shown(s[1:-1]), shown(o[1:-1])) for s, _, o in axioms.hierarchy())]:
        above.setdefault(low, set()).add(high)
    hermits = set(direct)
    while more := {(one, high) for one, name in hermits for high in above.get(name, ())} - hermits:
        hermits |= more
    assert ours == hermits
    assert {
        ("one", "StepPromotedByPrimaryAmine"),
        ("three", "StepPromotedByPrimaryAmine"),
        ("flask", "StageWithPromoter"),
    } <= ours
