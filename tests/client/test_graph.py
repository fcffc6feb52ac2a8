"""The same script gives the same values from a graph that is here and from one on a server."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mechkg.client.async_graph import AsyncGraph
from mechkg.client.graph import Conditions, Graph, met
from mechkg.embedded import EmbeddedGraph
from mechkg.errors import BadInputError, MechkgError, NotFoundError
from mechkg.model.assertion import Claim
from mechkg.model.corpus import ITEM_TYPES
from mechkg.model.disagreement import Disagreement
from mechkg.model.filter import NAME_FIELDS, Accepted, And, AtStage, Between, Is, Not, Or, Says, Sort, YesNo
from mechkg.model.species import Species
from mechkg.model.verdict import Check
from tests.client.conftest import AFTER, BEFORE

SPACE = "cdtese-msc399"
IRI = "https://w3id.org/mechkg/id/"

Script = Callable[[Graph], Any]

SCRIPTS: dict[str, Script] = {
    "the version": lambda g: g.version,
    "a species by its printed name": lambda g: g.species("CdTe PC-371"),
    "a species by its IRI": lambda g: g.species(f"{IRI}cdte-msc-371"),
    "an item with its source": lambda g: g.assertion("cdte-msc-371"),
    "a paper": lambda g: g.assertion("zhang2020"),
    "one of each kind": lambda g: [g.item(g.assertions(kind=kind).first(1)[0].id) for kind in ITEM_TYPES],
    "a step": lambda g: g.step("step-1"),
    "every assertion": lambda g: g.assertions().all(),
    "papers": lambda g: g.documents().all(),
    "spaces": lambda g: [space.id for space in g.spaces()],
    "chemicals": lambda g: g.chemicals().all(),
    "procedures in an order": lambda g: g.procedures(order=[Sort("document"), Sort("id", descending=True)]).all(),
    "species by kind and material": lambda g: g.all_species(species_kind=["PC", "MSC"], material="cdte").all(),
    "observations of a species": lambda g: g.observations(about="cdte-msc-371").all(),
    "claims that say words": lambda g: g.claims(text="monomer").all(),
    "steps of a kind": lambda g: g.steps(type="isomerisation").all(),
    "how many": lambda g: g.observations().total,
    "the first few": lambda g: g.observations().first(3),
    "a filter of everything": lambda g: g.assertions(
        Or(
            (
                And((Is("kind", ("species",)), Between("absorption", 370, 400, "nm"))),
                And((Is("kind", ("observation",)), AtStage(("add",), uses=("octylamine",)))),
                And((Says('"magic-size"', ("quote",)), YesNo("quoted"), Not(Is("kind", ("claim",))))),
            )
        ),
        order=[Sort("kind"), Sort("id")],
    ).all(),
    "what came to count lately": lambda g: g.assertions(Accepted(since=datetime.now(UTC) - timedelta(days=1))).total,
    "a search": lambda g: g.search("octylamine", first=7),
    "a search among claims": lambda g: g.search("monomer", kind="claim"),
    "verdicts": lambda g: g.check(SPACE),
    "verdicts without a premise": lambda g: g.check(SPACE, candidates=["eq2"], without=["amine-converts-cdse-pc"]),
    "a candidate of one's own": lambda g: g.check(SPACE, steps=g.space(SPACE).optional[:2]).candidate("ad-hoc"),
    "proofs": lambda g: g.why(SPACE, "eq2"),
    "the whole space": lambda g: g.whole_space(SPACE),
    "the kill matrix": lambda g: g.matrix(SPACE),
    "conflict sets": lambda g: replace(g.conflicts(SPACE, "eq2"), seconds=0),
    "what if": lambda g: g.what_if(SPACE),
    "the next experiment": lambda g: g.next_experiment(SPACE),
    "a report": lambda g: [(found := g.report(SPACE)).check, found.whole, found.matrix, found.classes, found.what_if],
    "belief": lambda g: g.belief("cdte-msc-371"),
    "disagreements": lambda g: g.disagreements().all(),
    "history of an item": lambda g: g.history("cdte-msc-371"),
    "history of a person": lambda g: g.history("person:ada"),
    "changes since a release": lambda g: g.changes_since(BEFORE).all(),
    "how many changes": lambda g: g.changes_since(BEFORE).total,
    "no changes": lambda g: g.changes_since(datetime.now(UTC)).all(),
    "releases compared": lambda g: g.diff(BEFORE, AFTER),
    "releases": lambda g: g.releases().all(),
    "a question": lambda g: g.ask("conflicting-compositions", tolerance=3),
    "the past": lambda g: (g.at(BEFORE).version, g.at(BEFORE).assertions(kind="remark").total, g.assertions(kind="remark").total),
    "verdicts of the past": lambda g: g.at(BEFORE).check(SPACE),
    "a GraphQL operation": lambda g: g.query("query($n: String!) { item(name: $n) { localName } }", {"n": "cdte-msc-371"}),
}  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_graph_here_and_one_on_a_server_answer_alike(here: Graph, there: Graph, script: str) -> None:
    ours, theirs = SCRIPTS[script](here), SCRIPTS[script](there)
    assert theirs == ours
    assert script == "no changes" or theirs not in (None, (), [], {}, 0)


def test_what_they_answer_are_values_of_the_model(there: Graph) -> None:
    assert isinstance(there.item("cdte-msc-371"), Species)
    assert isinstance(there.check(SPACE), Check)
    assert isinstance(there.disagreements().one(), Disagreement)
    assert all(isinstance(one, Claim) for one in there.claims().first(5))


# --- what goes wrong --------------------------------------------------------------------------------------------------

WRONG: dict[str, tuple[Script, type[MechkgError]]] = {
    "a misspelt name": (lambda g: g.item("cdte-msc-37l"), NotFoundError),
    "a name of another kind": (lambda g: g.step("cdte-msc-371"), NotFoundError),
    "a misspelt space": (lambda g: g.check("cdtese-msc39"), NotFoundError),
    "a misspelt candidate": (lambda g: g.why(SPACE, "eq22"), NotFoundError),
    "a misspelt assumption": (lambda g: g.check(SPACE, without=["amine-converts-cdse-p"]), NotFoundError),
    "a misspelt question": (lambda g: g.ask("conflicting-composition"), NotFoundError),
    "a misspelt release": (lambda g: g.at("2024.11").version, BadInputError),
    "a misspelt file of a release": (lambda g: g.snapshot("2024.11", "nowhere"), NotFoundError),
    "no candidate": (lambda g: g.why(SPACE), BadInputError),
    "a subject that is none": (lambda g: g.history("sett:1"), BadInputError),
    "a unit that is none": (lambda g: g.assertions(Between("absorption", 1, 2, "mol")).all(), BadInputError),
    "GraphQL that is none": (lambda g: g.query("{ item(name: }"), BadInputError),
    "a field that is none": (lambda g: g.query('{ item(name: "cdte-msc-371") { labell } }'), BadInputError),
    "a subscription": (lambda g: g.query("subscription { acts { position } }"), BadInputError),
    "a variable of the wrong type": (
        lambda g: g.query("query($n: Int) { allSpecies(first: $n) { totalCount } }", {"n": "x"}),
        BadInputError,
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_goes_wrong_is_told_alike(here: Graph, there: Graph, wrong: str) -> None:
    script, kind = WRONG[wrong]
    with pytest.raises(kind) as ours:
        script(here)
    with pytest.raises(kind) as theirs:
        script(there)
    assert (theirs.value.message, theirs.value.hint, theirs.value.code) == (ours.value.message, ours.value.hint, ours.value.code)


def test_a_condition_that_is_none_gets_the_nearest_one(here: Graph) -> None:
    with pytest.raises(NotFoundError, match="did you mean 'material'"):
        here.claims(materiel="cdte")  # type: ignore[call-arg]


def test_a_time_without_an_offset_is_refused(there: Graph) -> None:
    with pytest.raises(BadInputError, match="give it an offset"):
        there.at(datetime(2024, 1, 1))


# --- what is declared -------------------------------------------------------------------------------------------------


def public(of: type) -> dict[str, Any]:
    return {name: member for name, member in inspect.getmembers(of) if not name.startswith("_")}


def test_the_graph_for_tasks_has_the_same_questions_and_acts() -> None:
    ours, theirs = public(Graph), public(AsyncGraph)
    assert theirs.keys() == ours.keys()
    for name, member in ours.items():
        if not callable(member):
            continue
        one, other = inspect.signature(member), inspect.signature(theirs[name])
        assert other.parameters == one.parameters, name
        told = one.return_annotation.replace("Pages[", "AsyncPages[").replace("Self", "AsyncGraph")
        assert other.return_annotation == told, name


def test_what_a_graph_here_offers_besides_is_known() -> None:
    assert public(EmbeddedGraph).keys() - public(Graph).keys() == {"open", "snapshot_in"}


def test_conditions_are_fields_of_filters() -> None:
    assert Conditions.__annotations__.keys() - {"text"} <= set(NAME_FIELDS)
    assert met(Says("x"), {"text": "y"}, ("claim",)) == And((Is("kind", ("claim",)), Says("y"), Says("x")))
