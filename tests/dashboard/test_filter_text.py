"""What is typed into the filter of a table lets pass what a person means."""

import pytest

from hfdl_core.errors import UsageError
from hfdl_tui.dashboard.view.filter_text import nothing_matches, parse_text_filter

TEXTS = ("w-01 node-01 working", "w-02 Node-02 idle", "w-13 other stepped aside")


@pytest.mark.parametrize(
    ("typed", "passing"),
    [
        ("node-0", [0, 1]),
        ("NODE-02", [1]),
        ("  idle ", [1]),
        ("!node", [2]),
        ("! node", [2]),
        ("re:w-[01]1", [0]),
        ("re:w-0. .*idle$", [1]),
        ("!re:^w-0", [2]),
        ("/", []),
        ("w-*", []),
        ("[", []),
    ],
)
def test_it_lets_pass(typed: str, passing: list[int]) -> None:
    wanted = parse_text_filter(typed)

    assert wanted is not None
    assert wanted.text == typed
    assert [at for at, text in enumerate(TEXTS) if wanted.lets_pass(text)] == passing


@pytest.mark.parametrize("typed", ["", "   ", "!", "! ", "re:", "!re:"])
def test_what_asks_for_nothing_yet_is_no_filter(typed: str) -> None:
    assert parse_text_filter(typed) is None


@pytest.mark.parametrize("typed", ["re:(", "re:(a+)+$", "!re:["])
def test_a_regular_expression_that_cannot_be_used_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        parse_text_filter(typed)


def test_the_sentence_in_place_of_rows_names_what_was_typed() -> None:
    assert nothing_matches(" node-93 ") == 'Nothing matches "node-93". esc clears.'
