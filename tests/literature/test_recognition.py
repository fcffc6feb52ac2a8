"""What the reader finds, held against marked passages, and against what is typed from the quotes of the corpus."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from pydantic import BaseModel

from mechkg.assets import corpus_dir
from mechkg.errors import BadInputError, NotFoundError
from mechkg.graph.ontology import label_of, subclasses_of
from mechkg.literature import recognition
from mechkg.literature.lexicon import Lexicon
from mechkg.literature.mentions import find_mentions
from mechkg.literature.printed import PrintedText
from mechkg.literature.reader import read_corpus_file
from mechkg.literature.recognition import MarkedPassage, read_passages, score
from mechkg.model.base import Item
from mechkg.model.quantity import Quantity
from mechkg.model.species import Chemical, Species

HERE = Path(__file__).parent / "recognition"


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Everything that the corpus knows by name."""
    items = []
    for path in sorted(corpus_dir().glob("*.yaml")):
        corpus = read_corpus_file(path).corpus
        assert corpus is not None, path
        items += [item for _, item in corpus.items()]
    return Lexicon.of(items, {name: label_of(name) for name in subclasses_of("Chemical")})


# --- scores -----------------------------------------------------------------------------------------------------------


def scored(text: str, *mentions: dict[str, str]) -> recognition.Score:
    passage = MarkedPassage.model_validate({"paper": "p", "text": text, "mentions": mentions})
    return score([passage], lambda paper: Lexicon.of([]))


def test_what_is_found_right_wrong_or_not_is_counted_and_listed() -> None:
    found = scored(
        "kept at 50 °C for 2 h with octylamine and gold",
        {"kind": "temperature", "text": "50 °C", "value": "50 degC"},
        {"kind": "time", "text": "2 h", "value": "3 h"},
        {"kind": "chemical", "text": "octylamine"},
        {"kind": "chemical", "text": "gold"},
    )
    assert (found.precision(), found.recall()) == (2 / 3, 2 / 4)
    assert (found.precision("temperature"), found.recall("chemical"), found.recall("time")) == (1.0, 0.5, 0.0)
    assert (found.there(), found.found(), found.passages) == (4, 3, 1)
    listed = {(miss.what, miss.kind, miss.text, miss.value) for miss in found.misses}
    assert listed == {
        ("not found", "time", "2 h", "180 min"),
        ("not found", "chemical", "gold", ""),
        ("not there", "time", "2 h", "120 min"),
    }


def test_a_value_may_be_spelt_in_several_ways() -> None:
    found = scored(
        "130 °C/30 min, 2 h and 50 μL",
        {"kind": "temperature", "text": "130 °C", "value": "130 degC"},
        {"kind": "time", "text": "30 min", "value": "30 min"},
        {"kind": "time", "text": "2 h", "value": "120 min"},
        {"kind": "amount", "text": "50 μL", "value": "50 uL"},
    )
    assert found.misses == []


def test_where_nothing_is_marked_nothing_is_missed() -> None:
    found = scored("Nothing of the kind.")
    assert (found.precision(), found.recall(), found.kinds) == (1.0, 1.0, [])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("passages: 3", "no list 'passages'"),
        ("- a", "no list 'passages'"),
        ("passages:\n- {paper: p, text: at 50 °C, mention: []}", r"marked.yaml:2: mention: Extra"),
        (
            "passages:\n- {paper: p, text: x}\n- {paper: p, text: at 5 h, mentions: [{kind: tim, text: 5 h}]}",
            r"marked.yaml:3: mention",
        ),
        ("passages:\n- {paper: p, text: at 5 h, mentions: [{kind: time, text: 6 h}]}", "does not stand there"),
        ("passages:\n- {paper: p, text: at 5 h, mentions: [{kind: time, text: 5 h, value: 5 hoops}]}", "marked.yaml:2: value"),
        ("passages: [", "marked.yaml"),
    ],
)
def test_what_is_no_list_of_passages_is_answered_with_its_place(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "marked.yaml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(BadInputError, match=message):
        read_passages(file)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="cannot be read"):
        read_passages(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("passages: []  # é".encode("latin-1"))
    with pytest.raises(BadInputError, match="UTF-8"):
        read_passages(tmp_path / "latin.yaml")


# --- the gold standard ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("part", "least"), [("tuned", 150), ("held_out", 60), ("fresh", 36)])
def test_the_gold_standard_is_large_enough(part: str, least: int) -> None:
    passages = read_passages(HERE / f"{part}.yaml")
    assert len(passages) >= least
    assert all(len(passage.text.split()) <= 25 for passage in passages)
    assert {passage.paper for passage in passages} == {"zhang2020", "perspective-si", "mech2023"}


def test_no_passage_is_in_two_parts() -> None:
    texts = [passage.text for part in ("tuned", "held_out", "fresh") for passage in read_passages(HERE / f"{part}.yaml")]
    assert len(set(texts)) == len(texts)


def test_a_wrong_recogniser_would_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "find_mentions", lambda text, lexicon: [])
    found = score(read_passages(HERE / "held_out.yaml"), lambda paper: lexicon())
    assert found.recall() == 0
    assert found.missed.total() > 150
    assert {miss.what for miss in found.misses} == {"not found"}


