"""GraphQL types of disagreements between sources."""

from __future__ import annotations

from typing import Optional

import strawberry
from strawberry.scalars import JSON

from mechkg.api.context import Info
from mechkg.api.items import Item, found
from mechkg.model import disagreement as found_among
from mechkg.model.belief import Belief

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
    def document(self) -> str:
        return self.value.document

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
class Disagreement:
    value: strawberry.Private[found_among.Disagreement]
    beliefs: strawberry.Private[tuple[Belief, ...]] = ()

    @strawberry.field(description="A name that stays the same while subject, property and conditions do.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.value.id)

    @strawberry.field(description="What it is about, in words.")
    def title(self) -> str:
        return self.value.title

    @strawberry.field(description="Whose property it is.")
    def subject(self) -> str:
        return self.value.subject

    @strawberry.field(description="Which property.")
    def property(self) -> str:
        return self.value.property_id

    @strawberry.field(description="Conditions under which the values were compared.")
    def conditions(self) -> list[Condition]:
        return [Condition(name=name, value=value) for name, value in self.value.conditions]

    @strawberry.field(description="open, explained, superseded or resolved.")
    def state(self) -> str:
        return self.value.state

    @strawberry.field(description="What was decided: by method, by sample, by definition, superseded, resolved or open.")
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
