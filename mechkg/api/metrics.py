"""Metrics in the form of Prometheus, at ``/metrics``.

They are for who runs mechkg: without more, only this machine may read them (a request that a proxy passes on is none of this
machine). ``MECHKG_METRICS`` is ``local`` (so), ``off`` or ``open``; with ``MECHKG_METRICS_TOKEN_FILE``, or
``MECHKG_METRICS_TOKEN``, whoever shows that token may, from wherever.

Labels come from what is known beforehand (routes, operations that ship with mechkg or that ``MECHKG_OPERATIONS`` names, codes of
errors), so that no caller can make up more of them; what else is asked is counted as ``other``.
"""

from __future__ import annotations

import hmac
import ipaddress
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from mechkg.api.fellows import Fellows
from mechkg.api.response_cache import ResponseCache
from mechkg.api.threads import CountedThreads
from mechkg.api.visit import Visit
from mechkg.errors import BadInputError, ForbiddenError, MechkgError, UnauthenticatedError, nearest
from mechkg.service.workspace import Workspace

disable_created_metrics()  # type: ignore[no-untyped-call]  # when each series began: as many lines again, of which nobody makes use

_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
_PASSED_ON: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_SETTINGS: Final = ("local", "off", "open")
_ALONE: Final = "/metrics?alone=true"


