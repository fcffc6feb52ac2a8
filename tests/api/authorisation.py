"""Who may do what: every mutation of the schema is tried by everybody, over HTTP, and what came of it is a table.

The table in ``deploy/AUTHORISATION.md`` is made by ``python -m tests.api.authorisation``; a test compares the two, and holds the
table against the roles that the policy names.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from mechkg.api.schema import create_schema
from mechkg.model.ledger_record import Subject
from mechkg.service.dispute import dispute
from mechkg.service.draft import discard_draft
from mechkg.service.retract import retract
from mechkg.service.watches import Hypothesis, watch
from tests.api import routes
from tests.api.trying import DISAGREEMENT, EVERYBODY, MATERIAL, Service, Who, service
from tests.curation.staff import BEN, CLEO
from tests.small_case import SPACE

TABLE: Final = Path(__file__).parents[2] / "deploy" / "AUTHORISATION.md"

SAID: Final[Mapping[str, str]] = {
    "done": "yes",
    "mechkg.unauthenticated": "sign in",
    "mechkg.forbidden": "–",
    "mechkg.refused_act": "not theirs",
    "mechkg.not_found": "not theirs",
}
"""How the table says what came of it, by the code of the answer."""

Tries = Callable[["Service", Who], dict[str, Any]]


def _edits(service: Service) -> list[dict[str, Any]]:
    return [{"change": {"item": service.claim(), "fields": {"note": "Seen again."}}}]


def _set(service: Service, who: Who, **more: Any) -> dict[str, Any]:
    return {"changeSet": service.change_set(service.author(who)), "revision": 1, **more}


def _retracted(service: Service) -> str:
    assertion = service.assertion()
    retract(service.workspace, BEN, assertion, code="misread", reason="not there")
    return assertion


def _disputed(service: Service) -> dict[str, Any]:
    upon = Subject("assertion", service.assertion())
    return {"upon": str(upon), "of": dispute(service.workspace, CLEO, upon, "not so").position}


def _draft(service: Service, who: Who, **more: Any) -> dict[str, Any]:
    return {"draft": service.draft(service.author(who)), "version": 1, **more}


def _discarded(service: Service, who: Who) -> dict[str, Any]:
    draft = service.draft(by := service.author(who))
    return {"draft": discard_draft(service.workspace, by, draft, version=1).id, "old": 1, "version": 2}


def _watch(service: Service, who: Who) -> dict[str, Any]:
    return {"id": watch(service.workspace, service.author(who), Hypothesis.of({"space": SPACE, "candidate": "turns"})).id}


MUTATIONS: Final[Mapping[str, Tries]] = {
    "propose": lambda s, _: {"title": "A note", "edits": _edits(s)},
    "revise": lambda s, who: _set(s, who, edits=_edits(s)),
    "rebase": lambda s, who: {"changeSet": s.stale_set(s.author(who)), "revision": 1},
    "withdraw": lambda s, who: _set(s, who, reason="said already"),
    "requestChanges": lambda s, who: _set(s, who, reason="which figure?"),
    "accept": _set,
    "reject": lambda s, who: _set(s, who, reason="misread"),
    "retract": lambda s, _: {"assertion": s.assertion(), "code": "MISREAD", "reason": "not there"},
    "restore": lambda s, _: {"assertion": _retracted(s), "reason": "it is there"},
    "supersede": lambda s, _: {"assertion": s.assertion(), "successor": s.assertion(), "reason": "says it better"},
    "comment": lambda s, _: {"upon": f"item:{s.claim()}", "text": "which figure?"},
    "dispute": lambda s, _: {"upon": f"assertion:{s.assertion()}", "reason": "not so"},
    "settle": lambda s, _: {**_disputed(s), "outcome": "DISMISSED", "reason": "it is so"},
    "decide": lambda s, _: {"disagreement": DISAGREEMENT, "decision": "BY_METHOD", "reason": "mass against absorption"},
    "assign": lambda s, _: {"what": f"item:{s.claim()}", "to": "ben"},
    "signOff": lambda s, _: {"upon": f"assertion:{s.assertion()}"},
    "declare": lambda s, _: {"about": MATERIAL, "why": "makes them", "gone": False},
    "saveDraft": lambda s, _: {"content": {"title": "A note"}},
    "discardDraft": _draft,
    "restoreDraft": _discarded,
    "proposeDraft": _draft,
    "makeRelease": lambda s, _: {"name": f"r-{next(s.numbers)}"},
    "importRelease": lambda s, _: {"files": s.released()},
    "watchHypothesis": lambda s, _: {"space": SPACE, "candidate": "turns"},
    "endWatch": _watch,
}
"""Mutation -> what it is given, made anew for each who tries."""

OWN: Final = frozenset({"revise", "rebase", "withdraw", "discardDraft", "restoreDraft", "proposeDraft", "endWatch"})
"""What is done to things of one's own alone."""

