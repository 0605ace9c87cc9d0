"""A repo's files as the job wants them: filtered, checked and sorted, in flat memory."""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

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
    """List, filter and sort; the temporary files go when the block ends."""
    wanted = FileFilter(spec.include, spec.exclude)
    count = size = passed_over = 0
    largest: list[tuple[int, RepoFile]] = []
    with ManifestSorter() as sorter:
        for file in catalog.list_files(snapshot):
            if not wanted.keep(file.path):
                passed_over += 1
                continue
            sorter.add(file)
            count, size = count + 1, size + file.size
            _keep_largest(largest, file)
            if count % _PROGRESS_FILES == 0:
                on_progress(PlanProgress(PlanStage.LISTING, count, size))
        on_progress(PlanProgress(PlanStage.LISTING, count, size, count))
        yield ListedRepo(
            sorter=sorter,
            files_total=count,
            bytes_total=size,
            largest=tuple(file for _, file in sorted(largest, reverse=True)),
            is_whole_repo=passed_over == 0,
        )


def _keep_largest(largest: list[tuple[int, RepoFile]], file: RepoFile) -> None:
    if len(largest) < _LARGEST_SHOWN:
        heapq.heappush(largest, (file.size, file))
    elif file.size > largest[0][0]:
        heapq.heapreplace(largest, (file.size, file))
