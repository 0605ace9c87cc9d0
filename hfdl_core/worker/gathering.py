"""Brings ranges of files to their job's collector: what it lacks, straight from the Hub."""

from functools import partial

from hfdl_core.handover import Block, FileKey, Handover
from hfdl_core.handover.blocks import BLOCK_BYTES
from hfdl_core.models import DownloaderName, DownloadTask, JobSpec, RepoFile
from hfdl_core.worker.collectors import Collectors
from hfdl_core.worker.fetching import Fetching
from hfdl_core.worker.handing_over import BlockTarget, Giver, Senders
from hfdl_core.worker.lease import Lease
from hfdl_core.worker.patient_handover import PatientHandover
from hfdl_core.worker.time_source import TimeSource

_WAIT_SECONDS = 0.5


class Gathering:
    """Touches no disk; safe to use from all connections of a worker."""

    def __init__(
        self, fetching: Fetching, collectors: Collectors, senders: Senders, time: TimeSource
    ) -> None:
        self._fetching = fetching
        self._collectors = collectors
        self._senders = senders
        self._time = time

    def handover(self, lease: Lease) -> Handover:
        return PatientHandover(self._collectors, lease.task.job_id, lease.cancel, self._time)

    def bring_range(self, spec: JobSpec, lease: Lease) -> DownloaderName:
        """Everything of the lease is with the collector when this returns, durable or soon so."""
        task, came_by = lease.task, DownloaderName.DISK
        handover, file = self.handover(lease), key_of(task, 0)
        source = self._fetching.source_of(spec, task.files[0])
        position, is_known = lease.position, False
        while position < lease.end or not is_known:
            presence = handover.look(file, position, max(position, lease.end))
            if presence.checking:
                _wait(lease)
                continue
            is_known = True
            if position == lease.position:
                lease.position = min(presence.durable, lease.end)
            position = lease.bytes_written = max(position, presence.durable)
            stop = min(presence.missing_end, lease.end)
            if position < stop:
                target = self._target(handover, file, lease, position)
                end = partial(_nearer, stop, lease)
                came_by = self._fetching.fetch(source, target, end, lease)
                target.finish()
                position = target.position
            elif position < lease.end:
                _wait(lease)  # somebody brings these bytes at this moment
        return came_by

    def bring_small(
        self, spec: JobSpec, number: int, file: RepoFile, lease: Lease
    ) -> DownloaderName:
        """One file of a batch, in one block: it is in its place when this returns."""
        handover, key = self.handover(lease), key_of(lease.task, number)
        while (presence := handover.look(key, 0, file.size)).checking:
            _wait(lease)
        if presence.durable >= file.size:
            return DownloaderName.DISK
        content = _Content()
        source = self._fetching.source_of(spec, file)
        came_by = self._fetching.fetch(source, content, lambda: file.size, lease)
        handover.give(Block(key, 0, content.data, None, lease.task.token, 0))
        return came_by

    def _target(self, handover: Handover, file: FileKey, lease: Lease, begin: int) -> BlockTarget:
        keeps_whole = begin == 0 and lease.end == lease.task.files[0].size <= BLOCK_BYTES
        return BlockTarget(
            Giver(handover, file, lease),
            begin,
            lease,
            self._time,
            self._senders,
            is_local=self._collectors.is_local(lease.task.job_id),
            keeps_whole=keeps_whole,
        )


class _Content:
    """A small file in memory."""

    def __init__(self) -> None:
        self.data = bytearray()

    @property
    def position(self) -> int:
        return len(self.data)

    def write(self, received: bytes) -> None:
        self.data += received

    def pause(self) -> None:
        """It goes over when it is whole."""


def key_of(task: DownloadTask, number: int) -> FileKey:
    return FileKey(task.job_id, task.file_index + number, task.generation)


def _nearer(stop: int, lease: Lease) -> int:
    return min(stop, lease.end)


def _wait(lease: Lease) -> None:
    lease.cancel.wait(_WAIT_SECONDS)
    lease.cancel.check()
