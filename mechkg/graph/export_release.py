"""Write a release: what was accepted at one position of the ledger, as nanopublications in three syntaxes, Turtle and tables.

What earlier releases held and this one takes back is named: older versions by the nanopublications that supersede them, all else
in a file of retractions.

The same release gives the same bytes. Assertions go through one by one, so that memory does not grow with their number.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Final

from mechkg.curation.editions import Edition, Lineage
from mechkg.errors import BadInputError
from mechkg.graph.csv_tables import rows_of, tables
from mechkg.graph.json_ld import CONTEXT, PREFIXES, as_text, graphs_as_json
from mechkg.graph.ontology import definition_of
from mechkg.graph.publish import Accepted, Published, published, retraction
from mechkg.graph.signature import Signer
from mechkg.graph.store import Syntax, write
from mechkg.graph.terms import Quad
from mechkg.literature.spreadsheets import guarded

TRIG: Final = "nanopublications.trig"
N_QUADS: Final = "nanopublications.nq"
JSON_LD: Final = "nanopublications.jsonld"
TURTLE: Final = "assertions.ttl"
RETRACTIONS: Final = "retractions.trig"
TABLES: Final = "csv"
COLUMNS: Final = f"{TABLES}/columns.csv"
MANIFEST: Final = "manifest.json"

FORMAT: Final = 1
"""Version of the layout of a release."""

_README: Final = Path(__file__).with_name("release_readme.md")
# Without np: in TriG, this: and sub: name the nanopublication and what is below it.
_HEADER: Final = {prefix: namespace for prefix, namespace in PREFIXES.items() if prefix != "np"}


@dataclass(frozen=True, slots=True)
class ReleasedFile:
    """A file of a release: its name within the folder, its size, and its SHA-256 in hexadecimal."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a release is: its name, the position of the ledger that it shows, how much it holds, and its files.

    ``key`` is the public key that its nanopublications are signed with, in base64; None when they are not.
    """

    format: int
    release: str
    position: int
    assertions: int
    kinds: dict[str, int]
    quads: int
    key: str | None
    files: tuple[ReleasedFile, ...]


def export_release(
    folder: Path,
    release: str,
    position: int,
    accepted: Iterable[Accepted],
    signer: Signer | None = None,
    lineage: Lineage | None = None,
) -> Manifest:
    """Write the release called ``release``, of what was ``accepted`` at ``position``, into ``folder``, signed by a ``signer``.

    ``accepted`` comes as the ledger gives it, oldest act first; ``lineage`` says what it takes back of earlier releases, whose
    nanopublications are named as those releases hold them when they were signed by the same key, or not signed either. Raises
    BadInputError when the folder is there already: a release does not change. Nothing is left behind when it fails.
    """
    if folder.exists():
        raise BadInputError(
            f"{folder} is there already", hint="a release does not change; give another folder, or remove this one"
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise BadInputError(f"{folder} cannot be made: {error.strerror}", hint="give another folder") from error
    try:
        fresh.chmod(0o755)  # a release is there to be read; a temporary folder is closed to all others
        (fresh / TABLES).mkdir()
        manifest = _write_all(fresh, release, position, accepted, signer, lineage or Lineage())
        fresh.rename(folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return manifest


def _write_all(
    folder: Path, release: str, position: int, accepted: Iterable[Accepted], signer: Signer | None, lineage: Lineage
) -> Manifest:
    names = _Names(signer)
    kinds: Counter[str] = Counter()
    quads = 0
    with ExitStack() as stack:
        files: dict[str, _File] = {}

        def opened(name: str) -> _File:
            files[name] = _File(name, stack.enter_context((folder / name).open("wb")))
            return files[name]

        opened("README.md").write(_README.read_bytes())
        writers: list[_Form] = [_Trig(opened(TRIG)), _NQuads(opened(N_QUADS)), _JsonLd(opened(JSON_LD)), _Turtle(opened(TURTLE))]
        rows = {}
        with_columns = _Rows(opened(COLUMNS), ["table", "column", "meaning"])
        for table in tables(definition_of):
            rows[table.name] = _Rows(opened(f"{TABLES}/{table.name}.csv"), list(table.columns))
            for column, meaning in table.columns.items():
                with_columns.add({"table": table.name, "column": column, "meaning": meaning})
        for record, act in accepted:
            older = names.of(lineage.supersedes.get(record.id, ()))
            made = published(record, act, signer, older)
            kinds[record.kind] += 1
            quads += len(made.quads)
            for writer in writers:
                writer.add(made)
            for name, row in rows_of(record, act, made.name, older):
                rows[name].add(row)
        for writer in writers:
            writer.close()
        retractions = opened(RETRACTIONS)
        retractions.write(_prefixes(_HEADER))
        for gone in lineage.withdrawn:
            [name] = names.of([gone.edition])
            retractions.write(_as_trig(*retraction(name, gone.edition.record.id, gone.act, signer)))
        listed = tuple(file.released() for _, file in sorted(files.items()))
    key = signer.public_key if signer else None
    manifest = Manifest(FORMAT, release, position, kinds.total(), dict(sorted(kinds.items())), quads, key, listed)
    (folder / MANIFEST).write_text(
        json.dumps(asdict(manifest), indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
    )
    return manifest


class _Names:
    """Names under which editions were published, each worked out once."""

    def __init__(self, signer: Signer | None) -> None:
        self._signer = signer
        self._known: dict[int, str] = {}

    def of(self, editions: Sequence[Edition]) -> list[str]:
        """Return the trusty URIs of editions, which tell what these superseded themselves."""
        found: dict[int, Edition] = {}
        waiting = list(editions)
        while waiting:
            edition = waiting.pop()
            if edition.act.position not in self._known:
                found[edition.act.position] = edition
                waiting += edition.supersedes
        for position, edition in sorted(found.items()):  # what is superseded is older
            older = [self._known[old.act.position] for old in edition.supersedes]
            self._known[position] = published(edition.record, edition.act, self._signer, older).name
        return [self._known[edition.act.position] for edition in editions]


@dataclass(slots=True)
class _File:
    """A file on its way out, with the digest of what was written so far."""

    name: str
    out: IO[bytes]
    size: int = 0
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def write(self, content: bytes | str) -> None:
        encoded = content.encode() if isinstance(content, str) else content
        self.out.write(encoded)
        self.digest.update(encoded)
        self.size += len(encoded)

    def released(self) -> ReleasedFile:
        return ReleasedFile(self.name, self.size, self.digest.hexdigest())


# --- forms ------------------------------------------------------------------------------------------------------------


class _Form(ABC):
    """One form of a release, written as its assertions come."""

    def __init__(self, out: _File) -> None:
        self._out = out
        out.write(self.start())

    def start(self) -> str:
        """Return what opens the document."""
        return ""

    @abstractmethod
    def add(self, made: Published) -> None:
        """Write one assertion."""

    def end(self) -> str:
        """Return what closes the document."""
        return ""

    def close(self) -> None:
        """Write the end."""
        self._out.write(self.end())


def _prefixes(prefixes: Mapping[str, str]) -> str:
    return "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in prefixes.items())


def _body(quads: Iterable[Quad], syntax: Syntax, prefixes: Mapping[str, str]) -> bytes:
    """Return quads in a syntax of the Turtle family, without the lines that declare prefixes."""
    return write(quads, syntax, prefixes).split(b"\n", len(prefixes))[-1]


def _as_trig(name: str, quads: Iterable[Quad]) -> bytes:
    """Return a nanopublication as TriG, with the prefixes of its own."""
    own = {"this": name, "sub": f"{name}#"}
    return f"\n{_prefixes(own)}".encode() + _body(quads, "trig", _HEADER | own)


class _Trig(_Form):
    def start(self) -> str:
        return _prefixes(_HEADER)

    def add(self, made: Published) -> None:
        self._out.write(_as_trig(made.name, made.quads))


class _NQuads(_Form):
    def add(self, made: Published) -> None:
        self._out.write(write(made.quads, "n-quads"))


class _JsonLd(_Form):
    _before = ""

    def start(self) -> str:
        return f'{{"@context":{as_text(CONTEXT)},"@graph":['

    def add(self, made: Published) -> None:
        for graph in graphs_as_json(made.quads):
            self._out.write(f"{self._before}\n{as_text(graph)}")
            self._before = ","

    def end(self) -> str:
        return "\n]}\n"


class _Turtle(_Form):
    def start(self) -> str:
        return _prefixes(_HEADER)

    def add(self, made: Published) -> None:
        self._out.write(b"\n" + _body(((*triple, "") for triple in made.said()), "turtle", _HEADER))


class _Rows:
    """A table as CSV (RFC 4180), in which no spreadsheet program finds a formula."""

    def __init__(self, out: _File, columns: list[str]) -> None:
        self._writer = csv.DictWriter(_Encoded(out), columns, restval="")
        self._writer.writeheader()

    def add(self, row: Mapping[str, str]) -> None:
        self._writer.writerow({column: guarded(cell) for column, cell in row.items()})


@dataclass(frozen=True, slots=True)
class _Encoded:
    """What the csv module writes to."""

    out: _File

    def write(self, text: str) -> None:
        self.out.write(text)
