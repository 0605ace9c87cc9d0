"""The worker's gate to the Hub: paced by the fleet, alone when Redis is away, and never stuck."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from pydantic import SecretStr

from hfdl_core.errors import QueueUnavailable, TransferCancelled
from hfdl_core.models import (
    ByteRange,
    DownloaderChoice,
    LimitedBy,
    RepoFile,
    RepoType,
    WorkerState,
)
from hfdl_core.queue import Permits, QuotaTold, RedisClient
from hfdl_core.transfer import Cancel, FileSource, RateLimit, Route, make_downloader
from hfdl_core.worker import HubBudget, WayOut, quota_owner
from hfdl_core.worker.quota_window import QuotaWindow
from hfdl_tui.demo.hub import LfsRule, PretendHub, Quotas, Repo
from tests.benchmarks.hub_budget import windows_of
from tests.fleet_parts import MovableClock, Submitter, wait_until
from tests.redis_servers import RedisServer
from tests.worker.conftest import StartWorker

PLENTY = Permits(granted=100, wait_seconds=0, holders=1, is_told=True)
NOTHING = Permits(granted=0, wait_seconds=60, holders=1, is_told=True)
FULL = RateLimit("resolvers", 100, 10, 100, 10)


class PretendQueue:
    """Answers as it is told, and remembers what it was asked."""

    def __init__(self, answer: Permits | None) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, int, int]] = []
        self.told: list[tuple[str, QuotaTold]] = []

    def take_quota(
        self, owner: str, bucket: str, holder: str, *, held: int, wanted: int
    ) -> Permits:
        self.asked.append((owner, bucket, held, wanted))
        if self.answer is None:
            raise QueueUnavailable("away")
        return self.answer

    def note_quota(self, owner: str, bucket: str, told: QuotaTold) -> None:
        if self.answer is None:
            raise QueueUnavailable("away")
        self.told.append((bucket, told))


def _visit(budget: HubBudget, *limits: RateLimit | None) -> None:
    with budget.visit(Cancel()) as visit:
        for limit in limits:
            visit.before_request()
            visit.answered(limit)


@pytest.fixture
def waiting() -> Iterator[Callable[[HubBudget, Cancel], list[str]]]:
    """Visits on a thread of its own; what came of it stands in the list."""
    with ExitStack() as threads:

        def begin(budget: HubBudget, cancel: Cancel) -> list[str]:
            outcome: list[str] = []

            def visit() -> None:
                try:
                    with budget.visit(cancel) as visit:
                        visit.before_request()
                except TransferCancelled as error:
                    outcome.append(str(error))
                else:
                    outcome.append("went")

            thread = threading.Thread(target=visit, daemon=True)
            thread.start()
            threads.callback(thread.join, 10)
            return outcome

        yield begin


def test_who_shares_a_quota_is_named_without_the_token() -> None:
    token = SecretStr("hf_secret")

    by_token = {quota_owner(token, machine, lane) for machine in "ab" for lane in "cd"}
    by_way = {quota_owner(None, machine, lane) for machine in "ab" for lane in "cd"}

    assert len(by_token) == 1
    assert len(by_way) == 4
    assert all(len(owner) == 16 and int(owner, 16) >= 0 for owner in by_token | by_way)


def test_a_batch_of_permits_serves_many_requests() -> None:
    queue = PretendQueue(PLENTY)
    budget = HubBudget(queue, "owner")

    for left in range(50, 0, -1):
        _visit(budget, FULL._replace(remaining=left))

    assert queue.asked == [("owner", "resolvers", 0, 1)]


def test_what_answers_told_goes_along_with_the_next_wish() -> None:
    clock = MovableClock()
    queue = PretendQueue(PLENTY)
    budget = HubBudget(queue, "owner", clock)
    _visit(budget, FULL)
    _visit(budget, FULL._replace(remaining=97, reset_seconds=9))
    assert queue.told == []

    clock.forward(3)  # the permits are too old by now
    _visit(budget, FULL)

    [(bucket, told)] = queue.told
    assert (bucket, told.remaining, told.quota, told.window_seconds) == ("resolvers", 97, 100, 10)
    assert told.reset_seconds == pytest.approx(6, abs=0.1)
    assert queue.asked[-1] == ("owner", "resolvers", 0, 1)


def test_a_window_of_which_nobody_was_told_is_told_at_once() -> None:
    queue = PretendQueue(Permits(4, 0.25, 1, is_told=False))
    budget = HubBudget(queue, "owner")

    _visit(budget, FULL)
    _visit(budget, FULL._replace(remaining=99))

    assert [told.remaining for _, told in queue.told] == [100]


def test_an_empty_quota_is_told_at_once() -> None:
    queue = PretendQueue(PLENTY)
    budget = HubBudget(queue, "owner")

    _visit(budget, FULL._replace(remaining=0))

    assert [told.remaining for _, told in queue.told] == [0]


def test_a_redirect_within_the_hub_that_costs_takes_a_permit_of_its_own() -> None:
    queue = PretendQueue(PLENTY)
    budget = HubBudget(queue, "owner")

    _visit(budget, FULL, FULL._replace(remaining=99, bucket="api"))
    _visit(budget, FULL, FULL._replace(remaining=98, bucket="api"))

    assert [bucket for _, bucket, _, _ in queue.asked] == ["resolvers", "api"]


def test_a_redirect_within_the_hub_that_leaves_the_quota_as_it_was_is_free() -> None:
    queue = PretendQueue(Permits(1, 0, 1, is_told=True))
    budget = HubBudget(queue, "owner")

    for left in (90, 80, 70):
        limit = FULL._replace(remaining=left)
        _visit(budget, limit, limit)

    assert len(queue.asked) == 3


def test_a_hub_without_quotas_is_asked_freely() -> None:
    queue = PretendQueue(Permits(1, 0.25, 1, is_told=False))
    budget = HubBudget(queue, "owner")

    for _ in range(30):
        _visit(budget, None, None)

    assert len(queue.asked) == 1


def test_words_that_no_hub_would_say_are_not_passed_on() -> None:
    queue = PretendQueue(Permits(4, 0, 1, is_told=False))
    budget = HubBudget(queue, "owner")

    _visit(budget, FULL._replace(bucket="x" * 33))
    _visit(budget, FULL._replace(bucket="größe"))
    _visit(budget, FULL._replace(reset_seconds=10**9))
    _visit(budget, FULL._replace(remaining=10**30))

    assert queue.told == []


def test_requests_that_somebody_else_makes_take_permits_beforehand() -> None:
    queue = PretendQueue(Permits(1, 0, 1, is_told=True))
    budget = HubBudget(queue, "owner")

    with budget.unseen(3, Cancel()):
        assert [held for _, _, held, _ in queue.asked] == [0, 1, 2]
    with budget.unseen(1, Cancel()):
        assert queue.asked[-1][2] == 0


def test_who_waits_for_a_permit_ends_with_its_cancel(
    waiting: Callable[[HubBudget, Cancel], list[str]],
) -> None:
    budget, cancel = HubBudget(PretendQueue(NOTHING), "owner"), Cancel()
    outcome = waiting(budget, cancel)
    wait_until(lambda: budget.is_holding_back)

    cancel.cancel()

    wait_until(lambda: outcome, 1.5)
    assert outcome == ["cancelled"]


def test_a_worker_that_stops_does_not_wait_for_the_hub_s_window(
    waiting: Callable[[HubBudget, Cancel], list[str]],
) -> None:
    budget = HubBudget(PretendQueue(NOTHING), "owner")
    outcome = waiting(budget, Cancel())
    wait_until(lambda: budget.is_holding_back)

    budget.stop()

    wait_until(lambda: outcome, 1.5)
    assert outcome == ["stopped while waiting for the Hub's request budget"]


def test_permits_that_one_connection_got_serve_the_others(
    waiting: Callable[[HubBudget, Cancel], list[str]],
) -> None:
    clock = MovableClock()
    queue = PretendQueue(NOTHING)
    budget = HubBudget(queue, "owner", clock)
    outcomes = [waiting(budget, Cancel()) for _ in range(5)]
    wait_until(lambda: budget.is_holding_back)

    queue.answer = PLENTY
    clock.forward(80)

    wait_until(lambda: all(outcomes), 3)
    assert outcomes == [["went"]] * 5
    assert len(queue.asked) == 2


def test_a_wait_is_shown_and_forgotten_when_permits_are_plenty() -> None:
    clock = MovableClock()
    budget = HubBudget(PretendQueue(PLENTY), "owner", clock)

    _visit(budget, FULL)

    assert not budget.is_holding_back


def test_a_worker_that_is_held_back_says_so_and_stops_at_once(
    hub: PretendHub, master: Submitter, start: StartWorker, queue: RedisClient
) -> None:
    hub.add_repo("acme/one", {"a.bin": b"a" * 300_000})
    budget = HubBudget(PretendQueue(NOTHING), "owner")
    http = make_downloader(DownloaderChoice.HTTP, Route(user_agent="test"), None, None, budget)
    job = master.job("acme/one")

    worker = start(grace_seconds=20.0, ways=[WayOut("direct", http, 1, budget)])
    wait_until(lambda: worker.node.status().limited_by is LimitedBy.HUB_BUDGET)
    status = worker.node.status()
    seconds = worker.stopped_after()

    assert (status.state, len(status.tasks)) == (WorkerState.WORKING, 1)
    assert "request budget" in status.reason
    assert seconds < 5
    assert queue.snapshot(job).pending == 1


def test_a_redis_that_dies_holds_nobody_up(own_redis: RedisServer) -> None:
    with RedisClient(own_redis.target) as queue:
        budget = HubBudget(queue, "owner")
        _visit(budget, FULL)
        own_redis.kill()

        begun = time.monotonic()
        for left in range(90, 85, -1):
            _visit(budget, FULL._replace(remaining=left))

    assert time.monotonic() - begun < 5


def test_without_redis_a_worker_goes_on_with_its_own_part() -> None:
    queue = PretendQueue(Permits(1, 0, 4, is_told=True))
    budget = HubBudget(queue, "owner")
    _visit(budget, FULL._replace(remaining=81, reset_seconds=4))
    queue.answer = None

    begun = time.monotonic()
    for _ in range(4):
        _visit(budget, FULL._replace(remaining=81, reset_seconds=4))

    # 80 requests in 4 s, shared by 4: one every 0.2 s.
    assert time.monotonic() - begun == pytest.approx(0.6, abs=0.3)
    assert len(queue.asked) == 1


def test_without_redis_an_empty_window_is_waited_for() -> None:
    clock = MovableClock()
    window = QuotaWindow(clock)
    window.note(FULL._replace(remaining=1))

    assert window.seconds_until_next(1) == pytest.approx(11, abs=0.1)
    clock.forward(11.1)
    assert window.seconds_until_next(1) == 0


def test_a_late_answer_of_the_window_before_is_forgotten() -> None:
    window = QuotaWindow(MovableClock())
    window.note(FULL._replace(remaining=99, reset_seconds=10))

    window.note(FULL._replace(remaining=1, reset_seconds=0))

    told = window.take_news()
    assert told is not None
    assert told.remaining == 99


class Fleet:
    """Workers that fetch one tiny file after another, each with a gate of its own."""

    def __init__(self, redis: RedisServer, hub: PretendHub, repo: Repo) -> None:
        self._redis = redis
        self._hub = hub
        self._sources = iter(
            FileSource(
                hub.endpoint,
                RepoType.DATASET,
                repo.repo_id,
                repo.head.sha,
                RepoFile(path, file.size, file.etag),
            )
            for path, file in repo.head.files.items()
        )
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def run(self, workers: int, connections: int, seconds: float) -> None:
        with ExitStack() as closing:
            queue = closing.enter_context(RedisClient(self._redis.target))
            threads: list[threading.Thread] = []
            for _ in range(workers):
                budget = HubBudget(queue, "owner")
                http = make_downloader(
                    DownloaderChoice.HTTP, Route(user_agent="test"), None, None, budget
                )
                closing.callback(http.close)
                threads += [
                    threading.Thread(target=self._serve, args=(http.fetch,), daemon=True)
                    for _ in range(connections)
                ]
            for thread in threads:
                thread.start()
            self._stopped.wait(seconds)
            self._stopped.set()
            for thread in threads:
                thread.join(10)

    def _serve(self, fetch: Callable[..., object]) -> None:
        while not self._stopped.is_set():
            with self._lock:
                source = next(self._sources)
            fetch(source, ByteRange(0, source.file.size), lambda _: None, Cancel())


@pytest.mark.parametrize("requests_per_file", [1, 2])
def test_a_fleet_spends_each_window_of_the_hub_and_is_never_refused(
    redis: RedisServer, hub: PretendHub, requests_per_file: int
) -> None:
    hub.options.quotas = Quotas(resolvers=400, window=5.0)
    rule = LfsRule(0 if requests_per_file == 1 else 1 << 40, suffixes=())
    repo = hub.add_repo("acme/tiny", {f"{n:04}": b"%d" % n for n in range(1600)}, lfs=rule)

    Fleet(redis, hub, repo).run(workers=10, connections=2, seconds=11.0)

    windows = windows_of(hub.requests.select(), 5.0)
    full = windows[1:-1]
    assert len(full) >= 1
    assert sum(window.refused for window in windows[1:]) == 0
    assert min(window.requests for window in full) >= 0.95 * 400
