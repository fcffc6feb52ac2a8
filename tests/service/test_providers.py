"""Providers are read from a file and from variables, mistakes are named with their place, and secrets are not shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from mechkg.errors import BadInputError
from mechkg.service.providers import read_providers

SECRET = "do-not-show-me"


def test_without_file_and_variables_there_are_none(tmp_path: Path) -> None:
    assert read_providers(tmp_path, {}) == {} == read_providers(None, {"PATH": "/bin"})


def test_file_and_variables(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    (tmp_path / "sign-in.toml").write_text(
        f'[orcid]\nclient_id = "APP-1"\nclient_secret_file = "{tmp_path / "secret"}"\n'
        '[institute]\ntitle = "Our institute"\nissuer = "https://login.example.org/"\nclient_id = "m"\nclient_secret = "s"\n'
    )
    variables = {"MECHKG_GITHUB_CLIENT_ID": "g", "MECHKG_GITHUB_CLIENT_SECRET": SECRET, "MECHKG_ORCID_TITLE": ""}
    found = read_providers(tmp_path, variables)
    assert [(p.name, p.title, p.kind, p.issuer, p.client_id) for p in found.values()] == [
        ("orcid", "ORCID", "openid", "https://orcid.org", "APP-1"),
        ("institute", "Our institute", "openid", "https://login.example.org/", "m"),
        ("github", "GitHub", "github", "https://github.com", "g"),
    ]
    assert found["orcid"].client_secret == found["github"].client_secret == SECRET
    assert SECRET not in repr(found)
    own = {"MECHKG_OPENID_ISSUER": "http://localhost:9000", "MECHKG_OPENID_CLIENT_ID": "c", "MECHKG_OPENID_CLIENT_SECRET": "s"}
    assert read_providers(None, own)["openid"].issuer == "http://localhost:9000"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[orcid\n", "is no TOML, line 1"),
        (f'[orcid]\nclient_id = "a"\nclient_secret = "{SECRET}\n', "is no TOML"),
        ('title = "x"\n', "'title' in .* stands alone"),
        ('[orcid]\nclient_idd = "a"\n', r"\[orcid\] in .*: there is no field 'client_idd' \(did you mean 'client_id'\?\)"),
        ("[orcid]\nclient_id = 1\n", "'client_id' is to be a text"),
        (f'[orcid]\nclient_secret = "{SECRET}"\n', "'client_id' is missing"),
        ('[orcid]\nclient_id = "a"\n', "'client_secret' is missing"),
        (f'[orcid]\nclient_id = "a"\nclient_secret = "{SECRET}"\nclient_secret_file = "x"\n', "not both"),
        ('[orcid]\nclient_id = "a"\nclient_secret_file = "/no/such/file"\n', "/no/such/file, cannot be read"),
        (f'[x]\nkind = "saml"\nissuer = "https://a"\nclient_id = "a"\nclient_secret = "{SECRET}"\n', "no kind 'saml'"),
        (f'[x]\nissuer = "http://a.example"\nclient_id = "a"\nclient_secret = "{SECRET}"\n', "is not https://"),
        (f'[x]\nissuer = "http://127.0.0.1.evil.example"\nclient_id = "a"\nclient_secret = "{SECRET}"\n', "is not https://"),
        (f'["a/b"]\nissuer = "https://a"\nclient_id = "a"\nclient_secret = "{SECRET}"\n', "no name for a provider"),
    ],
)
def test_mistakes_are_named_and_secrets_are_not(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "sign-in.toml").write_text(text)
    with pytest.raises(BadInputError, match=words) as caught:
        read_providers(tmp_path, {})
    assert SECRET not in str(caught.value)


def test_a_file_that_is_named_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be read"):
        read_providers(tmp_path, {"MECHKG_SIGN_IN": str(tmp_path / "none.toml")})
    with pytest.raises(BadInputError, match=r"the variables MECHKG_ORCID_\.\.\.: 'client_secret' is missing"):
        read_providers(tmp_path, {"MECHKG_ORCID_CLIENT_ID": "a"})
