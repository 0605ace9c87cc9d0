"""A worker is known by its letter while it lives."""

from hfdl_tui.dashboard.view.drawing.letters import LETTERS, NO_LETTER, Letters


def test_first_workers_get_the_first_letters_by_their_ids() -> None:
    letters = Letters()

    letters.see(["w-02", "w-01"])
    letters.see(["w-00", "w-02", "w-01"])

    assert [letters.of(f"w-0{number}") for number in range(3)] == ["c", "a", "b"]


def test_letter_stays_when_others_come_and_go() -> None:
    letters = Letters()
    letters.see(["w-01", "w-02"])

    letters.see(["w-02", "w-03"])
    letters.see(["w-01", "w-02"])

    assert [letters.of(f"w-0{number}") for number in (1, 2, 3)] == ["a", "b", "c"]


def test_letters_of_the_dead_are_given_away_only_when_none_is_left() -> None:
    letters = Letters()
    letters.see([f"w-{number:02}" for number in range(len(LETTERS))])

    letters.see([*(f"w-{number:02}" for number in range(1, len(LETTERS))), "x"])

    assert letters.of("x") == LETTERS[0]
    assert letters.of("w-00") == NO_LETTER
    assert letters.of("w-01") == LETTERS[1]


def test_more_workers_than_letters_share_a_sign() -> None:
    letters = Letters()

    letters.see([f"w-{number:03}" for number in range(500)])

    assert letters.of("w-061") == LETTERS[-1]
    assert letters.of("w-062") == letters.of("stranger") == NO_LETTER


def test_neighbours_differ_in_style() -> None:
    letters = Letters()
    letters.see(["w-01", "w-02", "w-03"])

    assert len({letters.style_of(f"w-0{number}") for number in (1, 2, 3)}) == 3
