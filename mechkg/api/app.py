"""The HTTP application: pages, GraphQL with its explorer, data for programs, and signs of health."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.routing import APIWebSocketRoute
from fastapi.staticfiles import StaticFiles
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from mechkg.api.compression import Compression
from mechkg.api.context import context_getter
from mechkg.api.failures import ANSWERS, add_failures
from mechkg.api.feeds import add_feeds
from mechkg.api.graphql_http import GraphQLEndpoint
from mechkg.api.limits import read_limits
from mechkg.api.linked_data import add_linked_data
from mechkg.api.pages import add_styles
from mechkg.api.persisted import Persisted
from mechkg.api.release_files import add_release_files
from mechkg.api.response_cache import AnswersInFront, ResponseCache
from mechkg.api.schema import create_schema
from mechkg.api.security_headers import SecurityHeaders
from mechkg.api.sign_in import add_sign_in
from mechkg.api.site import add_site
from mechkg.api.site_me import about_me
from mechkg.api.socket import SocketRouter
from mechkg.api.sparql import add_sparql
from mechkg.assets import static_dir
from mechkg.errors import MechkgError
from mechkg.service.providers import read_providers
from mechkg.service.sign_in import SignIn
from mechkg.service.verdict_board import keeping
from mechkg.service.warm import warming
from mechkg.service.watches import following
from mechkg.service.workspace import Workspace
from mechkg.web.graphiql import content_security_policy, graphiql_page


def create_app(workspace: Workspace, *, warm: bool = False) -> FastAPI:
    """Return the application for an open workspace; raise BadInputError when what it is to be like is not well described.

    ``warm``: while it serves, make ready what first questions would wait for.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with following(workspace), keeping(workspace), warming(workspace) if warm else nullcontext():
            yield

    app = FastAPI(
        title="mechkg", docs_url=None, redoc_url=None, openapi_url="/openapi.json", lifespan=lifespan, responses=ANSWERS
    )
    add_failures(app)
    sign_in = SignIn(workspace.ledger, read_providers(workspace.home))
    add_sign_in(app, sign_in, public_url=os.environ.get("MECHKG_URL"), me=about_me(workspace))

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        """Say that the process is alive."""
        return {"status": "alive"}

    @app.get("/readyz", responses={503: {"description": "Not yet; the reason is told."}})
    def readyz() -> JSONResponse:
        """Say whether ledger and graph can be read and agree."""
        try:
            version = workspace.version
            position = workspace.graph_position
        except MechkgError as error:
            return JSONResponse({"status": "not ready", "code": error.code, "reason": str(error)}, 503)
        if position != version:
            return JSONResponse({"status": "not ready", "reason": f"graph at {position}, ledger at {version}"}, 503)
        return JSONResponse({"status": "ready", "graph_version": version})

    if static_dir().is_dir():
        app.mount("/static", StaticFiles(directory=static_dir()), name="static")
    add_feeds(app, workspace)
    add_release_files(app, workspace)
    add_styles(app)
    add_sparql(app, workspace)
    add_linked_data(app, workspace)
    add_site(app, workspace)
    _add_graphql(app, workspace)
    app.add_middleware(Compression, apart=("/graphql",))  # answers there are many and small, and kept as they are sent
    app.add_middleware(SecurityHeaders, public_url=os.environ.get("MECHKG_URL"))  # the last is the outermost
    return app


def _add_graphql(app: FastAPI, workspace: Workspace) -> None:
    """Add ``/graphql``: requests are answered by our own endpoint, WebSockets by that of Strawberry."""
    limits = read_limits()
    folder = os.environ.get("MECHKG_OPERATIONS")
    schema = create_schema(limits, Persisted.read(Path(folder) if folder else None, only=limits.only))
    context_of = context_getter(workspace)
    answers = app.state.answers = ResponseCache(workspace.ledger.marks, limits.kept)
    endpoint = GraphQLEndpoint(schema, context_of, _explorer, answers)
    app.add_route("/graphql", endpoint, include_in_schema=False)  # type: ignore[arg-type]
    # most requests are for here, and are spared the way through routes
    app.add_middleware(AnswersInFront, path="/graphql", endpoint=endpoint, cache=answers, take_turn=schema.admission.take_turn)
    router = SocketRouter(
        schema,
        graphql_ide=None,
        context_getter=context_of,
        subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
    )
    router.routes = [route for route in router.routes if isinstance(route, APIWebSocketRoute)]
    app.include_router(router, prefix="/graphql")


def _explorer(_: Request) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    page = HTMLResponse(graphiql_page("/graphql", nonce))
    page.headers["Content-Security-Policy"] = content_security_policy(nonce)
    page.headers["X-Content-Type-Options"] = "nosniff"
    page.headers["Referrer-Policy"] = "no-referrer"
    return page
