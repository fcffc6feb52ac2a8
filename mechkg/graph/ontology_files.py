"""Which files the ontology is made of, and their digest: all that is needed to see whether a graph is up to date with it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from mechkg.assets import ontology_dir


def ontology_files() -> list[Path]:
    """Return the module files of the ontology, in order of name."""
    return sorted(ontology_dir().glob("*.ttl"))


@cache
def ontology_digest() -> str:
    """Return the SHA-256 (hexadecimal) of names and contents of the module files: the stamp of what is derived from them."""
    digest = hashlib.sha256()
    for file in ontology_files():
        content = file.read_bytes()
        # lengths, so that moving text from one file to the next cannot give the same digest
        digest.update(f"{file.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
