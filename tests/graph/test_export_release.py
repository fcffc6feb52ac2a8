"""Releases: the same content in every form, the same bytes every time, and back again as it was."""

from __future__ import annotations

import csv
import hashlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from mechkg.errors import BadInputError
from mechkg.graph.check_nanopublication import check_file
from mechkg.graph.csv_tables import tables
from mechkg.graph.export_release import JSON_LD, MANIFEST, N_QUADS, TRIG, TURTLE, Manifest, export_release
from mechkg.graph.import_release import Form, read_manifest, read_release, verify_release
from mechkg.graph.publish import Accepted
from mechkg.graph.signature import Signer
from mechkg.graph.store import read
from mechkg.service.workspace import Workspace
from tests.graph.few_items import FEW, accepted

FORMS: tuple[Form, ...] = get_args(Form)


# --- the whole corpus -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def everything(shipped: Workspace) -> list[Accepted]:
    return shipped.ledger.accepted_with_acts()


@pytest.fixture(scope="module")
def released(everything: list[Accepted], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    folder = tmp_path_factory.mktemp("releases") / "corpus"
    return folder, export_release(folder, "corpus", everything[-1][1].position, everything)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_back_the_whole_corpus(released: tuple[Path, Manifest], everything: list[Accepted], form: Form) -> None:
    assert len(everything) > 1100
    release = read_release(released[0], form)
    assert list(release.accepted) == everything
    assert release.manifest == released[1]


def test_the_three_syntaxes_hold_the_same_quads(released: tuple[Path, Manifest]) -> None:
    folder, manifest = released
    trig, n_quads, json_ld = (
        set(read((folder / name).read_bytes(), syntax))
        for name, syntax in ((TRIG, "trig"), (N_QUADS, "n-quads"), (JSON_LD, "json-ld"))
    )
    assert trig == n_quads == json_ld
    assert len(trig) == manifest.quads
    said = {quad[:3] for quad in trig if quad[3].endswith("#assertion>")}
    assert {quad[:3] for quad in read((folder / TURTLE).read_bytes(), "turtle")} == said


@pytest.mark.parametrize("name", [TRIG, N_QUADS, JSON_LD])
def test_every_nanopublication_is_valid_and_trusty(released: tuple[Path, Manifest], name: str) -> None:
    checked = check_file(released[0] / name)
    assert checked.findings == ()
    assert len(checked.trusty) == len(checked.names) == released[1].assertions


def test_the_manifest_tells_what_there_is(released: tuple[Path, Manifest], everything: list[Accepted]) -> None:
    folder, manifest = released
    assert manifest == read_manifest(folder) == verify_release(folder)
    assert (manifest.release, manifest.position, manifest.key) == ("corpus", everything[-1][1].position, None)
    assert manifest.assertions == len(everything)
    assert manifest.kinds == Counter(record.kind for record, _ in everything)
    there = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert there == sorted([*(file.name for file in manifest.files), MANIFEST])
    for file in manifest.files:
        content = (folder / file.name).read_bytes()
        assert (file.bytes, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_the_tables_are_explained_and_named_in_the_readme(released: tuple[Path, Manifest]) -> None:
    folder, _ = released
    with (folder / "csv" / "columns.csv").open(encoding="utf-8", newline="") as lines:
        explained = {(row["table"], row["column"]) for row in csv.DictReader(lines) if row["meaning"]}
    assert explained == {(table.name, column) for table in tables() for column in table.columns}
    readme = (folder / "README.md").read_text()
    assert all(f"`{name}`" in readme for name in (TRIG, N_QUADS, JSON_LD, TURTLE, "csv/columns.csv", MANIFEST))


def cells_in(folder: Path) -> Iterator[str]:
    """Yield every cell of every table, as a spreadsheet program reads it."""
    for path in (folder / "csv").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            yield from (cell for row in csv.reader(lines) for cell in row)


def is_formula(cell: str) -> bool:
    """Say whether a spreadsheet program would take a cell for a formula; what can be read as a number it takes for a number."""
    if cell[:1] not in tuple("=+-@\t\r"):
        return False
    try:
        return float(cell) is None
    except ValueError:
        return True


def test_no_cell_of_the_corpus_is_a_formula(released: tuple[Path, Manifest]) -> None:
    cells = [cell for cell in cells_in(released[0]) if cell]
    assert len(cells) > 10_000
    assert [cell for cell in cells if is_formula(cell)] == []


# --- few items --------------------------------------------------------------------------------------------------------

AGAIN = """
import sys
from pathlib import Path
from tests.graph.few_items import FEW
from mechkg.graph.export_release import export_release
export_release(Path(sys.argv[1]), "few", 6, FEW)
"""


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_release_has_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    export_release(tmp_path / "a", "few", 6, FEW)
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", AGAIN, str(tmp_path / seed)]
        subprocess.run(command, check=True, env=environment, cwd=Path(__file__).parents[2])
        assert contents(tmp_path / seed) == contents(tmp_path / "a")


def test_what_is_accepted_later_is_another_release(tmp_path: Path) -> None:
    one = export_release(tmp_path / "a", "few", 6, FEW)
    two = export_release(tmp_path / "b", "few", 6, FEW[:2])
    assert (one.assertions, two.assertions) == (3, 2)
    assert contents(tmp_path / "a")[TRIG].startswith(contents(tmp_path / "b")[TRIG])


def test_an_empty_release_can_be_read(tmp_path: Path) -> None:
    export_release(tmp_path / "a", "nothing yet", 0, [])
    for form in FORMS:
        assert read_release(tmp_path / "a", form).accepted == ()


def test_a_signed_release_is_seen_as_signed_and_comes_back(tmp_path: Path) -> None:
    signer = Signer(rsa.generate_private_key(65537, 2048))
    manifest = export_release(tmp_path / "a", "few", 6, FEW, signer)
    assert manifest.key == signer.public_key
    checked = check_file(tmp_path / "a" / TRIG)
    assert checked.findings == ()
    assert len(checked.signed) == 3
    for form in FORMS:
        assert list(read_release(tmp_path / "a", form).accepted) == FEW
    export_release(tmp_path / "b", "few", 6, FEW, signer)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_texts_that_look_like_formulas_are_texts_in_the_tables_and_come_back(tmp_path: Path) -> None:
    hostile = ['=HYPERLINK("http://x.invalid","y")', "@SUM(1)", "+1 or so", "-A1", "'=kept", "''", "'", "-3.2 kJ", "\t=1"]
    given = [accepted("material", n, formula=text.strip(), band_gap="-1e-7 eV") for n, text in enumerate(hostile, start=1)]
    record, act = given[0]
    given[0] = record, replace(act, actor="=1+1", reason="@x", batch="-b")
    export_release(tmp_path / "a", "few", len(given), given)
    cells = list(cells_in(tmp_path / "a"))
    assert [cell for cell in cells if is_formula(cell)] == []
    assert {"'=1+1", "'@x", "'-b", "'-3.2 kJ", "''=kept"} <= set(cells)
    assert cells.count("-1e-07") == len(hostile)  # a number stays one
    for form in FORMS:
        assert list(read_release(tmp_path / "a", form).accepted) == given


# --- what is refused --------------------------------------------------------------------------------------------------


def test_a_release_does_not_change_and_a_failed_one_leaves_nothing(tmp_path: Path) -> None:
    export_release(tmp_path / "a", "few", 6, FEW)
    with pytest.raises(BadInputError, match="is there already"):
        export_release(tmp_path / "a", "few", 6, FEW)

    def failing() -> Iterator[Accepted]:
        yield FEW[0]
        raise RuntimeError("the ledger is gone")

    with pytest.raises(RuntimeError, match="the ledger is gone"):
        export_release(tmp_path / "b", "few", 6, failing())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a"]
    (tmp_path / "file").touch()
    with pytest.raises(BadInputError, match="cannot be made"):
        export_release(tmp_path / "file" / "c", "few", 6, FEW)
