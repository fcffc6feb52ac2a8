"""Serve the HTTP application of an open workspace."""

from __future__ import annotations

import os
import socket

from mechkg.cli.output import console
from mechkg.cli.people import link_address
from mechkg.curation.tokens import sign_in_link
from mechkg.errors import BadInputError
from mechkg.model.person import Caller
from mechkg.service.people import local_administrator
from mechkg.service.providers import is_loopback
from mechkg.service.workspace import Workspace


def run(workspace: Workspace, host: str, port: int, *, sign_in: bool = False) -> None:
    """Serve until interrupted; raise BadInputError when the port is taken.

    ``sign_in`` makes the system user the first administrator, if nobody is known yet, and prints a link by which to sign in; on
    an address that only this machine reaches, for elsewhere others might come first.
    """
    import uvicorn

    from mechkg.api.app import create_app

    app = create_app(workspace, warm=True)
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
    address = f"http://{f'[{host}]' if ':' in host else host}:{taken}"
    console.print(f"mechkg is at [bold]{address}[/bold]  (Ctrl-C stops)")
    console.print(f"For programs: [bold]{address}/graphql[/bold], with an explorer; [bold]{address}/sparql[/bold]")
    if sign_in:
        print_sign_in_link(workspace, address, local=is_loopback(host))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    server.run(sockets=[listener])


def print_sign_in_link(workspace: Workspace, address: str, *, local: bool) -> None:
    """Print a link that signs the local administrator in, once; without one, or when not ``local``, how to get such a link."""
    person = local_administrator(workspace.ledger) if local else None
    if person is None:
        console.print("To sign in: [bold]mechkg sign-in-link --as PERSON[/bold]")
        return
    text, _ = sign_in_link(workspace.ledger, Caller(person.id, "shell"))
    console.print(f"Sign in as {person.name}, once, within 10 minutes:", markup=False)
    console.print(link_address(os.environ.get("MECHKG_URL") or address, text), soft_wrap=True, markup=False)
