"""Serve the HTTP application of an open workspace."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Final

from mechkg import tracing
from mechkg.cli.output import console
from mechkg.cli.people import link_address
from mechkg.curation.tokens import sign_in_link
from mechkg.errors import BadInputError
from mechkg.model.person import Caller
from mechkg.service.home import default_home, graph_address, ledger_place
from mechkg.service.people import local_administrator
from mechkg.service.providers import is_loopback
from mechkg.service.workspace import Workspace

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

    from mechkg.api.schema import Schema

GRACE: Final = 20
"""Seconds that requests in flight may take when the server is told to stop, unless ``MECHKG_GRACE`` says how many."""

BACKLOG: Final = 128
"""So many callers wait at most until they are let in."""


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
    listener, address = _listening(host, port)
    _announce(address)
    if sign_in:
        print_sign_in_link(workspace, address, local=is_loopback(host))
    _serve(workspace, server_of(app, grace), app, [listener], end_traces)


def run_workers(home: Path | None, host: str, port: int, count: int) -> int:
    """Serve as :func:`run` does, by ``count`` processes that are replaced when they end, and return the exit status.

    Raise BadInputError when the port is taken, or several processes cannot share what there is.
    """
    from mechkg.cli.workers import watch

    if count > 1:
        _check_shared(home)
    grace = _grace()
    # NumPy would begin threads for linear algebra, which is not done here, and a fork could not take them along
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    listener, address = _bound(host, port)
    schema = _loaded(home)
    listener.listen(BACKLOG)
    _announce(address)
    folder, own = _own_sockets(count)
    worker = watch(count, grace)
    if isinstance(worker, int):
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        return worker

    from mechkg.api.app import create_app
    from mechkg.api.fellows import Fellows
    from mechkg.service.projector import projecting

    with Workspace.open(home) as workspace, projecting(workspace):
        end_traces = tracing.start()
        fellows = Fellows(worker.number, worker.starts, {number: path for number, (path, _) in own.items()})
        app = create_app(workspace, warm=True, schema=schema, fellows=fellows)
        sockets = [listener]
        for number, (_, opened) in own.items():
            if number == worker.number:
                sockets.append(opened)
            else:
                opened.close()
        _serve(workspace, server_of(app, grace, worker.ready), app, sockets, end_traces)
    return 0


def _serve(
    workspace: Workspace, server: uvicorn.Server, app: FastAPI, sockets: list[socket.socket], end_traces: Callable[[], None]
) -> None:
    """Serve until told to stop, and end then whatever is still in work."""
    server.run(sockets=sockets)
    end_traces()
    if app.state.threads.running or not app.state.warmth.done:
        # Work that did not end in time cannot be stopped, and need not be: what it writes to the ledger is there whole, or not.
        if app.state.threads.running:
            logging.getLogger("mechkg").warning("stopped before all was answered", extra={"in_work": app.state.threads.running})
        workspace.close()
        sys.stdout.flush()
        logging.shutdown()
        os._exit(0)


# --- addresses --------------------------------------------------------------------------------------------------------


def _bound(host: str, port: int) -> tuple[socket.socket, str]:
    """Return a socket that has the port, and its address; raise BadInputError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise BadInputError(f"cannot listen on {host}:{port}: {error.strerror}", hint="choose another with --port") from error
    return listener, f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"


def _listening(host: str, port: int) -> tuple[socket.socket, str]:
    """Do the same, and listen: from here on a caller waits instead of being refused."""
    listener, address = _bound(host, port)
    listener.listen(BACKLOG)
    return listener, address


def _announce(address: str) -> None:
    console.print(f"mechkg is at [bold]{address}[/bold]  (Ctrl-C stops)")
    console.print(f"For programs: [bold]{address}/graphql[/bold], with an explorer; [bold]{address}/sparql[/bold]")


# --- before the fork --------------------------------------------------------------------------------------------------


def _check_shared(home: Path | None) -> None:
    """Raise BadInputError unless several processes can share ledger and graph: each file has one process at a time."""
    from mechkg.curation.tables import url_of

    place = ledger_place(home or default_home())
    if url_of(place).get_backend_name() != "postgresql":
        raise BadInputError(
            "several workers need a ledger on a server, and this one is a file",
            hint="set MECHKG_LEDGER to postgresql://..., or give --workers 1",
        )
    if graph_address() is None:
        raise BadInputError(
            "several workers need a graph on a server, and this one is in a folder",
            hint="set MECHKG_GRAPH to oxigraph+http://HOST:7878 or the like, or give --workers 1",
        )


def _loaded(home: Path | None) -> Schema:
    """Load what serves and answers first questions, and return the schema. Nothing is opened, and no thread begins."""
    import importlib

    from mechkg.api.app import read_schema
    from mechkg.cli.logs import set_up_logs
    from mechkg.curation.tables import url_of
    from mechkg.model.quantity import units
    from mechkg.service.kept import made_by

    set_up_logs()
    for name in (*_FIRST, *(_FOR_SERVERS if graph_address() else ())):
        importlib.import_module(name)
    with suppress(ImportError):  # the worker says which extra is missing
        url_of(ledger_place(home or default_home())).get_dialect().import_dbapi()
    units()
    made_by()  # of the files that are loaded here: others may take their place before a worker begins
    return read_schema()


_FIRST: Final = (
    "mechkg.service.projector",
    "molmass",
    "networkx",
    "pydantic.v1",  # which FastAPI loads as soon as there are routes
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)
"""Modules that are otherwise loaded while the first questions are asked."""
_FOR_SERVERS: Final = ("mechkg.graph.sparql_http",)


def _own_sockets(count: int) -> tuple[Path | None, dict[int, tuple[Path, socket.socket]]]:
    """Return for each of several workers a socket at which the others find it, and the folder of these, which is ours alone."""
    if count == 1:
        return None, {}
    folder = Path(mkdtemp(prefix="mechkg-workers-"))
    own = {}
    for number in range(1, count + 1):
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        opened.bind(str(folder / str(number)))
        opened.listen(BACKLOG)
        own[number] = folder / str(number), opened
    return folder, own


# --- stopping ---------------------------------------------------------------------------------------------------------


def server_of(app: FastAPI, grace: float = GRACE, ready: Callable[[], None] | None = None) -> uvicorn.Server:
    """Return a server of the application that stops in the way that :func:`run` says.

    ``ready`` is called when it serves, in a worker, which its parent tells to stop; what a terminal sends is for the parent.
    """
    import uvicorn

    heeded = (signal.SIGINT, signal.SIGTERM) if ready is None else (signal.SIGTERM,)

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            # As that of uvicorn, which then lets the signal end the process after all.
            before = {number: signal.signal(number, self.handle_exit) for number in heeded}
            try:
                yield
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if ready is not None:
                ready()

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
