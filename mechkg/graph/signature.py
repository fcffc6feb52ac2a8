"""Signatures of nanopublications: who holds the key said just this, and nobody changed it since.

A nanopublication carries algorithm, public key and signature in its publication info. Signed is the normal form (see
:mod:`mechkg.graph.trusty`) of all its quads but the one that holds the signature, by SHA-256 with RSA (PKCS #1, v1.5) or DSA,
as https://github.com/Nanopublication/nanopub-java does. The key says who signed only to those who know whose key it is.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mechkg.errors import BadInputError
from mechkg.graph.namespaces import NPX
from mechkg.graph.terms import Quad, Term, iri, literal, literal_parts
from mechkg.graph.trusty import BLANK, normal_form

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_TARGET, _SIGNATURE = iri(NPX + "hasSignatureTarget"), iri(NPX + "hasSignature")
_KEY, _ALGORITHM = iri(NPX + "hasPublicKey"), iri(NPX + "hasAlgorithm")
_LEGACY: Final = iri(NPX + "hasSignatureElement")
_SMALLEST_KEY: Final = 2048


@dataclass(frozen=True, slots=True)
class Signed:
    """What a nanopublication says of its signature.

    ``parts`` are the texts given for signature, key and algorithm; ``covered`` all quads that are signed.
    """

    signature: tuple[str, ...]
    key: tuple[str, ...]
    algorithm: tuple[str, ...]
    covered: tuple[Quad, ...]


def has_signature(quads: Iterable[Quad]) -> bool:
    """Say whether anything in ``quads`` looks like a signature of a nanopublication, in the present way or in an older one."""
    return any(p in (_TARGET, _SIGNATURE, _KEY, _LEGACY) for _, p, _, _ in quads)


def keys_in(quads: Iterable[Quad]) -> set[str]:
    """Return the public keys, in base64, that ``quads`` speak of."""
    return {literal_parts(o)[0] for _, p, o, _ in quads if p == _KEY and o.startswith('"')}


def why_not_valid(name: Term, pubinfo: Term, quads: Sequence[Quad], code: str) -> str | None:
    """Say in words why the signature on the nanopublication ``name`` is not good; None when it is.

    ``pubinfo`` names the graph that holds the signature, ``code`` is the artifact code in the name.
    """
    elements = {s for s, p, o, g in quads if (p, o, g) == (_TARGET, name, pubinfo)}
    if not elements:
        if any(p == _LEGACY for _, p, _, _ in quads):
            return "it is signed in the way in use until 2018 (SHA-1), which proves nothing any more"
        return "it has parts of a signature, and none of them says that it signs this nanopublication"
    if len(elements) > 1:
        return f"it has {len(elements)} signatures; expected one"
    signed = _read(elements.pop(), pubinfo, quads)
    for what, texts in (("signature", signed.signature), ("public key", signed.key), ("algorithm", signed.algorithm)):
        if len(texts) != 1:
            return f"its signature has {len(texts)} literals for the {what}; expected one"
    return _why_not_verified(signed, normal_form(signed.covered, code))


def _read(element: Term, pubinfo: Term, quads: Iterable[Quad]) -> Signed:
    found: dict[Term, list[str]] = {_SIGNATURE: [], _KEY: [], _ALGORITHM: []}
    covered = []
    for quad in quads:
        subject, predicate, object_, graph = quad
        ours = subject == element and graph == pubinfo and predicate in found
        if ours and object_.startswith('"'):
            found[predicate].append(literal_parts(object_)[0])
        if not ours or predicate != _SIGNATURE:
            covered.append(quad)
    return Signed(tuple(found[_SIGNATURE]), tuple(found[_KEY]), tuple(found[_ALGORITHM]), tuple(covered))


def _why_not_verified(signed: Signed, text: str) -> str | None:
    # cryptography takes 50 ms to import, which only those who meet a signature need wait for
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.dsa import DSAPublicKey
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    [signature], [key], [algorithm] = signed.signature, signed.key, signed.algorithm
    if algorithm not in ("RSA", "DSA"):
        return f"its signature is by the algorithm '{algorithm}'; expected RSA or DSA"
    try:
        public = load_der_public_key(base64.b64decode(key, validate=True))
        given = base64.b64decode(signature, validate=True)
    except (ValueError, binascii.Error, UnsupportedAlgorithm) as error:
        return f"its public key or its signature cannot be read: {error}"
    try:
        if isinstance(public, RSAPublicKey) and algorithm == "RSA":
            public.verify(given, text.encode(), PKCS1v15(), SHA256())
        elif isinstance(public, DSAPublicKey) and algorithm == "DSA":
            public.verify(given, text.encode(), SHA256())
        else:
            return f"its public key is not one for {algorithm}"
    except InvalidSignature:
        return "its signature does not fit its content and its key"
    return None


class Signer:
    """A private RSA key, to sign nanopublications with.

    >>> Signer.read("no-such-key.pem")
    Traceback (most recent call last):
    mechkg.errors.BadInputError: the key 'no-such-key.pem' cannot be read: No such file or directory
    """

    def __init__(self, key: RSAPrivateKey) -> None:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        if key.key_size < _SMALLEST_KEY:
            raise BadInputError(f"the key has {key.key_size} bits; to sign, {_SMALLEST_KEY} or more are needed")
        self._key = key
        der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public_key = base64.b64encode(der).decode()

    @classmethod
    def read(cls, where: Path | str) -> Signer:
        """Read a private RSA key without a passphrase from a file, as PEM, DER or the base64 of nanopub tools (``id_rsa``).

        Raises BadInputError.
        """
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

        try:
            content = Path(where).read_bytes()
        except OSError as error:
            raise BadInputError(f"the key '{where}' cannot be read: {error.strerror}") from error
        try:
            if b"-----BEGIN" in content:
                key = load_pem_private_key(content, None)
            elif content.startswith(b"\x30"):
                key = load_der_private_key(content, None)
            else:
                key = load_der_private_key(base64.b64decode(content), None)
        except (ValueError, TypeError) as error:
            raise BadInputError(
                f"'{where}' holds no private key that can be read: {error}",
                hint="make one, without a passphrase: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem",
            ) from error
        if not isinstance(key, RSAPrivateKey):
            raise BadInputError(f"the key in '{where}' is not for RSA")
        return cls(key)

    def sign(self, draft: Sequence[Quad], name: Term, element: Term, pubinfo: Term) -> list[Quad]:
        """Return a draft (see :func:`mechkg.graph.trusty.drafted`) with a signature added.

        ``name`` is that of the nanopublication, ``element`` of the node that holds the signature, ``pubinfo`` of its graph.
        PKCS #1 v1.5 has no chance in it: the same draft and key give the same signature.
        """
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        covered = [
            *draft,
            (element, _TARGET, name, pubinfo),
            (element, _ALGORITHM, literal("RSA"), pubinfo),
            (element, _KEY, literal(self.public_key), pubinfo),
        ]
        signature = self._key.sign(normal_form(covered, BLANK).encode(), PKCS1v15(), SHA256())
        return [*covered, (element, _SIGNATURE, literal(base64.b64encode(signature).decode()), pubinfo)]