# --- the quotes of the corpus -----------------------------------------------------------------------------------------


def test_names_of_the_corpus_are_found_in_its_quotes() -> None:
    """Recall against the corpus: what an item is about is recognised where its quote prints one of its names."""
    missed: list[str] = []
    count = 0
    for item, text in quoted():
        mentions = find_mentions(text, lexicon())
        seen = {m.entity for m in mentions} | {c.entity for m in mentions for c in m.candidates}
        seen |= {lexicon().materials.get(m.material or "") for m in mentions}
        read = PrintedText(text).read
        named = [item.id] if isinstance(item, Species | Chemical) else [*getattr(item, "subject", getattr(item, "about", ()))]
        for entity in (lexicon().by_id[name] for name in named if name in lexicon().by_id):
            if any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", read) for name in entity.names if len(name) > 1):
                count += 1
                if entity.id not in seen:
                    missed.append(f"{item.id}: {entity.id} in {text}")
    assert count > 200
    assert len(missed) <= 0.02 * count, "\n".join(missed)


def test_quantities_of_the_corpus_are_found_in_its_quotes() -> None:
    """Recall against the corpus: a typed quantity is recognised where the quote prints its number with its unit."""
    missed: list[str] = []
    count = 0
    for item, text in quoted():
        printed = [m.value for m in find_mentions(text, lexicon()) if isinstance(m.value, Quantity)]
        read = PrintedText(text).read
        for quantity in quantities(item):
            unit = re.escape(quantity.unit.replace("degC", "°C"))
            number = re.escape(f"{quantity.value:g}")
            if unit and quantity.high is None and re.search(rf"(?<![\w.,]){number}(?:\.0+)?[ -]?{unit}(?!\w)", read):
                count += 1
                if not any(same(quantity, p) for p in printed):
                    missed.append(f"{item.id}: {quantity} in {text}")
    assert count > 300
    assert len(missed) <= 0.02 * count, "\n".join(missed)


@lru_cache(maxsize=1)
def quoted() -> list[tuple[Item, str]]:
    """Items of the corpus with their quotes; not those of bibliography and of curators."""
    found: list[tuple[Item, str]] = []
    for path in sorted(corpus_dir().glob("*.yaml")):
        corpus = read_corpus_file(path).corpus
        assert corpus is not None
        for kind, item in corpus.items():
            if kind not in ("reference", "remark") and item.quote:
                found.append((item, " ¶ ".join(item.quote)))
    return found


def same(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities have the same number, once in the same unit, or one is an end of the other."""
    try:
        ends = [each.to(one.unit) for each in (other, other.model_copy(update={"value": other.high or other.value}))]
    except ValueError:
        return False
    return any(abs(end - one.value) < 1e-9 * max(1.0, abs(one.value)) for end in ends)


def quantities(value: object) -> Iterator[Quantity]:
    """Every quantity typed in an item."""
    if isinstance(value, Quantity):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from quantities(getattr(value, name))
    elif isinstance(value, dict | tuple | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from quantities(member)
