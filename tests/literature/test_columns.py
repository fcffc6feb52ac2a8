"""The reading order of a page in columns."""

from __future__ import annotations

import pytest

from mechkg.literature.columns import in_columns

LEFT = ["The band at 399 nm grew for", "two hours at the least, and", "the rest of it went before", "anything at all was seen in"]
RIGHT = [
    "the second column, which is",
    "read after the first of the",
    "two and goes on for as many",
    "lines as the first one does.",
]


def rows(*columns: list[str], width: int = 36) -> str:
    return "\n".join("".join(f"{cell:{width}}" for cell in row).rstrip() for row in zip(*columns, strict=True))


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_columns_that_run_into_each_other_are_read_one_after_the_other() -> None:
    layout = rows(LEFT, RIGHT)
    assert (in_columns(squeezed(layout), layout) or "").split("\n") == [*LEFT, *RIGHT]


def test_three_columns_are_read_in_their_order() -> None:
    third = [
        "A third column is seldom but",
        "it is there, and it is as a",
        "rule as long as the others,",
        "or else it ends before them.",
    ]
    layout = rows(LEFT, RIGHT, third)
    assert (in_columns(squeezed(layout), layout) or "").split("\n") == [*LEFT, *RIGHT, *third]


def test_a_row_across_the_page_parts_what_is_above_from_what_is_below() -> None:
    across = "A caption of a figure that goes over both of the columns of this page"
    layout = "\n".join([rows(LEFT, RIGHT), "", across, "", rows(RIGHT, LEFT)])
    read = in_columns(squeezed(layout), layout)
    assert read is not None
    assert read.split("\n") == [*LEFT, *RIGHT, across, *RIGHT, *LEFT]


def test_a_column_may_be_longer_than_the_other() -> None:
    layout = "\n".join([rows(LEFT, RIGHT), "and one more line of it", " " * 36 + "with one of the other"])
    read = in_columns(squeezed(layout), layout)
    assert (read or "").split("\n") == [*LEFT, "and one more line of it", *RIGHT, "with one of the other"]


@pytest.mark.parametrize(
    "layout",
    [
        "\n".join(LEFT + RIGHT),  # one column
        rows(LEFT[:2], RIGHT[:2]),  # too few rows to tell
        rows(["1 h", "2 h", "3 h", "4 h"], ["399 nm", "371 nm", "415 nm", "311 nm"]),  # a table
        "",
    ],
)
def test_what_is_not_in_columns_is_left_alone(layout: str) -> None:
    assert in_columns(squeezed(layout), layout) is None


def test_columns_that_are_in_order_are_left_alone() -> None:
    assert in_columns(" ".join([*LEFT, *RIGHT]), rows(LEFT, RIGHT)) is None
