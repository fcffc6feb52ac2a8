"""The table of who may do what: complete, as published, and as the roles mean it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from mechkg.model.person import ROLES, Role
from tests.api.authorisation import ARGUMENTS, EVERYBODY, MATERIAL, MUTATIONS, OWN, TABLE, Service, Who, service, table, tried

LEAST: Final[dict[str, Role]] = {
    **dict.fromkeys(("comment", "declare", "watchHypothesis", "endWatch"), "reader"),
    **dict.fromkeys(("propose", "revise", "rebase", "withdraw", "dispute"), "curator"),
    **dict.fromkeys(("saveDraft", "discardDraft", "restoreDraft", "proposeDraft"), "curator"),
    **dict.fromkeys(("requestChanges", "accept", "reject", "retract", "restore", "supersede"), "reviewer"),
    **dict.fromkeys(("settle", "decide", "assign", "signOff"), "reviewer"),
    **dict.fromkeys(("makeRelease", "importRelease"), "administrator"),
}
"""The least role that each takes, as people were told; the policy is written down elsewhere."""

ANYWHERE: Final = frozenset(
    {"assign", "comment", "declare", "watchHypothesis", "endWatch", "saveDraft", "discardDraft", "restoreDraft"}
)
"""What a role for any material is enough for: it changes nothing that counts."""

SAYING: Final = frozenset({"comment", "declare", "watchHypothesis", "endWatch"})
"""What a reader may do in a browser, and no token that only reads."""

REVIEWS: Final = frozenset({"requestChanges", "accept", "reject"})
"""What nobody does to a change set of their own."""


@pytest.fixture(scope="module")
def trying() -> Iterator[Service]:
    with service() as found:
        yield found


@pytest.fixture(scope="module")
def outcomes(trying: Service) -> dict[str, dict[str, str]]:
    return {mutation: tried(mutation, trying) for mutation in ARGUMENTS}


def may(mutation: str, who: Who) -> bool:
    """Say whether somebody may do this to what is theirs to do it to."""
    if who.role is None:
        return False
    here = who.where in ("all", MATERIAL) or mutation in ANYWHERE
    reach = min(ROLES.index(role) for role in (who.role, who.token or who.role))
    least = ROLES.index(LEAST[mutation])
    only_reads = not who.browser and reach == ROLES.index("reader")
    return here and reach >= least and not (mutation in SAYING and only_reads)


def test_no_mutation_is_left_out() -> None:
    assert set(MUTATIONS) == set(ARGUMENTS) == set(LEAST)


@pytest.mark.parametrize("mutation", sorted(LEAST))
def test_everybody_does_what_their_role_allows_and_nothing_else(mutation: str, outcomes: dict[str, dict[str, str]]) -> None:
    for who in EVERYBODY:
        found = outcomes[mutation][who.said]
        if not who.known:
            assert found == "mechkg.unauthenticated", (mutation, who.said)
        elif not may(mutation, who) or (who.author and mutation in REVIEWS):
            told = OTHERS if mutation in OWN and not who.author else ("mechkg.forbidden",)
            assert found in told, (mutation, who.said, found)
        elif mutation in OWN and not who.author:
            assert found in OTHERS, (mutation, who.said, found)
        else:
            assert found == "done", (mutation, who.said, found)


OTHERS: Final = ("mechkg.refused_act", "mechkg.not_found", "mechkg.forbidden")
"""How it is told that something is not one's own; whose draft it is, is told to nobody."""


def test_the_page_says_what_was_found(outcomes: dict[str, dict[str, str]]) -> None:
    assert TABLE.read_text(encoding="utf-8") == table(outcomes)
