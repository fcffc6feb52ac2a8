"""One paper as a file: its sections, and the kind of item each holds."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mechkg.model.assertion import Claim, Remark, RivalModel, Zone
from mechkg.model.base import Identifiers, Item, Value
from mechkg.model.hypothesis import Assumption, HypothesisSpace
from mechkg.model.observation import Observation
from mechkg.model.procedure import Procedure
from mechkg.model.source import Document, Reference
from mechkg.model.species import Chemical, Material, Species
from mechkg.model.step import Step

ItemKind = Literal[
    "document",
    "reference",
    "material",
    "chemical",
    "species",
    "step",
    "procedure",
    "observation",
    "claim",
    "zone",
    "model",
    "assumption",
    "space",
    "remark",
]


class CorpusFile(Value):
    """Everything that was read from one paper, or a case that stands on its own.

    ``requires`` names other corpus files (their document ids) whose items this one refers to.
    """

    mechkg: Literal[1] = Field(description="Version of the file format.")
    requires: Identifiers = ()
    source: Document
    references: tuple[Reference, ...] = ()
    materials: tuple[Material, ...] = ()
    chemicals: tuple[Chemical, ...] = ()
    species: tuple[Species, ...] = ()
    steps: tuple[Step, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    observations: tuple[Observation, ...] = ()
    claims: tuple[Claim, ...] = ()
    zones: tuple[Zone, ...] = ()
    models: tuple[RivalModel, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    spaces: tuple[HypothesisSpace, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def items(self) -> list[tuple[ItemKind, Item]]:
        """Return every item with its kind, in the order of the sections."""
        return [(kind, item) for section, kind in SECTIONS.items() for item in getattr(self, section)]


SECTIONS: dict[str, ItemKind] = {
    "references": "reference",
    "materials": "material",
    "chemicals": "chemical",
    "species": "species",
    "steps": "step",
    "procedures": "procedure",
    "observations": "observation",
    "claims": "claim",
    "zones": "zone",
    "models": "model",
    "assumptions": "assumption",
    "spaces": "space",
    "remarks": "remark",
}
"""Section of a corpus file -> kind of its items, in the order in which items may refer to each other."""

ITEM_TYPES: dict[ItemKind, type[Item]] = {
    "reference": Reference,
    "material": Material,
    "chemical": Chemical,
    "species": Species,
    "step": Step,
    "procedure": Procedure,
    "observation": Observation,
    "claim": Claim,
    "zone": Zone,
    "model": RivalModel,
    "assumption": Assumption,
    "space": HypothesisSpace,
    "remark": Remark,
}
"""Kind of item -> the value that holds it."""
