"""Files of conclusions: read as written, and refused with file, line and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from mechkg.assets import queries_dir
from mechkg.errors import BadInputError, NotFoundError
from mechkg.literature.conclusions import read_conclusions, read_maps

LIST = """about: a list
conclusions:
  - id: c-1
    conclusion: It is so.
    verdict: holds
    page: 3
  - id: c-2
    conclusion: It may be so.
    verdict: underdetermined
"""

MAP = """mechkg: 1
conclusions:
  - id: c-1
    space: a-space
    without: one
    claims:
      - {on: step-1}
      - {true: possible, of: [x, p/mix]}
      - {question: which, mentions: [x], with: {tolerance: "3"}}
    note: why
  - id: c-2
    claims:
      - {observed: [o-1]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text(MAP)
    return tmp_path


def test_a_list_is_read_and_the_rest_of_the_file_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    path.write_text(LIST)
    assert [(c.id, c.text, c.judgement) for c in read_conclusions(path)] == [
        ("c-1", "It is so.", "holds"),
        ("c-2", "It may be so.", "underdetermined"),
    ]
    assert read_conclusions(str(path)) == read_conclusions(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    verdict: underdetermined\n", "", r"list\.yaml:7: a conclusion has id, conclusion and verdict"),
        (
            "  - id: c-2\n    conclusion: It may be so.\n    verdict: underdetermined\n",
            "  - c-2\n",
            r"list\.yaml:7: a conclusion has",
        ),
        ("underdetermined", "maybe", r"list\.yaml:7: 'maybe' is no judgement.*expected one of holds, .*untested"),
        ("conclusions:", "conclusion:", r"list\.yaml:1: expected a mapping with a list of 'conclusions'"),
        ("It is so.", "It is: so.", r"list\.yaml:4: .*not YAML"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_with_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in LIST
    path = tmp_path / "list.yaml"
    path.write_text(LIST.replace(old, new))
    with pytest.raises(BadInputError, match=message):
        read_conclusions(path)


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"nowhere\.yaml' cannot be read: No such file"):
        read_conclusions(tmp_path / "nowhere.yaml")


def test_maps_are_read_by_their_ids(folder: Path) -> None:
    found = read_maps(folder)
    assert list(found) == ["c-1", "c-2"]
    first = found["c-1"]
    assert (first.space, first.without, first.note) == ("a-space", ("one",), "why")
    step, atom, question = first.claims
    assert (step.on, atom.holds, atom.of) == ("step-1", "possible", ("x", "p/mix"))
    assert (question.question, question.mentions, question.parameters) == ("which", ("x",), {"tolerance": "3"})
    assert read_maps(folder / "none") == {}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("mechkg: 1", "mechkg: 2", r"a\.yaml:1: "),
        ("{on: step-1}", "{on: step-1, off: step-2}", r"a\.yaml:7: .*give exactly one of"),
        ("{on: step-1}", "{onn: step-1}", r"a\.yaml:7: "),
        ("{observed: [o-1]}", "{observed: [O 1]}", r"a\.yaml:13: "),
        ("    claims:\n      - {observed: [o-1]}\n", "", r"a\.yaml:11: "),
        ("id: c-2", "id: c-1", r"a\.yaml:11: the conclusion 'c-1' is put a second time"),
        ("{on: step-1}", "{on: step-1", r"a\.yaml:8: .*not YAML"),
    ],
)
def test_a_map_that_cannot_be_used_is_refused_with_its_line(folder: Path, old: str, new: str, message: str) -> None:
    assert old in MAP
    (folder / "a.yaml").write_text(MAP.replace(old, new))
    with pytest.raises(BadInputError, match=message):
        read_maps(folder)


def test_a_conclusion_is_put_in_one_file_only(folder: Path) -> None:
    (folder / "b.yaml").write_text(MAP)
    with pytest.raises(BadInputError, match=r"b\.yaml:3: the conclusion 'c-1' is put a second time"):
        read_maps(folder)


def test_the_shipped_maps_can_be_read() -> None:
    assert len(read_maps(queries_dir() / "conclusions")) > 10
