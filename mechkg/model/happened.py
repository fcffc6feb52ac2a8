"""Acts of the ledger as those read them who follow what happens: with the item and document that they are about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mechkg.model.corpus import ItemKind
from mechkg.model.ledger_record import Act, ActKind, Subject

SHORT: Final = 10
"""So many letters of the id of an assertion are shown where two versions of an item are told apart."""

PERSONAL: Final[frozenset[ActKind]] = frozenset({"issue", "revoke-token", "link", "watch", "flip"})
"""Acts that concern one person alone: tokens, accounts elsewhere, hypotheses that somebody watches."""


@dataclass(frozen=True, slots=True)
class Happened:
    """An act, and of which item, kind of item and document its assertion is; None for an act upon something else.

    ``named``: of other assertions that it names, kind and id of the item of each.
    """

    act: Act
    item: str | None = None
    item_kind: ItemKind | None = None
    document: str | None = None
    named: Mapping[str, tuple[ItemKind, str]] = field(default_factory=dict, compare=False)


_ASSERTION: Final = re.compile(r"RA[A-Za-z0-9_\-]{43}")


def assertions_named(act: Act) -> set[str]:
    """Return the assertions that an act names, besides the one that it gives a status to."""
    found = set(_ASSERTION.findall(act.reason or ""))
    if act.subject is not None and act.subject.kind == "assertion":
        found.add(act.subject.name)
    if (act.content or {}).get("holds"):
        found.add(str((act.content or {})["holds"]))
    return found


def with_names(text: str, happened: Happened) -> str:
    """Return text with the names of items where it has ids of assertions; of another version of the same item, both."""

    def name(found: re.Match[str]) -> str:
        item = happened.named.get(found[0], (None, None))[1]
        if item is None:
            return found[0]
        return f"{item} (version {found[0][:SHORT]})" if item == happened.item else item

    return _ASSERTION.sub(name, text)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which acts are asked for: those that meet everything that is given.

    An act is about an ``item`` or a ``document`` when it gives a status to an assertion of it, or is upon it, or upon such an
    assertion; ``subject``: upon that, or following from that change set; ``person``: done by that person. Acts that are
    PERSONAL are never among them.
    """

    kinds: frozenset[ActKind] = frozenset()
    item: str | None = None
    document: str | None = None
    subject: Subject | None = None
    person: str | None = None
