"""Questions that benchmarks ask of a home with made-up claims, as a resolver asks them: of the reading of now, each time."""

from __future__ import annotations

from collections.abc import Iterator

from mechkg.curation.assertions import accept, propose
from mechkg.model.assertion import Claim
from mechkg.model.base import Item
from mechkg.model.filter import And, Is, Says, Sort
from mechkg.model.ledger_record import AssertionRecord
from mechkg.model.source import Document
from mechkg.service.read_models.models import ReadModels
from mechkg.service.workspace import Workspace
from tests.benchmarks.timing import Row, goal, percentiles, seconds

ACCEPTS = 20
QUICK_MS = 5
"""The median answer to a question about one thing, a page of a list, or its neighbours is to take less, in milliseconds."""

ACCEPTED_MS = 1000
"""What was just accepted is to be found everywhere within this time, in milliseconds, by every other attempt."""


class Questions:
    """What is asked of an open home."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @property
    def _models(self) -> ReadModels:
        return self.workspace.reading.models

    def value(self, name: str) -> Item | Document:
        """Get an item by id, as a value."""
        return self.workspace.catalog.find(name).value

    def page(self, species: str) -> list[str]:
        """Return the first claims from experiments about a species, by label."""
        asked = And((Is("kind", ("claim",)), Is("about", (species,)), Is("evidence", ("experiment",))))
        return [entry.id for entry in self._models.page(asked, (Sort("label"),), first=20).entries]

    def hops(self, document: str) -> list[tuple[str, list[str]]]:
        """Return the species that a source speaks of, and the steps of each."""
        found = self._models.relations.species_and_steps(document)
        return [(species.id, sorted(entry.id for entry in steps)) for species, steps in found]

    def groups(self, most: int | None) -> list[tuple[str, str, int]]:
        """Return the things and properties with different values, and how many of those."""
        return [(group.subject, group.property, group.values) for group in self._models.conflicts.groups(2, most).groups]

    def search(self, words: str) -> list[str]:
        """Return what has some words, one after the other, in its label or statement."""
        found = self._models.search(f'"{words}"', fields=("label", "statement"), most=500)
        return sorted(hit.item for hit in found.hits)


def proposed(workspace: Workspace, name: str, species: str, words: str, quantity: str) -> AssertionRecord:
    """Propose a claim that nobody made before."""
    measured = [{"what": "band gap", "quantity": quantity}]
    value = Claim.model_validate({"id": name, "kind": "property", "about": [species], "statement": words, "measured": measured})
    record = AssertionRecord.of("claim", value, value.id, "doc-1")
    propose(workspace.ledger, record, actor="bench")
    return record


def accepts(workspace: Workspace, times: int = ACCEPTS) -> Iterator[Row]:
    """Accept one claim after another, and find each at once."""
    acting, reading = [], []
    for n in range(times):
        words = f"an unheard-of claim {n}"
        record = proposed(workspace, f"new-{n}", f"sp-{n}", words, f"{2 + n} eV")
        acting.append(seconds(lambda record=record: accept(workspace.ledger, record.id, actor="bench")))  # type: ignore[misc]

        def read(n: int = n, words: str = words) -> None:
            models = workspace.reading.models
            assert models.search(f'"{words}"').total >= 1
            assert models.count(And((Is("about", (f"sp-{n}",)), Says("unheard-of")))) == 1
            assert models.page(first=20, sorts=(Sort("label"),)).total == models.count()
            assert models.conflicts.groups(most=1).total > 0

        reading.append(seconds(read))
    yield {"what": "accept an assertion", **percentiles(acting), "rounds": times}
    shown = percentiles(reading)
    yield {
        "what": "read what was just accepted: graph, catalogue, columns, texts, an order, conflicts",
        **shown,
        "rounds": times,
        **goal("p50 below 1 s", met=shown["p50_ms"] < ACCEPTED_MS),
    }
