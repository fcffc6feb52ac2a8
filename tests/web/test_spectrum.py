"""The sketch of a species: bands at their places, and nothing where no position is known."""

from __future__ import annotations

from mechkg.model.species import Signature
from mechkg.service.species_sheet import Reported
from mechkg.web.spectrum import spectrum


def test_bands_lie_where_they_are_printed() -> None:
    found = spectrum(Signature.model_validate({"absorption": ["400 nm", "450 nm"], "emission": "460 nm", "tolerance": "2 nm"}))
    assert found is not None
    by_label = {band.label: band for band in found.bands}
    ticks = {nm: x for x, nm in found.ticks}
    assert by_label["400 nm"].x == ticks[400] and by_label["450 nm"].x == ticks[450]
    assert by_label["460 nm"].kind == "emission"
    per_nm = (ticks[450] - ticks[400]) / 50
    assert abs(by_label["400 nm"].width - 4 * per_nm) < 0.2
    assert "absorption at 400 nm" in found.words and "within 2 nm" in found.words


def test_labels_that_would_overlap_stand_above_one_another() -> None:
    found = spectrum(Signature.model_validate({"absorption": ["400 nm", "402 nm"]}))
    assert found is not None
    assert len({band.label_y for band in found.bands}) == 2


def test_what_claims_give_is_drawn_without_a_signature() -> None:
    found = spectrum(None, [Reported(350.0, "350 nm", "a-1", "Doe 2020")])
    assert found is not None and found.bands == ()
    [(x, words)] = found.reported
    assert words == "350 nm, Doe 2020" and 0 < x < found.width


def test_nothing_is_drawn_where_nothing_is_known() -> None:
    assert spectrum(None) is None
    assert spectrum(Signature(silent=True)) is None
