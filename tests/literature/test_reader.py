from __future__ import annotations

from pathlib import Path

import pytest

from mechkg.errors import NotFoundError
from mechkg.literature.reader import read_corpus_file, read_corpus_text
from mechkg.model.species import Chemical

HEAD = "mechkg: 1\nsource: {id: doe-2020}\n"


def test_words_stay_words() -> None:
    result = read_corpus_text(HEAD + "chemicals:\n- {id: x, names: [NO, on, 12:30], formula: NO, note: 2020-06-17}\n")
    assert result.findings == []
    assert result.corpus is not None
    chemical = result.corpus.chemicals[0]
    assert isinstance(chemical, Chemical)
    assert (chemical.names, chemical.formula, chemical.note) == (("NO", "on", "12:30"), "NO", "2020-06-17")


def test_lines_are_known_by_item_and_by_path() -> None:
    result = read_corpus_text(HEAD + "chemicals:\n- id: x\n  names:\n  - one\n  - two\n- {id: y, names: three}\n", "doe.yaml")
    assert dict(result.lines) == {"doe-2020": 2, "x": 4, "y": 8}
    assert result.lines.within("x", "names", 1) == 7
    assert result.lines.within("y", "names", 0) == 8
    assert result.lines.within("z") is None
    assert result.document == "doe-2020"


@pytest.mark.parametrize(
    ("text", "code", "line", "hint"),
    [
        ("", "corpus.syntax", 1, "mechkg: 1"),
        ("- a", "corpus.syntax", 1, "mechkg: 1"),
        (HEAD + "chemicals: {id: x}", "corpus.bad-value", 3, ""),
        (HEAD + "chemicals:\n- id: X_y\n  names: a", "corpus.bad-value", 4, "'x-y'"),
        (HEAD + "chemicals:\n- id: x\n  names: 7", "corpus.bad-value", 5, "'7'"),
        (HEAD + "models:\n- id: x\n  name:", "corpus.bad-value", 5, "leave the field out"),
        (HEAD + "steps:\n- id: x\n  kind: growht", "corpus.bad-value", 5, "'growth'"),
        (HEAD + "steps:\n- id: x\n  kind: growth\n  promoters:\n  - {chemical: a, condition: b}", "corpus.bad-value", 7, ""),
        (
            HEAD + "steps:\n- id: x\n  kind: growth\n  reactants: [{of: a, coeficient: 2}]",
            "corpus.unknown-field",
            6,
            "'coefficient'",
        ),
        (HEAD + "steps:\n- id: x\n  kind: growth\n  isosbestic: 380 n m", "corpus.wrong-unit", 6, "'nm'"),
        (
            HEAD + "zones:\n- id: z\n  procedure: p\n  varied: x\n  outcome: o\n  amounts:\n    A: 1 mL",
            "corpus.bad-value",
            9,
            "'a'",
        ),
        (
            HEAD + "zones:\n- id: z\n  procedure: p\n  varied: x\n  outcome: o\n  amounts:\n    a: 1 mLs",
            "corpus.wrong-unit",
            9,
            "'mL'",
        ),
        (HEAD + "observations:\n- id: o\n  at: p/s\n  kind: present\n  window: {start: 1 mni}", "corpus.wrong-unit", 7, "'min'"),
        ("mechkg: 2\nsource: {id: a}", "corpus.bad-value", 1, "1"),
    ],
)
def test_a_mistake_is_one_finding_with_line_and_hint(text: str, code: str, line: int, hint: str) -> None:
    result = read_corpus_text(text, "doe.yaml")
    assert result.corpus is None
    assert [(f.code, f.line, f.file) for f in result.findings] == [(code, line, "doe.yaml")]
    assert hint in (result.findings[0].hint or "")


def test_branches_of_a_union_are_one_finding() -> None:
    text = (
        HEAD
        + "procedures:\n- id: p\n  title: t\n  stages:\n  - {id: s, action: mix, temperature: 25 dgC, duration: 1 hour or so}\n"
    )
    found = read_corpus_text(text).findings
    assert [f.code for f in found] == ["corpus.wrong-unit", "corpus.wrong-unit"]
    assert found[0].hint == "did you mean 'degC'?; or write 'room temperature'"


def test_files_that_are_not_text(tmp_path: Path) -> None:
    path = tmp_path / "doe.yaml"
    path.write_bytes(b"mechkg: 1\n\xff\xfe")
    found = read_corpus_file(path).findings
    assert [(f.code, f.line) for f in found] == [("corpus.syntax", 2)]
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.encode())
    assert read_corpus_file(path).findings == []


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(NotFoundError, match=r"nowhere\.yaml"):
        read_corpus_file("nowhere.yaml")


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mechkg.literature.reader.LARGEST", 10)
    path = tmp_path / "doe.yaml"
    path.write_text(HEAD)
    assert read_corpus_file(path).findings[0].code == "corpus.too-large"
