"""Names that fit what is typed: the right kinds, the best first, fast."""

from __future__ import annotations

import time

import pytest

from mechkg.errors import NotFoundError
from mechkg.service.suggest_names import suggest_names
from mechkg.service.workspace import Workspace


@pytest.mark.parametrize(
    ("text", "kinds", "first"),
    [
        ("MSC-350", ("species",), "cdse-msc-350"),
        ("cdse-msc-350", ("species", "chemical"), "cdse-msc-350"),
        ("octylamine", ("chemical",), "ota"),
        ("z-f3/a", ("stage",), "z-f3/a"),
        ("primary am", ("class",), "PrimaryAmine"),
        ("Step 1", ("step",), "step-1"),
        ("zhang", ("document",), "zhang2020"),
    ],
)
def test_the_best_name_comes_first(shipped: Workspace, text: str, kinds: tuple[str, ...], first: str) -> None:
    found = suggest_names(shipped.catalog, text, kinds)
    assert found.names[0].id == first, found
    assert found.total >= len(found.names)
    assert {name.kind for name in found.names} <= set(kinds)


def test_a_claim_is_found_by_what_it_says(shipped: Workspace) -> None:
    entry = next(e for e in shipped.catalog.by_kind["claim"] if len(e.record.body.get("statement", "").split()) > 5)
    words = " ".join(entry.record.body["statement"].split()[:5])
    found = suggest_names(shipped.catalog, words, ("claim",))
    assert entry.id in [name.id for name in found.names]
    assert all(name.label != name.id for name in found.names)


def test_nothing_typed_and_signs_alone_are_no_trouble(shipped: Workspace) -> None:
    assert len(suggest_names(shipped.catalog, "", ("species",)).names) == 12
    for text in ('"', "%", "'; --", "(", "  ", "a" * 500):
        suggest_names(shipped.catalog, text, ("species",))
    with pytest.raises(NotFoundError, match="did you mean 'species'"):
        suggest_names(shipped.catalog, "x", ("specie",))


def test_it_is_fast(shipped: Workspace) -> None:
    suggest_names(shipped.catalog, "msc", ("species",))
    took = []
    for text in ("m", "ms", "msc", "msc-3", "octyl", "toluene", "z-f", "acid"):
        for kinds in (("species", "chemical"), (), ("stage",), ("claim",)):
            began = time.perf_counter()
            suggest_names(shipped.catalog, text, kinds)
            took.append(time.perf_counter() - began)
    assert sorted(took)[len(took) // 2] < 0.02
