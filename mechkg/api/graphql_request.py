"""What a GraphQL request over HTTP says, read from its method, headers, address and body (GraphQL over HTTP, draft of 2025)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import parse_qsl

import orjson
from starlette.datastructures import Headers

from mechkg.api.graphql_errors import RequestError

Answered = Literal["application/graphql-response+json", "application/json", "text/event-stream"]
"""Media types of answers."""

_JSON: Final = "application/json"
_OFFERED: Final[tuple[Answered, ...]] = (_JSON, "application/graphql-response+json", "text/event-stream")
"""The first that is acceptable is preferred where the caller has no preference."""


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """One request: which operation, with which variables."""

    query: str | None
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)
    document_id: str | None = None
    by_get: bool = False


def wants_page(method: str, headers: Headers, query_string: bytes) -> bool:
    """Say whether this is a browser that opens the address, and no request of a program."""
    return method in ("GET", "HEAD") and not query_string and "text/html" in headers.get("accept", "")


def negotiate(accept: str | None) -> Answered:
    """Return the media type to answer in; raise RequestError for callers that accept none of ours.

    >>> negotiate("*/*"), negotiate("application/json;q=0.5, application/graphql-response+json")
    ('application/json', 'application/graphql-response+json')
    """
    if accept is None or not accept.strip():
        return _JSON
    best: tuple[float, int] = (0.0, 0)
    found: Answered | None = None
    weights = _weights(accept)
    for rank, offer in enumerate(_OFFERED):
        weight = _weight(weights, offer)
        if weight > 0 and (weight, -rank) > best and (offer != "text/event-stream" or offer in weights):
            best, found = (weight, -rank), offer
    if found is None:
        hint = f"accept one of {', '.join(_OFFERED)}"
        raise RequestError.of("graphql.not-acceptable", f"answers are not given as {accept}", hint)
    return found


def _weights(accept: str) -> dict[str, float]:
    """Return range -> quality of a header ``Accept`` (RFC 9110, 12.5.1)."""
    found: dict[str, float] = {}
    for one in accept.split(","):
        name, *parameters = (part.strip().lower() for part in one.split(";"))
        values = dict(parameter.partition("=")[::2] for parameter in parameters)
        if values.get("charset", "utf-8").strip('"') not in ("utf-8", "utf8"):
            continue
        try:
            found[name] = min(1.0, max(0.0, float(values.get("q", "1"))))
        except ValueError:
            found[name] = 0.0
    return found


def _weight(weights: Mapping[str, float], offer: str) -> float:
    kind = offer.partition("/")[0]
    return next((weights[name] for name in (offer, f"{kind}/*", "*/*") if name in weights), 0.0)


def read_get(query_string: bytes) -> GraphQLRequest:
    """Return the request in an address; raise RequestError when it cannot be read."""
    try:
        given: dict[str, Any] = dict(
            parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
        )
    except ValueError:
        raise RequestError.of("graphql.request", "the parameters in the address cannot be read") from None
    for name in ("variables", "extensions"):
        if name in given:
            given[name] = _loads(given[name].encode(), name) if given[name] else None
    return _request(given, by_get=True)


def read_post(content_type: str | None, body: bytes) -> GraphQLRequest:
    """Return the request in a body; raise RequestError when it cannot be read."""
    kind, *parameters = (part.strip().lower() for part in (content_type or "").split(";"))
    if kind != _JSON:
        said = f"of the type {kind}" if kind else "without a type"
        raise RequestError.of("graphql.media-type", f"a body {said} is not read here", "send Content-Type: application/json")
    charset = dict(parameter.partition("=")[::2] for parameter in parameters).get("charset", "utf-8").strip('"')
    if charset not in ("utf-8", "utf8"):
        raise RequestError.of("graphql.media-type", f"JSON in {charset} is not read here", "send it as UTF-8")
    given = _loads(body, "body")
    if isinstance(given, list):
        raise RequestError.of("graphql.request", "one request asks one operation", "an operation may have several fields")
    if not isinstance(given, dict):
        raise RequestError.of("graphql.request", "the body is to be an object with a field 'query'")
    return _request(given, by_get=False)


def _loads(text: bytes, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise RequestError.of("graphql.request", f"the {what} is no JSON: {error}") from None


def _request(given: Mapping[str, Any], *, by_get: bool) -> GraphQLRequest:
    return GraphQLRequest(
        query=_typed(given, "query", str, "a text"),
        operation_name=_typed(given, "operationName", str, "a text") or None,
        variables=_typed(given, "variables", dict, "an object") or {},
        extensions=_typed(given, "extensions", dict, "an object") or {},
        document_id=_typed(given, "documentId", str, "a text") or None,
        by_get=by_get,
    )


def _typed(given: Mapping[str, Any], name: str, kind: type, said: str) -> Any:
    value = given.get(name)
    if value is not None and not isinstance(value, kind):
        raise RequestError.of("graphql.request", f"'{name}' is to be {said}, or null")
    return value
