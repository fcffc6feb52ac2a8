"""What a report calls things."""

from __future__ import annotations

from mechkg.service.words import Words


def test_steps_claims_and_candidates(words: Words) -> None:
    assert words.member("turn") == "turning [turn]"
    assert words.member("slow-turn") == "Turning is slow [slow-turn]"
    assert words.members(["turn", "slip"]) == "turning [turn] and slipping [slip]"
    assert words.candidate("turns") == "A turns [turns]"
    assert words.candidate("nobody") == "nobody"
    assert words.equation("turn") == "A → B"
    assert words.equation("nothing") is None


def test_survivors_without_a_name_go_by_what_they_have(words: Words) -> None:
    assert words.survivor("turns") == "A turns [turns]"
    assert words.survivor("turn + slow-turn") == "not named: turning [turn] + Turning is slow [slow-turn]"
    assert words.named(["turn", "slow-turn"]) == "A turns [turns]"
    assert words.named(["turn"]) is None


def test_long_things_are_said_once_in_full(words: Words) -> None:
    telling = words.telling()
    assert telling.thing("assumption", "prompt") == "the assumption: Straying is prompt in water [prompt; cited]"
    assert telling.thing("assumption", "prompt") == "the assumption [prompt; cited]"
    assert telling.observation("no-c") == "C was looked for and not seen (run, dispersed in 3 mL water) [no-c]"
    assert telling.observation("no-c") == "C was looked for and not seen [no-c]"
    assert words.observation("no-c") == words.observation("no-c")


def test_observations_from_printed_words_come_first_and_then_those_seen_early(words: Words) -> None:
    assert words.early(["no-d", "no-c", "b-seen"]) == ["b-seen", "no-c", "no-d"]
