"""Who may vouch for people: the providers of accounts elsewhere, as this installation names them.

They come from ``sign-in.toml`` in the home folder (or the file that ``MECHKG_SIGN_IN`` names) ::

    [orcid]
    client_id = "APP-..."
    client_secret_file = "/run/secrets/orcid"

    [institute]
    title = "Our institute"
    issuer = "https://login.example.org"
    client_id = "mechkg"
    client_secret = "..."

and from variables, for those that need no more: ``MECHKG_ORCID_CLIENT_ID``, ``MECHKG_GITHUB_CLIENT_SECRET_FILE``, and so on; a
provider of one's own is ``MECHKG_OPENID_ISSUER``, ``MECHKG_OPENID_CLIENT_ID``, ...
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from mechkg.errors import BadInputError, nearest

_FIELDS = ("kind", "title", "issuer", "client_id", "client_secret", "client_secret_file")
_NAME = re.compile(r"[a-z0-9][a-z0-9\-]{0,29}")
_KNOWN: dict[str, dict[str, str]] = {
    "orcid": {"kind": "openid", "title": "ORCID", "issuer": "https://orcid.org"},
    "github": {"kind": "github", "title": "GitHub", "issuer": "https://github.com"},
    "openid": {},
}
"""Providers of which only the client's name and secret need be given, and the one that variables can describe."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider: OpenID Connect at its ``issuer``, or GitHub, whose own way of OAuth 2 has no signed answer."""

    name: str
    title: str
    kind: Literal["openid", "github"]
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


def read_providers(home: Path | None = None, environment: Mapping[str, str] | None = None) -> dict[str, Provider]:
    """Return the providers by name, those of the file first; raise BadInputError, without any secret, for what cannot be read."""
    variables = os.environ if environment is None else environment
    found: dict[str, Provider] = {}
    file = Path(variables["MECHKG_SIGN_IN"]) if "MECHKG_SIGN_IN" in variables else home / "sign-in.toml" if home else None
    if file is not None and (file.exists() or "MECHKG_SIGN_IN" in variables):
        for name, given in _tables(file).items():
            found[name] = _provider(name, given, f"[{name}] in {file}")
    for name in _KNOWN:
        prefix = f"MECHKG_{name.upper()}_"
        if given := {f: variables[prefix + f.upper()] for f in _FIELDS if variables.get(prefix + f.upper())}:
            found[name] = _provider(name, given, f"the variables {prefix}...")
    return found


def is_loopback(host: str | None) -> bool:
    """Say whether a host is this machine, where no one listens on the way."""
    return host in ("localhost", "::1") or bool(host and re.fullmatch(r"127\.\d+\.\d+\.\d+", host))


def _tables(file: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInputError(f"{file} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        # what it says of the place is of use; the line itself may hold a secret
        place = re.search(r"line \d+", str(error))
        raise BadInputError(f"{file} is no TOML{f', {place[0]}' if place else ''}") from None
    for name, given in found.items():
        if not isinstance(given, dict):
            raise BadInputError(f"'{name}' in {file} stands alone", hint="write each provider as a table: [name]")
    return found


def _provider(name: str, given: Mapping[str, Any], where: str) -> Provider:
    if not _NAME.fullmatch(name):
        raise BadInputError(f"'{name}' is no name for a provider", hint="lower-case letters, digits and hyphens, at most 30")
    for key, value in given.items():
        if key not in _FIELDS:
            close = nearest(key, _FIELDS)
            hint = f"did you mean '{close}'?" if close else f"known are {', '.join(_FIELDS)}"
            raise BadInputError(f"{where}: there is no field '{key}'", hint=hint)
        if not isinstance(value, str) or not value.strip():
            raise BadInputError(f"{where}: '{key}' is to be a text")
    values = {**_KNOWN.get(name, {}), **given}
    if "client_secret" in given and "client_secret_file" in given:
        raise BadInputError(f"{where}: give client_secret or client_secret_file, not both")
    if "client_secret_file" in values:
        values["client_secret"] = _secret(Path(values["client_secret_file"]), where)
    for key in ("issuer", "client_id", "client_secret"):
        if not values.get(key):
            raise BadInputError(
                f"{where}: '{key}' is missing", hint="the provider gives it to you when you register mechkg there"
            )
    kind = values.get("kind", "openid")
    if kind not in ("openid", "github"):
        raise BadInputError(f"{where}: there is no kind '{kind}'", hint="openid or github")
    issuer = urlsplit(values["issuer"])
    if issuer.scheme != "https" and not (issuer.scheme == "http" and is_loopback(issuer.hostname)):
        raise BadInputError(f"{where}: the issuer '{values['issuer']}' is not https://", hint="only this machine may go without")
    return Provider(name, values.get("title", name), kind, values["issuer"], values["client_id"], values["client_secret"])


def _secret(file: Path, where: str) -> str:
    try:
        found = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{where}: the file of the secret, {file}, cannot be read") from error
    if not found:
        raise BadInputError(f"{where}: the file of the secret, {file}, is empty")
    return found
