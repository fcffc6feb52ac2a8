"""Scalars of the schema beyond those of GraphQL."""

from __future__ import annotations

from typing import NewType

import strawberry

BigInt = NewType("BigInt", int)
"""A whole number that may need more than the 32 bits of GraphQL."""

BIG_INT = strawberry.scalar(
    name="BigInt", description="A whole number of any size, as a JSON number.", serialize=int, parse_value=int
)
