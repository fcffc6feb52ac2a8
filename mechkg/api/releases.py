"""GraphQL of releases: what counted at a moment, named for good."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from typing import Annotated, Optional, Union

import strawberry

from mechkg.api.acts import BadInput, Forbidden, NotFound, Refused, Stale, failure
from mechkg.api.as_of import AS_OF
from mechkg.api.context import Info, asked
from mechkg.api.curation import caller_of
from mechkg.api.lists import After, Before, By, Connection, First, Last, Window, connection
from mechkg.api.node import Node, id_of
from mechkg.api.scalars import BigInt
from mechkg.curation import release as released
from mechkg.curation.import_release import ReleaseReport
from mechkg.errors import MechkgError
from mechkg.service.identifiers import name_of
from mechkg.service.import_release import import_files
from mechkg.service.release import all_releases, find_release, release
from mechkg.service.released_files import released_files

# strawberry reads Optional[...] and Union[...] from these annotations at run time
# ruff: noqa: UP007, UP045


@strawberry.type(description="A file of a release.")
class ReleaseFile:
    name: str = strawberry.field(description="Its name.")
    path: str = strawberry.field(description="Where this service gives it out.")
    bytes: BigInt = strawberry.field(description="Its size.")
    sha256: str = strawberry.field(description="Its SHA-256, in hexadecimal.")


@strawberry.type(description="What counted at one position of the ledger, under a name that cannot be changed or taken back.")
class Release(Node):
    @strawberry.field(description="Its IRI.")
    def id(self) -> strawberry.ID:
        return id_of("release", self.name)

    @strawberry.field(description="Its name, which stands for the IRI wherever one is given.")
    def local_name(self) -> str:
        return self.name

    name: str = strawberry.field(description="Its name; give it as asOf to ask of what counted then.")
    position: int = strawberry.field(description="The ledger position whose answers it stands for.")
    digest: str = strawberry.field(description="Digest of the act at that position, which chains to all acts before.")
    by: str = strawberry.field(description="Who made it.")
    at: datetime = strawberry.field(description="When (UTC).")
    note: Optional[str] = strawberry.field(description="What it is, in the words of who made it.")

    @strawberry.field(
        description="Its files: nanopublications in TriG, N-Quads and JSON-LD, Turtle, tables; written when first asked for."
    )
    async def files(self, info: Info) -> list[ReleaseFile]:
        found = await asyncio.to_thread(released_files, info.context.workspace, self.name)
        return [
            ReleaseFile(name=file.name, path=f"/releases/{self.name}/{file.name}", bytes=BigInt(file.bytes), sha256=file.sha256)
            for file in found
        ]

    @classmethod
    def of(cls, value: released.Release) -> Release:
        return cls(name=value.name, position=value.position, digest=value.digest, by=value.by, at=value.at, note=value.note)


@strawberry.type(description="What the import of a release did: all of it was done at once.")
class ImportedRelease:
    name: str = strawberry.field(description="The name that it has where it was made.")
    batch: Optional[str] = strawberry.field(description="The batch of its acts; null when all of it counted here already.")
    accepted: int = strawberry.field(description="How many assertions came to count.")
    superseded: int = strawberry.field(description="How many gave way to them.")
    retracted: int = strawberry.field(description="How many that an earlier import brought were taken back there, and so here.")
    unchanged: int = strawberry.field(description="How many counted here already.")

    @classmethod
    def of(cls, value: ReleaseReport) -> ImportedRelease:
        return cls(
            name=value.release,
            batch=value.batch,
            accepted=value.accepted,
            superseded=value.superseded,
            retracted=value.retracted,
            unchanged=value.unchanged,
        )


@strawberry.input(description="A file of a release.")
class ReleaseFileInput:
    name: str = strawberry.field(description="Its name within the release: manifest.json, nanopublications.trig, ...")
    content: str = strawberry.field(description="All of it, as text.")


ReleaseResult = Annotated[
    Union[Release, Refused, Stale, Forbidden, NotFound, BadInput],
    strawberry.union("ReleaseResult", description="The release as it was made, or why it was not."),
]


ImportedReleaseResult = Annotated[
    Union[ImportedRelease, Refused, Stale, Forbidden, NotFound, BadInput],
    strawberry.union("ImportedReleaseResult", description="What the import did, or why nothing was done."),
]


@strawberry.type(description="Questions about releases.")
class ReleaseQueries:
    @strawberry.field(description="All releases, oldest first.", extensions=AS_OF)
    async def releases(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Release]:
        found = await asyncio.to_thread(all_releases, asked(info).view.ledger)
        order = By[released.Release]("position", lambda one: (one.position, one.name))
        return connection(found, order, Window(first, after, last, before), Release.of)

    @strawberry.field(description="One release.", extensions=AS_OF)
    async def release(self, info: Info, name: Annotated[str, strawberry.argument(description="Its name.")]) -> Release:
        return Release.of(await asyncio.to_thread(find_release, asked(info).view.ledger, name_of(name, "release")))


@strawberry.type(description="What can be done about releases.")
class ReleaseMutations:
    @strawberry.mutation(description="Name what counts, or counted at a moment, for good. Takes an administrator.")
    async def make_release(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="Letters, digits, dots, hyphens and underlines, at most 64.")],
        note: Annotated[Optional[str], strawberry.argument(description="What it is, in a sentence.")] = None,
        as_of: Annotated[
            Optional[str], strawberry.argument(description="The moment: a time (ISO 8601) or a position; now when left out.")
        ] = None,
    ) -> ReleaseResult:
        try:
            act = partial(release, info.context.workspace.ledger, caller_of(info), name, as_of=as_of, note=note)
            return Release.of(await asyncio.to_thread(act))
        except MechkgError as error:
            return failure(error)

    @strawberry.mutation(
        description="Let all that a release of another ledger holds count here, or nothing of it. Takes an administrator. "
        "What was decided otherwise here stands against it. A release that is larger than a request may be (MECHKG_GRAPHQL_BODY) "
        "comes in by the shell."
    )
    async def import_release(
        self,
        info: Info,
        files: Annotated[
            list[ReleaseFileInput],
            strawberry.argument(
                description="manifest.json, retractions.trig, and one form: nanopublications.trig, .nq, .jsonld, or all of csv/."
            ),
        ],
        signed_by: Annotated[
            Optional[str], strawberry.argument(description="Public key, in base64, that all of it must be signed with.")
        ] = None,
    ) -> ImportedReleaseResult:
        try:
            given = {file.name: file.content for file in files}
            act = partial(import_files, info.context.workspace, caller_of(info), given, signed_by=signed_by)
            return ImportedRelease.of(await asyncio.to_thread(act))
        except MechkgError as error:
            return failure(error)
