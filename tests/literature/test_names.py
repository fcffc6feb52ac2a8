from __future__ import annotations

import pytest

from mechkg.literature.lexicon import Lexicon
from mechkg.literature.names import find_names
from mechkg.literature.printed import PrintedText
from mechkg.model.species import Material

# Only the materials are known: what is found is found by the grammar.
LEXICON = Lexicon.of([Material(id="cdte", formula="CdTe"), Material(id="cdse", formula="CdSe"), Material(id="me", formula="ME")])


def found(text: str, kind: str = "species") -> list[str]:
    printed = PrintedText(text)
    names = {(name.start, name.end) for name in find_names(printed, LEXICON) if name.kind == kind}
    longest = [n for n in names if not any(o != n and o[0] <= n[0] and n[1] <= o[1] for o in names)]
    return [printed.read[start:end] for start, end in sorted(longest)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CdTe MSC-371 and dMSC-460", ["CdTe MSC-371", "dMSC-460"]),
        ("MSCs-399, sMSC-3xx", ["MSCs-399", "sMSC-3xx"]),
        ("MSC-380, 408, …, 528/523, 542, and 554), the", ["MSC-380", "408", "528/523", "542", "554"]),
        ("dMSCs-393 and -460", ["dMSCs-393", "460"]),
        ("MSC-371, 399 nm", ["MSC-371"]),
        ("CdSe QDs, PbS NCs and CdTe magic-sized clusters", ["CdSe QDs", "PbS NCs", "CdTe magic-sized clusters"]),
        ("Magic-\nSize Clusters of", ["Magic-Size Clusters"]),
        ("(CdSe)₃₄ and (CdSe)33/34, Cd₃₅Se₂₀", ["(CdSe)34", "(CdSe)33/34", "Cd35Se20"]),
        ("449 nm MSCs and the ~430 nm species", ["449 nm MSCs", "~430 nm species"]),
        ("monomers (Ms), and fragments (Fs)", ["monomers", "Ms", "fragments", "Fs"]),
        ("among the PC, M, and F", ["PC", "M", "F"]),
        ("the PC/MSC and CdSe M/F", ["PC", "MSC", "CdSe M/F"]),
        ("ME MSCs and CdE QDs", ["ME MSCs", "CdE QDs"]),
        ("InP clusters, but clusters alone", ["InP clusters"]),
    ],
)
def test_names_of_species_are_found(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize("text", ["1 M of it", "- 22 M. Bawendi", "PCB and MSCT", "OPC-371", "Durham, F. K. Yu", "S2-1 and PC2"])
def test_other_words_are_no_species(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hexadecylamine and tri-n-octylphosphine selenide", ["hexadecylamine", "tri-n-octylphosphine selenide"]),
        ("cadmium nonanoate, Cd(II) carboxylate", ["cadmium nonanoate", "Cd(II)carboxylate"]),
        ("2-methyloctadecanoic acid", ["2-methyloctadecanoic acid"]),
        ("Cd(CH₃)₂, Cd(OOC(CH2)12CH3)2 and Cd(oleate)2", ["Cd(CH3)2", "Cd(OOC(CH2)12CH3)2", "Cd(oleate)2"]),
        ("Na2S and CdCl2", ["Na2S", "CdCl2"]),
        ("R'₃P=E", ["R'3P=E"]),
        ("in hexadecylamine (HDA); then HDA", ["hexadecylamine", "HDA", "HDA"]),
    ],
)
def test_names_of_chemicals_are_found(text: str, expected: list[str]) -> None:
    assert found(text, "chemical") == expected


@pytest.mark.parametrize("text", ["we examine it", "Fig. S4(b)2", "C17H33 and C8H17 chains", "an (AMA) award", "as in PC2"])
def test_other_words_are_no_chemicals(text: str) -> None:
    assert found(text, "chemical") == []
