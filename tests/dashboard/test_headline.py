"""The top of every page and the banner: what they say in which state, and that they fit."""

from typing import Any

import pytest

from hfdl_core.errors import ProtocolMismatch, QueueRefused, QueueUnavailable
from hfdl_core.models import JobState, LimitedBy, WorkerState
from hfdl_tui.dashboard.view.banner import banner
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.spans import Spans, clean, fitted, justified, plain, width_of
from hfdl_tui.dashboard.view.headline import (
    counts_line,
    job_line,
    limits_line,
    progress_line,
    short_id,
)
from hfdl_tui.dashboard.view.link import Link, LinkState
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.dashboard.view.tabs import tabs_line, tabs_of
from tests.dashboard.fakes import JOB, a_job, a_spec, a_view, a_worker

GLYPHS = Glyphs.of(ascii=False)
UP = Link(LinkState.UP)
DOWN = Link().failed(QueueUnavailable("connection refused"), 3, 3.0, 100.0)


def a_store(**changes: Any) -> Store:
    store = Store(lambda: 100.0)
    store.choose(JOB)
    workers = [a_worker(f"w-{number:02}") for number in range(10)]
    store.apply(a_view([a_job(**changes)], workers))
    return store


def head(store: Store, link: Link, width: int) -> list[Spans]:
    return [
        job_line(store, link, GLYPHS, width, interval_seconds=1.0, remarks=[("READ-ONLY", "")]),
        progress_line(store, link, GLYPHS, width),
        limits_line(store, link, width),
        counts_line(store, GLYPHS, width),
        tabs_line(tabs_of(store, GLYPHS), "files", width),
    ]


@pytest.mark.parametrize("width", [60, 80, 99, 100, 120, 160, 200])
@pytest.mark.parametrize("link", [Link(), UP, DOWN], ids=["connecting", "up", "down"])
@pytest.mark.parametrize("state", list(JobState))
def test_every_line_fits_its_screen(width: int, link: Link, state: JobState) -> None:
    for line in head(a_store(state=state), link, width):
        assert width_of(line) <= width, plain(line)


def test_a_running_job_says_how_far_how_fast_and_what_limits() -> None:
    first, second, third, fourth, _ = map(plain, head(a_store(), UP, 160))

    assert "acme/model-9b @ 1588ec4" in first
    assert "● RUNNING" in first
    assert "redis ● 2 ms" in first
    assert "43.3 %" in second
    assert "130 / 300 GB" in second.replace(".0", "")
    assert "212 / 1,024 files" in second
    assert "10.0 MB/s = 10 links, 100 % of their caps" in third
    assert "limited by: caps · " in third
    assert "alone 3 d 11 h, now 8 h 20 m" in third
    assert "+1 machine −25 m" in third
    assert "10 ● working" in fourth


def test_a_fleet_that_stands_still_promises_nothing() -> None:
    store = Store(lambda: 100.0)
    store.choose(JOB)
    aside = a_worker(
        status=WorkerState.STEPPED_ASIDE,
        limited_by=LimitedBy.ACCESS,
        tasks=(),
        throughput_bytes_per_second=0.03,
    )
    store.apply(a_view([a_job(in_progress=0)], [aside]))

    line = plain(limits_line(store, UP, 160))

    assert line == " nothing moves · limited by: no way to the files (3)"


def test_a_fleet_slower_than_one_of_its_machines_is_not_compared_with_it() -> None:
    store = Store(lambda: 100.0)
    store.choose(JOB)
    slow: dict[str, Any] = {"throughput_bytes_per_second": 0.2e6, "limit_bytes_per_second": 1e6}
    store.apply(a_view([a_job()], [a_worker("w-01", **slow), a_worker("w-02", **slow)]))

    line = plain(limits_line(store, UP, 160))

    assert "alone" not in line
    assert "+1 machine" in line


def test_what_is_not_known_without_redis_is_not_claimed() -> None:
    first, second, third, _, _ = map(plain, head(a_store(), DOWN, 160))

    assert "? UNKNOWN" in first
    assert "redis ✗" in first
    assert "ETA -" in second
    assert "was" in third
    assert "limited" not in third


def test_a_complete_job_says_where_its_files_are() -> None:
    store = a_store(state=JobState.COMPLETED)

    assert "1,024 files verified in /mnt/data/model-9b" in plain(limits_line(store, UP, 160))


