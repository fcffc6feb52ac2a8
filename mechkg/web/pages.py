"""What all pages share: templates, the style sheet, modules of script, the policy, links from IRIs to pages.

A page is a function, a template and a test of one stem: ``sparql_page.py`` has the value that the template
``templates/sparql_page.html`` shows, and nothing but that and the frame reaches the template. Pages work without a script.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from mechkg.web.frame import Frame
from mechkg.web.typeset import formula, prose

ROOT: Final = "https://w3id.org/mechkg/"
"""What IRIs of ours begin with; the rest is the path at which the server answers."""

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""The content security policy of pages: no script within a page, nothing from any other host. JSON-LD in a page is data."""

STYLE: Final = "mechkg.css"
"""The style that all pages share; those of single themes come after it, in the order of their names."""

_HERE: Final = Path(__file__).parent


@cache
def style_sheet() -> bytes:
    """Return the style sheet of all pages."""
    folder = _HERE / "styles"
    rest = sorted(path for path in folder.glob("*.css") if path.name != STYLE)
    return b"\n".join(path.read_bytes() for path in (folder / STYLE, *rest))


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
def scripts() -> dict[str, bytes]:
    """Return our modules of script, by name."""
    return {path.stem: path.read_bytes() for path in sorted((_HERE / "scripts").glob("*.js"))}


@cache
def scripts_folder() -> str:
    """Return where the modules are served: a path that changes with any of them, as they import one another."""
    digest = sha256(b"\0".join(scripts().values())).hexdigest()[:12]
    return f"/scripts/{digest}"


def script_path(name: str) -> str:
    """Return where a module of ours is served; raise KeyError for one that there is not."""
    if name not in scripts():
        raise KeyError(name)
    return f"{scripts_folder()}/{name}.js"


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        auto_reload=False,  # each template would be looked at on the disk for each page
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals.update(style=style_path(), script=script_path, frame=Frame())
    found.filters.update(formula=formula, prose=prose)
    return found


def render(template: str, page: Any, frame: Frame | None = None) -> str:
    """Return a page: a template, filled with the value that it shows, under the name ``page``, in its frame."""
    return _environment().get_template(template).render(page=page, **({} if frame is None else {"frame": frame}))


def data_block(content: str) -> Markup:
    """Return JSON so that it can stand within a script element: only "<" could end or nest it."""
    return Markup(content.replace("<", "\\u003c"))