@dataclass(frozen=True, slots=True)
class Door:
    """Who may read the metrics."""

    setting: str = "local"
    token: str | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Door:
        """Return what the variables say; raise BadInputError for what they cannot say.

        >>> Door.read({"MECHKG_METRICS": "off"}).setting
        'off'
        """
        variables = os.environ if environment is None else environment
        setting = variables.get("MECHKG_METRICS", "").strip().lower() or "local"
        if setting not in _SETTINGS:
            close = nearest(setting, _SETTINGS)
            hint = f"did you mean {close}?" if close else f"give {', '.join(_SETTINGS[:-1])} or {_SETTINGS[-1]}"
            raise BadInputError(f"MECHKG_METRICS is '{setting}'", hint=hint)
        token = variables.get("MECHKG_METRICS_TOKEN", "").strip()
        if file := variables.get("MECHKG_METRICS_TOKEN_FILE", "").strip():
            try:
                token = Path(file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise BadInputError(f"MECHKG_METRICS_TOKEN_FILE names {file}, which cannot be read") from error
            if not token:
                raise BadInputError(f"MECHKG_METRICS_TOKEN_FILE names {file}, which is empty")
        return cls(setting, token or None)

    def admit(self, request: Request) -> None:
        """Raise UnauthenticatedError or ForbiddenError for who may not read them."""
        given = request.headers.get("authorization")
        if self.setting == "off":
            raise ForbiddenError("metrics are not told here", hint="MECHKG_METRICS=local lets this machine read them")
        if given is not None and self.token is not None:
            scheme, _, text = given.partition(" ")
            if scheme.lower() == "bearer" and hmac.compare_digest(text.strip().encode(), self.token.encode()):
                return
            raise UnauthenticatedError("this token is not that of the metrics")
        if self.setting == "open" or _is_of_this_machine(request):
            return
        if self.token is not None:
            raise UnauthenticatedError("metrics are for who shows their token", hint="Authorization: Bearer ...")
        raise ForbiddenError("metrics are for this machine alone", hint="MECHKG_METRICS_TOKEN_FILE lets others read them")


def _is_of_this_machine(request: Request) -> bool:
    if any(name in request.headers for name in _PASSED_ON):
        return False
    if request.client is None:  # a local socket
        return True
    try:
        address = ipaddress.ip_address(request.client.host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


class Metrics:
    """What is counted of requests, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._series: dict[tuple[str, str, str], tuple[Counter, Histogram]] = {}
        registry = self.registry
        self._requests = Counter("mechkg_http_requests", "Requests.", ("method", "route", "status"), registry=registry)
        self._seconds = Histogram(
            "mechkg_http_request_seconds",
            "Seconds until a request was answered.",
            ("route",),
            buckets=_BUCKETS,
            registry=registry,
        )
        self._operations = Counter(
            "mechkg_graphql_operations", "GraphQL operations.", ("operation", "kind", "outcome"), registry=registry
        )
        self._operation_seconds = Histogram(
            "mechkg_graphql_operation_seconds",
            "Seconds until an operation was answered.",
            ("operation",),
            buckets=_BUCKETS,
            registry=registry,
        )
        self._errors = Counter("mechkg_errors", "Failures that were told, by their codes.", ("code",), registry=registry)
        self.in_flight = Gauge("mechkg_http_requests_in_flight", "Requests that are being answered.", registry=registry)
        self.sockets = Gauge("mechkg_websockets", "WebSockets that are open.", registry=registry)
        Gauge("mechkg_info", "Version of mechkg.", ("version",), registry=registry).labels(version("mechkg")).set(1)
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        GCCollector(registry=registry)

    def request(self, method: str, route: str, status: int, seconds: float, visit: Visit) -> None:
        """Count a request that was answered."""
        key = method if method in _METHODS else "other", route, str(status)
        series = self._series.get(key)
        if series is None:  # looked up once, which costs more than counting
            series = self._series[key] = self._requests.labels(*key), self._seconds.labels(route)
        series[0].inc()
        series[1].observe(seconds)
        for code in visit.codes:
            self._errors.labels(code).inc()
        if visit.known is not None:
            self.operation(visit.known, visit.kind or "query", seconds, failed=bool(visit.codes))

    def operation(self, known: str, kind: str, seconds: float, *, failed: bool) -> None:
        """Count an operation."""
        self._operations.labels(known, kind, "failed" if failed else "answered").inc()
        if kind != "subscription":  # how long one listens says nothing
            self._operation_seconds.labels(known).observe(seconds)

    def failure(self, code: str) -> None:
        """Count a failure that is no request's."""
        self._errors.labels(code).inc()


class _Workspace(Collector):
    """What is read of the workspace when somebody asks."""

    def __init__(self, workspace: Workspace, answers: ResponseCache, threads: CountedThreads) -> None:
        self._workspace = workspace
        self._answers = answers
        self._threads = threads

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        reachable = 1.0
        try:
            position, settled = self._workspace.ledger.position(), self._workspace.ledger.settled()
            yield GaugeMetricFamily("mechkg_ledger_position", "Position of the last act.", position)
            graph = self._workspace.graph_position
            yield GaugeMetricFamily("mechkg_graph_position", "Position that the graph was derived from.", graph)
            lag = GaugeMetricFamily(
                "mechkg_graph_lag_acts", "Positions between the graph and the last act that changed what counts."
            )
            lag.add_metric([], max(0, settled - graph))
            yield lag
        except MechkgError:
            reachable = 0.0
        yield GaugeMetricFamily("mechkg_ledger_reachable", "Whether ledger and graph can be read.", reachable)
        yield GaugeMetricFamily("mechkg_reasoning_waiting", "Reasoning that waits for a thread.", self._threads.waiting)
        yield GaugeMetricFamily("mechkg_reasoning_running", "Pieces of reasoning in work.", self._threads.running)
        yield CounterMetricFamily("mechkg_kept_answers_found", "GraphQL answers that were given again.", self._answers.found)
        yield GaugeMetricFamily("mechkg_kept_answers", "GraphQL answers that are kept.", len(self._answers))
        yield GaugeMetricFamily("mechkg_kept_answers_bytes", "Bytes that they take.", self._answers.size)


class _Starts(Collector):
    """How often a process was started in the place of this one."""

    def __init__(self, fellows: Fellows) -> None:
        self._fellows = fellows

    def collect(self) -> Iterator[Metric]:
        name, words = "mechkg_worker_starts", "Processes started in this place, the first among them."
        found = GaugeMetricFamily(name, words, labels=["worker"])
        found.add_metric([str(self._fellows.number)], self._fellows.starts)
        yield found


class Together(Collector):
    """The metrics of all processes that answer at one address, with the label ``worker``, and which of them told theirs.

    Each counts for itself, from nothing when it is started, which Prometheus takes for what it is.
    """

    def __init__(self, fellows: Fellows, own: CollectorRegistry) -> None:
        self._fellows = fellows
        self._own = own

    def collect(self) -> Iterator[Metric]:
        """Ask the others, and yield each metric once."""
        answering = GaugeMetricFamily("mechkg_worker_answering", "Whether the process told its metrics.", labels=["worker"])
        found: dict[str, Metric] = {}
        for number in self._fellows.sockets:
            told: Iterable[Metric] = ()
            text = None if number == self._fellows.number else self._fellows.ask(number, _ALONE)
            if number == self._fellows.number:
                told = self._own.collect()
            elif text is not None:
                told = text_string_to_metric_families(text)
            answering.add_metric([str(number)], 1.0 if told else 0.0)
            for metric in told:
                same = found.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
                same.samples += [one._replace(labels={**one.labels, "worker": str(number)}) for one in metric.samples]
        yield from found.values()
        yield answering


def add_metrics(
    app: FastAPI, workspace: Workspace, answers: ResponseCache, threads: CountedThreads, fellows: Fellows | None = None
) -> Metrics:
    """Add ``/metrics``; raise BadInputError when who may read them is not well described.

    With ``fellows``, they are those of all processes that answer at the same address.
    """
    door = Door.read()
    metrics = Metrics()
    metrics.registry.register(_Workspace(workspace, answers, threads))
    if fellows is not None:
        metrics.registry.register(_Starts(fellows))
    together = Together(fellows, metrics.registry) if fellows is not None and fellows.sockets else None

    @app.get("/metrics", include_in_schema=False)
    def told(request: Request, alone: bool = False) -> Response:
        """Return all metrics; ``alone``, those of this process."""
        door.admit(request)
        return Response(
            generate_latest(metrics.registry if together is None or alone else together),
            headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"},
        )

    return metrics
