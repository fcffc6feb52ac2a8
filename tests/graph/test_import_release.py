"""Reading a release back: any items in any form, and nothing that was changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mechkg.errors import BadInputError
from mechkg.graph.export_release import MANIFEST, N_QUADS, TRIG, export_release
from mechkg.graph.import_release import FILES, Form, read_accepted, read_release, verify_release
from mechkg.graph.publish import published
from mechkg.model.corpus import ItemKind
from mechkg.model.ledger_record import AssertionRecord
from tests.graph.few_items import FEW, at
from tests.graph.items import ANY_ITEM

FORMS: tuple[Form, ...] = get_args(Form)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ANY_ITEM, max_size=4))
def test_every_form_gives_back_any_items(tmp_path_factory: pytest.TempPathFactory, cases: list[tuple[ItemKind, Any]]) -> None:
    records = {record.id: record for kind, item in cases for record in [AssertionRecord.of(kind, item, item.id, "paper")]}
    given_ = [at(record, position) for position, record in enumerate(records.values(), start=1)]
    folder = tmp_path_factory.mktemp("any") / "release"
    export_release(folder, "any", len(given_), given_)
    for form in FORMS:
        assert list(read_release(folder, form).accepted) == given_


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_was_changed_is_refused(tmp_path: Path, form: Form) -> None:
    export_release(tmp_path / "a", "few", 6, FEW)
    wanted = tmp_path / "a" / FILES[form]
    file = wanted / "material.csv" if form == "csv" else wanted
    changed = file.read_text(encoding="utf-8").replace("2.1", "2.2")
    file.write_text(changed, encoding="utf-8", newline="")
    with pytest.raises(BadInputError, match="its SHA-256 is another one"):
        read_release(tmp_path / "a", form)
    with pytest.raises(BadInputError, match="its SHA-256 is another one"):
        verify_release(tmp_path / "a")
    with pytest.raises(BadInputError, match="changed"):
        read_accepted(wanted)


def test_a_manifest_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="No such file") as caught:
        read_release(tmp_path)
    assert "a release is a folder with this file" in str(caught.value)
    export_release(tmp_path / "a", "few", 6, FEW)
    where = tmp_path / "a" / MANIFEST
    said = json.loads(where.read_text())
    for content, why in (
        ("nonsense", "is not the manifest of a release"),
        ("[]", "is not the manifest of a release"),
        (json.dumps(said | {"format": 9}), "has the format 9; this mechkg reads 1"),
        (json.dumps(said | {"more": 1}), "is not the manifest of a release"),
        (json.dumps(said | {"assertions": 4}), "holds 3 assertions; manifest.json says 4"),
    ):
        where.write_text(content)
        with pytest.raises(BadInputError, match=why):
            read_release(tmp_path / "a")


def test_tables_that_are_none_are_refused(tmp_path: Path) -> None:
    export_release(tmp_path / "a", "few", 6, FEW)
    folder = tmp_path / "a" / "csv"
    file = folder / "material.csv"
    good = file.read_text(encoding="utf-8")
    for content, why in (
        (good.replace("formula", "formulla", 1), "has a column 'formulla'"),
        (good.replace(",formula", "", 1), "lacks the column 'formula'"),
        (good + "short\r\n", "material.csv:3: expected"),
        (good + '"open', "cannot be read as CSV"),
    ):
        file.write_text(content, encoding="utf-8", newline="")
        with pytest.raises(BadInputError, match=why):
            read_accepted(folder)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(BadInputError, match="in UTF-8"):
        read_accepted(folder)
    file.rename(folder / "materials.csv")
    with pytest.raises(BadInputError, match="there is no table called 'materials'") as caught:
        read_accepted(folder)
    assert caught.value.hint == "did you mean 'material'?"


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="expected a folder of tables, or a file that ends in"):
        read_accepted(tmp_path / "a.ttl")
    with pytest.raises(BadInputError, match="No such file"):
        read_accepted(tmp_path / "a.trig")
    (tmp_path / "a.trig").write_text("nonsense")
    with pytest.raises(BadInputError, match=r"a\.trig: the document cannot be read"):
        read_accepted(tmp_path / "a.trig")


def test_a_file_of_nanopublications_can_be_read_by_itself(tmp_path: Path) -> None:
    export_release(tmp_path / "a", "few", 6, FEW)
    (tmp_path / "a" / MANIFEST).unlink()
    assert read_accepted(tmp_path / "a" / TRIG) == FEW
    made = published(*FEW[0])
    assert f"<{made.name}>" in (tmp_path / "a" / N_QUADS).read_text()
