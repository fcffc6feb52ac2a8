"""Items held against each other: ids, references, ontology classes, units and quotes of one file, with what other files offer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import get_args

from mechkg.errors import nearest
from mechkg.literature.amounts import check_amounts, check_levels, check_windows
from mechkg.literature.dimensions import check_dimensions
from mechkg.literature.fields import values_at
from mechkg.literature.places import Path, Places
from mechkg.literature.stages import check_reverse, check_stages
from mechkg.model.base import Item
from mechkg.model.corpus import SECTIONS, CorpusFile, ItemKind
from mechkg.model.finding import Finding
from mechkg.model.observation import Method

LONGEST_QUOTE = 25
"""Words in one quote, at most."""

_PARTS = ("species", "chemical")
_WORKS = ("reference", "document")
ANYTHING: tuple[str, ...] = ()

REFERENCES: dict[ItemKind, dict[str, tuple[str, ...]]] = {
    "species": {
        "material": ("material",),
        "isomer_of.*": ("species",),
        "assembled_from.*": _PARTS,
        "possibly_same_as.*": ("species",),
        "reported_in.*": _WORKS,
        "isotopologue_of": _PARTS,
    },
    "chemical": {"isotopologue_of": _PARTS},
    "step": {
        "reactants.*.of": _PARTS,
        "products.*.of": _PARTS,
        "reverse": ("step",),
        "promoters.*.chemical": _PARTS,
        "non_promoters.*.chemical": _PARTS,
        "inhibitors.*.chemical": _PARTS,
        "driven_by.*": ("step", *_PARTS),
        "made_of.*": ("step",),
    },
    "procedure": {
        "stages.*.medium.*.of": _PARTS,
        "stages.*.charge.*.of": _PARTS,
        "stages.*.holds.*": _PARTS,
        "uses.*": ("procedure",),
    },
    "observation": {
        "at.*": ("stage",),
        "than.*": ("stage",),
        "subject.*": ANYTHING,
        "depends_on.*": ANYTHING,
        "independent_of.*": ANYTHING,
        "orders.{}": _PARTS,
        "per": _PARTS,
        "earlier": ANYTHING,
    },
    "claim": {
        "about.*": ANYTHING,
        "cites.*": _WORKS,
        "entries.*.species": ("species",),
        "rests_on.*": ("observation", "claim"),
        "assumes.*": ("assumption",),
    },
    "zone": {
        "procedure": ("procedure",),
        "solvent": ("chemical",),
        "amounts.{}": _PARTS,
        "gave.*": ("species",),
        "peaks.*.species.*": ("species",),
        "observations.*": ("observation",),
    },
    "model": {"steps.*": ("step",)},
    "assumption": {
        "effects.*.step": ("step",),
        "effects.*.over": ("step",),
        "effects.*.observation": ("observation",),
        "effects.*.species": _PARTS,
        "supported_by.*": ("observation", "claim"),
        "cites.*": _WORKS,
    },
    "space": {
        "background.*": ("step",),
        "optional.*": ("step",),
        "postulates.*.step": ("step",),
        "postulates.*.than": ("step",),
        "postulates.*.after.*": ("step",),
        "postulates.*.of.*": _PARTS,
        "postulates.*.at.*": ("stage",),
        "constraints.*.steps.*": ("step",),
        "constraints.*.assumption": ("assumption",),
        "assumptions.*": ("assumption",),
        "procedures.*": ("procedure",),
        "candidates.*.steps.*": ("step",),
    },
    "remark": {"about.*": ANYTHING},
}
"""Kind of item -> field -> kinds of things that it may name. Every identifier of the model stands here; a test holds that.

