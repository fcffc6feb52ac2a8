"""The workbench: what is ticked, what flips, what is said when nothing does."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mechkg.service.workbench import Setting, workbench
from mechkg.service.workspace import Workspace
from mechkg.web.space_links import SpaceLinks
from mechkg.web.workbench_page import PARTS, WorkbenchPage, natural, workbench_page

SPACE = "msc-399-in-toluene"
DOUBTED = "cluster-turns-only-into-its-own-pc"


def page_of(shipped: Workspace, setting: Setting) -> str:
    bench = workbench(shipped, SPACE, setting)
    links = SpaceLinks(SPACE, setting, "", shipped.catalog.entries, {one.id for one in bench.space.candidates})
    return workbench_page(WorkbenchPage(bench, links, ("paper", "A paper")))


def test_every_premise_can_be_withdrawn(shipped: Workspace) -> None:
    page = page_of(shipped, Setting())
    problem = shipped.problem(SPACE)
    assert set(re.findall(r'name="without" value="([^"]+)"', page)) == set(problem.space.assumptions)
    assert set(re.findall(r'name="ignoring" value="([^"]+)"', page)) == set(problem.observations)
    assert set(re.findall(r'name="step" value="([^"]+)"', page)) == set(problem.space.optional)
    assert " checked" not in page and 'class="flips"' not in page and "⇄" not in page
    for name, _ in PARTS:
        assert f'href="/spaces/{SPACE}/parts/{name}"' in page


def test_what_flips_is_marked(shipped: Workspace) -> None:
    page = page_of(shipped, Setting(without=(DOUBTED,)))
    assert f'value="{DOUBTED}" checked' in page and page.count(" checked") == 1
    assert page.count('<tr class="flipped">') == 1
    assert '<span class="before">was: ruled out</span>' in page
    assert f'<a href="/spaces/{SPACE}">without {DOUBTED}</a>' in page
    # links keep the premise
    assert f'href="/spaces/{SPACE}/candidates/falls-apart?without={DOUBTED}"' in page


def test_a_candidate_that_cannot_be_judged_says_why(shipped: Workspace) -> None:
    bench = workbench(shipped, SPACE, Setting())
    first = bench.rows[0]
    found = replace(first.found, verdict="not covered", conflicts=(), gone=("a-step", "another"))
    links = SpaceLinks(SPACE, Setting(), "", shipped.catalog.entries, {one.id for one in bench.space.candidates})
    changed = replace(bench, rows=(replace(first, found=found, reasons=()),))
    page = workbench_page(WorkbenchPage(changed, links, ("paper", "A paper")))
    assert "It cannot be judged: a-step, another no longer count." in page
    assert "Nothing observed bears on it." not in page


@pytest.mark.parametrize(("texts", "ordered"), [(["S10", "S9", "1"], ["1", "S9", "S10"]), (["b", "A"], ["A", "b"])])
def test_figures_are_in_the_order_of_their_numbers(texts: list[str], ordered: list[str]) -> None:
    assert sorted(texts, key=natural) == ordered
