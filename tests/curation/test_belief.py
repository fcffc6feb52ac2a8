"""Belief: independent laboratories and methods count, not sentences."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mechkg.curation.belief import author_key, authors_of, belief, by_directions, grounds_of, laboratories, shipped_strengths
from mechkg.model.assertion import Claim
from mechkg.model.belief import UNKNOWN, Belief, Ground, Term
from mechkg.model.observation import Method, Observation
from mechkg.model.source import Document, Reference

AUTHORS: Mapping[str, tuple[str, ...]] = {
    "w-1": ("Ann Ash", "Bo Birch"),
    "w-2": ("B. Birch", "C. Cedar"),
    "w-3": ("Cedar, Cy",),
    "w-4": ("D. Date",),
    "w-5": ("Eve Elm", "D. Fir"),
}
LABORATORIES = ({"w-1", "w-2", "w-3"}, {"w-4"}, {"w-5"})
METHODS = ("absorption", "mass", "unspecified")


def ground(
    item: str, work: str, method: str = "absorption", strength: str = "0.5", *, against: bool = False, why: str = "as said"
) -> Ground:
    return Ground(f"RA-{item}", item, (work,), method, Fraction(strength), why, against)


def sums(found: Belief) -> tuple[Fraction, Fraction, Fraction]:
    return found.supported, found.refuted, found.value


# --- laws -------------------------------------------------------------------------------------------------------------

STRENGTHS = st.sampled_from([Fraction(n, 20) for n in range(1, 20)])
GROUNDS = st.builds(
    Ground,
    st.just("RA"),
    st.sampled_from(["a", "b", "c", "d"]),
    st.lists(st.sampled_from([*AUTHORS, "nobody", "none"]), min_size=1, max_size=2, unique=True).map(tuple),
    st.sampled_from(METHODS),
    STRENGTHS,
    st.just("as said"),
    st.booleans(),
)
MANY = st.lists(GROUNDS, max_size=8)


@given(MANY, st.data())
def test_another_sentence_of_the_same_laboratory_and_method_changes_nothing(grounds: list[Ground], data: st.DataObject) -> None:
    assume(grounds)
    said = data.draw(st.sampled_from(grounds))
    work = said.works[0]
    mine = next((laboratory for laboratory in LABORATORIES if work in laboratory), {work})
    there = {w for g in grounds for w in g.works}
    other = data.draw(st.sampled_from(sorted(mine & there)))
    # a work of the same laboratory that is linked to this one within what is counted
    assume(
        laboratories({w: AUTHORS.get(w, ()) for w in there})[other] == laboratories({w: AUTHORS.get(w, ()) for w in there})[work]
    )
    weaker = data.draw(st.sampled_from([said.strength, said.strength / 2]))
    again = Ground("RA-z", "z", (other,), said.method, weaker, "as said", said.against)
    assert sums(belief([*grounds, again], AUTHORS)) == sums(belief(grounds, AUTHORS))


@given(MANY, STRENGTHS, st.sampled_from(METHODS))
def test_an_independent_laboratory_never_lowers_what_it_supports(grounds: list[Ground], strength: Fraction, method: str) -> None:
    before = belief(grounds, AUTHORS)
    one_more = Ground("RA-n", "n", ("w-new",), method, strength, "as said")
    after = belief([*grounds, one_more], {**AUTHORS, "w-new": ("Newly Come",)})
    assert after.supported > before.supported
    assert after.refuted == before.refuted
    assert after.value >= before.value
    against = belief([*grounds, Ground("RA-n", "n", ("w-new",), method, strength, "", True)], {**AUTHORS, "w-new": ("N. Come",)})
    assert against.value <= before.value and against.supported == before.supported


@given(MANY, st.sampled_from(["absorption", "mass", "nmr"]), STRENGTHS)
def test_another_method_of_a_laboratory_never_lowers(grounds: list[Ground], method: str, strength: Fraction) -> None:
    assume(grounds and not grounds[0].against)
    more = Ground("RA-m", "m", grounds[0].works[:1], method, strength, "as said")
    assert belief([*grounds, more], AUTHORS).supported >= belief(grounds, AUTHORS).supported


@given(MANY.flatmap(lambda grounds: st.tuples(st.just(grounds), st.permutations(grounds))))
def test_order_is_nothing(both: tuple[list[Ground], list[Ground]]) -> None:
    one, other = both
    assert belief(one, AUTHORS) == belief(other, dict(reversed(AUTHORS.items())))


@given(MANY)
def test_the_four_shares_add_up_to_one_and_the_sum_is_that_of_its_terms(grounds: list[Ground]) -> None:
    found = belief(grounds, AUTHORS)
    assert sum(found.shares.values()) == 1
    left = Fraction(1)
    for term in found.supports:
        left *= 1 - term.strength
    assert found.supported == 1 - left and found.value == found.shares["for"]
    assert all(0 <= share <= 1 for share in found.shares.values())


# --- laboratories -----------------------------------------------------------------------------------------------------


def test_works_that_share_authors_are_one_laboratory_through_others_too() -> None:
    found = laboratories(AUTHORS)
    assert found["w-1"] == found["w-2"] == found["w-3"] != found["w-4"]
    assert found["w-1"].works == ("w-1", "w-2", "w-3")
    assert found["w-4"].name == "laboratory of D. Date"
    # the author of most works, of several the one who stands last more often
    assert found["w-1"].name == "laboratory of C. Cedar"


def test_without_the_work_between_them_they_are_two() -> None:
    assert len(set(laboratories({"w-1": AUTHORS["w-1"], "w-3": AUTHORS["w-3"]}).values())) == 2


def test_works_without_authors_are_one_unknown_laboratory_and_this_is_said() -> None:
    found = belief([ground("a", "x"), ground("b", "y"), ground("c", "w-4")], AUTHORS)
    assert [(term.laboratory, term.works) for term in found.supports] == [
        ("laboratory of D. Date", ("w-4",)),
        (UNKNOWN, ("x", "y")),
    ]
    assert found.unknown == ("x", "y")
    assert found.in_words()[-1] == "no authors are known of x, y: counted as one laboratory, though there may be several"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Jörg van der Berg", "J. Berg", True),
        ("Berg, J.", "J. van der Berg", True),
        ("X.-Q. Chen", "Xiaoqin Chen", True),
        ("John Smith Jr.", "J. Smith", True),
        ("A. Smith", "B. Smith", False),
        ("Chen Li", "Li Chen", False),
        ("K. Yu", "K. Yuan", False),
    ],
)
def test_authors_are_compared_by_family_name_and_initial(one: str, other: str, same: bool) -> None:
    assert (author_key(one) == author_key(other)) is same


def test_a_name_that_is_no_name_joins_nothing() -> None:
    assert author_key(" . ") == "" and author_key("Consortium") == "consortium"
    assert len(set(laboratories({"a": (" ",), "b": ("Bo Oak",)}).values())) == 2


def test_a_laboratory_is_named_after_an_author_as_printed() -> None:
    # printed alike without an initial in one of them: the family names alone do not make them one
    found = belief([ground("a", "x"), ground("b", "y")], {"x": ("Ash",), "y": ("Q. Elm",)})
    assert [term.laboratory for term in found.supports] == ["laboratory of Ash", "laboratory of Q. Elm"]


def test_one_work_that_stands_there_twice_has_the_authors_of_either() -> None:
    works = [
        Document(id="paper", authors=("A. Ash",), doi="10.1000/X"),
        Reference(id="ref-1", doi="10.1000/x"),
        Reference(id="ref-2"),
    ]
    assert authors_of(works) == {"paper": ("A. Ash",), "ref-1": ("A. Ash",), "ref-2": ()}


# --- grounds ----------------------------------------------------------------------------------------------------------


def claim(**more: Any) -> Claim:
    return Claim.model_validate({"id": "c", "kind": "conclusion", "statement": "It is so.", **more})


def seen(name: str, method: Method) -> Observation:
    return Observation(id=name, at=("p/s",), kind="present", method=method)


def strengths_of(item: Claim | Observation, *observations: Observation) -> dict[tuple[str, str], float]:
    found = grounds_of(item, "RA", "paper", {o.id: o for o in observations})
    return {(work, g.method): round(float(g.strength), 6) for g in found for work in g.works}


def test_what_a_paper_cites_counts_for_the_cited_work() -> None:
    assert strengths_of(claim(evidence="citation", cites=["r-1", "r-2"])) == {
        ("r-1", "unspecified"): 0.225,
        ("r-2", "unspecified"): 0.225,
    }
    assert strengths_of(claim(evidence="citation")) == {("a cited work that is not named", "unspecified"): 0.225}


def test_a_conclusion_has_the_methods_of_what_it_rests_on_unless_it_says_its_own() -> None:
    there = seen("o-1", "absorption"), seen("o-2", "mass"), seen("o-3", "unspecified")
    found = strengths_of(claim(evidence="inference-by-author", rests_on=["o-1", "o-2", "o-3"]), *there)
    assert found == {("paper", "absorption"): 0.35, ("paper", "mass"): 0.35}
    assert strengths_of(claim(evidence="experiment", method="nmr", rests_on=["o-1"]), *there) == {("paper", "nmr"): 0.6}


def test_strength_is_derived_from_evidence_directness_method_and_hedges() -> None:
    assert strengths_of(seen("o", "eye")) == {("paper", "eye"): 0.45}
    assert strengths_of(claim(evidence="experiment", method="mass", directness="indirect", hedge="may")) == {
        ("paper", "mass"): 0.225
    }
    assert strengths_of(claim()) == {("paper", "unspecified"): 0.15}
    assert grounds_of(claim(evidence="experiment", hedge="may"), "RA", "paper", {})[0].why == (
        "experiment 0.6 × method not said 0.75 × hedged 0.5"
    )


def test_the_curator_is_no_laboratory_of_the_paper() -> None:
    found = belief([*grounds_of(claim(evidence="curator-inference"), "RA", "w-1", {}), ground("a", "w-1")], AUTHORS)
    assert [term.laboratory for term in found.supports] == ["laboratory of Bo Birch", "curator"]


def test_a_method_that_is_not_said_is_not_another_method() -> None:
    one = belief([ground("a", "w-1"), ground("b", "w-2", "unspecified", "0.9")], AUTHORS)
    assert [(t.method, t.strength, t.items) for t in one.supports] == [("absorption", Fraction(9, 10), ("a", "b"))]


def test_the_table_gives_every_kind_of_evidence_a_strength_below_certainty() -> None:
    from typing import get_args

    from mechkg.model.assertion import Directness, EvidenceType

    table = shipped_strengths()
    assert set(table.evidence) == {*get_args(EvidenceType), "unsaid"}
    assert set(table.directness) == {*get_args(Directness), "unsaid"}
    assert set(table.method) <= set(get_args(Method))
    assert all(0 < share < 1 for share in table.evidence.values())
    assert all(0 < share <= 1 for share in (*table.directness.values(), *table.method.values(), table.hedged))


def test_claims_about_an_item_speak_for_or_against_it() -> None:
    claims = [
        ("RA-1", "w-1", claim(about=["x"], evidence="experiment", method="mass")),
        ("RA-2", "w-4", claim(about=["x"], evidence="experiment", method="mass", direction="refutes")),
        ("RA-3", "w-5", claim(about=["x"], evidence="experiment", direction="neutral")),
        ("RA-4", "w-5", claim(about=["y"], evidence="experiment")),
    ]
    found = belief(by_directions("x", None, claims, None, {}), AUTHORS)
    assert sums(found) == (Fraction(3, 5), Fraction(3, 5), Fraction(6, 25))
    assert found.in_words() == [
        "for 0.6: laboratory of Bo Birch, by mass (experiment 0.6)",
        "against 0.6: laboratory of D. Date, by mass (experiment 0.6)",
        "supported: 0.6",
        "refuted: 0.6",
        "belief: 0.6 × (1 − 0.6) = 0.24",
    ]


def test_the_sum_says_how_many_assertions_count_as_one() -> None:
    found = belief([ground("a", "w-1"), ground("b", "w-2"), ground("c", "w-4", strength="0.2")], AUTHORS)
    assert found.in_words()[0] == "for 0.5: laboratory of B. Birch, by absorption (as said; 2 assertions count as one)"
    assert found.in_words()[2] == "supported: 1 − (1 − 0.5) × (1 − 0.2) = 0.6"
    assert found.as_json()["supports"][0] == {
        "laboratory": "laboratory of B. Birch", "method": "absorption", "strength": 0.5, "why": "as said",
        "works": ["w-1", "w-2"], "items": ["a", "b"],
    }  # fmt: skip
    assert isinstance(found.supports[0], Term)


def test_nothing_is_believed_of_what_nobody_speaks_of() -> None:
    found = belief([], {})
    assert sums(found) == (0, 0, 0) and found.shares["open"] == 1
    assert found.in_words() == ["supported: 0, by nothing", "refuted: 0, by nothing", "belief: 0"]
