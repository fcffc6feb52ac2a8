"""Questions about a hypothesis space over HTTP: which premises are withdrawn, as of when, how long an answer may be waited for.

What takes long is worked out beside the request and kept: until it is there a page says so, and gives way to the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Final, TypeVar
from urllib.parse import urlencode

from fastapi import Request, Response
from starlette.datastructures import QueryParams

from mechkg.api.pages import framed
from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.verdict import Check
from mechkg.service.check import check
from mechkg.service.keep_answers import NotYetError, answers_of
from mechkg.service.recorded import Recorded
from mechkg.service.verdict_board import verdict_board
from mechkg.service.workbench import Setting
from mechkg.service.workspace import Workspace
from mechkg.web.frame import Frame
from mechkg.web.space_links import SpaceLinks
from mechkg.web.working_page import WorkingPage, working_page

AT_FIRST: Final = 0.8
"""Seconds after which a page says that it waits."""

PATIENCE: Final = 25.0
"""Seconds for which a browser that was told so is kept waiting before it is told again."""

MOST_NAMES: Final = 200
"""So many premises may be named in one question."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a space: of what view, with which premises, and how long its answer may be waited for."""

    workspace: Workspace
    view: Recorded
    space: str
    setting: Setting
    as_of: str
    patience: float

    @property
    def links(self) -> SpaceLinks:
        """Links to the other pages, with the same premises."""
        value = self.view.catalog.space(self.space)
        candidates = frozenset(candidate.id for candidate in value.candidates)
        claims = frozenset(claim.id for claim in value.postulates)
        return SpaceLinks(self.space, self.setting, self.as_of, self.view.catalog.entries, candidates, claims)

    @property
    def title(self) -> str:
        """Title of the space."""
        return self.view.catalog.space(self.space).title

    def kept(self, what: str, work: Callable[[], Found], *, own: bool = True, more: Collection[str] = ()) -> Found:
        """Return an answer that is kept, or raise NotYetError; ``more`` is what it depends on beside the premises."""
        setting = self.setting if own else replace(self.setting, steps=(), postulates=())
        return answers_of(self.workspace).ask((self.view.version, what, self.space, setting, *more), work, self.patience)

    def plain(self) -> Check:
        """Return the check of the space with all premises held: from the board of verdicts, where it is there."""
        known = verdict_board(self.workspace).checks.get(self.space) if self.view is self.workspace else None
        if known is not None and known.graph_version == self.view.version:
            return known
        return check(self.view, self.space)

    def checked(self) -> Check:
        """Return the check of the space with these premises."""
        setting = self.setting
        return self.plain() if setting.plain else check(
            self.view, self.space, without=setting.without, ignoring=setting.ignoring
        )  # fmt: skip


def asked_of(workspace: Workspace, request: Request, space: str) -> Asked:
    """Read what is asked; raise NotFoundError with the nearest name for an unknown space."""
    given = request.query_params
    as_of = given.get("asOf", "")
    view = workspace.view(as_of or None)
    found = view.catalog.space(space)
    names = {name: tuple(dict.fromkeys(given.getlist(name))) for name in ("without", "ignoring", "step", "postulate")}
    if sum(map(len, names.values())) > MOST_NAMES:
        raise BadInputError(f"at most {MOST_NAMES} premises can be named in one question")
    # known before anything is worked out, and in one order, so that the same question is known again
    setting = Setting(
        _sorted("assumption", names["without"], found.assumptions),
        tuple(sorted(names["ignoring"])),
        _sorted("optional step", names["step"], found.optional),
        _sorted("claim of this space", names["postulate"], [each.id for each in found.postulates]),
    )
    return Asked(workspace, view, found.id, setting, as_of, PATIENCE if given.get("wait") else AT_FIRST)


def _sorted(what: str, names: Collection[str], valid: Collection[str]) -> tuple[str, ...]:
    for name in names:
        if name not in valid:
            raise NotFoundError.of(what, name, valid)
    return tuple(name for name in valid if name in names)


def one_of(given: QueryParams, name: str, valid: Collection[str], default: str) -> str:
    """Return a parameter that has one of some values; raise NotFoundError with the nearest for any other."""
    value = given.get(name) or default
    if value not in valid:
        raise NotFoundError.of(name, value, valid)
    return value


def about_space(
    workspace: Workspace,
    request: Request,
    space: str,
    what: str,
    make: Callable[[Asked, Frame], str],
    section: str = "hypotheses",
) -> Response:
    """Answer with a page about a space, or with the one that says ``what`` is being worked out."""
    working = False

    def either(frame: Frame) -> str:
        nonlocal working
        try:
            return make(asked_of(workspace, request, space), frame)
        except NotYetError:
            working = True
            return working_page(WorkingPage(what, _waiting(request)), frame)

    answer = framed(request, section, either)
    if working:
        answer.status_code = 202
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _waiting(request: Request) -> str:
    """Return the address of the same page, to be waited for."""
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "wait"]
    return f"{request.url.path}?{urlencode([*pairs, ('wait', 'yes')])}"
