"""A proof as a page: lines that unfold, quotes with their place, assumptions that can be withdrawn."""

from __future__ import annotations

from html import unescape

import pytest

from mechkg.reasoning.render import proof_lines
from mechkg.service.proof_tree import Proved, explanation, proved
from mechkg.service.workbench import Setting
from mechkg.service.workspace import Workspace
from mechkg.web.proof_page import ProofPage, proof_page
from mechkg.web.space_links import SpaceLinks

SPACE, CANDIDATE = "msc-399-in-toluene", "falls-apart"


@pytest.fixture(scope="module")
def found(shipped: Workspace) -> Proved:
    return proved(shipped, explanation(shipped, SPACE, CANDIDATE, Setting()), Setting())


def test_every_line_and_every_quote_is_there(shipped: Workspace, found: Proved) -> None:
    links = SpaceLinks(SPACE, items=shipped.catalog.entries)
    page = unescape(proof_page(ProofPage(found, links)))
    lines = [*proof_lines(found.nodes[0])]
    assert page.count('<div class="leaf">') + page.count("<details open><summary>") == len(lines)
    for _, sentence, node in lines:
        if node.standing != "assumed":
            assert sentence in page
        for source in node.sources if node.standing == "stated" else ():
            assert f'<a href="/id/{source.item}">{source.item}</a>' in page
            assert all(f"“{quote}”" in page for quote in source.quotes)
            assert source.locator is None or source.locator in page


def test_an_assumption_can_be_withdrawn_where_it_is_used(shipped: Workspace, found: Proved) -> None:
    assumed = {node.atom.split('"')[1] for _, _, node in proof_lines(found.nodes[0]) if node.atom and node.standing == "assumed"}
    assert assumed
    page = proof_page(ProofPage(found, SpaceLinks(SPACE, items=shipped.catalog.entries)))
    for name in assumed:
        assert f'href="/id/{name}">{name}</a>' in page
        assert f'href="/spaces/{SPACE}?without={name}">Withdraw it' in page


def test_a_long_proof_is_folded(shipped: Workspace, found: Proved, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mechkg.web.proof_page.OPEN_LINES", 1)
    page = proof_page(ProofPage(found, SpaceLinks(SPACE)))
    depths = [depth for depth, _, _ in proof_lines(found.nodes[0])]
    assert ("<details><summary>" in page) == (max(depths) > 3)


def test_a_missing_drawing_is_explained(found: Proved) -> None:
    page = proof_page(ProofPage(found, SpaceLinks(SPACE), no_drawing="dot is not there"))
    assert "There is no drawing of it here: dot is not there." in page and "drawing.svg" not in page
    assert f'src="/spaces/{SPACE}/candidates/{CANDIDATE}/drawing.svg"' in proof_page(ProofPage(found, SpaceLinks(SPACE)))
