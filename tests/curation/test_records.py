"""An item that goes through the ledger comes out equal, whatever its kind and whatever its fields hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.curation.import_corpus import import_corpus, records_of
from mechkg.curation.ledger import Ledger
from mechkg.model.base import Item
from mechkg.model.corpus import ITEM_TYPES, SECTIONS, CorpusFile, ItemKind
from mechkg.model.ledger_record import AssertionRecord, canonical_json
from mechkg.model.source import Document

FULL: dict[str, Any] = {
    "mechkg": 1,
    "requires": ["other"],
    "source": {
        "id": "paper",
        "title": "A title with (CdSe)₃₄",
        "authors": ["A. Author", "Š. Other"],
        "journal": "J. Chem.",
        "year": 2020,
        "volume": "12",
        "pages": "1-9",
        "doi": "10.1/x",
        "version": "2",
        "text_file": "paper.txt",
        "notes": "no figures",
    },
    "references": [
        {"id": "ref-1", "authors": ["B. Author"], "year": 1999, "number": "12, 13", "cited_by": ["S1"], "role": "cited"}
    ],
    "materials": [{"id": "cdx", "formula": "CdX", "band_gap": "1.5 eV", "absorption_onset": "~700 nm"}],
    "chemicals": [
        {"id": "amine-1", "names": ["n-amine", "amine"], "classes": "PrimaryAmine", "roles": ["promoter"], "formula": "C8H19N"}
    ],
    "species": [
        {
            "id": "cdx-pc",
            "kind": "PC",
            "material": "cdx",
            "names": "PC",
            "isomer_of": ["cdx-msc"],
            "signature": {"silent": True, "tolerance": "2 nm", "note": "empty"},
        },
        {
            "id": "cdx-msc",
            "kind": "MSC",
            "material": "cdx",
            "names": ["MSC"],
            "mass_to_charge": ["23405.4 mz", "123456.7 mz"],
            "signature": {"absorption": ["399 nm", "415 to 419 nm"], "emissive": "uncertain"},
            "compositions": [{"formula": "Cd34X34", "basis": "mass"}],
            "edge_cations": 4,
            "flag": "inferred",
        },
    ],
    "steps": [
        {
            "id": "step-1",
            "kind": "isomerisation",
            "label": "Step 1",
            "reactants": ["cdx-pc", {"of": "amine-1", "coefficient": 0.5}],
            "products": [{"of": "cdx-msc", "coefficient": 2}],
            "promoters": [{"chemical_class": "PrimaryAmine", "medium_class": "Solvent"}],
            "rate_constant": {"k": "1.234567e-3 1/s", "order": "first"},
            "isosbestic": "385 nm",
            "quote": ["PC turns into MSC"],
        }
    ],
    "procedures": [
        {
            "id": "proc",
            "title": "A run",
            "terms": {"batch A": "the first"},
            "stages": [
                {
                    "id": "s1",
                    "action": "mix",
                    "medium": ["amine-1", {"of": "cdx-pc", "amount": "2.3 mL"}],
                    "temperature": "room temperature",
                },
                {
                    "id": "s2",
                    "action": "heat",
                    "from": ["s1"],
                    "temperature": "130 °C",
                    "duration": "~30 min",
                    "observed_at": ["0 min", "5 min"],
                },
                {"id": "s3", "action": "add", "from": [], "parameters": {"path length": "1 mm"}, "total_volume": "> 3.0 mL"},
            ],
        }
    ],
    "observations": [
        {
            "id": "obs-1",
            "at": "proc/s2",
            "kind": "absent",
            "subject": "cdx-msc",
            "method": "absorption",
            "window": "30 min",
            "limit": "0.01 absorbance",
            "measured": [{"what": "k", "quantity": "100.0 +- 15.1 kJ/mol"}, {"what": "colour", "text": "none"}],
        },
        {"id": "obs-2", "at": ["proc/s1"], "kind": "precedes", "window": {"start": "1 min", "end": "2 h"}, "prompt": True},
    ],
    "claims": [
        {
            "id": "claim-1",
            "kind": "composition",
            "about": "cdx-msc",
            "direction": "refutes",
            "entries": [{"formula": "Cd34X34", "absorption": "415 nm"}],
            "measured": [{"what": "r", "quantity": "-3.2"}],
        }
    ],
    "zones": [
        {
            "id": "zone-1",
            "procedure": "proc",
            "varied": "amine",
            "amounts": {"amine-1": "12.6 mmol", "cdx-pc": "<= 0.5 mmol"},
            "settings": {"stirring": "fast"},
            "outcome": "mixture",
            "peaks": [{"at": "1 h", "absorption": ["449 nm"]}],
        }
    ],
    "models": [{"id": "model-1", "name": "Layer by layer", "claims": ["grows by layers"], "steps": ["step-1"]}],
    "assumptions": [
        {
            "id": "assume-1",
            "statement": "it converts",
            "backing": "silent",
            "effects": [{"kind": "converts", "step": "step-1", "within": "30 min", "least_fraction": 0.1}],
        }
    ],
    "spaces": [
        {
            "id": "space-1",
            "title": "A space",
            "question": "Which?",
            "optional": ["step-1"],
            "procedures": "proc",
            "constraints": [{"kind": "at-least-one", "steps": "step-1", "postulates": ["slow"]}],
            "postulates": [{"id": "slow", "statement": "it is slow", "kind": "plain"}],
            "candidates": [
                {"id": "one+none", "title": "One", "steps": ["step-1"]},
                {"id": "none", "title": "None", "steps": [], "postulates": "slow"},
            ],
        }
    ],
    "remarks": [
        {"id": "remark-1", "kind": "wrong label", "about": ["obs-1"], "text": "printed so", "note": "kept", "locator": "p. 3"}
    ],
}


def _back(record: AssertionRecord) -> Any:
    return (Document if record.kind == "document" else ITEM_TYPES[record.kind]).model_validate(record.body)


def test_every_kind_of_item_comes_out_of_the_ledger_equal(ledger: Ledger) -> None:
    corpus = CorpusFile.model_validate(FULL)
    assert {kind for kind, _ in corpus.items()} == set(SECTIONS.values())
    import_corpus(ledger, corpus, "paper.yaml")
    items: dict[str, Any] = {"paper": corpus.source, **{item.id: item for _, item in corpus.items()}}
    assert {record.item: _back(record) for record in ledger.accepted().values()} == items
    assert list(ledger.accepted().values()) == records_of(corpus)


_words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(lambda text: bool(text.strip()))
_names = st.from_regex(r"[a-z0-9][a-z0-9.\-]{0,20}", fullmatch=True)
_numbers = st.decimals(min_value=-100000, max_value=100000, places=3, allow_nan=False, allow_infinity=False)
_units = st.sampled_from(["", "nm", "min", "mmol", "kJ/mol", "1/s", "°C", "mz"])
_quantities = st.builds(
    lambda relation, low, high, error, unit: (
        f"{relation}{low}{'' if high is None else f' to {high}'}{'' if error is None else f' +- {abs(error)}'} {unit}"
    ),
    st.sampled_from(["", "~", "<", "<=", ">", ">="]), _numbers, st.none() | _numbers, st.none() | _numbers, _units,
)  # fmt: skip
_items: st.SearchStrategy[tuple[ItemKind, dict[str, Any]]] = st.one_of(
    st.tuples(
        st.just("claim"),
        st.fixed_dictionaries(
            {"id": _names, "kind": st.just("property")},
            optional={
                "statement": _words,
                "about": st.lists(_names, max_size=3) | _names,
                "quote": st.lists(_words, max_size=3),
                "measured": st.lists(st.fixed_dictionaries({"what": _words, "quantity": _quantities}), max_size=3),
                "flag": st.sampled_from(["stated", "inferred", "derived", "external"]),
            },
        ),
    ),
    st.tuples(
        st.just("zone"),
        st.fixed_dictionaries(
            {"id": _names, "procedure": _names, "varied": _words, "outcome": _names},
            optional={
                "amounts": st.dictionaries(_names, _quantities, max_size=3),
                "settings": st.dictionaries(_words, _words, max_size=3),
                "temperature": _quantities,
            },
        ),
    ),
)  # type: ignore[assignment]


@settings(max_examples=150, deadline=None)
@given(_items)
def test_any_item_survives_the_form_it_is_stored_in(given: tuple[ItemKind, dict[str, Any]]) -> None:
    kind, content = given
    item: Item = ITEM_TYPES[kind].model_validate(content)
    record = AssertionRecord.of(kind, item, item.id, "paper")
    stored = AssertionRecord(record.id, kind, item.id, "paper", json.loads(canonical_json(record.body)))
    assert stored == record
    assert _back(stored) == item
    assert AssertionRecord.of(kind, _back(stored), item.id, "paper") == record


def test_text_of_any_script_is_kept(tmp_path: Path) -> None:
    words = "(CdSe)₃₄ — 10⁻³ µmol “ﬁne” \u0000 \u2028 𝛿 été"
    corpus = CorpusFile.model_validate(
        {"mechkg": 1, "source": {"id": "paper"}, "claims": [{"id": "a", "kind": "role", "statement": words}]}
    )
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        import_corpus(ledger, corpus, "paper.yaml")
        record = ledger.accepted_of("a")
    assert record is not None
    assert _back(record) == corpus.claims[0]


@pytest.mark.parametrize("value", [123456.7, 1.23456789012345e-7, 0.1 + 0.2])
def test_numbers_keep_all_their_digits(value: float) -> None:
    item = ITEM_TYPES["material"].model_validate(
        {"id": "m", "band_gap": {"value": value, "high": value * 3, "uncertainty": value / 3, "unit": "eV"}}
    )
    assert _back(AssertionRecord.of("material", item, "m", "paper")) == item
