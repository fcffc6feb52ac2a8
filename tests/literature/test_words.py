from __future__ import annotations

from typing import get_args

from mechkg.assets import words_file
from mechkg.literature.words import any_of, words
from mechkg.literature.yaml12 import read_yaml
from mechkg.model.quantity import Quantity
from mechkg.model.species import SpeciesKind


def test_every_unit_is_one_of_the_model() -> None:
    for printed, (kind, unit) in words().units.items():
        assert Quantity(value=1, unit=unit).unit == unit, printed
        assert kind in {"time", "temperature", "wavelength", "amount", "concentration", "quantity"}


def test_every_family_is_one_of_the_model() -> None:
    assert {family.kind for family in words().families} <= set(get_args(SpeciesKind))
    forms = [form for family in words().families for form in (*family.short, *family.long, *family.letters, *family.named)]
    assert len(forms) == len(set(forms))


def test_what_says_the_reverse_is_known_too() -> None:
    assert set(words().opposites) | set(words().opposites.values()) <= set(words().changes)


def test_no_species_of_a_paper_is_in_the_file() -> None:
    given = read_yaml(words_file().read_text(encoding="utf-8")).content
    text = str(given)
    assert not any(word in text for word in ("CdTe", "CdSe", "MSC-", "octylamine", "toluene"))


def test_longer_forms_are_tried_first() -> None:
    assert any_of(("a.b", "a.b.c")) == r"a\.b\.c|a\.b"
