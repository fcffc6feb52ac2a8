"""Pages in Markdown: what is in a text is not read as markup."""

from __future__ import annotations

from mechkg.model.report import Matrix
from mechkg.service.page import Bullet, Bullets, Grid, Heading, Kind, Marks, Page, Section, as_markdown, parts_as_markdown

MATRIX = Matrix(("one", "two"), ("o1", "o2"), (("conflict", "silent"), ("explained", "permitted")))


def test_every_part() -> None:
    text = as_markdown(
        Page("A *title*", ("Said.",), (Section("First", (Heading("Within"), Bullets((Bullet("a", ("b", "c")),)))),))
    )
    assert text == "# A \\*title\\*\n\nSaid.\n\n## First\n\n### Within\n\n- a\n  - b\n  - c\n"


def test_a_table_keeps_its_cells_whatever_is_in_them() -> None:
    text = parts_as_markdown("T", [Grid(("x", "y"), (("a|b", "c\nd"),))])
    assert text.splitlines()[2:] == ["| x | y |", "| --- | --- |", "| a\\|b | c<br>d |"]


def test_a_matrix_is_whole_and_has_observations_as_rows() -> None:
    kinds = (Kind(("o1",), ("conflict", "explained"), "first"), Kind(("o2",), ("silent", "permitted"), "second"))
    text = parts_as_markdown("M", [Marks(MATRIX, ("first", "second"), kinds)])
    assert "`X` conflict (could not be so)" in text
    assert "| observation | one | two |" in text
    assert "| first | X | + |" in text
    assert "| second | . | o |" in text
