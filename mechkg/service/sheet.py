"""What the page about an item shows beyond its description, by kind of item."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mechkg.model.verdict import Check
from mechkg.service.assertion_sheet import AssertionSheet, assertion_sheet
from mechkg.service.document_sheet import DocumentSheet, document_sheet
from mechkg.service.identifiers import Identifier
from mechkg.service.pinned import Pinned
from mechkg.service.procedure_sheet import ProcedureSheet, procedure_sheet
from mechkg.service.recorded import Recorded
from mechkg.service.species_sheet import SpeciesSheet, species_sheet
from mechkg.service.step_sheet import StepSheet, step_sheet

Sheet = SpeciesSheet | StepSheet | ProcedureSheet | DocumentSheet | AssertionSheet

_NONE: Mapping[str, Check] = MappingProxyType({})


def sheet_of(view: Recorded, named: Identifier, checks: Mapping[str, Check] = _NONE) -> Sheet | None:
    """Return what there is to show of an item or an assertion; None where its description says all.

    ``checks`` are the verdicts that are at hand, by space.
    """
    view = Pinned(view)
    if named.kind == "assertion":
        return assertion_sheet(view, named.name)
    entry = view.catalog.entries.get(named.name) if named.kind == "item" else None
    if entry is None:
        return None
    if entry.kind in ("species", "chemical"):
        return species_sheet(view, entry)
    if entry.kind == "step":
        return step_sheet(view, entry, checks)
    if entry.kind == "procedure":
        return procedure_sheet(view, entry)
    return document_sheet(view, entry) if entry.kind == "document" else None
