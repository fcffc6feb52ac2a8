"""The tables of references, classes and dimensions cover the model; what they say is tested by cases."""

from __future__ import annotations

import pytest

from mechkg.literature.dimensions import DIMENSIONS, UNITS, dimensions_of, has_dimension
from mechkg.literature.fields import leaves
from mechkg.literature.places import Places
from mechkg.literature.reader import read_corpus_text
from mechkg.literature.references import CLASSES, REFERENCES, check_references, known_names
from mechkg.model.corpus import ITEM_TYPES
from mechkg.model.quantity import Quantity

# Identifiers that name nothing else: names of the thing itself, and the outcome of a zone, a word of the ontology.
NAMES = {"id", "stages.*.id", "candidates.*.id", "postulates.*.id", "outcome"}
ELSEWHERE = {
    "stages.*.continues.*",  # resolved in stages.py
    # postulates are named within their space, whose model checks them; those of effects are checked beside this table
    "candidates.*.postulates.*",
    "constraints.*.postulates.*",
    "constraints.*.first",
    "effects.*.postulate",
}


def identifiers(kind: str) -> set[str]:
    pattern = "a-z0-9][a-z0-9."
    return {p for p, t in leaves(ITEM_TYPES[kind]) if pattern in repr(t)}  # type: ignore[index]


def test_every_identifier_of_the_model_is_resolved() -> None:
    for kind in ITEM_TYPES:
        assert identifiers(kind) - NAMES - ELSEWHERE == set(REFERENCES.get(kind, {})), kind


def test_every_quantity_of_the_model_has_a_dimension() -> None:
    for kind, model in ITEM_TYPES.items():
        assert {p for p, t in leaves(model) if t is Quantity} == set(DIMENSIONS.get(kind, {})), kind


def test_every_class_field_of_the_model_is_checked() -> None:
    for kind, model in ITEM_TYPES.items():
        fields = {p for p, _ in leaves(model) if p.removesuffix(".*").endswith(("_class", "classes"))}
        assert fields - {"material_class"} == set(CLASSES.get(kind, ())), kind


def test_units_that_are_offered_are_of_their_dimension() -> None:
    for dimension, units in UNITS.items():
        assert all(has_dimension(unit, dimension) for unit in units), dimension


def test_dimension_of_a_place_in_a_file() -> None:
    assert dimensions_of(("zones", 0, "peaks", 1, "at", 0)) == ("time",)
    assert dimensions_of(("zones", 0, "amounts", "toluene"))[0] == "volume"
    assert dimensions_of(("zones", 0, "ratio")) == ()


def test_things_of_another_file_are_known_by_name() -> None:
    text = (
        "mechkg: 1\nsource: {id: roe-2018}\nchemicals:\n- {id: amine, names: a}\n"
        "procedures:\n- {id: p, title: t, stages: [{id: s1, action: mix}]}\n"
    )
    corpus = read_corpus_text(text).corpus
    assert corpus is not None
    known = known_names(corpus)
    assert known == {"roe-2018": "document", "amine": "chemical", "p": "procedure", "p/s1": "stage"}
    later = read_corpus_text(
        "mechkg: 1\nsource: {id: doe-2020}\nobservations:\n"
        "- {id: o, at: p/s1, subject: amine, kind: present, flag: derived}\n- {id: q, at: p/s2, kind: present, flag: derived}\n"
    )
    assert later.corpus is not None
    found = check_references(later.corpus, known, later.lines, "doe.yaml", ())
    assert [(f.code, f.line, f.hint) for f in found] == [("corpus.unknown-stage", 5, "did you mean 'p/s1'?")]


def test_a_stated_item_without_source_is_only_worth_a_look() -> None:
    corpus = read_corpus_text("mechkg: 1\nsource: {id: doe-2020}\nsteps:\n- {id: s, kind: growth}\n").corpus
    assert corpus is not None
    found = check_references(corpus, {}, Places({}), None, ())
    assert [(f.severity, f.code) for f in found] == [("information", "corpus.no-source")]


def test_an_effect_names_a_claim_of_a_space_that_holds_it() -> None:
    text = """mechkg: 1
source: {id: roe-2018}
chemicals: [{id: a, names: A, flag: external}]
steps: [{id: s, kind: elementary, reactants: [a], flag: external}]
procedures: [{id: p, title: t, stages: [{id: s1, action: mix}], flag: external}]
observations: [{id: o, at: p/s1, kind: present, subject: a, flag: external}]
assumptions:
- id: because
  statement: One leads to the other.
  backing: silent
  effects: [{kind: leads-to, postulate: slow-stap, observation: o}]
spaces:
- id: q
  title: t
  question: q
  optional: s
  postulates: [{id: slow-step, statement: It is slow., kind: plain}]
  assumptions: because
  procedures: p
  candidates: [{id: c, title: t, steps: s, postulates: slow-step}]
"""
    read = read_corpus_text(text)
    assert read.corpus is not None, read.findings
    found = check_references(read.corpus, {}, read.lines, None, ())
    assert [(f.code, f.line, f.hint) for f in found] == [("corpus.unknown-name", 11, "did you mean 'slow-step'?")]


PREDICTING = """mechkg: 1
source: {id: roe-2018}
chemicals: [{id: a, names: A, flag: external}]
steps: [{id: s, kind: elementary, reactants: [a], flag: external}]
procedures: [{id: p, title: t, stages: [{id: s1, action: mix}], flag: external}]
observations:
- {id: o, at: p/s1, kind: ratio, subject: a, measured: [{what: Share of A, quantity: "0.5"}], flag: external}
spaces:
- id: q
  title: t
  question: q
  optional: s
  postulates:
  - {id: half, statement: Half of it., kind: predicts, predicts: [{what: WHAT, value: "0.5"}]}
  procedures: p
  candidates: [{id: c, title: t, steps: s, postulates: half}]
"""


@pytest.mark.parametrize(
    ("what", "text", "hints"),
    [
        ("share of A", PREDICTING, []),  # the case of letters does not matter
        ("shar of A", PREDICTING, ["did you mean 'Share of A'?"]),
        ("length", PREDICTING, ["measured are: Share of A"]),
        ("length", PREDICTING.replace("kind: ratio", "kind: yield"), ["no ratio is measured"]),
        ("length", PREDICTING.replace("mechkg: 1", "mechkg: 1\nrequires: doe-2017"), []),  # it may be measured there
    ],
)
def test_a_number_that_is_never_compared_is_told(what: str, text: str, hints: list[str]) -> None:
    read = read_corpus_text(text.replace("WHAT", what))
    assert read.corpus is not None, read.findings
    found = check_references(read.corpus, {}, read.lines, None, ())
    assert [(f.severity, f.code, f.hint) for f in found] == [("warning", "corpus.never-compared", hint) for hint in hints]
    assert all(f.line == 14 for f in found)
