"""The shipped corpus: free of findings, as large as its README says, with quotes short enough to print."""

from __future__ import annotations

import re

import pytest

from mechkg.assets import corpus_dir
from mechkg.graph.ontology import class_names
from mechkg.literature.corpus import CorpusReading, read_corpus
from mechkg.model.corpus import SECTIONS
from mechkg.service.load_corpus import shipped_corpus


@pytest.fixture(scope="module")
def reading() -> CorpusReading:
    return read_corpus(shipped_corpus(), class_names())


def test_no_finding(reading: CorpusReading) -> None:
    assert [str(f) for f in reading.findings if f.severity != "information"] == []
    assert len(reading.files) == 7


def test_the_readme_counts_what_is_there(reading: CorpusReading) -> None:
    rows = re.findall(
        r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", (corpus_dir() / "README.md").read_text(), re.MULTILINE
    )
    said = {name: [int(n) for n in numbers] for name, *numbers in rows}
    files = {path.stem: corpus for path, corpus in reading.files}
    papers = ["zhang_2020", "yu_perspective_si", "mech_2023"]
    columns = [*([files[name]] for name in papers), [corpus for name, corpus in files.items() if name not in papers]]
    found = {section: [sum(len(getattr(c, section)) for c in column) for column in columns] for section in SECTIONS}
    found["stages"] = [sum(len(p.stages) for c in column for p in c.procedures) for column in columns]
    found["quotes"] = [sum(len(item.quote) for c in column for _, item in c.items()) for column in columns]
    assert said == {section: [*numbers, sum(numbers)] for section, numbers in found.items()}


def test_what_is_stated_says_where_and_in_which_words(reading: CorpusReading) -> None:
    bare = [
        item.id
        for _, corpus in reading.files
        for kind, item in corpus.items()
        if item.flag == "stated" and kind not in ("assumption", "remark") and not (item.locator and item.quote)
    ]
    assert bare == []
