"""Questions about the past over GraphQL: each field answers as of the moment that it names, and so does all below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLObjectType
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.api.context import MOST_PASTS
from mechkg.api.schema import create_schema
from mechkg.curation.accept import accept
from mechkg.curation.change_set import subject_of
from mechkg.curation.comment import comment
from mechkg.curation.enrol import enrol
from mechkg.curation.import_corpus import import_corpus
from mechkg.curation.ledger import Ledger
from mechkg.curation.release import release
from mechkg.graph.store import Store
from mechkg.literature.corpus import read_corpus
from mechkg.service.watches import Hypothesis, watch
from mechkg.service.workspace import Workspace
from tests.api.changing import SEEN_C, load, opened, signed_in
from tests.api.test_app import ask, data
from tests.curation.staff import ADA, BEN, employ, proposed, put
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
      then: check(space: "small", asOf: "first") {
        graphVersion candidates { localName verdict conflicts { observation { localName } } } }
      now: check(space: "small") { graphVersion candidates { localName verdict } }
      second: check(space: "small", asOf: "second") { graphVersion candidates { localName verdict } }
    }"""
    found = data(changing, query)
    verdicts = {key: {c["localName"]: c["verdict"] for c in value["candidates"]} for key, value in found.items()}
    assert verdicts["then"]["strays"] == "RULED_OUT"
    assert verdicts["then"] != verdicts["now"] == verdicts["second"]
    assert found["then"]["graphVersion"] < found["now"]["graphVersion"] == found["second"]["graphVersion"]


def test_what_is_below_a_field_is_of_the_same_moment(changing: TestClient) -> None:
    query = """query ($when: String) { item(name: "turn", asOf: $when) { label ... on Step { products { item { label } } } }
      report(space: "small", asOf: $when) { markdown check { graphVersion } } graphVersion(asOf: $when)
      assertions(filter: {kind: CHEMICAL}, asOf: $when) { nodes { label } }
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
    errors = ask(changing, f"{{ {fields} }}")["errors"]
    assert "mechkg.too_large" in [error["extensions"]["code"] for error in errors]


OF_NOW = {
    "me": "who asks, asks now",
    "drafts": "a draft is private and no part of the record",
    "draft": "it takes a version",
    "draftHistory": "it is the past of a draft",
    "compareVersions": "it takes two versions, which never change",
    "diff": "it takes two moments",
    "questions": "questions come with the program",
}
"""Fields of the query that take no asOf, each with why."""


def test_whatever_reads_the_ledger_can_be_asked_of_the_past() -> None:
    query = create_schema()._schema.query_type
    assert isinstance(query, GraphQLObjectType)
    assert {name for name, field in query.fields.items() if "asOf" not in field.args} == set(OF_NOW)
    for field in query.fields.values():
        for name, argument in field.args.items():
            if name == "asOf":
                assert (str(argument.type), argument.default_value) == ("String", None)


# --- the record -----------------------------------------------------------------------------------------------------------

RECORD = """query ($when: String, $set: ID!, $of: String!) {
  changeSets(filter: {waiting: null}, asOf: $when) { totalCount nodes { localName status staleItems history { kind }
    edits { before after } merge { item } } }
  changeSet(id: $set, asOf: $when) { status decidedBy comments { text } impact { findings { severity } signatures { by } } }
  impact(changeSet: $set, asOf: $when) { findings { severity } }
  merge(changeSet: $set, asOf: $when) { item now }
  disagreements(asOf: $when) { nodes { localName state } }
  discussion(of: $of, asOf: $when) { comments { text author } }
  history(of: $of, asOf: $when) { kind actor }
  acts(first: 3, asOf: $when) { totalCount nodes { sentence } pageInfo { endCursor hasNextPage } }
  versions(item: "a-1", asOf: $when) { number status acts { kind } }
  signatures(asOf: $when) { by stale }
  people(asOf: $when) { nodes { localName grants { role } } }
  tasks(asOf: $when) { kind sentence }
  watches(asOf: $when) { title checked }
  releases(asOf: $when) { nodes { name position } }
  graphVersion(asOf: $when)
}"""


def test_the_record_reads_as_it_did_then(tmp_path: Path) -> None:
    with opened(tmp_path) as workspace:
        ledger, client = workspace.ledger, TestClient(create_app(workspace))  # without its thread, which records flips
        client.headers.update(signed_in(workspace, ADA, "administrator"))
        accept(ledger, BEN, proposed(ledger, put("a-1")).id, revision=1)
        one = proposed(ledger, put("a-1", "other words", ledger.accepted_of("a-1")))
        names = {"set": one.id, "of": f"set:{one.id}"}
        steps: list[Callable[[], object]] = [
            lambda: comment(ledger, BEN, subject_of(one.id), "which figure?"),
            lambda: watch(workspace, ADA, Hypothesis("small")),
            lambda: enrol(ledger, ADA, "eve", name="Eve"),
            lambda: release(ledger, ADA, "first"),
            lambda: accept(ledger, BEN, one.id, revision=1),
            lambda: load(ledger, SEEN_C, tmp_path),
        ]
        seen: dict[str, Any] = {}
        for step in steps:
            step()
            seen[str(ledger.position())] = data(client, RECORD, **names)
        answers = [str(found) for found in seen.values()]
        assert len(set(answers)) == len(steps)
        for when, found in seen.items():
            assert data(client, RECORD, when=when, **names) == found
        both = 'then: changeSet(id: $set, asOf: "first") { status } now: changeSet(id: $set) { status }'
        found = data(client, f"query ($set: ID!) {{ {both} }}", set=one.id)
        assert found == {"then": {"status": "OPEN"}, "now": {"status": "ACCEPTED"}}
        errors = ask(client, RECORD, when="2001-01-01", **names)["errors"]
        assert {error["extensions"]["code"] for error in errors} == {"mechkg.not_found", "mechkg.forbidden"}  # nobody was known
