"""The report: every part of it, on a case small enough to be worked out by hand; as a page, as JSON and as Markdown."""

from __future__ import annotations

import json

import pytest

from mechkg.errors import NotFoundError
from mechkg.service.page import Bullets, Grid, Heading, More, Page, Part, as_markdown
from mechkg.service.report import SpaceReport, as_json, report
from mechkg.service.report_page import page
from mechkg.service.workspace import Workspace
from tests.small_case import SPACE


@pytest.fixture(scope="module")
def found(small: Workspace) -> SpaceReport:
    return report(small, SPACE)


@pytest.fixture(scope="module")
def shown(found: SpaceReport) -> Page:
    return page(found)


def lines(part: Part) -> list[str]:
    """Return what a part says, a line for each line."""
    if isinstance(part, str | More):
        return [str(part)]
    if isinstance(part, Heading):
        return [part.text]
    if isinstance(part, Bullets):
        return [line for item in part.items for line in (item.text, *item.beneath)]
    if isinstance(part, Grid):
        return [" | ".join(row) for row in (part.columns, *part.rows)]
    return [kind.words for kind in part.kinds]


def section(shown: Page, title: str) -> list[str]:
    """Return the lines of a section."""
    [found] = [section for section in shown.sections if section.title == title]
    return [line for part in found.parts for line in lines(part)]


def test_the_page_has_every_part_in_order(shown: Page) -> None:
    assert [section.title for section in shown.sections] == [
        "Verdicts",
        "Kill matrix",
        "The whole space",
        "What nothing observed separates",
        "Rate laws",
        "What cannot hold together, and what would have to go",
        "What if",
        "What each verdict hangs on",
        "Observations that cannot refute",
        "What is assumed",
        "The next experiment",
    ]


def test_verdicts(shown: Page) -> None:
    said = section(shown, "Verdicts")
    assert said[0] == "Of four named candidates, two survive and two are ruled out."
    assert "A turns [turns] | survives |  | 2" in said
    assert "A turns and strays [both] | ruled out | C missing where it must be seen (no-c) | 1" in said


def test_the_whole_space(shown: Page) -> None:
    """B needs turning, straying makes a C that is not there; slipping and the claim are free: 4 of 2^4 survive."""
    assert section(shown, "The whole space") == [
        "Three steps may run or not and one claim may be made or not. That makes 16 candidates. Four of them survive. "
        "Every candidate was gone through.",
        "Required, in every survivor:",
        "turning [turn]: A → B",
        "Possible, in some survivors:",
        "slipping [slip]: A → D",
        "Turning is slow [slow-turn]",
        "Excluded, in no survivor:",
        "straying [stray]: A → C",
        "One survivor that contains no other survivor (the list is complete, up to all four choices):",
        "not named: turning [turn]",
        "Observations that rule out most candidates, each by itself:",
        "eight: B was seen (run, dispersed in 3 mL water) [b-seen]",
        "eight: C was looked for and not seen (run, dispersed in 3 mL water) [no-c]",
    ]


def test_what_is_tied(shown: Page) -> None:
    tied = ["A turns [turns]", "A turns and slips [turns-and-slips]"]
    assert section(shown, "What nothing observed separates")[1:] == tied
    assert section(shown, "Rate laws")[1:] == [
        "k [A]",
        *tied,
        "No rate law follows from what is claimed by A strays [strays] and A turns and strays [both].",
    ]


def test_conflicts_and_repairs(shown: Page) -> None:
    said = section(shown, "What cannot hold together, and what would have to go")
    both = said[said.index("A turns and strays [both]") :]
    assert both[1] == "Four repairs, which are all there are; one minimal conflict set shows it."
    assert both[2:8] == [
        "The least that cannot hold together:",
        "part of it: straying [stray]",
        "assumed: Nothing outruns straying [kept; silent]",
        "assumed: [limit; stated]",  # said in full above, for the other candidate
        "assumed: [prompt; cited]",
        "observed: C was looked for and not seen [no-c]",
    ]
    assert both.count("both returns if this goes:") == 3
    assert both[-1] == "One more repair: mechkg conflicts small both"
    assert "strays returns if these two go:" in said


def test_what_if_and_what_verdicts_hang_on(shown: Page) -> None:
    said = section(shown, "What if")
    assert said[0] == "Seven assumptions and observations were withdrawn, one at a time; five withdrawals change a verdict."
    at = said.index("Without the assumption: Straying is prompt in water [prompt; cited]")
    assert said[at + 1] == "A turns and strays [both]: ruled out → survives"
    assert said[-2:] == ["Nothing else runs [only; silent]", "The same holds for one observation; the report as JSON names it."]
    hangs = section(shown, "What each verdict hangs on")
    assert hangs[0] == (
        "A turns [turns] survives only while this observation counts: B was seen (run, dispersed in 3 mL water) [b-seen]."
    )
    assert (
        "A strays [strays] is ruled out; no single withdrawal changes that. The smallest repair takes two "
        "(five others of that size):"
    ) in hangs
    # of the four that it hangs on by itself, the one that nothing backs is the weakest
    assert hangs[-1] == (
        "A turns and strays [both] is ruled out only while this is assumed: Nothing outruns straying [kept; silent]. "
        "That is untested."
    )


