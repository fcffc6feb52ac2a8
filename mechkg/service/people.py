"""People, as the doors need them: who is known, and who acts at the machine itself."""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mechkg.curation.enrol import RESERVED, enrol
from mechkg.curation.ledger import Ledger
from mechkg.curation.ledger_at import Record
from mechkg.curation.moment import AsOf
from mechkg.curation.people import ACTS, fold
from mechkg.errors import BadInputError, ForbiddenError, NotFoundError, RefusedActError
from mechkg.model.person import EVERYTHING, Caller, Person
from mechkg.service.home import default_home, open_ledger


@contextmanager
def opened_ledger(home: Path | None = None) -> Iterator[Ledger]:
    """Open the ledger of a home folder alone, for what needs no graph."""
    folder = home or default_home()
    folder.mkdir(parents=True, exist_ok=True)
    with open_ledger(folder) as ledger:
        yield ledger


@contextmanager
def opened_record(home: Path | None = None, as_of: AsOf | None = None) -> Iterator[Record]:
    """Open the ledger of a home folder alone, to be read as it is or, with ``as_of``, as it was then."""
    with opened_ledger(home) as ledger:
        if as_of is None:
            yield ledger
        else:
            from mechkg.service.as_of import record_at  # loads what opens a graph too

            yield record_at(ledger, as_of)


def everybody(ledger: Record) -> dict[str, Person]:
    """Return all people, by short name, in the order in which they were enrolled."""
    return fold(ledger.acts_of_kinds(ACTS))


def acting(ledger: Ledger, named: str | None = None) -> Caller:
    """Return who acts on the shell: the person ``named``, else the only one there is.

    Raise NotFoundError, with the nearest name, for somebody unknown; BadInputError when it cannot be told who acts.
    """
    people = everybody(ledger)
    if named is not None:
        if named not in people:
            raise NotFoundError.of("person", named, people)
        return Caller(named, "shell")
    if len(people) == 1:
        return Caller(next(iter(people)), "shell")
    if not people:
        raise BadInputError("nobody is enrolled here yet", hint=f"mechkg people enrol {_short_name()} --name 'Your Name'")
    raise BadInputError("it cannot be told who you are", hint=f"say --as PERSON, or set MECHKG_PERSON: {_some(people)}")


def known_scope(ledger: Ledger, scope: str) -> str:
    """Return the scope of a role; raise NotFoundError, with the nearest name, when it is no material of those that count.

    Where no material counts yet, people may be given roles for those to come.
    """
    if scope != EVERYTHING:
        materials = [record.item for record in ledger.accepted().values() if record.kind == "material"]
        if materials and scope not in materials:
            raise NotFoundError.of("material", scope, materials)
    return scope


def local_administrator(ledger: Ledger) -> Person | None:
    """Return the person of the system user, made known as the first administrator when nobody is known yet.

    None when others are known and the system user is not, or is no administrator.
    """
    name = _short_name()
    people = everybody(ledger)
    if not people:
        try:
            return enrol(ledger, Caller(name, "shell"), name, name=_full_name() or name)
        except (ForbiddenError, RefusedActError):  # somebody was faster
            people = everybody(ledger)
    if len(people) == 1:
        [found] = people.values()
    elif name in people:
        found = people[name]
    else:
        return None
    return found if found.may("administrator") else None


def _short_name() -> str:
    """Return the name of the system user as a short name.

    >>> bool(re.fullmatch(r"[a-z0-9][a-z0-9.-]*", _short_name()))
    True
    """
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in some containers
        user = ""
    short = re.sub(r"[^a-z0-9.\-]+", "-", user.lower()).strip("-.")[:40]
    return short if short and short not in RESERVED else "administrator"


def _full_name() -> str | None:
    """Return the name that the system knows of its user."""
    try:
        import pwd

        found = pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0].strip()
    except (ImportError, KeyError, AttributeError):  # no such list here
        return None
    return found if found and found.isprintable() else None


def _some(names: Iterable[str]) -> str:
    those = sorted(names)
    return ", ".join(those[:8]) + (f" and {len(those) - 8} more" if len(those) > 8 else "")
