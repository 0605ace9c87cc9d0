import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfdl_core.errors import ExitCode
from tests.demo.processes import Demo, traces_of, wait_until

pytestmark = pytest.mark.end_to_end

CHAPTERS = [
    "14 files",
    "comes through 6 workers at once: ash, birch, cedar, dogwood, elm, fir",
    "elm is killed (kill -9)",
    "ginkgo joins, and gives back what elm held",
    "is listed but not served",
    "requeued: it is tried again",
    "the job is completed: 14 of 14 files verified",
]
# A demo is there in less than four seconds; here other tests use the machine at the same time.
START_SECONDS = 20.0
SWEEP_SECONDS = 10.0


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    running = Demo.start(tmp_path, "--pace", "6")
    yield running
    running.kill()


def test_the_story_is_played_in_order_and_nothing_is_left(demo: Demo) -> None:
    began = time.monotonic()
    demo.wait_for(CHAPTERS[0], START_SECONDS)
    started_in = time.monotonic() - began

    code = demo.wait()

    told = [line for line in demo.lines if re.match(r" *\d+ s  ", line)]
    assert code == ExitCode.COMPLETE, demo.output
    for wanted, line in zip(CHAPTERS, told, strict=True):
        assert wanted in line
    assert started_in < START_SECONDS
    assert traces_of(demo.place) == []
    assert list(demo.home.iterdir()) == [], "the user's own home was used"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGINT, ExitCode.INTERRUPTED),
        (signal.SIGTERM, ExitCode.INTERRUPTED),
        (signal.SIGHUP, ExitCode.INTERRUPTED),
        (signal.SIGKILL, -signal.SIGKILL),
    ],
)
def test_nothing_is_left_of_one_that_is_ended_while_it_starts(
    demo: Demo, number: signal.Signals, code: int
) -> None:
    demo.wait_for("a demo in", START_SECONDS)

    demo.process.send_signal(number)

    assert demo.wait() == code
    assert wait_until(lambda: not traces_of(demo.place), SWEEP_SECONDS), traces_of(demo.place)


def test_nothing_is_left_of_one_that_is_killed_in_full_swing(demo: Demo) -> None:
    demo.wait_for(CHAPTERS[0], START_SECONDS)
    at_work = len(traces_of(demo.place))

    demo.process.kill()
    demo.wait()

    assert at_work > len(["hub", "master", "server", "supervisor", "watchdog"])
    assert wait_until(lambda: not traces_of(demo.place), SWEEP_SECONDS), traces_of(demo.place)
