"""The HTTP application: pages, GraphQL with its explorer, data for programs, and signs of health."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.routing import APIWebSocketRoute
from fastapi.staticfiles import StaticFiles
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from mechkg.api.compression import Compression
from mechkg.api.context import context_getter, reasoning_threads
from mechkg.api.failures import ANSWERS, add_failures
from mechkg.api.feeds import add_feeds
from mechkg.api.fellows import Fellows
from mechkg.api.graphql_http import GraphQLEndpoint
from mechkg.api.health import add_health
from mechkg.api.limits import read_limits
from mechkg.api.linked_data import add_linked_data
from mechkg.api.metrics import add_metrics
from mechkg.api.observing import Observing
from mechkg.api.pages import add_styles
from mechkg.api.persisted import Persisted
from mechkg.api.release_files import add_release_files
from mechkg.api.response_cache import AnswersInFront, ResponseCache
from mechkg.api.schema import Schema, create_schema
from mechkg.api.security_headers import SecurityHeaders
from mechkg.api.sign_in import add_sign_in
from mechkg.api.site import add_site
from mechkg.api.site_me import about_me
from mechkg.api.socket import SocketRouter
from mechkg.api.sparql import add_sparql
from mechkg.api.stopping import Stopping
from mechkg.api.threads import CountedThreads
from mechkg.assets import static_dir
from mechkg.service.keep_answers import answering
from mechkg.service.providers import read_providers
from mechkg.service.sign_in import SignIn
from mechkg.service.verdict_board import keeping
from mechkg.service.warm import Warmth, warming
from mechkg.service.watches import following
from mechkg.service.workspace import Workspace
from mechkg.web.graphiql import content_security_policy, graphiql_page


def read_schema() -> Schema:
    """Return the GraphQL schema with the limits and operations that the variables say; no workspace is needed to make it."""
    limits = read_limits()
    folder = os.environ.get("MECHKG_OPERATIONS")
    return create_schema(limits, Persisted.read(Path(folder) if folder else None, only=limits.only))


def create_app(
    workspace: Workspace, *, warm: bool = False, schema: Schema | None = None, fellows: Fellows | None = None
) -> FastAPI:
    """Return the application for an open workspace; raise BadInputError when what it is to be like is not well described.

    ``warm``: while it serves, make ready what first questions would wait for. ``schema``: one that :func:`read_schema` made
    before. ``fellows``: the other processes that answer at the same address.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with (
            answering(workspace),
            following(workspace),
            keeping(workspace),
            warming(workspace, warmth) if warm else nullcontext(),
        ):
            yield

    warmth = Warmth(done=not warm)
    stopping = Stopping()

    app = FastAPI(
        title="mechkg",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,  # that would lead to the host that the request names; failures.py leads on to this one
        lifespan=lifespan,
        responses=ANSWERS,
        # What FastAPI would tell by itself holds paths and words of exceptions, and so links that sign somebody in.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.state.stopping, app.state.warmth = stopping, warmth
    app.state.threads = threads = reasoning_threads()
    add_failures(app)
    sign_in = SignIn(workspace.ledger, read_providers(workspace.home))
    add_sign_in(app, sign_in, public_url=os.environ.get("MECHKG_URL"), me=about_me(workspace))

    add_health(app, workspace, warmth, stopping)
    if static_dir().is_dir():
        app.mount("/static", StaticFiles(directory=static_dir()), name="static")
    add_feeds(app, workspace)
    add_release_files(app, workspace)
    add_styles(app)
    add_sparql(app, workspace)
    add_linked_data(app, workspace)
    add_site(app, workspace)
    answers = _add_graphql(app, workspace, threads, schema or read_schema())
    metrics = app.state.metrics = add_metrics(app, workspace, answers, threads, fellows)
    app.add_middleware(Compression, apart=("/graphql",))  # answers there are many and small, and kept as they are sent
    app.add_middleware(SecurityHeaders, public_url=os.environ.get("MECHKG_URL"))
    app.add_middleware(Observing, metrics=metrics, stopping=stopping)  # the last is the outermost
    return app


def _add_graphql(app: FastAPI, workspace: Workspace, threads: CountedThreads, schema: Schema) -> ResponseCache:
    """Add ``/graphql``: requests are answered by our own endpoint, WebSockets by that of Strawberry. Return the kept answers."""
    context_of = context_getter(workspace, threads)
    answers: ResponseCache
    answers = app.state.answers = ResponseCache(workspace.ledger.marks, schema.admission.limits.kept)
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
    return answers


def _explorer(_: Request) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    page = HTMLResponse(graphiql_page("/graphql", nonce))
    page.headers["Content-Security-Policy"] = content_security_policy(nonce)
    page.headers["X-Content-Type-Options"] = "nosniff"
    page.headers["Referrer-Policy"] = "no-referrer"
    return page
