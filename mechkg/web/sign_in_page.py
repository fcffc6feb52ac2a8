"""The pages of signing in: plain HTML without a script, under a policy that lets nothing else run."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}"
    "a,button{display:inline-block;font:inherit;padding:.5rem 1rem;margin:.25rem .5rem .25rem 0;border:1px solid #1a1a1a;"
    "border-radius:.3rem;background:#fff;color:inherit;text-decoration:none;cursor:pointer}"
    "a:focus,a:hover,button:focus,button:hover{background:#1a1a1a;color:#fff}code{overflow-wrap:anywhere}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#16181c}a,button{background:#16181c;border-color:#eee}"
    "a:focus,a:hover,button:focus,button:hover{background:#eee;color:#16181c}}"
)


def content_security_policy(nonce: str) -> str:
    """Value of the header ``Content-Security-Policy`` for a page made with the same ``nonce``."""
    return "; ".join(
        ("default-src 'none'", f"style-src 'nonce-{nonce}'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'")
    )


def sign_in_page(ways: Sequence[tuple[str, str]], person: str | None, nonce: str) -> str:
    """Page that offers the ``ways`` to sign in, title and path each; to ``person``, who is signed in, the way out as well."""
    if person is not None:
        out = '<form method="post" action="/sign-out"><button>Sign out</button></form>'
        return _page("Signed in", f'<p>You are signed in as <b>{escape(person)}</b>.</p><p><a href="/">Go on</a></p>{out}', nonce)
    link = (
        "<p>At the machine where mechkg runs, <code>mechkg sign-in-link</code> prints a link that signs you in once. To read, "
        "nobody has to sign in.</p>"
    )
    return _page("Sign in", _links("Sign in with", ways) + link, nonce)


def invitation_page(person: str, ways: Sequence[tuple[str, str]], nonce: str) -> str:
    """Page on which the person invited chooses the account by which to sign in from now on."""
    text = f"<p>This invitation is for <b>{escape(person)}</b>, and serves once.</p>"
    if ways:
        more = "<p>Choose the account by which you will sign in from now on.</p>"
        return _page("Invitation", text + more + _links("Accept with", ways), nonce)
    return _page("Invitation", text + '<form method="post"><button>Accept and sign in</button></form>', nonce)


def _links(words: str, ways: Sequence[tuple[str, str]]) -> str:
    return "".join(f'<p><a href="{escape(path)}">{words} {escape(title)}</a></p>' for title, path in ways)


def _page(title: str, body: str, nonce: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}: mechkg</title>
<link rel="icon" href="data:,">
<style nonce="{escape(nonce)}">{_STYLE}</style>
</head>
<body>
<main><h1>{escape(title)}</h1>
{body}</main>
</body>
</html>
"""
