from __future__ import annotations

import itertools
import random
import time
from functools import lru_cache

import pytest

from mechkg.assets import corpus_dir
from mechkg.literature.lexicon import Lexicon
from mechkg.literature.mentions import Mention, conditions, find_mentions
from mechkg.literature.reader import read_corpus_file
from mechkg.model.quantity import Quantity
from mechkg.model.species import Species


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    files = [read_corpus_file(path).corpus for path in sorted(corpus_dir().glob("*.yaml"))]
    return Lexicon.of([item for corpus in files if corpus for _, item in corpus.items()], {"Amine": "amine"})


def of(text: str, kind: str) -> list[Mention]:
    return [mention for mention in find_mentions(text, lexicon()) if mention.kind == kind]


@pytest.mark.parametrize(
    ("printed", "entity"),
    [
        ("CdTe MSC-371", "cdte-msc-371"),
        ("MSC-399", "cdtese-msc-399"),
        ("dMSC-460", "cdse-dmsc-460"),
        ("PC-415", "cdse-pc-415"),
        ("CdSe QDs", "cdse-qd"),
        ("CdSe nanocrystals", "cdse-qd"),
        ("449 nm MSCs", "cdte-msc-449"),
        ("Cd₃₅Se₂₀", "cdse-msc-350"),
        ("(CdSe)120", "cdse-msc-434"),
        ("Tol", "tol"),
        ("octylamine", "ota"),
        ("Cd(OAc)₂", "cd-oac2"),
        ("Cd(acetate)2", "cd-oac2"),
        ("trioctylphosphine telluride (TOPTe)", "tetop"),
        ("CdTe", "cdte"),
        ("amine", "Amine"),
        ("primary amines", "PrimaryAmine"),
    ],
)
def test_what_is_known_is_linked(printed: str, entity: str) -> None:
    first = find_mentions(f"The {printed} was there.", lexicon())[0]
    assert first.entity == entity
    assert first.why


def test_what_is_new_is_offered_with_a_name_that_is_free() -> None:
    (mention,) = of("a CdSe MSC-367 was seen", "species")
    assert mention.entity is None
    assert mention.proposal is not None
    body = mention.proposal.body()
    assert body == {
        "id": "cdse-msc-367",
        "names": ["CdSe MSC-367"],
        "kind": "MSC",
        "material": "cdse",
        "signature": {"absorption": "367 nm"},
    }
    assert Species.model_validate(body).signature is not None
    assert body["id"] not in lexicon().by_id


def test_a_misprint_is_not_linked_and_shows_what_it_looks_like() -> None:
    (mention,) = of("Oleyamine could help", "chemical")
    assert mention.entity is None
    assert [candidate.entity for candidate in mention.candidates] == ["ola"]
    assert "looks like 'oleylamine'" in mention.why


def test_a_formula_reported_for_several_stays_open() -> None:
    (mention,) = of("peaks of (CdSe)13 were seen", "species")
    assert mention.entity is None
    assert {candidate.entity for candidate in mention.candidates} == {"cdse-13", "cdse-msc-350"}


def test_a_band_shows_its_candidates_and_tolerance() -> None:
    (mention,) = of("a band at 418 nm", "wavelength")
    assert mention.entity is None
    assert next((c.entity, c.distance, c.tolerance) for c in mention.candidates) == ("cdse-msc-418", 0.0, 2.0)
    assert {"cdse-msc-419", "cdte-msc-417"} <= {c.entity for c in mention.candidates}
    assert "tolerance 2 nm" in mention.why


def test_a_band_is_linked_by_what_the_text_names() -> None:
    (mention,) = of("CdTeSe MSC-399 grew. A band at 399 nm rose.", "wavelength")
    assert mention.entity == "cdtese-msc-399"
    assert "the only one named in this text" in mention.why
    (open_one,) = of("A band at 399 nm rose.", "wavelength")
    assert open_one.entity is None


def test_a_nearer_band_of_another_species_keeps_it_open() -> None:
    (mention,) = of("the 449 nm MSC; others found a band at 447 nm", "wavelength")
    assert mention.entity is None
    assert mention.candidates[0].entity == "cdte-msc-447"


@pytest.mark.parametrize("text", ["excitation at 405 nm", "the lamp emits at 371 nm", "bands at > 371 nm", "from 370 to 400 nm"])
def test_light_and_ranges_are_not_taken_for_bands(text: str) -> None:
    assert all(mention.entity is None and not mention.candidates for mention in of(text, "wavelength"))


def test_amounts_know_what_they_are_of() -> None:
    text = "2.3 mL of Tol and 0.7 mL OTA, OAM (17.6 ml), [S] = 30 mmol/kg, 5 mL in all"
    found = [m for m in find_mentions(text, lexicon()) if m.kind in ("amount", "concentration")]
    assert [mention.of for mention in found] == ["tol", "ota", "ola", "S", None]


def test_conditions_join_temperature_and_time() -> None:
    text = "heated to 130 °C/30 min, at 50 °C for 2 h, and 100 °C. After 5 min"
    found = conditions(text, find_mentions(text, lexicon()))
    assert [(c.temperature.text, c.time.text) for c in found] == [("130 °C", "30 min"), ("50 °C", "2 h")]


def test_offsets_are_those_of_the_print() -> None:
    text = "**CdTe**\nMSC-371 in 2.3 mL of Cd(OAc)₂, 15 kJ mol⁻¹ at 100 \uf0b0C"
    for mention in find_mentions(text, lexicon()):
        assert text[mention.start : mention.end] == mention.text
    assert [m.text for m in find_mentions(text, lexicon())] == [
        "CdTe**\nMSC-371",
        "2.3 mL",
        "Cd(OAc)₂",
        "15 kJ mol⁻¹",
        "100 \uf0b0C",
    ]


def test_mentions_do_not_overlap_and_come_in_order() -> None:
    words = [
        "CdTe MSC-371",
        "449 nm MSC",
        "2.3 mL",
        "of Tol",
        "(CdSe)34",
        "350/371 nm",
        ",",
        "and",
        "30 min",
        "4Cd to 1Te",
        "PC",
        "M",
        "~",
    ]
    chance = random.Random(7)
    for _ in range(150):
        text = " ".join(chance.choices(words, k=9))
        found = find_mentions(text, lexicon())
        assert all(one.end <= other.start for one, other in itertools.pairwise(found)), text
        assert all(text[m.start : m.end] == m.text for m in found)
        assert all(isinstance(m.value, Quantity | str | None) for m in found)


def test_without_a_lexicon_the_grammar_still_reads() -> None:
    found = find_mentions("CdTe MSC-371 in 2.3 mL of hexadecylamine at 130 °C/30 min", Lexicon.of([]))
    assert [m.kind for m in found] == ["species", "amount", "chemical", "temperature", "time"]


@pytest.mark.parametrize(
    "text",
    [
        "a" * 20000,
        "Cd(" + "a" * 20000,
        "1, " * 7000 + "1 nm",
        "(" * 20000,
        "MSC-380" + ", 409" * 3000,
        "C1H1" + "(A1)" * 5000,
        "2,2," * 5000,
    ],
    ids=lambda text: text[:8],
)
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    find_mentions(text, lexicon())
    assert time.process_time() - start < 2
