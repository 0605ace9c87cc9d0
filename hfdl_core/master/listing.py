"""A repo's files as the job wants them: filtered, checked and sorted, in flat memory."""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hfdl_core.errors import UsageError
from hfdl_core.hub import HubCatalog, RepoSnapshot
from hfdl_core.master.request import PlanProgress, PlanStage
from hfdl_core.models import JobSpec, RepoFile
from hfdl_core.planning import FileFilter, ManifestSorter

_LARGEST_SHOWN = 10
_PROGRESS_FILES = 1000  # one page of the Hub's listing


@dataclass(frozen=True, slots=True)
class ListedRepo:
    """The manifest on a temporary disk file; readable as often as needed while it is open."""

    sorter: ManifestSorter
    files_total: int
    bytes_total: int
    largest: tuple[RepoFile, ...]
    is_whole_repo: bool

    def files(self) -> Iterator[RepoFile]:
        """Largest first, then by path: the order of the plan."""
        return self.sorter.sorted()


@contextmanager
def list_repo(
    catalog: HubCatalog,
    snapshot: RepoSnapshot,
    spec: JobSpec,
    on_progress: Callable[[PlanProgress], None],
) -> Iterator[ListedRepo]:
    """List, filter and sort; the temporary files go when the block ends.

    Access to the files is checked with the first one: a gated repo lists its files to everybody,
    and its listing may take long. UsageError when the filters keep none of them.
    """
    wanted = FileFilter(spec.include, spec.exclude)
    count = size = passed_over = 0
    largest: list[tuple[int, RepoFile]] = []
    with ManifestSorter() as sorter:
        for file in catalog.list_files(snapshot):
            if not wanted.keep(file.path):
                passed_over += 1
                continue
            if count == 0:
                catalog.check_access(snapshot, file)
            sorter.add(file)
            count, size = count + 1, size + file.size
            _keep_largest(largest, file)
            if count % _PROGRESS_FILES == 0:
                on_progress(PlanProgress(PlanStage.LISTING, count, size))
        if count == 0:
            _check_nothing(catalog, snapshot, passed_over)
        on_progress(PlanProgress(PlanStage.LISTING, count, size, count))
        yield ListedRepo(
            sorter=sorter,
            files_total=count,
            bytes_total=size,
            largest=tuple(file for _, file in sorted(largest, reverse=True)),
            is_whole_repo=passed_over == 0,
        )


def _check_nothing(catalog: HubCatalog, snapshot: RepoSnapshot, passed_over: int) -> None:
    """An empty repo is a job, and complete at once; filters that keep nothing are a mistake."""
    if passed_over:
        raise UsageError(
            f"none of the {passed_over:,} files of {snapshot.repo_id} is wanted: check --include, "
            "--exclude and the path in the link"
        )
    catalog.check_access(snapshot, None)


def _keep_largest(largest: list[tuple[int, RepoFile]], file: RepoFile) -> None:
    if len(largest) < _LARGEST_SHOWN:
        heapq.heappush(largest, (file.size, file))
    elif file.size > largest[0][0]:
        heapq.heapreplace(largest, (file.size, file))
