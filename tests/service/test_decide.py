"""Deciding about a disagreement as its sides stand now, and declaring what keeps one from deciding."""

from __future__ import annotations

import pytest

from mechkg.errors import BadInputError, ForbiddenError, NotFoundError
from mechkg.service.decide import decide
from mechkg.service.declare import declare
from mechkg.service.disagreements import disagreement
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA, BEN, CLEO

NAME = "cdse-434-composition"


def test_a_decision(curated: Workspace) -> None:
    found = disagreement(curated, NAME).disagreement
    assert found.state == "open" and len(found.sides) == 2
    side = found.sides[0].values[0].item
    with pytest.raises(ForbiddenError, match="cleo may not decide"):
        decide(curated, CLEO, NAME, "by method", "a reason")
    with pytest.raises(NotFoundError, match=f"did you mean '{NAME}'"):
        decide(curated, BEN, "cdse-434-compositions", "by method", "a reason")
    with pytest.raises(BadInputError, match="a resolution, and nothing else, is for one side"):
        decide(curated, BEN, NAME, "resolved", "a reason")
    with pytest.raises(BadInputError, match=f"'z-f4-o6' stands on no side of {NAME} .*{side}"):
        decide(curated, BEN, NAME, "resolved", "a reason", holds="z-f4-o6")
    decide(curated, BEN, NAME, "resolved", "measured again", holds=side)
    now = disagreement(curated, NAME).disagreement
    assert (now.state, now.decided_by, now.reason) == ("resolved", "ben", "measured again")
    assert now.holds == found.sides[0].values[0].assertion and now.sides == found.sides


def test_who_declared_an_interest_does_not_decide(curated: Workspace) -> None:
    with pytest.raises(NotFoundError, match="did you mean 'cdse'"):
        declare(curated, BEN, "cdsee", "makes them")
    assert declare(curated, BEN, "cdse", "makes them").actor == "ben"
    with pytest.raises(ForbiddenError, match="conflict of interest about cdse: makes them"):
        decide(curated, BEN, NAME, "by method", "a reason")
    decide(curated, ADA, NAME, "by method", "mass against absorption")
    declare(curated, BEN, "cdse", "", gone=True)
    decide(curated, BEN, NAME, "open", "not so clear")
    assert disagreement(curated, NAME).disagreement.state == "open"