def test_a_failed_job_says_which_keys_help() -> None:
    store = a_store(state=JobState.FAILED, files_failed=5, failed=5)

    assert "5 files failed: 4, then r tries again" in plain(limits_line(store, UP, 160))


def test_a_job_of_empty_files_is_not_complete_from_its_beginning() -> None:
    line = plain(
        progress_line(a_store(bytes_total=0, counters={"bytes_completed": 0}), UP, GLYPHS, 120)
    )

    assert "100 %" not in line


def test_ids_are_as_short_as_tells_them_apart() -> None:
    store = Store(lambda: 0.0)
    ids = ["7f3a51c0", "7f3a99c0", "91bc0000"]
    store.apply(a_view([a_job(job_id) for job_id in ids]))

    assert [short_id(store, job_id) for job_id in ids] == ["7f3a5", "7f3a9", "91bc"]


def test_tabs_say_what_waits_there() -> None:
    store = Store(lambda: 0.0)
    store.choose(JOB)
    store.apply(a_view([a_job(retrying=37, failed=5)], [a_worker(), a_worker("w-02")]))

    assert "[4 Tasks ↻37 ✗5]" in plain(tabs_line(tabs_of(store, GLYPHS), "tasks", 120))
    assert "3 Workers 2" in plain(tabs_line(tabs_of(store, GLYPHS), "tasks", 120))


def said(link: Link, *, now: float = 100.0, has_data: bool = True, width: int = 120) -> str:
    lines = banner(link, "redis.lab:6379", 12.0, now, GLYPHS, width, has_data=has_data)
    return "\n".join(map(plain, lines))


def test_the_banner_says_what_since_when_and_what_helps() -> None:
    text = said(DOWN)

    assert "✗ NO REDIS  redis.lab:6379: connection refused" in text
    assert "Data below is 12 s old" in text
    assert "Try 4 in 3 s · ^r try now" in text
    assert "Finished files are safe" in text
    assert "Trying" in said(DOWN, now=103.0)


def test_the_banner_says_the_address_once() -> None:
    gone = Link().failed(
        QueueUnavailable("redis at /run/x.sock does not answer: timed out"), 1, 0, 0
    )

    assert "✗ NO REDIS  redis.lab:6379 does not answer: timed out. Data" in said(gone)


def test_no_banner_while_all_is_well() -> None:
    assert banner(UP, "a", 0, 0, GLYPHS, 80, has_data=True) == []


def test_a_refusal_is_told_apart_from_an_absence() -> None:
    wrong = Link().failed(QueueRefused("wrong password: set HFDL_REDIS_PASSWORD"), 1, 10, 100)
    other = Link().failed(ProtocolMismatch("update hfdl on this machine"), 1, 10, 100)

    assert "REDIS REFUSES" in said(wrong)
    assert "HFDL_REDIS_PASSWORD" in said(wrong)
    assert "update hfdl" in said(other)


def test_the_outage_began_when_the_first_look_failed() -> None:
    again = DOWN.failed(QueueUnavailable("still"), 4, 5.0, 130.0)

    assert again.since == 100.0
    assert again.reason == "still"
    assert again.looked(140.0) == Link(LinkState.UP, 140.0)


def test_parts_go_from_the_end_until_a_line_fits() -> None:
    parts: list[Spans] = [[("first", "")], [("second", "")], [("third", "")]]

    assert plain(fitted(parts, 18)) == "first   second"
    assert plain(fitted(parts, 3)) == "f…t"


def test_the_right_side_gives_way_to_the_left_but_its_last_part_stays_longest() -> None:
    right: list[tuple[int, Spans]] = [(2, [("middle", "")]), (1, [("clock", "")])]

    assert plain(justified([("left", "")], right, 25)) == "left       middle   clock"
    assert plain(justified([("left", "")], right, 13)) == "left    clock"
    assert plain(justified([("left side", "")], right, 9)) == "left side"


@pytest.mark.parametrize("width", [60, 80, 120, 160])
@pytest.mark.parametrize("repo", ["acme/" + "long" * 24, "a\x1b[2J\n" * 9, "日本語" * 30])
def test_a_name_without_end_hides_neither_state_nor_redis(repo: str, width: int) -> None:
    store = a_store(spec=a_spec(repo_id=repo))

    first = clean(head(store, UP, width)[0])

    assert "● RUNNING" in plain(first)
    assert "redis ● 2 ms" in plain(first)
    assert width_of(first) <= width
