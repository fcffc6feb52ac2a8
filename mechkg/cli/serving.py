"""Serve the HTTP application of an open workspace."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from mechkg import tracing
from mechkg.cli.output import console
from mechkg.cli.people import link_address
from mechkg.curation.tokens import sign_in_link
from mechkg.errors import BadInputError
from mechkg.model.person import Caller
from mechkg.service.people import local_administrator
from mechkg.service.providers import is_loopback
from mechkg.service.workspace import Workspace

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

GRACE: Final = 20
"""Seconds that requests in flight may take when the server is told to stop, unless ``MECHKG_GRACE`` says how many."""


def run(workspace: Workspace, host: str, port: int, *, sign_in: bool = False) -> None:
    """Serve until told to stop (SIGTERM, Ctrl-C); raise BadInputError when the port is taken.

    Then no more is taken on, requests in flight are finished within ``GRACE``, streams and WebSockets are ended, all is closed.

    ``sign_in`` makes the system user the first administrator, if nobody is known yet, and prints a link by which to sign in; on
    an address that only this machine reaches, for elsewhere others might come first.
    """
    from mechkg.api.app import create_app
    from mechkg.cli.logs import set_up_logs

    grace = _grace()
    set_up_logs()
    end_traces = tracing.start()
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
    server = server_of(app, grace)
    server.run(sockets=[listener])
    end_traces()
    if app.state.threads.running or not app.state.warmth.done:
        # Work that did not end in time cannot be stopped, and need not be: what it writes to the ledger is there whole, or not.
        if app.state.threads.running:
            logging.getLogger("mechkg").warning("stopped before all was answered", extra={"in_work": app.state.threads.running})
        workspace.close()
        sys.stdout.flush()
        logging.shutdown()
        os._exit(0)


def server_of(app: FastAPI, grace: float = GRACE) -> uvicorn.Server:
    """Return a server of the application that stops in the way that :func:`run` says."""
    import uvicorn

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            # As that of uvicorn, which then lets the signal end the process after all.
            before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
            try:
                yield
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await app.state.stopping.begin()
            await super().shutdown(sockets)

    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=grace)  # type: ignore[arg-type]
    return Server(config)


def _grace() -> float:
    """Return the seconds that ``MECHKG_GRACE`` gives; raise BadInputError when it is no number of seconds."""
    text = os.environ.get("MECHKG_GRACE", "")
    try:
        found = float(text) if text.strip() else float(GRACE)
    except ValueError:
        found = -1.0
    if not 0 <= found < 86_400:
        raise BadInputError(f"MECHKG_GRACE is '{text}'", hint="give a number of seconds, such as 20")
    return found


def print_sign_in_link(workspace: Workspace, address: str, *, local: bool) -> None:
    """Print a link that signs the local administrator in, once; without one, or when not ``local``, how to get such a link."""
    person = local_administrator(workspace.ledger) if local else None
    if person is None:
        console.print("To sign in: [bold]mechkg sign-in-link --as PERSON[/bold]")
        return
    text, _ = sign_in_link(workspace.ledger, Caller(person.id, "shell"))
    console.print(f"Sign in as {person.name}, once, within 10 minutes:", markup=False)
    console.print(link_address(os.environ.get("MECHKG_URL") or address, text), soft_wrap=True, markup=False)
