"""Search in names, formulas, statements and quotes: an index of all runs of three characters, in memory.

One index serves the versions that follow each other: a text that no longer counts is kept with the versions it counted in, until
a quarter of all are such; then it is made anew. SQLite's FTS5 with its trigram tokenizer finds parts of words, and so parts of
names and formulas (https://sqlite.org/fts5.html#the_trigram_tokenizer).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.filter import TEXT_FIELDS, TextField
from mechkg.service.catalog import Entry
from mechkg.service.read_models.folded import folded, places, sought

SHORTEST: Final = 3
"""So many characters can be looked up; what is shorter is sought in every text."""

MOST_WORDS: Final = 16
"""A query has so many words at most."""

AROUND: Final = 60
"""So many characters of a long text are shown on either side of what was found."""

_FOREVER: Final = 1 << 62
_DEAD_SHARE: Final = 4
_FIELDS: Final[Mapping[TextField, int]] = {field: number for number, field in enumerate(TEXT_FIELDS)}

_TABLES = """
CREATE TABLE item (number INTEGER PRIMARY KEY, name TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX item_name ON item (name);
CREATE TABLE text (
    id INTEGER PRIMARY KEY, item INTEGER NOT NULL, field INTEGER NOT NULL, nth INTEGER NOT NULL, folded TEXT NOT NULL
);
CREATE INDEX text_item ON text (item);
CREATE VIRTUAL TABLE found USING fts5 (folded, content='text', content_rowid='id', tokenize='trigram case_sensitive 1');
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of a text that was found: from ``start`` to ``end`` of the text that is shown."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that was found: by which ``field``, ``text`` of it (cut where it is long), and what in this text was sought.

    ``rank`` is 0 where it is a name that is sought, and grows the less the text has to do with what is sought.
    """

    item: str
    field: TextField
    text: str
    marks: tuple[Mark, ...]
    rank: float


@dataclass(frozen=True, slots=True)
class Found:
    """The first of the items that a search found, and how many it found in all."""

    hits: tuple[Hit, ...]
    total: int


def texts_of(entry: Entry) -> Iterator[tuple[TextField, str]]:
    """Yield the texts of an item that can be searched."""
    body = entry.record.body
    yield "label", entry.label
    yield from (("name", name) for name in entry.names if name != entry.label)
    if "formula" in body:
        yield "formula", body["formula"]
    for part in (*body.get("compositions", ()), *body.get("entries", ())):
        yield "formula", part["formula"]
    for field in ("statement", "question", "text", "critique", "reading", "mechanism_claim", "thermodynamics"):
        if field in body:
            yield "statement", body[field]
    for field in ("statements", "claims"):
        yield from (("statement", text) for text in body.get(field, ()))
    yield from (("quote", words) for words in body.get("quote", ()))


class TextIndex:
    """The texts of items by version. Threads may share it; they take turns."""

    def __init__(self) -> None:
        self._base = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None, cached_statements=256)
        self._base.executescript(_TABLES)
        self._lock = threading.Lock()
        self._texts = self._dead = 0
        self._last: Mapping[str, Entry] = {}

    @classmethod
    def of(cls, version: int, entries: Mapping[str, Entry]) -> TextIndex:
        """Make the index of the items that count at a version."""
        index = cls()
        with index._lock:
            index._add(version, entries, entries.values())
        return index

    def after(
        self, before: Mapping[str, Entry], version: int, entries: Mapping[str, Entry], gone: Sequence[str], come: Sequence[Entry]
    ) -> TextIndex:
        """Return the index that also knows a later version; ``entries`` are all items that count then.

        ``gone`` are items that no longer do, by name, ``come`` those that are new or changed since those that counted ``before``.
        """
        with self._lock:
            # an index that went on to yet another version cannot learn of one in between
            if self._last is not before or self._dead * _DEAD_SHARE > self._texts:
                return TextIndex.of(version, entries)
            for name in (*gone, *(entry.id for entry in come)):
                ended = self._base.execute(
                    "UPDATE item SET until = ? WHERE name = ? AND until = ? RETURNING number", (version, name, _FOREVER)
                ).fetchall()
                for (number,) in ended:
                    (count,) = self._base.execute("SELECT count(*) FROM text WHERE item = ?", (number,)).fetchone()
                    self._dead += count
            self._add(version, entries, come)
        return self

    def _add(self, version: int, entries: Mapping[str, Entry], come: Iterable[Entry]) -> None:
        self._base.execute("BEGIN")
        (item,) = self._base.execute("SELECT coalesce(max(number), -1) + 1 FROM item").fetchone()
        first = self._texts
        items: list[tuple[Any, ...]] = []
        texts: list[tuple[Any, ...]] = []
        for number, entry in enumerate(come, start=item):
            items.append((number, entry.id, version, _FOREVER))
            for nth, (field, text) in enumerate(dict.fromkeys(texts_of(entry))):
                texts.append((first + len(texts), number, _FIELDS[field], nth, folded(text)))
        self._base.executemany("INSERT INTO item VALUES (?, ?, ?, ?)", items)
        self._base.executemany("INSERT INTO text VALUES (?, ?, ?, ?, ?)", texts)
        self._base.execute("INSERT INTO found (rowid, folded) SELECT id, folded FROM text WHERE id >= ?", (first,))
        self._base.execute("COMMIT")
        self._texts += len(texts)
        self._last = entries

    def matching(self, version: int, query: str, fields: Sequence[TextField] = ()) -> list[str]:
        """Return the items that have all that a query asks for, not necessarily in one text, in no order.

        Raise BadInputError for a query without a word, or with too many; NotFoundError for an unknown field.
        """
        among, arguments = _items_with(_words(query), fields)
        sql = f"SELECT name FROM item WHERE since <= ? AND until > ? AND number IN ({among})"
        with self._lock:
            return [name for (name,) in self._base.execute(sql, (version, version, *arguments))]

    def search(
        self,
        version: int,
        entries: Mapping[str, Entry],
        query: str,
        *,
        fields: Sequence[TextField] = (),
        among: Collection[str] | None = None,
        most: int = 20,
    ) -> Found:
        """Return the items that a query finds, the best first, with where they were found; raise as :meth:`matching` does.

        ``entries`` are the items that count at the version; ``among``: only these. A name that is what is sought comes first,
        then names that begin with it, names with a word that does, other names; then formulas, statements and quotes; of these
        the shorter first, then by local name.
        """
        words = _words(query)
        lead = max(words, key=len)
        tables, condition, given = _having(lead, fields)
        rest = tuple(word for word in words if word != lead)
        others, more = _items_with(rest, fields) if rest else ("", [])
        sql = (
            f"SELECT name, min(rank), field, nth, count(*) OVER () FROM (SELECT i.name, t.field, t.nth, {_RANK} AS rank "
            f"FROM {tables} JOIN item i ON i.number = t.item WHERE i.since <= ?3 AND i.until > ?3 AND {condition}"
            f"{f' AND t.item IN ({others})' if rest else ''}) GROUP BY name ORDER BY min(rank), name"
            f"{'' if among is not None else ' LIMIT ?'}"
        )
        limit = [] if among is not None else [max(1, most)]
        with self._lock:
            rows = self._base.execute(sql, (folded(query), lead, version, *given, *more, *limit)).fetchall()
        if among is not None:
            rows = [row for row in rows if row[0] in among]
        total = (rows[0][4] if among is None else len(rows)) if rows else 0
        return Found(tuple(_hit(entries[row[0]], row, words) for row in rows[: max(0, most)]), total)


# How far a text is from what is sought: whole names, beginnings of names, of words, parts; then formulas, statements, quotes.
# A longer text is further off by less than one step; of two as long, the one that the item has first is nearer.
_RANK: Final = f"""
CASE WHEN t.field <= {_FIELDS["name"]} THEN
    CASE WHEN t.folded = ?1 THEN 0
        WHEN substr(t.folded, 1, length(?1)) = ?1 THEN 1
        WHEN substr(t.folded, 1, length(?2)) = ?2 OR instr(t.folded, ' ' || ?2) > 0 THEN 2
        ELSE 3 END
    ELSE t.field + 2 END
+ min(length(t.folded), 4000) / 5000.0 + t.nth * 1e-7"""


def _words(query: str) -> tuple[str, ...]:
    words = sought(query)
    if not words:
        raise BadInputError("nothing is sought", hint="give a part of a name, a formula, or words of a statement or quote")
    if len(words) > MOST_WORDS:
        raise BadInputError(f"{len(words)} words are sought at once", hint=f"give {MOST_WORDS} at most")
    return words


def _items_with(words: Sequence[str], fields: Sequence[TextField]) -> tuple[str, list[Any]]:
    """Return a query for the numbers of the items that have all of some words, and what it is given."""
    queries: list[str] = []
    arguments: list[Any] = []
    for word in words:
        tables, condition, given = _having(word, fields)
        queries.append(f"SELECT t.item FROM {tables} WHERE {condition}")
        arguments += given
    return " INTERSECT ".join(queries), arguments


def _having(word: str, fields: Sequence[TextField]) -> tuple[str, str, list[Any]]:
    """Return where a word is looked for, what must hold of a text there, and what this is given."""
    for field in fields:
        if field not in _FIELDS:
            raise NotFoundError.of("field of text", field, TEXT_FIELDS)
    only = f" AND t.field IN ({', '.join(str(_FIELDS[field]) for field in fields)})" if fields else ""
    if len(word) < SHORTEST:
        return "text t", f"instr(t.folded, ?) > 0{only}", [word]
    phrase = '"' + word.replace('"', '""') + '"'
    return "found CROSS JOIN text t ON t.id = found.rowid", f"found MATCH ?{only}", [phrase]


def _hit(entry: Entry, row: tuple[Any, ...], words: Sequence[str]) -> Hit:
    name, rank, _, nth, _ = row
    field, text = list(dict.fromkeys(texts_of(entry)))[nth]
    return Hit(name, field, *_shown(text, words), rank)


def _shown(text: str, words: Sequence[str]) -> tuple[str, tuple[Mark, ...]]:
    """Return a text, cut to what is around the first word that was found, and where the words stand in it."""
    plain, at = places(text)
    found = []
    for word in words:
        start = plain.find(word)
        while start >= 0:
            found.append((at[start], at[start + len(word) - 1] + 1))
            start = plain.find(word, start + len(word))
    if not found:
        return text[: 2 * AROUND] + ("…" if len(text) > 2 * AROUND else ""), ()
    first = min(found)
    low = 0 if first[0] <= AROUND else max(0, text.rfind(" ", 0, first[0] - AROUND) + 1)
    high = len(text) if len(text) - first[1] <= AROUND else text.find(" ", first[1] + AROUND)
    high = len(text) if high < 0 else high
    front, back = "…" if low else "", "…" if high < len(text) else ""
    shift = len(front) - low
    marks: list[Mark] = []
    for start, end in sorted(found):
        if start >= low and end <= high:
            if marks and start + shift < marks[-1].end:  # words that overlap are one mark
                marks[-1] = Mark(marks[-1].start, max(marks[-1].end, end + shift))
            else:
                marks.append(Mark(start + shift, end + shift))
    return f"{front}{text[low:high]}{back}", tuple(marks)
