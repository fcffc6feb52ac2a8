"""The page of the GraphQL explorer: GraphiQL from local files, under a strict content security policy.

The script and the style sheet are built from npm packages by ``make web`` into ``mechkg/web/static/graphiql``; the source is
``mechkg/web/explorer.jsx``. The page loads nothing from any other host.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path

from mechkg.assets import queries_dir, static_dir

_NONCE = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")


@dataclass(frozen=True)
class Example:
    """An operation that the explorer offers: file stem, title, what it is about (may be empty), text."""

    name: str
    title: str
    about: str
    query: str


def examples(folder: Path | None = None) -> list[Example]:
    """Read the example operations ``*.graphql`` of ``folder`` (default: ``queries/examples``), by file name.

    The first comment line of a file is its title, the comment lines that follow at once say what it is about. A file without
    either goes by its name.
    """
    where = folder or queries_dir() / "examples"
    return [_example(file) for file in sorted(where.glob("*.graphql"))]


def _example(file: Path) -> Example:
    text = file.read_text(encoding="utf-8")
    comment = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        comment.append(line.lstrip("#").strip())
    title = comment[0] if comment and comment[0] else file.stem.replace("_", " ").replace("-", " ")
    return Example(name=file.stem, title=title, about=" ".join(comment[1:]).strip(), query=text)


def content_security_policy(nonce: str) -> str:
    """Value of the header ``Content-Security-Policy`` to send with the page that was made with the same ``nonce``.

    Scripts run by nonce alone. The explorer asks this host and no other.
    """
    _check(nonce)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def graphiql_page(endpoint: str, nonce: str, *, static: str = "/static") -> str:
    """HTML of the explorer for the GraphQL endpoint at the path ``endpoint``.

    Args:
        endpoint: path of the GraphQL endpoint on this host, as the browser sees it.
        nonce: a fresh random value per answer, at least 16 characters of base64; give it to :func:`content_security_policy` too.
        static: path under which :func:`mechkg.assets.static_dir` is served.

    Returns:
        The page; where the assets have not been built, a page that says how to build them.

    Raises:
        ValueError: ``nonce`` could not stand in a policy.
    """
    _check(nonce)
    if not (static_dir() / "graphiql" / "explorer.js").is_file():
        return _not_built(endpoint)
    settings = json.dumps({"endpoint": endpoint, "examples": [asdict(example) for example in examples()]})
    # Inside a script element only "<" could end or nest it.
    settings = settings.replace("<", "\\u003c")
    assets = escape(f"{static}/graphiql")
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>mechkg explorer</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{assets}/explorer.css">
</head>
<body>
<div id="explorer"><noscript>The explorer needs JavaScript. The endpoint is {escape(endpoint)}.</noscript></div>
<script id="settings" type="application/json">{settings}</script>
<script type="module" src="{assets}/explorer.js" nonce="{nonce}"></script>
</body>
</html>
"""


def _check(nonce: str) -> None:
    if not _NONCE.fullmatch(nonce):
        raise ValueError("a nonce is at least 16 characters of base64")


def _not_built(endpoint: str) -> str:
    question = json.dumps({"query": "{ __schema { queryType { fields { name description } } } }"})
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>mechkg explorer</title>
<link rel="icon" href="data:,">
</head>
<body>
<h1>mechkg explorer</h1>
<p>The explorer is not built here; the endpoint itself works. To build it, install Node.js 18 or newer with npm, and run this in
the checkout of mechkg; then load this page again:</p>
<pre>make web</pre>
<p>Without it, ask the endpoint <code>{escape(endpoint)}</code> from a shell, for instance what can be asked:</p>
<pre>curl -H 'Content-Type: application/json' -d '{escape(question, quote=False)}' <i>this host</i>{escape(endpoint)}</pre>
</body>
</html>
"""
