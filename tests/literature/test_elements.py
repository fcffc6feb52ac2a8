from __future__ import annotations

from mechkg.literature.elements import element_names, element_symbols, elements_of


def test_a_formula_is_made_of_elements() -> None:
    assert elements_of("ZnCdSe") == {"Zn", "Cd", "Se"}
    assert elements_of("CdXy") == elements_of("Cd(OAc)2") == frozenset()


def test_elements_are_known_by_symbol_and_by_name() -> None:
    assert element_symbols()["Se"] == "selenium"
    assert "cadmium" in element_names()
