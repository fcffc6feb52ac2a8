"""The result of a sweep as Parquet files, for whatever reads tables.

Every number of candidates is exact. A candidate is written as its number, an unsigned integer of 64 bits: bit *k* says whether
choice *k* of its case is on, and ``cases.parquet`` lists the choices. The metadata of each file say what was asked: the whole
question, its digest, the versions of ledger and mechkg, whether blocks are missing, and up to how many survivors are listed.
Each column has a description, and numbers have a unit, in the metadata of its field.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mechkg.errors import BadInputError, MissingExtraError
from mechkg.service.sweep_folder import put_in_place

if TYPE_CHECKING:
    import pyarrow as pa

    from mechkg.service.sweep import CaseFound, GivenUp
    from mechkg.service.sweep_cases import Case
    from mechkg.service.sweep_work import Done

FORMAT = "1"
"""Goes up when a column changes its meaning or goes."""

_ROWS = 10_000
"""So many rows are written at a time."""

Row = Mapping[str, Any]


def check_installed() -> None:
    """Raise MissingExtraError without the extra ``sweep``: at the end of a sweep would be too late."""
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError("sweeps need pyarrow for their result", hint="pip install 'mechkg[sweep]'") from error
    assert pyarrow.parquet


def write_tables(
    folder: Path,
    question: Mapping[str, Any],
    digest: str,
    cases: Sequence[CaseFound],
    done: Callable[[], Iterator[Done]],
    given_up: Sequence[GivenUp],
) -> tuple[str, ...]:
    """Write the files of the result, each whole or not at all, and return their names."""
    of_cases = [found.case for found in cases]
    most = int(question["most survivors"])
    tables = {
        "cases": (_case_schema(), (_case(number, found) for number, found in enumerate(cases))),
        "blocks": (_block_schema(), (_block(case, found) for case, found in _by_case(of_cases, done()))),
        "survivors": (_survivor_schema(), _survivors(of_cases, done(), most)),
        "verdicts": (_verdict_schema(), (row for case, found in _by_case(of_cases, done()) for row in _verdicts(case, found))),
    }
    about = {
        "format": FORMAT,
        "question": json.dumps(question, ensure_ascii=False),
        "digest": digest,
        "version": str(question["mechkg"]),
        "complete": json.dumps(not given_up),
        "given up": json.dumps([[each.case.problem.space.id, each.place, each.reason] for each in given_up], ensure_ascii=False),
        "most survivors": str(most),
    }
    metadata = {f"mechkg.{name.replace(' ', '_')}": value for name, value in about.items()}
    for name, (schema, rows) in tables.items():
        _write(folder / f"{name}.parquet", schema.with_metadata(metadata), rows)
    return tuple(f"{name}.parquet" for name in tables)


def _write(path: Path, schema: pa.Schema, rows: Iterable[Row]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    unfinished = path.with_name(f".{path.name}.new")
    try:
        with pq.ParquetWriter(unfinished, schema, compression="zstd") as writer:
            waiting: list[Row] = []
            for row in rows:
                waiting.append(row)
                if len(waiting) == _ROWS:
                    writer.write_table(pa.Table.from_pylist(waiting, schema))
                    waiting = []
            writer.write_table(pa.Table.from_pylist(waiting, schema))
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        put_in_place(unfinished, path)
    except OSError as error:
        hint = "the blocks are kept, and the same command writes the result from them"
        raise BadInputError(f"cannot write '{path}': {error.strerror or error}", hint=hint) from error


# --- columns -----------------------------------------------------------------------------------------------------------------


def _schema(*columns: tuple[str, pa.DataType, str, str | None]) -> pa.Schema:
    """Return a schema; a column is given by name, type, description, and unit where it is a number."""
    import pyarrow as pa

    fields = []
    for name, kind, says, unit in columns:
        about = {"description": says} | ({"unit": unit} if unit else {})
        fields.append(pa.field(name, kind, nullable=False, metadata=about))
    return pa.schema(fields)


def _of_case() -> list[tuple[str, pa.DataType, str, str | None]]:
    import pyarrow as pa

    return [
        ("space", pa.string(), "id of the hypothesis space", None),
        ("case", pa.int32(), "number of the case: which space under which setting", None),
    ]


def _of_setting() -> list[tuple[str, pa.DataType, str, str | None]]:
    import pyarrow as pa

    return [
        ("withdrawn", pa.list_(pa.string()), "assumptions that are withdrawn", None),
        ("ignored", pa.list_(pa.string()), "observations left out of account", None),
    ]


def _counted(member: str) -> pa.DataType:
    import pyarrow as pa

    return pa.list_(pa.struct([pa.field(member, pa.string(), nullable=False), pa.field("count", pa.uint64(), nullable=False)]))


def _counts() -> list[tuple[str, pa.DataType, str, str | None]]:
    import pyarrow as pa

    return [
        ("candidates", pa.uint64(), "candidates that meet the constraints", "candidates"),
        ("survivors", pa.uint64(), "those that no observation rules out", "candidates"),
        ("members", _counted("member"), "for each step and claim, in how many survivors it is", "candidates"),
        ("ruled_out_by", _counted("observation"), "for each observation, how many it rules out in every order", "candidates"),
    ]


def _case_schema() -> pa.Schema:
    import pyarrow as pa

    return _schema(
        *_of_case(),
        ("version", pa.int64(), "position of the ledger that all was derived from", None),
        *_of_setting(),
        (
            "choices",
            pa.list_(pa.list_(pa.string())),
            "steps and claims that bit k of a candidate's number turns on together",
            None,
        ),
        ("complete", pa.bool_(), "whether every block of the case is counted", None),
        *_counts(),
        (
            "listed",
            pa.uint64(),
            "how many survivors are in survivors.parquet: all, or those with the lowest numbers",
            "candidates",
        ),
    )


def _block_schema() -> pa.Schema:
    import pyarrow as pa

    return _schema(
        *_of_case(),
        ("block", pa.int64(), "number of the block in its case", None),
        ("first", pa.uint64(), "number of its first candidate", None),
        *_counts(),
        ("seconds", pa.float64(), "how long it took", "s"),
        ("worker", pa.string(), "host and process that worked it out", None),
    )


def _survivor_schema() -> pa.Schema:
    import pyarrow as pa

    return _schema(*_of_case(), ("candidate", pa.uint64(), "number of the candidate: bit k is choice k of the case", None))


def _verdict_schema() -> pa.Schema:
    import pyarrow as pa

    return _schema(
        *_of_case(),
        *_of_setting(),
        ("candidate", pa.string(), "id of a candidate that the space names", None),
        ("verdict", pa.string(), "survives, ruled out, or not covered", None),
        ("ruled_out_by", pa.list_(pa.string()), "observations that rule it out", None),
        ("explained", pa.list_(pa.string()), "observations that it explains", None),
    )


# --- rows --------------------------------------------------------------------------------------------------------------------


def _by_case(cases: Sequence[Case], done: Iterator[Done]) -> Iterator[tuple[tuple[int, Case], Done]]:
    number = 0
    for found in done:
        while found.place >= cases[number].first + cases[number].blocks:
            number += 1
        yield (number, cases[number]), found


def _named(numbered: tuple[int, Case]) -> dict[str, Any]:
    number, case = numbered
    return {"space": case.problem.space.id, "case": number}


def _setting(case: Case) -> dict[str, Any]:
    return {"withdrawn": case.withdrawn, "ignored": case.ignored}


def _count_columns(case: Case, found: Done | CaseFound) -> dict[str, Any]:
    counts = found.counts
    members = [(m, on) for choice, on in zip(case.choices, counts.on, strict=True) for m in choice.members]
    return {
        "candidates": counts.candidates,
        "survivors": counts.survivors,
        "members": [{"member": member, "count": on} for member, on in members],
        "ruled_out_by": [{"observation": name, "count": many} for name, many in sorted(counts.hits.items())],
    }


def _case(number: int, found: CaseFound) -> Row:
    case = found.case
    return {
        **_named((number, case)),
        "version": case.problem.version,
        **_setting(case),
        "choices": [choice.members for choice in case.choices],
        "complete": found.complete,
        **_count_columns(case, found),
        "listed": found.listed,
    }


def _block(numbered: tuple[int, Case], found: Done) -> Row:
    case = numbered[1]
    number = found.place - case.first
    per_block = 1 << (len(case.choices) - (case.blocks.bit_length() - 1))
    return {
        **_named(numbered),
        "block": number,
        "first": number * per_block,
        **_count_columns(case, found),
        "seconds": found.seconds,
        "worker": found.worker,
    }


def _survivors(cases: Sequence[Case], done: Iterator[Done], most: int) -> Iterator[Row]:
    before, listed = -1, 0
    for numbered, found in _by_case(cases, done):
        if numbered[0] != before:
            before, listed = numbered[0], 0
        for place in found.first_survivors[: most - listed]:
            yield {**_named(numbered), "candidate": place}
        listed = min(most, listed + len(found.first_survivors))


def _verdicts(numbered: tuple[int, Case], found: Done) -> Iterator[Row]:
    for verdict in found.verdicts:
        yield {**_named(numbered), **_setting(numbered[1]), **verdict._asdict()}
