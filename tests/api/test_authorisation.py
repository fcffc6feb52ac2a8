"""The tables of who may do what: complete, as published, and as the roles mean it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from mechkg.model.person import ROLES, Role
from tests.api import routes
from tests.api.authorisation import ARGUMENTS, MUTATIONS, OWN, TABLE, page, tried
from tests.api.trying import EVERYBODY, MATERIAL, Service, Who, service

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
def outcomes(trying: Service, called: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:  # among these are interests
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


# --- routes -------------------------------------------------------------------------------------------------------------

_SET: Final = "/curate/changes/{name}"
LIKE: Final[dict[str, str]] = {
    "POST /me/tokens": "comment",
    "POST /me/tokens/{name}/revoke": "comment",
    "POST /saved": "watchHypothesis",
    "POST /saved/{name}/end": "endWatch",
    "POST /curate/watches/{name}/end": "endWatch",
    "POST /curate/assign": "assign",
    f"POST {_SET}/accept": "accept",
    f"POST {_SET}/reject": "reject",
    f"POST {_SET}/request-changes": "requestChanges",
    f"POST {_SET}/withdraw": "withdraw",
    f"POST {_SET}/comment": "comment",
    f"POST {_SET}/assign": "assign",
    f"POST {_SET}/rebase": "rebase",
    f"POST {_SET}/draft": "revise",
    f"POST {_SET}/revise": "revise",
    f"POST {_SET}/sign-off": "signOff",
    f"POST {_SET}/retract": "retract",
    f"POST {_SET}/restore": "restore",
    f"POST {_SET}/undo": "propose",
    "POST /curate/dispute/{name:path}": "dispute",
    "POST /conflicts/{name:path}": "decide",
    "POST /curate/form": "propose",
    "POST /curate/form; saved": "saveDraft",
    "POST /curate/form; into a draft": "discardDraft",
    "POST /curate/drafts/{draft}/away": "discardDraft",
    "POST /curate/drafts/{draft}/back": "restoreDraft",
    "POST /curate/read": "saveDraft",
    "POST /curate/read/{digest}/document": "discardDraft",
    "POST /curate/read/{digest}/enter": "proposeDraft",
    "POST /curate/read/{digest}/delete": "discardDraft",
    "POST /curate/import": "saveDraft",
    "POST /curate/import/{digest}": "proposeDraft",
    **{
        f"GET /curate/{page}": "saveDraft"
        for page in ("read", "new", "new/{kind}", "edit/{item}", "drafts", "import")
    },
    **{
        f"GET /curate/{page}": "discardDraft"
        for page in (
            "read/{digest}", "new/{kind}; of a draft", "new/{kind}; of a text", "drafts/{draft}", "import/{digest}",
            "import/{digest}/errors.csv",
        )
    },
}  # fmt: skip
"""What takes the same right as a mutation, and is of one's own alone where that is; to read a text is like writing a draft."""

WITH_A_SECRET: Final = frozenset({"GET /sign-in/once/{link}", "POST /sign-in", "POST /invitation/{invitation}"})
"""What is for who has the link, whoever they were before."""


@pytest.fixture(scope="module")
def called(trying: Service) -> dict[str, dict[str, str]]:
    return {call: routes.tried(call, trying) for call in routes.CALLS}


def may_call(call: str, who: Who) -> bool:
    """Say whether somebody may do this to what is theirs to do it to, as people were told."""
    if call in routes.OPEN or call in WITH_A_SECRET or call == "POST /sign-out":
        return True
    if call in ("GET /me", "GET /curate/watches"):
        return who.known
    if call == "GET /saved/{name}":
        return who.author
    if call == "POST /me/sign-out-everywhere":  # also who has no role any more, and with no token that only reads
        return who.known and (who.browser or "reader" not in (who.role, who.token))
    if call == "POST /me/tokens/{name}/revoke" and not who.author:  # administrators revoke those of others
        return may("makeRelease", who)
    if call not in LIKE:
        return False
    mutation = LIKE[call]
    return may(mutation, who) and (who.author or mutation not in OWN) and not (who.author and mutation in REVIEWS)


def test_no_route_is_left_out(trying: Service) -> None:
    reachable = routes.reachable(trying.client.app)  # type: ignore[arg-type]
    known = {routes.route_of(call) for call in routes.CALLS}
    assert reachable - known == set(), "nobody tries these: say in tests/api/routes.py how, and here who may"
    assert known - reachable == set(), "these are no routes any more"
    assert set(LIKE) <= set(routes.CALLS)


@pytest.mark.parametrize("call", list(routes.CALLS))
def test_everybody_reaches_what_their_role_allows_and_nothing_else(call: str, called: dict[str, dict[str, str]]) -> None:
    for who in EVERYBODY:
        found = called[call].get(who.said)
        if found is None:
            assert call in routes.OPEN
        elif may_call(call, who):
            assert found == "yes", (call, who.said, found)
        elif call in routes.ABSENT:
            assert found == "none"
        elif not who.known and call != "GET /metrics":
            assert found == "sign in", (call, who.said, found)
        elif LIKE.get(call) in OWN and may(LIKE[call], who):
            assert found == "not theirs", (call, who.said, found)
        else:
            assert found in ("–", "not theirs", "sign in"), (call, who.said, found)


def test_the_page_says_what_was_found(outcomes: dict[str, dict[str, str]], called: dict[str, dict[str, str]]) -> None:
    assert TABLE.read_text(encoding="utf-8") == page(outcomes, called)
