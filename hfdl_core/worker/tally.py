"""What a worker has done since it started, for its heartbeat."""

import threading

from hfdl_core.models import DownloaderName, RepoFile
from hfdl_core.worker.speed import SpeedMeter
from hfdl_core.worker.time_source import TimeSource


class Tally:
    """Counts of this worker alone; the job's own counts live in the queue."""

    def __init__(self, time: TimeSource) -> None:
        self.speed = SpeedMeter(time)
        self._lock = threading.Lock()
        self.files_completed = 0
        self.bytes_completed = 0
        self.errors = 0
        self.last_error = ""

    def file_completed(self, file: RepoFile, came_by: DownloaderName) -> None:
        with self._lock:
            self.files_completed += 1
            if came_by is not DownloaderName.DISK:
                self.bytes_completed += file.size

    def bytes_gathered(self, size: int, came_by: DownloaderName) -> None:
        """A range was handed over: its file is counted by the collector."""
        if came_by is not DownloaderName.DISK:
            with self._lock:
                self.bytes_completed += size

    def failed(self, error: str) -> None:
        with self._lock:
            self.errors += 1
            self.last_error = error
