"""The files that are being fetched right now, range by range."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgpack

from hfdl_core.models import ByteRange, JobId, RepoFile
from hfdl_core.queue.answers import FileInProgress, LeaseInHand
from hfdl_core.queue.connection import ScriptCall, Word
from hfdl_core.queue.keys import job_key
from hfdl_core.queue.plan_files import PlanFiles, name_of
from hfdl_core.queue.room import keys_of
from hfdl_core.queue.rounds import Rounds
from hfdl_core.queue.scripts import load_script
from hfdl_core.task_id import BatchWork, file_index_of, parse_task_id

# Begun files fill up what leased ones leave free, so not all of very many need to be known.
_SCANNED: Final = 512
_WORDS_PER_PART: Final = 4


class FilesInHand(PlanFiles):
    """Bounded by how many files are asked for, not by how many there are."""

    def _ask_files_in_hand(self, job_id: JobId, most: int) -> Rounds[tuple[FileInProgress, ...]]:
        """In plan order: leased files, then begun ones; batches when there are neither."""
        if most <= 0:
            return ()
        keys, (_, missing) = yield [
            ("HKEYS", job_key(job_id, "live")),
            ("HSCAN", job_key(job_id, "frem"), 0, "COUNT", _SCANNED),
        ]
        held = [key.decode() for key in keys]
        leased = {index for one in held if (index := file_index_of(one)) is not None}
        begun = sorted(set(map(int, missing)) - leased)
        chosen = sorted((sorted(leased) + begun)[:most])
        if chosen:
            return (yield from self._ask_parts(job_id, chosen))
        return (yield from self._ask_batches(job_id, sorted(held)[:most]))

    def _ask_parts(
        self, job_id: JobId, indexes: Sequence[int]
    ) -> Rounds[tuple[FileInProgress, ...]]:
        files = yield from self._ask_files(job_id, indexes)
        script, epoch = load_script("open_ranges"), self._known.get(job_id).epoch
        words: list[Word] = [epoch]
        for index in indexes:
            words += [index, files[index].size]
        [rows] = yield [ScriptCall(script, keys_of(job_id, script), words)]
        if not rows:
            self._known.forget(job_id)
            return ()
        return tuple(
            _file_of(index, files[index], row) for index, row in zip(indexes, rows, strict=True)
        )

    def _ask_batches(
        self, job_id: JobId, task_ids: Sequence[str]
    ) -> Rounds[tuple[FileInProgress, ...]]:
        if not task_ids:
            return ()
        [records] = yield [("HMGET", job_key(job_id, "live"), *task_ids)]
        held = [
            (work, msgpack.unpackb(record))
            for task_id, record in zip(task_ids, records, strict=True)
            if record is not None and isinstance(work := parse_task_id(task_id), BatchWork)
        ]
        pages = yield from self._ask_pages(job_id, {work.page for work, _ in held})
        return tuple(
            _batch_of(
                self._index_of(job_id, work),
                work,
                pages[work.page][work.first : work.first + work.count],
                lease,
            )
            for work, lease in held
        )


def _file_of(index: int, file: RepoFile, row: Sequence[Any]) -> FileInProgress:
    is_verified, *flat = row
    parts = [
        (_within(begin, end, file.size), lease_begin, worker)
        for begin, end, lease_begin, worker in _in_fours(flat)
    ]
    leases = [
        LeaseInHand(_worker_of(worker.decode()), min(begin, span.begin), span.begin, span.end)
        for span, begin, worker in parts
        if begin >= 0
    ]
    still_open = [] if is_verified else [span for span, _, _ in parts if span.length > 0]
    return FileInProgress(
        file_index=index,
        path=file.path,
        size=file.size,
        open=tuple(sorted(still_open)),
        leases=tuple(sorted(leases, key=lambda lease: lease.begin)),
        is_verified=bool(is_verified),
    )


def _batch_of(
    index: int, work: BatchWork, files: Sequence[RepoFile], lease: Mapping[str, Any]
) -> FileInProgress:
    sizes = [file.size for file in files]
    size, done = sum(sizes), sum(sizes[: int(lease["p"])])
    return FileInProgress(
        file_index=index,
        path=name_of(work, files[0]),
        size=size,
        open=(ByteRange(done, size),) if done < size else (),
        leases=(LeaseInHand(_worker_of(lease["w"]), 0, done, size),),
    )


def _in_fours(flat: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (flat[n : n + _WORDS_PER_PART] for n in range(0, len(flat), _WORDS_PER_PART))


def _within(begin: float, end: float, size: int) -> ByteRange:
    last = max(0, min(int(end), size))
    return ByteRange(max(0, min(int(begin), last)), last)


def _worker_of(member: str) -> str:
    return member.rpartition("/")[0] or member
