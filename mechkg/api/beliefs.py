"""GraphQL types of belief: the sum over independent laboratories and methods, term by term."""

from __future__ import annotations

import strawberry
from strawberry.scalars import JSON

from mechkg.api.context import Info
from mechkg.api.items import Item, all_found, wrap
from mechkg.api.record import record
from mechkg.model import belief
from mechkg.service.belief import Believed


@strawberry.type(description="What one laboratory has by one method: it counts once, by the strongest of its assertions.")
class BeliefTerm:
    laboratory: str = strawberry.field(description="The laboratory: works that share authors, named after one of them.")
    method: str = strawberry.field(description="The method; unspecified where nothing says it.")
    strength: float = strawberry.field(description="Strength of the strongest assertion, between 0 and 1.")
    why: str = strawberry.field(description="How the strength was derived from the table.")
    works: list[str] = strawberry.field(description="Works that it counts for.")
    names: strawberry.Private[tuple[str, ...]]

    @strawberry.field(description="The items that say so.")
    def items(self, info: Info) -> list[Item]:
        return all_found(info, self.names)

    @classmethod
    def of(cls, term: belief.Term) -> BeliefTerm:
        return cls(
            laboratory=term.laboratory,
            method=term.method,
            strength=float(term.strength),
            why=term.why,
            works=list(term.works),
            names=term.items,
        )


@strawberry.type(description="How far something is to be believed.")
class Belief:
    value: strawberry.Private[Believed]
    record: JSON = record(lambda self: self.value.belief)

    @strawberry.field(description="What it is about.")
    def item(self) -> Item:
        return wrap(self.value.entry)

    @strawberry.field(description="The share that is carried and not refuted, between 0 and 1.")
    def belief(self) -> float:
        return float(self.value.belief.value)

    @strawberry.field(
        description="How far the supporting terms carry it by themselves: 1 less the chance that each of them fails."
    )
    def supported(self) -> float:
        return float(self.value.belief.supported)

    @strawberry.field(description="How far the refuting terms stand against it by themselves.")
    def refuted(self) -> float:
        return float(self.value.belief.refuted)

    @strawberry.field(description="Terms for it, the strongest first.")
    def supports(self) -> list[BeliefTerm]:
        return [BeliefTerm.of(term) for term in self.value.belief.supports]

    @strawberry.field(description="Terms against it, the strongest first.")
    def refutes(self) -> list[BeliefTerm]:
        return [BeliefTerm.of(term) for term in self.value.belief.refutes]

    @strawberry.field(description="Works without known authors, which count as one laboratory though there may be several.")
    def works_without_authors(self) -> list[str]:
        return list(self.value.belief.unknown)

    @strawberry.field(description="The sum in words, a line for each term and step.")
    def in_words(self) -> list[str]:
        return self.value.belief.in_words()
