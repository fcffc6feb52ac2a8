"""The text of a token can be read back, nothing else passes for one, and it is not shown by accident."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechkg.errors import BadInputError
from mechkg.model.person import Grant
from mechkg.model.token import LIFETIMES, ONCE, Token, TokenKind, TokenText

LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyz234567")
TEXTS = st.builds(TokenText, id=st.text(LETTERS, min_size=10, max_size=10), secret=st.text(LETTERS, min_size=52, max_size=52))
AT = datetime(2025, 3, 1, tzinfo=UTC)


@given(TEXTS, st.sampled_from(["", " ", "\n", "\t"]))
def test_what_is_written_is_read_back(text: TokenText, around: str) -> None:
    assert TokenText.parse(around + text.reveal() + around) == text


@given(TEXTS, st.integers(0, 66), st.characters())
def test_one_wrong_character_is_another_token_or_none(text: TokenText, place: int, character: str) -> None:
    written = text.reveal()
    wrong = written[:place] + character + written[place + 1 :]
    try:
        read = TokenText.parse(wrong)
    except BadInputError:
        return
    assert (read == text) == (wrong.strip() == written)
    assert read.fits(text.hash) == (read.secret == text.secret)


@given(st.text())
def test_nothing_else_passes_for_a_token(text: str) -> None:
    with pytest.raises(BadInputError):
        TokenText.parse(text)


@given(TEXTS)
def test_the_secret_is_not_shown_by_accident(text: TokenText) -> None:
    assert text.secret not in repr(text) and text.secret not in str(text) and text.secret not in f"{text}"
    with pytest.raises(BadInputError) as caught:
        TokenText.parse(text.reveal() + "x")
    assert text.secret not in "".join(traceback.format_exception_only(caught.value))


def test_new_tokens_differ() -> None:
    made = [TokenText.new() for _ in range(500)]
    assert len({t.id for t in made}) == len({t.secret for t in made}) == 500


@pytest.mark.parametrize("kind", LIFETIMES)
def test_the_state_of_a_token_follows_from_what_happened_to_it(kind: TokenKind) -> None:
    def made(**known: datetime) -> Token:
        end = AT + timedelta(hours=1)
        return Token("a", kind, "ada", "x", Grant("reader"), AT, "ada", end, end, **known)

    assert made().state(AT) == "valid"
    assert made().state(AT + timedelta(hours=1)) == "expired"
    assert made(last_used=AT).state(AT) == ("used" if kind in ONCE else "valid")
    assert made(last_used=AT, revoked=AT).state(AT) == "revoked"
