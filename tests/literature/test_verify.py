from __future__ import annotations

import time
from pathlib import Path

from mechkg.literature.reader import read_corpus_text
from mechkg.literature.verify import verify_quotes
from mechkg.model.corpus import CorpusFile


def corpus(quotes: list[str], text_file: str | None = "doe.txt") -> CorpusFile:
    body = {
        "mechkg": 1,
        "source": {"id": "doe-2020", "text_file": text_file},
        "claims": [{"id": f"c{n}", "kind": "property", "quote": quote} for n, quote in enumerate(quotes)],
    }
    return CorpusFile.model_validate(body)


def test_counts_by_file_and_status(tmp_path: Path) -> None:
    (tmp_path / "doe.txt").write_text("It grew. It grew. It was not seen at 415 nm.", encoding="utf-8")
    file = tmp_path / "doe.yaml"
    done = verify_quotes([(file, corpus(["It grew", "at 415 nm", "at 416 nm", "It was ... seen at 415 nm"]))], tmp_path)
    assert done.counts == {str(file): {"found": 1, "ambiguous": 1, "missing": 1, "refused": 1}}
    assert not done.complete
    assert [f.code for f in done.findings] == ["corpus.quote-ambiguous", "corpus.quote-missing", "corpus.quote-refused"]


def test_all_found(tmp_path: Path) -> None:
    (tmp_path / "doe.txt").write_text("It was not seen at 415 nm.", encoding="utf-8")
    done = verify_quotes([(Path("doe.yaml"), corpus(["not seen", "at 415 nm"]))], tmp_path)
    assert (done.complete, done.findings, done.total("found")) == (True, [], 2)


def test_findings_point_at_the_quote(tmp_path: Path) -> None:
    (tmp_path / "doe.txt").write_text("It grew.", encoding="utf-8")
    text = (
        "mechkg: 1\nsource: {id: doe-2020, text_file: doe.txt}\nclaims:\n"
        "- id: c\n  kind: property\n  quote:\n  - It grew\n  - It shrank\n"
    )
    result = read_corpus_text(text, "doe.yaml")
    assert result.corpus is not None
    path = Path("doe.yaml")
    done = verify_quotes([(path, result.corpus)], tmp_path, {path: result.lines})
    assert [(f.file, f.line) for f in done.findings] == [("doe.yaml", 8)]
    assert [(q.item, q.line, q.result.status) for q in done.quotes] == [("c", 7, "found"), ("c", 8, "missing")]


def test_a_text_that_is_not_there_or_not_named(tmp_path: Path) -> None:
    files = [(Path("a.yaml"), corpus(["x"])), (Path("b.yaml"), corpus(["x"], None)), (Path("c.yaml"), corpus([], None))]
    done = verify_quotes(files, tmp_path)
    assert done.unchecked == ["a.yaml", "b.yaml"]
    assert [f.code for f in done.findings] == ["corpus.text-missing"]
    assert not done.complete


def test_a_text_lies_in_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("x", encoding="utf-8")
    done = verify_quotes([(Path("a.yaml"), corpus(["x"], "../secret.txt"))], folder)
    assert [f.code for f in done.findings] == ["corpus.text-missing"]


def test_hundreds_of_quotes_take_less_than_three_seconds(tmp_path: Path) -> None:
    sentences = [
        f"Sample {n} was kept at {n % 70} °C for {n} min, and its band at {300 + n} nm grew by −{n}.5 %." for n in range(700)
    ]
    (tmp_path / "doe.txt").write_text("\n".join(sentences), encoding="utf-8")
    quotes = [s if n % 10 else s.replace("grew", "shrank") for n, s in enumerate(sentences)]
    start = time.perf_counter()
    done = verify_quotes([(Path("doe.yaml"), corpus(quotes))], tmp_path)
    assert time.perf_counter() - start < 3
    assert (done.total("found"), done.total("missing")) == (630, 70)
    assert all("grew by" in (f.hint or "") for f in done.findings)
