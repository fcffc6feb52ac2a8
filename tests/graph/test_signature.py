"""Signatures: what is signed is seen as signed, and nothing else is."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from mechkg.errors import BadInputError
from mechkg.graph.check_nanopublication import check_nanopublications
from mechkg.graph.namespaces import NPX
from mechkg.graph.signature import Signer
from mechkg.graph.store import read
from mechkg.graph.terms import Quad, literal
from mechkg.graph.trusty import BLANK, drafted, minted, normal_form

BASE = "http://example.org/np/"
DRAFT = drafted(
    read(
        f"""
@prefix : <{BASE}> .
@prefix np: <http://www.nanopub.org/nschema#> .
@prefix dct: <http://purl.org/dc/terms/> .
:head {{ : a np:Nanopublication ; np:hasAssertion :a ; np:hasProvenance :p ; np:hasPublicationInfo :i . }}
:a {{ :x :y 1 . }}
:p {{ :a :z :paper . }}
:i {{ : dct:creator :me ; dct:created "2026" . }}
""".encode(),
        "trig",
    ),
    BASE,
)
NAME, ELEMENT, PUBINFO = f"<{BASE}{BLANK}>", f"<{BASE}{BLANK}#sig>", f"<{BASE}{BLANK}#i>"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def signed(key: rsa.RSAPrivateKey) -> list[Quad]:
    return Signer(key).sign(DRAFT, NAME, ELEMENT, PUBINFO)


def faults(draft: list[Quad]) -> list[str]:
    return [f"{f.code}: {f.message}" for f in check_nanopublications(minted(draft)[1]).findings]


def test_what_is_signed_is_accepted_and_signing_again_gives_the_same(key: rsa.RSAPrivateKey, signed: list[Quad]) -> None:
    code, quads = minted(signed)
    checked = check_nanopublications(quads)
    assert checked.findings == ()
    assert checked.signed == checked.trusty == (BASE + code,)
    assert Signer(key).sign(DRAFT, NAME, ELEMENT, PUBINFO) == signed


def test_a_change_is_noticed_even_under_a_new_name(signed: list[Quad]) -> None:
    changed = [(s, p, o.replace('"1"', '"2"'), g) for s, p, o, g in signed]
    [fault] = faults(changed)
    assert "its signature does not fit its content and its key" in fault


def replaced(signed: list[Quad], predicate: str, text: str) -> list[Quad]:
    return [(s, p, literal(text) if p == f"<{NPX}{predicate}>" else o, g) for s, p, o, g in signed]


@pytest.mark.parametrize(
    ("predicate", "text", "why"),
    [
        ("hasAlgorithm", "MD5", "by the algorithm 'MD5'; expected RSA or DSA"),
        ("hasAlgorithm", "DSA", "its public key is not one for DSA"),
        ("hasPublicKey", "not base64!", "cannot be read"),
        ("hasPublicKey", "QQ==", "cannot be read"),
        ("hasSignature", "****", "cannot be read"),
        ("hasSignature", "QQ==", "does not fit its content"),
    ],
)
def test_a_signature_that_is_no_good(signed: list[Quad], predicate: str, text: str, why: str) -> None:
    [fault] = faults(replaced(signed, predicate, text))
    assert why in fault


@pytest.mark.parametrize(
    ("left_out", "why"),
    [
        ("hasSignature", "has 0 literals for the signature"),
        ("hasPublicKey", "has 0 literals for the public key"),
        ("hasAlgorithm", "has 0 literals for the algorithm"),
        ("hasSignatureTarget", "none of them says that it signs this nanopublication"),
    ],
)
def test_a_signature_that_is_not_complete(signed: list[Quad], left_out: str, why: str) -> None:
    [fault] = faults([quad for quad in signed if quad[1] != f"<{NPX}{left_out}>"])
    assert why in fault


def test_two_signatures_and_the_old_way_are_refused(signed: list[Quad]) -> None:
    twice = [*signed, (f"<{BASE}{BLANK}#other>", f"<{NPX}hasSignatureTarget>", NAME, PUBINFO)]
    assert "it has 2 signatures" in faults(twice)[0]
    old = [*DRAFT, (NAME, f"<{NPX}hasSignatureElement>", ELEMENT, PUBINFO)]
    assert "in the way in use until 2018" in faults(old)[0]


def test_without_a_trusty_uri_a_signature_says_nothing(signed: list[Quad]) -> None:
    plain = [tuple(term.replace(BLANK, "") if term.startswith("<") else term for term in quad) for quad in signed]
    found = check_nanopublications(plain)  # type: ignore[arg-type]
    assert [f.code for f in found.findings] == ["nanopub.not-trusty", "nanopub.signature"]


def test_dsa_is_accepted() -> None:
    key = dsa.generate_private_key(2048)
    public = base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    covered = [*DRAFT, (ELEMENT, f"<{NPX}hasSignatureTarget>", NAME, PUBINFO)]
    covered += [(ELEMENT, f"<{NPX}{p}>", literal(o), PUBINFO) for p, o in (("hasAlgorithm", "DSA"), ("hasPublicKey", public))]
    signature = base64.b64encode(key.sign(normal_form(covered).encode(), SHA256())).decode()
    assert faults([*covered, (ELEMENT, f"<{NPX}hasSignature>", literal(signature), PUBINFO)]) == []


# --- keys -------------------------------------------------------------------------------------------------------------


def test_keys_are_read_in_three_forms(key: rsa.RSAPrivateKey, tmp_path: Path) -> None:
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for content in (der, pem, base64.b64encode(der)):
        (tmp_path / "key").write_bytes(content)
        assert Signer.read(tmp_path / "key").public_key == Signer(key).public_key


def test_a_key_that_is_no_good_is_refused(tmp_path: Path) -> None:
    where = tmp_path / "key"
    where.write_text("nonsense")
    with pytest.raises(BadInputError, match="holds no private key that can be read") as caught:
        Signer.read(where)
    assert "openssl genpkey" in str(caught.value.hint)
    where.write_bytes(dsa.generate_private_key(2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(BadInputError, match="is not for RSA"):
        Signer.read(where)
    with pytest.raises(BadInputError, match="the key has 1024 bits; to sign, 2048 or more are needed"):
        Signer(rsa.generate_private_key(65537, 1024))