Stages that a stage continues are resolved in :mod:`mechkg.literature.stages`, for a bare name means its own procedure there;
postulates are named within their space, which checks them itself.
"""

CLASSES: dict[ItemKind, tuple[str, ...]] = {
    "chemical": ("classes.*",),
    "step": tuple(f"{i}.*.{c}" for i in ("promoters", "non_promoters", "inhibitors") for c in ("chemical_class", "medium_class")),
    "assumption": ("effects.*.promoter_class", "effects.*.medium_class"),
}
"""Kind of item -> fields that hold local names of ontology classes."""

_NEED_NO_SOURCE = ("reference", "remark", "assumption", "space")


def known_names(corpus: CorpusFile) -> dict[str, str]:
    """Return everything that other files may refer to in this one: id -> kind, and ``procedure/stage`` -> ``stage``."""
    names: dict[str, str] = {corpus.source.id: "document"}
    for kind, item in corpus.items():
        names.setdefault(item.id, kind)
    names.update({f"{procedure.id}/{stage.id}": "stage" for procedure in corpus.procedures for stage in procedure.stages})
    return names


def check_references(
    corpus: CorpusFile,
    known: Mapping[str, str],
    lines: Places,
    file: str | None,
    class_names: Collection[str],
    taken: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Return what is wrong among the items of ``corpus``.

    ``known`` gives the names of the files that this one requires (:func:`known_names`), ``class_names`` the local names of the
    ontology's classes. ``taken`` gives ids that stand in any file, with the file they stand in; default: those ``known``.
    """
    own = known_names(corpus)
    names = {**known, **own}
    elsewhere = taken if taken is not None else known
    others = {} if taken is None else {name: f"it is a {kind}; add its document to 'requires'" for name, kind in taken.items()}
    found = list(_duplicates(corpus, elsewhere, lines, file))
    for section, number, kind, item in _numbered(corpus):
        start: Path = (section, number)
        found += _references(kind, item, start, names, others, lines, file)
        found += _classes(kind, item, start, class_names, lines, file)
        found += check_dimensions(kind, item, start, lines, file)
        found += check_amounts(kind, item, start, lines, file)
        found += _source(kind, item, start, corpus, lines, file)
    found += _claims(corpus, lines, file)
    found += _predictions(corpus, lines, file)
    found += check_levels(corpus, lines, file)
    found += check_windows(corpus, lines, file)
    found += check_stages(corpus, names, lines, file)
    found += check_reverse(corpus, lines, file)
    return sorted(found, key=lambda finding: finding.line or 0)


def _numbered(corpus: CorpusFile) -> Iterator[tuple[str, int, ItemKind, Item]]:
    for section, kind in SECTIONS.items():
        for number, item in enumerate(getattr(corpus, section)):
            yield section, number, kind, item


def _duplicates(corpus: CorpusFile, elsewhere: Mapping[str, str], lines: Places, file: str | None) -> Iterator[Finding]:
    first: dict[str, tuple[Path, str]] = {corpus.source.id: (("source",), "document")}
    if corpus.source.id in elsewhere:
        message = f"the document id '{corpus.source.id}' is taken by another file"
        yield Finding("error", "corpus.duplicate-id", message, file, lines.at(("source", "id")), elsewhere[corpus.source.id])
    for section, number, kind, item in _numbered(corpus):
        line = lines.at((section, number, "id"))
        if item.id in first:
            where, other = first[item.id]
            message = f"the id '{item.id}' is given twice, first to a {other} in line {lines.at(where)}"
            yield Finding("error", "corpus.duplicate-id", message, file, line, "give each item an id of its own")
        elif item.id in elsewhere:
            message = f"the id '{item.id}' is taken by another file"
            yield Finding("error", "corpus.duplicate-id", message, file, line, f"it stands there as: {elsewhere[item.id]}")
        first.setdefault(item.id, ((section, number), kind))


def _references(
    kind: ItemKind, item: Item, start: Path, names: Mapping[str, str], others: Mapping[str, str], lines: Places, file: str | None
) -> Iterator[Finding]:
    for pattern, kinds in REFERENCES.get(kind, {}).items():
        for path, name in values_at(item, pattern):
            finding = _unresolved(str(name), kinds, names, item, path)
            if finding:
                code, message, hint = finding
                yield Finding("error", f"corpus.{code}", message, file, lines.at((*start, *path)), others.get(str(name), hint))


def _claims(corpus: CorpusFile, lines: Places, file: str | None) -> Iterator[Finding]:
    """Yield a finding for every effect that names a postulate which no space of this file that holds the assumption has."""
    for number, assumption in enumerate(corpus.assumptions):
        spaces = [space for space in corpus.spaces if assumption.id in space.assumptions]
        valid = [postulate.id for space in spaces for postulate in space.postulates]
        for path, name in values_at(assumption, "effects.*.postulate"):
            if spaces and name not in valid:
                close = nearest(name, valid)
                hint = f"did you mean '{close}'?" if close else None
                message = f"'{assumption.id}' speaks of the claim '{name}', which no space that holds it has"
                yield Finding("error", "corpus.unknown-name", message, file, lines.at(("assumptions", number, *path)), hint)


