from __future__ import annotations

from mechkg.literature.lexicon import DEFAULT_TOLERANCE, Lexicon
from mechkg.literature.printed import PrintedText
from mechkg.model.species import Chemical, Material, Signature, Species

LEXICON = Lexicon.of(
    [
        Material(id="cdte", formula="CdTe"),
        Species(
            id="t-371",
            kind="MSC",
            material="cdte",
            names=("CdTe MSC-371",),
            signature=Signature.model_validate({"absorption": "371 nm", "tolerance": "3 nm"}),
        ),
        Species(
            id="t-374",
            kind="MSC",
            material="cdte",
            names=("374 nm CdTe MSC",),
            signature=Signature.model_validate({"absorption": ["374 nm", "500 to 532 nm"], "emission": "399 nm"}),
        ),
        Species(id="t-qd", kind="QD", material="cdte", names=("CdTe QD",)),
        Chemical(id="tol", names=("toluene", "Tol"), classes=("AromaticSolvent",)),
        Chemical(id="ota", names=("octylamine", "OTA"), classes=("PrimaryAmine",)),
        Chemical(id="cd", names=("cadmium acetate", "Cd(OAc)2"), formula="Cd(OAc)2"),
    ],
    {"Amine": "amine", "SolventClass": "solvent"},
)


def ids(text: str) -> list[str]:
    return [named.entities[0].id for named in LEXICON.names_in(PrintedText(text))]


def test_names_are_found_as_words() -> None:
    assert ids("in Tol, not in Tolkien; Toluene and octylamine-free") == ["tol", "tol", "ota"]


def test_case_counts_in_abbreviations_only() -> None:
    assert ids("TOL, tol, OTA, Ota") == ["ota"]


def test_typesetting_and_plurals_do_not_count() -> None:
    assert ids("CdTe\nMSC–371 and CdTe QDs with Cd(OAc)₂") == ["cdte", "t-371", "cdte", "t-qd", "cd"] or ids(
        "CdTe\nMSC–371 and CdTe QDs with Cd(OAc)₂"
    ) == ["t-371", "t-qd", "cd"]


def test_a_coefficient_is_no_part_of_a_name() -> None:
    assert ids("4Cd(OAc)2 but not XCd(OAc)2") == ["cd"]


def test_classes_are_names_and_roles_are_not() -> None:
    assert ids("a primary amine, an amine, a solvent") == ["PrimaryAmine", "Amine", "Amine"]


def test_a_name_is_looked_up_however_it_is_set() -> None:
    assert [entity.id for entity in LEXICON.called("Cd(OAc)₂")] == ["cd"]
    assert LEXICON.called("Cd(OAc)₂ and more") == ()


def test_bands_are_near_within_their_own_tolerance() -> None:
    assert [(entity.id, band.tolerance, band.stated) for entity, band in LEXICON.near(373)] == [
        ("t-374", DEFAULT_TOLERANCE, False),
        ("t-371", 3.0, True),
    ]
    assert LEXICON.near(377) == []
    assert [entity.id for entity, _ in LEXICON.near(399, emission=True)] == ["t-374"]
    assert LEXICON.near(399, emission=False) == []
    assert LEXICON.near(510) == []  # a range is no band


def test_families_of_a_material_are_known() -> None:
    assert {key: [e.id for e in value] for key, value in LEXICON.general.items()} == {("QD", "cdte"): ["t-qd"]}
