"""Whether somebody may write here: asked before anything is typed."""

from __future__ import annotations

from mechkg.curation import policy
from mechkg.curation.ledger import Ledger
from mechkg.errors import ForbiddenError
from mechkg.model.person import EVERYTHING, Caller
from mechkg.service.people import everybody


def why_not_write(ledger: Ledger, by: Caller | None) -> str | None:
    """Say why somebody can propose nothing at all; None for who can, in everything or in one material."""
    if by is None:
        return "Who writes is told with everything that is proposed."
    person = everybody(ledger).get(by.person)
    scopes = sorted({grant.scope for grant in person.grants}) if person else []
    said = ""
    for scope in scopes or [EVERYTHING]:
        try:
            policy.require("propose", by, person, () if scope == EVERYTHING else (scope,))
        except ForbiddenError as error:
            said = f"{error.message}." + (f" {error.hint[:1].upper()}{error.hint[1:]}." if error.hint else "")
        else:
            return None
    return said
