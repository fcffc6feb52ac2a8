"""What was worked out of a hypothesis space is kept in the home folder, so that the next command need not work it out again.

Facts, names, rules and ground programs are derived: nothing is lost when the folder is removed. Each file is named by a digest of
all that its content was derived from: the ledger up to the last act that changed what counts, the code, the queries, the ontology
and the rules, Python and the packages that are installed. Nothing can therefore be out of date; what was made from something else
is not found. A file that is not what was written is passed over, and written anew.

Answers are not kept: each is worked out when it is asked for.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mechkg.assets import ontology_dir, queries_dir, rules_dir

if TYPE_CHECKING:
    # loaded by what makes use of it: a file is found or not without them
    from collections.abc import Iterator, Mapping

    from mechkg.reasoning.facts import Facts
    from mechkg.reasoning.labels import Labels
    from mechkg.reasoning.problem import Problem
    from mechkg.reasoning.program import GroundProgram
    from mechkg.reasoning.rulebook import Rulebook

    Stored = Mapping[str, Any]

FOLDER = "kept"
"""Where it is, in the home folder."""

MOST_BYTES = 64 << 20
"""So much is kept; what has not been used for longest goes first. A space takes up to 2 MB."""

_ABANDONED = 3600.0
"""Seconds after which a file that nobody finished writing is removed."""

_NEW = ".new"
_ENGINES = ("clingo", "pyoxigraph")
_CODE = ("curation", "graph", "literature", "model", "reasoning", "service")
_HEAD = b"mechkg kept 1\n"
_DIGEST = hashlib.sha256().digest_size


class Kept:
    """A folder of values by name, each checked when it is read. Threads and processes may share it.

    A folder that cannot be read or written keeps nothing; that is no error.
    """

    def __init__(self, folder: Path, most: int = MOST_BYTES) -> None:
        self.folder = folder
        self._most = most

    def get(self, name: str) -> Any:
        """Return the value called ``name``; None when there is none, or when the file is not what was written."""
        content = self._content(name)
        if content is None:
            return None
        with suppress(OSError):
            os.utime(self.folder / name)  # used now, and not the first to go
        return marshal.loads(content)

    def _content(self, name: str) -> memoryview | None:
        try:
            content = (self.folder / name).read_bytes()
        except OSError:
            return None
        start = len(_HEAD) + _DIGEST
        whole = memoryview(content)[start:]
        return whole if content[:start] == _HEAD + _sum(name, whole) else None

    def __contains__(self, name: str) -> bool:
        """Say whether there is a file of that name that is what was written."""
        return self._content(name) is not None

    def put(self, name: str, value: Any) -> None:
        """Keep plain values under ``name``: whoever reads finds all of them or nothing."""
        written = marshal.dumps(value)
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(suffix=_NEW, dir=self.folder, delete=False) as file:  # for this user alone to read
                unfinished = Path(file.name)
                try:
                    file.write(_HEAD + _sum(name, written) + written)
                    file.flush()
                    unfinished.replace(self.folder / name)
                except BaseException:
                    unfinished.unlink()
                    raise
            self._make_room()

    def _make_room(self) -> None:
        """Remove what has not been used for longest as long as there is too much, and what nobody finished writing."""
        found = []
        for path in self.folder.iterdir():
            with suppress(OSError):  # another process was faster
                state = path.stat()
                if path.suffix != _NEW:
                    found.append((state.st_mtime, state.st_size, path))
                elif time.time() - state.st_mtime > _ABANDONED:
                    path.unlink()
        left = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if left <= self._most:
                return
            left -= size
            with suppress(OSError):
                path.unlink()


def forget(home: Path) -> None:
    """Remove all that is kept in a home."""
    shutil.rmtree(home / FOLDER, ignore_errors=True)


def _sum(name: str, content: bytes | memoryview) -> bytes:
    digest = hashlib.sha256(f"{name}\n".encode())
    digest.update(content)
    return digest.digest()


class KeptSpace(NamedTuple):
    """A hypothesis space that was kept, and its assumptions as they stand in the ledger."""

    problem: Problem
    assumptions: Mapping[str, Stored]


class KeptSpaces:
    """What is kept of the hypothesis spaces of one state of a ledger: ``ledger`` is the digest of its last act that changed what
    counts.
    """

    def __init__(self, home: Path, ledger: str) -> None:
        self.ledger = ledger
        self._kept = Kept(home / FOLDER)
        self._made_by = made_by()

    def space(self, space: str, version: int) -> KeptSpace | None:
        """Return the hypothesis space with this id as it stood at ``version`` of the ledger; None when it is not kept."""
        found = self._get("space", self.ledger, space)
        rules, names = (self._get("rules"), self._get("names", self.ledger)) if found is not None else (None, None)
        if found is None or rules is None or names is None:
            return None
        from mechkg.model.hypothesis import HypothesisSpace
        from mechkg.reasoning.plain import read, read_plain_facts
        from mechkg.reasoning.problem import Problem

        body, assumptions, plain_facts, digest = found
        facts, labels, rulebook = read_plain_facts(plain_facts), read(names), read(rules)
        value, grounder = HypothesisSpace.model_validate(body), _Grounder(self, rulebook, facts, digest)
        backing = {name: stored["backing"] for name, stored in assumptions.items()}
        return KeptSpace(Problem(value, facts, labels.within(space), version, rulebook, backing, grounder), assumptions)

    def keep(self, problem: Problem, space: Stored, assumptions: Mapping[str, Stored], labels: Labels) -> Problem:
        """Keep a problem under the shipped rules, with its space and assumptions as they stand in the ledger, and all names.

        Return it so that its ground program is looked up here, and kept. A program is good for every state with the same facts.
        """
        if not self._unchanged():
            return problem
        from mechkg.reasoning.plain import plain, plain_facts

        digest = hashlib.sha256("\n".join(sorted(map(str, problem.facts.atoms))).encode()).hexdigest()
        self._put(plain(problem.rulebook), "rules")
        self._put(plain(labels), "names", self.ledger)
        content = (dict(space), {name: dict(stored) for name, stored in assumptions.items()}, plain_facts(problem.facts), digest)
        self._put(content, "space", self.ledger, problem.space.id)
        return replace(problem, grounder=_Grounder(self, problem.rulebook, problem.facts, digest))

    def program(self, facts: str) -> GroundProgram | None:
        """Return the ground program of the shipped rules over the facts with this digest; None when it is not kept."""
        found = self._get("program", facts)
        if found is None:
            return None
        from mechkg.reasoning.plain import read_plain_program

        return read_plain_program(found)

    def keep_program(self, facts: str, program: GroundProgram) -> None:
        """Keep the ground program of the shipped rules over the facts with this digest."""
        if self._unchanged():
            from mechkg.reasoning.plain import plain_program

            self._put(plain_program(program), "program", facts)

    def _unchanged(self) -> bool:
        """Say whether the files that this process runs by are still those that it started with."""
        return self._made_by is not None and _digest_as_they_are() == self._made_by

    def _name(self, kind: str, *derived_from: str) -> str:
        return f"{kind}-{hashlib.sha256(repr((self._made_by, *derived_from)).encode()).hexdigest()}"

    def _get(self, kind: str, *derived_from: str) -> Any:
        return self._kept.get(self._name(kind, *derived_from)) if self._made_by is not None else None

    def _put(self, value: Any, kind: str, *derived_from: str) -> None:
        name = self._name(kind, *derived_from)
        if name not in self._kept:
            self._kept.put(name, value)


@dataclass(frozen=True)
class _Grounder:
    """Grounds the rules over the facts that it was made for from what is kept; over others, which somebody tries, by clingo."""

    kept: KeptSpaces
    rulebook: Rulebook
    facts: Facts
    digest: str

    def __call__(self, rulebook: Rulebook, facts: Facts) -> GroundProgram:
        from mechkg.reasoning.problem import ground

        if rulebook is not self.rulebook or facts is not self.facts:
            return ground(rulebook, facts)
        program = self.kept.program(self.digest)
        if program is None:
            program = ground(rulebook, facts)
            self.kept.keep_program(self.digest, program)
        return program


# --- what made it ---------------------------------------------------------------------------------------------------------


@cache
def made_by() -> str | None:
    """Return the digest of the files that this process started with; None when they cannot be told, and nothing is kept."""
    return digest_of_files()


def digest_of_files() -> str | None:
    """Return the SHA-256, in hexadecimal, of what facts and programs are made by, as it is on disk now.

    That is our code, rules, queries and ontology; of Python and of the packages beside the engines, their versions.
    """
    digest = hashlib.sha256(f"{sys.version} {sys.implementation.cache_tag} {marshal.version}\n".encode())
    try:
        for folder in sorted({_packages_with(engine) for engine in _ENGINES}):
            installed = sorted(path.name for path in folder.glob("*.dist-info"))
            digest.update("\n".join(installed).encode())
        for file in _files():
            content = file.read_bytes()
            digest.update(f"\n{file.name}\0{len(content)}\0".encode())
            digest.update(content)
    except OSError:
        return None
    return digest.hexdigest()


_looked: tuple[tuple[object, ...], str | None] | None = None
"""What files there were when their content was last read, and its digest."""


def _digest_as_they_are() -> str | None:
    """Return the digest of the files, whose content is read again only where one of them is another one."""
    global _looked
    try:
        packages = [(str(folder), folder.stat().st_mtime_ns) for folder in sorted({_packages_with(each) for each in _ENGINES})]
        files = [(str(file), (state := file.stat()).st_mtime_ns, state.st_size, state.st_ino) for file in _files()]
    except OSError:
        return None
    there, known = (*packages, *files), _looked
    if known is None or known[0] != there:
        _looked = known = (there, digest_of_files())
    return known[1]


def _packages_with(engine: str) -> Path:
    found = find_spec(engine)
    if found is None or found.origin is None:
        raise FileNotFoundError(engine)
    return Path(found.origin).parents[1]


def _files() -> Iterator[Path]:
    package = Path(__file__).resolve().parents[1]
    yield from sorted(package.glob("*.py"))
    for part in _CODE:
        yield from sorted((package / part).rglob("*.py"))
    yield from sorted(rules_dir().glob("*.lp"))
    yield from sorted((queries_dir() / "facts").glob("*.rq"))
    yield from sorted(ontology_dir().rglob("*.ttl"))
