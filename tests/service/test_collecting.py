"""Garbage is not searched for within blocks, and is again after the last of them, as it was before."""

from __future__ import annotations

import gc

from mechkg.service.collecting import not_collecting


def test_blocks_may_lie_within_each_other_and_one_that_fails_ends_too() -> None:
    assert gc.isenabled()
    try:
        with not_collecting():
            with not_collecting():
                assert not gc.isenabled()
            assert not gc.isenabled()
            raise ValueError
    except ValueError:
        pass
    assert gc.isenabled()


def test_where_it_was_not_searched_for_it_is_not_after() -> None:
    gc.disable()
    try:
        with not_collecting():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
