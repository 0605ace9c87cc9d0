"""What browsing a repo of a million files costs, and how long another thread must wait for it.

uv run python -m tests.benchmarks.dashboard_files [FILES]
"""

import itertools
import resource
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hfdl_core.models import RepoFile
from hfdl_core.planning import FileFilter
from hfdl_tui.dashboard.view.files.carried_marks import carried
from hfdl_tui.dashboard.view.files.file_index import FileIndex
from hfdl_tui.dashboard.view.files.index_builder import IndexBuilder
from hfdl_tui.dashboard.view.files.job_globs import job_globs
from hfdl_tui.dashboard.view.files.search import find_matches
from hfdl_tui.dashboard.view.files.selection import Selection
from hfdl_tui.dashboard.view.files.tree_rows import SortBy, TreeOrder, TreeRows
from hfdl_tui.dashboard.view.files.typed_filter import parse_filter
from tests.benchmarks.dashboard_files_page import BIG_FOLDER, measure_page

FILTERS = (
    "c",
    "sample",
    "0099999",
    "!sample",
    "*.jsonl",
    "/data/*.jsonl",
    "shard-00[0-4]*",
    "*shard*99*",
    "re:sample-\\d+99\\.jsonl$",
)


class Probe:
    """Stands for the event loop: wakes each millisecond and remembers its worst delay."""

    def __init__(self) -> None:
        self.worst = 0.0
        self._is_over = False
        threading.Thread(target=self._run, daemon=True).start()

    def end(self) -> None:
        self._is_over = True

    def _run(self) -> None:
        while not self._is_over:
            before = time.perf_counter()
            time.sleep(0.001)
            self.worst = max(self.worst, time.perf_counter() - before - 0.001)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    probe = Probe()
    files = _files(count)
    with _measured(probe, "build"):
        builder = IndexBuilder()
        builder.add(itertools.islice(files, count))
        index = builder.index()
    with _measured(probe, "an index while the listing goes on"):
        builder.index()
    _tree(probe, index)
    for text in FILTERS:
        _filter(probe, index, text)
    _marks(probe, index)
    probe.end()
    measure_page(builder, files)


def _files(count: int) -> Iterator[RepoFile]:
    """In the Hub's order, without end; of `count`, 100,000 or half of them lie in one folder."""
    for number in range(min(BIG_FOLDER, count // 2)):
        yield RepoFile(f"big/record-{number:07}.json", number, "0" * 64)
    for number in itertools.count():
        path = f"data/train/shard-{number // 1000:05d}/sample-{number:07d}.jsonl"
        yield RepoFile(path, number, "0" * 64)


def _tree(probe: Probe, index: FileIndex) -> None:
    rows = TreeRows(index)
    with _measured(probe, "open a folder of 100,000"):
        rows = rows.with_open("big/")
        seen = [rows.tree_row_at(number) for number in range(50)]
    assert seen[1].depth == 1
    with _measured(probe, "close it"):
        rows.with_closed("big/")
    with _measured(probe, "sort it by size"):
        TreeRows(index, ["big/"], TreeOrder(SortBy.SIZE, reverse=True))
    rows = rows.with_open("data/").with_open("data/train/")
    with _measured(probe, "find a row by its key"):
        assert rows.index_of("big/record-0049999.json") is not None


def _filter(probe: Probe, index: FileIndex, text: str) -> None:
    wanted = parse_filter(text)
    assert wanted is not None
    with _measured(probe, f"filter {text}"):
        matches = find_matches(index, wanted)
    assert matches is not None
    print(f"{'':<40} {matches.count:,} files, {len(matches)} shown")


def _marks(probe: Probe, index: FileIndex) -> None:
    selection = Selection(index)
    data = index.find_folder("data/")
    wanted = parse_filter("*99.jsonl")
    assert data is not None
    assert wanted is not None
    matches = find_matches(index, wanted)
    assert matches is not None
    with _measured(probe, "mark a folder of 900,000"):
        selection.toggle_folder(data)
    with _measured(probe, "unmark 9,000 matches in it"):
        selection.toggle_matches(matches)
    with _measured(probe, "unmark it, partly marked"):
        selection.mark_folder(data, is_on=False)
    with _measured(probe, "mark the matches"):
        selection.toggle_matches(matches)
    with _measured(probe, "globs of a job"):
        globs = job_globs(selection.taken())
    print(f"{'':<40} {globs}")
    with _measured(probe, "carry the marks"):
        carried(selection, index)
    paths = list(index.paths)
    literal = FileFilter(include=paths[:2000])
    with _measured(probe, "2,000 literal globs over all paths"):
        kept = sum(literal.keep(path) for path in paths)
    assert kept == 2000


@contextmanager
def _measured(probe: Probe, step: str) -> Iterator[None]:
    probe.worst = 0.0
    began = time.perf_counter()
    yield
    took = time.perf_counter() - began
    time.sleep(0.01)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{step:<40} {took:7.3f} s   another thread waits at most {probe.worst * 1000:5.0f} ms"
        f"   peak {peak:5.0f} MB"
    )


if __name__ == "__main__":
    main()
