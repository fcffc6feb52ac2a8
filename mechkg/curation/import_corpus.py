"""Import a corpus file: a batch of acts by the importer that makes the ledger say what the file says.

Idempotent: a file whose content the ledger has already gives no act at all. All or nothing: a file that is refused, or a
process that dies, leaves no trace. What a curator decided by hand stands: the importer brings nothing back that somebody else
rejected, retracted or superseded, replaces nothing that somebody else wrote, and decides nothing that waits in somebody's change
set; it reports it as held back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from mechkg.curation.assertions import accept, propose, retract, supersede
from mechkg.curation.batch import Batch
from mechkg.curation.ledger import Ledger
from mechkg.curation.status import REASON_NEEDED, STATUS_AFTER, fold, status_kind
from mechkg.errors import RefusedActError
from mechkg.model.corpus import CorpusFile
from mechkg.model.ledger_record import Act, AssertionRecord, Status, content_id

IMPORTER = "corpus importer"


@dataclass(frozen=True, slots=True)
class HeldBack:
    """An item of the file that the importer left as a curator had put it, and why."""

    item: str
    assertion: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What the import of one file did: numbers of acts, of items found unchanged, and the items held back.

    ``batch`` is the id of the batch; None when nothing had to be done.
    """

    document: str
    file_name: str
    batch: str | None
    proposed: int
    accepted: int
    superseded: int
    retracted: int
    unchanged: int
    held_back: tuple[HeldBack, ...] = ()


@dataclass(slots=True)
class _Past:
    """What happened to one item of the document so far."""

    acts: list[Act] = field(default_factory=list)
    statuses: dict[str, Status] = field(default_factory=dict)
    proposers: dict[str, str] = field(default_factory=dict)
    elsewhere: str | None = None

    @classmethod
    def of(cls, acts: list[Act]) -> _Past:
        proposers = {a.assertion: a.actor for a in acts if a.assertion is not None and a.kind == "propose"}
        return cls(acts, fold(acts), proposers)

    def accepted(self) -> str | None:
        return next((name for name, status in self.statuses.items() if status == "accepted"), None)

    def by_hand(self, assertion: str, importer: str) -> str | None:
        """Say in words what somebody else than the importer decided that keeps ``assertion`` from being accepted."""
        if self.elsewhere is not None:
            return self.elsewhere
        if self.statuses.get(assertion) == "proposed":
            last = [act for act in self.acts if act.assertion == assertion][-1]
            if last.subject is not None:
                return f"waits in {last.subject.name}, by {last.actor}, for a decision"
        accepted = self.accepted()
        if accepted is not None and accepted != assertion and self.proposers[accepted] != importer:
            return f"{self.proposers[accepted]} wrote another version, {accepted}, which is accepted"
        # What ended this very assertion; and, with nothing accepted, what ended any that the files made of the item.
        those = {assertion}
        if accepted is None:
            those |= {a.assertion for a in self.acts if a.assertion is not None and a.kind == "propose" and a.actor == importer}
        end = self._last_end(those, importer)
        if end is None or end.actor == importer:
            return None
        kind = status_kind(end)
        assert kind is not None
        return f"{STATUS_AFTER[kind]} by {end.actor} in act {end.position}: {end.reason}"

    def _last_end(self, those: set[str], importer: str) -> Act | None:
        """Return the last act that ended one of ``those``, apart from a proposal that its own author took back."""
        last, statuses = None, dict[str, Status]()
        for act in self.acts:
            kind = status_kind(act)
            if kind is None or act.assertion is None or act.assertion not in those:
                continue
            own = act.actor == importer or (kind == "retract" and act.subject is not None)
            withdrawn = own and statuses.get(act.assertion) == "proposed"
            if kind == "restore":
                last = None
            elif kind in REASON_NEEDED and not withdrawn:
                last = act
            statuses[act.assertion] = STATUS_AFTER[kind]
        return last


def records_of(corpus: CorpusFile) -> list[AssertionRecord]:
    """Return the assertions of a corpus file, its document first."""
    document = corpus.source.id
    first = AssertionRecord.of("document", corpus.source, document, document)
    return [first, *(AssertionRecord.of(kind, item, item.id, document) for kind, item in corpus.items())]


