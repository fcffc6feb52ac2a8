"""GraphQL types of disagreements between sources."""

from __future__ import annotations

import asyncio
from typing import Optional

import strawberry
from strawberry.scalars import JSON

from mechkg.api import enums
from mechkg.api.context import Info, asked
from mechkg.api.items import Document, Item, found
from mechkg.api.node import Node, id_of
from mechkg.api.record import record
from mechkg.model import disagreement as found_among
from mechkg.model.belief import Belief
from mechkg.service.disagreements import disagreements

# ruff: noqa: UP045


@strawberry.type(description="One value that one assertion gives.")
class TypedValue:
    value: strawberry.Private[found_among.TypedValue]

    @strawberry.field(description="The item that gives it; null when it does not count.")
    def item(self, info: Info) -> Optional[Item]:
        return found(info, self.value.item)

    @strawberry.field(description="The assertion that gives it.")
    def assertion(self) -> str:
        return self.value.assertion

    @strawberry.field(description="The paper it was read in.")
    def document(self, info: Info) -> Optional[Document]:
        return found(info, self.value.document)  # type: ignore[return-value]

    @strawberry.field(description="The works it is from: what the paper cites for it, else the paper.")
    def works(self) -> list[str]:
        return list(self.value.by)

    @strawberry.field(description="The value, as printed.")
    def text(self) -> str:
        return self.value.value

    @strawberry.field(description="How it was measured.")
    def method(self) -> Optional[str]:
        return self.value.method

    @strawberry.field(description="Page, figure panel, table row or note.")
    def locator(self) -> Optional[str]:
        return self.value.locator


@strawberry.type(description="One reading of a property, and every assertion that gives it.")
class Side:
    reading: str = strawberry.field(description="The value that stands for the side.")
    values: list[TypedValue] = strawberry.field(description="Every assertion on this side.")
    belief: Optional[JSON] = strawberry.field(
        description="How far independent laboratories and methods carry it, with the sum; null where it was not summed up."
    )


@strawberry.type(description="Positions of bands that were taken for one.")
class Band:
    positions: list[str] = strawberry.field(description="The positions, as printed.")
    tolerance: str = strawberry.field(description="Neighbours at most this far apart were taken for one.")
    names: list[str] = strawberry.field(description="What is so joined.")


@strawberry.type(description="A condition under which values are compared.")
class Condition:
    name: str = strawberry.field(description="What is the same.")
    value: str = strawberry.field(description="What it is.")


@strawberry.type(description="Values of one property of one thing that cannot all be right, with every side.")
class Disagreement(Node):
    value: strawberry.Private[found_among.Disagreement]
    beliefs: strawberry.Private[tuple[Belief, ...]] = ()
    record: JSON = record()

    @strawberry.field(description="Its IRI.")
    def id(self) -> strawberry.ID:
        return id_of("disagreement", self.value.id)

    @strawberry.field(description="A name that stays the same while subject, property and conditions do.")
    def local_name(self) -> str:
        return self.value.id

    @strawberry.field(description="What it is about, in words.")
    def title(self) -> str:
        return self.value.title

    @strawberry.field(description="Whose property it is.")
    def subject(self, info: Info) -> Optional[Item]:
        return found(info, self.value.subject)

    @strawberry.field(description="Which property.")
    def property(self) -> str:
        return self.value.property_id

    @strawberry.field(description="Conditions under which the values were compared.")
    def conditions(self) -> list[Condition]:
        return [Condition(name=name, value=value) for name, value in self.value.conditions]

    @strawberry.field(description="What became of it.", graphql_type=enums.DisagreementState)
    def state(self) -> str:
        return self.value.state

    @strawberry.field(description="What was decided.", graphql_type=Optional[enums.Decision])
    def decision(self) -> Optional[str]:
        return self.value.decision

    @strawberry.field(description="Why it was decided so.")
    def reason(self) -> Optional[str]:
        return self.value.reason

    @strawberry.field(description="Who decided.")
    def decided_by(self) -> Optional[str]:
        return self.value.decided_by

    @strawberry.field(description="The assertion that a resolution is for.")
    def holds(self) -> Optional[str]:
        return self.value.holds

    @strawberry.field(description="Whether two sides share a method, so that the method does not explain the difference.")
    def same_method(self) -> bool:
        return self.value.same_method

    @strawberry.field(description="Positions that were taken for one, where that was a decision.")
    def band(self) -> Optional[Band]:
        band = self.value.band
        return Band(positions=list(band.positions), tolerance=band.tolerance, names=list(band.names)) if band else None

    @strawberry.field(description="Pairs of sides of which one only says less exactly what the other says.")
    def looser(self) -> list[list[str]]:
        return [list(pair) for pair in self.value.looser]

    @strawberry.field(description="The sides; every one is kept.")
    def sides(self) -> list[Side]:
        sums = [JSON(belief.as_json()) for belief in self.beliefs]
        return [
            Side(
                reading=side.value,
                values=[TypedValue(value=value) for value in side.values],
                belief=sums[place] if place < len(sums) else None,
            )
            for place, side in enumerate(self.value.sides)
        ]


async def disagreements_about(info: Info, item: str) -> list[Disagreement]:
    """Return the disagreements about an item: it is their subject, or what is claimed of it stands on a side."""
    catalog = asked(info).catalog
    about = {entry.id for entry in catalog.models.relations.about(item)}
    every = await asyncio.to_thread(disagreements, asked(info).view)
    return [
        Disagreement(value=each.disagreement, beliefs=each.beliefs)
        for each in every.found
        if each.disagreement.subject == item
        or any(value.item in about for side in each.disagreement.sides for value in side.values)
    ]
