"""The check of the ontology together with everything that is accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from mechkg.service.check_ontology import check_ontology
from mechkg.service.workspace import Workspace

pytestmark = pytest.mark.java


def test_what_the_shipped_corpus_says_fits_the_ontology(shipped: Workspace) -> None:
    report = check_ontology((), shipped.home, with_graph=True)
    assert report.consistent and report.unsatisfiable == ()
    assert [str(finding) for finding in report.findings if finding.severity == "error"] == []
    assert report.counts["data triples"] > 1000


def test_an_addition_that_contradicts_what_is_accepted_is_caught(shipped: Workspace, tmp_path: Path) -> None:
    amine = next(
        entry.value.id for entry in shipped.catalog.entries.values() if "PrimaryAmine" in getattr(entry.value, "classes", ())
    )
    file = tmp_path / "extra.ttl"
    file.write_text(
        f"<https://w3id.org/mechkg/id/{amine}> a <https://w3id.org/mechkg/ontology#SecondaryAmine> .", encoding="utf-8"
    )
    report = check_ontology([file], shipped.home, with_graph=True)
    assert not report.consistent
    assert any(f.code == "ontology.inconsistent" and f"'{amine}'" in f.message for f in report.findings)


def test_without_the_graph_only_the_ontology_is_checked(tmp_path: Path) -> None:
    report = check_ontology(home=tmp_path / "home")
    assert report.counts["data triples"] == 0
    assert not (tmp_path / "home").exists()
