"""The page of a comparison table: each value linked to what states it, conflicts marked in words, everything in the address."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from mechkg.service.comparison import chosen_names, compare
from mechkg.service.comparison_tables import Choice, table_kind
from mechkg.service.decide import decide
from mechkg.service.workspace import Workspace
from mechkg.web.compare_page import ComparePage, compare_page
from tests.curation.staff import BEN

MADE = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
KIND = table_kind("cdse-clusters")


@pytest.fixture(scope="module")
def page(shipped: Workspace) -> ComparePage:
    return ComparePage(compare(shipped, KIND), MADE)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html)))


def test_each_value_leads_to_what_states_it(page: ComparePage) -> None:
    html = compare_page(page)
    for row in page.table.rows:
        for value, _ in row.values:
            assert f'href="/id/{value.item}"' in html
    assert "Cd<sub>35</sub>Se<sub>20</sub>" in html
    assert "two (CdSe)<sub>13</sub> paired together" in html
    assert 'title="“350‒Cd35Se20' in unescape(html)


def test_a_conflict_is_said_in_the_cell_and_told_below(page: ComparePage) -> None:
    html = compare_page(page)
    marked = sum(len(marks) for row in page.table.rows for _, marks in row.values)
    assert html.count('class="odds odds-open"') == marked > 10
    words = text_of(html)
    assert "open contradicts (CdSe)13, (CdSe)35" in words
    assert "408 nm, 410 nm are taken for one band, as neighbours are no further apart than 3 nm." in words
    for each in page.table.conflicts:
        assert f'id="conflict-{each.id}"' in html and f'href="#conflict-{each.id}"' in html
        assert f'href="/conflicts/{each.id}"' in html


def test_a_decision_is_shown(curated: Workspace) -> None:
    decide(curated, BEN, "cdse-434-composition", "resolved", "measured <again>", holds="a-ts1-9")
    html = compare_page(ComparePage(compare(curated, KIND), MADE))
    assert 'class="odds odds-holds"' in html and 'class="odds odds-gave-way"' in html
    assert "Decided: resolved, measured &lt;again&gt;" in html
    assert re.search(r'side-of holds"><p class="value">\(CdSe\)<sub>120</sub> <span class="tag">holds', html)


def test_the_address_keeps_what_was_chosen(shipped: Workspace, page: ComparePage) -> None:
    choice = Choice("thing", "paper", "property", ("shape", "a&b=c"), (), ("cdse-msc-350",), (), ("saxs",), "all", "5 nm", "most")
    given = ComparePage(replace(page.table, choice=choice, tolerance="5 nm"), MADE)
    for href in (given.href(), given.permanent):
        query = parse_qs(urlsplit(href).query, keep_blank_values=True)
        moment = query.pop("asOf", [None])
        assert chosen_names(KIND, query) == choice
        assert moment == ([None] if href == given.href() else [str(page.table.position)])
    assert page.href() == "/compare/cdse-clusters"


def test_choices_can_be_taken_back(page: ComparePage) -> None:
    assert page.chosen == [("Material: CdSe", "/compare/cdse-clusters?material=")]
    html = compare_page(page)
    assert '<option value="position" selected>Absorption position</option>' in html
    assert re.search(r'name="property" value="shape" checked', html)


def test_what_is_cut_is_said(page: ComparePage) -> None:
    html = compare_page(replace(page, table=replace(page.table, rows_left_out=7, columns_left_out=3)))
    assert "The first 9 rows are shown" in html and "3 more columns are only in the files" in html


def test_an_empty_table_helps(shipped: Workspace) -> None:
    table = compare(shipped, KIND, replace(KIND.choice, shown="decided"))
    assert "No conflict among these values was decided yet." in compare_page(ComparePage(table, MADE))
    other = compare(shipped, KIND, replace(KIND.choice, thing=("z-f1",)))
    assert "Nothing that counts is like that." in compare_page(ComparePage(other, MADE))


def test_of_another_moment_every_link_stays_there(page: ComparePage) -> None:
    html = compare_page(replace(page, as_of="2024.1"))
    assert "As of 2024.1" in html
    assert 'href="/id/a-ts1-6?asOf=2024.1"' in html
    assert 'href="/compare/cdse-clusters.csv?asOf=2024.1"' in html
    assert 'href="/compare/cdse-clusters?shown=open&amp;asOf=2024.1"' in html
    assert 'href="/disagreement/cdse-350-composition?asOf=2024.1"' in html
