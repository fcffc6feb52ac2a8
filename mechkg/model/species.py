"""What takes part in reactions: materials, species of the cluster world, and molecular chemicals."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from mechkg.model.base import Identifier, Identifiers, Item, Text, Texts, Value, WrittenAs, as_tuple
from mechkg.model.quantity import Quantity

SpeciesKind = Literal[
    "PC", "M", "F", "M/F", "MSC", "dMSC", "QD", "NPL", "magic-size species", "feature", "complex", "composition"
]
"""PC precursor compound; M monomer; F fragment; M/F both pooled; MSC magic-size cluster (absorption singlet); dMSC one with a
doublet; QD quantum dot; NPL nanoplatelet; magic-size species: of tentative identity; feature: an absorption feature without
assignment; complex: a prenucleation or precursor complex; composition: a formula used as a species."""


class Material(Item):
    """A semiconductor, by formula."""

    formula: Text | None = None
    material_class: Text | None = None
    band_gap: Quantity | None = None
    absorption_onset: Quantity | None = None


class Signature(Value):
    """How a species shows itself in optical spectra.

    ``silent`` says that it has no characteristic absorption in the window used, so that an empty spectrum says nothing of it.
    """

    absorption: Annotated[tuple[Quantity, ...], BeforeValidator(as_tuple)] = ()
    emission: Annotated[tuple[Quantity, ...], BeforeValidator(as_tuple)] = ()
    emissive: Literal["yes", "no", "uncertain"] | None = None
    shape: Text | None = None
    silent: bool = False
    tolerance: Quantity | None = Field(default=None, description="How far a band may lie off and still be this species.")
    note: Text | None = None


class Composition(Value):
    """A reported composition of a species, and what it rests on."""

    formula: Text
    basis: Text | None = None


class Species(Item):
    """A precursor compound, monomer, fragment, cluster, dot or platelet of one material.

    Isotope labels make distinct species: the labelled one names the other (``isotopologue_of``) and says which atom (``label``).
    """

    kind: SpeciesKind
    material: Identifier
    names: Texts = Field(min_length=1)
    signature: Signature | None = None
    compositions: tuple[Composition, ...] = ()
    isomer_of: Identifiers = Field(default=(), description="The MSC that a PC is the (quasi-)isomer of, or the reverse.")
    assembled_from: Identifiers = ()
    possibly_same_as: Identifiers = ()
    mass_to_charge: Annotated[tuple[Quantity, ...], BeforeValidator(as_tuple)] = ()
    size: Text | None = None
    shape: Text | None = None
    edge_cations: int | None = Field(default=None, description="Cations along one edge, for tetrahedral clusters.")
    isotopologue_of: Identifier | None = Field(default=None, description="The same species without this isotope label.")
    label: Annotated[Text | None, WrittenAs("isotopeLabel")] = Field(
        default=None, description="Which atom carries which isotope, such as '14C at C1'."
    )
    statements: Texts = ()
    reported_in: Identifiers = ()


class Chemical(Item):
    """A molecular chemical with its classes from the ontology.

    ``classes`` are local names of ontology classes (``PrimaryAmine``, ``HydrocarbonSolvent``); a rule that asks for a class
    applies to every chemical of that class or of a narrower one. With a ``signature`` it can be looked for as a species can.
    """

    names: Texts = Field(min_length=1)
    classes: Texts = ()
    roles: Texts = ()
    formula: Text | None = None
    signature: Signature | None = None
    isotopologue_of: Identifier | None = Field(default=None, description="The same chemical without this isotope label.")
    label: Annotated[Text | None, WrittenAs("isotopeLabel")] = Field(
        default=None, description="Which atom carries which isotope, such as '14C at C1'."
    )
