"""Sentences, lists, tables and a matrix as HTML, with links where things are named."""

from __future__ import annotations

from mechkg.model.report import Matrix
from mechkg.service.page import Bullet, Bullets, Grid, Heading, Marks, Section
from mechkg.web.part_page import PartPage, part_page
from mechkg.web.space_links import SpaceLinks

LINKS = SpaceLinks("s", items={"x"}, candidates={"c"})


def test_each_kind_of_part() -> None:
    matrix = Matrix(("c",), ("o", "p"), (("conflict", "silent"),))
    parts = (
        "A <sentence> [x].",
        Heading("Under [c]"),
        Bullets((Bullet("one", ("beneath [x; silent]",)),)),
        Grid(("a", "b"), (("first", "two\nlines"),)),
        Marks(matrix, ("seen", "not seen"), ()),
    )
    page = part_page(PartPage("T", ("/spaces/s", "Space"), ("Intro.",), (Section("S", parts),), LINKS, 7, (("JSON", "/j"),)))
    for part in (
        'A &lt;sentence&gt; <a class="name" href="/id/x">x</a>.',
        '<h3>Under <a class="name" href="/spaces/s/candidates/c">c</a></h3>',
        '<li>one<ul><li>beneath <a', '<span class="backing silent">silent</span>',
        '<th scope="row">first</th><td>two<br>lines</td>',
        '<td class="role conflict">X<span class="unseen"> conflict</span></td>', '<a href="/j">JSON</a>', "at version 7",
    ):  # fmt: skip
        assert part in page, part


def test_headings_follow_one_another() -> None:
    assert "<h2>Under" in part_page(PartPage("T", ("/", "B"), (Heading("Under"),), (), LINKS, 7))
