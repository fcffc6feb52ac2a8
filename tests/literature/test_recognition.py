"""Names and quantities found in passages that a person has marked: ``recognition/``."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel

from mechkg.assets import corpus_dir
from mechkg.literature.mentions import find_mentions
from mechkg.literature.printed import PrintedText
from mechkg.literature.reader import read_corpus_file
from mechkg.model.base import Item
from mechkg.model.quantity import Quantity
from mechkg.model.species import Chemical, Species

HERE = Path(__file__).parent / "recognition"


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"recognition_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


score = _module("score")


@pytest.mark.parametrize("part", ["tuned", "held_out"])
def test_names_and_quantities_are_found(part: str) -> None:
    found = score.score(part)
    shown = "\n".join(found.misses)
    assert found.precision >= 0.95, shown
    assert found.recall >= 0.90, shown


@pytest.mark.parametrize("part", ["tuned", "held_out"])
def test_they_are_found_in_a_new_paper_too(part: str) -> None:
    """Without the names that the paper itself gave: by the grammar of this field, and by what the text does with a name."""
    found = score.score(part, new_paper=True)
    shown = "\n".join(found.misses)
    assert found.precision >= 0.95, shown
    assert found.recall >= 0.90, shown


@pytest.mark.parametrize(("part", "least"), [("tuned", 150), ("held_out", 60)])
def test_the_gold_standard_is_large_enough(part: str, least: int) -> None:
    passages = score.passages(part)
    assert len(passages) >= least
    assert all(len(passage["text"].split()) <= 25 for passage in passages)
    assert {passage["paper"] for passage in passages} == {"zhang_2020", "yu_perspective_si", "mech_2023"}


def test_marked_mentions_stand_in_their_passages() -> None:
    for part in ("tuned", "held_out"):
        for passage in score.passages(part):
            done = 0
            for mention in passage.get("mentions", ()):
                place = passage["text"].find(mention["text"], done)
                assert place >= 0, (mention, passage["text"])
                done = place + len(mention["text"])


def test_a_wrong_recogniser_would_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score, "find_mentions", lambda text, lexicon: [])
    found = score.score("held_out")
    assert found.recall == 0
    assert found.missed.total() > 150
    assert all(line.startswith("-") for line in found.misses)


def test_names_of_the_corpus_are_found_in_its_quotes() -> None:
    """Recall against the corpus: what an item is about is recognised where its quote prints one of its names."""
    lexicon, missed, count = score.lexicon(), [], 0
    for item, text in quoted():
        mentions = find_mentions(text, lexicon)
        seen = {m.entity for m in mentions} | {c.entity for m in mentions for c in m.candidates}
        seen |= {lexicon.materials.get(m.material or "") for m in mentions}
        read = PrintedText(text).read
        named = [item.id] if isinstance(item, Species | Chemical) else [*getattr(item, "subject", getattr(item, "about", ()))]
        for entity in (lexicon.by_id[name] for name in named if name in lexicon.by_id):
            if any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", read) for name in entity.names if len(name) > 1):
                count += 1
                if entity.id not in seen:
                    missed.append(f"{item.id}: {entity.id} in {text}")
    assert count > 200
    assert len(missed) <= 0.02 * count, "\n".join(missed)


def test_quantities_of_the_corpus_are_found_in_its_quotes() -> None:
    """Recall against the corpus: a typed quantity is recognised where the quote prints its number with its unit."""
    lexicon, missed, count = score.lexicon(), [], 0
    for item, text in quoted():
        printed = [m.value for m in find_mentions(text, lexicon) if isinstance(m.value, Quantity)]
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
