"""The services of compose.yaml as processes of this machine, on loopback, under a supervisor that does what an engine does.

What an image brings is stood in for by the same program here: its start command, folders for its volumes, and loopback ports for
the names by which services know each other. All else (commands, environment, order, times) is read from the file.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from deploy.container.build_here import CONTAINERFILE, stages
from tests.graph.servers import free_port, oxigraph_program

FOLDER = Path(__file__).parents[2] / "deploy" / "container"
VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")


def described() -> dict[str, Any]:
    """Return what compose.yaml says, variables not yet filled in."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
    return found


def example() -> dict[str, str]:
    """Return the variables of .env.example."""
    lines = (FOLDER / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def filled_in(value: Any, variables: Mapping[str, str]) -> Any:
    """Return a value with its variables filled in; raise KeyError for one that has to be given and is not."""

    def one(match: re.Match[str]) -> str:
        name, kind, default = match.groups()
        given = variables.get(name, "")
        if given or kind is None:
            return given
        if kind == "?":
            raise KeyError(name)
        return str(default)

    match value:
        case str():
            return VARIABLE.sub(one, value)
        case dict():
            return {name: filled_in(part, variables) for name, part in value.items()}
        case list():
            return [filled_in(part, variables) for part in value]
        case _:
            return value


def seconds(text: str) -> float:
    """Return how long ``40s`` is."""
    return float(text.removesuffix("s"))


def instruction(word: str) -> list[str]:
    """Return the last ENTRYPOINT or CMD of the image of mechkg."""
    (found,) = [step.text for step in stages(CONTAINERFILE.read_text(encoding="utf-8"))[-1].steps if step.word == word]
    parts: list[str] = yaml.safe_load(found)
    return parts


@dataclass
class Service:
    """A process that is kept running: how it is started, when it is healthy, and how it is told to end."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    after: Mapping[str, str]
    grace: float
    healthy: Callable[[], bool]
    log: Path
    user: str | None = None
    end: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    statuses: list[int] = field(default_factory=list)

    def start(self) -> None:
        with self.log.open("ab") as log:
            lent = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
            self.process = subprocess.Popen(
                self.command, cwd="/", env=dict(self.environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log, **lent
            )
        self.starts += 1


class Supervisor:
    """Starts services in their order, starts anew what ended, and ends all in the opposite order."""

    def __init__(self, services: list[Service]) -> None:
        self.services = {service.name: service for service in services}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def __enter__(self) -> Supervisor:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _watch(self) -> None:
        """Look after the services, as ``restart: always`` says."""
        healthy: set[str] = set()
        while not self._stopping.is_set():
            for name, service in self.services.items():
                if service.process is None:
                    if all(
                        other in healthy if condition == "service_healthy" else self.services[other].starts
                        for other, condition in service.after.items()
                    ):
                        service.start()
                    continue
                if (status := service.process.poll()) is not None:
                    service.statuses.append(status)
                    service.start()
                elif name not in healthy and "service_healthy" in self._wanted(name) and service.healthy():
                    healthy.add(name)
            self._stopping.wait(0.05)

    def _wanted(self, name: str) -> set[str]:
        return {service.after[name] for service in self.services.values() if name in service.after}

    def wait(self, name: str, within: float = 60) -> None:
        """Wait until a service is healthy."""
        until = time.monotonic() + within
        while not self.services[name].healthy():
            assert time.monotonic() < until, f"{name} does not get healthy: {self.services[name].log.read_text()[-2000:]}"
            time.sleep(0.05)

    def stop(self) -> dict[str, int]:
        """Tell all to end, who needs others first; return their statuses. Whoever takes longer than it may is killed."""
        self._stopping.set()
        self._thread.join()
        found = {}
        for name, service in self._last_first():
            if service.process is None:
                continue
            with suppress(ProcessLookupError):
                service.process.send_signal(service.end)
            try:
                service.process.wait(service.grace)
            except subprocess.TimeoutExpired:
                service.process.kill()
                service.process.wait()
            found[name] = service.process.returncode
            service.process = None
        return found

    def _last_first(self) -> list[tuple[str, Service]]:
        order: list[str] = []
        while len(order) < len(self.services):
            left = {name for name in self.services if name not in order}
            order += sorted(name for name in left if not any(name in self.services[other].after for other in left - {name}))
        return [(name, self.services[name]) for name in order]


# --- what stands in for the images ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ports:
    """Where the services are on this machine."""

    ledger: int
    graph: int
    mechkg: int
    https: int
    http: int

    @classmethod
    def free(cls) -> Ports:
        return cls(*(free_port() for _ in range(5)))

    def on_loopback(self, text: str) -> str:
        """Return a text with the names and ports of services as they are here."""
        for name, port in (("ledger", "5432"), ("graph", "7878"), ("mechkg", "8000")):
            text = re.sub(rf"\b{name}:{port}\b", f"127.0.0.1:{getattr(self, name)}", text)
        return text


def postgresql_programs() -> Path:
    folder = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True).stdout.strip()
    return Path(folder)


def compose(folder: Path, ports: Ports, health: Mapping[str, Callable[[], bool]], *, alone: bool = True) -> list[Service]:
    """Return the services of compose.yaml, with their data in ``folder``, which others have to be able to enter.

    ``alone``: mechkg serves by itself, without a parent that replaces it, for who watches that one process.
    """
    variables = example() | {"MECHKG_HOST": f"localhost:{ports.https}", "MECHKG_LEDGER_PASSWORD": "a%secret/of@this:run"}
    says = filled_in(described(), variables)["services"]
    around = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "TMPDIR": str(folder / "tmp"), "LANG": "C.UTF-8"}
    (folder / "tmp").mkdir()
    (folder / "tmp").chmod(0o1777)

    def service(name: str, command: list[str], more: Mapping[str, str] | None = None, **settings: Any) -> Service:
        said = says[name]
        told = {key: ports.on_loopback(value) for key, value in said.get("environment", {}).items()}
        after = {other: how["condition"] for other, how in said.get("depends_on", {}).items()}
        assert said["restart"] == "always"
        return Service(
            name,
            command,
            around | told | dict(more or {}),
            after,
            seconds(said["stop_grace_period"]),
            health[name],
            folder / f"{name}.log",
            **settings,
        )

    home = folder / "home"
    home.mkdir(mode=0o700)
    mechkg = [*instruction("ENTRYPOINT"), *instruction("CMD")]
    assert mechkg == ["mechkg", "serve", "--host", "0.0.0.0", "--port", "8000", "--workers", "1"]
    arguments = mechkg[1:-2] if alone else mechkg[1:]
    here = {"0.0.0.0": "127.0.0.1", "8000": str(ports.mechkg)}
    graph = [part.replace("0.0.0.0:7878", f"127.0.0.1:{ports.graph}") for part in says["graph"]["command"]]
    graph[graph.index("/data")] = str(folder / "graph")
    return [
        service(
            "ledger",
            _postgresql(folder, ports.ledger, says["ledger"]["environment"], around),
            user=_owner(),
            end=signal.SIGINT,  # as its image says
        ),
        service("graph", [oxigraph_program(), *graph]),
        service(
            "mechkg",
            [sys.executable, "-P", "-m", "mechkg", *(here.get(part, part) for part in arguments)],
            {"MECHKG_HOME": str(home), "FORWARDED_ALLOW_IPS": "127.0.0.1"},
        ),
        service(
            "proxy",
            [shutil.which("caddy") or "caddy", "run", "--config", str(FOLDER / "Caddyfile"), "--adapter", "caddyfile"],
            {
                "XDG_DATA_HOME": str(folder / "certificates"),
                "XDG_CONFIG_HOME": str(folder / "proxy"),
                "MECHKG_HTTP_PORT": str(ports.http),
                "MECHKG_HTTPS_PORT": str(ports.https),
            },
        ),
    ]


def _owner() -> str | None:
    """Return whom the database belongs to: PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return None
    return pwd.getpwnam("postgres").pw_name


def _postgresql(folder: Path, port: int, says: Mapping[str, str], around: Mapping[str, str]) -> list[str]:
    """Make a database as the image does at its first start; return how to serve it."""
    programs, data, socket = postgresql_programs(), folder / "ledger", folder / "socket"
    password = folder / "password"
    password.write_text(says["POSTGRES_PASSWORD"])
    for place in (data, socket):
        place.mkdir(mode=0o700)
    owner = _owner()
    if owner is not None:
        for place in (data, socket, password):
            shutil.chown(place, owner, owner)
    lent: dict[str, Any] = {"user": owner, "group": owner, "extra_groups": []} if owner else {}
    user, database = says["POSTGRES_USER"], says["POSTGRES_DB"]
    make = [programs / "initdb", "-D", data, "-U", user, "--pwfile", password, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]
    make += ["--auth-local=trust", *says["POSTGRES_INITDB_ARGS"].split()]
    subprocess.run(make, cwd="/", env=around, check=True, stdout=subprocess.DEVNULL, **lent)
    alone = [programs / "postgres", "--single", "-D", data, "postgres"]
    subprocess.run(
        alone, cwd="/", env=around, input=f'CREATE DATABASE "{database}"\n', text=True, check=True, capture_output=True, **lent
    )
    # nothing here outlives the run, so nothing need reach the disk
    settings = {"listen_addresses": "127.0.0.1", "fsync": "off", "full_page_writes": "off"}
    serve = [programs / "postgres", "-D", data, "-p", port, "-k", socket]
    return [*map(str, serve), *(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))]
