"""GraphQL of search: items in which words are found, with where."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import cast

import strawberry

from mechkg.api import enums
from mechkg.api.context import Info, asked
from mechkg.api.enums import plain_all
from mechkg.api.filters import ItemFilter
from mechkg.api.items import Item, wrap
from mechkg.api.lists import LARGEST_PAGE
from mechkg.model import filter as model


@strawberry.type(description="Where in a text something was found.")
class Mark:
    start: int = strawberry.field(description="Place of its first character in the text, from 0 on.")
    end: int = strawberry.field(description="Place after its last character.")


@strawberry.type(description="An item in which something was found, and the text that tells most.")
class Hit:
    item: Item = strawberry.field(description="The item.")
    field: str = strawberry.field(description="What the text is.", graphql_type=enums.TextField)
    text: str = strawberry.field(description="The text, cut to what is around it where it is long.")
    marks: list[Mark] = strawberry.field(description="Where the words stand in the text.")
    rank: float = strawberry.field(description="0 for a name that is what is sought; the higher, the further off.")


@strawberry.type(description="What a search found.")
class Found:
    total_count: int = strawberry.field(description="In how many items it was found; more than there are hits where it was cut.")
    hits: list[Hit] = strawberry.field(description="The best of them.")


async def search(info: Info, text: str, filter: ItemFilter | None, within: Sequence[str] | None, first: int) -> Found:
    """Search the texts of what counts."""
    catalog = asked(info).catalog
    fields = cast("tuple[model.TextField, ...]", plain_all(within))
    most = max(0, min(first, LARGEST_PAGE))
    given = filter.read() if filter else None
    # the index may have to be made, and is one for all who search
    found = await asyncio.to_thread(partial(catalog.models.search, text, given=given, fields=fields, most=most))
    return Found(
        total_count=found.total,
        hits=[
            Hit(
                item=wrap(catalog.entries[hit.item]),
                field=hit.field,
                text=hit.text,
                marks=[Mark(start=mark.start, end=mark.end) for mark in hit.marks],
                rank=hit.rank,
            )
            for hit in found.hits
        ],
    )
