"""What all pages share: templates, the style sheet, the policy, links from IRIs to pages.

A page is a function, a template and a test of one stem: ``sparql_page.py`` has the value that the template
``templates/sparql_page.html`` shows, and nothing else reaches the template. Pages work without a script.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from mechkg.web.typeset import formula

ROOT: Final = "https://w3id.org/mechkg/"
"""What IRIs of ours begin with; the rest is the path at which the server answers."""

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""The content security policy of pages: no script, nothing from any other host. JSON-LD in a page is data, not script."""

STYLE: Final = "mechkg.css"

_HERE: Final = Path(__file__).parent


@cache
def style_sheet() -> bytes:
    """Return the style sheet of all pages."""
    return (_HERE / "styles" / STYLE).read_bytes()


@cache
def style_path() -> str:
    """Return where the style sheet is served: a path that changes with its content."""
    return f"/styles/{sha256(style_sheet()).hexdigest()[:12]}.css"


def path_of(iri: str) -> str | None:
    """Return the path at which this server answers for an IRI; None for one that is not ours.

    >>> path_of("https://w3id.org/mechkg/id/step-1"), path_of("http://example.org/")
    ('/id/step-1', None)
    """
    return f"/{iri.removeprefix(ROOT)}" if iri.startswith(ROOT) else None


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["style"] = style_path()
    found.filters["formula"] = formula
    return found


def render(template: str, page: Any, **more: Any) -> str:
    """Return a page: a template, filled with the value that it shows, under the name ``page``."""
    return _environment().get_template(template).render(page=page, **more)


def data_block(content: str) -> Markup:
    """Return JSON so that it can stand within a script element: only "<" could end or nest it."""
    return Markup(content.replace("<", "\\u003c"))
