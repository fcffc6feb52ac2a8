"""Write a release into a folder: nanopublications in three syntaxes, Turtle, tables."""

from __future__ import annotations

from pathlib import Path

from mechkg.curation.editions import lineage
from mechkg.curation.ledger import Ledger
from mechkg.graph.export_release import Manifest
from mechkg.graph.export_release import export_release as write
from mechkg.graph.signature import Signer
from mechkg.service.release import find_release


def export_release(ledger: Ledger, name: str, folder: Path, *, key: Path | None = None) -> Manifest:
    """Write the release called ``name`` into ``folder``, which must not be there; sign it with a private RSA ``key``, if given.

    What earlier releases held and this one does not is superseded or retracted, by the name it has there when those are signed
    alike: readers of nanopublications heed either only from who holds the same key.

    Raise NotFoundError with the nearest name for an unknown release, BadInputError for a folder or key that cannot be used.
    """
    found = find_release(ledger, name)
    signer = Signer.read(key) if key is not None else None
    accepted = ledger.accepted_with_acts(found.position)
    return write(folder, found.name, found.position, accepted, signer, lineage(ledger, found))
