"""Loading: all or nothing per file, nothing twice, and every mistake named with file, line and nearest valid name."""

from __future__ import annotations

from pathlib import Path

import pytest

from mechkg.service.load_corpus import LoadReport, load_corpus
from mechkg.service.workspace import Workspace

GOOD = """\
mechkg: 1
source: {id: paper, title: A paper}
materials:
  - {id: stuff, formula: CdTe}
chemicals:
  - {id: solvent, names: [a solvent], classes: [AromaticHydrocarbonSolvent]}
species:
  - {id: pc-1, kind: PC, material: stuff, names: [PC-1], signature: {silent: true}}
  - {id: msc-1, kind: MSC, material: stuff, names: [MSC-1], signature: {absorption: 371 nm}}
steps:
  - {id: turn, kind: isomerisation, reactants: [pc-1], products: [msc-1]}
procedures:
  - id: run
    title: A run
    stages:
      - {id: first, action: mix, duration: 1 min}
      - {id: second, action: disperse, medium: solvent, duration: 20 min}
observations:
  - {id: seen, kind: present, at: run/second, subject: msc-1, method: absorption}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "home")


def load(workspace: Workspace, folder: Path, text: str) -> LoadReport:
    path = folder / "paper.yaml"
    path.write_text(text)
    return load_corpus(workspace, [path])


@pytest.mark.parametrize(
    ("wrong", "right", "line", "code", "words"),
    [
        ("duration: 20 minz", "duration: 20 min", 17, "corpus.wrong-unit", "minz"),
        ("subject: msc-2", "subject: msc-1", 19, "corpus.unknown-name", "did you mean 'msc-1'"),
        ("[AromaticHydrocarbonSolven]", "[AromaticHydrocarbonSolvent]", 6, "corpus.unknown-class", "AromaticHydrocarbonSolvent"),
        ("{id: first, from: second, action", "{id: first, action", 16, "corpus.stage-cycle", "second"),
        ("{id: msc-1, kind: iso", "{id: turn, kind: iso", 11, "corpus.duplicate-id", "msc-1"),
        ("kind: isomerization", "kind: isomerisation", 11, "corpus.bad-value", "isomerisation"),
        ("materials: &a", "materials:", 3, "corpus.alias", "&a"),
    ],
)
def test_a_mistake_is_named_and_nothing_of_the_file_enters(
    workspace: Workspace, tmp_path: Path, wrong: str, right: str, line: int, code: str, words: str
) -> None:
    assert right in GOOD
    with workspace:
        report = load(workspace, tmp_path, GOOD.replace(right, wrong))
        [finding] = [f for f in report.findings if f.severity == "error"]
        assert (finding.code, finding.line) == (code, line)
        assert str(finding.file).endswith("paper.yaml")
        assert words in str(finding)
        assert report.imports == ()
        assert workspace.ledger.position() == 0


def test_a_bomb_is_stopped_at_its_first_anchor(workspace: Workspace, tmp_path: Path) -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20))
    with workspace:
        report = load(workspace, tmp_path, bomb)
        assert any(f.code == "corpus.alias" and f.line == 1 for f in report.findings)
        assert workspace.ledger.position() == 0


def test_loading_twice_does_nothing_and_a_change_supersedes(workspace: Workspace, tmp_path: Path) -> None:
    with workspace:
        [first] = load(workspace, tmp_path, GOOD).imports
        assert first.accepted == first.proposed == 8
        position = workspace.ledger.position()
        [again] = load(workspace, tmp_path, GOOD).imports
        assert (again.accepted, again.unchanged, workspace.ledger.position()) == (0, 8, position)
        [changed] = load(workspace, tmp_path, GOOD.replace("371 nm", "372 nm")).imports
        assert (changed.accepted, changed.superseded, changed.unchanged) == (1, 1, 7)
        rows = workspace.store.rows(
            "PREFIX mk: <https://w3id.org/mechkg/ontology#> SELECT ?nm WHERE { ?s mk:signature/mk:absorption/mk:nanometres ?nm }",
            {},
        )
        assert rows == [[372.0]]


def test_an_item_that_is_gone_from_the_file_is_retracted(workspace: Workspace, tmp_path: Path) -> None:
    with workspace:
        load(workspace, tmp_path, GOOD)
        [report] = load(workspace, tmp_path, GOOD[: GOOD.index("observations:")]).imports
        assert report.retracted == 1
        assert "seen" not in workspace.catalog.entries
