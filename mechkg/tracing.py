"""Spans of OpenTelemetry, for whoever collects them.

Where nobody does, a span costs a look-up: the library is not loaded for it. Whoever wants spans has told it where to send them,
be it :func:`start` (for a server, by the standard variables ``OTEL_*``) or a program that has mechkg embedded.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from importlib.metadata import version
from typing import Any, Final

from mechkg.errors import MissingExtraError

_NOBODY: Final = nullcontext()
_WHERE: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


def collected() -> bool:
    """Say whether somebody collects spans."""
    return _library() is not None


def _library() -> Any:
    """Return the library where somebody collects spans, else None; others may have loaded it for nobody."""
    trace: Any = sys.modules.get("opentelemetry.trace")
    if trace is None or isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return None
    return trace


def span(name: str, attributes: Mapping[str, str | int | float | bool] | None = None) -> AbstractContextManager[Any]:
    """Let what the block does be a span, below the one that is open; it is given the block, None where nobody collects spans.

    Texts of queries and their variables do not belong into ``attributes``: they hold what people wrote.
    """
    trace = _library()
    if trace is None:
        return _NOBODY
    found: AbstractContextManager[Any] = trace.get_tracer("mechkg").start_as_current_span(name, attributes=attributes)
    return found


def served(name: str, headers: Mapping[str, str]) -> AbstractContextManager[Any]:
    """Let the block be the span of a request, below that of who sent it (``traceparent``), as :func:`span` does."""
    if not collected():
        return _NOBODY
    from opentelemetry import propagate, trace

    given = propagate.extract(headers)
    return trace.get_tracer("mechkg").start_as_current_span(name, context=given, kind=trace.SpanKind.SERVER)


def start() -> Callable[[], None]:
    """Send spans to where the variables ``OTEL_*`` say, if they do; return what sends the last of them and ends that.

    Raise MissingExtraError when they do and the extra ``observe`` is not installed.
    """
    wanted = any(os.environ.get(name) for name in _WHERE) and os.environ.get("OTEL_TRACES_EXPORTER", "otlp") != "none"
    if not wanted or os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return lambda: None
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            "to send traces, the extra 'observe' is needed",
            hint="pip install 'mechkg[observe]', or unset OTEL_EXPORTER_OTLP_ENDPOINT",
        ) from error
    about = {"service.name": os.environ.get("OTEL_SERVICE_NAME", "mechkg"), "service.version": version("mechkg")}
    provider = TracerProvider(resource=Resource.create(about))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider.shutdown