def import_corpus(
    ledger: Ledger,
    corpus: CorpusFile,
    file_name: str,
    actor: str = IMPORTER,
    progress: Callable[[int, int], None] | None = None,
    *,
    file_digest: str | None = None,
) -> ImportReport:
    """Make the ledger say what ``corpus`` says, in one batch called ``file_name`` by ``actor``.

    New items are proposed and accepted; changed ones too, and the older assertion is superseded by the newer; items that the
    file no longer has are retracted. ``progress`` is called with the number of items done and of all items. ``file_digest`` is
    kept with the batch; without one, it is a digest of what the file says.

    Raise RefusedActError, with nothing written, when two items of the file share an id, or an id belongs to another document.
    """
    records = records_of(corpus)
    document = corpus.source.id
    _refuse_doubles(records, file_name)
    digest = file_digest or content_id([record.id for record in records])
    unchanged = 0
    held: list[HeldBack] = []
    with ledger.batch(file_name, actor, document=document, file_digest=digest) as batch:
        elsewhere = _held_elsewhere(batch, records, document, file_name, actor)
        acts: dict[str, list[Act]] = defaultdict(list)
        for item, act in batch.rows.of_document(document):
            acts[item].append(act)
        pasts = {item: _Past.of(those) for item, those in acts.items()}
        batch.prefetch([record.id for record in records] + [a.assertion for those in acts.values() for a in those if a.assertion])
        for done, record in enumerate(records, start=1):
            past = pasts.get(record.item, _Past())
            past.elsewhere = elsewhere.get(record.item)
            if past.statuses.get(record.id) == "accepted":
                unchanged += 1
            elif reason := past.by_hand(record.id, actor):
                held.append(HeldBack(record.item, record.id, reason))
                if record.id not in past.statuses and past.elsewhere is None:
                    propose(batch, record)  # a curator will find it waiting
            else:
                _renew(batch, record, past)
            _retract_stale(batch, record, past, actor, file_name)
            if progress:
                progress(done, len(records))
        there = {record.item for record in records}
        for item, past in pasts.items():
            if item not in there:
                held += _retract_gone(batch, item, past, actor, file_name)
        report = ImportReport(
            document, file_name, batch.id if batch.acts else None, batch.count("propose"), batch.count("accept"),
            batch.count("supersede"), batch.count("retract"), unchanged, tuple(held),
        )  # fmt: skip
    return report


def _renew(batch: Batch, record: AssertionRecord, past: _Past) -> None:
    """Accept what the file says of an item, in place of what it said before."""
    if past.statuses.get(record.id) != "proposed":
        propose(batch, record)
    if (old := past.accepted()) is not None:
        supersede(batch, old, by=record.id, reason="the file changed")
    accept(batch, record.id)


def _retract_stale(batch: Batch, record: AssertionRecord, past: _Past, actor: str, file_name: str) -> None:
    """Withdraw the importer's own proposals of an item that were held back and that the file no longer makes."""
    for name, status in past.statuses.items():
        if status == "proposed" and name != record.id and past.proposers[name] == actor:
            retract(batch, name, reason=f"{file_name} now says {record.id}")


def _retract_gone(batch: Batch, item: str, past: _Past, actor: str, file_name: str) -> list[HeldBack]:
    """Retract what the importer said of an item that the file no longer has; leave what others said of it."""
    held = []
    for name, status in past.statuses.items():
        if status not in ("accepted", "proposed"):
            continue
        if past.proposers[name] == actor:
            retract(batch, name, reason=f"no longer in {file_name}")
        elif status == "accepted":
            held.append(HeldBack(item, name, f"not in {file_name}, but written by {past.proposers[name]}"))
    return held


def _refuse_doubles(records: list[AssertionRecord], file_name: str) -> None:
    seen: dict[str, AssertionRecord] = {}
    for record in records:
        if record.item in seen:
            raise RefusedActError(
                f"{file_name}: '{record.item}' names both a {seen[record.item].kind} and a {record.kind}",
                hint="an id is used once in the whole corpus",
            )
        seen[record.item] = record


def _held_elsewhere(batch: Batch, records: list[AssertionRecord], document: str, file_name: str, importer: str) -> dict[str, str]:
    """Return, for items that somebody put into another document, who did; what waits for a decision there holds nothing back.

    Raise RefusedActError when another file says them.
    """
    others = [state for state in batch.rows.open_of(record.item for record in records) if state.document != document]
    by_hand = {s.item: f"{s.actor} put it into '{s.document}'" for s in others if s.actor != importer and s.status == "accepted"}
    others = [state for state in others if state.actor == importer]
    if others:
        first = others[0]
        more = f", and so {'does' if len(others) == 2 else 'do'} {len(others) - 1} more" if len(others) > 1 else ""
        raise RefusedActError(
            f"{file_name}: item '{first.item}' belongs to document '{first.document}'{more}",
            hint="define an item in one file only; when it has moved, import the file that it has left first",
        )
    return by_hand