def _predictions(corpus: CorpusFile, lines: Places, file: str | None) -> Iterator[Finding]:
    """Yield a warning for every number that a claim predicts under words under which nothing in this file was measured.

    Such a number is never compared. A file that requires others is left alone: what was measured may stand in those.
    """
    measured = {m.what.casefold(): m.what for o in corpus.observations if o.kind == "ratio" for m in o.measured}
    for number, space in enumerate(() if corpus.requires else corpus.spaces):
        for path, what in values_at(space, "postulates.*.predicts.*.what"):
            if str(what).casefold() not in measured:
                close = nearest(str(what).casefold(), measured)
                known = f"measured are: {', '.join(measured.values())}" if measured else "no ratio is measured"
                hint = f"did you mean '{measured[close]}'?" if close else known
                claim = space.postulates[int(path[1])].id
                message = f"'{claim}' predicts '{what}', which no ratio in this file measures, so it is compared with nothing"
                yield Finding("warning", "corpus.never-compared", message, file, lines.at(("spaces", number, *path)), hint)


def _unresolved(
    name: str, kinds: tuple[str, ...], names: Mapping[str, str], item: Item, path: Path
) -> tuple[str, str, str | None] | None:
    """Return code, sentence and hint when ``name`` is not one of ``kinds``; None when it is."""
    kind = names.get(name)
    if kind is not None and (not kinds or kind in kinds):
        return None
    field = ".".join(str(part) for part in path if isinstance(part, str) and part != name)
    needed = " or ".join(kinds) or "item"
    valid = [n for n, k in names.items() if (k in kinds if kinds else k != "stage")]
    close = nearest(name, valid)
    hint = f"did you mean '{close}'?" if close else None
    if kinds == ("stage",) and kind == "procedure":
        stages = [n for n in valid if n.startswith(f"{name}/")]
        return (
            "unknown-stage",
            f"'{field}' of '{item.id}' names the procedure '{name}'; a stage is needed",
            f"it has {', '.join(stages)}",
        )
    if kind is not None:
        return "wrong-kind", f"'{field}' of '{item.id}' names '{name}', which is a {kind}; a {needed} is needed", hint
    if kinds == ("stage",):
        if "/" not in name:
            hint = "write procedure/stage"
        return "unknown-stage", f"'{field}' of '{item.id}' names '{name}'; there is no such stage", hint
    return "unknown-name", f"'{field}' of '{item.id}' names '{name}'; there is no such {needed}", hint


def _classes(
    kind: ItemKind, item: Item, start: Path, class_names: Collection[str], lines: Places, file: str | None
) -> Iterator[Finding]:
    for pattern in CLASSES.get(kind, ()):
        for path, name in values_at(item, pattern):
            if name not in class_names:
                close = nearest(name, class_names)
                hint = f"did you mean '{close}'?" if close else "the classes are in the ontology's modules"
                message = f"'{item.id}' names the class '{name}', which the ontology does not have"
                yield Finding("error", "corpus.unknown-class", message, file, lines.at((*start, *path)), hint)
    if kind == "assumption":
        for path, name in values_at(item, "effects.*.method"):
            if name not in get_args(Method):
                close = nearest(name, get_args(Method))
                hint = f"did you mean '{close}'?" if close else f"expected one of: {', '.join(get_args(Method))}"
                yield Finding(
                    "error",
                    "corpus.bad-value",
                    f"'{item.id}' names the unknown method '{name}'",
                    file,
                    lines.at((*start, *path)),
                    hint,
                )


def _source(kind: ItemKind, item: Item, start: Path, corpus: CorpusFile, lines: Places, file: str | None) -> Iterator[Finding]:
    for number, quote in enumerate(item.quote):
        words = len(quote.split())
        if words > LONGEST_QUOTE:
            message = f"a quote of '{item.id}' has {words} words; at most {LONGEST_QUOTE} may be quoted"
            hint = "quote the words that carry the statement; a second quote may hold the rest"
            yield Finding("error", "corpus.long-quote", message, file, lines.at((*start, "quote", number)), hint)
    if item.quote and corpus.source.text_file is None:
        message = f"'{item.id}' has a quote, and its source names no text to check it against"
        yield Finding(
            "warning", "corpus.unchecked-quote", message, file, lines.at((*start, "quote")), "name it in source.text_file"
        )
    if not item.quote and item.locator is None and item.flag == "stated" and kind not in _NEED_NO_SOURCE:
        message = f"'{item.id}' is flagged as stated and has neither locator nor quote"
        yield Finding("information", "corpus.no-source", message, file, lines.at(start), "add a locator, or another flag")
