"""The files that are being fetched now: what of them is open, and who holds which part."""

from hfdl_core.models import ByteRange, Delivery, JobId, Token
from hfdl_core.queue import FileInProgress, LeaseInHand, Wanted
from hfdl_core.task_id import FileWork
from tests.queue.bench import PLAN, Bench, make_files, make_spec

COLLECTOR = Token("collector-1")


def _files(bench: Bench, job_id: JobId, most: int = 8) -> tuple[FileInProgress, ...]:
    return bench.queue.look(Wanted(lambda _: [], job_id=job_id, most_files=most)).files


def test_a_gathered_file_is_shown_range_by_range(bench: Bench) -> None:
    job_id = bench.plant([1000, 500], delivery=Delivery.GATHER)
    done, held, waiting, failed = (
        bench.claim(job_id, f"w{n}/boot", carve_bytes=100) for n in range(4)
    )
    bench.complete(done)
    bench.reach(held, 140)
    bench.fail(waiting, 220, delay_seconds=60)
    bench.fail(failed, 300, permanent=True)

    [file] = _files(bench, job_id)

    assert (file.file_index, file.path, file.size) == (0, "dir/file-0", 1000)
    assert file.open == (
        ByteRange(140, 200),
        ByteRange(220, 300),
        ByteRange(300, 400),
        ByteRange(400, 1000),
    )
    assert file.leases == (LeaseInHand("w1", 100, 140, 200),)
    assert (file.bytes_here, file.is_verified) == (160, False)


def test_worker_ids_may_hold_slashes(bench: Bench) -> None:
    job_id = bench.plant([1000], delivery=Delivery.GATHER)
    bench.claim(job_id, "rack-1/w1/boot", carve_bytes=100)

    [file] = _files(bench, job_id)

    assert file.leases[0].worker_id == "rack-1/w1"


def test_a_kept_file_is_open_from_its_lease_on(bench: Bench) -> None:
    job_id = bench.plant([1000, 500, 400])
    first, second = bench.claim(job_id, "w1/boot"), bench.claim(job_id, "w2/boot")
    bench.reach(first, 300)

    one, two = _files(bench, job_id)

    assert (one.open, one.leases) == (
        (ByteRange(300, 1000),),
        (LeaseInHand("w1", 0, 300, 1000),),
    )
    assert (two.file_index, two.bytes_here) == (1, 0)
    bench.complete(first)
    bench.complete(second)
    assert _files(bench, job_id) == ()


def test_a_begun_file_is_shown_until_it_is_verified(bench: Bench) -> None:
    job_id = bench.plant([1000], delivery=Delivery.GATHER)
    bench.complete(bench.claim(job_id), 400)
    [begun] = _files(bench, job_id)
    assert (begun.open, begun.leases) == ((ByteRange(400, 1000),), ())

    bench.complete(bench.claim(job_id))
    [whole] = _files(bench, job_id)
    assert (whole.open, whole.bytes_here, whole.is_verified) == ((), 1000, False)

    bench.queue.finish(job_id, 0, 0, COLLECTOR)
    assert _files(bench, job_id) == ()


def test_a_reopened_file_is_open_where_it_was_wrong(bench: Bench) -> None:
    job_id = bench.plant([1000], delivery=Delivery.GATHER)
    bench.complete(bench.claim(job_id))
    bench.queue.reopen(job_id, 0, 0, [ByteRange(100, 200), ByteRange(500, 600)], "wrong")

    [file] = _files(bench, job_id)

    assert file.open == (ByteRange(100, 200), ByteRange(500, 600))


def test_leased_files_come_before_begun_ones_and_all_in_plan_order(bench: Bench) -> None:
    job_id = bench.plant([900, 800, 700, 600, 500], delivery=Delivery.GATHER)
    tasks = [bench.claim(job_id) for _ in range(5)]
    for task in tasks[:3]:
        bench.complete(task, 10)
    assert [file.file_index for file in _files(bench, job_id)] == [0, 1, 2, 3, 4]

    assert [file.file_index for file in _files(bench, job_id, most=3)] == [0, 3, 4]
    assert [file.file_index for file in _files(bench, job_id, most=1)] == [3]
    assert _files(bench, job_id, most=0) == ()


def test_a_file_is_found_among_thousands_of_its_size(bench: Bench) -> None:
    spec, pages, per_page, size = make_spec(delivery=Delivery.GATHER), 40, 50, 70
    begun = bench.queue.begin_plan(spec, PLAN, per_page)
    for page in range(pages):
        indexes = range(page * per_page, (page + 1) * per_page)
        tasks = [FileWork(index, 0, size) for index in indexes]
        files = make_files([size] * per_page)
        bench.queue.publish_page(spec.job_id, begun.epoch, page, files, tasks)
    count = pages * per_page
    bench.queue.seal(spec.job_id, begun.epoch, PLAN, count, count * size, pages)
    for _ in range(3):
        task = bench.claim(spec.job_id)
        bench.complete(task, task.begin + 20)  # what is left of it comes first again

    [file] = _files(bench, spec.job_id)

    assert (file.file_index, file.open) == (0, (ByteRange(60, 70),))
    before = bench.server.command("DUMP", "hfdl:{job-1}:pend")
    for index in (1, 777, 1998, 1999):
        assert bench.queue.file_state(spec.job_id, index).open == (ByteRange(0, 70),)
    assert bench.server.command("DUMP", "hfdl:{job-1}:pend") == before


def test_batches_are_shown_when_nothing_else_is_in_hand(bench: Bench) -> None:
    job_id = bench.plant([100, 9, 8, 7, 6, 5], batches=[(1, 3), (4, 2)])
    large, batch, last = (bench.claim(job_id, f"w{n}/boot") for n in range(3))
    bench.reach(batch, 2)
    assert [file.path for file in _files(bench, job_id)] == ["dir/file-0"]

    bench.complete(large)
    one, two = _files(bench, job_id)

    assert (one.file_index, one.path, one.size) == (1, "dir/file-1 and 2 more", 24)
    assert (one.open, one.leases) == ((ByteRange(17, 24),), (LeaseInHand("w1", 0, 17, 24),))
    assert (two.file_index, two.path, two.bytes_here) == (4, "dir/file-4 and 1 more", 0)
    bench.complete(last)
    assert [file.file_index for file in _files(bench, job_id)] == [1]


def test_a_job_that_is_gone_has_no_files(bench: Bench) -> None:
    job_id = bench.plant([1000], delivery=Delivery.GATHER)
    bench.claim(job_id)
    assert len(_files(bench, job_id)) == 1

    bench.queue.delete(job_id)

    assert _files(bench, job_id) == ()
    assert _files(bench, JobId("nobody")) == ()


def test_a_job_made_anew_behind_the_readers_back_is_read_anew(bench: Bench) -> None:
    job_id = bench.plant([1000], delivery=Delivery.GATHER)
    bench.claim(job_id)
    _files(bench, job_id)
    bench.server.command("FLUSHALL")
    with type(bench.queue)(bench.server.target) as other:
        Bench(bench.server, other).plant([2000], delivery=Delivery.GATHER)
        Bench(bench.server, other).claim(job_id, "w1/b")

    assert _files(bench, job_id) == ()  # of the plan known before
    [file] = _files(bench, job_id)
    assert file.size == 2000
