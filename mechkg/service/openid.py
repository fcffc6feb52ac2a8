"""The only home of Authlib: an account elsewhere is shown to be that of who asks.

The authorisation code flow with PKCE, ``state`` and ``nonce``. All three are made from one secret that only the browser of who
asks keeps, in a cookie, so that an answer meant for another browser does not fit, and nothing need be kept here meanwhile.
OpenID Connect Core 1.0, section 3.1; RFC 6749, 7636 (PKCE), 9207 (issuer of an answer).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client import BaseApp, OAuth2Mixin, OAuthError, OpenIDMixin
from authlib.integrations.httpx_client import OAuth2Client
from joserfc.errors import JoseError

from mechkg.errors import UnauthenticatedError, UnreachableError
from mechkg.service.providers import Provider, is_loopback

_SECONDS = 10.0
"""So long a provider may take for an answer."""

_LEEWAY = 60
"""Seconds by which the clock of a provider may differ from ours."""

_FRESH = 3600.0
"""Seconds after which what a provider says of itself, its keys among it, is asked for again."""

_SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures that only the provider can make. "none" is not among them, nor are those that whoever checks could make as well."""

_ORCID = "https://orcid.org"


@dataclass(frozen=True, slots=True)
class Identity:
    """An account elsewhere: its ``issuer``, the ``subject`` by which the issuer knows it, and how it is called there."""

    issuer: str
    subject: str
    name: str | None = None

    @property
    def orcid(self) -> str | None:
        """The ORCID iD, when it was ORCID that vouched."""
        return self.subject if self.issuer == _ORCID else None


class _App(OAuth2Mixin, OpenIDMixin, BaseApp):  # type: ignore[misc]  # Authlib has no types
    """Authlib's client of one provider, over HTTP by httpx2, which follows no redirection."""

    client_cls = OAuth2Client


