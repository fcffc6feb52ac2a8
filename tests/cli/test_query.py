"""GraphQL operations on the shell, over the home and over a server."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mechkg.api.app import create_app
from mechkg.service.workspace import Workspace
from mechkg.web.graphiql import examples
from tests.api.serving import serving

Run = Callable[..., "subprocess.CompletedProcess[str]"]

OPERATIONS = """\
query One($name: String!) { item(name: $name) { localName label } }
query Some($first: Int, $kind: [ItemKind!], $text: String) {
  assertions(first: $first, filter: {kind: $kind, text: $text}) {
    totalCount nodes { localName itemKind source { document { localName } quotes } }
  }
}
"""


@pytest.fixture(scope="module")
def address(shipped: Workspace) -> Iterator[str]:
    with serving(create_app(shipped)) as address:
        yield address


@pytest.fixture(params=["home", "server"])
def query(request: pytest.FixtureRequest, mechkg: Run, address: str) -> Run:
    """Run the command over the home, or over a server."""
    where = ["--url", address] if request.param == "server" else []
    return lambda *arguments: mechkg("query", *arguments, *where)


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "operations.graphql"
    path.write_text(OPERATIONS)
    return str(path)


def data(done: subprocess.CompletedProcess[str]) -> Any:
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def refused(done: subprocess.CompletedProcess[str]) -> str:
    assert (done.returncode, done.stdout) == (2, "")
    return " ".join(done.stderr.split())


# --- answers ----------------------------------------------------------------------------------------------------------


def test_an_operation_is_answered(query: Run, file: str) -> None:
    found = data(query(file, "--operation", "One", "-v", "name=CdTe MSC-371"))
    assert found == {"item": {"localName": "cdte-msc-371", "label": "CdTe MSC-371"}}


def test_variables_are_read_by_their_types(query: Run, file: str) -> None:
    found = data(query(file, "-o", "Some", "-v", "first=2", "-v", "kind=CLAIM", "-v", "text=371"))
    assert {node["itemKind"] for node in found["assertions"]["nodes"]} == {"CLAIM"}
    assert len(found["assertions"]["nodes"]) == 2 and found["assertions"]["totalCount"] > 2
    assert data(query(file, "-o", "Some", "-v", '{"first": 2, "kind": ["CLAIM"], "text": "371"}')) == found


def test_lists_come_as_tables_that_say_when_they_are_cut(query: Run, file: str) -> None:
    done = query(file, "-o", "Some", "--table", "-v", "first=2", "-v", 'kind=["SPECIES"]')
    assert done.returncode == 0
    assert "source.document.localName" in " ".join(done.stdout.split()) and "SPECIES" in done.stdout
    total = data(query(file, "-o", "Some", "-v", "first=0", "-v", "kind=SPECIES"))["assertions"]["totalCount"]
    assert f"2 of {total}" in done.stdout


def test_a_list_comes_as_csv(query: Run, file: str) -> None:
    done = query(file, "-o", "Some", "--csv", "-v", "first=3", "-v", "kind=CLAIM")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["itemKind"] for row in rows] == ["CLAIM"] * 3
    assert rows[0].keys() == {"localName", "itemKind", "source.document.localName", "source.quotes"}
    assert done.stderr.startswith("3 of ")


def test_csv_holds_one_list(mechkg: Run) -> None:
    assert "2 lists, and CSV is one table (ask for one of: check, check.candidates)" in refused(
        mechkg("query", "verdicts", "--csv")
    )


def test_an_operation_comes_from_standard_input(query: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{ item(name: "cdte-msc-371") { label } }'))
    assert data(query("-")) == {"item": {"label": "CdTe MSC-371"}}


def test_an_answer_in_part_is_printed_and_told_by_the_status(query: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    text = '{ node(id: "https://w3id.org/mechkg/id/cdte-msc-371") { id } me { person { name } } tasks { kind } }'
    monkeypatch.setattr("sys.stdin", io.StringIO(text.replace("tasks { kind }", 'wrong: node(id: "x") { id }')))
    done = query("-")
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"node": {"id": "https://w3id.org/mechkg/id/cdte-msc-371"}, "me": None, "wrong": None}
    assert "'x' is no IRI of mechkg" in " ".join(done.stderr.split())


# --- examples ---------------------------------------------------------------------------------------------------------


def test_examples_are_listed_and_run_by_name(mechkg: Run) -> None:
    for done in (mechkg("query"), mechkg("query", "--list")):
        assert done.returncode == 0
        assert all(example.name in done.stdout for example in examples())
    found = data(mechkg("query", "why-ruled-out"))
    assert found["why"]["candidate"]["verdict"] == "RULED_OUT"


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_each_example_can_be_shown_as_tables(mechkg: Run, example: Any) -> None:
    done = mechkg("query", example.name, "--table")
    assert done.returncode == 0 and done.stderr == "" and done.stdout.strip()


# --- mistakes ---------------------------------------------------------------------------------------------------------


def test_mistakes_are_told_with_place_and_nearest_name(query: Run, file: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.graphql"
    wrong.write_text('{\n  item(name: "cdte-msc-371") { labell }\n}\n')
    assert f"{wrong}, line 2, column 32: Cannot query field 'labell' on type 'Item'. Did you mean 'label'?" in refused(
        query(str(wrong))
    )
    wrong.write_text("{ item(name: }")
    assert f"{wrong}, line 1, column 14: Syntax Error" in refused(query(str(wrong)))
    assert "there is no item called 'cdte-msc-37l' (did you mean" in refused(query(file, "-o", "One", "-v", "name=cdte-msc-37l"))
    assert "called 'Ones' (did you mean 'One'?)" in refused(query(file, "-o", "Ones"))
    assert "several operations in it (say which: One, Some)" in refused(query(file))
    assert "called 'nam' (did you mean 'name'?)" in refused(query(file, "-o", "One", "-v", "nam=x"))
    assert "'name' gives no variable a value" in refused(query(file, "-o", "One", "-v", "name"))
    assert "'name' is given twice" in refused(query(file, "-o", "One", "-v", "name=a", "-v", "name=b"))
    assert "Variable '$name' has invalid value: Expected a value" in refused(query(file, "-o", "One"))
    assert "called 'verdict' (did you mean 'verdicts'?)" in refused(query("verdict"))
    assert "the variables are no JSON" in refused(query(file, "-o", "One", "-v", "{"))


def test_a_server_that_is_not_there_is_told(mechkg: Run) -> None:
    done = mechkg("query", "verdicts", "--url", "http://127.0.0.1:9", "--timeout", "1")
    assert "http://127.0.0.1:9 cannot be reached" in refused(done)


def test_a_file_that_is_no_text_is_told(mechkg: Run, tmp_path: Path) -> None:
    (tmp_path / "x.graphql").write_bytes(b"\xff\xfe")
    assert "is no text in UTF-8 (byte 1)" in refused(mechkg("query", str(tmp_path / "x.graphql")))
    assert "cannot be read" in refused(mechkg("query", str(tmp_path)))


def test_one_form_at_a_time(mechkg: Run) -> None:
    done = mechkg("query", "verdicts", "--json", "--table")
    assert done.returncode == 2 and "choose one of" in done.stderr
