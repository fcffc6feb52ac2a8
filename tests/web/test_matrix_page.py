"""The kill matrix: sorted, grouped, a sign and a word in each cell, a link to each proof."""

from __future__ import annotations

import pytest

from mechkg.service.check import check
from mechkg.service.workbench import Setting, Table, table
from mechkg.service.workspace import Workspace
from mechkg.web.matrix_page import GROUPS, SIGNS, MatrixPage, matrix_page
from mechkg.web.space_links import SpaceLinks

SPACE = "msc-399-in-toluene"


@pytest.fixture(scope="module")
def found(shipped: Workspace) -> Table:
    return table(shipped, check(shipped, SPACE))


def test_each_cell_has_a_sign_a_word_and_a_link(found: Table) -> None:
    page = matrix_page(MatrixPage(found, SpaceLinks(SPACE, Setting(without=("a b",))), show="all"))
    for observation, roles in found.roles().items():
        for candidate, role in zip(found.check.candidates, roles, strict=True):
            sign, word, _ = SIGNS[role]
            href = f"candidates/{candidate.id}?observation={observation}&amp;without=a+b"
            assert f'class="role {role}"><a href="{href}"><span aria-hidden="true">{sign}</span> {word}</a>' in page


@pytest.mark.parametrize("group", GROUPS)
def test_groups_hold_every_row_once(found: Table, group: str) -> None:
    page = MatrixPage(found, SpaceLinks(SPACE), group=group, show="all")
    names = [row.seen.id for _, rows in page.groups for row in rows]
    assert sorted(names) == sorted(found.matrix.observations)
    for title, rows in page.groups:
        if group == "figure":
            assert {row.seen.figure for row in rows} == {title}
        if group == "same":
            assert len({row.roles for row in rows}) == 1


def test_rows_sort_by_the_part_for_a_candidate(found: Table) -> None:
    place, one = next((n, c) for n, c in enumerate(found.check.candidates) if c.conflicts)
    roles = [row.roles[place] for row in MatrixPage(found, SpaceLinks(SPACE), sort=one.id).rows]
    assert roles[0] == "conflict" and roles == sorted(roles, key=[*SIGNS].index)


def test_rows_alike_for_all_are_left_out_and_that_is_said(found: Table) -> None:
    page = MatrixPage(found, SpaceLinks(SPACE))
    assert all(len(set(row.roles)) > 1 for row in page.rows)
    assert f"{len(page.rows)} of {len(found.matrix.observations)} observations" in matrix_page(page)
