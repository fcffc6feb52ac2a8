"""GraphQL of global ids: node(id:) answers with whatever has an IRI."""

from __future__ import annotations

import asyncio
from typing import Annotated, Optional
from urllib.parse import parse_qsl

import strawberry

from mechkg.api.acts import Act, acts_of
from mechkg.api.as_of import AS_OF
from mechkg.api.change_sets import ChangeSet
from mechkg.api.claims import part_of_space
from mechkg.api.context import Info, asked
from mechkg.api.curation import caller_of, in_thread
from mechkg.api.disagreements import Disagreement
from mechkg.api.experiments import stage_of
from mechkg.api.history import Version
from mechkg.api.items import found
from mechkg.api.node import Node, Own, read_own
from mechkg.api.people import Draft, Person
from mechkg.api.releases import Release
from mechkg.api.verdicts import CandidateVerdict
from mechkg.api.watches import Watch
from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.happened import PERSONAL
from mechkg.service import history as told
from mechkg.service.acting import change_set_of
from mechkg.service.check import AD_HOC, check
from mechkg.service.disagreements import disagreement
from mechkg.service.draft import load_draft
from mechkg.service.identifiers import Identifier, read_iri
from mechkg.service.people import everybody
from mechkg.service.recorded import Recorded
from mechkg.service.release import find_release
from mechkg.service.watches import watch_of

# strawberry reads Optional[...] at run time
# ruff: noqa: UP045

MOST_NODES = 100
"""So many ids may be asked for at once."""

_ASKED = {"without": "without", "ignoring": "ignoring", "step": "steps", "postulate": "postulates"}


@strawberry.type(description="Questions about whatever has a global id.")
class NodeQueries:
    @strawberry.field(
        description="What has this id: an item, a stage, an assertion, a person, a release, a verdict, a change set, a "
        "disagreement, an act, or a draft or watch of one's own. Null where nothing has it.",
        extensions=AS_OF,
    )
    async def node(self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its IRI.")]) -> Optional[Node]:
        return await node_of(info, id)

    @strawberry.field(
        description="What has each of these ids, up to 100, in their order; null where nothing has it.", extensions=AS_OF
    )
    async def nodes(
        self, info: Info, ids: Annotated[list[strawberry.ID], strawberry.argument(description="IRIs.")]
    ) -> list[Optional[Node]]:
        if len(ids) > MOST_NODES:
            raise BadInputError(f"{len(ids)} ids are asked for at once", hint=f"ask for {MOST_NODES} at most")
        return [await node_of(info, id) for id in ids]


async def node_of(info: Info, iri: str) -> Node | None:
    """Return what has an id, None where nothing has it; raise BadInputError for what is no IRI of ours."""
    own = read_own(iri)
    try:
        if own is not None:
            return await _own(info, *own)
        bare, _, premises = iri.partition("?")
        name = read_iri(bare)
        if name.kind == "verdict":
            return await _verdict(info, name, premises)
        if name.kind in ("item", "part"):
            return _item(info, name)
        return await in_thread(info, _recorded, name)
    except NotFoundError:
        return None


def _item(info: Info, of: Identifier) -> Node | None:
    if of.kind == "item":
        return found(info, of.name)
    return stage_of(info, of.name) if of.name.count("/") == 1 else part_of_space(info, of.name)


async def _verdict(info: Info, of: Identifier, premises: str) -> Node | None:
    space, _, candidate = of.name.partition("/")
    asked_for: dict[str, list[str]] = {name: [] for name in _ASKED.values()}
    for key, value in parse_qsl(premises):
        if key not in _ASKED:
            raise BadInputError(f"a verdict has no premise '{key}'", hint=f"there are {', '.join(_ASKED)}")
        asked_for[_ASKED[key]].append(value)
    without, ignoring = asked_for["without"], asked_for["ignoring"]
    own = candidate == AD_HOC
    checked = await asked(info).ask(
        check,
        space,
        candidates=() if own else (candidate,),
        without=without,
        ignoring=ignoring,
        steps=asked_for["steps"] if own else None,
        postulates=asked_for["postulates"] if own else (),
    )
    verdict = checked.candidate(candidate)
    if verdict is None:
        return None
    return CandidateVerdict(value=verdict, space=checked.space, withdrawn=checked.withdrawn, ignored=checked.ignored)


def _recorded(view: Recorded, of: Identifier) -> Node | None:
    """Return what stands in the record; raise NotFoundError, or return None, where nothing does."""
    match of.kind:
        case "assertion":
            record = view.ledger.assertion(of.name)
            return Version(value=told.version_of(view.ledger, record.item, of.name))
        case "person":
            known = everybody(view.ledger).get(of.name)
            return Person(value=known) if known else None
        case "release":
            return Release.of(find_release(view.ledger, of.name))
        case "set":
            return ChangeSet(value=change_set_of(view, of.name))
        case "disagreement":
            weighed = disagreement(view, of.name)
            return Disagreement(value=weighed.disagreement, beliefs=weighed.beliefs)
        case "act":
            return _act(view, int(of.name))
        case _:
            raise BadInputError(f"'{of.iri}' is a {of.kind}, which GraphQL does not tell of", hint="ask for it at its address")


def _act(view: Recorded, position: int) -> Act | None:
    act = next((act for act in view.ledger.acts(position - 1) if act.position == position), None)
    if act is None or act.kind in PERSONAL:
        return None
    [one] = acts_of(view.ledger, [act])
    return one


async def _own(info: Info, kind: Own, name: str) -> Node | None:
    caller = caller_of(info)
    if kind == "watch":
        return Watch(value=await in_thread(info, lambda view: watch_of(view.ledger, caller.person, name)))
    draft, _, version = name.partition("/")
    if version and not version.isdecimal():
        raise BadInputError(f"'{version}' is no version of a draft", hint="give a number")
    ledger = info.context.workspace
    return Draft.of(await asyncio.to_thread(load_draft, ledger, caller, draft, version=int(version) if version else None))
