"""Acts of the ledger as those read them who follow what happens: with the item and document that they are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mechkg.model.corpus import ItemKind
from mechkg.model.ledger_record import Act, ActKind, Subject

PERSONAL: Final[frozenset[ActKind]] = frozenset({"issue", "revoke-token", "link", "watch", "flip"})
"""Acts that concern one person alone: tokens, accounts elsewhere, hypotheses that somebody watches."""


@dataclass(frozen=True, slots=True)
class Happened:
    """An act, and of which item, kind of item and document its assertion is; None for an act upon something else."""

    act: Act
    item: str | None = None
    item_kind: ItemKind | None = None
    document: str | None = None


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