class Client:
    """Asks one provider. Threads may share it."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._app: tuple[float, _App] | None = None
        self._says_issuer = False
        """Whether it says that it names itself in each answer (RFC 9207)."""
        self._lock = threading.Lock()

    def url(self, secret: str, back: str) -> str:
        """Return where to send the browser that keeps ``secret``; the provider sends it on to ``back``."""
        asked = {"nonce": derived(secret, "nonce")} if self.provider.kind == "openid" else {}
        with self._asking():
            sent = self._ready().create_authorization_url(
                back, state=derived(secret, "state"), code_verifier=derived(secret, "verifier"), **asked
            )
        return str(sent["url"])

    def identity(self, secret: str, back: str, answer: Mapping[str, str]) -> Identity:
        """Return the account that the provider vouches for in its ``answer`` to the browser that keeps ``secret``.

        Raise UnauthenticatedError when the answer is not for that browser, was used before, or does not hold;
        UnreachableError when the provider cannot be asked.
        """
        if not hmac.compare_digest(derived(secret, "state").encode(), answer.get("state", "").encode()):
            raise self._refused("its answer is not for this browser", hint="begin the sign-in again, in one window")
        if "error" in answer:
            raise self._refused(_reason(answer["error"]))
        if answer.get("iss", self.provider.issuer) != self.provider.issuer:
            raise self._refused("its answer names another issuer")
        if not answer.get("code"):
            raise self._refused("its answer holds no code")
        with self._asking():
            app = self._ready()
            if self._says_issuer and "iss" not in answer:  # RFC 9207, 2.4: it may come from another provider
                raise self._refused("its answer does not name its issuer")
            token = app.fetch_access_token(
                back, code=answer["code"], code_verifier=derived(secret, "verifier"), grant_type="authorization_code"
            )
            return self._github(app, token) if self.provider.kind == "github" else self._openid(app, token, secret)

    def _openid(self, app: _App, token: Mapping[str, Any], secret: str) -> Identity:
        if not token.get("id_token"):
            raise self._refused("its answer holds no identity")
        claims = app.parse_id_token(
            token,
            nonce=derived(secret, "nonce"),
            claims_options={
                "iss": {"essential": True, "value": self.provider.issuer},
                "aud": {"essential": True, "value": self.provider.client_id},
                "sub": {"essential": True},
            },
            leeway=_LEEWAY,
        )
        return Identity(self.provider.issuer, str(claims["sub"]), _name(claims.get("name")))

    def _github(self, app: _App, token: Mapping[str, Any]) -> Identity:
        answer = app.get("user", token=dict(token), headers={"Accept": "application/vnd.github+json"})
        answer.raise_for_status()
        account = answer.json()
        # the number stays when the login is changed, and is never given to another account
        if not isinstance(account, dict) or not isinstance(account.get("id"), int):
            raise self._refused("its answer holds no identity")
        return Identity(self.provider.issuer, str(account["id"]), _name(account.get("login")))

    # --- what the provider says of itself

    def _ready(self) -> _App:
        with self._lock:
            if self._app is None or time.monotonic() - self._app[0] > _FRESH:
                describe = self._github_endpoints if self.provider.kind == "github" else self._discovered
                self._app = (time.monotonic(), self._make(**describe()))
            return self._app[1]

    def _make(self, **endpoints: Any) -> _App:
        scope = "openid" if self.provider.kind == "openid" else "read:user"
        by = endpoints.pop("token_endpoint_auth_method", "client_secret_basic")
        return _App(
            None,
            name=self.provider.name,
            client_id=self.provider.client_id,
            client_secret=self.provider.client_secret,
            client_kwargs={
                "scope": scope,
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": by,
                "timeout": _SECONDS,
                "follow_redirects": False,
            },
            user_agent="mechkg",
            **endpoints,
        )

    def _discovered(self) -> dict[str, Any]:
        """Ask the issuer for its endpoints, and take those alone (OpenID Connect Discovery 1.0, section 4)."""
        where = self.provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
        answer = httpx2.get(where, timeout=_SECONDS, follow_redirects=False)
        answer.raise_for_status()
        told = answer.json()
        if not isinstance(told, dict) or told.get("issuer") != self.provider.issuer:
            raise UnreachableError(f"{self.provider.title} calls itself otherwise than '{self.provider.issuer}'")
        found = {key: str(told.get(key, "")) for key in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
        for key, url in found.items():
            parts = urlsplit(url)
            if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
                raise UnreachableError(f"{self.provider.title} names no {key} that can be trusted")
        signed = [name for name in told.get("id_token_signing_alg_values_supported", ("RS256",)) if name in _SIGNED]
        if not signed:
            raise UnreachableError(f"{self.provider.title} does not sign its answers in a way that can be trusted")
        ways = told.get("token_endpoint_auth_methods_supported", ("client_secret_basic",))
        by = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
        self._says_issuer = told.get("authorization_response_iss_parameter_supported") is True
        keys = {"issuer": self.provider.issuer, "id_token_signing_alg_values_supported": signed}
        return {**found, **keys, "token_endpoint_auth_method": by}

    def _github_endpoints(self) -> dict[str, Any]:
        """Endpoints of GitHub, or of a GitHub Enterprise server, which has its programming interface under /api/v3."""
        base = self.provider.issuer.rstrip("/")
        api = "https://api.github.com/" if base == "https://github.com" else f"{base}/api/v3/"
        return {
            "authorize_url": f"{base}/login/oauth/authorize",
            "access_token_url": f"{base}/login/oauth/access_token",
            "api_base_url": api,
            "token_endpoint_auth_method": "client_secret_post",
        }

    # --- failures

    def _refused(self, why: str, hint: str = "sign in again") -> UnauthenticatedError:
        return UnauthenticatedError(f"{self.provider.title} did not confirm who you are: {why}", hint=hint)

    def _asking(self) -> _Asking:
        return _Asking(self)


class _Asking:
    """Turns what can go wrong on the way into our errors, which repeat neither secrets nor the words of a stranger."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        title = self._client.provider.title
        if isinstance(error, OAuthError | JoseError):
            raise self._client._refused(_reason(error.error or "")) from None
        if isinstance(error, httpx2.HTTPStatusError):
            raise UnreachableError(f"{title} answers with HTTP {error.response.status_code}") from None
        if isinstance(error, httpx2.HTTPError):
            raise UnreachableError(f"{title} cannot be reached", hint="try again later") from None
        if isinstance(error, ValueError | KeyError | TypeError):
            raise UnreachableError(f"{title} gives an answer that cannot be read") from None


def derived(secret: str, use: str) -> str:
    """Return what a browser's secret gives for one use: 43 letters, from which neither it nor another use can be told."""
    digest = hmac.digest(secret.encode(), use.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _reason(code: str) -> str:
    """Return an error code in words; anything else that comes in its place is not passed on to the reader."""
    return code.replace("_", " ") if re.fullmatch(r"[a-z_]{1,40}", code) else "it gives no reason"


def _name(text: object) -> str | None:
    return text[:80] if isinstance(text, str) and text.isprintable() and text.strip() else None
