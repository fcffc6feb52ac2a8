"""Enums: the closed vocabularies of the model, as GraphQL names them, each value with what it means.

A value is named as in files, in capitals, with underlines for what is no letter or digit. Resolvers answer with the value as it
stands in the model; arguments come as members, which are texts too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final, cast, get_args

import strawberry

from mechkg.curation.decide import Decision as DecisionName
from mechkg.curation.settle import Outcome as OutcomeName
from mechkg.model import (
    assertion,
    base,
    change_set,
    conclusion,
    corpus,
    disagreement,
    finding,
    hypothesis,
    ledger_record,
    observation,
    person,
    procedure,
    quantity,
    species,
    step,
    verdict,
)
from mechkg.model import experiment as planned
from mechkg.model import filter as filters
from mechkg.model.base import Value
from mechkg.service.read_models.facets import FACET_FIELDS
from mechkg.service.tasks import TaskKind as TaskName

_SIGNS: Final = {"=": "EQUAL", "~": "ABOUT", "<": "LESS", "<=": "AT_MOST", ">": "MORE", ">=": "AT_LEAST"}


def graphql_name(value: str) -> str:
    """Return what GraphQL calls a value of a vocabulary.

    >>> graphql_name("anion-exchange"), graphql_name("M/F"), graphql_name("<=")
    ('ANION_EXCHANGE', 'M_F', 'AT_MOST')
    """
    return _SIGNS.get(value) or re.sub(r"[^A-Za-z0-9]+", "_", value).upper()


def vocabulary(name: str, of: Any, description: str, meaning: Mapping[str, str] | None = None) -> type[StrEnum]:
    """Return the enum of a vocabulary, given as a Literal or as its values; of a value without a meaning its spelling is told."""
    values: tuple[str, ...] = of if isinstance(of, tuple) else get_args(of)
    told = meaning or {}
    members = {graphql_name(value): value for value in values}
    assert len(members) == len(values), f"two values of {name} have one name"
    assert told.keys() <= set(values), f"{name} has no {sorted(told.keys() - set(values))}"
    made = strawberry.enum(cast("type[StrEnum]", StrEnum(name, members)), name=name, description=description)
    for each in cast("Any", made).__strawberry_definition__.values:
        each.description = told.get(each.value, f"Written '{each.value}' in files.")
    return made


def many(of: type[StrEnum]) -> Any:
    """Return the type of an argument that takes any number of members, or null."""
    return list[of] | None  # type: ignore[valid-type]


def plain(value: str) -> str:
    """Return a member as the model writes it."""
    return value.value if isinstance(value, StrEnum) else value


def plain_all(values: Iterable[str] | None) -> tuple[str, ...]:
    """Return members as the model writes them; none for null."""
    return tuple(plain(value) for value in values or ())


def _inline(model: type[Value], field: str) -> tuple[str, ...]:
    """Return the vocabulary of a field that states it in place."""
    found: list[str] = []
    waiting: list[Any] = [model.model_fields[field].annotation]
    while waiting:
        of = waiting.pop(0)
        if isinstance(of, str):
            found.append(of)
        else:
            waiting.extend(get_args(of))
    return tuple(found)


# --- items ------------------------------------------------------------------------------------------------------------

ItemKind = vocabulary(
    "ItemKind", corpus.ItemKind, "Kinds of items.",
    {
        "document": "A paper, or another source, that statements were read from.",
        "reference": "A work that a paper cites.",
        "material": "A semiconductor, by formula.",
        "chemical": "A molecular chemical.",
        "species": "A precursor compound, monomer, fragment, cluster, dot or platelet.",
        "step": "A reaction step, one direction.",
        "procedure": "An experiment as a graph of stages.",
        "observation": "Something seen at one or more stages.",
        "claim": "Something that a paper claims.",
        "zone": "Conditions that a paper tested, and what came of them.",
        "model": "A rival model of the literature.",
        "assumption": "A named, defeasible auxiliary premise.",
        "space": "A hypothesis space: steps, assumptions and the candidates drawn from them.",
        "remark": "A remark of a curator.",
    },
)  # fmt: skip
SpeciesKind = vocabulary(
    "SpeciesKind", species.SpeciesKind, "Kinds of species.",
    {
        "PC": "Precursor compound.",
        "M": "Monomer.",
        "F": "Fragment.",
        "M/F": "Monomers and fragments, pooled.",
        "MSC": "Magic-size cluster with an absorption singlet.",
        "dMSC": "Magic-size cluster with an absorption doublet.",
        "QD": "Quantum dot.",
        "NPL": "Nanoplatelet.",
        "magic-size species": "Of tentative identity.",
        "feature": "An absorption feature without assignment.",
        "complex": "A prenucleation or precursor complex.",
        "composition": "A formula used as a species.",
    },
)  # fmt: skip
StepKind = vocabulary("StepKind", step.StepKind, "Kinds of steps.")
StepStatus = vocabulary(
    "StepStatus", step.StepStatus, "What the source makes of a step.",
    {
        "proposed": "It supports it.",
        "rejected": "It speaks against it.",
        "literature": "It reports it from elsewhere.",
        "implied": "Its account needs it, and does not number it.",
        "hypothesis": "It offers it as a possibility.",
    },
)  # fmt: skip
StageAction = vocabulary("StageAction", procedure.Action, "What is done in a stage of a procedure.")
ObservationKind = vocabulary("ObservationKind", observation.ObservationKind, "Kinds of observations.")
Method = vocabulary("Method", observation.Method, "Methods of observation.")
Comparison = vocabulary(
    "Comparison", _inline(observation.Observation, "comparison"), "How an amount or a rate compares with another."
)
KineticForm = vocabulary("KineticForm", _inline(observation.Observation, "form"), "Forms of kinetics.")
ClaimKind = vocabulary("ClaimKind", assertion.ClaimKind, "Kinds of claims.")
EvidenceType = vocabulary("EvidenceType", assertion.EvidenceType, "What a claim rests on.")
Directness = vocabulary(
    "Directness", assertion.Directness, "Whether what is claimed was itself measured.",
    {"direct": "It was itself measured.", "indirect": "It follows from what was measured."},
)  # fmt: skip
Direction = vocabulary(
    "Direction", _inline(assertion.Claim, "direction"), "Which way a claim points.",
    {"supports": "For it.", "refutes": "Against it.", "neutral": "Neither way."},
)  # fmt: skip
Flag = vocabulary(
    "Flag", base.Flag, "How an item came about.",
    {
        "stated": "Printed in the source.",
        "inferred": "Read from context by the curator.",
        "derived": "Computed by the curator from printed numbers.",
        "external": "Background knowledge that is not in the source.",
    },
)  # fmt: skip
Backing = vocabulary(
    "Backing", hypothesis.Backing, "How well an assumption is backed.",
    {
        "stated": "Stated in the source.",
        "cited": "Cited from elsewhere.",
        "supported": "Supported by another observation.",
        "silent": "By nothing.",
    },
)  # fmt: skip
Relation = vocabulary(
    "Relation", quantity.Relation, "How a number is printed.",
    {
        "=": "Equal to it.", "~": "About it.", "<": "Less than it.", "<=": "At most it.",
        ">": "More than it.", ">=": "At least it.",
    },
)  # fmt: skip
PostulateKind = vocabulary(
    "PostulateKind", _inline(hypothesis.Postulate, "kind"), "Kinds of claims that candidates make.",
    {
        "rate-determining": "A step is slow, and decides the rate.",
        "slower": "A step is slower than another where both want the same.",
        "predicts": "It predicts numbers.",
        "plain": "Anything else.",
    },
)  # fmt: skip
CandidateOrigin = vocabulary(
    "CandidateOrigin", _inline(hypothesis.Candidate, "origin"), "Where a candidate comes from.",
    {
        "mentioned": "A source mentions it.",
        "implied": "It is implied by what a source says.",
        "curator": "A curator added it.",
    },
)  # fmt: skip

# --- verdicts ---------------------------------------------------------------------------------------------------------

Verdict = vocabulary(
    "Verdict", verdict.VerdictName, "What the observations say of a candidate.",
    {
        "ruled out": "No setting of the open choices is free of conflict while the assumptions hold.",
        "survives": "Some setting of the open choices is free of conflict.",
        "not covered": "Nothing observed bears on it; this is no support.",
    },
)  # fmt: skip
ObservationRole = vocabulary(
    "ObservationRole", verdict.Role, "The part that an observation plays for a candidate.",
    {
        "explained": "It had to be so.",
        "conflict": "It could not be so.",
        "permitted": "It may be so.",
        "silent": "No rule connects the two.",
    },
)  # fmt: skip
ProofStanding = vocabulary(
    "ProofStanding", verdict.Standing, "Why a line of a proof stands.",
    {
        "derived": "By a rule.",
        "stated": "A source states it.",
        "assumed": "By an assumption.",
        "chosen": "It is a step of the candidate, or an open choice of order.",
        "absent": "It could not be derived; the lines beneath say why.",
    },
)  # fmt: skip
Soundness = vocabulary(
    "Soundness", ("sound", "heuristic", "convention"), "How sound a rule is.",
    {
        "sound": "It holds without exception.",
        "heuristic": "It holds as a rule, and has exceptions.",
        "convention": "It was agreed on.",
    },
)  # fmt: skip
StepStanding = vocabulary(
    "StepStanding", ("required", "possible", "excluded"), "What becomes of a step or claim among the survivors.",
    {"required": "In every survivor.", "possible": "In some survivors.", "excluded": "In none."},
)  # fmt: skip
PremiseKind = vocabulary(
    "PremiseKind", ("assumption", "observation"), "What can be withdrawn.",
    {"assumption": "An assumption.", "observation": "An observation."},
)  # fmt: skip
MemberKind = vocabulary(
    "MemberKind", ("step", "claim"), "What a candidate is made of.",
    {"step": "An optional step.", "claim": "A claim that it makes."},
)  # fmt: skip
Predicted = vocabulary(
    "Predicted", planned.Predicted, "What a candidate says of what is looked for at the end of an experiment.",
    {
        "none": "None can be there.",
        "must": "It must be seen.",
        "likely": "It can be reached from what must be there by steps that have their promoters.",
        "open": "It can be there, and need not.",
        "follows": "Its amount is limited by the portion of which there is little.",
        "need not follow": "There is a way without the portion of which there is little.",
    },
)  # fmt: skip

ConclusionFinding = vocabulary(
    "ConclusionFinding", conclusion.Finding, "What is found here of a conclusion that an author draws.",
    {
        "derived": "True in every survivor.",
        "derived with assumptions": "True only while an untested assumption is held.",
        "tied": "True in some survivors.",
        "contradicted": "True in none.",
        "not covered": "Nothing observed bears on it.",
    },
)  # fmt: skip

ProgressPhase = vocabulary(
    "ProgressPhase", ("reading", "verdicts", "whole space", "conflict sets", "done"), "What a check is about to do.",
    {
        "reading": "It reads the space from the graph.",
        "verdicts": "It judges the named candidates.",
        "whole space": "It goes through every setting of the steps.",
        "conflict sets": "It seeks what cannot hold together in each candidate that is ruled out.",
        "done": "Nothing: it has come to its end, and this is the answer.",
    },
)  # fmt: skip

# --- curation ---------------------------------------------------------------------------------------------------------

SetStatus = vocabulary(
    "ChangeSetStatus", change_set.SetStatus, "What became of a change set.",
    {
        "open": "It waits for a reviewer.",
        "changes requested": "It waits for its authors.",
        "accepted": "What it says counts.",
        "rejected": "It was left out for good.",
        "withdrawn": "Its authors took it back.",
    },
)  # fmt: skip
Operation = vocabulary(
    "EditOperation", change_set.Operation, "What an edit does to an item.",
    {"add": "It is new.", "change": "It reads otherwise.", "remove": "It goes."},
)  # fmt: skip
RetractionCode = vocabulary(
    "RetractionCode", change_set.RetractionCode, "Why something no longer counts.",
    {
        "source-retracted": "Its source was retracted.",
        "source-corrected": "Its source was corrected.",
        "misread": "The curator misread the source.",
        "mistyped": "The curator mistyped it.",
        "duplicate": "It is said already.",
        "out-of-scope": "It does not belong here.",
        "not-reproduced": "The finding was not reproduced.",
        "other": "Another reason, said in words.",
    },
)  # fmt: skip
ActKind = vocabulary("ActKind", ledger_record.ActKind, "What can be done, as the ledger records it.")
AssertionStatus = vocabulary(
    "AssertionStatus", ledger_record.Status, "What became of an assertion.",
    {
        "proposed": "It waits for a decision.",
        "accepted": "It counts.",
        "rejected": "It was left out.",
        "superseded": "It gave way to another.",
        "retracted": "It was taken back.",
    },
)  # fmt: skip
Door = vocabulary(
    "Door", ledger_record.Door, "By which way an act came in.",
    {
        "import": "Import of files.",
        "shell": "The shell.",
        "python": "The Python library.",
        "graphql": "GraphQL.",
        "web": "The pages.",
        "system": "The service itself.",
    },
)  # fmt: skip
Role = vocabulary(
    "Role", person.Role, "What somebody may do; each what those before it may.",
    {
        "reader": "Read, and keep drafts and watches.",
        "curator": "Propose.",
        "reviewer": "Decide about what others proposed.",
        "administrator": "Let people in, and make releases.",
    },
)  # fmt: skip
TaskKind = vocabulary("TaskKind", TaskName, "What waits for somebody.")
Severity = vocabulary(
    "Severity", finding.Severity, "How much a finding weighs.",
    {
        "error": "It keeps a change set from being accepted.",
        "warning": "It is a doubt, which takes a reason.",
        "information": "It is worth knowing.",
    },
)  # fmt: skip
DisagreementState = vocabulary(
    "DisagreementState", disagreement.State, "What became of a disagreement.",
    {
        "open": "Nobody decided, or its sides changed since.",
        "explained": "Method, sample or definition differ.",
        "superseded": "One side gave way.",
        "resolved": "Decided for one side.",
    },
)  # fmt: skip
Decision = vocabulary(
    "Decision", DecisionName, "What can be decided about a disagreement.",
    {
        "by method": "The methods differ.",
        "by sample": "The samples differ.",
        "by definition": "The definitions differ.",
        "superseded": "One side gives way to the other.",
        "resolved": "One side holds.",
        "open": "It is open again.",
    },
)  # fmt: skip
Outcome = vocabulary(
    "Outcome", OutcomeName, "How something is settled.",
    {
        "upheld": "The dispute is right.",
        "dismissed": "The dispute is not right.",
        "stands": "What rested on something gone stands all the same.",
    },
)  # fmt: skip
MergeSide = vocabulary(
    "MergeSide", ("ours", "theirs"), "A side of a merge.",
    {"ours": "What the change set makes it.", "theirs": "What it reads now."},
)  # fmt: skip
HowChanged = vocabulary(
    "HowChanged", ("added", "removed", "changed"), "What became of a field.",
    {"added": "It was not there before.", "removed": "It is not there after.", "changed": "It reads otherwise."},
)  # fmt: skip

# --- lists ------------------------------------------------------------------------------------------------------------

_MEANING: Final = dict[str, str](filters.MEANING.items(), accepted="When it came to count.")

SortDirection = vocabulary(
    "SortDirection", ("asc", "desc"), "Which way an order goes. What has no value comes last either way.",
    {"asc": "The lowest first.", "desc": "The highest first."},
)  # fmt: skip
ItemSortField = vocabulary(
    "ItemSortField", filters.SORT_FIELDS, "What items can be ordered by.",
    {field: _MEANING[field] for field in filters.SORT_FIELDS},
)  # fmt: skip
ItemFacetField = vocabulary(
    "ItemFacetField", FACET_FIELDS, "What items can be counted by.", {field: _MEANING[field] for field in FACET_FIELDS}
)
ChangeSetSortField = vocabulary(
    "ChangeSetSortField", ("opened", "changed"), "What change sets can be ordered by.",
    {"opened": "When it was proposed.", "changed": "When something was last done upon it."},
)  # fmt: skip
TextField = vocabulary(
    "TextField", filters.TEXT_FIELDS, "Texts of an item in which words are sought.",
    {field: _MEANING[field] for field in filters.TEXT_FIELDS},
)  # fmt: skip