def test_premises(shown: Page) -> None:
    assert section(shown, "Observations that cannot refute")[1:] == [
        "D was looked for and not seen (run, dispersed in 3 mL water) [no-d]"
    ]
    said = section(shown, "What is assumed")
    assert said[:2] == [
        "Untested: no source and no observation backs them as they stand (2):",
        "Nothing else runs [only; silent]",
    ]
    assert "Cited from elsewhere (1):" in said


def test_the_next_experiment_is_part_of_it(shown: Page) -> None:
    said = section(shown, "The next experiment")
    assert "If D is seen, A and C are ruled out; if it is not, that speaks against B." in said
    assert said[-2:] == ["Nothing listed separates", "A and C: turns and turn"]


def test_json_has_all_of_it_and_can_be_written(found: SpaceReport) -> None:
    content = json.loads(json.dumps(as_json(found)))
    assert {c["id"]: c["verdict"] for c in content["candidates"]} == {
        "turns": "survives",
        "turns-and-slips": "survives",
        "strays": "ruled out",
        "both": "ruled out",
    }
    assert content["cannot_refute"] == ["no-d"]
    assert (content["whole"]["candidates"], content["whole"]["survivors"], content["whole"]["exact"]) == (16, 4, True)
    assert content["whole"]["minimal_survivors"] == [["turn"]]
    assert content["whole"]["complete_up_to"] == 4
    assert content["classes"] == [["turns", "turns-and-slips"]]
    assert content["rate_laws"] == {"k [A]": ["turns", "turns-and-slips"]}
    both = next(sets for sets in content["conflicts"] if sets["candidate"] == "both")
    assert both["complete"] is True
    assert {tuple(r["assumptions"] + r["observations"]) for r in both["repairs"]} == {
        ("kept",),
        ("prompt",),
        ("limit",),
        ("no-c",),
    }
    assert content["what_if"]["unchanged"] == [
        {"kind": "assumption", "name": "only"},
        {"kind": "observation", "name": "no-d"},
    ]
    assert content["experiments"]["not_separated"] == [["turns", "turn"]]
    assert content["names"]["steps"]["turn"] == "turning [turn]"
    assert [a["backing"] for a in content["assumed"]] == ["silent", "cited", "silent", "stated"]


def test_markdown_has_every_section_and_every_observation(shown: Page) -> None:
    text = as_markdown(shown)
    for part in shown.sections:
        assert f"\n## {part.title}\n" in text
    assert "| C was looked for and not seen (run, dispersed in 3 mL water) [no-c] | + | + | X | X |" in text
    assert "| D was looked for and not seen (run, dispersed in 3 mL water) [no-d] | . | . | . | . |" in text


def test_what_is_withdrawn_is_said_and_counts(small: Workspace) -> None:
    found = report(small, SPACE, without=["prompt"], ignoring=["b-seen"])
    shown = page(found)
    said = [line for part in shown.intro for line in lines(part)]
    assert "From the graph at version" in said[1]
    assert "with three assumptions held and two observations counted." in said[1]
    assert "Straying is prompt in water [prompt; cited]" in said
    assert "B was seen (run, dispersed in 3 mL water) [b-seen]" in said
    assert found.found.conflicts == ()
    assert "Straying is prompt in water [prompt; cited]; withdrawn here" in section(shown, "What is assumed")
    assert as_json(found)["ignored"] == ["b-seen"]


def test_a_search_that_is_cut_says_so(small: Workspace) -> None:
    found = report(small, SPACE, budget=0.0)
    said = section(page(found), "What cannot hold together, and what would have to go")
    assert "No minimal conflict sets and no repair yet; the search was ended by its budget after 0.0 s and is incomplete." in said
    assert not any(sets["complete"] for sets in as_json(found)["conflicts"])
    assert "no repair was found in the time given." in section(page(found), "What each verdict hangs on")[2]


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"without": ["promt"]}, "no assumption called 'promt' (did you mean 'prompt'?)"),
        ({"ignoring": ["b-sen"]}, "no observation considered here called 'b-sen' (did you mean 'b-seen'?)"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(small: Workspace, asked: dict[str, list[str]], error: str) -> None:
    with pytest.raises(NotFoundError) as raised:
        report(small, SPACE, **asked)  # type: ignore[arg-type]
    assert error in str(raised.value)


def test_progress_is_told_to_the_end(small: Workspace) -> None:
    told: list[str] = []
    report(small, SPACE, budget=0.0, progress=lambda what, share: told.append(what) if 0 <= share <= 1 else told.append("?"))
    assert told[0] == "verdicts"
    assert told[-1] == "experiments"
    assert "?" not in told
