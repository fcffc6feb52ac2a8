"""What a resolver may use: the workspace, and one catalog for the whole request so that all its answers agree."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import strawberry
from strawberry.fastapi import BaseContext

from mechkg.service.catalog import Catalog
from mechkg.service.workspace import Workspace


class Context(BaseContext):
    """One request's view: every field reads the same snapshot, so no field needs a query of its own."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace

    @cached_property
    def catalog(self) -> Catalog:
        """The accepted items as of the start of the request."""
        return self.workspace.catalog


Info = strawberry.Info[Context, None]


def context_getter(workspace: Workspace) -> Callable[[], Context]:
    """Return what makes the context of each request."""

    def get() -> Context:
        return Context(workspace)

    return get
