"""Pages and tasks cover every file exactly once, and are always the same."""

from hypothesis import given
from hypothesis import strategies as st

from hfdl_core.models import RepoFile
from hfdl_core.planning import PAGE_SIZE, PlannedPage, plan_pages
from hfdl_core.task_id import BatchWork, FileWork, RangeWork, parse_task_id

KIB = 1 << 10
MIB = 1 << 20
SHA1 = "0123456789" * 4


def planned(sizes: list[int]) -> list[PlannedPage]:
    files = [RepoFile(f"f{number:06d}", size, SHA1) for number, size in enumerate(sizes)]
    return list(plan_pages(files))


def test_large_files_are_tasks_of_their_own() -> None:
    (page,) = planned([300 * MIB, MIB, 256 * KIB + 1])

    assert page.tasks == (
        FileWork(0, 0, 300 * MIB),
        FileWork(1, 0, MIB),
        FileWork(2, 0, 256 * KIB + 1),
    )


def test_tiny_files_go_together_up_to_4_mib() -> None:
    (page,) = planned([256 * KIB] * 20)

    assert page.tasks == (BatchWork(0, 0, 16, 4 * MIB), BatchWork(0, 16, 4, MIB))


def test_tiny_files_go_together_up_to_64() -> None:
    (page,) = planned([1000] * 130)

    assert [task.task_id for task in page.tasks] == [
        BatchWork(0, 0, 64, 64_000).task_id,
        BatchWork(0, 64, 64, 64_000).task_id,
        BatchWork(0, 128, 2, 2000).task_id,
    ]


def test_single_tiny_file_needs_no_batch() -> None:
    (page,) = planned([MIB, 0])

    assert page.tasks == (FileWork(0, 0, MIB), FileWork(1, 0, 0))


def test_empty_files_are_work_too() -> None:
    (page,) = planned([0, 0, 0])

    assert page.tasks == (BatchWork(0, 0, 3, 0),)


def test_batch_never_crosses_a_page() -> None:
    first, second = planned([10] * (PAGE_SIZE + 2))

    assert len(first.files) == PAGE_SIZE
    assert second.page == 1
    assert second.tasks == (BatchWork(1, 0, 2, 20),)


def test_file_index_counts_through_the_pages() -> None:
    *_, last = planned([MIB] * (2 * PAGE_SIZE + 1))

    assert last.tasks == (FileWork(2 * PAGE_SIZE, 0, MIB),)


def test_no_files_are_no_pages() -> None:
    assert planned([]) == []


@given(st.lists(st.integers(0, MIB), max_size=700).map(lambda sizes: sorted(sizes, reverse=True)))
def test_every_file_is_covered_once(sizes: list[int]) -> None:
    pages = planned(sizes)

    covered: list[int] = []
    for page in pages:
        for task in (parse_task_id(task.task_id) for task in page.tasks):
            assert not isinstance(task, RangeWork)
            if isinstance(task, FileWork):
                begin, count = task.file_index, 1
            else:
                begin, count = task.page * PAGE_SIZE + task.first, task.count
            assert begin // PAGE_SIZE == (begin + count - 1) // PAGE_SIZE == page.page
            assert sum(sizes[begin : begin + count]) == task.size
            covered.extend(range(begin, begin + count))
    assert covered == list(range(len(sizes)))
    assert [page.page for page in pages] == list(range(len(pages)))
    assert pages == planned(sizes)
