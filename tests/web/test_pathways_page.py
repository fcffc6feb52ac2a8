"""The explorer as a page: each choice keeps the others, everything drawn is told in words, and gaps say what to do."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from mechkg.service.check import check, whole
from mechkg.service.course import course, procedures_of
from mechkg.service.pathways import contradictions, network, on_in, standing
from mechkg.service.workbench import Setting
from mechkg.service.workspace import Workspace
from mechkg.web.pathways_page import Choice, PathwaysPage, pathways_page
from mechkg.web.space_links import SpaceLinks

MAIN = "cdtese-msc399"
SMALL = "msc-399-in-toluene"


def page_of(shipped: Workspace, space: str, choice: Choice, setting: Setting | None = None) -> PathwaysPage:
    setting = setting or Setting()
    found = network(shipped, space)
    premises = {"without": setting.without, "ignoring": setting.ignoring}
    all_of = whole(shipped, space, **premises)
    assert all_of is not None
    verdicts = check(shipped, space, **premises)
    links = SpaceLinks(space, setting, "", shipped.catalog.entries, {each.id for each in found.space.candidates})
    return PathwaysPage(
        found,
        links,
        choice,
        verdicts,
        standing(found, all_of),
        all_of.survivors,
        on_in(found, verdicts),
        contradictions(shipped, space, setting),
        course(shipped, space, choice.candidate, setting) if choice.candidate else None,
        procedures_of(shipped, space),
    )


def test_all_that_is_drawn_is_told_in_words(shipped: Workspace) -> None:
    page = page_of(shipped, SMALL, Choice())
    html = pathways_page(page)
    told = set(re.findall(r'<article class="about" id="about-([^"]+)"', html))
    assert told == {*(node.id for node in page.network.species), *(step.id for step in page.network.steps)}
    assert set(re.findall(r'href="#about-([^"]+)"', html)) <= told
    data = json.loads(re.findall(r'<script type="application/json" id="drawing">(.+?)</script>', html)[0])
    assert {item for box in data["boxes"] for item in box["items"]} == told
    # what the engine says of steps stands in the words too
    for step in page.network.steps:
        about = html.partition(f'id="about-{step.id}"')[2].partition("</article>")[0]
        word = {"established": "Taken as established", "required": "Required", "possible": "Possible", "excluded": "Excluded"}
        assert word[page.stand(step)] in about


def test_a_choice_keeps_the_others(shipped: Workspace) -> None:
    choice = Choice("falls-apart", "z-f1", "z-f1/add-ota", "contested", ("QD",))
    setting = Setting(without=("cluster-turns-only-into-its-own-pc",))
    page = page_of(shipped, SMALL, choice, setting)
    assert page.at(stage="z-f1/disperse") == (
        f"/pathways/{SMALL}?candidate=falls-apart&procedure=z-f1&stage=z-f1%2Fdisperse&show=contested&hide=QD"
        "&without=cluster-turns-only-into-its-own-pc"
    )
    assert page.at("network.json", candidate="", procedure="", stage="", show="all", hide=()) == (
        f"/pathways/{SMALL}/network.json?without=cluster-turns-only-into-its-own-pc"
    )
    html = pathways_page(page)
    assert f'href="/pathways/{SMALL}?candidate=falls-apart&amp;procedure=z-f1&amp;stage=z-f1%2Fadd-ota&amp;show=contested' in html
    assert '<input type="hidden" name="without" value="cluster-turns-only-into-its-own-pc">' in html
    assert page.held("cluster-turns-only-into-its-own-pc") == page.at().replace("&without=cluster-turns-only-into-its-own-pc", "")


def test_a_stage_in_a_table(shipped: Workspace) -> None:
    page = page_of(shipped, MAIN, Choice("eq2", "z-f1", "z-f1/add-ota"))
    html = unescape(pathways_page(page))
    assert "Stage 6 of 6" in html and "At this stage, if Eq 2 alone holds" in html
    row = re.search(r'<tr class="contradicted"><th scope="row"><a href="#about-cdse-msc-415">.*?</tr>', html, re.DOTALL)
    assert row is not None
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row[0]))
    assert "within 60 min" in text and "was looked for and not seen z-f1-o14" in text
    assert page.links.proof("eq2", "z-f1-o14") in row[0]
    # the next contradiction is in another procedure
    assert "procedure=z-s1-1" in page.next_conflict


def test_the_next_contradiction_goes_round(shipped: Workspace) -> None:
    found, seen = Choice("eq2"), []
    while len(seen) < 100:
        href = page_of_quick(shipped, found).next_conflict
        stage = re.search(r"stage=([^&]+)", href)
        procedure = re.search(r"procedure=([^&]+)", href)
        assert stage and procedure
        found = Choice("eq2", procedure[1], stage[1].replace("%2F", "/"))
        if (procedure[1], found.stage) in seen:
            break
        seen.append((procedure[1], found.stage))
    told = course(shipped, MAIN, "eq2", Setting())
    assert set(seen) == {
        (played.id, name) for played in told.procedures for name in played.stages if told.stages[name].contradictions
    }


_KEPT: dict[str, PathwaysPage] = {}


def page_of_quick(shipped: Workspace, choice: Choice) -> PathwaysPage:
    """The same page with another choice, without working it out again."""
    from dataclasses import replace

    page = _KEPT.get("page") or _KEPT.setdefault("page", page_of(shipped, MAIN, choice))
    return replace(page, choice=choice)


def test_gaps_say_what_to_do(shipped: Workspace) -> None:
    assert "No step is named in this space" in pathways_page(page_of(shipped, "cdte-bands", Choice()))
    html = pathways_page(page_of(shipped, SMALL, Choice(procedure="z-f1")))
    assert "Choose a candidate too" in html
    everything = tuple(network(shipped, SMALL).kinds)
    assert "Nothing is left to show" not in html
    nothing = pathways_page(page_of(shipped, SMALL, Choice(show="open", hide=everything)))
    assert "Survivors agree on every step" in nothing or "Nothing is left to show" in nothing


@pytest.mark.parametrize("show", ["contested", "open"])
def test_steps_that_are_not_asked_for_are_left_out(shipped: Workspace, show: str) -> None:
    page = page_of(shipped, MAIN, Choice(show=show))
    found = {step.id for step in page.shown_steps}
    stands = {page.stand(step) for step in page.network.steps if step.id in found}
    assert stands == ({"required", "possible", "excluded"} if show == "contested" else {"possible"})
    taken = {t.species for step in page.shown_steps for t in (*step.left, *step.right)}
    pairs = {item for box in page.drawn.boxes for item in box.items if box.what == "species"}
    assert taken <= pairs
