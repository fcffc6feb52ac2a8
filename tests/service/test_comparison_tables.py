"""Definitions of tables: read from files, each with title and question, and refused in words where they make no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from mechkg.errors import BadInputError, NotFoundError
from mechkg.service.comparison import chosen_names
from mechkg.service.comparison_tables import Choice, arranged, table_kind, table_kinds


def test_the_shipped_tables() -> None:
    kinds = table_kinds()
    assert kinds[0].id == "cdse-clusters"
    assert all(kind.title and kind.question.endswith("?") for kind in kinds)
    with pytest.raises(NotFoundError, match="did you mean 'cdse-clusters'"):
        table_kind("cdse-cluster")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("question: Why?", "has no title"),
        ("title: A\nquestion: Why?\nrow: thing", "did you mean 'rows'"),
        ("title: A\nquestion: Why?\nrows: things", "did you mean 'thing'"),
        ("title: A\nquestion: Why?\nrows: paper\ncolumns: paper", "cannot both go by paper"),
        ("title: A\nquestion: Why?\nparts: {shape: '('}", "the pattern of 'shape' cannot be read"),
        ("- a", "defines no comparison table"),
        ("title: [", "defines no comparison table"),
    ],
)
def test_a_definition_that_makes_no_sense(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "wrong.yaml").write_text(content, encoding="utf-8")
    with pytest.raises((BadInputError, NotFoundError)) as caught:
        table_kinds(tmp_path)
    assert said in str(caught.value)


def test_choices_by_name() -> None:
    kind = table_kind("cdse-clusters")
    assert chosen_names(kind, {}) == kind.choice
    found = chosen_names(kind, {"rows": ["thing"], "material": [""], "property": ["", "shape", "shape"], "lines": [""]})
    assert (found.rows, found.lines, found.columns, found.material, found.properties) == ("thing", "", "property", (), ("shape",))
    assert arranged(Choice(rows="paper", lines="paper")).lines == ""
    for wrong, close in (({"row": ["x"]}, "rows"), ({"sort": ["mots"]}, "most"), ({"shown": ["conflict"]}, "conflicting")):
        with pytest.raises(NotFoundError, match=f"did you mean '{close}'"):
            chosen_names(kind, wrong)
