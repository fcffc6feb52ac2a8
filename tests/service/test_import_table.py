"""Tables in: a preview that names row and column, all or nothing, one change set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mechkg.curation.enrol import enrol, grant
from mechkg.curation.import_corpus import import_corpus
from mechkg.errors import BadInputError, ForbiddenError, NotFoundError
from mechkg.literature.spreadsheets import from_csv
from mechkg.model.corpus import CorpusFile, ItemKind
from mechkg.model.person import Caller, Grant
from mechkg.service.accept import accept
from mechkg.service.acting import PutItem
from mechkg.service.disagreements import disagreements
from mechkg.service.export_table import compositions_table, disagreements_table, items_table, written
from mechkg.service.import_table import Preview, import_table, preview_table
from mechkg.service.propose import propose
from mechkg.service.retract import retract
from mechkg.service.workspace import Workspace

ADA, BEN, EVE = Caller("ada", "python"), Caller("ben", "python"), Caller("eve", "python")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    content = {
        "mechkg": 1,
        "source": {"id": "paper"},
        "references": [{"id": "r-1", "authors": ["A. Ash"]}, {"id": "r-2", "authors": ["B. Birch"]}],
        "materials": [{"id": "ab", "formula": "CdS"}],
        "species": [
            {"id": "ab-311", "kind": "MSC", "material": "ab", "names": ["CdS MSC-311"],
             "signature": {"absorption": "311 nm", "silent": True}},
        ],
        "procedures": [{"id": "p", "title": "Keeping it", "stages": [{"id": "s", "action": "hold"}]}],
        "observations": [
            {"id": "o-1", "at": "p/s", "kind": "present", "subject": "ab-311", "note": "=HYPERLINK(\"x\")",
             "measured": [{"what": "band", "quantity": "311 nm"}, {"what": "width", "text": "-3.2 or so"}]},
        ],
        "claims": [
            {"id": f"c-{n}", "kind": "composition", "cites": [f"r-{n}"],
             "entries": [{"formula": f"Cd{n}0S9", "absorption": "311 nm", "species": "ab-311"}]}
            for n in (1, 2)
        ],
    }  # fmt: skip
    with Workspace.open(tmp_path / "home") as found:
        import_corpus(found.ledger, CorpusFile.model_validate(content), "paper.yaml")
        for person, role in ((ADA, None), (BEN, "curator"), (EVE, "reader")):
            enrol(found.ledger, ADA, person.person, name=person.person)
            if role is not None:
                grant(found.ledger, ADA, person.person, Grant(role))  # type: ignore[arg-type]
        yield found


def given(workspace: Workspace, text: str, kind: str | None = "observation", document: str | None = "paper") -> Preview:
    return preview_table(workspace, text.encode(), "table.csv", kind=kind, document=document)


def told(found: Preview) -> list[tuple[int | None, str, str, str | None]]:
    return [(f.line, f.code, f.message, f.hint) for f in found.findings]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", ["observation", "species", "claim", "procedure", "reference", "material", "document"])
def test_what_was_exported_changes_nothing(workspace: Workspace, kind: ItemKind, form: str) -> None:
    content = written([items_table(workspace, kind)], form)
    found = preview_table(workspace, content, f"table.{form}")
    assert found.kind == kind and not found.findings
    assert sorted(found.unchanged) == sorted(e.id for e in workspace.catalog.by_kind[kind]) and not found.asked
    with pytest.raises(BadInputError, match="changes nothing"):
        import_table(workspace, BEN, found)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_changed_in_the_file_is_all_that_changes(workspace: Workspace, form: str) -> None:
    sheet = items_table(workspace, "observation")
    row = {**sheet.rows[0], "method": "absorption", "measured.2.text": "+3.1 or so"}
    sheet = type(sheet)(
        sheet.name, sheet.columns, [row, {"id": "o-2", "document": "paper", "kind": "absent", "at": "p/s", "locator": "Figure 1"}]
    )
    found = preview_table(workspace, written([sheet], form), f"table.{form}")
    assert (found.added, found.changed, found.findings) == (("o-2",), ("o-1",), ())
    made = import_table(workspace, BEN, found, title="New readings")
    assert (made.title, [(e.op, e.item) for e in made.edits]) == ("New readings", [("change", "o-1"), ("add", "o-2")])
    accept(workspace, ADA, made.id, revision=1)
    body = workspace.catalog.entries["o-1"].record.body
    assert (body["method"], body["measured"][1]["text"], body["note"]) == ("absorption", "+3.1 or so", '=HYPERLINK("x")')


def test_a_column_that_is_not_there_leaves_its_field_and_an_empty_cell_empties_it(workspace: Workspace) -> None:
    found = given(workspace, "id,note\no-1,\n")
    assert found.changed == ("o-1",)
    (asked,) = found.asked
    assert "note" not in asked.body and asked.body["subject"] == ["ab-311"] and len(asked.body["measured"]) == 2
    (asked,) = given(workspace, "id,signature.silent\nab-311,\n", kind="species").asked
    assert asked.body["signature"] == {"absorption": ["311 nm"]}
    (asked,) = given(workspace, "id,measured.1.what,measured.1.quantity\no-1,band,312 nm\n").asked
    assert asked.body["measured"] == [{"what": "band", "quantity": "312 nm"}]


def test_items_of_a_retracted_document_read_as_they_are_and_can_be_put_right(workspace: Workspace) -> None:
    content = written([items_table(workspace, "claim")], "csv")
    retract(workspace, ADA, workspace.catalog.entries["paper"].record.id, code="source-retracted", reason="withdrawn")
    found = preview_table(workspace, content, "table.csv")
    assert (sorted(found.unchanged), found.changed, found.findings) == (["c-1", "c-2"], (), ())
    found = given(workspace, "id,note\nc-1,looked at again\n", kind="claim", document=None)
    assert (found.changed, found.findings) == (("c-1",), ())
    accept(workspace, ADA, import_table(workspace, BEN, found).id, revision=1)
    assert workspace.catalog.entries["c-1"].record.body["note"] == "looked at again"
    one = workspace.catalog.entries["c-2"].record
    made = propose(workspace, BEN, [PutItem("claim", "paper", {**one.body, "note": "by hand"})], title="By hand")
    accept(workspace, ADA, made.id, revision=1)
    with pytest.raises(NotFoundError, match="no document called 'paper'"):
        propose(workspace, BEN, [PutItem("claim", "paper", {**one.body, "id": "c-3"})], title="New")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_document_that_is_not_there_is_told_once(workspace: Workspace, rows: int) -> None:
    lines = "".join(f"n-{n},{{}},present,p/s,ab-311\n" for n in range(rows))
    table = "id,document,kind,at,subject\n" + lines
    more = f" (in {rows} rows, of which this is the first)" if rows > 1 else ""
    [unknown] = told(given(workspace, table.replace("{}", "papr")))
    assert unknown == (2, "table.no-document", f"column 'document': there is no document 'papr'{more}", "did you mean 'paper'?")
    retract(workspace, ADA, workspace.catalog.entries["paper"].record.id, code="source-retracted", reason="withdrawn")
    [gone] = told(given(workspace, table.replace("{}", "paper")))
    said = f"column 'document': 'paper' was retracted, so nothing new can be taken from it{more}"
    assert gone == (2, "table.no-document", said, "restore it first, or name another document")


@pytest.mark.parametrize("content", [b"no archive", b"PK\x03\x04 and then nothing"])
@pytest.mark.parametrize("kind", [None, "observation"])
def test_a_damaged_workbook_is_told_as_such(workspace: Workspace, content: bytes, kind: str | None) -> None:
    with pytest.raises(BadInputError, match=r"'table\.xlsx' is damaged, or no XLSX"):
        preview_table(workspace, content, "table.xlsx", kind=kind)


def test_findings_name_row_and_column_what_was_expected_and_the_nearest_name(workspace: Workspace) -> None:
    found = given(
        workspace,
        "id,document,kind,at,subject,limit,colour,prompt\n"
        "o-2,papr,present,p/s,ab-311,,,\n"
        "o-3,paper,presnt,p/s,ab-311,,,\n"
        "o-4,paper,present,p/s,ab-311,much,,\n"
        "o-5,paper,present,p/s,ab-311,,,perhaps\n"
        ",paper,present,p/s,ab-311,,,\n"
        "o-4,paper,present,p/s,ab-311,,,\n"
        "r-1,paper,present,p/s,ab-311,,,\n",
    )
    assert not found.acceptable and not found.asked
    assert told(found) == [
        (1, "table.unknown-column", "there is no column 'colour'", None),
        (2, "table.no-document", "column 'document': there is no document 'papr'", "did you mean 'paper'?"),
        (3, "table.bad-value", told(found)[2][2], "did you mean 'present'?"),
        (4, "table.bad-value", told(found)[3][2], "expected a quantity, such as '~2 h'"),
        (5, "table.bad-cell", "column 'prompt': expected yes or no, found 'perhaps'", None),
        (6, "table.no-id", "column 'id' is empty", "it names the item"),
        (7, "table.twice", "'o-4' stands in row 4 already", "join the two rows"),
        (8, "table.taken", "'r-1' is a reference of 'paper'", "give the new item an id of its own"),
    ]
    assert told(found)[2][2].startswith("column 'kind': ") and told(found)[2][2].endswith("found 'presnt'")


def test_an_unknown_name_is_found_before_anything_enters(workspace: Workspace) -> None:
    before = workspace.ledger.position()
    found = given(workspace, "id,kind,at,subject\no-2,present,p/s,ab-311\no-3,present,p/s,ab-312\n")
    ((line, code, message, hint),) = [each for each, f in zip(told(found), found.findings, strict=True) if f.severity == "error"]
    assert line == 3 and "ab-312" in message and code.startswith("corpus.") and "ab-311" in f"{message} {hint}"
    with pytest.raises(BadInputError, match=r"is not imported: table.csv:3: error"):
        import_table(workspace, BEN, found)
    assert workspace.ledger.position() == before


def test_a_quote_that_contradicts_its_row_is_a_warning(workspace: Workspace) -> None:
    found = given(workspace, "id,kind,at,subject,quote\no-2,present,p/s,ab-311,no CdS MSC-311 was observed\n")
    assert found.acceptable and ("warning", "fit.contradicted", 2) in [(f.severity, f.code, f.line) for f in found.findings]


def test_who_may_not_propose_imports_nothing(workspace: Workspace) -> None:
    found = given(workspace, "id,kind,at,subject\no-2,present,p/s,ab-311\n")
    before = workspace.ledger.position()
    with pytest.raises(ForbiddenError):
        import_table(workspace, EVE, found)
    assert workspace.ledger.position() == before


def test_the_kind_has_to_be_told(workspace: Workspace) -> None:
    with pytest.raises(BadInputError, match="does not say of which kind"):
        given(workspace, "id,kind\na,b\n", kind=None)
    with pytest.raises(BadInputError, match="did you mean 'observation'"):
        given(workspace, "id,kind\na,b\n", kind="observations")


def test_disagreements_and_compositions_as_tables(workspace: Workspace) -> None:
    sheet = disagreements_table(disagreements(workspace))
    assert [(row["side"], row["works"], row["laboratories"]) for row in sheet.rows] == [
        ("Cd10S9", "r-1", "laboratory of A. Ash"),
        ("Cd20S9", "r-2", "laboratory of B. Birch"),
    ]
    (row,) = compositions_table(workspace).rows
    assert row == {"material": "ab", "absorption": "311 nm", "species": "ab-311", "r-1": "Cd10S9", "r-2": "Cd20S9"}
    assert [r.cells["side"] for r in from_csv(written([sheet], "csv"), "a.csv").rows] == ["Cd10S9", "Cd20S9"]


def test_a_form_that_is_not_there_is_answered_with_the_nearest(workspace: Workspace) -> None:
    sheet = items_table(workspace, "claim")
    with pytest.raises(BadInputError, match="did you mean 'xlsx'"):
        written([sheet], "xls")
    with pytest.raises(BadInputError, match="holds one table"):
        written([sheet, sheet], "csv")
