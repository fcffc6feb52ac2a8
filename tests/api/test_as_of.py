"""Questions about the past over GraphQL: each field answers as of the moment that it names, and so does all below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLObjectType
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.api.context import MOST_PASTS
from mechkg.api.schema import create_schema
from mechkg.curation.import_corpus import import_corpus
from mechkg.curation.ledger import Ledger
from mechkg.curation.release import release
from mechkg.graph.store import Store
from mechkg.literature.corpus import read_corpus
from mechkg.service.workspace import Workspace
from tests.api.test_app import ask, data
from tests.curation.staff import ADA, employ
from tests.small_case import CASE

CHANGED = CASE.replace("kind: absent, at: run/watch, subject: c", "kind: present, at: run/watch, subject: c").replace(
    "names: B,", "names: B new,"
)


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of a service whose small case was changed after the release 'first'."""
    folder = tmp_path_factory.mktemp("changing")
    with Workspace(Ledger.open(folder / "ledger.db"), Store.open(None), folder) as workspace:
        employ(workspace.ledger)
        for text, name in ((CASE, "first"), (CHANGED, "second")):
            path = folder / "case.yaml"
            path.write_text(text, encoding="utf-8")
            [(_, corpus)] = read_corpus([path], frozenset({"AromaticHydrocarbonSolvent", "HydrocarbonSolvent"})).files
            import_corpus(workspace.ledger, corpus, path.name)
            release(workspace.ledger, ADA, name)
        with TestClient(create_app(workspace)) as client:
            yield client


def test_two_moments_in_one_operation(changing: TestClient) -> None:
    query = """{
      then: check(space: "small", asOf: "first") { graphVersion candidates { id verdict conflicts { observation { id } } } }
      now: check(space: "small") { graphVersion candidates { id verdict } }
      second: check(space: "small", asOf: "second") { graphVersion candidates { id verdict } }
    }"""
    found = data(changing, query)
    verdicts = {key: {c["id"]: c["verdict"] for c in value["candidates"]} for key, value in found.items()}
    assert verdicts["then"]["strays"] == "ruled out"
    assert verdicts["then"] != verdicts["now"] == verdicts["second"]
    assert found["then"]["graphVersion"] < found["now"]["graphVersion"] == found["second"]["graphVersion"]


def test_what_is_below_a_field_is_of_the_same_moment(changing: TestClient) -> None:
    query = """query ($when: String) { item(name: "turn", asOf: $when) { label ... on Step { products { item { label } } } }
      report(space: "small", asOf: $when) { markdown check { graphVersion } } graphVersion(asOf: $when)
      assertions(kind: "chemical", asOf: $when) { nodes { label } }
      why(space: "small", candidate: "strays", asOf: $when) { graphVersion }
      ask(name: "claims-of-paper", parameters: [{name: "paper", value: "case-small"}], asOf: $when) { total } }"""
    answers: dict[str, Any] = {}
    for when in ("first", None):
        found = data(changing, query, when=when)
        answers[str(when)] = found
        version = found["graphVersion"]
        assert found["report"]["check"]["graphVersion"] == found["why"]["graphVersion"] == version
    labels = {when: found["item"]["products"][0]["item"]["label"] for when, found in answers.items()}
    assert labels == {"first": "B", "None": "B new"}
    assert "B new" in [node["label"] for node in answers["None"]["assertions"]["nodes"]]
    assert "B new" not in [node["label"] for node in answers["first"]["assertions"]["nodes"]]
    assert "B new" in answers["None"]["report"]["markdown"]
    assert "B new" not in answers["first"]["report"]["markdown"]


@pytest.mark.parametrize(
    ("when", "words", "hint"),
    [
        ("fist", "names no release", "did you mean the release 'first'?"),
        ("100000", "no position 100000", "its last is"),
        ("2999-01-01", "yet to come", "leave it out"),
    ],
)
def test_what_cannot_be_meant(changing: TestClient, when: str, words: str, hint: str) -> None:
    [error] = ask(changing, "query ($when: String) { graphVersion(asOf: $when) }", when=when)["errors"]
    assert words in error["message"]
    assert error["extensions"]["code"] == "mechkg.bad_input"
    assert hint in error["extensions"]["hint"]


def test_not_too_many_moments_at_once(changing: TestClient) -> None:
    fields = " ".join(f'a{n}: graphVersion(asOf: "{n + 6}")' for n in range(MOST_PASTS + 1))
    [error] = ask(changing, f"{{ {fields} }}")["errors"]
    assert error["extensions"]["code"] == "mechkg.too_large"


READ_WHAT_COUNTS = {
    "graphVersion", "documents", "item", "assertions", "species", "allSpecies", "chemicals", "steps", "procedures",
    "observations", "claims", "hypothesisSpaces", "conflicts", "check", "why", "whyNot", "wholeSpace", "killMatrix",
    "conflictSets", "whatIf", "nextExperiment", "report", "ask",
}  # fmt: skip


def test_whatever_reads_what_counts_can_be_asked_of_the_past() -> None:
    query = create_schema()._schema.query_type
    assert isinstance(query, GraphQLObjectType)
    assert {name for name, field in query.fields.items() if "asOf" in field.args} >= READ_WHAT_COUNTS
