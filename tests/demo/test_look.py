from hfdl_tui.demo.look import Span, most_shared, workers_of
from hfdl_tui.demo.repo import made_up_files
from hfdl_tui.demo.story import WORKERS

A = Span("ash", "a.bin", 0, 10)
B = Span("birch", "a.bin", 10, 20)
C = Span("ash", "b.bin", 0, 10)


def test_the_file_that_most_workers_fetch() -> None:
    assert most_shared([C, A, B]) == ("a.bin", ["ash", "birch"])


def test_nothing_in_hand_is_shared_by_nobody() -> None:
    assert most_shared([]) == ("", [])
    assert workers_of([]) == []


def test_only_spans_of_one_file_that_overlap_share_bytes() -> None:
    assert A.shares_bytes_with(Span("fir", "a.bin", 9, 30))
    assert not A.shares_bytes_with(B)
    assert not A.shares_bytes_with(C)


def test_the_repo_keeps_the_workers_busy_for_a_minute_and_a_half_at_most() -> None:
    seconds = sum(made_up_files().values()) / sum(WORKERS.values())

    assert 75 < seconds < 90
