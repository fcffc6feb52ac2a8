from __future__ import annotations

import json
import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mechkg.literature import yaml12
from mechkg.literature.yaml12 import read_yaml


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("y", "y"),
        ("N", "N"),
        ("12:30", "12:30"),
        ("2020-06-17", "2020-06-17"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("+3", 3),
        ("-0.5e-3", -0.0005),
        ("1.", 1.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("<<", "<<"),
        ("=", "="),
    ],
)
def test_plain_words_mean_what_yaml_1_2_says(word: str, meaning: object) -> None:
    value = read_yaml(f"a: {word}").content["a"]
    assert value == meaning
    assert type(value) is type(meaning)


def test_not_a_number() -> None:
    assert math.isnan(read_yaml("a: .nan").content["a"])


def test_quoted_and_block_text_is_text() -> None:
    assert read_yaml("a: '1'\nb: \"null\"\nc: |\n  true\n").content == {"a": "1", "b": "null", "c": "true\n"}


def test_keys_are_words() -> None:
    assert read_yaml("{1: a, no: b, null: c}").content == {"1": "a", "no": "b", "null": "c"}


def test_every_key_and_item_has_its_line() -> None:
    reading = read_yaml("a:\n- x\n- b: 1\n  c:\n    d: [2,\n        3]\n")
    assert reading.lines == {
        (): 1,
        ("a",): 1,
        ("a", 0): 2,
        ("a", 1): 3,
        ("a", 1, "b"): 3,
        ("a", 1, "c"): 4,
        ("a", 1, "c", "d"): 5,
        ("a", 1, "c", "d", 0): 5,
        ("a", 1, "c", "d", 1): 6,
    }


@pytest.mark.parametrize(
    ("text", "code", "line", "words"),
    [
        ("a: 1\nb: [1,\n  2\n", "corpus.syntax", 2, "not closed"),
        ("a: 'x\n\n", "corpus.syntax", 1, "never closed"),
        ("a:\n\tb: 1", "corpus.syntax", 2, "blanks, not tabs"),
        ("a: 1\n---\nb: 2", "corpus.syntax", 2, "one document"),
        ("a: 1\n? [b]\n: 2", "corpus.syntax", 2, "[ or {"),
        ("a: \x01", "corpus.syntax", 1, "control character"),
        ("a: \ud800", "corpus.syntax", 1, "UTF-8"),
        ("a: 1\nb: &x 2", "corpus.alias", 2, "write the value out"),
        ("a: !", "corpus.tag", 1, "in quotes"),
        ("%TAG ! tag:x\n---\na: 1", "corpus.tag", 1, ""),
        ("a: " + "9" * 5000, "corpus.bad-value", 1, "in quotes"),
    ],
)
def test_what_cannot_be_read_has_a_line_and_a_hint(text: str, code: str, line: int, words: str) -> None:
    reading = read_yaml(text, "x.yaml")
    assert reading.content is None
    finding = reading.findings[0]
    assert (finding.code, finding.line, finding.file) == (code, line, "x.yaml")
    assert words in (finding.hint or "")


def test_all_duplicate_keys_are_reported() -> None:
    found = read_yaml("a: 1\nb: {c: 1, c: 2}\na: 3").findings
    assert [(f.code, f.line) for f in found] == [("corpus.duplicate-key", 2), ("corpus.duplicate-key", 3)]


@pytest.mark.parametrize("text", ["[" * 100, "- " * 100, "{a: " * 100])
def test_depth_is_limited(text: str) -> None:
    assert read_yaml(text).findings[0].code == "corpus.too-deep"


def test_size_and_number_of_nodes_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml12, "MOST_NODES", 10)
    assert read_yaml("[1, 2, 3]").findings == []
    assert read_yaml("[" + "1, " * 10 + "1]").findings[0].code == "corpus.too-large"
    monkeypatch.setattr(yaml12, "LARGEST", 20)
    assert read_yaml("a: " + "x" * 30).findings[0].code == "corpus.too-large"


def test_works_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: NO\nb: [1, {c: 'x'}]\n"
    fast = read_yaml(text)
    monkeypatch.setattr(yaml12, "_LOADER", yaml.SafeLoader)
    slow = read_yaml(text)
    assert (slow.content, slow.lines) == (fast.content, fast.lines)
    assert read_yaml("a: *b").findings[0].code == "corpus.alias"


_plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="ascii", categories=["L"]), min_size=1), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(_plain)
def test_what_is_written_as_json_is_read_back(content: object) -> None:
    assert read_yaml(json.dumps(content, ensure_ascii=False)).content == content


@given(st.text())
def test_any_text_is_read_or_refused_with_findings(text: str) -> None:
    reading = read_yaml(text)
    assert all(f.line is not None and f.line >= 1 for f in reading.findings)