FIELDS: Final = create_schema()._schema.mutation_type.fields  # type: ignore[union-attr]
ARGUMENTS: Final = {name: {argument: str(of.type) for argument, of in found.args.items()} for name, found in FIELDS.items()}


def answered(mutation: str, service: Service, given: Mapping[str, Any], who: Who) -> str:
    """Try a mutation; return the code of the answer, or ``done``."""
    types = ARGUMENTS[mutation]
    declared = ", ".join(f"${name}: {types[name]}" for name in given)
    passed = ", ".join(f"{name}: ${name}" for name in given)
    text = f"mutation Try({declared}) {{ {mutation}({passed}) {{ __typename ... on NotDone {{ code message }} }} }}"
    sent = {"query": text, "variables": dict(given)}
    answer = service.client.post("/graphql", json=sent, headers=service.headers[who]).json()
    assert "errors" not in answer, (mutation, who.said, answer)
    return str(answer["data"][mutation].get("code", "done"))


def tried(mutation: str, service: Service) -> dict[str, str]:
    """Let everybody try a mutation; return what came of it, by who.

    Who is refused leaves no trace; what nobody touched is there for the next one to try it on.
    """
    outcomes = {}
    untouched: dict[str, dict[str, Any]] = {}
    for who in EVERYBODY:
        whose = service.author(who).person
        given = untouched.pop(whose, None) or MUTATIONS[mutation](service, who)
        before = routes.traces(service)
        outcomes[who.said] = answered(mutation, service, given, who)
        if outcomes[who.said] != "done":
            assert routes.traces(service) == before, (mutation, who.said)
            untouched[whose] = given
    return outcomes


# --- the page -----------------------------------------------------------------------------------------------------------

Outcomes = Mapping[str, Mapping[str, str]]
"""What was tried -> who tried -> what came of it."""


def page(mutations: Outcomes, calls: Outcomes) -> str:
    """Return the page with both tables."""
    said = {mutation: {who: SAID[code] for who, code in found.items()} for mutation, found in mutations.items()}
    rows = {call: found for call, found in calls.items() if call not in routes.OPEN}
    everybody = [f"`{call}`" for call in calls if call in routes.OPEN]
    return f"{HEAD}{_table(said)}\n{ROUTES}{_table(rows)}\n{READ}{', '.join(everybody)}.\n"


def _table(found: Outcomes) -> str:
    people = [who.said for who in EVERYBODY]
    lines = [f"| | {' | '.join(people)} |", f"|---|{'---|' * len(people)}"]
    for what, outcomes in found.items():
        lines.append(f"| `{what}` | {' | '.join(outcomes[said] for said in people)} |")
    return "\n".join(lines) + "\n"


HEAD: Final = """\
# Who may do what

Each mutation of the GraphQL schema, and each route of the application, was tried by each of these, over HTTP, each on things of
its own that belong to one material. "Elsewhere" is a role for another material. "Author" is whose the change set, draft, watch,
text or table is that is tried; for the rest it is a thing of somebody else. Where no browser is named, they come with a token
that reaches as far as they do, or as the column says: it bounds what is done with it, and a token of the role reader only reads.
Who is refused leaves no trace, neither in the ledger nor among drafts, tokens and files; but who may write, and not on this
material, keeps what was typed as a draft. Made by `python -m tests.api.authorisation`; `make test` tries it all again, and
compares.

"yes": done. "–": forbidden. "sign in": asked who they are. "not theirs": refused or unknown, being somebody else's. "none": there
is no such thing for anybody, as here no provider of accounts was set up.

## Mutations

"""

ROUTES: Final = """\
## Routes

What is not everybody's to read, and what changes something. A page of another site changes nothing, whoever is signed in: every
POST was sent without a word of where it comes from, and as by another site, and was refused. What stands after a semicolon is one
of several ways to ask.

"""

READ: Final = """\
Everybody may read the rest; on some of it, who is signed in finds their own tasks and settings besides. Tried by nobody, by
somebody without a role, by a reader and an administrator in browsers:

"""


def main() -> None:
    """Write the page."""
    with service() as found:
        calls = {call: routes.tried(call, found) for call in routes.CALLS}
        mutations = {mutation: tried(mutation, found) for mutation in ARGUMENTS}  # among these are interests, which bar people
    TABLE.write_text(page(mutations, calls), encoding="utf-8")
    print(json.dumps({"mutations": mutations, "routes": calls}, indent=1))


if __name__ == "__main__":
    main()
