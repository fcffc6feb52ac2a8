"""Conflict sets and repairs: the first at once, all of them, and those of a candidate of one's own."""

from __future__ import annotations

import pytest

from mechkg.errors import BadInputError, NotFoundError
from mechkg.service.conflicts import as_json, conflicts, first_conflict, set_as_json
from mechkg.service.conflicts_page import all_of, first_of
from mechkg.service.page import Bullets, parts_as_markdown
from mechkg.service.workspace import Workspace
from tests.small_case import SPACE


def test_the_first_conflict_set(small: Workspace) -> None:
    found = first_conflict(small, SPACE, "both")
    assert found.verdict == "ruled out"
    assert found.first is not None
    assert set_as_json(found.first) == {
        "steps": ["stray"],
        "missing_steps": [],
        "postulates": [],
        "missing_postulates": [],
        "assumptions": ["kept", "limit", "prompt"],
        "observations": ["no-c"],
    }
    start, rest = first_of(found)
    assert start == "A turns and strays [both] is ruled out. These cannot hold together:"
    assert isinstance(rest, Bullets)
    assert rest.items[-1].text == "observed: C was looked for and not seen (run, dispersed in 3 mL water) [no-c]"


def test_what_is_not_ruled_out_has_none(small: Workspace) -> None:
    found = first_conflict(small, SPACE, "turns")
    assert found.first is None
    assert list(first_of(found)) == ["A turns [turns] survives: it has no conflict set."]
    assert as_json(conflicts(small, SPACE, "turns"))["sets"] == []


def test_all_sets_and_repairs_meet_each_other(small: Workspace) -> None:
    found = conflicts(small, SPACE, "strays")
    assert found.complete
    # no C without the three assumptions or the observation; and, apart from it, no B without turning
    assert len(found.repairs) == 6
    for repair in found.repairs:
        gone = {*repair.assumptions, *repair.observations}
        assert all(gone & {*one.assumptions, *one.observations} for one in found.sets)
        assert len(gone) == 2
    said = parts_as_markdown("strays", all_of(found, first_conflict(small, SPACE, "strays").words))
    assert "Six repairs, which are all there are; three minimal conflict sets show it." in said
    assert "- 3 of 3\n" in said


def test_repairs_repair(small: Workspace) -> None:
    """Without what a repair takes, the candidate is free of conflict; with one thing less gone it is not."""
    for repair in conflicts(small, SPACE, "strays").repairs:
        asked = {"without": repair.assumptions, "ignoring": repair.observations}
        assert first_conflict(small, SPACE, "strays", **asked).first is None
        if repair.assumptions:
            asked["without"] = repair.assumptions[1:]
            assert first_conflict(small, SPACE, "strays", **asked).verdict == "ruled out"


def test_a_candidate_of_ones_own(small: Workspace) -> None:
    found = first_conflict(small, SPACE, None, steps=["stray", "slip"])
    assert found.candidate == "ad-hoc"
    assert next(first_of(found)) == "put together on the spot [ad-hoc] is ruled out. These cannot hold together:"
    nothing = conflicts(small, SPACE, None, steps=[])
    assert [set(repair) for repair in nothing.repairs] == [{"assumed: only"}, {"observed: b-seen"}]


def test_a_search_that_is_cut_says_so(small: Workspace) -> None:
    found = conflicts(small, SPACE, "strays", budget=0.0)
    assert not found.complete
    assert next(all_of(found, first_conflict(small, SPACE, "strays").words)) == (
        "No minimal conflict sets and no repair yet; the search was ended by its budget after 0.0 s and is incomplete."
    )


@pytest.mark.parametrize(
    ("candidate", "asked", "error"),
    [
        ("bot", {}, "did you mean 'both'?"),
        (None, {"steps": ["tur"]}, "no optional step called 'tur' (did you mean 'turn'?)"),
        (None, {"postulates": ["slow-tur"]}, "no claim of this space called 'slow-tur' (did you mean 'slow-turn'?)"),
        ("both", {"without": ["onl"]}, "did you mean 'only'?"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    small: Workspace, candidate: str | None, asked: dict[str, list[str]], error: str
) -> None:
    with pytest.raises(NotFoundError) as raised:
        first_conflict(small, SPACE, candidate, **asked)  # type: ignore[arg-type]
    assert error in str(raised.value)


@pytest.mark.parametrize(("candidate", "steps"), [(None, None), ("both", ["turn"])])
def test_one_candidate_is_asked_of(small: Workspace, candidate: str | None, steps: list[str] | None) -> None:
    with pytest.raises(BadInputError):
        first_conflict(small, SPACE, candidate, steps=steps)
