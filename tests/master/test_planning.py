"""From a repo name to a sealed job: access first, nothing half done, one job a destination."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from hfdl_core.errors import AccessDenied, DestinationRefused, HfdlError, UsageError
from hfdl_core.master import JobRequest, PlanProgress, PlanStage, SubmittedHow
from hfdl_core.master.destination import check_room
from hfdl_core.models import Delivery, JobState
from hfdl_core.queue import RedisClient
from hfdl_tui.demo.hub import Access, GeneratedContent, PretendHub, Role
from tests.fleet_parts import Submitter, wait_for_state, wait_until
from tests.queue.bench import make_spec
from tests.worker.conftest import StartWorker

FILES = {"README.md": b"hello", "data/a.json": b"{}", "data/b [1].bin": b"b" * 1000}
MANY = {f"data/{number:04}.bin": b"%d" % number for number in range(300)}


def _dies_at(stage: PlanStage) -> Callable[[PlanProgress], None]:
    def on_progress(progress: PlanProgress) -> None:
        if progress.stage is stage:
            raise KeyboardInterrupt

    return on_progress


def test_access_is_checked_before_a_long_listing_and_nothing_is_queued(
    hub: PretendHub, master: Submitter, queue: RedisClient
) -> None:
    hub.options.page_size = 100
    hub.add_repo("acme/gated", MANY, access=Access.GATED)

    with pytest.raises(AccessDenied):
        master.job("acme/gated")

    pages = [record for record in hub.requests.select(role=Role.API) if "/tree/" in record.path]
    assert len(pages) == 1
    assert queue.job_ids() == []


def test_filters_that_keep_nothing_are_refused_by_name(
    hub: PretendHub, master: Submitter, queue: RedisClient
) -> None:
    hub.add_repo("acme/some", FILES)

    for filters in ({"include": ("*.parquet",)}, {"exclude": ("*",)}):
        with pytest.raises(UsageError, match="none of the 3 files of acme/some"):
            master.job("acme/some", **filters)

    assert queue.job_ids() == []


def test_an_empty_repo_is_complete_at_once(
    hub: PretendHub, master: Submitter, queue: RedisClient
) -> None:
    hub.add_repo("acme/empty", {})

    job = master.job("acme/empty")

    assert queue.snapshot(job).state is JobState.COMPLETED


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("tree/main/data", ["data/a.json", "data/b [1].bin"]),
        ("blob/main/data/b%20%5B1%5D.bin", ["data/b [1].bin"]),
    ],
)
def test_a_link_into_a_repo_means_what_lies_there(
    hub: PretendHub, queue: RedisClient, tmp_path: Path, path: str, wanted: list[str]
) -> None:
    hub.add_repo("acme/some", FILES)
    submitter = Submitter(queue, hub, tmp_path)

    with submitter.catalog:
        job = submitter.job(f"{hub.endpoint}/datasets/acme/some/{path}")

    assert sorted(file.path for _, file in queue.files(job)) == wanted


def test_a_link_into_a_repo_and_an_include_contradict_each_other(
    hub: PretendHub, master: Submitter
) -> None:
    with pytest.raises(UsageError, match="the one or the other"):
        master.job("https://huggingface.co/datasets/acme/some/tree/main/data", include=("*.json",))


def test_a_keep_destination_outside_every_output_directory_is_refused(
    hub: PretendHub, master: Submitter
) -> None:
    hub.add_repo("acme/some", FILES)

    with pytest.raises(UsageError, match="--output-dir"):
        master.job("acme/some", destination="a/../../b")


@pytest.mark.parametrize(("filters", "is_kept"), [({}, True), ({"include": ("data/*",)}, False)])
def test_only_the_listing_of_a_whole_repo_is_left_for_hf(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    tmp_path: Path,
    filters: dict[str, tuple[str, ...]],
    *,
    is_kept: bool,
) -> None:
    hub.add_repo("acme/some", FILES)

    job = master.job("acme/some", delivery=Delivery.SHARED, destination="there", **filters)

    commit = queue.spec(job).commit
    left = [path for path in (tmp_path / "there").rglob("*") if commit in path.name]
    assert bool(left) is is_kept


def test_a_job_larger_than_the_disk_is_refused(tmp_path: Path) -> None:
    shared = make_spec(delivery=Delivery.SHARED).model_copy(
        update={"destination": str(tmp_path / "not/yet/made")}
    )

    check_room(shared, 1)
    with pytest.raises(DestinationRefused, match="bytes free"):
        check_room(shared, 1 << 60)


def test_a_dry_run_writes_nothing_anywhere(
    hub: PretendHub, master: Submitter, queue: RedisClient, tmp_path: Path
) -> None:
    hub.add_repo("acme/some", FILES)
    request = JobRequest(repo="acme/some", delivery=Delivery.SHARED, destination="there")

    plan = master.node.dry_run(request, lambda _: None)

    assert (plan.files_total, plan.bytes_total) == (3, 1007)
    assert plan.need is not None
    assert plan.need.bytes_to_fetch == 1007
    assert queue.job_ids() == []
    assert not (tmp_path / "there").exists()


def test_a_dry_run_tells_what_the_destination_lacks(
    hub: PretendHub, master: Submitter, tmp_path: Path
) -> None:
    hub.add_repo("acme/some", FILES)
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "README.md").write_bytes(FILES["README.md"])
    request = JobRequest(repo="acme/some", delivery=Delivery.SHARED, destination="there")

    plan = master.node.dry_run(request, lambda _: None)
    kept = master.node.dry_run(
        request.model_copy(update={"delivery": Delivery.KEEP}), lambda _: None
    )

    assert plan.need is not None
    assert plan.need.bytes_to_fetch == 1002
    assert plan.need.bytes_on_disk > 1002
    assert kept.need is None


@pytest.mark.parametrize("stage", [PlanStage.LISTING, PlanStage.PUBLISHING, PlanStage.SEALED])
def test_a_master_that_died_while_planning_is_taken_over_by_the_same_command(
    hub: PretendHub, master: Submitter, queue: RedisClient, start: StartWorker, stage: PlanStage
) -> None:
    hub.add_repo("acme/many", MANY)
    request = JobRequest(repo="acme/many", delivery=Delivery.KEEP)
    with pytest.raises(KeyboardInterrupt):
        master.node.submit(request, _dies_at(stage))

    again = master.node.submit(request, lambda _: None)
    start()

    wait_for_state(queue, again.job_id, JobState.COMPLETED, 30)
    assert queue.snapshot(again.job_id).files_completed == len(MANY)


def test_two_masters_at_once_with_one_destination_make_one_job(
    hub: PretendHub, master: Submitter, queue: RedisClient, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        hub.add_repo(f"acme/{name}", MANY)
    other = Submitter(queue, hub, tmp_path)
    refused: list[HfdlError] = []
    meet = threading.Barrier(2, timeout=20)

    def submit(submitter: Submitter, repo: str) -> None:
        request = JobRequest(repo=repo, delivery=Delivery.KEEP, destination="same")
        try:
            submitter.node.submit(request, _waits_once(meet))
        except DestinationRefused as error:
            refused.append(error)

    with other.catalog:
        threads = [
            threading.Thread(target=submit, args=(master, "acme/one")),
            threading.Thread(target=submit, args=(other, "acme/two")),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

    assert len(refused) == 1
    [snapshot] = queue.snapshots()
    assert snapshot.state is JobState.RUNNING


def _waits_once(meet: threading.Barrier) -> Callable[[PlanProgress], None]:
    """Both have listed before either reserves."""

    def on_progress(progress: PlanProgress) -> None:
        if progress.stage is PlanStage.LISTING and progress.files_total is not None:
            meet.wait()

    return on_progress


def test_a_reservation_taken_over_before_there_was_a_record_is_given_up(
    hub: PretendHub, master: Submitter, queue: RedisClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("slow", "quick"):
        hub.add_repo(f"acme/{name}", FILES)
    real_begin = RedisClient.begin_plan
    quick: list[str] = []

    def begin_plan(self: RedisClient, *words: object) -> object:
        if not quick:  # the slow master has reserved, and nobody can find its job yet
            quick.append("begun")
            quick.append(master.job("acme/quick", destination="same"))
        return real_begin(self, *words)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(RedisClient, "begin_plan", begin_plan)
    with pytest.raises(DestinationRefused, match="acme/quick"):
        master.job("acme/slow", destination="same")

    assert queue.job_ids() == [quick[1]]


def test_replacing_waits_until_the_workers_have_let_go(
    hub: PretendHub, master: Submitter, queue: RedisClient, start: StartWorker
) -> None:
    hub.add_repo("acme/old", {"big.bin": GeneratedContent(3_000_000)})
    hub.add_repo("acme/new", FILES)
    hub.bandwidth.limit_client("127.0.0.1", 200_000)
    old = master.job("acme/old", destination="same")
    worker = start()
    wait_until(lambda: worker.node.status().tasks)

    new = master.submit("acme/new", destination="same", replace=True)

    assert new.how is SubmittedHow.CREATED
    snapshot = queue.snapshot(old)
    assert (snapshot.state, snapshot.in_progress) == (JobState.CANCELLED, 0)
