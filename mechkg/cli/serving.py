"""Serve the HTTP application of an open workspace."""

from __future__ import annotations

import socket

from mechkg.cli.output import console
from mechkg.errors import BadInputError
from mechkg.service.workspace import Workspace


def run(workspace: Workspace, host: str, port: int) -> None:
    """Serve until interrupted; raise BadInputError when the port is taken."""
    import uvicorn

    from mechkg.api.app import create_app

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise BadInputError(f"cannot listen on {host}:{port}: {error.strerror}", hint="choose another with --port") from error
    listener.listen(128)  # from here on a caller waits instead of being refused
    taken = listener.getsockname()[1]
    console.print(f"GraphQL and its explorer: [bold]http://{host}:{taken}/graphql[/bold]  (Ctrl-C stops)")
    server = uvicorn.Server(uvicorn.Config(create_app(workspace), log_level="warning"))
    server.run(sockets=[listener])
