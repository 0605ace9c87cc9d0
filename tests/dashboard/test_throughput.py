"""The chart shows what was measured, against what the links can give."""

from hfdl_tui.dashboard.view.drawing.glyphs import UNICODE
from hfdl_tui.dashboard.view.drawing.spans import plain, width_of
from hfdl_tui.dashboard.view.history import FLEET_SAMPLES
from hfdl_tui.dashboard.view.overview.throughput import (
    binned,
    throughput_figures,
    throughput_lines,
    throughput_title,
)
from hfdl_tui.dashboard.view.store import Store
from tests.dashboard.fakes import JOB, MB, a_job, a_view, a_worker


def a_store(speeds: list[float], workers: int = 10) -> Store:
    store = Store()
    store.choose(JOB)
    store.apply(a_view([a_job()], [a_worker(f"w-{number:02}") for number in range(workers)]))
    store.fleet_speeds.clear()
    store.fleet_speeds.extend(speeds)
    store.fleet_samples = len(speeds)
    return store


def test_columns_do_not_change_when_a_second_goes_by() -> None:
    samples = [float(number * number % 97) for number in range(250)]

    before = binned(samples[:240], 240, 100)
    after = binned(samples[:241], 241, 100)

    assert before[:-1] == after[: len(before) - 1]


def test_columns_stay_while_the_oldest_samples_are_let_go() -> None:
    samples = [float(number * number % 97) for number in range(FLEET_SAMPLES + 10)]

    before = binned(samples[:FLEET_SAMPLES], FLEET_SAMPLES, 100)
    after = binned(samples[9:-1], FLEET_SAMPLES + 9, 100)

    assert before[2:-1] == after[1 : len(before) - 2]


def test_each_sample_counts_once() -> None:
    assert binned([1.0, 3.0, 5.0, 7.0], 4, 2) == [2.0, 6.0]
    assert binned([1.0, 3.0], 2, 10) == [1.0, 3.0]
    assert binned([1.0], 1, 0) == []


def test_full_quarter_of_an_hour_fills_the_columns() -> None:
    assert len(binned([1.0] * FLEET_SAMPLES, FLEET_SAMPLES, 107)) == 107


def test_caps_are_the_least_height_of_the_chart() -> None:
    store = a_store([float(MB)] * 60)

    lines = [plain(line) for line in throughput_lines(store, 80, 5, UNICODE)]

    assert lines[0].startswith(" 10 MB/s ┤")
    assert "█" not in lines[0]
    assert lines[3].endswith("▄" * 60)
    assert lines[-1].strip().startswith("−1 min")
    assert lines[-1].endswith("now")


def test_steady_speed_at_the_caps_is_full_height() -> None:
    store = a_store([10.0 * MB] * 60)

    [spark] = throughput_lines(store, 80, 1, UNICODE)

    assert plain(spark).strip() == "█" * 60


def test_every_line_has_the_same_width_at_most_that_of_the_pane() -> None:
    store = a_store([float(MB)] * FLEET_SAMPLES)

    for height in (1, 4, 9):
        widths = {width_of(line) for line in throughput_lines(store, 100, height, UNICODE)}
        assert widths == {99}


def test_figures_name_peak_mean_and_caps() -> None:
    store = a_store([8.0 * MB, 4.0 * MB])

    told = [plain(part) for part in throughput_figures(store)]

    assert told == ["peak 8.0 MB/s", "mean 6.0 MB/s", "caps 10.0 MB/s"]
    assert throughput_title(store) == "Throughput, 1 min"


def test_title_promises_no_more_minutes_than_were_seen() -> None:
    assert throughput_title(a_store([1.0] * 61)) == "Throughput, 2 min"
    assert throughput_title(a_store([1.0] * FLEET_SAMPLES)) == "Throughput, 15 min"


def test_nothing_measured_is_nothing_told() -> None:
    [line] = throughput_lines(a_store([], workers=0), 80, 5, UNICODE)

    assert plain(line) == " No speed was measured yet."
    assert throughput_figures(a_store([], workers=0)) == []
