"""The smallest steps to each bug that the simulator found: they must never come back."""

from collections.abc import Iterator, Sequence

import pytest

from hfdl_core.models import (
    ByteRange,
    Delivery,
    DownloaderName,
    JobId,
    JobSpec,
    RepoFile,
    RepoType,
    Token,
)
from hfdl_core.queue import Outcome, Progress, RedisClient
from hfdl_core.task_id import BatchWork, FileWork, Work
from tests.simulator.queue_state import read_state
from tests.simulator.stage import Stage
from tests.simulator.virtual_time import VirtualTime

EMPTY = RepoFile("empty", 0, "0" * 64)
BIG = RepoFile("big", 100_000_000, "1" * 64)
JOB = JobId("found-bug")


@pytest.fixture
def client(stage: Stage) -> Iterator[RedisClient]:
    with stage.clients() as make_client:
        client = make_client("bugs")
        yield client
        client.delete(JOB)


def _spec(delivery: Delivery) -> JobSpec:
    return JobSpec(
        job_id=JOB,
        repo_id="someone/things",
        repo_type=RepoType.DATASET,
        revision="main",
        commit="c" * 40,
        delivery=delivery,
        destination="/somewhere",
        machine="machine-1",
        host="host-1",
    )


def _plan(
    client: RedisClient, delivery: Delivery, files: Sequence[RepoFile], tasks: Sequence[Work]
) -> None:
    epoch = client.begin_plan(_spec(delivery), "plan", 16).epoch
    client.publish_page(JOB, epoch, 0, files, tasks)
    client.seal(JOB, epoch, "plan", len(files), sum(file.size for file in files), 1)


def test_a_report_of_a_lost_lease_does_not_cost_the_new_one_on_the_same_task(
    client: RedisClient,
) -> None:
    _plan(client, Delivery.KEEP, [BIG], [FileWork(0, 0, BIG.size)])
    old, new = Token("old"), Token("new")
    [task] = client.claim(JOB, "worker", [old]).tasks
    client.release(JOB, task.task_id, old, 0)
    client.claim(JOB, "worker", [new])

    progress = [Progress(task.task_id, old, 5), Progress(task.task_id, new, 7)]
    ends = client.report(JOB, "worker", progress).ends

    assert ends == {old: None, new: BIG.size}


def test_a_file_given_back_unfinished_is_not_said_to_have_come_that_way(
    client: RedisClient,
) -> None:
    _plan(client, Delivery.KEEP, [BIG], [FileWork(0, 0, BIG.size)])
    first, second = Token("first"), Token("second")
    [task] = client.claim(JOB, "worker", [first]).tasks
    client.complete(JOB, task.task_id, first, 5, downloader=DownloaderName.HUB)
    client.claim(JOB, "worker", [second])

    client.complete(JOB, task.task_id, second, BIG.size, downloader=DownloaderName.HTTP)

    assert client.downloader_of(JOB, 0) in {None, DownloaderName.HTTP}


def test_an_empty_file_reopened_while_its_batch_is_open_is_in_one_place(
    client: RedisClient,
) -> None:
    _plan(client, Delivery.GATHER, [EMPTY], [BatchWork(0, 0, 1, 0)])

    client.reopen(JOB, 0, 0, [ByteRange(0, 0)], "on purpose")
    for _ in range(2):
        claimed = client.claim(JOB, "worker", [Token(f"t{_}")])
        for task in claimed.tasks:
            client.complete(JOB, task.task_id, task.token, task.end)
    outcome = client.finish(JOB, 0, 1, Token("collector"))

    assert outcome is Outcome.COUNTED
    assert client.snapshot(JOB).state == "completed"


@pytest.mark.parametrize("away_seconds", [60.0, -60.0])
def test_the_same_command_after_an_outage_does_not_hide_the_outage(
    stage: Stage, client: RedisClient, away_seconds: float
) -> None:
    _plan(client, Delivery.KEEP, [BIG], [FileWork(0, 0, BIG.size)])
    token = Token("t")
    [task] = client.claim(JOB, "worker", [token]).tasks
    state = read_state(stage.server.client, JOB)
    VirtualTime(stage.server, JOB).step(state, away_seconds)

    client.begin_plan(_spec(Delivery.KEEP), "plan", 16)
    client.claim(JOB, "another", [Token("other")])

    assert client.report(JOB, "worker", [Progress(task.task_id, token, 9)]).ends == {
        token: BIG.size
    }
    assert client.snapshot(JOB).counters.get("crashes", 0) == 0
