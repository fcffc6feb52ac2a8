"""Disagreements: found from typed values, with every side, and decided by acts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.assets import corpus_dir
from mechkg.curation.decide import Decision, decide
from mechkg.curation.disagreements import Accepted, find_disagreements, shipped_rules, shipped_titles
from mechkg.curation.formulas import agree, readings
from mechkg.curation.import_corpus import records_of
from mechkg.curation.ledger import Ledger
from mechkg.errors import ForbiddenError
from mechkg.graph.ontology import class_names
from mechkg.literature.corpus import read_corpus
from mechkg.model.corpus import CorpusFile
from mechkg.model.ledger_record import Act, AssertionRecord, Subject
from mechkg.model.observation import Observation
from tests.curation.staff import BEN, CLEO, proposed, put


def accepted(
    *claims: dict[str, Any], observations: tuple[dict[str, Any], ...] = (), stages: tuple[dict[str, Any], ...] = ()
) -> Accepted:
    """Return claims about two clusters of one material, as they come from the ledger."""
    corpus = CorpusFile.model_validate(
        {
            "mechkg": 1,
            "source": {"id": "paper"},
            "materials": [{"id": "ab", "formula": "AgS"}],
            "species": [
                {"id": f"ab-{nm}", "kind": "MSC", "material": "ab", "names": [f"AB MSC-{nm}"]} for nm in (350, 353, 356, 400)
            ],
            "procedures": [{"id": "p", "title": "A procedure", "stages": list(stages)}] if stages else [],
            "claims": [{"kind": "composition", **claim} for claim in claims],
            "observations": list(observations),
        }
    )
    return [(record, item) for record, (_, item) in zip(records_of(corpus)[1:], corpus.items(), strict=True)]


def says(name: str, formula: str, nm: float, species: str = "ab-350") -> dict[str, Any]:
    return {"id": name, "entries": [{"formula": formula, "absorption": f"{nm} nm", "species": species}]}


def sides(found: Accepted) -> list[list[str]]:
    return [[side.value for side in d.sides] for d in find_disagreements(found).disagreements]


# --- compositions -----------------------------------------------------------------------------------------------------


def test_the_shipped_tables_yield_their_disagreements_by_themselves() -> None:
    reading = read_corpus(sorted(corpus_dir().glob("*.yaml")), class_names())
    items = [
        (record, item)
        for _, corpus in reading.files
        for record, (_, item) in zip(records_of(corpus)[1:], corpus.items(), strict=True)
    ]
    found = find_disagreements(items)
    assert {d.title: [s.value for s in d.sides] for d in found.disagreements if d.property_id == "composition"} == {
        "cdse at 350 nm": ["(CdSe)13", "(CdSe)35", "Cd35Se20"],
        "cdse at 380 nm": ["(CdSe)19", "(CdSe)56", "Cd56Se35"],
        "cdse at 408 to 410 nm": ["(CdSe)84", "Cd35Se16", "Cd84Se56"],
        "cdse at 434 to 437 nm": ["(CdSe)120", "(CdSe)66"],
    }
    # three names of one band are joined, visibly, and what is claimed of them can all be right
    assert ("415 nm", "418 nm", "419 nm") in {band.positions for band in found.bands}
    first = next(d for d in found.disagreements if d.title == "cdse at 350 nm")
    assert [len(side.values) for side in first.sides] == [3, 1, 1]
    assert all(value.by != (value.document,) for side in first.sides for value in side.values)


def test_titles_are_those_of_the_rules() -> None:
    properties = shipped_rules().properties
    assert shipped_titles() == {each.id: each.title for each in properties}
    assert list(shipped_titles("formulas")) == [each.id for each in properties if each.values == "formulas"] != []


def test_each_side_keeps_all_that_hold_it() -> None:
    [found] = find_disagreements(
        accepted(says("a", "(CdSe)13", 350), says("b", "(CdSe)13", 350), says("c", "(CdSe)34", 350))
    ).disagreements
    assert [(s.value, [v.item for v in s.values]) for s in found.sides] == [("(CdSe)13", ["a", "b"]), ("(CdSe)34", ["c"])]
    assert len(found.assertions) == 3
    assert found.state == "open"


@pytest.mark.parametrize(
    ("positions", "expected"),
    [((350, 353), 1), ((350, 354), 0), ((350, 353, 356), 1)],
)
def test_bands_near_each_other_are_one(positions: tuple[int, ...], expected: int) -> None:
    items = accepted(*(says(f"c-{n}", f"(CdSe){10 + n}", nm) for n, nm in enumerate(positions)))
    found = find_disagreements(items)
    assert len(found.disagreements) == expected
    if expected:
        assert found.disagreements[0].band is not None
        assert found.disagreements[0].band.positions == tuple(f"{nm} nm" for nm in positions)


def test_a_cluster_without_a_name_belongs_to_the_material_of_its_elements() -> None:
    unnamed = {"id": "b", "entries": [{"formula": "(AgS)34", "absorption": "350 nm"}]}
    [found] = find_disagreements(accepted(says("a", "(AgS)13", 350), unnamed)).disagreements
    assert found.title == "ab at 350 nm"


def test_what_is_said_less_exactly_does_not_disagree() -> None:
    assert sides(accepted(says("a", "(CdSe)33/34", 350), says("b", "(CdSe)34", 350))) == []
    [found] = find_disagreements(
        accepted(says("a", "(CdSe)33/34", 350), says("b", "(CdSe)34", 350), says("c", "(CdSe)33", 350))
    ).disagreements
    assert [s.value for s in found.sides] == ["(CdSe)33", "(CdSe)33/34", "(CdSe)34"]
    assert found.looser == (("(CdSe)33", "(CdSe)33/34"), ("(CdSe)33/34", "(CdSe)34"))


def test_what_cannot_be_read_is_said() -> None:
    found = find_disagreements(accepted(says("a", "CdxTey", 350), says("b", "(CdSe)34", 350)))
    assert found.disagreements == ()
    assert [(value.item, why) for value, why in found.unread] == [("a", "the formula cannot be read")]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from([350, 352, 400])), max_size=6), st.randoms())
def test_the_order_of_assertions_is_nothing(claims: list[tuple[int, int]], random: Any) -> None:
    made = [says(f"c-{n}", f"(CdSe){count}", nm) for n, (count, nm) in enumerate(claims)]
    one = {(d.id, tuple(s.value for s in d.sides), d.assertions) for d in find_disagreements(accepted(*made)).disagreements}
    random.shuffle(made)
    assert {
        (d.id, tuple(s.value for s in d.sides), d.assertions) for d in find_disagreements(accepted(*made)).disagreements
    } == one


@pytest.mark.parametrize(
    ("one", "other", "same", "same_ratio"),
    [
        ("(CdSe)34", "Cd34Se34", True, True),
        ("(CdSe)33/34", "(CdSe)33", True, True),
        ("Zn2Se1", "Zn32Se16", False, True),
        ("Cd35Se20", "(CdSe)35", False, False),
    ],
)
def test_formulas(one: str, other: str, same: bool, same_ratio: bool) -> None:
    assert (agree(one, other), agree(one, other, ratio=True)) == (same, same_ratio)
    assert (agree(other, one), agree(other, one, ratio=True)) == (same, same_ratio)
    assert readings("MnEn, n > 2") == frozenset()


# --- what was measured ------------------------------------------------------------------------------------------------


def measures(name: str, what: str, quantity: str, about: Any = "ab-350") -> dict[str, Any]:
    return {"id": name, "kind": "property", "about": about, "statement": "x", "measured": [{"what": what, "quantity": quantity}]}


@pytest.mark.parametrize(
    ("one", "other", "disagree"),
    [
        ("0.92 nm", "0.93 nm", False),
        ("0.92 nm", "9.3 angstrom", False),
        ("0.92 nm", "1.14 nm", True),
        ("0.92 +- 0.3 nm", "1.14 nm", False),
        ("0.9 to 1.2 nm", "1.14 nm", False),
        ("> 1 nm", "1.14 nm", False),
        ("< 1 nm", "1.14 nm", True),
    ],
)
def test_numbers_disagree_beyond_their_tolerance(one: str, other: str, disagree: bool) -> None:
    items = accepted(measures("a", "radius of gyration", one), measures("b", "radius of gyration", other))
    assert bool(find_disagreements(items).disagreements) is disagree


@pytest.mark.parametrize(
    ("what", "position", "disagree"),
    [
        ("wavelength of the absorption peak", "353 nm", False),
        ("wavelength of the absorption peak", "417 nm", True),
        ("single and sharp absorption peak", "417 nm", True),
        ("broad absorption peak", "417 nm", False),
        ("strength of the absorption peak", "0 absorbance", False),
    ],
)
def test_two_positions_of_one_peak_disagree(what: str, position: str, disagree: bool) -> None:
    items = accepted(measures("a", "wavelength of the absorption peak", "350 nm"), measures("b", what, position))
    assert sides(items) == ([["350 nm", "417 nm"]] if disagree else [])


def test_a_number_of_one_of_several_is_compared_by_its_name() -> None:
    both = ["ab-350", "ab-400"]
    items = accepted(
        measures("a", "radius of gyration of MSC-350", "0.92 nm", both),
        measures("b", "radius of gyration of MSC-400", "1.14 nm", both),
        measures("c", "radius of gyration", "5 nm", both),
        measures("d", "radius of gyration", "0.5 nm"),
    )
    found = find_disagreements(items)
    assert [(d.subject, [s.value for s in d.sides]) for d in found.disagreements] == [("ab-350", ["0.5 nm", "0.92 nm"])]
    assert [(v.item, why) for v, why in found.unread] == [("c", "it does not say which of several things it is of")]


@pytest.mark.parametrize(("warm", "disagree"), [("25 °C", True), ("60 °C", False)])
def test_what_hangs_on_a_condition_is_compared_under_it(warm: str, disagree: bool) -> None:
    def seen(name: str, stage: str, k: str) -> dict[str, Any]:
        return {
            "id": name, "kind": "kinetic-form", "at": f"p/{stage}", "subject": "ab-350", "statement": "x",
            "measured": [{"what": "rate constant k", "quantity": k}],
        }  # fmt: skip

    items = accepted(
        observations=(seen("o-1", "a", "0.015 1/min"), seen("o-2", "b", "0.15 1/min")),
        stages=(
            {"id": "a", "action": "hold", "temperature": "25 °C"},
            {"id": "b", "action": "hold", "temperature": warm},
        ),
    )
    found = find_disagreements(items).disagreements
    assert bool(found) is disagree
    if disagree:
        assert found[0].conditions == (("temperature", "25 °C"),)


# --- what was seen ----------------------------------------------------------------------------------------------------


def saw(name: str, kind: str, window: Any = None, **more: Any) -> dict[str, Any]:
    said = {"id": name, "kind": kind, "at": "p/a", "subject": "ab-350", "method": "absorption", "statement": "x"}
    return said | ({"window": window} if window else {}) | more


def span(start: str, end: str) -> dict[str, str]:
    return {"start": start, "end": end}


STAGES = tuple({"id": name, "action": "hold", "temperature": "25 °C"} for name in "ab")


@pytest.mark.parametrize(
    ("one", "other", "disagree"),
    [
        (saw("o-1", "present", "1 min"), saw("o-2", "absent", "1 min"), True),
        (saw("o-1", "present", "1 min"), saw("o-2", "absent", "60 s"), True),
        (saw("o-1", "present", "1 min"), saw("o-2", "absent", span("0 min", "1 h")), True),
        (saw("o-1", "present", "1 min"), saw("o-2", "absent", "2 min"), False),
        (saw("o-1", "present", span("0 min", "40 min")), saw("o-2", "absent", span("40 min", "90 min")), False),
        (saw("o-1", "present", "40 min"), saw("o-2", "absent", span("40 min", "90 min")), True),
        (saw("o-1", "present"), saw("o-2", "absent"), True),
        (saw("o-1", "present", "1 min"), saw("o-2", "absent"), False),
        (saw("o-1", "present", {"start": "1 min"}), saw("o-2", "absent", "8 h"), True),
        (saw("o-1", "present", {"end": "1 min"}), saw("o-2", "absent", "8 h"), False),
        (saw("o-1", "present", "1 min"), saw("o-2", "present", "1 min"), False),
        (saw("o-1", "present", "1 min"), saw("o-2", "absent", "1 min", method="emission"), False),
        (saw("o-1", "present", "1 min"), saw("o-2", "absent", "1 min", subject="ab-400"), False),
        (saw("o-1", "present", "1 min"), saw("o-2", "absent", "1 min", at="p/b"), False),
        (saw("o-1", "present", "1 min", at=["p/a", "p/b"]), saw("o-2", "absent", "1 min", at="p/b"), True),
        (saw("o-1", "present", "1 min", subject=["ab-350", "ab-400"]), saw("o-2", "absent", "1 min"), True),
        (saw("o-1", "emission", "1 min"), saw("o-2", "no-emission", "1 min"), True),
        (saw("o-1", "increases", span("0 min", "5 min")), saw("o-2", "decreases", span("2 min", "9 min")), True),
        (saw("o-1", "increases", span("0 min", "5 min")), saw("o-2", "constant", span("0 min", "5 min")), True),
        (saw("o-1", "increases", span("0 min", "5 min")), saw("o-2", "decreases", span("5 min", "9 min")), False),
        (saw("o-1", "increases", span("0 min", "5 min")), saw("o-2", "decreases", "5 min"), False),
        (saw("o-1", "increases", span("0 min", "5 min")), saw("o-2", "decreases", "4 min"), True),
        (saw("o-1", "increases"), saw("o-2", "constant"), False),
        (saw("o-1", "increases", "1 min"), saw("o-2", "absent", "1 min"), False),
    ],
)
def test_what_was_seen_at_one_time_is_denied(one: dict[str, Any], other: dict[str, Any], disagree: bool) -> None:
    items = accepted(observations=(one, other), stages=STAGES)
    assert bool(find_disagreements(items).disagreements) is disagree
    assert bool(find_disagreements(items[::-1]).disagreements) is disagree


def test_a_position_that_stays_is_no_amount_that_stays() -> None:
    rise = saw("o-1", "increases", span("0 h", "24 h"))
    position = saw("o-2", "constant", span("0 h", "24 h"), measured=[{"what": "peak position", "quantity": "430 nm"}])
    assert sides(accepted(observations=(rise, position), stages=STAGES)) == []


@pytest.mark.parametrize(
    ("one", "other", "disagree"),
    [
        (("more", ["p/b"]), ("less", ["p/b"]), True),
        (("more", ["p/b"]), ("similar", ["p/b", "p/c"]), True),
        (("more", ["p/b"]), ("more", ["p/b"]), False),
        (("more", ["p/b"]), ("less", ["p/c"]), False),
    ],
)
def test_amounts_compared_with_one_stage_disagree(
    one: tuple[str, list[str]], other: tuple[str, list[str]], disagree: bool
) -> None:
    made = [
        saw(f"o-{n}", "amount-comparison", "1 min", comparison=said, than=than) for n, (said, than) in enumerate((one, other))
    ]
    found = find_disagreements(accepted(observations=tuple(made), stages=STAGES)).disagreements
    assert [d.id for d in found] == (["ab-350-amount-p-a-p-b-absorption"] if disagree else [])


@pytest.mark.parametrize(
    ("absorbance", "window", "stage", "disagree"),
    [
        ("0.25 absorbance", "1 min", "p/a", False),
        ("0.5 absorbance", "1 min", "p/a", True),
        ("0.5 absorbance", "2 min", "p/a", False),
        ("0.5 absorbance", "1 min", "p/b", False),
        ("0.5 absorbance", "1 min", ["p/a", "p/b"], False),
    ],
)
def test_absorbances_of_one_sample_disagree(absorbance: str, window: str, stage: Any, disagree: bool) -> None:
    def measured(value: str) -> list[dict[str, str]]:
        return [{"what": "absorbance at 350 nm", "quantity": value}]

    one = saw("o-1", "maximum", "1 min", measured=measured("0.25 absorbance"))
    other = saw("o-2", "present", window, measured=measured(absorbance), at=stage)
    found = find_disagreements(accepted(observations=(one, other), stages=STAGES))
    assert bool(found.disagreements) is disagree
    unplaced = ["it does not say at which stage it was measured"] if isinstance(stage, list) else []
    assert [why for _, why in found.unread] == unplaced


def test_each_side_says_when_and_a_decision_finds_it_again() -> None:
    items = accepted(
        observations=(
            saw("o-1", "present", "1 min"),
            saw("o-2", "present", "5 min"),
            saw("o-3", "absent", span("0 min", "1 h")),
        ),
        stages=STAGES,
    )
    [found] = find_disagreements(items).disagreements
    assert (found.id, found.title) == ("ab-350-presence-p-a-absorption", "presence of ab-350")
    assert found.conditions == (("stage", "p/a"), ("method", "absorption"))
    assert [[v.value for v in s.values] for s in found.sides] == [
        ["absent, from 0 min to 1 h"], ["present, at 1 min", "present, at 5 min"],
    ]  # fmt: skip
    assert found.same_method


def test_no_two_shipped_observations_deny_each_other() -> None:
    reading = read_corpus(sorted(corpus_dir().glob("*.yaml")), class_names())
    items = [
        (record, item)
        for _, corpus in reading.files
        for record, (_, item) in zip(records_of(corpus)[1:], corpus.items(), strict=True)
    ]
    seen = {"presence", "emission", "course", "amount", "absorbance"}
    assert [d.id for d in find_disagreements(items).disagreements if d.property_id in seen] == []
    [record] = [record for record, item in items if item.id == "z-f1-o3"]
    other = Observation.model_validate({**record.body, "id": "seen", "kind": "present", "limit": None})
    denied = [*items, (AssertionRecord.of("observation", other, "seen", "other-paper"), other)]
    [found] = [d for d in find_disagreements(denied).disagreements if d.property_id in seen]
    assert found.id == "cdte-msc-371-presence-z-f1-disperse-absorption"
    assert [[v.item for v in s.values] for s in found.sides] == [["z-f1-o3"], ["seen"]]


# --- decisions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "state"), [("by method", "explained"), ("superseded", "superseded"), ("resolved", "resolved"), ("open", "open")]
)
def test_a_decision_is_about_these_sides(decision: Decision, state: str) -> None:
    items = accepted(says("a", "(CdSe)13", 350), says("b", "(CdSe)34", 350))
    [before] = find_disagreements(items).disagreements
    content = {"decision": decision, "sides": list(before.assertions), "holds": None}
    act = Act(9, "decide", None, "ben", datetime.now(UTC), "why", None, "", Subject("disagreement", before.id), "web", content)
    [after] = find_disagreements(items, [act]).disagreements
    assert (after.state, after.reason, after.decided_by) == (state, "why", "ben")
    more = accepted(says("a", "(CdSe)13", 350), says("b", "(CdSe)34", 350), says("c", "(CdSe)35", 350))
    [again] = find_disagreements(more, [act]).disagreements
    assert (again.id, again.state, again.reason) == (before.id, "open", None)


def test_who_decides(staffed: Ledger) -> None:
    sides = [edit.assertion for edit in proposed(staffed, put("a-1"), put("a-2")).edits if edit.assertion]
    act = decide(staffed, BEN, "ab-350-composition", "by method", "one counts ligands", sides=sides)
    assert act.content == {"decision": "by method", "sides": sorted(sides), "holds": None}
    with pytest.raises(ForbiddenError, match="cleo may not decide"):
        decide(staffed, CLEO, "ab-350-composition", "open", "no", sides=sides)
