"""Named questions and checks: each against a small data set made by hand, and what asking wrongly says.

A question has a folder in ``cases/questions``: ``data.yaml``, a corpus file, and one JSON file per way to ask with the rows that
must come. A check has a file in ``cases/checks``: items that the reader of files might refuse, and the rows it must find.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mechkg.assets import queries_dir
from mechkg.curation.import_corpus import records_of
from mechkg.errors import BadInputError, NotFoundError, QueryError
from mechkg.graph.ask import Answer, ask, check, questions, read_question
from mechkg.graph.build import bring_up_to_date
from mechkg.graph.ontology import class_names
from mechkg.graph.store import Store
from mechkg.literature.corpus import read_corpus
from mechkg.literature.yaml12 import read_yaml
from mechkg.model.corpus import ITEM_TYPES
from mechkg.model.finding import errors
from mechkg.model.ledger_record import Act, AssertionRecord
from mechkg.model.source import Document

if TYPE_CHECKING:
    from mechkg.service.workspace import Workspace

CASES = Path(__file__).parent / "cases"
AT = datetime(2026, 1, 2, tzinfo=UTC)


class Accepted:
    """A ledger in which some records stand accepted and nothing else ever happened."""

    def __init__(self, records: list[AssertionRecord]) -> None:
        self.records = records

    def settled(self) -> int:
        return len(self.records)

    def acts(self, after: int = 0, until: int | None = None) -> Iterator[Act]:
        for number, each in enumerate(self.records[after:until], start=after + 1):
            yield Act(number, "accept", each.id, "a curator", AT, None, None, f"digest {number}")

    def assertions(self, ids: Any = None) -> dict[str, AssertionRecord]:
        return {each.id: each for each in self.records}

    def each_accepted_with_act(self, at: int | None = None) -> Iterator[tuple[AssertionRecord, Act]]:
        return zip(self.records, self.acts(), strict=True)


def graph_of(records: list[AssertionRecord]) -> Store:
    store = Store.open(None)
    bring_up_to_date(store, Accepted(records))
    return store


def graph_of_file(path: Path) -> Store:
    reading = read_corpus([path], class_names())
    assert errors(reading.findings) == []
    return graph_of(records_of(reading.files[0][1]))


# --- questions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", sorted(CASES.glob("questions/*/*.json")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_question_is_answered(case: Path) -> None:
    wanted = json.loads(case.read_text())
    answer = ask(graph_of_file(case.parent / "data.yaml"), case.parent.name, wanted["parameters"])
    assert list(answer.columns) == wanted["columns"]
    assert [list(row) for row in answer.rows] == wanted["rows"]
    assert not answer.truncated


def test_each_question_has_a_case() -> None:
    assert {q.name for q in questions()} == {path.name for path in (CASES / "questions").iterdir()}


@pytest.mark.parametrize("question", questions(), ids=lambda q: q.name)
def test_each_question_is_one_and_says_what_its_parameters_are(question: Any) -> None:
    assert question.text.endswith("?")
    assert all(p.description for p in question.parameters)
    assert all(f"?{p.name}" in question.query.replace("parameter", "") for p in question.parameters)


# --- checks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", sorted(CASES.glob("checks/*.yaml")), ids=lambda path: path.stem)
def test_a_check_finds_what_is_wrong_and_nothing_else(case: Path) -> None:
    content = read_yaml(case.read_text()).content
    source = Document(id="paper")
    records = [AssertionRecord.of("document", source, source.id, source.id)]
    for kind, body in content["items"]:
        item = ITEM_TYPES[kind].model_validate(body)
        records.append(AssertionRecord.of(kind, item, item.id, content.get("document", source.id)))
    store = graph_of(records)
    table = store.select((queries_dir() / "checks" / f"{case.stem}.rq").read_text())
    wanted = [[None if value is None else value for value in row] for row in content["rows"]]
    shown = [[None if want is None else got for got, want in zip(row, wanted[0], strict=True)] for row in table.rows]
    assert shown == wanted
    found = [finding for finding in check(store) if finding.code == f"graph.{case.stem}"]
    assert len(found) == len(wanted)
    assert all(str(wanted[0][0] or wanted[0][1]) in finding.message for finding in found[:1])


def test_each_check_has_a_case() -> None:
    checks = {path.stem for path in (queries_dir() / "checks").glob("*.rq")}
    assert checks == {path.stem for path in (CASES / "checks").iterdir()}


def test_data_without_faults_pass_all_checks() -> None:
    assert check(graph_of_file(CASES / "questions" / "assumptions-backing" / "data.yaml")) == []


# --- asking wrongly ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store() -> Store:
    return graph_of_file(CASES / "questions" / "seen-of-species" / "data.yaml")


def test_an_unknown_question_gets_the_nearest(store: Store) -> None:
    with pytest.raises(NotFoundError, match="did you mean 'seen-of-species'"):
        ask(store, "seen-of-specis")


def test_a_name_is_never_a_path(store: Store) -> None:
    with pytest.raises(NotFoundError):
        ask(store, "../checks/unknown-thing")


def test_an_unknown_parameter_gets_the_nearest(store: Store) -> None:
    with pytest.raises(NotFoundError, match=r"parameter of 'seen-of-species' called 'specie' .did you mean 'species'"):
        ask(store, "seen-of-species", {"specie": "x-1"})


def test_a_parameter_without_default_is_needed(store: Store) -> None:
    with pytest.raises(BadInputError, match="'species' is needed: the name of an item"):
        ask(store, "seen-of-species")


def test_an_unknown_item_gets_the_nearest(store: Store) -> None:
    with pytest.raises(NotFoundError, match=r"no item called 'x-2' .did you mean 'x-1'"):
        ask(store, "seen-of-species", {"species": "x-2"})


def test_an_unknown_class_gets_the_nearest(store: Store) -> None:
    with pytest.raises(NotFoundError, match="did you mean 'PrimaryAmine'"):
        ask(store, "steps-promoted-by", {"class": "PrimaryAmin"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "typed.rq").write_text(
        "# Which values\n# came in?\n"
        "# parameter: word text some words | a text\n# parameter: real number 1.5\n# parameter: whole integer 2 | a count\n"
        "# parameter: term iri Step\n# parameter: size quantity 3 nm | a length\n"
        "SELECT ?word ?real ?whole ?term ?size WHERE { }\n"
    )
    (tmp_path / "many.rq").write_text(
        "# How many?\nSELECT ?n WHERE { VALUES ?n { " + " ".join(map(str, range(30))) + " } } ORDER BY ?n\n"
    )
    return tmp_path


def answer(store: Store, folder: Path, **given: Any) -> tuple[Any, ...]:
    [row] = ask(store, "typed", given, folder=folder).rows
    return row


def test_parameters_have_types_and_defaults(store: Store, folder: Path) -> None:
    assert read_question(folder / "typed.rq").text == "Which values came in?"
    assert answer(store, folder) == ("some words", 1.5, 2, "Step", 3.0)
    assert answer(store, folder, real="2e3", whole=" 7 ", size="0.4 um", word='a "b" } # c', term="urn:x:y") == (
        'a "b" } # c', 2000.0, 7, "urn:x:y", 400.0,
    )  # fmt: skip
    assert answer(store, folder, real=2, whole=7, size=5) == ("some words", 2.0, 7, "Step", 5.0)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"real": "two"}, "'two' is not a number, such as 2.5, which the parameter 'real' asks for"),
        ({"whole": "2.5"}, "'2.5' is not a whole number"),
        ({"size": "3 min"}, "'3 min' is not a quantity, such as '3 nm'"),
        ({"size": "long"}, "'long' is not a quantity"),
        ({"term": "<urn:x> } UNION { ?s ?p ?o"}, "is not a name of the ontology or an IRI"),
        ({"term": "urn:x>"}, "is not a name of the ontology or an IRI"),
        ({"real": "nan"}, "is not a number"),
    ],
)
def test_a_value_of_the_wrong_type_says_what_was_expected(
    store: Store, folder: Path, given: dict[str, str], expected: str
) -> None:
    with pytest.raises(BadInputError) as caught:
        answer(store, folder, **given)
    assert expected in caught.value.message


def test_rows_beyond_the_limit_are_cut_and_the_answer_says_so(store: Store, folder: Path) -> None:
    cut = ask(store, "many", limit=10, folder=folder)
    assert (len(cut.rows), cut.total, cut.truncated) == (10, 30, True)
    assert json.loads(cut.as_json())["truncated"] is True
    assert not ask(store, "many", folder=folder).truncated


def test_an_answer_is_also_csv_and_json() -> None:
    found = Answer(
        "Which?", ("item", "words", "number"), (("x-1", 'with "quotes", commas\nand lines', 2.5), ("y", None, True)), 2
    )
    assert list(csv.reader(io.StringIO(found.as_csv()))) == [
        ["item", "words", "number"], ["x-1", 'with "quotes", commas\nand lines', "2.5"], ["y", "", "True"],
    ]  # fmt: skip
    assert json.loads(found.as_json()) == {
        "question": "Which?",
        "total": 2,
        "truncated": False,
        "rows": [
            {"item": "x-1", "words": 'with "quotes", commas\nand lines', "number": 2.5},
            {"item": "y", "words": None, "number": True},
        ],
    }


# --- query files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("SELECT ?x WHERE { ?x ?y ?z }", "first comment"),
        ("# parameter: x text\nSELECT ?x WHERE { ?x ?y ?z }", "first comment"),
        ("# What?\n# parameter: x wavelength\n", "'wavelength' is not a type"),
        ("# What?\n# parameter x text\n", "is not '# parameter: name type default"),
        ("# What?\n# parameter: 1x text\n", "is not '# parameter: name type default"),
        ("# What?\n# parameter: x quantity 3\n", "must be a quantity with its unit"),
        ("# What?\n# parameter: x quantity\n", "must be a quantity with its unit"),
        ("# What?\n# parameter: x quantity wide\n", "must be a quantity with its unit"),
    ],
)
def test_a_query_file_that_cannot_be_read_says_why(tmp_path: Path, text: str, wrong: str) -> None:
    (tmp_path / "bad.rq").write_text(text)
    with pytest.raises(QueryError, match=wrong):
        read_question(tmp_path / "bad.rq")


# --- the shipped corpus -----------------------------------------------------------------------------------------------


def test_the_shipped_corpus_passes_all_checks(shipped: Workspace) -> None:
    assert check(shipped.store) == []


def test_the_table_of_compositions_shows_its_known_conflicts(shipped: Workspace) -> None:
    found = ask(shipped.store, "conflicting-compositions")
    groups: dict[tuple[float, float], set[str]] = {}
    for material, start, end, _, formula, source, _ in found.rows:
        assert material == "CdSe"
        assert source.startswith("ref-")
        groups.setdefault((start, end), set()).add(formula)
    assert groups == {
        (350, 350): {"(CdSe)13", "(CdSe)35", "Cd35Se20"},
        (380, 380): {"(CdSe)19", "(CdSe)56", "Cd56Se35"},
        (408, 410): {"(CdSe)84", "Cd84Se56", "Cd35Se16"},
        (415, 419): {"(CdSe)33/34", "(CdSe)34"},
        (434, 437): {"(CdSe)120", "(CdSe)66"},
    }


def test_each_question_has_an_answer_in_the_shipped_corpus(shipped: Workspace) -> None:
    given = {
        "seen-of-species": {"species": "cdte-msc-371"},
        "claims-of-paper": {"paper": "zhang2020"},
        "quotes-about": {"item": "cdtese-pc-399"},
    }
    for question in questions():
        answer = ask(shipped.store, question.name, given.get(question.name))
        assert answer.rows, question.name
        assert not answer.truncated
