"""The mappings are whole: every subject is a term or a chemical of ours, every prefix is declared, nothing is said twice."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from rdflib import RDFS, URIRef

from mechkg.assets import corpus_dir, ontology_dir
from mechkg.graph.namespaces import MK, MKID, OA, PROV
from mechkg.graph.namespaces import NSCHEMA as NANOPUB
from mechkg.graph.ontology import load_ontology
from mechkg.literature.reader import read_corpus_file

FOLDER = ontology_dir() / "mappings"
FILES = sorted(FOLDER.glob("*.sssom.tsv"))
COLUMNS = [
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "comment",
]
HEADER = {
    "curie_map",
    "mapping_set_id",
    "mapping_set_title",
    "mapping_set_version",
    "mapping_date",
    "license",
    "subject_source",
    "mapping_provider",
}
PREDICATES = {f"skos:{match}Match" for match in ("exact", "close", "broad", "narrow", "related")}
OURS = {"mk": MK, "mkid": MKID, "prov": PROV, "oa": OA, "np": NANOPUB}
"""Prefixes that must stand for what the code writes."""
DIGITS = {"CHEBI": range(3, 8), "CHMO": range(7, 8), "ECO": range(7, 8), "UO": range(7, 8)}
"""How many digits a number of each of these ontologies has."""


def read(file: Path) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Return header and rows of an SSSOM file with its metadata in comments (https://mapping-commons.github.io/sssom/)."""
    lines = file.read_text(encoding="utf-8").splitlines()
    header = yaml.safe_load("\n".join(line[1:] for line in lines if line.startswith("#")))
    table = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    assert table.fieldnames == COLUMNS
    return header, list(table)


ROWS = [(file.name.removesuffix(".sssom.tsv"), row) for file in FILES for row in read(file)[1]]


@cache
def chemicals() -> dict[str, str]:
    """Return id and first name of every chemical of the corpus."""
    corpora = [read_corpus_file(file).corpus for file in sorted(corpus_dir().glob("*.yaml"))]
    return {c.id: c.names[0] for corpus in corpora if corpus is not None for c in corpus.chemicals}


def test_every_vocabulary_is_mapped_to() -> None:
    assert {file.name.removesuffix(".sssom.tsv") for file in FILES} == {
        "species",
        "chemicals",
        "methods",
        "evidence",
        "provenance",
        "citation",
        "units",
    }
    used = {row["object_id"].split(":")[0] for _, row in ROWS}
    assert used == {"CHEBI", "CHMO", "ECO", "UO", "unit", "prov", "oa", "np", "cito"}


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_header_is_complete(file: Path) -> None:
    header, rows = read(file)
    assert set(header) == HEADER
    assert rows
    assert header["mapping_set_id"] == f"https://w3id.org/mechkg/mappings/{file.name.removesuffix('.sssom.tsv')}"


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_prefixes_are_declared_and_used(file: Path) -> None:
    header, rows = read(file)
    columns = ("subject_id", "predicate_id", "object_id", "mapping_justification")
    used = {row[column].split(":", 1)[0] for row in rows for column in columns}
    assert used == set(header["curie_map"])
    for prefix, base in header["curie_map"].items():
        assert base == OURS.get(prefix, base)
        assert base.endswith(("#", "/", "_"))


@pytest.mark.parametrize(("name", "row"), ROWS, ids=lambda x: x if isinstance(x, str) else f"{x['subject_id']}-{x['object_id']}")
def test_row_is_whole(name: str, row: dict[str, str]) -> None:
    assert row["predicate_id"] in PREDICATES
    assert row["mapping_justification"] == "semapv:ManualMappingCuration"
    assert row["object_label"]
    if row["predicate_id"] != "skos:exactMatch" and row["predicate_id"] != "skos:closeMatch" and name in ("chemicals", "methods"):
        assert row["comment"], "say what differs"
    prefix, local = row["object_id"].split(":", 1)
    if prefix in DIGITS:
        assert local.isdigit()
        assert len(local) in DIGITS[prefix]


@pytest.mark.parametrize(("name", "row"), ROWS, ids=lambda x: x if isinstance(x, str) else f"{x['subject_id']}-{x['object_id']}")
def test_subject_is_ours(name: str, row: dict[str, str]) -> None:
    prefix, local = row["subject_id"].split(":", 1)
    if prefix == "mkid":
        assert name == "chemicals"
        assert local in chemicals()
        assert row["subject_label"] == chemicals()[local]
    else:
        assert prefix == "mk"
        assert str(load_ontology().value(URIRef(MK + local), RDFS.label)) == row["subject_label"]


def test_nothing_is_mapped_twice() -> None:
    pairs = [(row["subject_id"], row["object_id"]) for _, row in ROWS]
    assert len(set(pairs)) == len(pairs)


def test_an_exact_match_leaves_no_other_exact_match_in_the_same_vocabulary() -> None:
    exact = [(row["subject_id"], row["object_id"].split(":")[0]) for _, row in ROWS if row["predicate_id"] == "skos:exactMatch"]
    assert len(set(exact)) == len(exact)


def test_an_object_has_one_label() -> None:
    labels: dict[str, set[str]] = {}
    for _, row in ROWS:
        labels.setdefault(row["object_id"], set()).add(row["object_label"])
    assert {curie: sorted(names) for curie, names in labels.items() if len(names) > 1} == {}
